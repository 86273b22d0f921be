// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "graph/quad_tree.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace carma::gui {

/// Draws two bodies together. `weight` is 0..1.
struct Spring {
    std::uint32_t from = 0, to = 0;
    float weight = 1;
};

/// A drawing of disks by forces, after T. Fruchterman and E. Reingold, "Graph Drawing by Force-directed Placement", Software: Practice and
/// Experience 21 (1991): no step is longer than a temperature that falls. Repulsion is that of charges in the plane, as large as the disk's
/// area, and a force that grows with the distance draws all to the middle. Together they cover every part of the picture evenly, whatever
/// the sizes. Overlapping disks push each other apart, springs draw neighbours together until they nearly touch.
/// All forces have a potential (energy()), and bodies move by force / mass, so that steps go downhill.
/// The same seed and the same calls give the same places, on the same machine. Not synchronised.
class ForceLayout {
public:
    explicit ForceLayout(std::uint64_t seed = 1) : m_seed(seed) {}

    /// Adds a body of `radius` > 0 outside of those that are there, beside the one added before it. Returns its number.
    std::uint32_t add(double radius);
    /// Where it was before, of another layout.
    std::uint32_t addAt(double radius, double x, double y);
    /// REQUIRES: its ends are there. One that leads nowhere is ignored.
    void connect(const Spring& spring);
    void pin(std::uint32_t body, double x, double y);
    void unpin(std::uint32_t body);
    void resize(std::uint32_t body, double radius);
    void clear();

    /// One step. False if it was given up because `isCancelled` (asked every few thousand bodies) said so: nothing has moved then.
    bool step(const std::function<bool()>& isCancelled = {});
    /// Nothing moves visibly any more, until something is added or pinned.
    [[nodiscard]] bool isSettled() const { return m_temperature < kCold || m_bodies.empty(); }
    /// Makes room for large moves again.
    void warm(double temperature);
    void freeze() { m_temperature = 0; }

    [[nodiscard]] std::span<const Body> bodies() const { return m_bodies; }
    [[nodiscard]] std::size_t springs() const { return m_springs.size(); }
    /// The potential of all forces. Takes time with the square of the number of bodies: for tests.
    [[nodiscard]] double energy() const;
    /// The sum of the depths of all overlaps; as slow.
    [[nodiscard]] double overlap() const;

    static constexpr double kGap = 0.5; ///< kept between disks

private:
    static constexpr double kCold = 0.02;

    void attract();
    void move();

    const std::uint64_t m_seed;
    std::vector<Body> m_bodies;
    std::vector<Spring> m_springs;
    std::vector<std::uint32_t> m_degrees;
    std::vector<Vector2> m_forces; ///< for each unit of mass
    QuadTree m_tree;
    double m_temperature = 0;
    double m_mass = 0;  ///< of all
    double m_angle = 0; ///< of the last body added
};

} // namespace carma::gui
