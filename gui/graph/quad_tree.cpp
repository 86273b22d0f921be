// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph/quad_tree.h"

#include <algorithm>
#include <cmath>

namespace carma::gui {

namespace {

constexpr unsigned kLevels = 16; // bits of each coordinate on the curve
constexpr std::size_t kLeafBodies = 8;

/// The 16 bits with a zero between each two.
std::uint32_t spread(std::uint32_t bits)
{
    bits = (bits | (bits << 8U)) & 0x00FF00FFU;
    bits = (bits | (bits << 4U)) & 0x0F0F0F0FU;
    bits = (bits | (bits << 2U)) & 0x33333333U;
    return (bits | (bits << 1U)) & 0x55555555U;
}

/// Two bodies at the same place part in a direction that only depends on which they are.
Vector2 directionOf(std::uint32_t one, std::uint32_t other)
{
    const double angle = 2.399963 * static_cast<double>(one < other ? one : other);
    const double sign = one < other ? 1 : -1;
    return {sign * std::cos(angle), sign * std::sin(angle)};
}

} // namespace

void QuadTree::build(std::span<const Body> bodies)
{
    m_cells.clear();
    m_bodies.clear();
    m_keys.clear();
    m_placeOf.assign(bodies.size(), 0);
    if (bodies.empty()) {
        return;
    }
    double left = bodies[0].x;
    double right = left;
    double top = bodies[0].y;
    double bottom = top;
    for (const Body& body : bodies) {
        left = std::min(left, body.x);
        right = std::max(right, body.x);
        top = std::min(top, body.y);
        bottom = std::max(bottom, body.y);
    }
    const double size = std::max({right - left, bottom - top, 1e-6});
    const double scale = ((1U << kLevels) - 1) / size;
    m_keys.reserve(bodies.size());
    for (std::size_t i = 0; i < bodies.size(); ++i) {
        const auto x = static_cast<std::uint32_t>((bodies[i].x - left) * scale);
        const auto y = static_cast<std::uint32_t>((bodies[i].y - top) * scale);
        m_keys.push_back((static_cast<std::uint64_t>(spread(x) | (spread(y) << 1U)) << 32U) | i);
    }
    std::ranges::sort(m_keys);
    m_bodies.reserve(bodies.size());
    for (const std::uint64_t key : m_keys) {
        const auto number = static_cast<std::uint32_t>(key);
        const Body& body = bodies[number];
        m_placeOf[number] = static_cast<std::uint32_t>(m_bodies.size());
        m_bodies.push_back({body.x, body.y, body.radius, body.mass(), number});
    }
    buildCell(0, m_bodies.size(), 0, size);
}

void QuadTree::buildCell(std::size_t from, std::size_t to, unsigned level, double size)
{
    const std::size_t index = m_cells.size();
    m_cells.push_back({});
    m_cells[index].size = size;
    if (to - from <= kLeafBodies || level == kLevels) {
        m_cells[index].first = static_cast<std::uint32_t>(from);
        m_cells[index].count = static_cast<std::uint32_t>(to - from);
    } else {
        const unsigned shift = 32 + 2 * (kLevels - 1 - level);
        std::size_t begin = from;
        while (begin < to) {
            const std::uint64_t quarter = m_keys[begin] >> shift;
            const auto end = std::upper_bound(m_keys.begin() + static_cast<std::ptrdiff_t>(begin),
                m_keys.begin() + static_cast<std::ptrdiff_t>(to), quarter,
                [shift](std::uint64_t wanted, std::uint64_t key) { return wanted < (key >> shift); });
            const auto next = static_cast<std::size_t>(end - m_keys.begin());
            buildCell(begin, next, level + 1, size / 2);
            begin = next;
        }
    }
    close(index, from, to);
}

void QuadTree::close(std::size_t cell, std::size_t from, std::size_t to)
{
    Cell& made = m_cells[cell];
    made.next = static_cast<std::uint32_t>(m_cells.size());
    for (std::size_t i = from; i < to; ++i) {
        const Placed& body = m_bodies[i];
        made.mass += body.mass;
        made.x += body.mass * body.x;
        made.y += body.mass * body.y;
        made.radiusMax = std::max(made.radiusMax, body.radius);
    }
    made.x /= made.mass;
    made.y /= made.mass;
    for (std::size_t i = from; i < to; ++i) {
        made.reach = std::max(made.reach, std::hypot(m_bodies[i].x - made.x, m_bodies[i].y - made.y));
    }
}

Vector2 QuadTree::field(std::size_t body, double theta, double gap, Vector2& push) const
{
    const Placed& self = m_bodies[m_placeOf[body]];
    const double thetaSquare = theta * theta;
    Vector2 sum;
    std::size_t at = 0;
    while (at < m_cells.size()) {
        const Cell& cell = m_cells[at];
        const double dx = self.x - cell.x;
        const double dy = self.y - cell.y;
        const double square = dx * dx + dy * dy;
        const double touch = cell.reach + cell.radiusMax + self.radius + gap;
        if (cell.size * cell.size < thetaSquare * square && square > touch * touch) {
            sum.x += cell.mass * dx / square;
            sum.y += cell.mass * dy / square;
            at = cell.next;
            continue;
        }
        for (std::size_t i = cell.first; i < cell.first + cell.count; ++i) {
            const Placed& other = m_bodies[i];
            if (other.body == self.body) {
                continue;
            }
            Vector2 away{self.x - other.x, self.y - other.y};
            double distance = std::hypot(away.x, away.y);
            const double least = 1e-3 * (self.radius + other.radius);
            if (distance < least) {
                away = directionOf(self.body, other.body);
                away = {away.x * least, away.y * least};
                distance = least;
            }
            const double inverse = other.mass / (distance * distance);
            sum.x += away.x * inverse;
            sum.y += away.y * inverse;
            const double depth = self.radius + other.radius + gap - distance;
            if (depth > 0) {
                const double share = depth / distance * other.mass / (self.mass + other.mass);
                push.x += away.x * share;
                push.y += away.y * share;
            }
        }
        ++at;
    }
    return sum;
}

} // namespace carma::gui
