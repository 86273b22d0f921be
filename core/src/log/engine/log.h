// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "log/engine/key_store.h"
#include "log/record/merkle.h"
#include "log/record/record.h"

#include <carma/clock.h>
#include <carma/disk.h>
#include <carma/executor.h>
#include <carma/health.h>
#include <carma/progress.h>

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

/// The log: the append-only sequence of sealed records that is the store. Everything else is derived from it.
///
/// Records are appended to the *tail* (m + 1 copies) and, 16 MiB at a time, cut into *segments* of k + m shards. Positions in
/// the log are sequences; places in files are this folder's own business.
namespace carma::log {

struct LogEnvironment {
    Disk& disk;
    Clock& clock;
    Random& random;
    Executor& executor;
};

struct LogOptions {
    bool readOnly = false;
    std::uint32_t segmentBytes = 16U << 20U;
    bool verifySeals = true; ///< open each record again after sealing it, before it is stored
};

struct NewRecord {
    RecordType type{};
    NamespaceId space;
    ByteView body; ///< not owned; valid until append returns
};

/// One call of append takes at most this many bytes of bodies; callers cut larger work into several.
inline constexpr std::size_t kAppendBytesMax = 8U << 20U;

struct LogRecord {
    RecordHeader header;
    Bytes body; ///< opened; empty for a purged record
};

/// What scan meets, in the order of sequences.
struct ScanItem {
    Sequence sequence = 0;
    std::uint64_t lostCount = 0;          ///< > 0: that many records from `sequence` on cannot be read
    const RecordHeader* header = nullptr; ///< null when lost
    ByteView body;                        ///< opened; valid during the call; empty when lost or purged
    const crypto::Digest* leaf = nullptr; ///< of the record; null when lost
};
/// Returns false to stop.
using ScanVisitor = std::function<Result<bool>(const ScanItem&)>;

struct PurgeOutcome {
    std::uint64_t records = 0;
    std::uint64_t segments = 0;
};

struct LogRepair {
    DamageReport damage;
    std::uint64_t bytesWritten = 0;
    std::vector<std::string> notes;
};

struct CopyOutcome {
    std::uint64_t segmentsWritten = 0, segmentsKept = 0;
    std::uint64_t bytesWritten = 0;
    std::vector<std::string> problems; ///< segments that could not be copied, a sentence each
    bool cancelled = false;
};

struct AdoptOutcome {
    std::uint64_t segments = 0; ///< put in place here
    std::uint64_t bytesWritten = 0;
    std::vector<std::string> notes; ///< what was taken, and what was not and why
    bool cancelled = false;
};

struct LogCounts {
    std::uint64_t records = 0;
    std::uint64_t sealedSegments = 0;
    std::uint64_t tailBytes = 0;
    unsigned foldersPresent = 0;
    unsigned failureDomains = 0;
};

/// Thread-safe. One process writes, any number read.
class Log {
public:
    /// Opens the log of a store whose superblock has been read and unlocked. Never fails for damage within the budget, and
    /// never for damage beyond it either, as long as keys can be read: what is lost is reported by scan and read.
    static Result<std::unique_ptr<Log>> open(
        const LogEnvironment& environment, const Superblock& superblock, MasterKeys keys, const LogOptions& options);
    virtual ~Log() = default;

