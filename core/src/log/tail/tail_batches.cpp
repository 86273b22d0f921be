// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/tail/tail_batches.h"

#include <algorithm>

namespace carma::log {

namespace {

ByteView recordPart(const TailSectors& sectors, std::uint64_t index)
{
    const ByteView payload = sectors.payload(index);
    const bool last = (sectors.head(index).flags & kTailLast) != 0 && payload.size() >= kTailTrailerBytes;
    return last ? payload.first(payload.size() - kTailTrailerBytes) : payload;
}

bool hasFlag(const TailSectors& sectors, std::uint64_t index, std::uint16_t flag) { return (sectors.head(index).flags & flag) != 0; }

/// The batch that ends with sector `last`, if its trailer and the flags of all its known sectors agree on that.
std::optional<TailRun> batchEndingAt(const TailSectors& sectors, std::uint64_t from, std::uint64_t last)
{
    if (!sectors.good(last) || !hasFlag(sectors, last, kTailLast)) {
        return std::nullopt;
    }
    const std::optional<TailTrailer> trailer = decodeTrailer(sectors.payload(last));
    if (!trailer || batchSectors(trailer->recordBytes) > last + 1 - from) {
        return std::nullopt;
    }
    TailRun run{.first = last + 1 - batchSectors(trailer->recordBytes), .end = last + 1, .trailer = trailer, .whole = true};
    for (std::uint64_t i = run.first; i < run.end; ++i) {
        if (!sectors.good(i)) {
            run.whole = false;
        } else if (hasFlag(sectors, i, kTailFirst) != (i == run.first) || hasFlag(sectors, i, kTailLast) != (i == last)) {
            return std::nullopt;
        }
    }
    if (run.whole) {
        Bytes records;
        records.reserve(trailer->recordBytes);
        for (std::uint64_t i = run.first; i < run.end; ++i) {
            const ByteView part = recordPart(sectors, i);
            records.insert(records.end(), part.begin(), part.end());
        }
        run.whole = records.size() == trailer->recordBytes && hash128(records, trailer->firstSequence) == trailer->check;
    }
    return run;
}

/// Whether every sector is known, and they are not the batch of the trailer: then some are of another writing of the same place.
bool isMixed(const TailSectors& sectors, const TailRun& run)
{
    for (std::uint64_t i = run.first; i < run.end; ++i) {
        if (!sectors.good(i)) {
            return false;
        }
    }
    return !run.whole;
}

/// The next batch with a trailer at or behind `from`.
std::optional<TailRun> nextBatch(TailSectors& sectors, std::uint64_t from)
{
    for (std::uint64_t last = from; last < sectors.count(); ++last) {
        if (!sectors.mayHaveFlag(last, kTailLast)) {
            continue;
        }
        const std::optional<TailRun> run = batchEndingAt(sectors, from, last);
        const std::uint64_t first = run ? run->first : from;
        if ((!run || !run->whole) && sectors.contested(first, last + 1)) {
            // A copy that was away may hold an older end of the log; some copy's sectors taken together are one batch.
            for (std::size_t file = 0; file < sectors.files().size(); ++file) {
                sectors.prefer(file, first, last + 1);
                const std::optional<TailRun> other = batchEndingAt(sectors, from, last);
                if (other && other->whole) {
                    return other;
                }
            }
            sectors.preferMost(first, last + 1);
        }
        if (run && isMixed(sectors, *run)) {
            // A record of the other writing may never have been acknowledged, and would pass for one that was.
            sectors.keepThoseWith(run->first, last);
            const std::optional<TailRun> kept = batchEndingAt(sectors, from, last);
            return kept ? kept : run;
        }
        if (run) {
            return run;
        }
    }
    return std::nullopt;
}

/// Whether a run at the end of the tail was written out before it was damaged. Then it was, or may have been,
/// acknowledged, and its bad sectors are a loss that must be named; otherwise it is the torn end of an unfinished write.
bool wasCompleted(const TailSectors& sectors, const TailRun& run)
{
    if (run.whole) {
        return true;
    }
    if (run.first >= run.end || !sectors.writtenInMost(run.first, run.end)) {
        return false;
    }
    // A known last sector without a trailer shows that the write stopped there; an unknown one was the trailer's.
    return run.trailer.has_value() || !sectors.good(run.end - 1) || hasFlag(sectors, run.end - 1, kTailLast);
}

bool anyGood(const TailSectors& sectors, std::uint64_t first, std::uint64_t end)
{
    for (std::uint64_t i = first; i < end; ++i) {
        if (sectors.good(i) || sectors.marked(i)) {
            return true;
        }
    }
    return false;
}

class Collector {
public:
    explicit Collector(TailContents& contents) : m_contents(contents), m_expected(contents.header.firstSequence) {}

