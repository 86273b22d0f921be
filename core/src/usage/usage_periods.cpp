// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "usage/usage_book.h"

#include <algorithm>

/// Closing of hours and days, and what comes late into them.
namespace carma::usage {

namespace {

constexpr std::int64_t kOpenUs = 2 * kHourUs; // before the newest event: what comes a little late is usual

} // namespace

std::size_t UsageBook::bucketCount() const
{
    std::size_t count = 0;
    for (const auto& [key, series] : m_series) {
        count += series.pieces.size();
    }
    return count;
}

/// Hours that are over become buckets of their own, then those of past days one a day.
void UsageBook::closeOld()
{
    const std::int64_t border = stepOf(m_newestUs - kOpenUs, RollupStep::Hour).first;
    if (m_events.size() <= m_limits.open || border <= m_closedBefore) {
        return;
    }
    foldBefore(border);
    forgetBefore(border);
    m_closedBefore = border;
    mergeDays(stepOf(border, RollupStep::Day).first);
}

Bucket UsageBook::bucketWith(const StoredEvent& event, const std::set<std::uint32_t>& dimensions) const
{
    Bucket bucket = bucketOf(event.value, event.timeUs);
    for (const auto& value : m_dimensions[event.dimensions]) {
        if (dimensions.contains(value.first)) {
            bucket.unique.insert(value);
        }
    }
    return bucket;
}

void UsageBook::foldBefore(std::int64_t border)
{
    for (auto& [key, series] : m_series) {
        sort(series);
        for (const std::uint32_t number : series.events) {
            const StoredEvent& event = m_events[number];
            if (event.timeUs >= border) {
                break;
            }
            if (event.timeUs < m_closedBefore) {
                continue; // takes back, or is taken back: was never in a bucket
            }
            const auto [from, to] = stepOf(event.timeUs, RollupStep::Hour);
            Piece& piece = series.pieces[from];
            piece.toUs = to;
            ++piece.events;
            if (event.counts() && !merge(piece.bucket, bucketWith(event, series.dimensions)).has_value()) {
                m_stale.insert({key, from}); // asking for it says why
            }
        }
    }
}

/// What is before the border stays as a hint only, but for what takes back an event that is not known yet.
void UsageBook::forgetBefore(std::int64_t border)
{
    std::set<std::uint32_t> waiting;
    for (const auto& [target, number] : m_waiting) {
        waiting.insert(number);
    }
    const std::vector<StoredEvent> old = std::exchange(m_events, {});
    const std::vector<Dimensions> lists = std::exchange(m_dimensions, {{}});
    m_dimensionNumbers = {{{}, 0}};
    m_byKey.clear();
    for (auto& [key, series] : m_series) {
        series.events.clear();
        series.sorted = true;
    }
    std::unordered_map<std::uint32_t, std::uint32_t> moved;
    for (std::uint32_t number = 0; number < old.size(); ++number) {
        StoredEvent event = old[number];
        if (event.timeUs < border && !waiting.contains(number)) {
            m_closed.add(event.key, event.record);
            continue;
        }
        const auto [list, added] = m_dimensionNumbers.try_emplace(lists[event.dimensions], static_cast<std::uint32_t>(m_dimensions.size()));
        if (added) {
            m_dimensions.push_back(lists[event.dimensions]);
        }
        event.dimensions = list->second;
        moved[number] = addOpen(event);
    }
    m_events.shrink_to_fit();
    for (auto& [target, number] : m_waiting) {
        number = moved[number];
    }
}

void UsageBook::mergeDays(std::int64_t border)
{
    for (auto& [key, series] : m_series) {
        for (auto at = series.pieces.lower_bound(m_mergedBefore); at != series.pieces.end() && at->first < border;) {
            const auto [from, to] = stepOf(at->first, RollupStep::Day);
            Piece day;
            day.toUs = to;
            bool stale = false;
            bool staleHeld = false;
            while (at != series.pieces.end() && at->first < to) {
                const bool merged = merge(day.bucket, at->second.bucket).has_value();
                stale = m_stale.erase({key, at->first}) > 0 || stale || !merged;
                staleHeld = m_staleHeld.erase({key, at->first}) > 0 || staleHeld;
                day.events += at->second.events;
                at = series.pieces.erase(at);
            }
            series.pieces.emplace(from, std::move(day));
            if (stale) {
                m_stale.insert({key, from});
            } else if (staleHeld) {
                m_staleHeld.insert({key, from});
            }
            at = series.pieces.upper_bound(from);
        }
    }
    m_mergedBefore = std::max(m_mergedBefore, border);
}

std::map<std::int64_t, UsageBook::Piece>::iterator UsageBook::pieceAt(Series& series, std::int64_t timeUs)
{
    const auto [from, to] = stepOf(timeUs, timeUs < m_mergedBefore ? RollupStep::Day : RollupStep::Hour);
    const auto piece = series.pieces.try_emplace(from).first;
    piece->second.toUs = to;
    return piece;
}

void UsageBook::addLate(const StoredEvent& event)
{
    const SeriesKey key{event.customer, event.meter};
    Series& series = m_series[key];
    const auto [from, piece] = *pieceAt(series, event.timeUs);
    Piece& kept = series.pieces[from];
    ++kept.events;
    if (m_stale.contains({key, from})) {
        return;
    }
    Bucket one = bucketWith(event, series.dimensions);
    Result<void> added;
    if (kept.bucket.count == 0 || event.timeUs > kept.bucket.lastUs) {
        added = merge(kept.bucket, one);
    } else if (event.timeUs < kept.bucket.firstUs) {
        added = merge(one, kept.bucket);
        kept.bucket = std::move(one);
    } else if (event.timeUs < kept.bucket.lastUs) {
        added = mix(kept.bucket, one);
        m_staleHeld.insert({key, from});
    } else { // which of the two is the last, their keys decide
        added = Error{};
    }
    if (!added.has_value()) {
        m_stale.insert({key, from});
    }
}

/// Makes stale buckets again. Those in which only holding times are wrong wait until somebody wants these (`held`).
Result<void> UsageBook::refresh(journal::Journal& journal, bool held)
{
    while (!m_stale.empty()) {
        CARMA_TRY(refreshSome(journal, m_stale));
    }
    while (held && !m_staleHeld.empty()) {
        CARMA_TRY(refreshSome(journal, m_staleHeld));
    }
    return {};
}

Result<void> UsageBook::refreshSome(journal::Journal& journal, std::set<PieceName>& names)
{
    Spans spans;
    std::map<PieceName, Bucket> buckets;
    std::uint64_t events = 0;
    for (const PieceName& name : names) {
        const Piece& piece = m_series[name.first].pieces[name.second];
        events += piece.events;
        if (!buckets.empty() && events > m_limits.atOnce) {
            break;
        }
        buckets[name] = {};
        spans[name.first].emplace_back(name.second, piece.toUs);
    }
    CARMA_TRY_ASSIGN(const auto found, collect(journal, spans));
    for (const StoredEvent& event : found) {
        const SeriesKey key{event.customer, event.meter};
        Series& series = m_series[key];
        if (event.counts()) {
            CARMA_TRY(merge(buckets[{key, pieceAt(series, event.timeUs)->first}], bucketWith(event, series.dimensions)));
        }
    }
    for (auto& [name, bucket] : buckets) {
        m_series[name.first].pieces[name.second].bucket = std::move(bucket);
        m_stale.erase(name);
        m_staleHeld.erase(name);
    }
    return {};
}

} // namespace carma::usage
