// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "usage/usage_book.h"

#include <algorithm>

/// What events come to: quantities of a stretch of time, and roll-ups.
namespace carma::usage {

namespace {

using Steps = std::vector<std::pair<std::int64_t, Bucket>>;

/// Coarser steps from finer ones.
Result<Steps> coarser(const Steps& steps, RollupStep step)
{
    Steps out;
    for (const auto& [timeUs, bucket] : steps) {
        const std::int64_t from = stepOf(timeUs, step).first;
        if (out.empty() || out.back().first != from) {
            out.emplace_back(from, Bucket{});
        }
        CARMA_TRY(merge(out.back().second, bucket));
    }
    return out;
}

Result<void> addToMinute(Steps& steps, const Bucket& one)
{
    const std::int64_t from = stepOf(one.firstUs, RollupStep::Minute).first;
    if (steps.empty() || steps.back().first != from) {
        steps.emplace_back(from, Bucket{});
    }
    return merge(steps.back().second, one);
}

/// Whether the stretch begins or ends inside a bucket.
template <typename Pieces> bool cuts(const Pieces& pieces, std::int64_t timeUs)
{
    auto at = pieces.lower_bound(timeUs);
    if (at == pieces.begin()) {
        return false;
    }
    --at;
    return at->second.toUs > timeUs;
}

} // namespace

std::map<UsageBook::SeriesKey, UsageBook::Series>::iterator UsageBook::seriesOf(std::string_view customer, std::string_view meter)
{
    const auto who = m_textNumbers.find(std::string(customer));
    const auto what = m_textNumbers.find(std::string(meter));
    const auto found = who == m_textNumbers.end() || what == m_textNumbers.end() ? m_series.end()
                                                                                 : m_series.find({who->second, what->second});
    if (found != m_series.end()) {
        sort(found->second);
    }
    return found;
}

/// By time, then by key: the order does not depend on when events arrived.
void UsageBook::sort(Series& series)
{
    if (!series.sorted) {
        std::ranges::sort(series.events, [&](std::uint32_t a, std::uint32_t b) {
            const StoredEvent& left = m_events[a];
            const StoredEvent& right = m_events[b];
            return left.timeUs != right.timeUs ? left.timeUs < right.timeUs : left.key < right.key;
        });
        series.sorted = true;
    }
}

/// The number of the meter's dimension. When it is wanted for the first time, buckets know nothing of its values yet.
std::optional<std::uint32_t> UsageBook::wanted(const SeriesKey& key, Series& series, const Meter& meter)
{
    if (meter.dimension.empty()) {
        return std::nullopt;
    }
    const std::uint32_t dimension = numberOf(meter.dimension);
    if (series.dimensions.insert(dimension).second) {
        for (const auto& [from, piece] : series.pieces) {
            m_stale.insert({key, from});
        }
    }
    return dimension;
}

std::size_t UsageBook::firstAt(const Series& series, std::int64_t timeUs) const
{
    const auto first = std::ranges::lower_bound(series.events, timeUs, {}, [&](std::uint32_t number) { return m_events[number].timeUs; });
    return static_cast<std::size_t>(first - series.events.begin());
}

Result<Bucket> UsageBook::fold(journal::Journal& journal, const SeriesKey& key, const Series& series, const Stretch& stretch)
{
    Bucket bucket;
    const std::int64_t closedTo = std::min(stretch.toUs, m_closedBefore);
    if (stretch.fromUs < closedTo && (cuts(series.pieces, stretch.fromUs) || cuts(series.pieces, closedTo))) {
        CARMA_TRY_ASSIGN(const auto events, collect(journal, {{key, {{stretch.fromUs, closedTo}}}}));
        for (const StoredEvent& event : events) {
            if (event.counts()) {
                CARMA_TRY(merge(bucket, bucketWith(event, series.dimensions)));
            }
        }
    } else {
        for (auto at = series.pieces.lower_bound(stretch.fromUs); at != series.pieces.end() && at->first < closedTo; ++at) {
            CARMA_TRY(merge(bucket, at->second.bucket));
        }
    }
    for (std::size_t i = firstAt(series, std::max(stretch.fromUs, m_closedBefore)); i < series.events.size(); ++i) {
        const StoredEvent& event = m_events[series.events[i]];
        if (event.timeUs >= stretch.toUs) {
            break;
        }
        if (event.counts()) {
            CARMA_TRY(merge(bucket, bucketWith(event, series.dimensions)));
        }
    }
    return bucket;
}

Result<Decimal> UsageBook::valueBefore(journal::Journal& journal, const SeriesKey& key, const Series& series, std::int64_t timeUs)
{
    for (std::size_t i = firstAt(series, timeUs); i-- > 0;) {
        const StoredEvent& event = m_events[series.events[i]];
        if (event.counts()) {
            return event.value;
        }
    }
    for (auto at = series.pieces.lower_bound(timeUs); at != series.pieces.begin();) {
        --at;
        if (at->second.toUs > timeUs) {
            CARMA_TRY_ASSIGN(const auto events, collect(journal, {{key, {{at->first, timeUs}}}}));
            const auto last = std::ranges::find_if(events.rbegin(), events.rend(), [](const StoredEvent& event) { return event.counts(); });
            if (last != events.rend()) {
                return last->value;
            }
        } else if (at->second.bucket.count > 0) {
            return at->second.bucket.latest;
        }
    }
    return Decimal();
}

Result<Decimal> UsageBook::quantity(journal::Journal& journal, std::string_view customer, const Meter& meter, const Stretch& stretch)
{
    const auto found = seriesOf(customer, meter.id);
    if (found == m_series.end()) {
        return Decimal();
    }
    auto& [key, series] = *found;
    const auto dimension = wanted(key, series, meter);
    CARMA_TRY(refresh(journal, meter.aggregate == Aggregate::TimeWeighted));
    CARMA_TRY_ASSIGN(const Bucket bucket, fold(journal, key, series, stretch));
    switch (meter.aggregate) {
    case Aggregate::Count: return Decimal(static_cast<std::int64_t>(bucket.count));
    case Aggregate::Sum: return bucket.sum;
    case Aggregate::Max: return bucket.max;
    case Aggregate::Unique: return Decimal(dimension ? static_cast<std::int64_t>(bucket.uniqueOf(*dimension)) : 0);
    case Aggregate::Latest: return bucket.count > 0 ? bucket.latest : valueBefore(journal, key, series, stretch.fromUs);
    case Aggregate::TimeWeighted: {
        CARMA_TRY_ASSIGN(const Decimal before, valueBefore(journal, key, series, stretch.fromUs));
        return valueHours(bucket, before, stretch.fromUs, std::max(stretch.fromUs, std::min(stretch.toUs, stretch.untilUs)));
    }
    }
    return Error{ErrorCode::Internal, "a meter has no aggregate"};
}

Result<std::vector<UsageRollup>> UsageBook::rollUps(
    journal::Journal& journal, const UsageFilter& filter, const Meter& meter, RollupStep step, std::int64_t untilUs)
{
    std::vector<UsageRollup> out;
    const auto found = seriesOf(filter.customer, meter.id);
    if (found == m_series.end()) {
        return out;
    }
    auto& [key, series] = *found;
    const auto dimension = wanted(key, series, meter);
    CARMA_TRY(refresh(journal, true));
    Steps steps;
    const std::int64_t closedTo = std::min(filter.toUs, m_closedBefore);
    if (filter.fromUs < closedTo) {
        if (step >= RollupStep::Day && !cuts(series.pieces, filter.fromUs) && !cuts(series.pieces, closedTo)) {
            for (auto at = series.pieces.lower_bound(filter.fromUs); at != series.pieces.end() && at->first < closedTo; ++at) {
                if (at->second.bucket.count > 0) {
                    steps.emplace_back(at->first, at->second.bucket);
                }
            }
        } else {
            CARMA_TRY_ASSIGN(const auto events, collect(journal, {{key, {{filter.fromUs, closedTo}}}}));
            for (const StoredEvent& event : events) {
                if (event.counts()) {
                    CARMA_TRY(addToMinute(steps, bucketWith(event, series.dimensions)));
                }
            }
        }
    }
    for (std::size_t i = firstAt(series, std::max(filter.fromUs, m_closedBefore)); i < series.events.size(); ++i) {
        const StoredEvent& event = m_events[series.events[i]];
        if (event.timeUs >= filter.toUs) {
            break;
        }
        if (event.counts()) {
            CARMA_TRY(addToMinute(steps, bucketWith(event, series.dimensions)));
        }
    }
    for (const RollupStep next : {RollupStep::Hour, RollupStep::Day, RollupStep::Month}) {
        if (next <= step) {
            CARMA_TRY_ASSIGN(steps, coarser(steps, next));
        }
    }
    Decimal before;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const auto& [timeUs, bucket] = steps[i];
        if (i == 0) {
            CARMA_TRY_ASSIGN(before, valueBefore(journal, key, series, timeUs));
        }
        UsageRollup rollup{filter.customer, meter.id, timeUs, stepOf(timeUs, step).second, bucket.count, bucket.sum, bucket.max,
            bucket.latest, dimension ? bucket.uniqueOf(*dimension) : 0, {}};
        const std::int64_t until = std::max(bucket.lastUs, std::min(rollup.toUs, untilUs));
        CARMA_TRY_ASSIGN(rollup.valueHours, usage::valueHours(bucket, before, timeUs, until));
        before = bucket.latest;
        out.push_back(std::move(rollup));
    }
    return out;
}

} // namespace carma::usage
