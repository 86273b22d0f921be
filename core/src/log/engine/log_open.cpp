// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/engine/log_state.h"

#include <algorithm>
#include <functional>
#include <utility>

/// Opening: what is in the folders becomes segments and tails in memory.
///
/// Of several generations of a segment the newest that is in enough folders counts: one in fewer is what an interrupted rewriting left
/// behind. If none is, the newest that can be rebuilt. A tail whose segment is there in full is what an
/// interrupted sealing left behind; a tail whose segment is there in part is sealed again.
namespace carma::log {

ShardFolders shardFolders(const Geometry& geometry)
{
    ShardFolders folders;
    for (unsigned i = 0; i < geometry.total(); ++i) {
        folders.push_back("shards/" + std::to_string(i));
    }
    return folders;
}

std::string checkpointOrigin(const StoreId& store) { return "carma/" + toString(store); }

Result<std::unique_ptr<Log>> Log::open(
    const LogEnvironment& environment, const Superblock& superblock, MasterKeys keys, const LogOptions& options)
{
    const ShardFolders folders = shardFolders(superblock.geometry);
    CARMA_TRY_ASSIGN(auto ring, readKeyRing(environment.disk, folders, superblock.store, keys));
    auto log = std::make_unique<LogState>(environment, superblock, std::move(keys), options);
    CARMA_TRY(log->keys().load(std::move(ring.ring)));
    CARMA_TRY(log->load());
    return std::unique_ptr<Log>(std::move(log));
}

LogState::LogState(const LogEnvironment& environment, const Superblock& superblock, MasterKeys keys, const LogOptions& options)
    : m_env(environment), m_options(options), m_folders(shardFolders(superblock.geometry)), m_geometry(superblock.geometry),
      m_store(superblock.store), m_keys(environment.disk, environment.random, m_folders, m_geometry, std::move(keys)),
      m_superblock(superblock)
{
}

LogState::~LogState() { m_env.executor.drain(); }

Result<void> LogState::load()
{
    // A writer may seal a tail between our listing and our reading; the second look then finds the segment.
    constexpr int kAttempts = 16;
    Lock lock(m_mutex);
    for (int attempt = 1;; ++attempt) {
        auto loaded = loadOnce(lock);
        if (loaded.has_value() || !m_options.readOnly || loaded.error().code != ErrorCode::NotFound || attempt == kAttempts) {
            CARMA_TRY(std::move(loaded));
            break;
        }
    }
    if (m_options.readOnly) {
        return {};
    }
    (void)completeHeads().has_value();
    lock.unlock();
    std::vector<Sequence> pending = pendingPurges();
    lock.lock();
    m_pendingPurge = std::move(pending);
    m_noteDue = !m_pendingPurge.empty();
    removeLeftovers(takeInventory());
    completeCopies();
    retrySeals(lock);
    lock.unlock();
    if (const auto resumed = resumePurge(); !resumed.has_value()) {
        // What is too damaged to be purged must still open: reads go on, and heal tries again.
        m_notices.push_back("forgotten records are still in the files: " + resumed.error().message + "; heal removes them");
    }
    return {};
}

std::vector<std::string> LogState::takeNotices()
{
    const Lock lock(m_mutex);
    return std::exchange(m_notices, {});
}

std::vector<std::string> LogState::presentFolders()
{
    std::vector<std::string> present;
    for (const std::string& folder : m_folders) {
        const auto info = m_env.disk.info(folder);
        if (info.has_value() && info->has_value() && (*info)->isDirectory) {
            present.push_back(folder);
        }
    }
    return present;
}

LogState::Inventory LogState::takeInventory()
{
    Inventory inventory;
    for (const std::string& folder : m_folders) {
        const auto files = m_env.disk.list(folder);
        if (!files.has_value()) {
            continue; // a missing or unreadable folder is an erasure, not an error
        }
        for (const FileInfo& file : *files) {
            if (const auto shard = parseShardFileName(file.name)) {
                ++inventory.shards[shard->segment][shard->generation];
            } else if (const auto tail = parseTailFileName(file.name)) {
                inventory.tails.insert(*tail);
            } else if (file.name.ends_with(".tmp")) {
                inventory.leftovers.push_back(folder + "/" + file.name);
            }
        }
    }
    return inventory;
}

std::string LogState::inventoryMark(const Inventory& inventory)
{
    std::string mark;
    for (const auto& [segment, generations] : inventory.shards) {
        mark += std::to_string(segment) + "." + std::to_string(generations.rbegin()->first) + " ";
    }
    for (const std::uint64_t tail : inventory.tails) {
        mark += "t" + std::to_string(tail) + ":";
        for (const std::string& folder : m_folders) {
            const auto info = m_env.disk.info(folder + "/" + tailFileName(tail));
            if (info.has_value() && info->has_value()) {
                mark += std::to_string((*info)->size) + ",";
            }
        }
    }
    return mark;
}

Result<void> LogState::loadOnce(Lock& /*lock*/)
{
    const Inventory inventory = takeInventory();
    m_inventoryMark = inventoryMark(inventory);
    m_segments.clear();
    m_tails.clear();
    m_nextSegment = 0;
    if (!inventory.shards.empty()) {
        m_nextSegment = inventory.shards.rbegin()->first + 1;
    }
    if (!inventory.tails.empty()) {
        m_nextSegment = std::max(m_nextSegment, *inventory.tails.rbegin() + 1);
    }
    bool missed = false;
    for (const auto& [number, generations] : inventory.shards) {
        if (auto entry = loadSegment(number, generations)) {
            const Sequence first = entry->info.firstSequence;
            m_segments.insert_or_assign(first, std::move(entry));
        } else {
            missed = true;
        }
    }
    missed = adoptTails(inventory) || missed;
    if (missed && m_options.readOnly) {
        const Inventory now = takeInventory();
        if (now.shards != inventory.shards || now.tails != inventory.tails) {
            return Error{ErrorCode::NotFound, "the writer replaced files while they were read"};
        }
    }
    CARMA_TRY(loadFrontier());
    m_reserved = endLocked();
    m_checkpointAtUs = m_env.clock.monotonicUs();
    return {};
}

std::shared_ptr<SegmentEntry> LogState::loadSegment(std::uint64_t number, const std::map<std::uint16_t, unsigned>& generations)
{
    std::vector<std::uint16_t> order;
    for (auto at = generations.rbegin(); at != generations.rend(); ++at) {
        order.push_back(at->first);
    }
    std::ranges::stable_sort(order, std::greater{}, [&](std::uint16_t generation) {
        const unsigned shards = generations.at(generation);
        return (shards >= m_geometry.enough() ? 1 : 0) + (shards >= m_geometry.data ? 1 : 0);
    });
    for (const std::uint16_t generation : order) {
        auto opened = openSegment(m_env.disk, m_env.executor, m_store, m_geometry, m_folders, {number, generation});
        if (opened.has_value()) {
            auto entry = std::make_shared<SegmentEntry>();
            entry->info = (*opened)->info();
            return entry;
        }
    }
    return nullptr;
}

std::vector<std::string> LogState::tailFolders(std::uint64_t segment)
{
    const std::size_t wanted = m_geometry.parity + std::size_t{1};
    const std::vector<std::string> present = presentFolders();
    std::vector<std::string> folders;
    const auto holds = [&](const std::string& folder) {
        const auto info = m_env.disk.info(folder + "/" + tailFileName(segment));
        return info.has_value() && info->has_value();
    };
    std::ranges::copy_if(present, std::back_inserter(folders), holds);
    // Rotating the first folder spreads the wear of the tail over all disks.
    for (std::size_t i = 0; i < m_folders.size() && folders.size() < wanted; ++i) {
        const std::string& candidate = m_folders[(segment + i) % m_folders.size()];
        if (std::ranges::find(present, candidate) != present.end() && std::ranges::find(folders, candidate) == folders.end()) {
            folders.push_back(candidate);
        }
    }
    return folders;
}

Result<void> LogState::fillTail(TailState& tail) const
{
    TailContents& contents = *tail.contents;
    tail.header = contents.header;
    CARMA_TRY_ASSIGN(tail.frontierBefore, MerkleFrontier::decode(contents.header.frontier));
    tail.records = std::move(contents.records);
    tail.fileBytes = contents.merged.size();
    Sequence end = contents.header.firstSequence;
    for (const TailGap& gap : contents.gaps) {
        if (gap.firstSequence != kNoSequence) {
            end = std::max(end, gap.firstSequence + gap.recordCount);
        }
    }
    std::vector<RecordHeader> headers;
    for (const std::uint64_t offset : contents.offsets) {
        CARMA_TRY_ASSIGN(const RecordHeader header, decodeHeader(ByteView(tail.records).subspan(offset)));
        headers.push_back(header);
        end = std::max(end, header.sequence + 1);
    }
    constexpr std::uint64_t kTailRecordsMax = 1U << 24U; // far above what kSegmentPayloadBytesMax can hold
    if (end < contents.header.firstSequence || end - contents.header.firstSequence > kTailRecordsMax) {
        return Error{ErrorCode::Corruption, "a tail claims more records than fit into it"};
    }
    tail.offsets.assign(end - contents.header.firstSequence, kNoOffset);
    tail.frontierAfter = tail.frontierBefore;
    for (std::size_t i = 0; i < headers.size(); ++i) {
        if (headers[i].sequence < contents.header.firstSequence) {
            return Error{ErrorCode::Corruption, "a record stands in the wrong tail"};
        }
        tail.offsets[headers[i].sequence - contents.header.firstSequence] = contents.offsets[i];
    }
    for (std::size_t i = 0; i < tail.offsets.size(); ++i) {
        if (tail.offsets[i] == kNoOffset) {
            tail.frontierAfter.append(lostLeaf(contents.header.firstSequence + i));
        } else {
            CARMA_TRY_ASSIGN(const StoredRecord record, parseRecord(ByteView(tail.records).subspan(tail.offsets[i])));
            tail.frontierAfter.append(leafHash(record));
        }
    }
    return {};
}

Result<std::shared_ptr<TailState>> LogState::loadTail(std::uint64_t number)
{
    auto tail = std::make_shared<TailState>();
    tail->folders = tailFolders(number);
    CARMA_TRY_ASSIGN(tail->contents, readTail(m_env.disk, m_store, number, tail->folders));
    CARMA_TRY(fillTail(*tail));
    return tail;
}

/// Tails in order of their numbers; all but the last are closed. Tails that say nothing new are left out. Returns whether one could
/// not be read.
bool LogState::adoptTails(const Inventory& inventory)
{
    bool missed = false;
    for (const std::uint64_t number : inventory.tails) {
        const auto shards = inventory.shards.find(number);
        const bool sealedInFull = shards != inventory.shards.end() &&
            (shards->second.rbegin()->first > 0 || shards->second.rbegin()->second == m_geometry.total());
        if (sealedInFull) {
            continue;
        }
        auto loaded = loadTail(number);
        if (!loaded.has_value()) {
            missed = true;
            continue; // not readable in any copy: what it held shows as a gap
        }
        std::shared_ptr<TailState> tail = *std::move(loaded);
        if (!m_tails.empty() && m_tails.back()->displaced != nullptr && m_tails.back()->endSequence() > tail->header.firstSequence) {
            // The older tail ends with a batch that was given up when the rest of it was sealed: the sealed form counts.
            const std::shared_ptr<SegmentEntry> sealed = m_tails.back()->displaced;
            m_tails.pop_back();
            m_segments.insert_or_assign(sealed->info.firstSequence, sealed);
        } else if (!m_tails.empty() && m_tails.back()->header.firstSequence == tail->header.firstSequence) {
            // A successor begins where the older tail does: nothing in that one was acknowledged when it was given up.
            m_tails.pop_back();
        }
        const auto entry = m_segments.find(tail->header.firstSequence);
        if (entry != m_segments.end()) {
            const auto next = std::next(entry);
            const bool saysTooMuch = next != m_segments.end() && tail->endSequence() > next->first;
            // A reader takes the segment as soon as it can be read: only the writer seals it again.
            const bool readable = shards == inventory.shards.end() || shards->second.rbegin()->second >= m_geometry.data;
            if (saysTooMuch || (m_options.readOnly && readable) || sealedFormCounts(*entry->second, *tail)) {
                continue;
            }
            tail->displaced = entry->second;
            m_segments.erase(entry); // an interrupted sealing: done again from the tail
        } else if (overlapsKnown(tail->header.firstSequence, tail->endSequence())) {
            continue; // an old copy put back
        }
        const bool partlySealed = shards != inventory.shards.end();
        tail->closed = partlySealed || number != *inventory.tails.rbegin() || number + 1 < m_nextSegment;
        if (tail->closed) {
            tail->contents.reset();
        }
        m_tails.push_back(std::move(tail));
    }
    return missed;
}

bool LogState::overlapsKnown(Sequence first, Sequence end) const
{
    const auto meets = [&](Sequence otherFirst, Sequence otherEnd) { return first < otherEnd && otherFirst < std::max(end, first + 1); };
    return std::ranges::any_of(m_segments, [&](const auto& item) { return meets(item.first, item.second->endSequence()); }) ||
        std::ranges::any_of(m_tails, [&](const auto& tail) { return meets(tail->header.firstSequence, tail->endSequence()); });
}

Result<void> LogState::loadFrontier()
{
    m_reservedBytes = 0;
    if (!m_tails.empty() && m_tails.back()->endSequence() == endLocked()) {
        m_frontier = m_tails.back()->frontierAfter;
        m_reservedBytes = openTail() != nullptr ? m_tails.back()->records.size() : 0;
        return {};
    }
    m_frontier = MerkleFrontier();
    // The newest segment tells the frontier before it. If it has lost that, an older one does, and what lies between is gone through.
    auto from = m_segments.end();
    while (from != m_segments.begin() && m_frontier.size() == 0) {
        --from;
        if (const auto index = indexOf(*from->second); index.has_value() && (*index)->frontier.size() == from->first) {
            m_frontier = (*index)->frontier;
        }
    }
    for (; from != m_segments.end(); ++from) {
        appendLeaves(*from->second);
    }
    return {};
}

/// Takes the leaves of a segment into the frontier; lost records before and in it count as such.
void LogState::appendLeaves(SegmentEntry& entry)
{
    while (m_frontier.size() < entry.info.firstSequence) {
        m_frontier.append(lostLeaf(m_frontier.size()));
    }
    const auto stretch = loadStretch(entry);
    for (std::size_t i = 0; i < entry.info.recordCount; ++i) {
        std::optional<crypto::Digest> leaf;
        if (stretch.has_value() && i < stretch->offsets.size() && stretch->offsets[i] != kNoOffset) {
            const auto record = parseRecord(ByteView(stretch->records).subspan(stretch->offsets[i]));
            if (record.has_value()) {
                leaf = leafHash(*record);
            }
        }
        m_frontier.append(leaf ? *leaf : lostLeaf(entry.info.firstSequence + i));
    }
}

Sequence LogState::endLocked() const
{
    Sequence end = m_segments.empty() ? 0 : m_segments.rbegin()->second->endSequence();
    for (const auto& tail : m_tails) {
        end = std::max(end, tail->endSequence());
    }
    return end;
}

Sequence LogState::end() const
{
    const Lock lock(m_mutex);
    return endLocked();
}

Result<void> LogState::refresh()
{
    if (!m_options.readOnly) {
        return {};
    }
    {
        const Lock lock(m_mutex);
        if (inventoryMark(takeInventory()) == m_inventoryMark) {
            return {};
        }
    }
    CARMA_TRY(m_keys.reload());
    return load();
}

Result<void> LogState::skipTo(Sequence sequence)
{
    // The catalog vouches for the number; this bound only keeps a wrong one from costing minutes.
    constexpr std::uint64_t kSkipMax = 50'000'000;
    Lock lock(m_mutex);
    const Sequence end = endLocked();
    if (sequence <= end || m_options.readOnly) {
        return {};
    }
    if (sequence - end > kSkipMax) {
        return Error{ErrorCode::LimitExceeded, "the log would skip more than 50 million records"};
    }
    CARMA_TRY(prepareAppend(lock));
    if (TailState* tail = openTail()) {
        tail->contents.reset();
    }
    rollTail(lock); // without a checkpoint: it would take the sequence of the first lost record
    m_noteDue = true;
    for (Sequence lost = endLocked(); lost < sequence; ++lost) {
        m_frontier.append(lostLeaf(lost));
    }
    m_reserved = sequence;
    // The lost tail had one of the next numbers. Leaving some out keeps its files apart from ours should its disks come back.
    constexpr std::uint64_t kNumbersLeftOut = 8;
    m_nextSegment += kNumbersLeftOut;
    return startTail();
}

bool LogState::hasGaps()
{
    const Lock lock(m_mutex);
    std::map<Sequence, Sequence> parts; // a tail that could not be sealed may lie between segments
    for (const auto& [first, entry] : m_segments) {
        parts[first] = entry->endSequence();
    }
    for (const auto& tail : m_tails) {
        if (std::ranges::find(tail->offsets, kNoOffset) != tail->offsets.end()) {
            return true;
        }
        parts[tail->header.firstSequence] = tail->endSequence();
    }
    Sequence end = 0;
    for (const auto& [first, partEnd] : parts) {
        if (first != end) {
            return true;
        }
        end = partEnd;
    }
    return false;
}

LogCounts LogState::counts()
{
    LogCounts counts;
    const std::vector<std::string> present = presentFolders();
    std::set<std::uint64_t> devices;
    for (const std::string& folder : present) {
        devices.insert(m_env.disk.deviceOf(folder));
    }
    counts.foldersPresent = static_cast<unsigned>(present.size());
    counts.failureDomains = devices.contains(0) ? 0 : static_cast<unsigned>(devices.size());
    const Lock lock(m_mutex);
    counts.records = endLocked();
    counts.sealedSegments = m_segments.size();
    for (const auto& tail : m_tails) {
        counts.tailBytes += tail->records.size();
    }
    return counts;
}

Superblock LogState::superblock() const
{
    const Lock lock(m_mutex);
    return m_superblock;
}

Result<void> LogState::updateSuperblock(Superblock superblock)
{
    const Lock lock(m_mutex);
    if (m_options.readOnly) {
        return Error{ErrorCode::Busy, "the store is open for reading only"};
    }
    superblock.epoch = m_superblock.epoch + 1;
    CARMA_TRY(writeSuperblock(m_env.disk, m_folders, superblock, m_keys.master()));
    m_superblock = std::move(superblock);
    return {};
}

Result<void> LogState::close()
{
    Lock lock(m_mutex);
    if (m_closed) {
        return {};
    }
    Result<void> covered;
    if (!m_options.readOnly && m_uncovered && !m_broken) {
        const auto ticket = addCheckpointTicket(false);
        covered = awaitTicket(lock, ticket);
    }
    m_closed = true;
    lock.unlock();
    m_env.executor.drain();
    return covered;
}

} // namespace carma::log
