// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph/force_layout.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace carma::gui {

namespace {

constexpr double kCoverage = 0.2; // of the area by disks
constexpr double kGravity = 0.06;
constexpr double kRepulsion = kGravity / kCoverage; // the density at which both are in balance
constexpr double kPush = 0.5;
constexpr double kAttraction = 0.7;
constexpr double kTheta = 0.9;
constexpr double kCooling = 0.985;
constexpr double kWarm = 4; // radii, for what is added
constexpr double kHot = 40;
constexpr std::size_t kAskEvery = 2048;

/// Sebastiano Vigna's splitmix64, https://prng.di.unimi.it/splitmix64.c (public domain): one number of a seed.
std::uint64_t mix(std::uint64_t value)
{
    value += 0x9E3779B97F4A7C15ULL;
    value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    value = (value ^ (value >> 27U)) * 0x94D049BB133111EBULL;
    return value ^ (value >> 31U);
}

double fraction(std::uint64_t value) { return static_cast<double>(value >> 11U) / 9007199254740992.0; }

} // namespace

std::uint32_t ForceLayout::add(double radius)
{
    const double width = 2 * radius / std::sqrt(kCoverage);
    m_mass += radius * radius;
    const double distance = std::sqrt(m_mass / kCoverage);
    m_angle += width / std::max(distance, width);
    const std::uint64_t random = mix(m_seed * 0x100000001B3ULL + m_bodies.size());
    const double away = distance + (fraction(random) - 0.5) * width;
    const double angle = m_angle + (fraction(mix(random)) - 0.5) * width / std::max(distance, width);
    m_mass -= radius * radius;
    return addAt(radius, away * std::cos(angle), away * std::sin(angle));
}

std::uint32_t ForceLayout::addAt(double radius, double x, double y)
{
    m_bodies.push_back({x, y, radius, false});
    m_degrees.push_back(0);
    m_mass += radius * radius;
    m_temperature = std::max(m_temperature, kWarm);
    return static_cast<std::uint32_t>(m_bodies.size() - 1);
}

void ForceLayout::connect(const Spring& spring)
{
    if (spring.from == spring.to || spring.from >= m_bodies.size() || spring.to >= m_bodies.size()) {
        return;
    }
    m_springs.push_back(spring);
    ++m_degrees[spring.from];
    ++m_degrees[spring.to];
    m_temperature = std::max(m_temperature, kWarm);
}

void ForceLayout::pin(std::uint32_t body, double x, double y)
{
    Body& pinned = m_bodies[body];
    pinned.x = x;
    pinned.y = y;
    pinned.pinned = true;
    m_temperature = std::max(m_temperature, kWarm / 2);
}

void ForceLayout::unpin(std::uint32_t body)
{
    m_bodies[body].pinned = false;
    m_temperature = std::max(m_temperature, kWarm / 2);
}

void ForceLayout::resize(std::uint32_t body, double radius)
{
    m_mass += radius * radius - m_bodies[body].mass();
    m_bodies[body].radius = radius;
    m_temperature = std::max(m_temperature, kWarm / 2);
}

void ForceLayout::clear()
{
    m_bodies.clear();
    m_springs.clear();
    m_degrees.clear();
    m_mass = 0;
    m_angle = 0;
    m_temperature = 0;
}

void ForceLayout::warm(double temperature) { m_temperature = std::clamp(temperature, m_temperature, kHot); }

bool ForceLayout::step(const std::function<bool()>& isCancelled)
{
    m_tree.build(m_bodies);
    m_forces.assign(m_bodies.size(), {});
    for (std::size_t i = 0; i < m_bodies.size(); ++i) {
        if (i % kAskEvery == 0 && isCancelled && isCancelled()) {
            return false;
        }
        if (!m_bodies[i].pinned) {
            Vector2 push;
            const Vector2 field = m_tree.field(i, kTheta, kGap, push);
            m_forces[i] = {kRepulsion * field.x - kGravity * m_bodies[i].x + kPush * push.x,
                kRepulsion * field.y - kGravity * m_bodies[i].y + kPush * push.y};
        }
    }
    attract();
    move();
    return true;
}

void ForceLayout::attract()
{
    for (const Spring& spring : m_springs) {
        const Body& from = m_bodies[spring.from];
        const Body& to = m_bodies[spring.to];
        const double dx = to.x - from.x;
        const double dy = to.y - from.y;
        const double distance = std::hypot(dx, dy);
        const double stretch = distance - from.radius - to.radius - kGap;
        if (stretch <= 0) {
            continue;
        }
        const std::uint32_t degree = std::max(m_degrees[spring.from], m_degrees[spring.to]);
        const double pull = kAttraction * static_cast<double>(spring.weight) / degree * std::min(from.mass(), to.mass()) * stretch /
            distance;
        m_forces[spring.from].x += pull * dx / from.mass();
        m_forces[spring.from].y += pull * dy / from.mass();
        m_forces[spring.to].x -= pull * dx / to.mass();
        m_forces[spring.to].y -= pull * dy / to.mass();
    }
}

void ForceLayout::move()
{
    double longest = 0;
    for (std::size_t i = 0; i < m_bodies.size(); ++i) {
        Body& body = m_bodies[i];
        if (body.pinned) {
            continue;
        }
        const double length = std::hypot(m_forces[i].x, m_forces[i].y);
        const double factor = length > m_temperature ? m_temperature / length : 1;
        body.x += m_forces[i].x * factor;
        body.y += m_forces[i].y * factor;
        longest = std::max(longest, length * factor);
    }
    m_temperature = longest < kCold ? 0 : m_temperature * kCooling;
}

double ForceLayout::energy() const
{
    double sum = 0;
    for (std::size_t i = 0; i < m_bodies.size(); ++i) {
        const Body& one = m_bodies[i];
        sum += kGravity / 2 * one.mass() * (one.x * one.x + one.y * one.y);
        for (std::size_t j = i + 1; j < m_bodies.size(); ++j) {
            const Body& other = m_bodies[j];
            const double distance = std::max(std::hypot(one.x - other.x, one.y - other.y), 1e-3 * (one.radius + other.radius));
            const double depth = std::max(0.0, one.radius + other.radius + kGap - distance);
            sum -= kRepulsion * one.mass() * other.mass() * std::log(distance);
            sum += kPush / 2 * one.mass() * other.mass() / (one.mass() + other.mass()) * depth * depth;
        }
    }
    for (const Spring& spring : m_springs) {
        const Body& from = m_bodies[spring.from];
        const Body& to = m_bodies[spring.to];
        const double stretch = std::max(0.0, std::hypot(from.x - to.x, from.y - to.y) - from.radius - to.radius - kGap);
        const std::uint32_t degree = std::max(m_degrees[spring.from], m_degrees[spring.to]);
        sum += kAttraction / 2 * static_cast<double>(spring.weight) / degree * std::min(from.mass(), to.mass()) * stretch * stretch;
    }
    return sum;
}

double ForceLayout::overlap() const
{
    double sum = 0;
    for (std::size_t i = 0; i < m_bodies.size(); ++i) {
        for (std::size_t j = i + 1; j < m_bodies.size(); ++j) {
            const double distance = std::hypot(m_bodies[i].x - m_bodies[j].x, m_bodies[i].y - m_bodies[j].y);
            sum += std::max(0.0, m_bodies[i].radius + m_bodies[j].radius - distance);
        }
    }
    return sum;
}

} // namespace carma::gui
