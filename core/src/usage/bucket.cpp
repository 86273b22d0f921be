// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "usage/bucket.h"

#include <algorithm>

namespace carma::usage {

namespace {

constexpr unsigned kHourDigits = 9; // of value-hours after the point

/// `total` plus `value` times so many microseconds.
Result<Decimal> addHeld(const Decimal& total, const Decimal& value, std::int64_t us)
{
    CARMA_TRY_ASSIGN(const Decimal held, multiply(value, Decimal(us)));
    return add(total, held);
}

} // namespace

Bucket bucketOf(const Decimal& value, std::int64_t timeUs)
{
    Bucket bucket;
    bucket.count = 1;
    bucket.sum = bucket.max = bucket.latest = value;
    bucket.firstUs = bucket.lastUs = timeUs;
    return bucket;
}

std::uint64_t Bucket::uniqueOf(std::uint32_t dimension) const
{
    const auto first = unique.lower_bound({dimension, 0});
    const auto last = unique.upper_bound({dimension, ~std::uint64_t{0}});
    return static_cast<std::uint64_t>(std::distance(first, last));
}

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

Result<void> mix(Bucket& bucket, const Bucket& one)
{
    CARMA_TRY_ASSIGN(bucket.sum, add(bucket.sum, one.sum));
    bucket.count += one.count;
    bucket.max = std::max(bucket.max, one.max);
    bucket.unique.insert(one.unique.begin(), one.unique.end());
    return {};
}

Result<void> merge(Bucket& bucket, const Bucket& later)
{
    if (later.count == 0) {
        return {};
    }
    if (bucket.count == 0) {
        bucket = later;
        return {};
    }
    CARMA_TRY_ASSIGN(bucket.sum, add(bucket.sum, later.sum));
    CARMA_TRY_ASSIGN(bucket.valueUs, addHeld(bucket.valueUs, bucket.latest, later.firstUs - bucket.lastUs));
    CARMA_TRY_ASSIGN(bucket.valueUs, add(bucket.valueUs, later.valueUs));
    bucket.count += later.count;
    bucket.max = std::max(bucket.max, later.max);
    bucket.latest = later.latest;
    bucket.lastUs = later.lastUs;
    bucket.unique.insert(later.unique.begin(), later.unique.end());
    return {};
}

Result<Decimal> valueHours(const Bucket& bucket, const Decimal& before, std::int64_t fromUs, std::int64_t toUs)
{
    Decimal total = bucket.valueUs;
    if (bucket.count == 0) {
        CARMA_TRY_ASSIGN(total, addHeld(total, before, std::max<std::int64_t>(0, toUs - fromUs)));
    } else {
        CARMA_TRY_ASSIGN(total, addHeld(total, before, bucket.firstUs - fromUs));
        CARMA_TRY_ASSIGN(total, addHeld(total, bucket.latest, std::max<std::int64_t>(0, toUs - bucket.lastUs)));
    }
    Int128 numerator = total.units();
    Int128 denominator = kHourUs;
    for (unsigned scale = total.scale(); scale != kHourDigits; scale += scale < kHourDigits ? 1U : -1U) {
        if (__builtin_mul_overflow(
                scale < kHourDigits ? numerator : denominator, static_cast<Int128>(10), scale < kHourDigits ? &numerator : &denominator)) {
            return Error{ErrorCode::LimitExceeded, "a time-weighted quantity has too many digits"};
        }
    }
    return Decimal::make(divideHalfEven(numerator, denominator), kHourDigits);
}

} // namespace carma::usage
