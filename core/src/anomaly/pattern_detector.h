// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "anomaly/half_space_trees.h"
#include "anomaly/isolation_forest.h"
#include "anomaly/reservoir.h"
#include "anomaly/robust_level.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace carma::anomaly {

struct PatternOptions {
    std::uint64_t start = 1;  ///< of all draws
    std::size_t warmUp = 256; ///< points that only teach
    std::size_t reservoir = 4096;
    std::size_t retrain = 4096; ///< points after which the forest is grown anew
    ForestOptions forest{};     ///< `start` is replaced
    HalfSpaceOptions halfSpace{.window = 256, .smallest = 0.02};
};

struct PatternScore {
    bool ready = false; ///< false while warming up: nothing else means anything then
    double forest = 0.5, halfSpace = 0.5;
    double forestZ = 0, halfSpaceZ = 0; ///< spreads above the median of the last scores
    bool suspect = false;               ///< both are kSuspectZ spreads up or more: hardly teaches
    bool unusual = false;               ///< suspect, and more than what the usual block of points has as its highest
    [[nodiscard]] double combined() const { return (forest + halfSpace) / 2; }
};

/// What a feature contributed to a score, in shares that sum to 1 over all features that spoke against the point.
struct Contribution {
    std::size_t feature = 0;
    double share = 0;
    double value = 0, usual = 0; ///< of the point; the median of the sample
};

/// Half-space trees for what is sudden and an isolation forest, grown anew from a reservoir, for what is rare, over one stream of points.
/// A point is scored before it teaches. A suspect one teaches only once in kTeachOneIn times, so that an attack does not become the rule by
/// lasting, but a change that stays does.
///
/// Usual traffic has rare points as well, in every block of points alike, whereas attacks come in bursts. So a point is unusual if its
/// combined score is above the median of the highest scores of the last blocks (block maxima: E. J. Gumbel, "Statistics of Extremes",
/// 1958). About one usual point in 1.4 blocks is.
///
/// Features with long tails are taken as logarithms; all are scaled by quantiles of the sample for the half-space trees. Both are decided
/// after the warm-up, and again when the forest is grown anew and the sample has moved far.
///
/// Deterministic: the same points and start give the same scores. Not thread-safe.
class PatternDetector {
public:
    static constexpr double kSuspectZ = 5;
    static constexpr std::size_t kBlock = 512;
    static constexpr std::uint64_t kTeachOneIn = 16;

    /// REQUIRES: 0 < dimensions <= 65,535
    PatternDetector(std::size_t dimensions, const PatternOptions& options);

    /// REQUIRES: as many finite numbers as dimensions
    PatternScore observe(std::span<const double> point);
    /// The features that speak most against the point, at most `count`, the first one the most: half by path-length attribution of the
    /// forest, half by mass attribution of the half-space trees. Empty while warming up.
    [[nodiscard]] std::vector<Contribution> explain(std::span<const double> point, std::size_t count);
    [[nodiscard]] std::size_t dimensions() const { return m_dimensions; }

private:
    struct Feature {
        bool logarithm = false;
        float low = 0, scale = 1; ///< what is taken to 0..1
        double median = 0;        ///< as it came
    };

    [[nodiscard]] std::vector<Feature> measure() const;
    void calibrate();
    void retrain();
    void transform(std::span<const double> point);

    std::size_t m_dimensions;
    PatternOptions m_options;
    SplitMix m_draws;
    Reservoir m_reservoir;
    std::vector<Feature> m_features;
    IsolationForest m_forest;
    std::optional<HalfSpaceTrees> m_trees;
    RobustLevel m_forestLevel, m_treesLevel, m_maxima;
    double m_highest = 0; ///< combined score of the block in hand
    std::uint64_t m_seen = 0, m_suspect = 0;
    std::vector<float> m_raw, m_bent, m_scaled; ///< the point in hand: as it came, with logarithms, in 0..1
};

} // namespace carma::anomaly
