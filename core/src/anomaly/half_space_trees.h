// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace carma::anomaly {

struct HalfSpaceOptions {
    std::size_t trees = 25;
    std::size_t depth = 12;     ///< at most 20; a tree has 2^(depth + 1) nodes of 16 bytes
    std::uint32_t window = 512; ///< points that a profile is made of; at most 65,535
    double smallest = 0.1;      ///< share of the window below which a node is not looked into further
    std::uint64_t start = 1;    ///< of the draws
};

/// Streaming half-space trees: S. C. Tan, K. M. Ting, T. F. Liu, "Fast Anomaly Detection for Streaming Data", IJCAI 2011. Trees halve a
/// random range of the unit cube again and again, before any point is seen. Points are counted in their nodes; the counts of the last
/// whole window are the profile that new points are scored by: a point is unusual where few have been.
///
/// Two things differ from the paper. Counts carry the number of their window instead of being copied at its end, so that no event pays for
/// all nodes. Masses are compared as logarithms, which keeps their order within a tree and lets no single tree decide alone.
///
/// Explanation by mass attribution: a cut that leaves a point with less than half of the mass above it speaks against the point, and the
/// logarithm of what is missing belongs to the feature that was cut.
///
/// Points are numbers that mostly lie in 0..1. Not thread-safe.
class HalfSpaceTrees {
public:
    /// REQUIRES: 0 < dimensions <= 65,535
    HalfSpaceTrees(std::size_t dimensions, const HalfSpaceOptions& options);

    /// 0 to 1; the rarer the region, the higher. 0.5 while the first window is not whole.
    [[nodiscard]] double score(std::span<const float> point) const;
    /// Counts the point.
    void learn(std::span<const float> point);
    /// Adds to out[i] what feature i contributed, in bits, as a mean over the trees.
    void explain(std::span<const float> point, std::span<double> out) const;
    [[nodiscard]] bool ready() const { return m_epoch > 0; }

private:
    struct Node {
        float cut = 0;
        std::uint32_t epoch = 0; ///< the window that `latest` counts
        std::uint16_t feature = 0;
        std::uint16_t before = 0, latest = 0;
    };

    void build(Node* tree, std::size_t dimensions, std::uint64_t start) const;
    [[nodiscard]] std::uint32_t mass(const Node& node) const;

    HalfSpaceOptions m_options;
    std::size_t m_nodesATree;
    std::vector<Node> m_nodes;
    std::uint32_t m_epoch = 0; ///< windows that are whole
    std::uint32_t m_counted = 0;
    std::uint32_t m_small;
};

} // namespace carma::anomaly
