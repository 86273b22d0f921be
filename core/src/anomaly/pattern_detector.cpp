// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "anomaly/pattern_detector.h"

#include <carma/assert.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace carma::anomaly {

namespace {

constexpr std::size_t kLevelSize = 512;
constexpr std::size_t kLevelEvery = 64;
constexpr std::size_t kBlocks = 32;  // that are remembered
constexpr double kSpreadMin = 0.005; // of scores, which lie in 0..1: less is no difference
constexpr double kLongTail = 20;     // range over the range of the middle half, from which on logarithms are taken
constexpr double kSkewed = 0.1;      // of a column, from which on logarithms are taken if they are less so
constexpr double kMoved = 0.5;       // share of the range by which a sample must have moved to be scaled anew

float bent(float value) { return std::copysign(std::log1p(std::abs(value)), value); }

/// Within what a float holds with room to reckon.
float bounded(double value)
{
    constexpr double kMax = 1e30;
    return static_cast<float>(std::clamp(value, -kMax, kMax));
}

/// How much farther the ninth decile is from the median than the first one, as a share of their distance: D. V. Hinkley, "On Power
/// Transformations to Symmetry", Biometrika 62, 1975.
double skewOf(float low, float middle, float high) { return high > low ? (high - middle - (middle - low)) / (high - low) : 0; }

bool isSkewed(std::span<float> column)
{
    constexpr double kDecile = 0.1;
    const float low = quantileOf(column, kDecile);
    const float middle = quantileOf(column, 0.5);
    const float high = quantileOf(column, 1 - kDecile);
    const double skew = skewOf(low, middle, high);
    return skew > kSkewed && std::abs(skewOf(bent(low), bent(middle), bent(high))) < skew;
}

} // namespace

PatternDetector::PatternDetector(std::size_t dimensions, const PatternOptions& options)
    : m_dimensions(dimensions), m_options(options), m_draws(options.start), m_reservoir(dimensions, options.reservoir, m_draws.next()),
      m_features(dimensions), m_forestLevel(kLevelSize, kLevelEvery), m_treesLevel(kLevelSize, kLevelEvery), m_maxima(kBlocks, 1),
      m_raw(dimensions), m_bent(dimensions), m_scaled(dimensions)
{
    CARMA_ASSERT(options.warmUp >= 2 && options.reservoir >= options.warmUp && options.retrain > 0);
}

/// How each feature of the sample is distributed. REQUIRES: the sample is not empty
std::vector<PatternDetector::Feature> PatternDetector::measure() const
{
    constexpr double kQuarter = 0.25;
    constexpr double kOutside = 0.01; // share at each end that the scale does not follow
    constexpr double kMargin = 0.25;  // of the range, on each side
    std::vector<Feature> features(m_dimensions);
    std::vector<float> column(m_reservoir.size());
    for (std::size_t i = 0; i < m_dimensions; ++i) {
        for (std::size_t row = 0; row < column.size(); ++row) {
            column[row] = m_reservoir.points()[row * m_dimensions + i];
        }
        Feature& feature = features[i];
        const double middle = quantileOf(column, 1 - kQuarter) - quantileOf(column, kQuarter);
        const auto [least, most] = std::ranges::minmax(column);
        feature.median = quantileOf(column, 2 * kQuarter);
        feature.logarithm = most - least > kLongTail * std::max(middle, 1.0) || isSkewed(column);
        if (feature.logarithm) {
            std::ranges::transform(column, column.begin(), bent);
        }
        float low = quantileOf(column, kOutside);
        float range = quantileOf(column, 1 - kOutside) - low;
        if (range <= 0) { // nearly constant: what differs must still fall somewhere else
            range = std::max(1.0F, std::abs(low));
        }
        feature.low = static_cast<float>(low - kMargin * range);
        feature.scale = static_cast<float>(1.0 / ((1 + 2 * kMargin) * range));
    }
    return features;
}

void PatternDetector::transform(std::span<const double> point)
{
    for (std::size_t i = 0; i < m_dimensions; ++i) {
        const Feature& feature = m_features[i];
        m_raw[i] = bounded(point[i]);
        m_bent[i] = feature.logarithm ? bent(m_raw[i]) : m_raw[i];
        m_scaled[i] = (m_bent[i] - feature.low) * feature.scale;
    }
}

