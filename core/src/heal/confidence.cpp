// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "heal/confidence.h"

#include <algorithm>
#include <array>

namespace carma::heal {

namespace {

/// As carma-calibrate printed it, fitted to guesses at text of Debian's documentation; see core/docs/hypotheses.md. Words that explain all
/// vectors are a case of their own.
constexpr float kShareThatFits = 0.9162F;
constexpr std::array<ConfidenceStep, 2> kCurve{{
    {0.11425F, 0.8022F},
    {0.30458F, 0.6548F},
}};

} // namespace

std::vector<ConfidenceStep> fitFalling(std::vector<ConfidenceStep> points)
{
    struct Pool {
        float lastError = 0;
        double sum = 0;
        double count = 0;
        [[nodiscard]] double mean() const { return sum / count; }
    };
    std::ranges::stable_sort(points, {}, &ConfidenceStep::error);
    std::vector<Pool> pools;
    for (const ConfidenceStep& point : points) {
        pools.push_back({point.error, point.share, 1});
        while (pools.size() > 1 && pools[pools.size() - 2].mean() <= pools.back().mean()) {
            const Pool last = pools.back();
            pools.pop_back();
            pools.back() = {last.lastError, pools.back().sum + last.sum, pools.back().count + last.count};
        }
    }
    std::vector<ConfidenceStep> curve;
    for (const Pool& pool : pools) {
        curve.push_back({pool.lastError, static_cast<float>(pool.mean())});
    }
    return curve;
}

float shareAt(std::span<const ConfidenceStep> curve, float error)
{
    const auto step = std::ranges::find_if(curve, [&](const ConfidenceStep& one) { return error <= one.error; });
    return curve.empty() ? 0 : step == curve.end() ? curve.back().share : step->share;
}

float confidenceOf(const Guess& guess)
{
    // What postings tell is right; the curve is about the rest.
    return guess.fits ? kShareThatFits : std::min(kShareThatFits, guess.told + (1 - guess.told) * shareAt(kCurve, guess.error));
}

} // namespace carma::heal
