// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "log/engine/log.h"
#include "log/engine/log_parts.h"

#include "base/mapped_bytes.h"

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <set>

/// The log's inside, split over log_open, log_append, log_open_tail, log_read, log_seal, log_purge and log_repair.
namespace carma::log {

class LogState final : public Log {
public:
    LogState(const LogEnvironment& environment, const Superblock& superblock, MasterKeys keys, const LogOptions& options);
    ~LogState() override;

    // log_open.cpp
    Result<void> load();
    Result<void> refresh() override;
    [[nodiscard]] Sequence end() const override;
    Result<void> skipTo(Sequence sequence) override;
    [[nodiscard]] bool hasGaps() override;
    [[nodiscard]] LogCounts counts() override;
    Result<void> close() override;
    std::vector<std::string> takeNotices() override;

    // log_append.cpp, log_read.cpp
    Result<Sequence> append(std::span<const NewRecord> records) override;
    Result<LogRecord> read(Sequence sequence) override;
    Result<Bytes> stored(Sequence sequence) override { return readStored(sequence); }
    Result<void> scan(Sequence from, Sequence to, const ScanVisitor& visit, const Task& task) override;

    // log_seal.cpp
    Result<void> seal() override;

    // log_purge.cpp
    Result<PurgeOutcome> purge(std::vector<Sequence> sequences, const Task& task) override;

    // log_repair.cpp
    Result<LogRepair> scrub(const Task& task) override;
    Result<LogRepair> heal(const Task& task) override;
    // log_scrub.cpp
    Result<LogRepair> scrubHeads() override;
    Result<LogRepair> scrubSegment(Sequence& next, std::uint64_t& before) override;
    Result<LogRepair> scrubTails() override;

    // log_copy.cpp, log_adopt.cpp
    Result<CopyOutcome> copyTo(Disk& target, bool check, const Task& task) override;
    Result<AdoptOutcome> adoptFrom(Disk& other, const Task& task) override;
    std::vector<Fault> takeFaults() override;

    KeyStore& keys() override { return m_keys; }
    Superblock superblock() const override;
    Result<void> updateSuperblock(Superblock superblock) override;

private:
    using Lock = std::unique_lock<std::mutex>;

    // Opening (log_open.cpp).
    struct Inventory {
        std::map<std::uint64_t, std::map<std::uint16_t, unsigned>> shards; ///< segment -> generation -> files found
        std::set<std::uint64_t> tails;
        std::vector<std::string> leftovers; ///< temporary files of an interrupted write
    };
    Inventory takeInventory();
    Result<void> loadOnce(Lock& lock);
    std::shared_ptr<SegmentEntry> loadSegment(std::uint64_t number, const std::map<std::uint16_t, unsigned>& generations);
    Result<std::shared_ptr<TailState>> loadTail(std::uint64_t number);
    bool adoptTails(const Inventory& inventory);
    bool sealedFormCounts(SegmentEntry& entry, const TailState& tail);
    Result<void> loadFrontier();
    void appendLeaves(SegmentEntry& entry);
    Result<void> fillTail(TailState& tail) const;
    std::vector<std::string> presentFolders();
    std::vector<std::string> tailFolders(std::uint64_t segment);
    std::string inventoryMark(const Inventory& inventory);
    [[nodiscard]] Sequence endLocked() const;

    // Completing what was interrupted (log_complete.cpp).
    void completeCopies();
    Result<void> completeHeads();
    Result<void> completeSuperblock();
    Result<void> completeKeyRing();
    bool isThin(const std::vector<CopyState>& copies);
    std::vector<CopyState> inPresentFolders(std::vector<CopyState> copies);
    void noteCopyFaults(const std::vector<CopyState>& copies, std::string_view file);

    // The open tail (log_open_tail.cpp).
    Result<void> ensureWritable();
    Result<void> continueOpenTail(TailState& tail);
    Result<void> startTail();
    std::shared_ptr<TailState> rolledBack(const TailState& tail);
    Result<void> recoverAfterFailure(Lock& lock);

