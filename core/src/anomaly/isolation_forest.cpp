// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "anomaly/isolation_forest.h"

#include "base/split_mix.h"

#include <carma/assert.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace carma::anomaly {

double expectedPathLength(std::size_t points)
{
    constexpr double kEuler = 0.57721566490153286;
    if (points < 2) {
        return 0;
    }
    if (points == 2) {
        return 1;
    }
    const auto n = static_cast<double>(points);
    return 2.0 * (std::log(n - 1.0) + kEuler) - 2.0 * (n - 1.0) / n;
}

/// Grows one tree from the points that `m_rows` names.
class IsolationForest::Grower {
public:
    Grower(std::span<const float> points, std::size_t dimensions, std::vector<Node>& nodes, SplitMix& draws)
        : m_points(points), m_dimensions(dimensions), m_nodes(nodes), m_draws(draws)
    {
    }

    void growFrom(std::span<std::uint32_t> rows, std::size_t depthMax)
    {
        m_todo.clear();
        m_todo.push_back({rows, static_cast<std::uint32_t>(m_nodes.size()), 0});
        m_nodes.emplace_back();
        while (!m_todo.empty()) {
            const Part part = m_todo.back();
            m_todo.pop_back();
            grow(part, depthMax);
        }
    }

private:
    struct Part {
        std::span<std::uint32_t> rows;
        std::uint32_t node;
        std::size_t depth;
    };

    [[nodiscard]] float at(std::uint32_t row, std::size_t feature) const { return m_points[row * m_dimensions + feature]; }

    /// A feature that is not the same everywhere, and a place to cut it; false if all points are the same.
    bool chooseCut(std::span<const std::uint32_t> rows, Node& node)
    {
        m_varied.clear();
        for (std::size_t feature = 0; feature < m_dimensions; ++feature) {
            const float first = at(rows.front(), feature);
            if (std::ranges::any_of(rows, [&](std::uint32_t row) { return at(row, feature) != first; })) {
                m_varied.push_back(static_cast<std::uint32_t>(feature));
            }
        }
        if (m_varied.empty()) {
            return false;
        }
        node.feature = m_varied[m_draws.below(m_varied.size())];
        float low = at(rows.front(), node.feature);
        float high = low;
        for (const std::uint32_t row : rows) {
            low = std::min(low, at(row, node.feature));
            high = std::max(high, at(row, node.feature));
        }
        // In (low, high], so that both sides have points whatever is lost in rounding.
        const double place = high - (static_cast<double>(high) - low) * m_draws.unit();
        node.cut = std::clamp(static_cast<float>(place), std::nextafter(low, high), high);
        return true;
    }

    void grow(const Part& part, std::size_t depthMax)
    {
        Node node;
        node.length = static_cast<float>(static_cast<double>(part.depth) + expectedPathLength(part.rows.size()));
        if (part.rows.size() > 1 && part.depth < depthMax && chooseCut(part.rows, node)) {
            const auto middle = std::partition(
                part.rows.begin(), part.rows.end(), [&](std::uint32_t row) { return at(row, node.feature) < node.cut; });
            const auto below = static_cast<std::size_t>(middle - part.rows.begin());
            node.child = static_cast<std::uint32_t>(m_nodes.size());
            m_nodes.resize(m_nodes.size() + 2);
            m_todo.push_back({part.rows.first(below), node.child, part.depth + 1});
            m_todo.push_back({part.rows.subspan(below), node.child + 1, part.depth + 1});
        }
        m_nodes[part.node] = node;
    }

    std::span<const float> m_points;
    std::size_t m_dimensions;
    std::vector<Node>& m_nodes;
    SplitMix& m_draws;
    std::vector<Part> m_todo;
    std::vector<std::uint32_t> m_varied;
};

void IsolationForest::grow(std::span<const float> points, std::size_t dimensions, const ForestOptions& options)
{
    constexpr std::size_t kDimensionsMax = 65'535;
    CARMA_ASSERT(dimensions > 0 && dimensions <= kDimensionsMax && points.size() % dimensions == 0);
    m_nodes.clear();
    m_roots.clear();
    const std::size_t count = points.size() / dimensions;
    const std::size_t sample = std::min(options.sample, count);
    if (sample < 2) {
        return;
    }
    m_usual = expectedPathLength(sample);
    const auto depthMax = static_cast<std::size_t>(std::ceil(std::log2(static_cast<double>(sample))));
    m_nodes.reserve(options.trees * sample * 2);
    std::vector<std::uint32_t> rows(count);
    std::iota(rows.begin(), rows.end(), 0U);
    SplitMix draws(options.start);
    Grower grower(points, dimensions, m_nodes, draws);
    for (std::size_t tree = 0; tree < options.trees; ++tree) {
        for (std::size_t i = 0; i < sample; ++i) {
            std::swap(rows[i], rows[i + draws.below(count - i)]);
        }
        m_roots.push_back(static_cast<std::uint32_t>(m_nodes.size()));
        grower.growFrom(std::span(rows).first(sample), depthMax);
    }
}

double IsolationForest::score(std::span<const float> point) const
{
    if (m_roots.empty()) {
        return 0.5;
    }
    double length = 0;
    for (const std::uint32_t root : m_roots) {
        const Node* node = &m_nodes[root];
        while (node->child != 0) {
            node = &m_nodes[node->child + (point[node->feature] < node->cut ? 0U : 1U)];
        }
        length += node->length;
    }
    return std::exp2(-length / static_cast<double>(m_roots.size()) / m_usual);
}

void IsolationForest::explain(std::span<const float> point, std::span<double> out) const
{
    const double share = m_roots.empty() ? 0 : 1.0 / static_cast<double>(m_roots.size());
    for (const std::uint32_t root : m_roots) {
        const Node* node = &m_nodes[root];
        while (node->child != 0) {
            const Node* next = &m_nodes[node->child + (point[node->feature] < node->cut ? 0U : 1U)];
            out[node->feature] += share * (static_cast<double>(node->length) - next->length);
            node = next;
        }
    }
}

} // namespace carma::anomaly