    /// Appends records as one atomic batch and returns the first sequence once they are durable in m + 1 folders (fewer only while
    /// folders are missing). Concurrent callers share their syncs. LimitExceeded for too much at once.
    virtual Result<Sequence> append(std::span<const NewRecord> records) = 0;
    /// Reads one record. Damage met is answered from redundancy at once. Corruption: cannot be read; NotFound: purged, or not there.
    virtual Result<LogRecord> read(Sequence sequence) = 0;
    /// The record as it is stored, header and sealed body: what its leaf is the hash of. Needs no key. Errors as read.
    virtual Result<Bytes> stored(Sequence sequence) = 0;
    /// Visits the records from `from` up to, not including, `to` (kNoSequence: the end at the time of the call).
    virtual Result<void> scan(Sequence from, Sequence to, const ScanVisitor& visit, const Task& task) = 0;
    /// The first sequence that is not in the log.
    [[nodiscard]] virtual Sequence end() const = 0;
    /// Whether sequences are known to be missing between or inside segments and tails.
    [[nodiscard]] virtual bool hasGaps() = 0;
    /// Makes the next record's sequence at least `sequence`: what was known to be there and is gone stays a gap.
    virtual Result<void> skipTo(Sequence sequence) = 0;
    /// For readers: takes in what the writing process has done since.
    virtual Result<void> refresh() = 0;

    /// Closes the tail: its records are cut into shards now. Nothing happens for an empty tail.
    virtual Result<void> seal() = 0;
    /// Removes the bodies of records from every file of the store: rewrites their segments (new ones aside, durable, then the old
    /// ones are deleted) and drops quarantined copies of them. Leaf hashes stay. Crash-safe: repeat it with the same sequences.
    /// After an error the records stay to be purged: by the next call, by heal, or when the log is opened for writing next.
    virtual Result<PurgeOutcome> purge(std::vector<Sequence> sequences, const Task& task) = 0;

    /// Checks every sector of superblocks, key rings, segments and tails. Changes nothing.
    virtual Result<LogRepair> scrub(const Task& task) = 0;
    /// The same in pieces: the heads (superblocks, key rings), then segment by segment, then the tails. scrubSegment looks at the first
    /// segment that begins at `next` or later and moves `next` behind its beginning; to kNoSequence after the last. `before` counts the
    /// segments that lie before it.
    virtual Result<LogRepair> scrubHeads() = 0;
    virtual Result<LogRepair> scrubSegment(Sequence& next, std::uint64_t& before) = 0;
    virtual Result<LogRepair> scrubTails() = 0;
    /// Repairs what scrub finds; damaged bytes go to quarantine/ first. A second call writes nothing.
    virtual Result<LogRepair> heal(const Task& task) = 0;
    /// Makes `target` (the root of a folder for a store) a copy of this store, or brings such a copy up to date: seals the tail, then
    /// writes the superblock, the key ring and the segments that are not there, each proved by its digest; forgotten bytes go there as
    /// well. A crash leaves a copy that the next call completes. InvalidArgument: the target holds another store, or is ahead of this one;
    /// AlreadyExists: it holds something else.
    virtual Result<CopyOutcome> copyTo(Disk& target, bool check, const Task& task) = 0;
    /// Fills what cannot be read here from a store of the same id at `other`, for instance a copy of copyTo. A segment whose headers are
    /// left here must have the digest they name; one that is gone must be proved by a checkpoint with this store's signature. What was
    /// purged here is purged from what is taken. InvalidArgument: another store.
    virtual Result<AdoptOutcome> adoptFrom(Disk& other, const Task& task) = 0;
    /// What opening had to leave undone, a sentence each. Told once.
    virtual std::vector<std::string> takeNotices() = 0;
    /// Damage that reads, appends and opening met since the last call.
    virtual std::vector<Fault> takeFaults() = 0;

    [[nodiscard]] virtual KeyStore& keys() = 0;
    [[nodiscard]] virtual Superblock superblock() const = 0; ///< a copy: updateSuperblock may run beside the caller
    /// Replaces the superblock (a key slot changed): raises the epoch and writes the copies.
    virtual Result<void> updateSuperblock(Superblock superblock) = 0;
    [[nodiscard]] virtual LogCounts counts() = 0;
    /// Appends a last checkpoint if there are records since the one before, waits for sealing. Further appends fail.
    virtual Result<void> close() = 0;
};

/// "shards/0", "shards/1", ...
ShardFolders shardFolders(const Geometry& geometry);
std::string checkpointOrigin(const StoreId& store);

} // namespace carma::log
