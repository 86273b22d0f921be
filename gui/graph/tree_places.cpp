// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph/tree_places.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace carma::gui {

namespace {

constexpr double kGolden = 0.6180339887498949; // the fraction of the golden ratio
constexpr double kInner = 0.36;                // share of the radius that is left to the levels above the passages
constexpr double kOuter = 0.88;
constexpr float kPassageRadius = 0.42F;
constexpr float kSectionRadius = 0.3F;

struct Span {
    double first = 0, last = 0; ///< numbers of the passages within
    bool any = false;
};

void widen(Span& span, double number)
{
    span.first = span.any ? std::min(span.first, number) : number;
    span.last = span.any ? std::max(span.last, number) : number;
    span.any = true;
}

PartPlace at(double turn, double distance, float radius)
{
    const double angle = 2 * std::numbers::pi * turn - std::numbers::pi / 2;
    return {static_cast<float>(distance * std::cos(angle)), static_cast<float>(distance * std::sin(angle)), radius};
}

} // namespace

std::vector<PartPlace> partPlaces(const DocumentTree& tree, float radius)
{
    const std::size_t size = tree.nodes.size();
    std::vector<PartPlace> places(size);
    std::vector<Span> spans(size);
    std::vector<unsigned> depths(size, 0);
    double passages = 0;
    unsigned deepest = 1;
    for (std::size_t i = 0; i < size; ++i) {
        const std::uint32_t parent = tree.nodes[i].parent;
        depths[i] = parent < i ? depths[parent] + 1 : 0;
        if (tree.nodes[i].level == TreeLevel::Section) {
            deepest = std::max(deepest, depths[i]);
        } else if (tree.nodes[i].level == TreeLevel::Passage) {
            for (std::size_t above = i;; above = tree.nodes[above].parent) {
                widen(spans[above], passages);
                if (tree.nodes[above].parent >= above) {
                    break;
                }
            }
            passages += 1;
        }
    }
    const double whole = static_cast<double>(radius);
    for (std::size_t i = 0; i < size; ++i) {
        const double turn = spans[i].any ? ((spans[i].first + spans[i].last) / 2 + 0.5) / std::max(passages, 1.0) : 0;
        if (tree.nodes[i].level == TreeLevel::Passage) {
            const double share = std::fmod((spans[i].first + 1) * kGolden, 1.0);
            const double distance = std::sqrt(kInner * kInner + share * (kOuter * kOuter - kInner * kInner));
            places[i] = at(turn, (passages < 2 ? 0.55 : distance) * whole, kPassageRadius);
        } else if (tree.nodes[i].level == TreeLevel::Section) {
            places[i] = at(turn, kInner * 0.75 * whole * depths[i] / deepest, kSectionRadius);
        }
    }
    return places;
}

} // namespace carma::gui
