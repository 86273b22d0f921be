// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/beacon.h>

/// How fast work in the background may go.
namespace carma::budget {

/// InvalidArgument names the part that has no meaning.
Result<void> check(const BeaconBudget& budget);

/// Spreads work over time: after each piece it says how long to rest, so that neither the rate nor the share of the time is passed. Rests
/// are counted from the beginning of a piece; time that went by unused is not made up for.
class Pace {
public:
    /// `bytesPerSecond` is what is aimed at; the budget's own rate caps it.
    Pace(const BeaconBudget& budget, std::uint64_t bytesPerSecond) : m_budget(budget) { aimAt(bytesPerSecond); }
    void aimAt(std::uint64_t bytesPerSecond);
    [[nodiscard]] std::uint64_t bytesPerSecond() const { return m_bytesPerSecond; }
    /// A piece of `bytes` ran from `beganUs` to `endedUs` (monotonic). Microseconds to rest from `endedUs` on, >= 0.
    [[nodiscard]] std::int64_t restAfter(std::uint64_t bytes, std::int64_t beganUs, std::int64_t endedUs) const;

private:
    BeaconBudget m_budget;
    std::uint64_t m_bytesPerSecond = 1;
};

/// Microseconds until the hours of the budget begin; 0 inside of them.
std::int64_t untilAllowedUs(const BeaconBudget& budget, std::int64_t localTimeUs);
/// Hours of a day in which it may work, above 0 and up to 24.
double hoursADay(const BeaconBudget& budget);

/// The rate at which `bytes` are read in `periodUs`, within the hours of the budget and with a tenth to spare.
std::uint64_t neededRate(const BeaconBudget& budget, std::uint64_t bytes, std::int64_t periodUs);

} // namespace carma::budget
