// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "anomaly/robust_level.h"

#include <array>
#include <cstdint>

namespace carma::anomaly {

/// Where a moment stands in the seasons that are known: hours of working days, hours of weekends, days of the week (UTC).
struct Season {
    unsigned hour = 0;      ///< 0..23, and 24..47 on Saturday and Sunday
    unsigned dayOfWeek = 0; ///< 0: Thursday, the first day of 1970
};
Season seasonOf(std::int64_t timeUs);

/// What one number of one subject usually is at this hour of this day: a level and seasonal terms, each an exponentially weighted moving
/// average of the errors, as in P. R. Winters, "Forecasting Sales by Exponentially Weighted Moving Averages", Management Science 6, 1960,
/// and J. D. Brutlag, "Aberrant Behavior Detection in Time Series for Network Monitoring", LISA 2000. What the errors usually are is their
/// median absolute deviation, and a single error moves the level by no more than three of those (S. Gelper, R. Fried, C. Croux, "Robust
/// Forecasting with Exponential and Holt-Winters Smoothing", Journal of Forecasting 29, 2010).
///
/// Numbers come transformed so that seasons add up, with the variance that they have by being counts. Bounded: about 700 bytes.
class SeasonalBaseline {
public:
    struct Reading {
        bool ready = false; ///< has seen two days, and this hour twice
        double z = 0;       ///< deviation in spreads
        double expected = 0;
    };
    /// What the number is expected to be. Teaches nothing.
    [[nodiscard]] double expected(Season season) const;
    [[nodiscard]] Reading read(Season season, double value, double variance) const;
    void learn(Season season, double value, double variance);

private:
    static constexpr std::size_t kErrors = 96;

    double m_level = 0;
    std::uint32_t m_count = 0;
    std::array<float, 48> m_hours{};
    std::array<std::uint8_t, 48> m_visits{};
    std::array<float, 7> m_days{};
    RobustLevel m_errors{kErrors, 8};
};

} // namespace carma::anomaly
