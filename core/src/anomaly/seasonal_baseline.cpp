// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "anomaly/seasonal_baseline.h"

#include <algorithm>
#include <cmath>

namespace carma::anomaly {

namespace {

constexpr std::int64_t kHourUs = 3'600'000'000;
constexpr unsigned kHoursADay = 24;
constexpr unsigned kDaysAWeek = 7;
constexpr std::uint32_t kReadyAfter = 48; // numbers
constexpr double kLevelGain = 0.02;       // half of a change is followed in 35 hours
constexpr double kHourGain = 0.1;
constexpr double kDayGain = 0.02;
constexpr double kClip = 3;         // spreads
constexpr double kSpreadMin = 0.05; // a number that never varied may vary by this much

} // namespace

Season seasonOf(std::int64_t timeUs)
{
    constexpr unsigned kSaturday = 2;
    constexpr unsigned kSunday = 3;
    std::int64_t hours = timeUs / kHourUs;
    hours -= timeUs % kHourUs < 0 ? 1 : 0;
    constexpr std::int64_t kHoursAWeek = std::int64_t{kHoursADay} * kDaysAWeek;
    const auto ofWeek = static_cast<unsigned>((hours % kHoursAWeek + kHoursAWeek) % kHoursAWeek);
    const unsigned day = ofWeek / kHoursADay;
    const bool free = day == kSaturday || day == kSunday;
    return {ofWeek % kHoursADay + (free ? kHoursADay : 0), day};
}

double SeasonalBaseline::expected(Season season) const
{
    // An hour of the weekend that was never seen is taken to be like that of a working day.
    const unsigned hour = m_visits.at(season.hour) == 0 ? season.hour % kHoursADay : season.hour;
    return m_level + static_cast<double>(m_hours.at(hour)) + static_cast<double>(m_days.at(season.dayOfWeek));
}

SeasonalBaseline::Reading SeasonalBaseline::read(Season season, double value, double variance) const
{
    Reading reading;
    reading.ready = m_count >= kReadyAfter && m_visits.at(season.hour) >= 2;
    reading.expected = expected(season);
    const double spread = std::max(m_errors.usual().spread, kSpreadMin);
    reading.z = (value - reading.expected) / std::sqrt(spread * spread + variance);
    return reading;
}

void SeasonalBaseline::learn(Season season, double value, double variance)
{
    const Reading before = read(season, value, variance);
    double error = value - before.expected;
    if (before.ready) {
        m_errors.add(error);
        error = std::abs(before.z) > kClip ? error * kClip / std::abs(before.z) : error;
    } else if (m_count >= kHoursADay) {
        m_errors.add(error);
    }
    ++m_count;
    std::uint8_t& visits = m_visits.at(season.hour);
    if (visits == 0) {
        m_hours.at(season.hour) = m_hours.at(season.hour % kHoursADay);
    }
    visits = visits < UINT8_MAX ? static_cast<std::uint8_t>(visits + 1) : visits;
    // Early on, level and hours are means of what was seen.
    const double levelShare = std::max(kLevelGain, 1.0 / m_count);
    m_level += levelShare * error;
    const double hourShare = std::max(kHourGain, 1.0 / visits);
    m_hours.at(season.hour) += static_cast<float>(hourShare * (1 - levelShare) * error);
    if (before.ready) { // the first errors are those of hours, not of days
        m_days.at(season.dayOfWeek) += static_cast<float>(kDayGain * error);
    }
}

} // namespace carma::anomaly
