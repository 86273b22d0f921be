// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "heal/word_order.h"

#include <algorithm>
#include <cmath>
#include <unordered_set>

namespace carma::heal {

namespace {

constexpr std::size_t kBeam = 48;
constexpr double kSmoothing = 0.4; // weight of a token's own frequency beside the pairs
constexpr double kFloor = 1e-6;    // share of a token that was never seen
constexpr double kMisplaced = -12; // a piece that continues no word

std::uint64_t pairOf(std::uint32_t first, std::uint32_t second) { return (std::uint64_t{first} << 32U) | second; }

/// One beginning of the text; the tokens are linked backwards through all that were ever kept.
struct Path {
    double score = 0;
    std::size_t before = 0; ///< in the list of steps
    std::vector<std::uint16_t> left;
};

struct Step {
    std::uint32_t token = TokenPairs::kEdge;
    std::size_t before = 0;
};

} // namespace

void TokenPairs::add(std::span<const std::uint32_t> tokens)
{
    std::uint32_t before = kEdge;
    for (const std::uint32_t token : tokens) {
        ++m_pairs[pairOf(before, token)];
        ++m_counts[before];
        before = token;
    }
    ++m_pairs[pairOf(before, kEdge)];
    ++m_counts[before];
    m_total += tokens.size() + 1;
    for (const std::uint32_t token : std::unordered_set<std::uint32_t>(tokens.begin(), tokens.end())) {
        ++m_texts[token];
    }
}

double TokenPairs::follows(std::uint32_t first, std::uint32_t second) const
{
    const auto countIn = [](const auto& map, auto key) {
        const auto found = map.find(key);
        return found == map.end() ? 0.0 : static_cast<double>(found->second);
    };
    const double alone = std::max(kFloor, countIn(m_counts, second) / static_cast<double>(std::max<std::uint64_t>(1, m_total)));
    return std::log((countIn(m_pairs, pairOf(first, second)) + kSmoothing * alone) / (countIn(m_counts, first) + kSmoothing));
}

std::uint32_t TokenPairs::textsWith(std::uint32_t token) const
{
    const auto found = m_texts.find(token);
    return found == m_texts.end() ? 0 : found->second;
}

std::vector<std::uint32_t> likeliestOrder(
    std::span<const TokenCount> bag, const TokenPairs& pairs, const std::function<bool(std::uint32_t)>& continues)
{
    std::size_t size = 0;
    Path start;
    for (const TokenCount& one : bag) {
        start.left.push_back(static_cast<std::uint16_t>(one.count));
        size += one.count;
    }
    std::vector<Step> steps(1);
    std::vector<Path> beam{start};
    struct Move {
        double score = 0;
        std::size_t path = 0, member = 0;
    };
    for (std::size_t length = 0; length < size; ++length) {
        std::vector<Move> moves;
        for (std::size_t p = 0; p < beam.size(); ++p) {
            const std::uint32_t last = steps[beam[p].before].token;
            for (std::size_t m = 0; m < bag.size(); ++m) {
                if (beam[p].left[m] != 0) {
                    const bool misplaced = last == TokenPairs::kEdge && continues(bag[m].token);
                    moves.push_back({beam[p].score + pairs.follows(last, bag[m].token) + (misplaced ? kMisplaced : 0), p, m});
                }
            }
        }
        const auto better = [](const Move& a, const Move& b) { return a.score > b.score; };
        const std::size_t kept = std::min(kBeam, moves.size());
        std::ranges::partial_sort(moves, moves.begin() + static_cast<std::ptrdiff_t>(kept), better);
        std::vector<Path> next;
        for (std::size_t i = 0; i < kept; ++i) {
            Path path = beam[moves[i].path];
            path.score = moves[i].score;
            --path.left[moves[i].member];
            steps.push_back({bag[moves[i].member].token, path.before});
            path.before = steps.size() - 1;
            next.push_back(std::move(path));
        }
        beam = std::move(next);
    }
    const auto ended = [&](const Path& path) { return path.score + pairs.follows(steps[path.before].token, TokenPairs::kEdge); };
    const auto best = std::ranges::max_element(beam, {}, ended);
    std::vector<std::uint32_t> order;
    for (std::size_t at = best->before; at != 0; at = steps[at].before) {
        order.push_back(steps[at].token);
    }
    std::ranges::reverse(order);
    return order;
}

} // namespace carma::heal