    // Appending (log_append.cpp).
    Result<void> prepareAppend(Lock& lock);
    Result<void> boundUnsealed(Lock& lock);
    std::shared_ptr<Ticket> reserve(std::uint32_t count, std::uint64_t bytes);
    std::shared_ptr<Ticket> addCheckpointTicket(bool closesSegment);
    Result<void> sealTicket(Ticket& ticket, std::span<const NewRecord> records, std::int64_t now);
    Result<void> awaitTicket(Lock& lock, const std::shared_ptr<Ticket>& ticket);
    void lead(Lock& lock, const Ticket& own);
    Result<void> makeCheckpoint(Ticket& ticket, const MerkleFrontier& frontier);
    Result<void> writeBatch(const std::vector<std::shared_ptr<Ticket>>& batch, TailWriter& writer, MerkleFrontier& frontier);
    void commitToMemory(const std::vector<std::shared_ptr<Ticket>>& batch, MerkleFrontier frontier);
    void failTickets(const std::vector<std::shared_ptr<Ticket>>& batch, const Error& error);
    Result<void> closeSegment(Lock& lock);
    [[nodiscard]] TailState* openTail() const;

    // Sealing (log_seal.cpp).
    void rollTail(Lock& lock);
    Result<void> sealTail(const std::shared_ptr<TailState>& tail, Executor& executor);
    void retrySeals(Lock& lock);
    void removeTailFiles(std::uint64_t segment);
    Result<Bytes> segmentPayload(const TailState& tail) const;

    // Reading (log_read.cpp).
    Result<std::shared_ptr<Segment>> openEntry(SegmentEntry& entry);
    Result<std::shared_ptr<const SegmentIndex>> indexOf(SegmentEntry& entry);
    std::shared_ptr<const SegmentIndex> carvedIndex(const SegmentEntry& entry, ByteView payload) const;
    std::shared_ptr<SegmentEntry> replacementOf(const SegmentEntry& entry) const;
    Result<Bytes> readStored(Sequence sequence);
    Result<Bytes> readFromSegment(SegmentEntry& entry, Sequence sequence);
    Result<LogRecord> openStored(ByteView stored);
    void noteDamage(const SegmentEntry& entry, const std::vector<ShardDamage>& found);
    Fault faultOf(const SegmentEntry& entry, const ShardDamage& damage, FaultOutcome outcome) const;
    void noteFault(Fault fault);
    Result<bool> scanRecords(Sequence first, Sequence end, Sequence from, Sequence to, ByteView records,
        const std::vector<std::uint64_t>& offsets, const ScanVisitor& visit);
    struct Stretch {
        MappedBytes records;
        std::vector<std::uint64_t> offsets;
    };
    struct ScanPart {
        Sequence end = 0;
        std::shared_ptr<SegmentEntry> entry; ///< null for a tail
        Stretch tail;
    };
    std::map<Sequence, ScanPart> partsBetween(Sequence from, Sequence end) const;
    Result<Stretch> loadStretch(SegmentEntry& entry);
    Result<Stretch> loadNewest(std::shared_ptr<SegmentEntry>& entry);

    // Purging (log_purge.cpp).
    Result<PurgeOutcome> purgePending(const Task& task);
    Result<void> resumePurge();
    void addPurgeTicket();
    Result<PurgeOutcome> rewriteSegments(const std::vector<Sequence>& sequences, const Task& task);
    Result<std::uint64_t> purgeSegment(SegmentEntry& entry, std::span<const Sequence> sequences);
    Result<void> notePurge(bool done, std::span<const Sequence> sequences);
    std::vector<Sequence> pendingPurges();
    std::vector<Sequence> purgedFromNewerGenerations();
    Result<void> removeGenerations(std::uint64_t segment, std::uint16_t keep);
    Result<void> dropQuarantine(std::uint64_t segment);

    // Copies and what comes back from them (log_copy.cpp, log_adopt.cpp).
    Result<bool> checkTarget(Disk& target);
    Result<void> copyHeads(Disk& target);
    Result<std::uint64_t> copySegment(Disk& target, SegmentEntry& entry);
    Result<Bytes> wholePayload(SegmentEntry& entry);
    struct Foreign {
        SegmentInfo info;
        Bytes payload;
        SegmentIndex index;
    };
    Result<Foreign> readForeign(Disk& other, std::uint64_t segment, std::uint16_t generation);
    Result<void> proveBySignature(const Foreign& foreign);
    Result<Bytes> withoutPurged(const Foreign& foreign, std::span<const Sequence> purged, bool& changed) const;
    Result<bool> adoptInto(SegmentEntry& entry, Foreign foreign, std::span<const Sequence> purged, AdoptOutcome& outcome);
    Result<void> adoptIntoGap(Foreign foreign, std::span<const Sequence> purged, AdoptOutcome& outcome);
    Result<void> putInPlace(const SegmentInfo& info, ByteView payload, AdoptOutcome& outcome);
    Result<void> keepEvidence(const SegmentEntry& entry);
    Result<void> adoptOne(
        Disk& other, std::uint64_t segment, std::uint16_t generation, std::span<const Sequence> purged, AdoptOutcome& outcome);
    std::vector<Sequence> everPurged();

