// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "anomaly/seasonal_baseline.h"

#include <carma/anomaly.h>

#include <array>
#include <cstdint>
#include <string_view>

namespace carma::anomaly {

/// The numbers that a window of requests comes to, in the order of the kinds of anomaly that they make.
inline constexpr std::size_t kMetrics = 5;
std::string_view metricName(std::size_t metric); ///< "requests", "bytes", "error share", "new endpoints", "id spread"

/// What happened in one window of time. Bounded whatever happens.
struct WindowTotals {
    std::uint64_t events = 0, bytes = 0, failures = 0, newEndpoints = 0;
    std::array<std::uint32_t, 32> objects{}; ///< how often, by hash of the id

    void addObject(std::uint64_t hash) { ++objects[hash % objects.size()]; }
};

/// One metric of a window compared with what is usual.
struct MetricReading {
    bool known = false;          ///< the window says something about it, and there is a baseline
    double z = 0;                ///< spreads above the expected
    double value = 0, usual = 0; ///< in the metric's own unit
    bool large = false;          ///< the difference matters by itself: twice the requests, a tenth more errors
};
using Readings = std::array<MetricReading, kMetrics>;

/// The baselines of one subject.
class SubjectBaselines {
public:
    [[nodiscard]] Readings read(std::int64_t windowStartUs, const WindowTotals& totals) const;
    void learn(std::int64_t windowStartUs, const WindowTotals& totals);

private:
    struct Sample {
        bool says = false;
        double value = 0;    ///< own unit
        double bent = 0;     ///< transformed
        double variance = 0; ///< of what is transformed, by being a count
    };
    [[nodiscard]] std::array<Sample, kMetrics> samplesOf(Season season, const WindowTotals& totals) const;

    std::array<SeasonalBaseline, kMetrics> m_metrics;
};

/// The reasons that readings give, the strongest first, by z-score; weights are shares of the sum of what is above 1.
std::vector<AnomalyReason> reasonsOf(const Readings& readings, std::size_t count);

} // namespace carma::anomaly
