// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
#include <cstddef>

namespace carma::index {

/// Okapi BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009) with the inverse
/// document frequency ln(1 + (n - df + 0.5) / (df + 0.5)), which is never negative.
struct Bm25 {
    float k1 = 0.9F;
    float b = 0.4F;

    /// What `count` occurrences are worth in a text `relativeLength` times as long as the mean.
    [[nodiscard]] float saturate(float count, float relativeLength) const
    {
        return count * (k1 + 1.0F) / (count + k1 * (1.0F - b + b * relativeLength));
    }
};

inline float inverseFrequency(std::size_t all, std::size_t holding)
{
    const auto n = static_cast<double>(all);
    const auto df = static_cast<double>(holding);
    return static_cast<float>(std::log(1.0 + (n - df + 0.5) / (df + 0.5)));
}

} // namespace carma::index
