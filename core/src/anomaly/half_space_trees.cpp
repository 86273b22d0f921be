// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "anomaly/half_space_trees.h"

#include "base/split_mix.h"

#include <carma/assert.h>

#include <algorithm>
#include <cmath>

namespace carma::anomaly {

namespace {

constexpr std::size_t kDepthMax = 20;
constexpr std::uint32_t kWindowMax = 65'535;
constexpr double kNone = 0.5; // counts as this many points, so that an empty node has a logarithm

} // namespace

HalfSpaceTrees::HalfSpaceTrees(std::size_t dimensions, const HalfSpaceOptions& options)
    : m_options(options), m_nodesATree((std::size_t{2} << options.depth) - 1),
      m_small(static_cast<std::uint32_t>(options.smallest * options.window))
{
    CARMA_ASSERT(dimensions > 0 && dimensions <= kWindowMax && options.depth <= kDepthMax && options.window <= kWindowMax);
    m_nodes.resize(m_nodesATree * options.trees);
    SplitMix draws(options.start);
    for (std::size_t tree = 0; tree < options.trees; ++tree) {
        build(&m_nodes[tree * m_nodesATree], dimensions, draws.next());
    }
}

/// Nodes stand as in a heap: the children of i are 2i + 1 and 2i + 2. Each is cut in the middle of its range of a random feature.
void HalfSpaceTrees::build(Node* tree, std::size_t dimensions, std::uint64_t start) const
{
    SplitMix draws(start);
    struct Range {
        float low, high;
    };
    std::vector<Range> ranges(dimensions);
    for (Range& range : ranges) {
        const double centre = draws.unit();
        const double reach = 2.0 * std::max(centre, 1.0 - centre);
        range = {static_cast<float>(centre - reach), static_cast<float>(centre + reach)};
    }
    struct Visit {
        std::size_t node, level;
        std::size_t feature;
        Range restore;
        bool leaving;
    };
    std::vector<Visit> todo{{0, 0, 0, {}, false}};
    while (!todo.empty()) {
        const Visit visit = todo.back();
        todo.pop_back();
        if (visit.leaving) {
            ranges[visit.feature] = visit.restore;
            continue;
        }
        if (visit.level > 0) { // take the half that this node is
            const Node& parent = tree[(visit.node - 1) / 2];
            Range& range = ranges[parent.feature];
            todo.push_back({0, 0, parent.feature, range, true});
            (visit.node % 2 == 1 ? range.high : range.low) = parent.cut;
        }
        if (visit.level < m_options.depth) {
            Node& node = tree[visit.node];
            node.feature = static_cast<std::uint16_t>(draws.below(dimensions));
            node.cut = (ranges[node.feature].low + ranges[node.feature].high) / 2;
            todo.push_back({2 * visit.node + 2, visit.level + 1, 0, {}, false});
            todo.push_back({2 * visit.node + 1, visit.level + 1, 0, {}, false});
        }
    }
}

/// How many points of the last whole window were in the node.
std::uint32_t HalfSpaceTrees::mass(const Node& node) const
{
    return node.epoch == m_epoch ? node.before : node.epoch + 1 == m_epoch ? node.latest : 0;
}

double HalfSpaceTrees::score(std::span<const float> point) const
{
    if (!ready()) {
        return 0.5;
    }
    double sum = 0;
    for (std::size_t tree = 0; tree < m_options.trees; ++tree) {
        const Node* nodes = &m_nodes[tree * m_nodesATree];
        std::size_t at = 0;
        std::size_t level = 0;
        std::uint32_t here = mass(nodes[0]);
        for (; level < m_options.depth && here > m_small; ++level) {
            at = 2 * at + (point[nodes[at].feature] < nodes[at].cut ? 1U : 2U);
            here = mass(nodes[at]);
        }
        sum += std::log2(here + kNone) + static_cast<double>(level);
    }
    const double best = std::log2(m_options.window + kNone) + static_cast<double>(m_options.depth);
    return std::clamp(1.0 - (sum / static_cast<double>(m_options.trees) + 1.0) / (best + 1.0), 0.0, 1.0);
}

void HalfSpaceTrees::learn(std::span<const float> point)
{
    for (std::size_t tree = 0; tree < m_options.trees; ++tree) {
        Node* nodes = &m_nodes[tree * m_nodesATree];
        std::size_t at = 0;
        for (std::size_t level = 0; level <= m_options.depth; ++level) {
            Node& node = nodes[at];
            if (node.epoch != m_epoch) {
                node.before = node.epoch + 1 == m_epoch ? node.latest : std::uint16_t{0};
                node.latest = 0;
                node.epoch = m_epoch;
            }
            ++node.latest;
            at = 2 * at + (point[node.feature] < node.cut ? 1U : 2U);
        }
    }
    if (++m_counted == m_options.window) {
        m_counted = 0;
        ++m_epoch;
    }
}

void HalfSpaceTrees::explain(std::span<const float> point, std::span<double> out) const
{
    if (!ready()) {
        return;
    }
    for (std::size_t tree = 0; tree < m_options.trees; ++tree) {
        const Node* nodes = &m_nodes[tree * m_nodesATree];
        std::size_t at = 0;
        std::uint32_t here = mass(nodes[0]);
        for (std::size_t level = 0; level < m_options.depth && here > m_small; ++level) {
            const Node& node = nodes[at];
            at = 2 * at + (point[node.feature] < node.cut ? 1U : 2U);
            const std::uint32_t below = mass(nodes[at]);
            out[node.feature] += (std::log2(here / 2.0 + kNone) - std::log2(below + kNone)) / static_cast<double>(m_options.trees);
            here = below;
        }
    }
}

} // namespace carma::anomaly
