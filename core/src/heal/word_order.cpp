// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "heal/word_order.h"

#include <algorithm>
#include <cmath>
#include <limits>
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

namespace {

/// One beginning of a text with placed words.
struct PlacedPath {
    double score = 0;
    std::size_t before = 0;          ///< in the list of steps
    std::uint32_t place = 0;         ///< of the next word
    std::size_t next = 0;            ///< placed word that comes next
    std::size_t inside = 0;          ///< tokens of it that are written
    std::size_t freeWords = 0;       ///< left, that have no place
    std::vector<std::uint16_t> left; ///< of those that have no place
};

/// Beam search over texts one token at a time.
class PlacedSearch {
public:
    PlacedSearch(std::span<const TokenCount> bag, std::span<const PlacedWord> placed, const TokenPairs& pairs,
        const std::function<TokenKind(std::uint32_t)>& kindOf)
        : m_bag(bag), m_placed(placed), m_pairs(pairs), m_kindOf(kindOf)
    {
        PlacedPath start;
        for (const TokenCount& one : bag) {
            start.left.push_back(static_cast<std::uint16_t>(one.count));
            m_kinds.push_back(kindOf(one.token));
            m_size += m_kinds.back() == TokenKind::Mark ? 0 : one.count;
        }
        for (const PlacedWord& word : placed) {
            for (const std::uint32_t token : word.tokens) {
                const auto at = std::ranges::find(bag, token, &TokenCount::token);
                if (at != bag.end() && start.left[static_cast<std::size_t>(at - bag.begin())] > 0) {
                    --start.left[static_cast<std::size_t>(at - bag.begin())];
                }
            }
        }
        for (std::size_t i = 0; i < bag.size(); ++i) {
            start.freeWords += m_kinds[i] == TokenKind::Word ? start.left[i] : 0;
        }
        m_beam.push_back(std::move(start));
    }

    std::vector<std::uint32_t> search()
    {
        for (std::size_t length = 0; length < m_size; ++length) {
            m_moves.clear();
            for (std::size_t p = 0; p < m_beam.size(); ++p) {
                addMoves(p);
            }
            if (m_moves.empty()) {
                break;
            }
            const std::size_t kept = std::min(kBeam, m_moves.size());
            std::ranges::partial_sort(m_moves, m_moves.begin() + static_cast<std::ptrdiff_t>(kept),
                [](const Move& a, const Move& b) { return a.score > b.score; });
            std::vector<PlacedPath> next;
            for (std::size_t i = 0; i < kept; ++i) {
                next.push_back(after(m_moves[i]));
            }
            m_beam = std::move(next);
        }
        const auto ended = [&](const PlacedPath& path) { return path.score + m_pairs.follows(last(path), TokenPairs::kEdge); };
        std::vector<std::uint32_t> order;
        for (std::size_t at = std::ranges::max_element(m_beam, {}, ended)->before; at != 0; at = m_steps[at].before) {
            order.push_back(m_steps[at].token);
        }
        std::ranges::reverse(order);
        addMarks(order);
        return order;
    }

private:
    static constexpr std::size_t kFromPlaced = ~std::size_t{0};
    struct Move {
        double score = 0;
        std::size_t path = 0, member = 0; ///< kFromPlaced: the next token of the placed word
        std::uint32_t token = 0;
    };

    [[nodiscard]] std::uint32_t last(const PlacedPath& path) const { return m_steps[path.before].token; }
    /// Whether the next word of the text is a placed one: nothing else is left for the places before it, or there are none.
    [[nodiscard]] bool placedIsDue(const PlacedPath& path) const
    {
        return path.next < m_placed.size() && (m_placed[path.next].place <= path.place || path.freeWords == 0);
    }

    void addMoves(std::size_t p)
    {
        const PlacedPath& path = m_beam[p];
        const bool due = placedIsDue(path);
        const auto add = [&](std::size_t member, std::uint32_t token, double more) {
            m_moves.push_back({path.score + m_pairs.follows(last(path), token) + more, p, member, token});
        };
        if (due) {
            add(kFromPlaced, m_placed[path.next].tokens[path.inside], 0);
        }
        if (path.inside > 0) {
            return; // a word is written in one piece
        }
        for (std::size_t i = 0; i < m_bag.size(); ++i) {
            if (path.left[i] > 0 && m_kinds[i] != TokenKind::Mark && !(due && m_kinds[i] == TokenKind::Word)) {
                const bool misplaced = m_kinds[i] == TokenKind::Continuation && last(path) == TokenPairs::kEdge;
                add(i, m_bag[i].token, misplaced ? kMisplaced : 0);
            }
        }
    }

    /// Each mark goes where it is likeliest. A search over whole texts would put them all first, where they cost least for a while.
    void addMarks(std::vector<std::uint32_t>& order) const
    {
        for (std::size_t m = 0; m < m_bag.size(); ++m) {
            for (std::uint32_t count = 0; m_kinds[m] == TokenKind::Mark && count < m_bag[m].count; ++count) {
                double most = -std::numeric_limits<double>::infinity();
                std::size_t best = 0;
                for (std::size_t i = 0; i <= order.size(); ++i) {
                    const std::uint32_t before = i == 0 ? TokenPairs::kEdge : order[i - 1];
                    const std::uint32_t behind = i == order.size() ? TokenPairs::kEdge : order[i];
                    const double gain = m_pairs.follows(before, m_bag[m].token) + m_pairs.follows(m_bag[m].token, behind) -
                        m_pairs.follows(before, behind);
                    if (gain > most && !(behind != TokenPairs::kEdge && m_kindOf(behind) == TokenKind::Continuation)) {
                        most = gain;
                        best = i;
                    }
                }
                order.insert(order.begin() + static_cast<std::ptrdiff_t>(best), m_bag[m].token);
            }
        }
    }

    PlacedPath after(const Move& move)
    {
        PlacedPath path = m_beam[move.path];
        path.score = move.score;
        m_steps.push_back({move.token, path.before});
        path.before = m_steps.size() - 1;
        if (move.member != kFromPlaced) {
            --path.left[move.member];
            if (m_kinds[move.member] == TokenKind::Word) {
                --path.freeWords;
                ++path.place;
            }
        } else if (++path.inside == m_placed[path.next].tokens.size()) {
            path.inside = 0;
            path.place = std::max(path.place, m_placed[path.next].place) + 1;
            ++path.next;
        }
        return path;
    }

    const std::span<const TokenCount> m_bag;
    const std::span<const PlacedWord> m_placed;
    const TokenPairs& m_pairs;
    const std::function<TokenKind(std::uint32_t)>& m_kindOf;
    std::vector<TokenKind> m_kinds; ///< of the bag's tokens
    std::size_t m_size = 0;         ///< tokens but marks
    std::vector<Step> m_steps{1};
    std::vector<PlacedPath> m_beam;
    std::vector<Move> m_moves;
};

} // namespace

std::vector<std::uint32_t> likeliestOrder(std::span<const TokenCount> bag, std::span<const PlacedWord> placed, const TokenPairs& pairs,
    const std::function<TokenKind(std::uint32_t)>& kindOf)
{
    return PlacedSearch(bag, placed, pairs, kindOf).search();
}

} // namespace carma::heal
