// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/usage.h>

#include <set>

/// What some stretch of events comes to. Buckets beside each other merge into one, so that minutes make hours and hours days, and the
/// result is that of all events at once.
namespace carma::usage {

struct Bucket {
    std::uint64_t count = 0;
    Decimal sum, max, latest;
    std::int64_t firstUs = 0, lastUs = 0; ///< of its events
    Decimal valueUs;                      ///< each value times the microseconds that it held, from the first event to the last
    /// Values of dimensions: the dimension's number, and part of the value's SHA-256.
    std::set<std::pair<std::uint32_t, std::uint64_t>> unique;
    [[nodiscard]] std::uint64_t uniqueOf(std::uint32_t dimension) const;
};

/// The first microsecond of the step that holds the time, and that of the next.
std::pair<std::int64_t, std::int64_t> stepOf(std::int64_t timeUs, RollupStep step);

Bucket bucketOf(const Decimal& value, std::int64_t timeUs);
/// REQUIRES: no event of `later` is earlier than one of `bucket`
Result<void> merge(Bucket& bucket, const Bucket& later);
/// One more event, wherever it lies between others: all but `valueUs`, which is wrong then.
/// REQUIRES: it is not later than all others
Result<void> mix(Bucket& bucket, const Bucket& one);
/// Value-hours from `fromUs` to `toUs`, to 9 digits after the point, a half to the even one: `before` holds until the first event, the
/// latest value until the end. REQUIRES: the bucket's events lie between
Result<Decimal> valueHours(const Bucket& bucket, const Decimal& before, std::int64_t fromUs, std::int64_t toUs);

} // namespace carma::usage
