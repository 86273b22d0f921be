// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/engine/log_state.h"
#include "log/engine/log_verify.h"

#include <algorithm>

/// What is lost here and is still there in another copy of the same store. Nothing is believed: each segment has to have the digest that
/// is written here, or a checkpoint that this store has signed.
namespace carma::log {

namespace {

std::string named(const SegmentInfo& info) { return "segment " + std::to_string(info.segment); }

} // namespace

Result<LogState::Foreign> LogState::readForeign(Disk& other, std::uint64_t segment, std::uint16_t generation)
{
    CARMA_TRY_ASSIGN(const auto opened, openSegment(other, m_env.executor, m_store, m_geometry, m_folders, {segment, generation}));
    Foreign foreign;
    foreign.info = opened->info();
    Segment::Salvage salvage = opened->salvage();
    if (!salvage.lost.empty() || crypto::sha256(salvage.payload) != foreign.info.digest) {
        return Error{ErrorCode::Corruption, named(foreign.info) + " is damaged there as well"};
    }
    foreign.payload = std::move(salvage.payload);
    const ByteView payload(foreign.payload);
    if (payload.size() < kSegmentIndexEndBytes) {
        return Error{ErrorCode::Corruption, named(foreign.info) + " is too short there"};
    }
    CARMA_TRY_ASSIGN(const std::uint64_t bytes, segmentIndexBytes(payload.last(kSegmentIndexEndBytes), payload.size()));
    CARMA_TRY_ASSIGN(foreign.index, parseSegmentIndex(payload.last(bytes), payload.size()));
    if (foreign.index.firstSequence != foreign.info.firstSequence || foreign.index.offsets.size() != foreign.info.recordCount) {
        return Error{ErrorCode::Corruption, named(foreign.info) + " contradicts itself there"};
    }
    return foreign;
}

/// The last record of a segment is a checkpoint over all before it. Its signature and root prove the records and the frontier before them.
Result<void> LogState::proveBySignature(const Foreign& foreign)
{
    const Error unproved{ErrorCode::AuthenticationFailed, named(foreign.info) + " is not proved by a signature of this store"};
    MerkleFrontier frontier = foreign.index.frontier;
    if (frontier.size() != foreign.info.firstSequence || foreign.index.offsets.empty()) {
        return unproved;
    }
    for (std::size_t i = 0; i < foreign.index.offsets.size(); ++i) {
        if (foreign.index.offsets[i] == kLostOffset) {
            frontier.append(lostLeaf(foreign.info.firstSequence + i));
            continue;
        }
        CARMA_TRY_ASSIGN(const StoredRecord record, parseRecord(ByteView(foreign.payload).subspan(foreign.index.offsets[i])));
        if (record.header.sequence != foreign.info.firstSequence + i) {
            return unproved;
        }
        if (i + 1 == foreign.index.offsets.size()) {
            CARMA_TRY_ASSIGN(const LogRecord last, openStored(record.bytes));
            if (last.header.type != RecordType::Checkpoint) {
                return unproved;
            }
            CARMA_TRY_ASSIGN(
                const Checkpoint checkpoint, openCheckpoint(asText(last.body), checkpointOrigin(m_store), superblock().signingKey));
            return checkpoint.size == frontier.size() && checkpoint.root == frontier.root() ? Result<void>() : unproved;
        }
        frontier.append(leafHash(record));
    }
    return unproved;
}

/// The payload with what was purged here purged from it. `changed` tells whether there was anything.
Result<Bytes> LogState::withoutPurged(const Foreign& foreign, std::span<const Sequence> purged, bool& changed) const
{
    SegmentIndex fresh = foreign.index;
    Bytes payload;
    payload.reserve(foreign.payload.size());
    changed = false;
    for (std::size_t i = 0; i < fresh.offsets.size(); ++i) {
        if (fresh.offsets[i] == kLostOffset) {
            continue;
        }
        CARMA_TRY_ASSIGN(const StoredRecord record, parseRecord(ByteView(foreign.payload).subspan(fresh.offsets[i])));
        fresh.offsets[i] = static_cast<std::uint32_t>(payload.size());
        if (!record.header.purged() && std::ranges::binary_search(purged, fresh.firstSequence + i)) {
            purgeRecord(record, payload);
            changed = true;
        } else {
            const ByteView bytes = record.bytes.first(record.header.totalBytes());
            payload.insert(payload.end(), bytes.begin(), bytes.end());
        }
    }
    fresh.recordBytes = payload.size();
    appendSegmentIndex(fresh, payload);
    return payload;
}

/// What is left of a segment that is about to be written anew is kept: it cannot be told which of its bytes were right.
Result<void> LogState::keepEvidence(const SegmentEntry& entry)
{
    constexpr std::uint64_t kShardBytesMax = 64U << 20U;
    const std::string quarantine(kQuarantine);
    CARMA_TRY(m_env.disk.makeFolder(quarantine));
    const std::string name = shardFileName(entry.info.segment, entry.info.generation);
    for (std::size_t shard = 0; shard < m_folders.size(); ++shard) {
        const auto file = readWholeFile(m_env.disk, m_folders[shard] + "/" + name, kShardBytesMax);
        if (file.has_value()) {
            CARMA_TRY(replaceFile(m_env.disk, quarantine + "/" + name + ".s" + std::to_string(shard) + ".whole.bad", *file));
        }
    }
    return {};
}

Result<void> LogState::putInPlace(const SegmentInfo& info, ByteView payload, AdoptOutcome& outcome)
{
    for (const std::string& folder : m_folders) {
        CARMA_TRY(m_env.disk.makeFolder(folder));
    }
    CARMA_TRY_ASSIGN(const WriteOutcome written, writeSegment(m_env.disk, m_env.executor, m_folders, info, payload));
    auto fresh = std::make_shared<SegmentEntry>();
    fresh->info = written.info;
    {
        const Lock lock(m_mutex);
        const auto old = m_segments.find(info.firstSequence);
        if (old != m_segments.end()) {
            old->second->replaced = true;
        }
        m_segments.insert_or_assign(info.firstSequence, std::move(fresh));
    }
    ++outcome.segments;
    outcome.bytesWritten += payload.size() * m_geometry.total() / m_geometry.data;
    outcome.notes.push_back(named(info) + " was taken from the other store");
    return {};
}

/// False if it is not the one that is missing here.
Result<bool> LogState::adoptInto(SegmentEntry& entry, Foreign foreign, std::span<const Sequence> purged, AdoptOutcome& outcome)
{
    if (foreign.info.generation < entry.info.generation) {
        bool changed = false;
        CARMA_TRY_ASSIGN(foreign.payload, withoutPurged(foreign, purged, changed));
    }
    if (crypto::sha256(foreign.payload) != entry.info.digest) {
        return false;
    }
    CARMA_TRY(keepEvidence(entry));
    CARMA_TRY(putInPlace(entry.info, foreign.payload, outcome));
    return true;
}

Result<void> LogState::adoptIntoGap(Foreign foreign, std::span<const Sequence> purged, AdoptOutcome& outcome)
{
    CARMA_TRY(proveBySignature(foreign));
    bool changed = false;
    CARMA_TRY_ASSIGN(Bytes payload, withoutPurged(foreign, purged, changed));
    if (changed) {
        foreign.payload = std::move(payload);
        ++foreign.info.generation;
    }
    return putInPlace(foreign.info, foreign.payload, outcome);
}

/// Everything that purge records here name, in order.
std::vector<Sequence> LogState::everPurged()
{
    std::set<Sequence> all;
    const auto collect = [&](const ScanItem& item) -> Result<bool> {
        if (item.header != nullptr && item.header->type == RecordType::Purge) {
            const auto sequences = purgedSequences(item.body);
            if (sequences.has_value()) {
                all.insert(sequences->begin(), sequences->end());
            }
        }
        return true;
    };
    (void)scan(0, kNoSequence, collect, Task{}).has_value();
    return {all.begin(), all.end()};
}

Result<AdoptOutcome> LogState::adoptFrom(Disk& other, const Task& task)
{
    if (m_options.readOnly) {
        return Error{ErrorCode::Busy, "the store is open for reading only"};
    }
    CARMA_TRY_ASSIGN(const SuperblockReading there, readSuperblock(other, m_folders));
    if (there.superblock.store != m_store || there.superblock.geometry != m_geometry) {
        return Error{ErrorCode::InvalidArgument, "the other store is not a copy of this one (" + toString(there.superblock.store) + ")"};
    }
    std::map<std::uint64_t, std::set<std::uint16_t>> foreign;
    for (const std::string& folder : m_folders) {
        const auto files = other.list(folder);
        for (const FileInfo& file : files.has_value() ? *files : std::vector<FileInfo>{}) {
            if (const auto shard = parseShardFileName(file.name)) {
                foreign[shard->segment].insert(shard->generation);
            }
        }
    }
    const std::vector<Sequence> purged = everPurged();
    const std::lock_guard inspection(m_inspection);
    AdoptOutcome outcome;
    std::uint64_t done = 0;
    for (const auto& [segment, generations] : foreign) {
        task.report({"looking at the other store", done++, foreign.size(), "segments"});
        if (task.cancelled()) {
            outcome.cancelled = true;
            return outcome;
        }
        CARMA_TRY(adoptOne(other, segment, *generations.rbegin(), purged, outcome));
    }
    return outcome;
}

/// Takes one segment of the other store if it is wanted here. What is refused is told.
Result<void> LogState::adoptOne(
    Disk& other, std::uint64_t segment, std::uint16_t generation, std::span<const Sequence> purged, AdoptOutcome& outcome)
{
    std::shared_ptr<SegmentEntry> known;
    {
        const Lock lock(m_mutex);
        const auto same = std::ranges::find_if(m_segments, [&](const auto& item) { return item.second->info.segment == segment; });
        known = same == m_segments.end() ? nullptr : same->second;
    }
    if (known != nullptr) {
        CARMA_TRY_ASSIGN(const auto handle, openEntry(*known));
        if (handle->scrub().lost.empty()) {
            return {};
        }
    }
    auto read = readForeign(other, segment, generation);
    if (!read.has_value()) {
        if (known != nullptr) {
            outcome.notes.push_back(read.error().message);
        }
        return {};
    }
    if (known != nullptr) {
        const std::string name = named(read->info);
        CARMA_TRY_ASSIGN(const bool taken, adoptInto(*known, *std::move(read), purged, outcome));
        if (!taken) {
            outcome.notes.push_back(name + " of the other store is not the one that is damaged here");
        }
        return {};
    }
    const Sequence first = read->info.firstSequence;
    const Sequence last = first + read->info.recordCount;
    {
        const Lock lock(m_mutex);
        if (overlapsKnown(first, last)) {
            return {}; // all of it may be here, in segments of other numbers or in a tail
        }
        if (first >= endLocked()) {
            outcome.notes.push_back(named(read->info) + " of the other store is later than the end of this one, and was not taken");
            return {};
        }
    }
    const auto adopted = adoptIntoGap(*std::move(read), purged, outcome);
    if (!adopted.has_value() && adopted.error().code != ErrorCode::AuthenticationFailed && adopted.error().code != ErrorCode::Corruption) {
        return adopted.error();
    }
    if (!adopted.has_value()) {
        outcome.notes.push_back(adopted.error().message);
    }
    return {};
}

} // namespace carma::log
