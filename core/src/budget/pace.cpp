// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "budget/pace.h"

#include <algorithm>
#include <cmath>

namespace carma::budget {

namespace {

constexpr std::int64_t kHourUs = 3600LL * 1'000'000;
constexpr unsigned kHours = 24;
constexpr double kUsASecond = 1e6;
constexpr double kSpare = 0.9; // of a period: the rest is for pauses

bool always(const BeaconBudget& budget) { return budget.fromHour % kHours == budget.toHour % kHours; }

} // namespace

Result<void> check(const BeaconBudget& budget)
{
    if (budget.bytesPerSecond == 0) {
        return Error{ErrorCode::InvalidArgument, "the beacon's rate is at least one byte a second"};
    }
    if (!(budget.share > 0 && budget.share <= 1)) {
        return Error{ErrorCode::InvalidArgument, "the beacon's share of the time is above 0 and up to 1"};
    }
    if (budget.fromHour > kHours || budget.toHour > kHours) {
        return Error{ErrorCode::InvalidArgument, "the beacon's hours are numbers from 0 to 24"};
    }
    if (!(budget.ioStallMax >= 0 && budget.ioStallMax <= 100)) {
        return Error{ErrorCode::InvalidArgument, "the load at which the beacon pauses is 0 to 100 percent"};
    }
    return {};
}

void Pace::aimAt(std::uint64_t bytesPerSecond) { m_bytesPerSecond = std::clamp<std::uint64_t>(bytesPerSecond, 1, m_budget.bytesPerSecond); }

std::int64_t Pace::restAfter(std::uint64_t bytes, std::int64_t beganUs, std::int64_t endedUs) const
{
    const auto busy = static_cast<double>(std::max<std::int64_t>(0, endedUs - beganUs));
    const double forRate = static_cast<double>(bytes) * kUsASecond / static_cast<double>(m_bytesPerSecond) - busy;
    const double forShare = busy / m_budget.share - busy;
    return static_cast<std::int64_t>(std::ceil(std::max({0.0, forRate, forShare})));
}

std::int64_t untilAllowedUs(const BeaconBudget& budget, std::int64_t localTimeUs)
{
    if (always(budget)) {
        return 0;
    }
    const std::int64_t day = kHourUs * kHours;
    const std::int64_t now = (localTimeUs % day + day) % day;
    const std::int64_t from = budget.fromHour % kHours * kHourUs;
    const std::int64_t to = budget.toHour % kHours * kHourUs;
    const bool inside = from < to ? now >= from && now < to : now >= from || now < to;
    return inside ? 0 : (from - now + day) % day;
}

double hoursADay(const BeaconBudget& budget)
{
    return always(budget) ? kHours : (budget.toHour % kHours + kHours - budget.fromHour % kHours) % kHours;
}

std::uint64_t neededRate(const BeaconBudget& budget, std::uint64_t bytes, std::int64_t periodUs)
{
    const double seconds = static_cast<double>(periodUs) / kUsASecond * kSpare * hoursADay(budget) / kHours;
    return static_cast<std::uint64_t>(std::ceil(static_cast<double>(bytes) / std::max(1.0, seconds)));
}

} // namespace carma::budget
