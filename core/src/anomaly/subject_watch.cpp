// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "anomaly/subject_watch.h"

#include <algorithm>
#include <cmath>

namespace carma::anomaly {

namespace {

constexpr double kEventsMin = 16; // that a share or a spread is told of

enum Metric : std::size_t { Requests, Volume, ErrorShare, NewEndpoints, IdSpread };

/// Entropy of the ids' hashes as a share of the most that so many requests can have.
double spreadOf(const WindowTotals& totals, double& count)
{
    count = 0;
    for (const std::uint32_t part : totals.objects) {
        count += part;
    }
    double entropy = 0;
    for (const std::uint32_t part : totals.objects) {
        const double share = part / std::max(count, 1.0);
        entropy -= share > 0 ? share * std::log2(share) : 0;
    }
    return entropy / std::log2(std::clamp(count, 2.0, static_cast<double>(totals.objects.size())));
}

/// Back from the transformed number to the metric's own unit.
double unbent(std::size_t metric, double value)
{
    constexpr double kMost = 700; // an exponent that a double holds
    if (metric == ErrorShare) {
        const double sine = std::sin(std::clamp(value, 0.0, 1.5707963267948966));
        return sine * sine;
    }
    return metric == IdSpread ? std::clamp(value, 0.0, 1.0) : std::max(0.0, std::expm1(std::min(value, kMost)));
}

bool isLarge(std::size_t metric, double value, double usual)
{
    constexpr double kLeastRequests = 10;
    constexpr double kLeastBytes = 10'000;
    switch (metric) {
    case Requests: return value >= 2 * usual + kLeastRequests;
    case Volume: return value >= 2 * usual + kLeastBytes;
    case NewEndpoints: return value >= usual + 4;
    default: return value >= usual + 0.1;
    }
}

} // namespace

std::string_view metricName(std::size_t metric)
{
    constexpr std::array<std::string_view, kMetrics> kNames{"requests", "bytes", "error share", "new endpoints", "id spread"};
    return kNames.at(metric);
}

/// Counts are taken as logarithms, in which seasons are sums; shares as arcs, whose variance depends on the number of requests alone.
std::array<SubjectBaselines::Sample, kMetrics> SubjectBaselines::samplesOf(Season season, const WindowTotals& totals) const
{
    constexpr double kSizesVary = 4; // variance of the logarithm of a sum of n sizes, times n
    const auto events = static_cast<double>(totals.events);
    const double usual = std::max(unbent(Requests, m_metrics[Requests].expected(season)), 0.0);
    std::array<Sample, kMetrics> samples;
    samples[Requests] = {true, events, std::log1p(events), 1 / (1 + usual)};
    const auto bytes = static_cast<double>(totals.bytes);
    samples[Volume] = {totals.events > 0, bytes, std::log1p(bytes), kSizesVary / (1 + std::min(usual, events))};
    const double share = static_cast<double>(totals.failures) / std::max(events, 1.0);
    samples[ErrorShare] = {events >= kEventsMin, share, std::asin(std::sqrt(std::min(share, 1.0))), 1 / (4 * std::max(events, 1.0))};
    const auto fresh = static_cast<double>(totals.newEndpoints);
    samples[NewEndpoints] = {true, fresh, std::log1p(fresh), 0.25};
    double objects = 0;
    const double spread = spreadOf(totals, objects);
    samples[IdSpread] = {objects >= kEventsMin, spread, spread, 0.25 / std::max(objects, 1.0)};
    return samples;
}

Readings SubjectBaselines::read(std::int64_t windowStartUs, const WindowTotals& totals) const
{
    const Season season = seasonOf(windowStartUs);
    const auto samples = samplesOf(season, totals);
    Readings readings;
    for (std::size_t i = 0; i < kMetrics; ++i) {
        const SeasonalBaseline::Reading reading = m_metrics[i].read(season, samples[i].bent, samples[i].variance);
        const double usual = unbent(i, reading.expected);
        readings[i] = {samples[i].says && reading.ready, reading.z, samples[i].value, usual, isLarge(i, samples[i].value, usual)};
    }
    return readings;
}

void SubjectBaselines::learn(std::int64_t windowStartUs, const WindowTotals& totals)
{
    const Season season = seasonOf(windowStartUs);
    const auto samples = samplesOf(season, totals);
    for (std::size_t i = 0; i < kMetrics; ++i) {
        if (samples[i].says) {
            m_metrics[i].learn(season, samples[i].bent, samples[i].variance);
        }
    }
}

std::vector<AnomalyReason> reasonsOf(const Readings& readings, std::size_t count)
{
    std::vector<AnomalyReason> reasons;
    double sum = 0;
    for (std::size_t i = 0; i < kMetrics; ++i) {
        const MetricReading& reading = readings[i];
        if (reading.known && reading.z > 1) {
            reasons.push_back({std::string(metricName(i)), reading.value, reading.usual, reading.z});
            sum += reading.z;
        }
    }
    std::ranges::stable_sort(reasons, std::ranges::greater{}, &AnomalyReason::weight);
    reasons.resize(std::min(reasons.size(), count));
    for (AnomalyReason& reason : reasons) {
        reason.weight /= sum;
    }
    return reasons;
}

} // namespace carma::anomaly
