// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "log/superblock/superblock.h"

/// The superblock as bytes. Byte format: core/docs/format/superblock.md
namespace carma::log {

inline constexpr std::string_view kSuperblockMagic = "CARMA-SB";
inline constexpr std::size_t kSlotsMax = 16; ///< there are three kinds; the rest is room for several of a kind
inline constexpr std::size_t kSlotBlobBytesMax = 4096;
inline constexpr std::uint64_t kScryptMemoryMax = std::uint64_t{256} << 20U; ///< a hostile superblock must not take GiBs
inline constexpr std::uint64_t kScryptWorkMax = std::uint64_t{1} << 30U;     ///< memory * parallel: some seconds at most

/// Everything but the MAC: what the MAC is made over.
Bytes encodeSuperblockBody(const Superblock& superblock);
Bytes encodeSuperblock(const Superblock& superblock);
/// Corruption if the bytes are not a superblock within its bounds, Unsupported for a newer format.
Result<Superblock> parseSuperblock(ByteView payload);

/// The MAC that a superblock should have.
Bytes macOf(const Superblock& superblock, const MasterKeys& keys);

/// LimitExceeded or InvalidArgument for parameters that no superblock may hold.
Result<void> checkStoredScrypt(const crypto::ScryptParameters& parameters);
bool isValid(const Geometry& geometry);

} // namespace carma::log
