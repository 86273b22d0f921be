// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/engine/log_state.h"

#include <algorithm>

/// Reading. A record is found by its sequence: in the memory of a tail, or through the index of its segment. Damage on the way is
/// answered by the segment from codes and parity, and remembered for takeFaults.
namespace carma::log {

namespace {

constexpr std::size_t kHandlesMax = 96;          // each holds k + m files open; a process may have 1024
constexpr std::size_t kFaultsKept = 10'000;      // what takeFaults returns at most
constexpr std::size_t kRecordsATime = 1024;      // opened in parallel, then visited in order
constexpr std::uint64_t kBytesATime = 1U << 20U; // of them, as they are stored

/// How many of the records at these offsets are opened at once: many small ones, few large ones; at least one.
/// REQUIRES: there is one
std::size_t openedTogether(std::span<const std::uint64_t> offsets)
{
    std::uint64_t first = kNoOffset;
    for (std::size_t i = 0; i < std::min(offsets.size(), kRecordsATime); ++i) {
        if (offsets[i] != kNoOffset) {
            first = std::min(first, offsets[i]);
            if (i > 0 && offsets[i] - first >= kBytesATime) {
                return i;
            }
        }
    }
    return std::min(offsets.size(), kRecordsATime);
}

/// Position of the next record in the file after `at`, or recordBytes.
std::uint64_t endOffset(const SegmentIndex& index, std::size_t at)
{
    for (std::size_t next = at + 1; next < index.offsets.size(); ++next) {
        if (index.offsets[next] != kLostOffset) {
            return index.offsets[next];
        }
    }
    return index.recordBytes;
}

} // namespace

Result<std::shared_ptr<Segment>> LogState::openEntry(SegmentEntry& entry)
{
    const std::lock_guard guard(entry.mutex);
    if (entry.handle != nullptr) {
        return entry.handle;
    }
    CARMA_TRY_ASSIGN(
        auto opened, openSegment(m_env.disk, m_env.executor, m_store, m_geometry, m_folders, {entry.info.segment, entry.info.generation}));
    entry.handle = std::move(opened);
    const std::lock_guard handles(m_handlesMutex);
    m_handles.push_back(entry.weak_from_this());
    if (m_handles.size() > kHandlesMax) {
        const auto oldest = m_handles.front().lock();
        m_handles.pop_front();
        // try_lock: the owner may be waiting for m_handlesMutex. A handle that stays open is closed a turn later.
        if (oldest != nullptr && oldest.get() != &entry && oldest->mutex.try_lock()) {
            oldest->handle.reset();
            oldest->mutex.unlock();
        }
    }
    return entry.handle;
}

/// For a segment whose index is lost beyond repair: the records that can be found by their magic.
std::shared_ptr<const SegmentIndex> LogState::carvedIndex(const SegmentEntry& entry, ByteView payload) const
{
    auto index = std::make_shared<SegmentIndex>();
    index->firstSequence = entry.info.firstSequence;
    index->recordBytes = payload.size();
    index->offsets.assign(entry.info.recordCount, kLostOffset);
    carveRecords(payload, [&](std::uint64_t offset, const StoredRecord& record) {
        const Sequence sequence = record.header.sequence;
        if (sequence >= index->firstSequence && sequence < index->endSequence()) {
            index->offsets[sequence - index->firstSequence] = static_cast<std::uint32_t>(offset);
        }
    });
    return index;
}

Result<std::shared_ptr<const SegmentIndex>> LogState::indexOf(SegmentEntry& entry)
{
    {
        const std::lock_guard guard(entry.mutex);
        if (entry.index != nullptr) {
            return entry.index;
        }
    }
    CARMA_TRY_ASSIGN(const auto segment, openEntry(entry));
    const std::uint64_t size = entry.info.payloadBytes;
    std::vector<ShardDamage> found;
    const auto readIndex = [&]() -> Result<SegmentIndex> {
        if (size < kSegmentIndexEndBytes) {
            return Error{ErrorCode::Corruption, "a segment is too short for its index"};
        }
        Bytes end(kSegmentIndexEndBytes);
        CARMA_TRY(segment->read(size - end.size(), end, &found));
        CARMA_TRY_ASSIGN(const std::uint64_t bytes, segmentIndexBytes(end, size));
        Bytes whole(bytes);
        CARMA_TRY(segment->read(size - bytes, whole, &found));
        CARMA_TRY_ASSIGN(SegmentIndex parsed, parseSegmentIndex(whole, size));
        if (parsed.firstSequence != entry.info.firstSequence || parsed.offsets.size() != entry.info.recordCount) {
            return Error{ErrorCode::Corruption, "a segment's index and header disagree"};
        }
        return parsed;
    };
    auto parsed = readIndex();
    std::shared_ptr<const SegmentIndex> index;
    if (parsed.has_value()) {
        index = std::make_shared<SegmentIndex>(*std::move(parsed));
    } else {
        index = carvedIndex(entry, segment->salvage().payload);
    }
    noteDamage(entry, found);
    const std::lock_guard guard(entry.mutex);
    entry.index = index;
    return index;
}

Result<Bytes> LogState::readFromSegment(SegmentEntry& entry, Sequence sequence)
{
    CARMA_TRY_ASSIGN(const auto index, indexOf(entry));
    const std::size_t at = sequence - index->firstSequence;
    const Error lost{ErrorCode::Corruption, "record " + std::to_string(sequence) + " cannot be read: too much of its segment is lost"};
    if (index->offsets[at] == kLostOffset) {
        return lost;
    }
    const std::uint64_t offset = index->offsets[at];
    const std::uint64_t end = std::min(endOffset(*index, at), offset + kRecordHeaderBytes + kRecordBodyBytesMax * 2);
    if (end <= offset) {
        return lost;
    }
    CARMA_TRY_ASSIGN(const auto segment, openEntry(entry));
    Bytes bytes(end - offset);
    std::vector<ShardDamage> found;
    auto read = segment->read(offset, bytes, &found);
    if (!read.has_value() && bytes.size() > kRecordHeaderBytes) {
        // After losses the next known record may be far away: only this record's own bytes have to be there.
        bytes.resize(kRecordHeaderBytes);
        const auto head = segment->read(offset, bytes, nullptr);
        const auto header = head.has_value() ? decodeHeader(bytes) : Result<RecordHeader>(lost);
        if (header.has_value() && header->totalBytes() < end - offset) {
            bytes.resize(header->totalBytes());
            read = segment->read(offset, bytes, nullptr);
        }
    }
    noteDamage(entry, found);
    if (!read.has_value()) {
        return read.error().code == ErrorCode::Corruption ? lost : read.error();
    }
    return bytes;
}

/// What stands in the place of `entry` by now: a purge writes a segment anew and deletes the old files. Null if nothing has changed.
std::shared_ptr<SegmentEntry> LogState::replacementOf(const SegmentEntry& entry) const
{
    const Lock lock(m_mutex);
    const auto found = m_segments.find(entry.info.firstSequence);
    return found == m_segments.end() || found->second.get() == &entry ? nullptr : found->second;
}

Result<Bytes> LogState::readStored(Sequence sequence)
{
    std::shared_ptr<SegmentEntry> entry;
    {
        const Lock lock(m_mutex);
        if (sequence >= endLocked()) {
            return Error{ErrorCode::NotFound, "record " + std::to_string(sequence) + " is not in the log"};
        }
        for (const auto& tail : m_tails) {
            if (sequence < tail->header.firstSequence || sequence >= tail->endSequence()) {
                continue;
            }
            const std::uint64_t offset = tail->offsets[sequence - tail->header.firstSequence];
            if (offset == kNoOffset) {
                return Error{ErrorCode::Corruption, "record " + std::to_string(sequence) + " is lost in every copy of the tail"};
            }
            CARMA_TRY_ASSIGN(const RecordHeader header, decodeHeader(ByteView(tail->records).subspan(offset)));
            return toBytes(ByteView(tail->records).subspan(offset, header.totalBytes()));
        }
        const auto after = m_segments.upper_bound(sequence);
        if (after != m_segments.begin() && sequence < std::prev(after)->second->endSequence()) {
            entry = std::prev(after)->second;
        }
    }
    if (entry == nullptr) {
        return Error{ErrorCode::Corruption, "record " + std::to_string(sequence) + " is lost with its whole segment"};
    }
    auto bytes = readFromSegment(*entry, sequence);
    while (!bytes.has_value() && (entry = replacementOf(*entry)) != nullptr) {
        bytes = readFromSegment(*entry, sequence);
    }
    return bytes;
}

Result<LogRecord> LogState::openStored(ByteView stored)
{
    CARMA_TRY_ASSIGN(const StoredRecord record, parseRecord(stored));
    LogRecord opened{record.header, {}};
    if (record.header.purged()) {
        return opened;
    }
    CARMA_TRY_ASSIGN(const auto keys, m_keys.find(record.header.space));
    CARMA_TRY_ASSIGN(opened.body, openRecord(record, *keys->key, keys->find(record.header.dictionary)));
    return opened;
}

Result<LogRecord> LogState::read(Sequence sequence)
{
    CARMA_TRY_ASSIGN(const Bytes stored, readStored(sequence));
    CARMA_TRY_ASSIGN(LogRecord record, openStored(stored));
    if (record.header.sequence != sequence) {
        return Error{ErrorCode::Corruption, "record " + std::to_string(sequence) + " is not where the index of its segment says"};
    }
    if (record.header.purged()) {
        return Error{ErrorCode::NotFound, "record " + std::to_string(sequence) + " was forgotten and purged"};
    }
    return record;
}

/// The records of a segment as far as they can be had. Offsets of unreadable ones are kNoOffset.
Result<LogState::Stretch> LogState::loadStretch(SegmentEntry& entry)
{
    CARMA_TRY_ASSIGN(const auto index, indexOf(entry));
    CARMA_TRY_ASSIGN(const auto segment, openEntry(entry));
    Stretch stretch;
    stretch.records.resize(index->recordBytes);
    std::vector<ShardDamage> found;
    if (!segment->read(0, stretch.records, &found).has_value()) {
        const Bytes salvaged = segment->salvage().payload;
        std::copy_n(salvaged.begin(), std::min(salvaged.size(), stretch.records.size()), stretch.records.begin());
    }
    noteDamage(entry, found);
    stretch.offsets.assign(index->offsets.size(), kNoOffset);
    for (std::size_t i = 0; i < index->offsets.size(); ++i) {
        if (index->offsets[i] == kLostOffset) {
            continue;
        }
        const auto record = parseRecord(ByteView(stretch.records).subspan(index->offsets[i]));
        if (record.has_value() && record->header.sequence == index->firstSequence + i) {
            stretch.offsets[i] = index->offsets[i];
        }
    }
    return stretch;
}

/// loadStretch of `entry` or of what has replaced it meanwhile, which is then in `entry`.
Result<LogState::Stretch> LogState::loadNewest(std::shared_ptr<SegmentEntry>& entry)
{
    auto stretch = loadStretch(*entry);
    while (auto replaced = replacementOf(*entry)) {
        entry = std::move(replaced);
        stretch = loadStretch(*entry);
    }
    return stretch;
}

/// Visits what lies in [from, to) of a stretch that begins with sequence `first`. False: the visitor wants no more.
Result<bool> LogState::scanRecords(Sequence first, Sequence end, Sequence from, Sequence to, ByteView records,
    const std::vector<std::uint64_t>& offsets, const ScanVisitor& visit)
{
    struct Opened {
        std::optional<Result<LogRecord>> record;
        crypto::Digest leaf{};
    };
    const Sequence last = std::min(end, to);
    for (Sequence at = std::max(first, from); at < last;) {
        const std::size_t count = openedTogether(std::span(offsets).subspan(at - first, last - at));
        std::vector<Opened> opened(count);
        const bool areLarge = count < std::min<std::size_t>(kRecordsATime, last - at);
        const std::size_t parts = std::max<std::size_t>(1, std::min<std::size_t>(m_env.executor.width(), areLarge ? count : count / 16));
        std::vector<std::function<void()>> tasks;
        for (std::size_t part = 0; part < parts; ++part) {
            tasks.emplace_back([&, part] {
                for (std::size_t i = count * part / parts; i < count * (part + 1) / parts; ++i) {
                    const std::uint64_t offset = offsets[at - first + i];
                    if (offset == kNoOffset) {
                        continue;
                    }
                    opened[i].record = openStored(records.subspan(offset));
                    opened[i].leaf = leafHash(*parseRecord(records.subspan(offset)));
                }
            });
        }
        m_env.executor.runAll(tasks);
        for (std::size_t i = 0; i < count; ++i) {
            ScanItem item{};
            item.sequence = at + i;
            if (opened[i].record && opened[i].record->has_value()) {
                item.header = &(*opened[i].record)->header;
                item.body = (*opened[i].record)->body;
                item.leaf = &opened[i].leaf;
            } else {
                item.lostCount = 1;
            }
            CARMA_TRY_ASSIGN(const bool more, visit(item));
            if (!more) {
                return false;
            }
        }
        at += count;
    }
    return true;
}

/// The segments and tails that hold something of [from, end), in order: a tail that could not be sealed may lie between segments.
/// REQUIRES: the lock is held.
std::map<Sequence, LogState::ScanPart> LogState::partsBetween(Sequence from, Sequence end) const
{
    std::map<Sequence, ScanPart> parts;
    for (const auto& [first, entry] : m_segments) {
        if (entry->endSequence() > from && first < end) {
            parts[first] = {.end = entry->endSequence(), .entry = entry, .tail = {}};
        }
    }
    for (const auto& tail : m_tails) {
        if (tail->endSequence() > from && tail->header.firstSequence < end) {
            // A copy: the open tail grows while it is read.
            parts[tail->header.firstSequence] = {
                .end = tail->endSequence(), .entry = nullptr, .tail = {{tail->records.begin(), tail->records.end()}, tail->offsets}};
        }
    }
    return parts;
}

Result<void> LogState::scan(Sequence from, Sequence to, const ScanVisitor& visit, const Task& task)
{
    Sequence end = 0;
    std::map<Sequence, ScanPart> parts;
    {
        const Lock lock(m_mutex);
        end = std::min(to, endLocked());
        parts = partsBetween(from, end);
    }
    Sequence at = from;
    const auto skip = [&](Sequence next) -> Result<bool> {
        const Sequence gapEnd = std::min(next, end);
        if (gapEnd <= at) {
            return true;
        }
        ScanItem lost{};
        lost.sequence = at;
        lost.lostCount = gapEnd - at;
        at = gapEnd;
        return visit(lost);
    };
    const auto stretchOf = [&](Sequence first, Sequence last, const Stretch& stretch) -> Result<bool> {
        CARMA_TRY_ASSIGN(const bool more, skip(first));
        if (!more || last <= at) {
            return more;
        }
        CARMA_TRY_ASSIGN(const bool goOn, scanRecords(first, last, at, end, stretch.records, stretch.offsets, visit));
        at = std::min(last, end);
        task.report({"reading the log", at - from, end - from, "records"});
        return goOn;
    };
    for (auto& [first, part] : parts) {
        if (task.cancelled()) {
            return Error{ErrorCode::Cancelled, "reading the log was cancelled"};
        }
        auto stretch = part.entry != nullptr ? loadNewest(part.entry) : Result<Stretch>(std::move(part.tail));
        if (!stretch.has_value()) {
            continue; // unreadable as a whole: the next one, or the end, reports the gap
        }
        CARMA_TRY_ASSIGN(const bool more, stretchOf(first, part.end, *stretch));
        if (!more) {
            return {};
        }
    }
    CARMA_TRY(skip(end));
    return {};
}

Fault LogState::faultOf(const SegmentEntry& entry, const ShardDamage& damage, FaultOutcome outcome) const
{
    Fault fault;
    switch (damage.kind) {
    case DamageKind::MissingFile: fault.kind = FaultKind::MissingFile; break;
    case DamageKind::Truncated: fault.kind = FaultKind::Truncated; break;
    case DamageKind::BadSector: fault.kind = FaultKind::BadSector; break;
    case DamageKind::ReadError: fault.kind = FaultKind::ReadError; break;
    case DamageKind::WrongFile: fault.kind = FaultKind::Stale; break;
    }
    fault.outcome = damage.recoverable ? outcome : FaultOutcome::Lost;
    fault.file = m_folders[damage.shard] + "/" + shardFileName(entry.info.segment, entry.info.generation);
    fault.sector = damage.sector == kNoSector ? 0 : damage.sector;
    fault.flippedBits = damage.flippedBits;
    fault.seenUs = m_env.clock.wallTimeUs();
    return fault;
}

void LogState::noteFault(Fault fault)
{
    const std::lock_guard guard(m_faultsMutex);
    if (m_faults.size() < kFaultsKept) {
        m_faults.push_back(std::move(fault));
    }
}

void LogState::noteDamage(const SegmentEntry& entry, const std::vector<ShardDamage>& found)
{
    if (entry.replaced) {
        return; // files that were deleted under way are no damage
    }
    for (const ShardDamage& damage : found) {
        noteFault(faultOf(entry, damage, FaultOutcome::Found));
    }
}

std::vector<Fault> LogState::takeFaults()
{
    const std::lock_guard guard(m_faultsMutex);
    return std::exchange(m_faults, {});
}

} // namespace carma::log
