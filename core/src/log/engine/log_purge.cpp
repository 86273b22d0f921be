// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/engine/log_state.h"
#include "log/engine/log_verify.h"

#include "base/byte_io.h"

#include <algorithm>
#include <map>
#include <ranges>

/// Purging: the bodies of forgotten records leave every file of the store.
///
/// An intent record comes first, a done record last; opening a store resumes what has no done record. Each segment is written
/// anew under the next generation before its old shards are deleted, so that a crash leaves one of the two in full.
namespace carma::log {

namespace {

constexpr std::size_t kSequencesARecord = 100'000; // 800 KB: well inside one record

struct PurgeNote {
    bool done = false;
    std::vector<Sequence> sequences;
};

Bytes encodePurgeNote(bool done, std::span<const Sequence> sequences)
{
    Bytes body;
    ByteWriter writer(body);
    writer.number(static_cast<std::uint8_t>(done ? 1 : 0));
    writer.number(static_cast<std::uint32_t>(sequences.size()));
    writer.raw(std::as_bytes(sequences));
    return body;
}

Result<PurgeNote> decodePurgeNote(ByteView body)
{
    ByteReader reader(body);
    PurgeNote note;
    note.done = reader.number<std::uint8_t>() != 0;
    const auto count = reader.number<std::uint32_t>();
    const ByteView raw = reader.raw(std::size_t{count} * sizeof(Sequence));
    if (!reader.atEnd()) {
        return Error{ErrorCode::Corruption, "a purge record is not readable"};
    }
    note.sequences.resize(count);
    if (count != 0) {
        std::memcpy(note.sequences.data(), raw.data(), raw.size());
    }
    return note;
}

} // namespace

Result<std::vector<Sequence>> purgedSequences(ByteView body)
{
    CARMA_TRY_ASSIGN(PurgeNote note, decodePurgeNote(body));
    return std::move(note.sequences);
}

Result<void> LogState::notePurge(bool done, std::span<const Sequence> sequences)
{
    while (!sequences.empty()) {
        const auto part = sequences.first(std::min(sequences.size(), kSequencesARecord));
        const Bytes body = encodePurgeNote(done, part);
        const NewRecord record{RecordType::Purge, NamespaceId{}, body};
        CARMA_TRY(append(std::span(&record, 1)));
        sequences = sequences.subspan(part.size());
    }
    return {};
}

/// The intents of a purge that is still to be done, once in each segment that is begun meanwhile. REQUIRES: the lock is held.
void LogState::addPurgeTicket()
{
    if (!m_noteDue || m_pendingPurge.empty()) {
        return;
    }
    std::vector<Bytes> bodies;
    for (std::span<const Sequence> rest = m_pendingPurge; !rest.empty();) {
        const auto part = rest.first(std::min(rest.size(), kSequencesARecord));
        bodies.push_back(encodePurgeNote(false, part));
        rest = rest.subspan(part.size());
    }
    std::vector<NewRecord> records;
    for (const Bytes& body : bodies) {
        records.push_back({RecordType::Purge, NamespaceId{}, body});
    }
    auto ticket = std::make_shared<Ticket>();
    ticket->first = m_reserved;
    ticket->count = static_cast<std::uint32_t>(records.size());
    ticket->segmentTurn = m_segmentTurn;
    if (!sealTicket(*ticket, records, m_env.clock.wallTimeUs()).has_value()) {
        return; // still due: the next append tries again
    }
    ticket->ready = true;
    m_reserved += ticket->count;
    m_reservedBytes += ticket->records.size();
    m_noteDue = false;
    m_queue.push_back(std::move(ticket));
}

/// What was ever purged from segments of which an older generation counts now, because its shards were put back.
std::vector<Sequence> LogState::purgedFromNewerGenerations()
{
    std::vector<std::pair<Sequence, Sequence>> ranges;
    {
        const Lock lock(m_mutex);
        const Inventory inventory = takeInventory();
        for (const auto& [first, entry] : m_segments) {
            const auto generations = inventory.shards.find(entry->info.segment);
            if (generations != inventory.shards.end() && generations->second.rbegin()->first > entry->info.generation) {
                ranges.emplace_back(first, entry->endSequence());
            }
        }
    }
    std::vector<Sequence> purged = ranges.empty() ? std::vector<Sequence>() : everPurged();
    std::erase_if(purged, [&](Sequence sequence) {
        return std::ranges::none_of(ranges, [&](const auto& range) { return sequence >= range.first && sequence < range.second; });
    });
    return purged;
}

/// Sequences with an intent but no done record, from the tails and the newest segment: each segment that is begun while a purge is
/// pending names them again. And those whose purge was undone.
std::vector<Sequence> LogState::pendingPurges()
{
    Sequence from = 0;
    {
        const Lock lock(m_mutex);
        from = m_segments.empty() ? 0 : m_segments.rbegin()->first;
    }
    std::set<Sequence> pending;
    const auto collect = [&](const ScanItem& item) -> Result<bool> {
        if (item.header == nullptr || item.header->type != RecordType::Purge) {
            return true;
        }
        const auto note = decodePurgeNote(item.body);
        if (note.has_value()) {
            for (const Sequence sequence : note->sequences) {
                if (note->done) {
                    pending.erase(sequence);
                } else {
                    pending.insert(sequence);
                }
            }
        }
        return true;
    };
    (void)scan(from, kNoSequence, collect, Task{}).has_value();
    const std::vector<Sequence> again = purgedFromNewerGenerations();
    pending.insert(again.begin(), again.end());
    return {pending.begin(), pending.end()};
}

Result<PurgeOutcome> LogState::purge(std::vector<Sequence> sequences, const Task& task)
{
    if (m_options.readOnly) {
        return Error{ErrorCode::Busy, "the store is open for reading only"};
    }
    const std::lock_guard inspection(m_inspection);
    {
        const Lock lock(m_mutex);
        sequences.insert(sequences.end(), m_pendingPurge.begin(), m_pendingPurge.end());
    }
    std::ranges::sort(sequences);
    sequences.erase(std::unique(sequences.begin(), sequences.end()), sequences.end());
    if (sequences.empty()) {
        return PurgeOutcome{};
    }
    if (sequences.back() >= end()) {
        return Error{ErrorCode::InvalidArgument, "a record that is not in the log cannot be purged"};
    }
    CARMA_TRY(notePurge(false, sequences));
    const auto sealed = seal();
    {
        const Lock lock(m_mutex);
        m_pendingPurge = std::move(sequences);
        m_noteDue = true;
    }
    CARMA_TRY(sealed);
    return purgePending(task);
}

/// Does what an earlier purge could not.
Result<void> LogState::resumePurge()
{
    const std::lock_guard inspection(m_inspection);
    bool inTail = false;
    {
        const Lock lock(m_mutex);
        if (m_pendingPurge.empty()) {
            return {};
        }
        inTail = !m_tails.empty() && m_tails.front()->header.firstSequence <= m_pendingPurge.back();
    }
    if (inTail) {
        CARMA_TRY(seal());
    }
    CARMA_TRY(purgePending(Task{}));
    return {};
}

/// REQUIRES: m_inspection is held; the intents are in the log, and all the records in sealed segments.
Result<PurgeOutcome> LogState::purgePending(const Task& task)
{
    std::vector<Sequence> sequences;
    {
        const Lock lock(m_mutex);
        sequences = m_pendingPurge;
    }
    CARMA_TRY_ASSIGN(const PurgeOutcome outcome, rewriteSegments(sequences, task));
    {
        const Lock lock(m_mutex);
        m_noteDue = false; // what comes next in the log is that they are done
    }
    const auto noted = notePurge(true, sequences);
    const Lock lock(m_mutex);
    m_noteDue = !noted.has_value();
    CARMA_TRY(noted);
    m_pendingPurge.clear();
    return outcome;
}

Result<PurgeOutcome> LogState::rewriteSegments(const std::vector<Sequence>& sequences, const Task& task)
{
    std::vector<std::shared_ptr<SegmentEntry>> entries;
    {
        const Lock lock(m_mutex);
        for (const auto& [first, entry] : m_segments) {
            entries.push_back(entry);
        }
    }
    PurgeOutcome outcome;
    std::optional<Error> trouble;
    std::uint64_t visited = 0;
    for (const auto& entry : entries) {
        const auto from = std::ranges::lower_bound(sequences, entry->info.firstSequence);
        const auto to = std::ranges::lower_bound(sequences, entry->endSequence());
        task.report({"purging forgotten bytes", visited++, entries.size(), "segments"});
        if (from == to) {
            continue;
        }
        if (task.cancelled()) {
            return Error{ErrorCode::Cancelled, "the purge was cancelled; it goes on when the store is opened for writing next"};
        }
        const auto purged = purgeSegment(*entry, std::span(from, to));
        if (!purged.has_value()) {
            trouble = trouble ? trouble : purged.error(); // the others lose their bytes all the same
            continue;
        }
        outcome.records += *purged;
        outcome.segments += *purged > 0 ? 1 : 0;
    }
    task.report({"purging forgotten bytes", entries.size(), entries.size(), "segments"});
    if (trouble) {
        return *trouble;
    }
    return outcome;
}

/// Returns how many records lost their bodies; 0 if all of them had before.
Result<std::uint64_t> LogState::purgeSegment(SegmentEntry& entry, std::span<const Sequence> sequences)
{
    CARMA_TRY_ASSIGN(const Stretch stretch, loadStretch(entry));
    CARMA_TRY_ASSIGN(const auto index, indexOf(entry));
    SegmentIndex fresh = *index;
    Bytes payload;
    payload.reserve(stretch.records.size());
    std::uint64_t purged = 0;
    for (std::size_t i = 0; i < stretch.offsets.size(); ++i) {
        fresh.offsets[i] = kLostOffset;
        if (stretch.offsets[i] == kNoOffset) {
            continue;
        }
        CARMA_TRY_ASSIGN(const StoredRecord record, parseRecord(ByteView(stretch.records).subspan(stretch.offsets[i])));
        fresh.offsets[i] = static_cast<std::uint32_t>(payload.size());
        if (!record.header.purged() && std::ranges::binary_search(sequences, index->firstSequence + i)) {
            purgeRecord(record, payload);
            ++purged;
        } else {
            payload.insert(
                payload.end(), record.bytes.begin(), record.bytes.begin() + static_cast<std::ptrdiff_t>(record.header.totalBytes()));
        }
    }
    std::map<std::uint16_t, unsigned> generations = takeInventory().shards[entry.info.segment];
    const auto isUnread = [&](std::size_t i) { return stretch.offsets[i] == kNoOffset && index->offsets[i] != kLostOffset; };
    const auto mayHoldMore = [&](const auto& other) { return other.first != entry.info.generation && other.second >= m_geometry.data; };
    if (std::ranges::any_of(generations, mayHoldMore) &&
        std::ranges::any_of(std::views::iota(std::size_t{0}, stretch.offsets.size()), isUnread)) {
        return Error{
            ErrorCode::Corruption, "a segment cannot be read as a whole, and another generation of it is there; open the store again"};
    }
    // Nothing may go before what replaces it is in enough folders.
    const unsigned shards = generations[entry.info.generation];
    const bool isThin = generations.size() > 1 && shards < m_geometry.enough();
    std::uint16_t keep = entry.info.generation;
    if (purged > 0 || isThin) {
        fresh.recordBytes = payload.size();
        appendSegmentIndex(fresh, payload);
        SegmentInfo info = entry.info;
        const std::uint16_t newest = std::max(info.generation, generations.rbegin()->first);
        if (newest == 0xFFFFU) {
            return Error{ErrorCode::LimitExceeded, "a segment was rewritten 65,535 times; compact the store"};
        }
        info.generation = static_cast<std::uint16_t>(newest + 1); // a name that no part of an earlier attempt has
        keep = info.generation;
        CARMA_TRY_ASSIGN(const WriteOutcome written, writeSegment(m_env.disk, m_env.executor, m_folders, info, payload));
        auto replaced = std::make_shared<SegmentEntry>();
        replaced->info = written.info;
        const Lock lock(m_mutex);
        m_segments.insert_or_assign(replaced->info.firstSequence, replaced);
        entry.replaced = true;
    }
    CARMA_TRY(removeGenerations(entry.info.segment, keep));
    CARMA_TRY(dropQuarantine(entry.info.segment));
    return purged;
}

/// Deletes all shard files of a segment but those of generation `keep`, and a tail of it that was left behind.
Result<void> LogState::removeGenerations(std::uint64_t segment, std::uint16_t keep)
{
    for (const std::string& folder : m_folders) {
        const auto files = m_env.disk.list(folder);
        if (!files.has_value()) {
            continue;
        }
        bool removed = false;
        for (const FileInfo& file : *files) {
            const auto shard = parseShardFileName(file.name);
            const bool oldShard = shard && shard->segment == segment && shard->generation != keep;
            const auto tail = parseTailFileName(file.name);
            if (oldShard || (tail && *tail == segment)) {
                CARMA_TRY(m_env.disk.remove(folder + "/" + file.name));
                removed = true;
            }
        }
        if (removed) {
            CARMA_TRY(m_env.disk.syncFolder(folder));
        }
    }
    return {};
}

/// Quarantined copies of a segment, or of its tail, hold what is to be forgotten as well.
Result<void> LogState::dropQuarantine(std::uint64_t segment)
{
    const std::string quarantine(kQuarantine);
    CARMA_TRY_ASSIGN(const auto info, m_env.disk.info(quarantine));
    if (!info) {
        return {};
    }
    CARMA_TRY_ASSIGN(const std::vector<FileInfo> files, m_env.disk.list(quarantine));
    const std::string shard = shardFileName(segment, 0);
    const std::string shardStart = shard.substr(0, shard.rfind('-') + 1);
    const std::string tail = tailFileName(segment) + ".";
    bool removed = false;
    for (const FileInfo& file : files) {
        if (file.name.starts_with(shardStart) || file.name.starts_with(tail)) {
            CARMA_TRY(m_env.disk.remove(quarantine + "/" + file.name));
            removed = true;
        }
    }
    return removed ? m_env.disk.syncFolder(quarantine) : Result<void>();
}

} // namespace carma::log