/// Scales anew if the sample has moved, and then fills new half-space trees from it.
void PatternDetector::calibrate()
{
    std::vector<Feature> now = measure();
    const auto moved = [](const Feature& a, const Feature& b) {
        const double ratio = a.scale / b.scale;
        return a.logarithm != b.logarithm || ratio > 1 + kMoved || ratio < 1 / (1 + kMoved) || std::abs(a.low - b.low) * b.scale > kMoved;
    };
    const bool anew = !m_trees || !std::ranges::equal(now, m_features, [&](const auto& a, const auto& b) { return !moved(a, b); });
    if (!anew) {
        for (std::size_t i = 0; i < m_dimensions; ++i) {
            m_features[i].median = now[i].median;
        }
        return;
    }
    m_features = std::move(now);
    HalfSpaceOptions options = m_options.halfSpace;
    options.start = m_draws.next();
    options.window = static_cast<std::uint32_t>(std::min<std::size_t>(options.window, m_reservoir.size()));
    m_trees.emplace(m_dimensions, options);
    std::vector<double> point(m_dimensions);
    for (std::size_t row = m_reservoir.size() - options.window; row < m_reservoir.size(); ++row) {
        std::ranges::copy(m_reservoir.points().subspan(row * m_dimensions, m_dimensions), point.begin());
        transform(point);
        m_trees->learn(m_scaled);
    }
}

void PatternDetector::retrain()
{
    calibrate();
    std::vector<float> rows(m_reservoir.points().begin(), m_reservoir.points().end());
    for (std::size_t at = 0; at < rows.size(); ++at) {
        rows[at] = m_features[at % m_dimensions].logarithm ? bent(rows[at]) : rows[at];
    }
    ForestOptions options = m_options.forest;
    options.start = m_draws.next();
    m_forest.grow(rows, m_dimensions, options);
}

PatternScore PatternDetector::observe(std::span<const double> point)
{
    CARMA_ASSERT(point.size() == m_dimensions);
    PatternScore score;
    transform(point);
    const bool early = m_seen < m_options.warmUp;
    if (!early) {
        score.forest = m_forest.score(m_bent);
        score.halfSpace = m_trees->score(m_scaled);
        score.forestZ = m_forestLevel.usual().z(score.forest, kSpreadMin);
        score.halfSpaceZ = m_treesLevel.usual().z(score.halfSpace, kSpreadMin);
        score.ready = m_forestLevel.count() >= m_options.warmUp / 4;
    }
    score.suspect = score.ready && std::min(score.forestZ, score.halfSpaceZ) >= kSuspectZ;
    score.unusual = score.suspect && m_maxima.count() > 0 && score.combined() > m_maxima.usual().median;
    m_suspect += score.suspect ? 1 : 0;
    m_highest = std::max(m_highest, early ? 0 : score.combined());
    if (++m_seen % kBlock == 0) {
        m_maxima.add(std::exchange(m_highest, 0));
    }
    if (!score.suspect || m_suspect % kTeachOneIn == 0) {
        m_reservoir.offer(m_raw);
        if (!early) {
            m_trees->learn(m_scaled);
            m_forestLevel.add(score.forest);
            m_treesLevel.add(score.halfSpace);
        }
    }
    if (m_seen == m_options.warmUp || m_seen == 4 * m_options.warmUp || (!early && m_seen % m_options.retrain == 0)) {
        retrain();
    }
    return score;
}

std::vector<Contribution> PatternDetector::explain(std::span<const double> point, std::size_t count)
{
    CARMA_ASSERT(point.size() == m_dimensions);
    if (!m_trees) {
        return {};
    }
    transform(point);
    std::vector<Contribution> all(m_dimensions);
    for (std::size_t i = 0; i < m_dimensions; ++i) {
        all[i] = {i, 0, point[i], m_features[i].median};
    }
    std::vector<double> parts(m_dimensions);
    const auto add = [&] {
        double sum = 0;
        for (const double part : parts) {
            sum += std::max(part, 0.0);
        }
        for (std::size_t i = 0; i < m_dimensions; ++i) {
            all[i].share += sum > 0 ? std::max(parts[i], 0.0) / sum / 2 : 0;
            parts[i] = 0;
        }
    };
    m_forest.explain(m_bent, parts);
    add();
    m_trees->explain(m_scaled, parts);
    add();
    std::ranges::stable_sort(all, std::ranges::greater{}, &Contribution::share);
    while (all.size() > count || (!all.empty() && all.back().share <= 0)) {
        all.pop_back();
    }
    return all;
}

} // namespace carma::anomaly
