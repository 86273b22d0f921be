// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "crypto/crypto.h"
#include "log/sector/sector.h"

#include <carma/disk.h>
#include <carma/executor.h>

#include <memory>
#include <string>
#include <vector>

/// A sealed segment: up to 16 MiB of log, cut into k data and m parity shards, one file in each shard folder.
///
/// Plain sector i of the payload goes to data shard i mod k, row i / k; the m parity sectors of each row come from a
/// Cauchy Reed-Solomon code over GF(2^8) (ISA-L). Any m sectors of a row, and any m whole shard files, can be lost; on
/// top of that each sector heals up to 16 flipped bits by itself.
///
/// A shard file is, in sectors: header (framed) · rows plain sectors · own checks · next shard's checks · codes of the own
/// sectors (framed pages) · the header again. File name: segment-<number, 10 digits>-<generation, 5 digits>.shard
/// Byte format: core/docs/format/shard.md
namespace carma::log {

struct Geometry {
    std::uint8_t data = 4;   ///< k, 1..32
    std::uint8_t parity = 2; ///< m, 0..16
    [[nodiscard]] unsigned total() const { return static_cast<unsigned>(data) + parity; }
    /// Shards that a segment needs before what it replaces may go.
    [[nodiscard]] unsigned enough() const { return data + (parity == 0 ? 0U : 1U); }
    bool operator==(const Geometry&) const = default;
};

/// What is the same in all shard files of a segment.
struct SegmentInfo {
    StoreId store;
    std::uint64_t segment = 0;    ///< 0, 1, 2, ...
    std::uint16_t generation = 0; ///< +1 each time a purge rewrites the segment
    Geometry geometry;
    Sequence firstSequence = 0;
    std::uint32_t recordCount = 0;
    std::uint64_t payloadBytes = 0; ///< <= kSegmentPayloadBytesMax
    crypto::Digest digest{};        ///< SHA-256 of the payload: what a rebuild must reach
    bool operator==(const SegmentInfo&) const = default;
};

/// 16 MiB plus the largest record and the index that follows the records.
inline constexpr std::uint64_t kSegmentPayloadBytesMax = 24U << 20U;

/// The shard folders of a store, in shard order ("shards/0", "shards/1", ...).
using ShardFolders = std::vector<std::string>;

std::string shardFileName(std::uint64_t segment, std::uint16_t generation);
struct ShardFileId {
    std::uint64_t segment = 0;
    std::uint16_t generation = 0;
};
/// No value if the name is not one of a shard file.
std::optional<ShardFileId> parseShardFileName(std::string_view name);

enum class DamageKind : std::uint8_t {
    MissingFile, ///< the shard file or its folder is gone
    Truncated,   ///< the file is shorter or longer than its header says
    BadSector,   ///< the check of one sector does not hold
    ReadError,   ///< the device refused to read
    WrongFile,   ///< a shard of another store, segment, generation or number
};

/// One finding of a scrub or a read. `sector` counts from the start of the file; kNoSector for the whole file.
inline constexpr std::uint64_t kNoSector = ~std::uint64_t{0};
struct ShardDamage {
    DamageKind kind{};
    unsigned shard = 0;
    std::uint64_t sector = kNoSector;
    unsigned flippedBits = 0; ///< exact when the right content is known (corrected, or rebuilt and compared), else 0
    bool recoverable = true;  ///< the content can be rebuilt from what is left
};

/// Writes all shard files of a segment: temporary name, check of what was encoded (decode and compare before the rename),
/// fsync, rename, fsync of the folder. Folders that do not exist are left out and listed in `missing`; an error if fewer
/// than k + 1 (or k when m = 0) shards could be written. `info.digest` and payloadBytes are filled in by this function.
struct WriteOutcome {
    SegmentInfo info;
    std::vector<unsigned> missing;
};
Result<WriteOutcome> writeSegment(Disk& disk, Executor& executor, const ShardFolders& folders, SegmentInfo info, ByteView payload);

/// A sealed segment opened for reading and repair. Reads are thread-safe.
class Segment {
public:
    virtual ~Segment() = default;
    [[nodiscard]] virtual const SegmentInfo& info() const = 0;
    /// Reads out.size() payload bytes at `offset`. Damage met on the way is answered from correction codes and parity at
    /// once and appended to `found` (may be null). Corruption names the lost rows if parity is not enough.
    virtual Result<void> read(std::uint64_t offset, ByteSpan out, std::vector<ShardDamage>* found) = 0;
    /// Payload with everything that can be had. Unreadable plain sectors are zero and their payload ranges in `lost`.
    struct Range {
        std::uint64_t offset = 0;
        std::uint64_t bytes = 0;
    };
    struct Salvage {
        Bytes payload;
        std::vector<Range> lost;
    };
    virtual Salvage salvage() = 0;
    /// Checks every sector of every shard file, headers, checks and codes included; the payload digest only if something is wrong.
    /// Changes nothing. Each damaged sector is reported once, missing files once a file.
    struct ScrubOutcome {
        std::vector<ShardDamage> damage;
        std::uint64_t sectorsChecked = 0;
        std::uint64_t bytesRead = 0;
        std::vector<Range> lost;
    };
    virtual ScrubOutcome scrub() = 0;
    /// Repairs all that scrub found. Verifies the sources before and the whole payload digest after; a file that lacks few
    /// sectors is patched in place, one that is missing or misshapen is written anew (aside, then renamed). Before a
    /// sector or file is overwritten its damaged bytes go to `quarantine` (a folder on the same disk; created on demand),
    /// as <segment file name>.s<shard>.<sector>.bad. Folders that are missing are made. A second call writes nothing.
    struct RepairOutcome {
        ScrubOutcome found;
        std::uint64_t sectorsHealed = 0;
        std::uint64_t filesRebuilt = 0;
        std::uint64_t bytesWritten = 0;
        std::vector<Range> lost;
    };
    virtual Result<RepairOutcome> repair(const std::string& quarantine) = 0;
};

/// Opens segment `id` from whatever shard files are there. NotFound if none has a readable header; Corruption if headers
/// contradict each other beyond what a majority settles. Damaged or missing files are no error here.
Result<std::unique_ptr<Segment>> openSegment(
    Disk& disk, Executor& executor, const StoreId& store, const Geometry& geometry, const ShardFolders& folders, ShardFileId id);

} // namespace carma::log
