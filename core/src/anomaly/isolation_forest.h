// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace carma::anomaly {

struct ForestOptions {
    std::size_t trees = 100;
    std::size_t sample = 256; ///< points that a tree is grown from
    std::uint64_t start = 1;  ///< of the draws
};

/// Isolation forest: F. T. Liu, K. M. Ting, Z.-H. Zhou, "Isolation Forest", ICDM 2008. A tree cuts the space at random until points
/// stand alone; what stands alone after few cuts is unusual.
///
/// Explanation by path-length attribution: at a node of n points the path is expected to go on for c(n) steps, after the step to a child
/// of m points for c(m). The difference c(n) - c(m) - 1 is what this cut shortened the path by, and belongs to the feature that was cut.
/// Over a whole path the differences add up to c(sample) - length, so the contributions of all features sum to the score's exponent.
///
/// Points are rows of `dimensions` finite numbers, row-major and compact. Not thread-safe while growing.
class IsolationForest {
public:
    /// REQUIRES: points.size() is a multiple of dimensions, 0 < dimensions <= 65,535. Fewer than two points grow nothing.
    void grow(std::span<const float> points, std::size_t dimensions, const ForestOptions& options);
    [[nodiscard]] bool grown() const { return !m_roots.empty(); }
    /// 0 to 1, above 0.5 is unusual; 0.5 before anything has grown. REQUIRES: as many numbers as dimensions
    [[nodiscard]] double score(std::span<const float> point) const;
    /// Adds to out[i] what feature i contributed, in expected steps saved, as a mean over the trees. REQUIRES: one number a dimension
    void explain(std::span<const float> point, std::span<double> out) const;

private:
    struct Node {
        float cut = 0;
        float length = 0;          ///< depth plus c(points): the length of a path that ends here
        std::uint32_t child = 0;   ///< of the smaller side; the other one follows it. 0: a leaf
        std::uint32_t feature = 0; ///< that is cut
    };
    class Grower;

    std::vector<Node> m_nodes; ///< of all trees; children stand behind their parents
    std::vector<std::uint32_t> m_roots;
    double m_usual = 1; ///< c(sample)
};

/// c(n): the mean length of an unsuccessful search in a binary tree of n points.
double expectedPathLength(std::size_t points);

} // namespace carma::anomaly
