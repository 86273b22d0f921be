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
    std::set<std::uint32_t> unique;       ///< numbers of the values of one dimension
};

Bucket bucketOf(const Decimal& value, std::int64_t timeUs);
/// REQUIRES: no event of `later` is earlier than one of `bucket`
Result<void> merge(Bucket& bucket, const Bucket& later);
/// Value-hours from `fromUs` to `toUs`, to 9 digits after the point, a half to the even one: `before` holds until the first event, the
/// latest value until the end. REQUIRES: the bucket's events lie between
Result<Decimal> valueHours(const Bucket& bucket, const Decimal& before, std::int64_t fromUs, std::int64_t toUs);

} // namespace carma::usage
