// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/hash.h"

#include <carma/ids.h>

#include <array>
#include <cstdint>
#include <optional>

/// The sector: 4 KiB, the unit of checksum, damage and repair in every file of a store.
///
/// Two kinds:
///  - a *framed* sector carries its own check and its own correction code (superblocks, key rings, tails, shard
///    headers, check pages): 16 bytes of head, 4032 of payload, 16 of XXH3-128, 32 of BCH code;
///  - a *plain* sector is 4096 bytes of shard data whose check and correction code are kept in framed sectors elsewhere.
///
/// The check is bound to the sector's place, so a sector written to, or read from, the wrong place is seen.
/// The correction code heals up to 16 flipped bits of a sector (its code included) without any other copy: that is what
/// lets a store lose two folders *and* have bits flipped in the rest. A correction counts only if the check then holds.
/// Byte format: core/docs/format/sector.md
namespace carma::log {

inline constexpr std::size_t kSectorBytes = 4096;
inline constexpr std::size_t kSectorHeadBytes = 16;
inline constexpr std::size_t kSectorPayloadBytes = 4032;
inline constexpr std::size_t kSectorCodeBytes = 32;
inline constexpr unsigned kCorrectableBits = 16;

/// What a sector belongs to. Part of the stored format, do not renumber.
enum class SectorKind : std::uint16_t {
    Superblock = 1,
    KeyRing = 2,
    Tail = 3,
    ShardHeader = 4,
    ShardData = 5,
    ShardOwnChecks = 6,
    ShardNextChecks = 7,
    ShardCodes = 8,
    CatalogSums = 9,
    IndexSnapshot = 10,
    BeaconNote = 11,
};

/// Where a sector belongs; hashed into its check.
struct SectorPlace {
    StoreId store;
    SectorKind kind{};
    std::uint32_t shard = 0;  ///< shard number; 0 for what is the same in every folder (tails, superblocks, key rings)
    std::uint64_t object = 0; ///< segment number (with its generation in the upper 16 bits), or 0
    std::uint64_t index = 0;  ///< number of the sector in its file, from 0
};

using Sector = std::array<std::byte, kSectorBytes>;
using SectorCode = std::array<std::byte, kSectorCodeBytes>;

/// The check of a sector (or of a framed sector's first 4048 bytes) at its place.
Hash128 sectorCheck(const SectorPlace& place, ByteView bytes);

/// BCH code (t = 16 over GF(2^16), shortened) of up to 4096 bytes. R. C. Bose, D. K. Ray-Chaudhuri 1960; A. Hocquenghem 1959.
SectorCode sectorCode(ByteView bytes);

/// Tries to undo up to 16 flipped bits in `bytes` and `code` together. Returns how many bits were flipped back (0: nothing
/// wrong), or nothing if it cannot. The caller must then compare the check: more damage than 16 bits can look correctable.
/// On failure `bytes` and `code` are unchanged. REQUIRES: bytes.size() <= 4096
std::optional<unsigned> correctBits(ByteSpan bytes, SectorCode& code);

/// What a read of one sector found.
enum class SectorState : std::uint8_t {
    Good,      ///< the check holds
    Corrected, ///< the check holds after flipping bits back
    Bad,       ///< the check does not hold and the code could not help
};

struct SectorReading {
    SectorState state = SectorState::Bad;
    unsigned flippedBits = 0; ///< when Corrected, over data, check and code
};

/// Checks a plain sector against its check and code, correcting it in place where possible.
/// `check` or `code` may be missing (null): without a check the state is Bad; without a code nothing is corrected.
/// The code itself may be corrected in place as well.
SectorReading readPlainSector(const SectorPlace& place, ByteSpan sector, const Hash128* check, SectorCode* code);

/// Content of a framed sector.
struct FrameHead {
    SectorKind kind{};
    std::uint16_t used = 0;  ///< payload bytes in use, <= 4032
    std::uint16_t flags = 0; ///< meaning is the kind's own
    std::uint32_t extra = 0; ///< meaning is the kind's own
};

/// Builds a framed sector. Unused payload is zero. REQUIRES: payload.size() <= kSectorPayloadBytes
void frameSector(
    const SectorPlace& place, std::uint16_t flags, std::uint32_t extra, ByteView payload, std::span<std::byte, kSectorBytes> out);

/// Checks a framed sector at its place, correcting it in place where possible.
SectorReading readFramedSector(const SectorPlace& place, std::span<std::byte, kSectorBytes> sector);

/// The head of a sector that readFramedSector found good.
FrameHead frameHead(std::span<const std::byte, kSectorBytes> sector);
/// Its used payload, not owned.
ByteView framePayload(std::span<const std::byte, kSectorBytes> sector);

} // namespace carma::log
