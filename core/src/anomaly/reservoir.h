// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/split_mix.h"

#include <algorithm>
#include <span>
#include <vector>

namespace carma::anomaly {

/// A sample of a stream of points: J. S. Vitter, "Random Sampling with a Reservoir", TOMS 11, 1985 (algorithm R) for the first
/// `kMemory` times its size, and from then on with the odds of that moment, so that what is old fades (C. C. Aggarwal, "On Biased Reservoir
/// Sampling in the Presence of Stream Evolution", VLDB 2006). Never holds more than `capacity` points.
class Reservoir {
public:
    Reservoir(std::size_t dimensions, std::size_t capacity, std::uint64_t start)
        : m_dimensions(dimensions), m_capacity(capacity), m_draws(start)
    {
    }

    /// REQUIRES: as many numbers as dimensions
    void offer(std::span<const float> point)
    {
        ++m_offered;
        if (size() < m_capacity) {
            m_points.insert(m_points.end(), point.begin(), point.end());
            return;
        }
        const std::uint64_t place = m_draws.below(std::min<std::uint64_t>(m_offered, kMemory * m_capacity));
        if (place < m_capacity) {
            std::ranges::copy(point, m_points.begin() + static_cast<std::ptrdiff_t>(place * m_dimensions));
        }
    }
    [[nodiscard]] std::span<const float> points() const { return m_points; }
    [[nodiscard]] std::size_t size() const { return m_points.size() / m_dimensions; }

private:
    static constexpr std::uint64_t kMemory = 16;

    std::size_t m_dimensions, m_capacity;
    SplitMix m_draws;
    std::vector<float> m_points; ///< rows
    std::uint64_t m_offered = 0;
};

} // namespace carma::anomaly
