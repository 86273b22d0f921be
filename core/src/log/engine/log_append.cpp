// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/engine/log_state.h"

#include "base/byte_io.h"

#include <algorithm>

/// Appending with group commit.
///
/// A caller reserves its sequences in a queue of tickets, seals its records on its own thread, and then either waits or, if
/// the ticket at the front is ready and nobody leads, becomes the leader: it writes all ready tickets from the front as one batch.
/// After a failed write nothing more is acknowledged until log_open_tail.cpp has put the open tail in order.
namespace carma::log {

namespace {

constexpr std::int64_t kCheckpointEveryUs = 10'000'000;
constexpr std::size_t kBatchBytesMax = 8U << 20U; // one write; larger batches do not sync faster
constexpr std::size_t kPartsAThread = 4;          // of a batch, so that a busy core can take fewer
constexpr std::size_t kRecordsATask = 32;         // below this a second thread costs more than it saves
constexpr std::uint64_t kRecordOverhead = kRecordHeaderBytes + crypto::kSealBytes;
constexpr std::uint64_t kCheckpointBytes = 1024; // upper bound of a checkpoint record
constexpr unsigned kSealsPendingMax = 2;         // closed tails held in memory before appends wait
constexpr std::ptrdiff_t kUnsealedMax = 8;       // ... and that could not be sealed before appends are refused: 128 MiB

std::size_t roomFor(std::span<const NewRecord> records)
{
    std::size_t bytes = 0;
    for (const NewRecord& record : records) {
        bytes += record.body.size() + kRecordOverhead;
    }
    return bytes;
}

/// Random bytes drawn at once: OpenSSL's generator takes longer to begin than to give the nonces of a batch.
class DrawnRandom final : public Random {
public:
    DrawnRandom(Random& source, std::size_t bytes) : m_source(source), m_drawn(bytes) { source.fill(m_drawn); }
    void fill(ByteSpan out) override
    {
        if (out.size() > m_drawn.size() - m_used) {
            m_source.fill(out);
            return;
        }
        std::ranges::copy(ByteView(m_drawn).subspan(m_used, out.size()), out.begin());
        m_used += out.size();
    }

private:
    Random& m_source;
    Bytes m_drawn;
    std::size_t m_used = 0;
};

} // namespace

crypto::Digest lostLeaf(Sequence sequence)
{
    Bytes bytes;
    ByteWriter writer(bytes);
    writer.number(std::uint8_t{0});
    writer.raw(asBytes("lost"));
    writer.number(sequence);
    return crypto::sha256(bytes);
}

TailState* LogState::openTail() const { return m_tails.empty() || m_tails.back()->closed ? nullptr : m_tails.back().get(); }

Result<Sequence> LogState::append(std::span<const NewRecord> records)
{
    if (records.empty()) {
        return Error{ErrorCode::InvalidArgument, "an empty batch cannot be appended"};
    }
    std::uint64_t bytes = 0;
    const NamespaceId* known = nullptr; // most often all records are of one namespace
    for (const NewRecord& record : records) {
        if (record.body.size() > kRecordBodyBytesMax) {
            return Error{ErrorCode::LimitExceeded, "a record of " + std::to_string(record.body.size()) + " bytes is too large"};
        }
        if (known == nullptr || *known != record.space) {
            CARMA_TRY(m_keys.find(record.space));
            known = &record.space;
        }
        bytes += record.body.size() + kRecordOverhead;
    }
    if (bytes > kAppendBytesMax + records.size() * kRecordOverhead) {
        return Error{ErrorCode::LimitExceeded, "one append takes at most 8 MiB"};
    }
    Lock lock(m_mutex);
    CARMA_TRY(prepareAppend(lock));
    const auto ticket = reserve(static_cast<std::uint32_t>(records.size()), bytes);
    lock.unlock();
    auto sealed = sealTicket(*ticket, records, m_env.clock.wallTimeUs());
    lock.lock();
    if (!sealed.has_value()) {
        // Its sequences are taken: without it nothing behind it may be written either.
        m_broken = true;
        std::vector<std::shared_ptr<Ticket>> all(m_queue.begin(), m_queue.end());
        m_queue.clear();
        failTickets(all, sealed.error());
        return sealed.error();
    }
    ticket->ready = true;
    if (ticket->segmentTurn == m_segmentTurn) {
        m_reservedBytes -= ticket->reservedBytes - ticket->records.size();
    }
    auto written = awaitTicket(lock, ticket);
    if (!written.has_value()) {
        // The batch is in an unknown state. What the media say decides at once: a batch that looked absent must not come back later.
        if (m_broken && !m_leading) {
            (void)recoverAfterFailure(lock).has_value();
        }
        return written.error();
    }
    return ticket->first;
}

Result<void> LogState::prepareAppend(Lock& lock)
{
    if (m_options.readOnly) {
        return Error{ErrorCode::Busy, "the store is open for reading only"};
    }
    m_changed.wait(lock, [&] { return !m_appendsPaused && m_sealsPending <= kSealsPendingMax; });
    if (m_closed) {
        return Error{ErrorCode::InvalidArgument, "the log is closed"};
    }
    CARMA_TRY(boundUnsealed(lock));
    if (m_headsIncomplete) {
        CARMA_TRY(completeHeads());
    }
    if (m_broken) {
        m_changed.wait(lock, [&] { return !m_leading; });
        if (m_broken) {
            CARMA_TRY(recoverAfterFailure(lock));
        }
    }
    return {};
}

/// Tails that cannot be sealed, because too few shard folders or too little room is there, stay in memory: not without end.
Result<void> LogState::boundUnsealed(Lock& lock)
{
    const auto unsealed = [&] { return std::ranges::count_if(m_tails, [](const auto& tail) { return tail->closed && !tail->sealing; }); };
    if (unsealed() <= kUnsealedMax) {
        return {};
    }
    retrySeals(lock);
    m_changed.wait(lock, [&] { return m_sealsPending == 0; });
    if (const auto left = unsealed(); left > kUnsealedMax) {
        return Error{ErrorCode::Io,
            std::to_string(left) +
                " segments could not be sealed, for want of shard folders or of room; heal the store, or make room, first"};
    }
    return {};
}

std::shared_ptr<Ticket> LogState::reserve(std::uint32_t count, std::uint64_t bytes)
{
    if (m_reservedBytes > 0 && m_reservedBytes + bytes + kCheckpointBytes > m_options.segmentBytes) {
        addCheckpointTicket(true);
    }
    addPurgeTicket();
    auto ticket = std::make_shared<Ticket>();
    ticket->first = m_reserved;
    ticket->count = count;
    ticket->reservedBytes = bytes;
    ticket->segmentTurn = m_segmentTurn;
    ticket->awaited = true;
    m_reserved += count;
    m_reservedBytes += bytes;
    m_queue.push_back(ticket);
    if (m_uncovered && m_env.clock.monotonicUs() - m_checkpointAtUs >= kCheckpointEveryUs) {
        addCheckpointTicket(false);
    }
    return ticket;
}

std::shared_ptr<Ticket> LogState::addCheckpointTicket(bool closesSegment)
{
    auto ticket = std::make_shared<Ticket>();
    ticket->first = m_reserved++;
    ticket->count = 1;
    ticket->isCheckpoint = true;
    ticket->closesSegment = closesSegment;
    ticket->ready = true;
    ticket->segmentTurn = m_segmentTurn;
    m_checkpointAtUs = m_env.clock.monotonicUs();
    if (closesSegment) {
        m_reservedBytes = 0;
        ++m_segmentTurn;
        m_noteDue = true;
    } else {
        m_reservedBytes += kCheckpointBytes;
    }
    m_queue.push_back(ticket);
    return ticket;
}

Result<void> LogState::sealTicket(Ticket& ticket, std::span<const NewRecord> records, std::int64_t now)
{
    struct Part {
        Bytes bytes;
        std::optional<Error> error;
    };
    ticket.sizes.resize(records.size());
    ticket.leaves.resize(records.size());
    // More parts than threads: a core that also seals a segment takes fewer of them.
    const std::size_t parts = std::clamp<std::size_t>(records.size() / kRecordsATask, 1, kPartsAThread * m_env.executor.width());
    std::vector<Part> sealed(parts);
    const auto sealRange = [&](std::size_t part) {
        const std::size_t from = records.size() * part / parts;
        const std::size_t to = records.size() * (part + 1) / parts;
        DrawnRandom nonces(m_env.random, (to - from) * crypto::kNonceBytes);
        sealed[part].bytes.reserve(part == 0 ? roomFor(records) : roomFor(records.subspan(from, to - from)));
        std::shared_ptr<const SpaceKeys> keys;
        for (std::size_t i = from; i < to; ++i) {
            if (i == from || records[i].space != records[i - 1].space) {
                auto found = m_keys.find(records[i].space);
                if (!found.has_value()) {
                    sealed[part].error = found.error();
                    return;
                }
                keys = *std::move(found);
            }
            RecordHeader header{.type = records[i].type, .sequence = ticket.first + i, .wallTimeUs = now, .space = records[i].space};
            const std::size_t at = sealed[part].bytes.size();
            // A dictionary that was packed with itself could be had back only by who has it.
            const Dictionary* dictionary = header.type == RecordType::Dictionary ? nullptr : keys->newest();
            const auto done = sealRecord(
                header, records[i].body, *keys->key, dictionary, nonces, m_options.verifySeals, sealed[part].bytes);
            if (!done.has_value()) {
                sealed[part].error = done.error();
                return;
            }
            ticket.sizes[i] = static_cast<std::uint32_t>(sealed[part].bytes.size() - at);
            ticket.leaves[i] = leafHash({header, ByteView(sealed[part].bytes).subspan(at)});
        }
    };
    std::atomic<std::size_t> next = 0;
    const auto sealSome = [&] {
        for (std::size_t part = next++; part < parts; part = next++) {
            sealRange(part);
        }
    };
    m_env.executor.runAll(std::vector<std::function<void()>>(std::min(parts, m_env.executor.width()), sealSome));
    for (Part& part : sealed) {
        if (part.error) {
            return *part.error;
        }
        if (ticket.records.empty()) {
            ticket.records = std::move(part.bytes);
        } else {
            ticket.records.insert(ticket.records.end(), part.bytes.begin(), part.bytes.end());
        }
    }
    return {};
}

Result<void> LogState::awaitTicket(Lock& lock, const std::shared_ptr<Ticket>& ticket)
{
    while (!ticket->done) {
        if (!m_leading && !m_queue.empty() && m_queue.front()->ready) {
            lead(lock, *ticket);
        } else {
            m_changed.wait(lock);
        }
    }
    if (ticket->error) {
        return *ticket->error;
    }
    return {};
}

/// Writes ready tickets from the front of the queue until there are none, or `own` is done: another caller then leads, and this one
/// can prepare what it appends next.
void LogState::lead(Lock& lock, const Ticket& own)
{
    m_leading = true;
    bool sealsDue = false;
    while (!m_queue.empty() && m_queue.front()->ready && !(own.done && m_queue.front()->awaited)) {
        std::vector<std::shared_ptr<Ticket>> batch;
        std::size_t bytes = 0;
        while (!m_queue.empty() && m_queue.front()->ready && (batch.empty() || bytes + m_queue.front()->records.size() <= kBatchBytesMax)) {
            batch.push_back(m_queue.front());
            bytes += batch.back()->records.size();
            m_queue.pop_front();
            if (batch.back()->closesSegment) {
                break;
            }
        }
        auto written = ensureWritable();
        for (const auto& tail : m_tails) {
            sealsDue = sealsDue || (tail->closed && !tail->sealing);
        }
        const bool touched = written.has_value();
        if (touched) {
            MerkleFrontier frontier = m_frontier;
            const std::shared_ptr<TailState> tail = m_tails.back(); // sealing takes older ones off the list meanwhile
            lock.unlock();
            written = writeBatch(batch, *tail->writer, frontier);
            lock.lock();
            if (written.has_value()) {
                commitToMemory(batch, std::move(frontier));
            }
        }
        if (!written.has_value()) {
            m_broken = true;
            m_freshTailNeeded = m_freshTailNeeded || (touched && written.error().code != ErrorCode::NoSpace);
            batch.insert(batch.end(), m_queue.begin(), m_queue.end());
            m_queue.clear();
            failTickets(batch, written.error());
            break;
        }
        for (const auto& ticket : batch) {
            ticket->done = true;
        }
        m_changed.notify_all();
        if (batch.back()->closesSegment) {
            rollTail(lock);
        }
    }
    if (sealsDue) {
        retrySeals(lock); // of a tail that was given up for a fresh one
    }
    m_leading = false;
    m_changed.notify_all();
}

void LogState::failTickets(const std::vector<std::shared_ptr<Ticket>>& batch, const Error& error)
{
    for (const auto& ticket : batch) {
        ticket->error = error;
        ticket->done = true;
    }
    m_changed.notify_all();
}

Result<void> LogState::makeCheckpoint(Ticket& ticket, const MerkleFrontier& frontier)
{
    CARMA_TRY_ASSIGN(const crypto::SigningKey key, signingKey(superblock(), m_keys.master()));
    const std::string note = signCheckpoint({checkpointOrigin(m_store), frontier.size(), frontier.root()}, key);
    const NewRecord record{RecordType::Checkpoint, NamespaceId{}, asBytes(note)};
    return sealTicket(ticket, std::span(&record, 1), m_env.clock.wallTimeUs());
}

/// Runs without the lock: only the leader touches the open tail's writer.
Result<void> LogState::writeBatch(const std::vector<std::shared_ptr<Ticket>>& batch, TailWriter& writer, MerkleFrontier& frontier)
{
    std::uint32_t count = 0;
    for (const auto& ticket : batch) {
        if (ticket->isCheckpoint) {
            CARMA_TRY(makeCheckpoint(*ticket, frontier));
        }
        for (const crypto::Digest& leaf : ticket->leaves) {
            frontier.append(leaf);
        }
        count += ticket->count;
    }
    if (batch.size() == 1) {
        return writer.append(batch.front()->first, count, batch.front()->records);
    }
    Bytes joined;
    for (const auto& ticket : batch) {
        joined.insert(joined.end(), ticket->records.begin(), ticket->records.end());
    }
    return writer.append(batch.front()->first, count, joined);
}

void LogState::commitToMemory(const std::vector<std::shared_ptr<Ticket>>& batch, MerkleFrontier frontier)
{
    TailState& tail = *m_tails.back();
    for (const auto& ticket : batch) {
        std::uint64_t at = tail.records.size();
        for (const std::uint32_t size : ticket->sizes) {
            tail.offsets.push_back(at);
            at += size;
        }
        tail.records.insert(tail.records.end(), ticket->records.begin(), ticket->records.end());
        m_uncovered = !ticket->isCheckpoint;
    }
    tail.fileBytes = tail.writer->fileBytes();
    tail.frontierAfter = frontier;
    m_frontier = std::move(frontier);
}

/// Ends the open tail with a checkpoint and hands it to sealing; nothing happens if it is empty.
Result<void> LogState::closeSegment(Lock& lock)
{
    CARMA_TRY(prepareAppend(lock));
    if (openTail() == nullptr) {
        return {};
    }
    if (openTail()->offsets.empty() && m_queue.empty() && !m_leading) {
        const std::uint64_t number = openTail()->header.segment;
        m_tails.pop_back();
        removeTailFiles(number);
        return {};
    }
    return awaitTicket(lock, addCheckpointTicket(true));
}

} // namespace carma::log
