// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace carma::gui {

/// A disk of the layout. World units; one passage takes about three square units.
struct Body {
    double x = 0, y = 0;
    double radius = 1; ///< above 0
    bool pinned = false;
    [[nodiscard]] double mass() const { return radius * radius; }
};

struct Vector2 {
    double x = 0, y = 0;
};

/// The quadtree of J. Barnes and P. Hut, "A hierarchical O(N log N) force-calculation algorithm", Nature 324 (1986): what is far away
/// acts as one body at its centre of mass. Bodies are sorted along a Z-order curve, so that each cell is a range of them and the tree is a
/// list in depth-first order in which a cell knows what follows it. Not synchronised; const functions may run beside each other.
class QuadTree {
public:
    void build(std::span<const Body> bodies);

    /// The sum over all other bodies of mass * (place - other) / distance^2, which is the field of a two-dimensional charge; cells that
    /// are seen under less than `theta` (size / distance; 0: none) count as one body. Bodies whose disks with `gap` around them overlap
    /// that of `body` are never lumped together: to `push` is added how far it must go to part from each, the heavier of two going less.
    /// REQUIRES: body < the number of bodies of build()
    [[nodiscard]] Vector2 field(std::size_t body, double theta, double gap, Vector2& push) const;
    [[nodiscard]] std::size_t cells() const { return m_cells.size(); }

private:
    struct Cell {
        double x = 0, y = 0; ///< centre of mass
        double mass = 0;
        double size = 0;                    ///< edge
        double radiusMax = 0;               ///< of its bodies
        double reach = 0;                   ///< how far a body can be from the centre of mass
        std::uint32_t next = 0;             ///< the cell behind this one and all within it
        std::uint32_t first = 0, count = 0; ///< bodies, of a leaf
    };
    struct Placed {
        double x = 0, y = 0, radius = 0, mass = 0;
        std::uint32_t body = 0;
    };
    void buildCell(std::size_t from, std::size_t to, unsigned level, double size);
    void close(std::size_t cell, std::size_t from, std::size_t to);

    std::vector<std::uint64_t> m_keys; ///< place on the curve above the number of the body
    std::vector<Placed> m_bodies;      ///< in the order of the curve
    std::vector<std::uint32_t> m_placeOf;
    std::vector<Cell> m_cells;
};

} // namespace carma::gui