    void collect(const TailSectors& sectors, const TailRun& run)
    {
        m_first = run.trailer ? run.trailer->firstSequence : 0;
        m_end = run.trailer ? run.trailer->firstSequence + run.trailer->recordCount : kNoSequence;
        bool lost = false;
        for (std::uint64_t i = run.first; i < run.end; ++i) {
            if (!sectors.good(i)) {
                lost = true;
                flush();
                continue;
            }
            if (hasFlag(sectors, i, kTailFirst)) {
                flush();
            }
            const auto start = static_cast<std::uint16_t>(sectors.head(i).extra);
            const ByteView part = recordPart(sectors, i);
            if (start < part.size()) {
                m_starts.push_back(m_stream.size() + start);
            }
            m_stream.insert(m_stream.end(), part.begin(), part.end());
        }
        flush();
        if (run.trailer && m_expected < m_end) {
            addGap(m_end);
        } else if (!run.trailer && lost) {
            m_lostUnknown = true;
        }
    }

    void finish()
    {
        if (m_lostUnknown) {
            m_contents.gaps.push_back({.firstSequence = m_expected, .recordCount = 0});
        }
    }

private:
    /// Reads the records of a stream of sectors without a hole; behind a bad one, on from the next known start.
    void flush()
    {
        std::size_t at = 0;
        for (const std::size_t start : m_starts) {
            if (start < at) {
                continue; // inside what was read
            }
            at = start;
            while (at < m_stream.size()) {
                const Result<StoredRecord> record = parseRecord(ByteView(m_stream).subspan(at));
                if (!record) {
                    break;
                }
                accept(*record);
                at += record->bytes.size();
            }
        }
        m_stream.clear();
        m_starts.clear();
    }

    void accept(const StoredRecord& record)
    {
        const Sequence sequence = record.header.sequence;
        if (sequence < m_expected || sequence < m_first || sequence >= m_end) {
            return; // an older record of that number, left by a copy that was away
        }
        if (sequence > m_expected) {
            addGap(sequence);
        }
        m_contents.offsets.push_back(m_contents.records.size());
        m_contents.records.insert(m_contents.records.end(), record.bytes.begin(), record.bytes.end());
        m_expected = sequence + 1;
        m_lostUnknown = false;
    }

    void addGap(Sequence end)
    {
        const auto count = static_cast<std::uint32_t>(std::min<std::uint64_t>(end - m_expected, UINT32_MAX));
        if (!m_contents.gaps.empty() && m_contents.gaps.back().firstSequence + m_contents.gaps.back().recordCount == m_expected) {
            m_contents.gaps.back().recordCount += count;
        } else {
            m_contents.gaps.push_back({.firstSequence = m_expected, .recordCount = count});
        }
        m_expected = end;
        m_lostUnknown = false;
    }

    TailContents& m_contents;
    Sequence m_expected;
    Sequence m_first = 0;
    Sequence m_end = kNoSequence;
    bool m_lostUnknown = false; ///< sectors behind the last record are lost, and no later trailer tells what was in them
    Bytes m_stream;
    std::vector<std::size_t> m_starts;
};

} // namespace

std::vector<TailRun> findRuns(TailSectors& sectors)
{
    std::vector<TailRun> runs;
    std::uint64_t at = kTailHeaderSectors;
    while (const std::optional<TailRun> batch = nextBatch(sectors, at)) {
        if (batch->first > at) {
            runs.push_back({.first = at, .end = batch->first, .trailer = std::nullopt, .whole = false});
        }
        runs.push_back(*batch);
        at = batch->end;
    }
    const TailRun rest{.first = at, .end = sectors.lengthOfMost(at), .trailer = std::nullopt, .whole = false};
    if (wasCompleted(sectors, rest)) {
        runs.push_back(rest);
    } else if (!runs.empty() && !wasCompleted(sectors, runs.back()) && !anyGood(sectors, at, sectors.count())) {
        // The batch before may be the unfinished one. Had a later batch been begun, this one would have been acknowledged.
        runs.pop_back();
    }
    return runs;
}

void collectRecords(const TailSectors& sectors, const std::vector<TailRun>& runs, TailContents& contents)
{
    contents.records.reserve(sectors.count() * kSectorPayloadBytes);
    Collector collector(contents);
    for (const TailRun& run : runs) {
        collector.collect(sectors, run);
    }
    collector.finish();
}

} // namespace carma::log
