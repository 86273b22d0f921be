// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/engine/log_state.h"

#include <carma/allocator.h>

#include <algorithm>
#include <map>

/// Scrub and heal: one walk over superblocks, key rings, segments and tails that either only looks or also repairs.
namespace carma::log {

namespace {

constexpr std::size_t kFaultsListedMax = 100'000;

FaultOutcome outcomeOf(bool repair) { return repair ? FaultOutcome::Healed : FaultOutcome::Found; }

} // namespace

void LogState::addFault(LogRepair& report, Fault fault) const
{
    ++report.damage.faultsCount;
    report.damage.flippedBits += fault.flippedBits;
    if (report.damage.faults.size() < kFaultsListedMax) {
        if (fault.seenUs == 0) {
            fault.seenUs = m_env.clock.wallTimeUs();
        }
        report.damage.faults.push_back(std::move(fault));
    }
}

Result<LogRepair> LogState::scrub(const Task& task) { return inspect(false, task); }

Result<LogRepair> LogState::heal(const Task& task)
{
    if (m_options.readOnly) {
        return Error{ErrorCode::Busy, "the store is open for reading only and cannot be healed"};
    }
    CARMA_TRY_ASSIGN(LogRepair report, inspect(true, task));
    if (const auto resumed = resumePurge(); !resumed.has_value()) {
        report.notes.push_back("forgotten records are still in the files: " + resumed.error().message);
    }
    return report;
}

Result<LogRepair> LogState::inspect(bool repair, const Task& task)
{
    const std::lock_guard inspection(m_inspection);
    m_env.executor.drain();
    giveBackFreed(); // opening may have read segments, of which the C library keeps what it can
    LogRepair report;
    // Files of a folder that is gone as a whole are not counted one by one.
    addMissingFolders(repair, report);
    CARMA_TRY(inspectSuperblock(repair, report));
    CARMA_TRY(inspectKeyRing(repair, report));
    CARMA_TRY(inspectSegments(repair, task, report));
    if (!report.damage.cancelled) {
        CARMA_TRY(inspectTails(repair, report));
    }
    if (repair) {
        const Lock lock(m_mutex);
        if (m_sealsPending == 0 && !m_leading) { // otherwise a temporary file may be one that is being written
            removeLeftovers(takeInventory());
            CARMA_TRY(removeStrayTails(takeInventory(), report));
        }
    }
    return report;
}

void LogState::addCopyFaults(const std::vector<CopyState>& copies, std::string_view file, bool repair, LogRepair& report) const
{
    for (const CopyState& copy : copies) {
        const std::string& folder = m_folders[copy.shard];
        const std::string path = folder + "/" + std::string(file);
        report.damage.sectorsChecked += copy.sectors;
        report.damage.bytesRead += copy.sectors * kSectorBytes;
        if (copy.missing) {
            const bool folderGone = std::ranges::any_of(
                report.damage.faults, [&](const Fault& fault) { return fault.kind == FaultKind::MissingFolder && fault.file == folder; });
            if (!folderGone) {
                addFault(report, {.kind = FaultKind::MissingFile, .outcome = outcomeOf(repair), .file = path});
            }
        } else if (copy.stale) {
            addFault(report, {.kind = FaultKind::Stale, .outcome = outcomeOf(repair), .file = path});
        }
        for (const SectorDamage& damage : copy.damage) {
            addFault(report,
                {.kind = FaultKind::BadSector,
                    .outcome = outcomeOf(repair),
                    .file = path,
                    .sector = damage.index,
                    .flippedBits = damage.flippedBits});
        }
    }
}

Result<void> LogState::inspectSuperblock(bool repair, LogRepair& report)
{
    CARMA_TRY_ASSIGN(const SuperblockReading reading, readSuperblock(m_env.disk, m_folders));
    addCopyFaults(reading.copies, "superblock", repair, report);
    if (repair && !reading.clean()) {
        CARMA_TRY_ASSIGN(const std::uint64_t written, repairSuperblock(m_env.disk, m_folders, reading, std::string(kQuarantine)));
        report.bytesWritten += written;
    }
    return {};
}

Result<void> LogState::inspectKeyRing(bool repair, LogRepair& report)
{
    CARMA_TRY_ASSIGN(const KeyRingReading reading, readKeyRing(m_env.disk, m_folders, m_store, m_keys.master()));
    addCopyFaults(reading.copies, "keyring", repair, report);
    if (repair && !reading.clean()) {
        CARMA_TRY_ASSIGN(const std::uint64_t written, repairKeyRing(m_env.disk, m_folders, reading, std::string(kQuarantine)));
        report.bytesWritten += written;
    }
    return {};
}

/// Looks at one segment, or repairs it.
Result<LogState::SegmentFinding> LogState::inspectSegment(SegmentEntry& entry, bool repair)
{
    CARMA_TRY_ASSIGN(const auto segment, openEntry(entry));
    SegmentFinding finding;
    if (!repair) {
        finding.found = segment->scrub();
        return finding;
    }
    CARMA_TRY_ASSIGN(Segment::RepairOutcome repaired, segment->repair(std::string(kQuarantine)));
    finding.found = std::move(repaired.found);
    finding.found.lost = std::move(repaired.lost);
    finding.bytesWritten = repaired.bytesWritten;
    if (!finding.found.damage.empty()) {
        const std::lock_guard guard(entry.mutex);
        entry.handle.reset(); // files were replaced: the next read opens them anew
        entry.index.reset();
    }
    return finding;
}

void LogState::addSegmentFaults(const SegmentEntry& entry, const SegmentFinding& finding, bool repair, LogRepair& report) const
{
    report.bytesWritten += finding.bytesWritten;
    report.damage.sectorsChecked += finding.found.sectorsChecked;
    report.damage.bytesRead += finding.found.bytesRead;
    for (const ShardDamage& damage : finding.found.damage) {
        Fault fault = faultOf(entry, damage, outcomeOf(repair));
        if (damage.kind == DamageKind::MissingFile) { // a file of a folder that is gone is counted with it
            const auto folder = std::ranges::find_if(report.damage.faults,
                [&](const Fault& other) { return other.kind == FaultKind::MissingFolder && other.file == m_folders[damage.shard]; });
            if (folder != report.damage.faults.end()) {
                folder->outcome = fault.outcome == FaultOutcome::Lost ? FaultOutcome::Lost : folder->outcome;
                continue;
            }
        }
        addFault(report, std::move(fault));
    }
}

Result<void> LogState::inspectSegments(bool repair, const Task& task, LogRepair& report)
{
    // While one segment waits for the disk the next one is computed. More at once would only take more memory: 25 MiB each.
    constexpr std::size_t kSegmentsAtOnce = 2;
    std::vector<std::shared_ptr<SegmentEntry>> entries;
    {
        const Lock lock(m_mutex);
        for (const auto& [first, entry] : m_segments) {
            entries.push_back(entry);
        }
    }
    for (std::size_t at = 0; at < entries.size(); at += kSegmentsAtOnce) {
        task.report({repair ? "healing segments" : "checking segments", at, entries.size(), "segments"});
        if (task.cancelled()) {
            report.damage.cancelled = true;
            return {};
        }
        const auto some = std::span(entries).subspan(at, std::min(kSegmentsAtOnce, entries.size() - at));
        std::vector<Result<SegmentFinding>> findings(some.size(), SegmentFinding{});
        std::vector<std::function<void()>> tasks;
        for (std::size_t i = 0; i < some.size(); ++i) {
            tasks.emplace_back([&, i] { findings[i] = inspectSegment(*some[i], repair); });
        }
        m_env.executor.runAll(tasks);
        for (std::size_t i = 0; i < some.size(); ++i) {
            CARMA_TRY_ASSIGN(const SegmentFinding finding, std::move(findings[i]));
            addSegmentFaults(*some[i], finding, repair, report);
        }
    }
    return {};
}

void LogState::addTailFaults(const TailState& tail, FaultOutcome outcome, LogRepair& report) const
{
    const TailContents& contents = *tail.contents;
    // A copy that went with its folder is counted with it. While the folder is missing, another one should have the copy.
    std::size_t goneWithFolder = 0;
    for (std::size_t i = 0; i <= m_geometry.parity; ++i) {
        const std::string& folder = m_folders[(contents.header.segment + i) % m_folders.size()];
        goneWithFolder += std::ranges::any_of(
            report.damage.faults, [&](const Fault& fault) { return fault.kind == FaultKind::MissingFolder && fault.file == folder; });
    }
    for (const TailCopy& copy : contents.copies) {
        const std::string path = copy.folder + "/" + tailFileName(contents.header.segment);
        report.damage.sectorsChecked += contents.merged.size() / kSectorBytes;
        report.damage.bytesRead += contents.merged.size();
        if (copy.missing) {
            if (goneWithFolder > 0) {
                --goneWithFolder;
                continue;
            }
            addFault(report, {.kind = FaultKind::MissingFile, .outcome = outcome, .file = path});
            continue;
        }
        if (copy.sectorsMissing > 0) {
            addFault(report, {.kind = FaultKind::Truncated, .outcome = outcome, .file = path});
        }
        if (copy.readError) {
            addFault(report, {.kind = FaultKind::ReadError, .outcome = outcome, .file = path});
        }
        for (std::size_t i = 0; i < copy.badSectors.size(); ++i) {
            const bool lost = std::ranges::find(contents.lostSectors, copy.badSectors[i]) != contents.lostSectors.end();
            addFault(report,
                {.kind = FaultKind::BadSector,
                    .outcome = lost ? FaultOutcome::Lost : outcome,
                    .file = path,
                    .sector = copy.badSectors[i],
                    .flippedBits = i < copy.flippedBits.size() ? copy.flippedBits[i] : 0});
        }
    }
}

Result<void> LogState::inspectTails(bool repair, LogRepair& report)
{
    Lock lock(m_mutex);
    // New appends wait: steady writers would hold this up for ever, and a tail that is being sealed loses its files.
    m_appendsPaused = true;
    m_changed.wait(lock, [&] { return !m_leading && m_queue.empty() && m_sealsPending == 0; });
    Result<void> inspected;
    const std::deque<std::shared_ptr<TailState>> tails = m_tails;
    for (const auto& tail : tails) {
        if (inspected.has_value()) {
            inspected = inspectTail(tail, repair, report);
        }
    }
    m_appendsPaused = false;
    m_changed.notify_all();
    CARMA_TRY(inspected);
    if (repair) {
        retrySeals(lock);
        lock.unlock();
        m_env.executor.drain();
    }
    return {};
}

/// REQUIRES: the lock is held and nobody leads.
Result<void> LogState::inspectTail(const std::shared_ptr<TailState>& tail, bool repair, LogRepair& report)
{
    TailState look;
    look.folders = tailFolders(tail->header.segment);
    auto contents = readTail(m_env.disk, m_store, tail->header.segment, look.folders);
    // Beside a writer the copies may be caught between two writes: what is still wrong after some looks is damage.
    for (int looks = 0; m_options.readOnly && looks < 3 && contents.has_value() && !contents->clean(); ++looks) {
        contents = readTail(m_env.disk, m_store, tail->header.segment, look.folders);
    }
    if (!contents.has_value()) {
        if (!repair) {
            return contents.error();
        }
        // No copy has a readable header any more, but memory has the records: they are sealed instead.
        addFault(report,
            {.kind = FaultKind::MissingFile,
                .outcome = FaultOutcome::Healed,
                .file = look.folders.empty() ? "tail" : look.folders.front() + "/" + tailFileName(tail->header.segment)});
        tail->writer.reset();
        tail->contents.reset();
        tail->closed = true;
        return {};
    }
    look.contents = *std::move(contents);
    addTailFaults(look, outcomeOf(repair), report);
    if (!repair || (look.contents->clean() && look.contents->tornSectors == 0)) {
        return {};
    }
    tail->writer.reset();
    CARMA_TRY_ASSIGN(const std::uint64_t written, repairTail(m_env.disk, *look.contents, look.folders, std::string(kQuarantine)));
    report.bytesWritten += written;
    tail->folders = look.folders;
    if (!look.contents->lostSectors.empty() || tail->closed) {
        tail->closed = true; // what memory still has is sealed; real gaps are sealed as gaps
        tail->contents.reset();
        return {};
    }
    CARMA_TRY_ASSIGN(tail->contents, readTail(m_env.disk, m_store, tail->header.segment, tail->folders));
    return {};
}

/// Tails that are no part of the log: an interrupted removal left them, or an old copy was put back. One that says nothing that the
/// log has not is of no use; any other is told as a fault and kept in the quarantine. REQUIRES: the lock is held and nobody leads.
Result<void> LogState::removeStrayTails(const Inventory& inventory, LogRepair& report)
{
    for (const std::uint64_t number : inventory.tails) {
        if (std::ranges::any_of(m_tails, [&](const auto& tail) { return tail->header.segment == number; })) {
            continue;
        }
        const auto loaded = loadTail(number);
        const bool known = loaded.has_value() && (*loaded)->contents->clean() && (*loaded)->endSequence() <= endLocked();
        for (const std::string& folder : known ? std::vector<std::string>{} : m_folders) {
            const std::string path = folder + "/" + tailFileName(number);
            CARMA_TRY_ASSIGN(const auto info, m_env.disk.info(path));
            if (info) {
                CARMA_TRY(moveTailAside(m_env.disk, number, folder, std::string(kQuarantine)));
                addFault(report, {.kind = FaultKind::Stale, .outcome = FaultOutcome::Healed, .file = path});
            }
        }
        removeTailFiles(number);
    }
    return {};
}

/// Deletes what an interrupted write left behind: temporary files, and beside a segment that is in use and whole its tail, older
/// generations, and newer ones that came to too few folders. What is in use stays: a rewriting that failed at its last step leaves a newer
/// generation whole as well.
void LogState::removeLeftovers(const Inventory& inventory)
{
    for (const std::string& path : inventory.leftovers) {
        (void)m_env.disk.remove(path).has_value();
    }
    std::map<std::uint64_t, std::uint16_t> used;
    for (const auto& [first, entry] : m_segments) {
        used[entry->info.segment] = entry->info.generation;
    }
    for (const auto& [segment, generations] : inventory.shards) {
        const auto isUsed = used.find(segment);
        const auto kept = isUsed == used.end() ? generations.end() : generations.find(isUsed->second);
        const bool isOpen = std::ranges::find(m_tails, segment, [](const auto& tail) { return tail->header.segment; }) != m_tails.end();
        if (isOpen || kept == generations.end() || kept->second != m_geometry.total()) {
            continue;
        }
        // A newer generation in enough folders is there for the next opening, and one in fewer shows that something is to be purged again.
        const auto newest = generations.rbegin();
        const bool isNewest = kept->first == newest->first;
        const bool isAbandoned = !isNewest && newest->second < m_geometry.enough() && m_pendingPurge.empty();
        if ((isNewest || isAbandoned) && (generations.size() > 1 || inventory.tails.contains(segment))) {
            (void)removeGenerations(segment, kept->first).has_value();
        }
    }
}

} // namespace carma::log
