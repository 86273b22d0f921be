// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/engine/log_state.h"

/// The open tail: begun, continued after opening, and put in order after a failed write.
///
/// After a failed sync the acknowledged records go to new files, because the kernel may have dropped pages that it still shows to
/// readers (https://wiki.postgresql.org/wiki/Fsync_Errors).
namespace carma::log {

/// Makes sure that there is an open tail with a writer. REQUIRES: the lock is held and nobody else leads.
Result<void> LogState::ensureWritable()
{
    TailState* tail = openTail();
    if (tail != nullptr && tail->writer != nullptr) {
        return {};
    }
    if (tail != nullptr) {
        // The copies are read anew: since they were read, folders may have gone and sectors may have rotted.
        tail->folders = tailFolders(tail->header.segment);
        auto contents = readTail(m_env.disk, m_store, tail->header.segment, tail->folders);
        if (contents.has_value() && contents->lostSectors.empty() && contents->records == tail->records) {
            tail->contents = *std::move(contents);
            return continueOpenTail(*tail);
        }
        tail->closed = true; // sealed from memory, with its gaps, so that no damage is carried along
        tail->contents.reset();
        m_noteDue = true;
    }
    return startTail();
}

Result<void> LogState::continueOpenTail(TailState& tail)
{
    if (!tail.contents->clean() || tail.contents->tornSectors > 0) {
        CARMA_TRY(repairTail(m_env.disk, *tail.contents, tail.folders, std::string(kQuarantine)));
        LogRepair report;
        addTailFaults(tail, FaultOutcome::Healed, report);
        for (Fault& fault : report.damage.faults) {
            noteFault(std::move(fault));
        }
    }
    CARMA_TRY_ASSIGN(tail.writer, continueTail(m_env.disk, m_env.executor, tail.folders, *tail.contents));
    tail.contents.reset();
    return {};
}

Result<void> LogState::startTail()
{
    auto tail = std::make_shared<TailState>();
    tail->frontierBefore = m_frontier;
    tail->frontierAfter = m_frontier;
    Result<std::unique_ptr<TailWriter>> writer = Error{ErrorCode::Io, "no shard folder is there to write to"};
    // A number whose file an earlier failure left behind is passed over.
    constexpr int kNumbersTried = 8;
    for (int tried = 0; tried < kNumbersTried; ++tried, ++m_nextSegment) {
        tail->header = {m_store, m_nextSegment, m_frontier.size(), m_frontier.encode()};
        tail->folders = tailFolders(m_nextSegment);
        if (tail->folders.empty()) {
            return writer.error();
        }
        writer = createTail(m_env.disk, m_env.executor, tail->folders, tail->header);
        if (writer.has_value() || writer.error().code != ErrorCode::AlreadyExists) {
            break;
        }
    }
    if (!writer.has_value()) {
        removeTailFiles(m_nextSegment);
        return writer.error();
    }
    tail->writer = *std::move(writer);
    tail->fileBytes = tail->writer->fileBytes();
    tail->records.reserve(m_options.segmentBytes); // memory is taken only as it fills
    ++m_nextSegment;
    m_tails.push_back(std::move(tail));
    return {};
}

/// The open tail without the batch that failed, in memory and in every copy. Null if the copies then do not say just that.
std::shared_ptr<TailState> LogState::rolledBack(const TailState& tail)
{
    if (!cutTail(m_env.disk, tail.header.segment, m_folders, tail.fileBytes).has_value()) {
        return nullptr;
    }
    auto fresh = std::make_shared<TailState>();
    fresh->folders = tailFolders(tail.header.segment); // a folder may have gone: that may be why the write failed
    auto contents = readTail(m_env.disk, m_store, tail.header.segment, fresh->folders);
    if (!contents.has_value()) {
        return nullptr;
    }
    fresh->contents = *std::move(contents);
    const bool whole = fresh->contents->lostSectors.empty() && fillTail(*fresh).has_value() && fresh->records == tail.records;
    return whole ? fresh : nullptr;
}

/// After a failed write. With room lacking, the failed batch is cut off: it must not count while it is in fewer copies than it should be
/// in. After any other failure, or when the copies do not say what was acknowledged, the acknowledged records are sealed out of memory
/// into new files and the tail is dropped.
/// REQUIRES: nobody leads, the queue is empty.
Result<void> LogState::recoverAfterFailure(Lock& lock)
{
    if (openTail() != nullptr) {
        const std::shared_ptr<TailState> tail = m_tails.back();
        tail->writer.reset();
        if (const auto fresh = m_freshTailNeeded ? nullptr : rolledBack(*tail)) {
            m_tails.back() = fresh;
            m_frontier = fresh->frontierAfter;
        } else {
            tail->closed = true;
            tail->contents.reset();
            // Without the lock others must neither recover as well, nor append, nor seal this tail.
            m_leading = true;
            tail->sealing = true;
            lock.unlock();
            auto sealed = sealTail(tail, m_env.executor);
            lock.lock();
            m_leading = false;
            tail->sealing = false;
            m_changed.notify_all();
            if (!sealed.has_value()) {
                tail->closed = false;
                return sealed.error().within("the log cannot be written after an earlier failure");
            }
        }
    }
    m_reserved = endLocked();
    m_reservedBytes = openTail() != nullptr ? openTail()->records.size() : 0;
    ++m_segmentTurn;
    m_noteDue = true;
    m_freshTailNeeded = false;
    m_broken = false;
    return {};
}

} // namespace carma::log
