// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "log/record/record.h"
#include "log/sector/sector.h"

#include <carma/disk.h>
#include <carma/executor.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

/// The open end of the log: the newest records, in m + 1 identical files "tail-<segment, 10 digits>.log" in as many folders.
///
/// A tail is a run of framed sectors (SectorKind::Tail, object = segment number). Sectors 0 and 1 both are the header
/// (version, store, segment, first sequence, the Merkle frontier before it). Each batch starts in a new sector; its records
/// run through the payloads of its sectors; its last sector ends with a trailer (magic, first sequence, record count, bytes
/// of records, XXH3-128 of the records). Flags mark a batch's first and last sector, and `extra` says where the first record
/// that starts in the sector begins, so that reading resumes behind a lost sector. A sector is written once; only a repair
/// writes it again. Byte format: core/docs/format/tail.md
///
/// What is torn and what is lost. Only one batch is ever being written, and it is the last. It counts as completely
/// written, so perhaps acknowledged, when
///  - copies together hold all its sectors and its trailer's check holds (then it is kept), or
///  - a later sector of the tail holds that a later batch has begun, or
///  - most of the copies that reach its first sector hold all its sectors with no 512-byte block of their used part zero,
///    and the last of them either is a sector with a trailer or is itself beyond correction.
/// Sectors of such batches that are good in no copy are lost: their records are named as gaps. Anything else at the end is
/// torn: an interrupted write leaves sectors that are past the end of most copies, or zero, or a last sector without a
/// trailer. With a single copy a write that was torn inside its last sector, all blocks filled, would be taken for a loss.
namespace carma::log {

std::string tailFileName(std::uint64_t segment);
std::optional<std::uint64_t> parseTailFileName(std::string_view name);

struct TailHeader {
    StoreId store;
    std::uint64_t segment = 0;
    Sequence firstSequence = 0;
    Bytes frontier; ///< MerkleFrontier::encode() of all records before this segment
    bool operator==(const TailHeader&) const = default;
};

/// Appends batches to all copies. One caller at a time.
class TailWriter {
public:
    virtual ~TailWriter() = default;
    /// Writes one batch (whole records, as stored, one after the other, sequences ascending by one) to every copy and
    /// syncs each, in parallel. When it returns without an error the batch is durable in every copy. After any error the
    /// writer is broken: the batch is in an unknown state and every further call fails; go on by readTail, repairTail and
    /// continueTail. InvalidArgument (not whole records in order) and LimitExceeded (the file would grow over 64 MiB) are
    /// found before anything is written and break nothing.
    virtual Result<void> append(Sequence firstSequence, std::uint32_t recordCount, ByteView records) = 0;
    [[nodiscard]] virtual std::uint64_t fileBytes() const = 0;
};

/// Makes a new tail in `folders` (m + 1 of the shard folders, all existing). An existing file of the name is an error.
/// Durable (files and folder entries) on return.
Result<std::unique_ptr<TailWriter>> createTail(
    Disk& disk, Executor& executor, const std::vector<std::string>& folders, const TailHeader& header);

/// A hole in the middle of a tail: records that are good in no copy.
struct TailGap {
    Sequence firstSequence = 0;    ///< kNoSequence if not known
    std::uint32_t recordCount = 0; ///< 0 if not known
};

struct TailCopy {
    std::string folder;
    bool missing = false;
    std::vector<std::uint64_t> badSectors; ///< wrong in this copy
    std::vector<unsigned> flippedBits;     ///< for each bad sector: bits that differ from the merged content; 0 if unknown
    std::uint64_t sectorsMissing = 0;      ///< the copy is that many whole sectors short of the merged tail
    bool readError = false;
};

/// What all copies together hold.
struct TailContents {
    TailHeader header;
    Bytes records;                      ///< whole records one after the other, in order; lost ones left out
    std::vector<std::uint64_t> offsets; ///< of each record in `records`
    std::vector<TailGap> gaps;
    Bytes merged;                           ///< the file as every copy should be; a lost sector is one that says it is lost
    std::vector<std::uint64_t> lostSectors; ///< good in no copy, and not torn
    std::uint64_t tornSectors = 0;          ///< at the end, past the last whole batch: dropped, not damage
    std::vector<TailCopy> copies;
    [[nodiscard]] bool clean() const; ///< every copy is whole and equal: a repair has nothing to do
};

/// Reads the copies of one tail in the given folders (of all shard folders those that have the file; name the ones that
/// should have it as well). Sector by sector any good copy serves; a sector bad in every copy is corrected by its code, or
/// by majority of bits over the copies; a batch without a valid trailer that is not followed by a later batch is torn.
/// Changes nothing. NotFound if no copy is there or all end within a header that cannot be read (the tail was never begun);
/// Corruption if there is more than an unreadable header; Unsupported for a newer version.
Result<TailContents> readTail(Disk& disk, const StoreId& store, std::uint64_t segment, const std::vector<std::string>& folders);

/// Makes every copy equal to contents.merged (torn end cut off): damaged sectors go to `quarantine` (a folder, made if
/// missing) first, then are rewritten, synced and read again; missing files are made anew, their folders must exist.
/// Returns bytes written to copies. A lost sector is replaced by one that is marked as lost, so that a later reading finds
/// the same gap and nothing to repair. Goes through all folders, then returns the first error.
Result<std::uint64_t> repairTail(
    Disk& disk, const TailContents& contents, const std::vector<std::string>& folders, const std::string& quarantine);

/// Cuts every copy that is longer than `bytes` back to them and syncs it: what stands behind was never acknowledged. Needs no room on
/// the disk. Goes through all folders, then returns the first error.
Result<void> cutTail(Disk& disk, std::uint64_t segment, const std::vector<std::string>& folders, std::uint64_t bytes);

/// Moves one copy of a tail that is no part of the log into the quarantine. Its whole sectors are kept there as repairTail keeps
/// damaged ones. Nothing happens if it is missing.
Result<void> moveTailAside(Disk& disk, std::uint64_t segment, const std::string& folder, const std::string& quarantine);

/// Continues a tail after repairTail: the writer appends behind contents.merged.
Result<std::unique_ptr<TailWriter>> continueTail(
    Disk& disk, Executor& executor, const std::vector<std::string>& folders, const TailContents& contents);

} // namespace carma::log
