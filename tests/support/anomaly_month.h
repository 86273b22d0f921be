// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "anomaly/subject_watch.h"
#include "support/anomaly_traffic.h"

#include <algorithm>

namespace carma::test {

/// A month without any attack, of keys that each have a size of their own (a median of 1 to 3,000 requests an hour), a working day with a
/// peak at an hour of their own, quieter weekends, noise (log-normal, sigma 0.1 to 0.35, over the Poisson noise of counting), errors of 0.1
/// to 5 %, and now and then a new endpoint. Two days are holidays: traffic as on a Sunday, halved. One key in ten grows by 2 to 5 % a day.
class Month {
public:
    Month(std::uint64_t start, std::size_t keys) : m_draws(start)
    {
        for (std::size_t i = 0; i < keys; ++i) {
            Key key;
            key.requests = std::exp(m_draws.unit() * std::log(3000.0));
            key.peak = 8 + 8 * m_draws.unit();
            key.swing = 0.5 + 1.5 * m_draws.unit();
            key.weekend = 0.1 + 0.9 * m_draws.unit();
            key.noise = 0.1 + 0.25 * m_draws.unit();
            key.errors = 0.001 * std::exp(m_draws.unit() * std::log(50.0));
            key.bytes = 500 * std::exp(m_draws.unit() * std::log(20.0));
            key.growth = m_draws.below(10) == 0 ? 0.02 + 0.03 * m_draws.unit() : 0;
            key.favourites = 1 + m_draws.below(32);
            m_keys.push_back(key);
        }
    }

    [[nodiscard]] std::int64_t startUs(int hour) const { return kFirst + hour * 3'600'000'000LL; }

    anomaly::WindowTotals window(std::size_t index, int hour)
    {
        const Key& key = m_keys[index];
        const int day = hour / 24;
        const anomaly::Season season = anomaly::seasonOf(startUs(hour));
        const bool holiday = day == 16 || day == 23;
        const bool free = season.hour >= 24 || holiday;
        const double angle = 2 * std::numbers::pi * ((hour % 24) - key.peak) / 24;
        double mean = key.requests * std::exp(key.swing * (std::cos(angle) - 0.3)) * std::pow(1 + key.growth, day);
        mean *= free ? key.weekend : 1;
        mean *= holiday ? 0.5 : 1;
        mean *= std::exp(key.noise * normal(m_draws));
        anomaly::WindowTotals totals;
        totals.events = count(mean);
        const auto events = static_cast<double>(totals.events);
        totals.failures = std::min(totals.events, count(key.errors * events));
        const double sizes = 1 + normal(m_draws) / std::sqrt(std::max(events, 1.0));
        totals.bytes = static_cast<std::uint64_t>(key.bytes * events * std::clamp(sizes, 0.1, 3.0));
        totals.newEndpoints = hour == 0 ? 5 : m_draws.below(200) == 0 ? 1 + m_draws.below(2) : 0;
        for (std::uint64_t i = 0; i < std::min<std::uint64_t>(totals.events, 64); ++i) {
            totals.addObject(m_draws.below(key.favourites));
        }
        return totals;
    }

private:
    struct Key {
        double requests, peak, swing, weekend, noise, errors, bytes, growth;
        std::uint64_t favourites;
    };
    static constexpr std::int64_t kFirst = 1'772'409'600'000'000; // Monday, 2 March 2026

    /// Poisson; by the normal distribution where that is as good.
    std::uint64_t count(double mean)
    {
        constexpr double kLarge = 30;
        if (mean > kLarge) {
            return static_cast<std::uint64_t>(std::max(0.0, std::round(mean + std::sqrt(mean) * normal(m_draws))));
        }
        const double limit = std::exp(-mean);
        std::uint64_t number = 0;
        for (double product = m_draws.unit(); product > limit; product *= m_draws.unit()) {
            ++number;
        }
        return number;
    }

    SplitMix m_draws;
    std::vector<Key> m_keys;
};

} // namespace carma::test
