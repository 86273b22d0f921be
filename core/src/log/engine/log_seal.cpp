// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/engine/log_state.h"

#include <algorithm>
#include <iterator>

/// Sealing: a closed tail becomes a segment of k + m shards, and then its copies are dropped.
namespace carma::log {

/// The records and their index, proved against the Merkle frontier that was built when they were acknowledged: a fault of the memory
/// in between is refused here instead of being stored.
Result<Bytes> LogState::segmentPayload(const TailState& tail) const
{
    CARMA_TRY_ASSIGN(
        const SegmentIndex index, indexRecords(tail.header.firstSequence, tail.endSequence(), tail.records, tail.frontierBefore));
    MerkleFrontier frontier = tail.frontierBefore;
    for (std::size_t i = 0; i < index.offsets.size(); ++i) {
        if (index.offsets[i] == kLostOffset) {
            frontier.append(lostLeaf(tail.header.firstSequence + i));
            continue;
        }
        CARMA_TRY_ASSIGN(const StoredRecord record, parseRecord(ByteView(tail.records).subspan(index.offsets[i])));
        frontier.append(leafHash(record));
    }
    if (frontier != tail.frontierAfter) {
        return Error{ErrorCode::Corruption, "the records in memory are not those that were acknowledged; the tail stays as it is"};
    }
    Bytes payload;
    payload.reserve(tail.records.size() + index.encodedBytes());
    payload = tail.records;
    appendSegmentIndex(index, payload);
    return payload;
}

/// Runs without the lock, once per tail: a closed tail does not change.
Result<void> LogState::sealTail(const std::shared_ptr<TailState>& tail, Executor& executor)
{
    if (!tail->offsets.empty()) {
        CARMA_TRY_ASSIGN(const Bytes payload, segmentPayload(*tail));
        SegmentInfo info{.store = m_store, .segment = tail->header.segment, .generation = 0, .geometry = m_geometry};
        info.firstSequence = tail->header.firstSequence;
        info.recordCount = static_cast<std::uint32_t>(tail->offsets.size());
        CARMA_TRY_ASSIGN(const WriteOutcome written, writeSegment(m_env.disk, executor, m_folders, info, payload));
        auto entry = std::make_shared<SegmentEntry>();
        entry->info = written.info;
        const Lock lock(m_mutex);
        m_segments.insert_or_assign(entry->info.firstSequence, std::move(entry));
        std::erase(m_tails, tail);
    } else {
        const Lock lock(m_mutex);
        std::erase(m_tails, tail);
    }
    removeTailFiles(tail->header.segment);
    return {};
}

void LogState::removeTailFiles(std::uint64_t segment)
{
    for (const std::string& folder : m_folders) {
        if (m_env.disk.remove(folder + "/" + tailFileName(segment)).has_value()) {
            // A removal that does not become durable leaves a tail whose segment is whole; opening ignores it.
            (void)m_env.disk.syncFolder(folder).has_value();
        }
    }
}

/// Ends the open tail. The lock is released while a task is posted, because an inline executor runs it at once.
void LogState::rollTail(Lock& lock)
{
    if (TailState* tail = openTail()) {
        tail->closed = true;
        tail->writer.reset();
    }
    retrySeals(lock);
}

void LogState::retrySeals(Lock& lock)
{
    std::vector<std::shared_ptr<TailState>> waiting;
    for (const auto& tail : m_tails) {
        if (tail->closed && !tail->sealing) {
            tail->sealing = true;
            waiting.push_back(tail);
        }
    }
    m_sealsPending += static_cast<unsigned>(waiting.size());
    lock.unlock();
    for (const auto& tail : waiting) {
        m_env.executor.post([this, tail] {
            // On one thread: appends, which somebody waits for, keep the others. A failure leaves the tail closed but in place: it is tried
            // again at the next roll, seal, heal or opening.
            (void)sealTail(tail, *m_alone).has_value();
            const Lock again(m_mutex);
            tail->sealing = false;
            --m_sealsPending;
            m_changed.notify_all();
        });
    }
    lock.lock();
}

Result<void> LogState::seal()
{
    Lock lock(m_mutex);
    CARMA_TRY(closeSegment(lock));
    // Tails that others close from now on are their business.
    std::vector<std::shared_ptr<TailState>> closed;
    std::ranges::copy_if(m_tails, std::back_inserter(closed), [](const auto& tail) { return tail->closed; });
    retrySeals(lock);
    const auto isBusy = [](const auto& tail) { return tail->sealing; };
    m_changed.wait(lock, [&] { return std::ranges::none_of(closed, isBusy); });
    for (const auto& tail : closed) {
        if (std::ranges::find(m_tails, tail) != m_tails.end()) {
            return Error{ErrorCode::Io, "a segment could not be sealed; its records stay in the tail, and sealing is tried again"};
        }
    }
    return {};
}

} // namespace carma::log