    // Repair (log_repair.cpp).
    Result<LogRepair> inspect(bool repair, const Task& task);
    void addMissingFolders(bool repair, LogRepair& report);
    Result<void> inspectSuperblock(bool repair, LogRepair& report);
    Result<void> inspectKeyRing(bool repair, LogRepair& report);
    void addCopyFaults(const std::vector<CopyState>& copies, std::string_view file, bool repair, LogRepair& report) const;
    struct SegmentFinding {
        Segment::ScrubOutcome found;
        std::uint64_t bytesWritten = 0;
    };
    Result<SegmentFinding> inspectSegment(SegmentEntry& entry, bool repair);
    void addSegmentFaults(const SegmentEntry& entry, const SegmentFinding& finding, bool repair, LogRepair& report) const;
    Result<void> inspectSegments(bool repair, const Task& task, LogRepair& report);
    Result<void> inspectTails(bool repair, LogRepair& report);
    Result<void> inspectTail(const std::shared_ptr<TailState>& tail, bool repair, LogRepair& report);
    void removeLeftovers(const Inventory& inventory);
    Result<void> removeStrayTails(const Inventory& inventory, LogRepair& report);
    [[nodiscard]] bool overlapsKnown(Sequence first, Sequence end) const;
    void addFault(LogRepair& report, Fault fault) const;
    void addTailFaults(const TailState& tail, FaultOutcome outcome, LogRepair& report) const;

    // Constant after construction.
    LogEnvironment m_env;
    const std::unique_ptr<Executor> m_alone = makeInlineExecutor(); ///< for work that must not take threads from appends
    const LogOptions m_options;
    const ShardFolders m_folders;
    const Geometry m_geometry;
    const StoreId m_store;
    KeyStore m_keys; ///< own synchronisation

    // Guarded by m_mutex.
    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    Superblock m_superblock;
    std::map<Sequence, std::shared_ptr<SegmentEntry>> m_segments; ///< by first sequence
    std::deque<std::shared_ptr<TailState>> m_tails;               ///< oldest first; the last one is open
    MerkleFrontier m_frontier;                                    ///< of all committed records
    std::deque<std::shared_ptr<Ticket>> m_queue;
    bool m_leading = false;
    bool m_closed = false;
    bool m_broken = false;             ///< a write failed: the media must be read before the next append
    bool m_headsIncomplete = false;    ///< superblock or key ring may stand on too few copies
    bool m_freshTailNeeded = false;    ///< ... and the files it failed on must not be written again
    Sequence m_reserved = 0;           ///< next sequence to hand out
    std::uint64_t m_reservedBytes = 0; ///< of records handed to the open tail, an upper bound of its size
    std::uint64_t m_segmentTurn = 0;   ///< counts the segments begun since opening
    unsigned m_sealsPending = 0;
    bool m_appendsPaused = false;         ///< the tails are being inspected
    std::vector<Sequence> m_pendingPurge; ///< with an intent in the log but no done record
    bool m_noteDue = false;               ///< the tail that is begun next must name them, see pendingPurges
    std::vector<std::string> m_notices;
    bool m_uncovered = false; ///< records were appended since the last checkpoint
    std::int64_t m_checkpointAtUs = 0;
    std::uint64_t m_nextSegment = 0;
    std::string m_inventoryMark; ///< what refresh compares

    std::mutex m_faultsMutex;
    std::vector<Fault> m_faults; ///< for takeFaults; bounded

    std::mutex m_handlesMutex;
    std::deque<std::weak_ptr<SegmentEntry>> m_handles; ///< entries with open files, oldest first

    std::mutex m_inspection; ///< one scrub, heal or purge at a time
};

} // namespace carma::log
