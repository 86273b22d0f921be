// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "usage/usage_book.h"

#include <algorithm>

/// What events come to: quantities of a stretch of time, and roll-ups.
namespace carma::usage {

namespace {

constexpr std::uint32_t kNoDimension = ~0U;

/// The first microsecond of the step that holds the time, and that of the next.
std::pair<std::int64_t, std::int64_t> stepOf(std::int64_t timeUs, RollupStep step)
{
    if (step == RollupStep::Month) {
        const Month month = Month::of(timeUs);
        return {month.fromUs(), month.toUs()};
    }
    const std::int64_t length = step == RollupStep::Minute ? kMinuteUs : step == RollupStep::Hour ? kHourUs : kDayUs;
    const std::int64_t rest = timeUs % length;
    const std::int64_t from = timeUs - (rest < 0 ? rest + length : rest);
    return {from, from + length};
}

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

} // namespace

std::optional<std::uint32_t> UsageBook::dimensionValue(const StoredEvent& event, std::uint32_t name) const
{
    for (const auto& [key, value] : m_dimensions[event.dimensions]) {
        if (key == name) {
            return value;
        }
    }
    return std::nullopt;
}

std::size_t UsageBook::firstAt(const Series& series, std::int64_t timeUs) const
{
    const auto first = std::ranges::lower_bound(series.events, timeUs, {}, [&](std::uint32_t number) { return m_events[number].timeUs; });
    return static_cast<std::size_t>(first - series.events.begin());
}

Result<void> UsageBook::addTo(Bucket& bucket, const StoredEvent& event, std::uint32_t dimension) const
{
    CARMA_TRY(merge(bucket, bucketOf(event.value, event.timeUs)));
    if (dimension != kNoDimension) {
        if (const auto value = dimensionValue(event, dimension)) {
            bucket.unique.insert(*value);
        }
    }
    return {};
}

Result<Bucket> UsageBook::fold(const Series& series, const Meter& meter, std::int64_t fromUs, std::int64_t toUs, Sequence end) const
{
    const auto named = m_textNumbers.find(meter.dimension);
    const std::uint32_t dimension = meter.dimension.empty() || named == m_textNumbers.end() ? kNoDimension : named->second;
    Bucket bucket;
    for (std::size_t i = firstAt(series, fromUs); i < series.events.size(); ++i) {
        const StoredEvent& event = m_events[series.events[i]];
        if (event.timeUs >= toUs) {
            break;
        }
        if (counts(event, end)) {
            CARMA_TRY(addTo(bucket, event, dimension));
        }
    }
    return bucket;
}

Decimal UsageBook::valueBefore(const Series& series, std::int64_t timeUs, Sequence end) const
{
    for (std::size_t i = firstAt(series, timeUs); i-- > 0;) {
        const StoredEvent& event = m_events[series.events[i]];
        if (counts(event, end)) {
            return event.value;
        }
    }
    return {};
}

Result<Decimal> UsageBook::quantity(
    std::string_view customer, const Meter& meter, std::int64_t fromUs, std::int64_t toUs, std::int64_t untilUs, Sequence end)
{
    const Series* found = series(customer, meter.id);
    if (found == nullptr) {
        return Decimal();
    }
    CARMA_TRY_ASSIGN(const Bucket bucket, fold(*found, meter, fromUs, toUs, end));
    switch (meter.aggregate) {
    case Aggregate::Count: return Decimal(static_cast<std::int64_t>(bucket.count));
    case Aggregate::Sum: return bucket.sum;
    case Aggregate::Max: return bucket.max;
    case Aggregate::Unique: return Decimal(static_cast<std::int64_t>(bucket.unique.size()));
    case Aggregate::Latest: return bucket.count > 0 ? bucket.latest : valueBefore(*found, fromUs, end);
    case Aggregate::TimeWeighted:
        return valueHours(bucket, valueBefore(*found, fromUs, end), fromUs, std::max(fromUs, std::min(toUs, untilUs)));
    }
    return Error{ErrorCode::Internal, "a meter has no aggregate"};
}

Result<std::vector<UsageRollup>> UsageBook::rollUps(
    std::string_view customer, const Meter& meter, const UsageFilter& filter, RollupStep step, std::int64_t untilUs)
{
    std::vector<UsageRollup> out;
    const Series* found = series(customer, meter.id);
    if (found == nullptr) {
        return out;
    }
    const auto named = m_textNumbers.find(meter.dimension);
    const std::uint32_t dimension = meter.dimension.empty() || named == m_textNumbers.end() ? kNoDimension : named->second;
    Steps steps;
    for (std::size_t i = firstAt(*found, filter.fromUs); i < found->events.size(); ++i) {
        const StoredEvent& event = m_events[found->events[i]];
        if (event.timeUs >= filter.toUs) {
            break;
        }
        if (!counts(event, kNoSequence)) {
            continue;
        }
        const std::int64_t from = stepOf(event.timeUs, RollupStep::Minute).first;
        if (steps.empty() || steps.back().first != from) {
            steps.emplace_back(from, Bucket{});
        }
        CARMA_TRY(addTo(steps.back().second, event, dimension));
    }
    for (const RollupStep next : {RollupStep::Hour, RollupStep::Day, RollupStep::Month}) {
        if (next <= step) {
            CARMA_TRY_ASSIGN(steps, coarser(steps, next));
        }
    }
    for (const auto& [timeUs, bucket] : steps) {
        UsageRollup rollup{std::string(customer), meter.id, timeUs, stepOf(timeUs, step).second, bucket.count, bucket.sum, bucket.max,
            bucket.latest, bucket.unique.size(), {}};
        const std::int64_t until = std::max(bucket.lastUs, std::min(rollup.toUs, untilUs));
        CARMA_TRY_ASSIGN(rollup.valueHours, usage::valueHours(bucket, valueBefore(*found, timeUs, kNoSequence), timeUs, until));
        out.push_back(std::move(rollup));
    }
    return out;
}

} // namespace carma::usage
