// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "heal/inversion.h"

#include <cstdint>
#include <functional>
#include <span>
#include <unordered_map>
#include <vector>

namespace carma::heal {

/// Which token follows which in the texts that are still there. Not synchronised while texts are added.
class TokenPairs {
public:
    static constexpr std::uint32_t kEdge = 0xFFFFFFFFU; ///< before the first token and after the last

    void add(std::span<const std::uint32_t> tokens);
    /// Natural logarithm of the share of `second` among what follows `first`, smoothed by how often `second` comes at all.
    [[nodiscard]] double follows(std::uint32_t first, std::uint32_t second) const;
    /// In how many texts a token is.
    [[nodiscard]] std::uint32_t textsWith(std::uint32_t token) const;
    [[nodiscard]] const std::unordered_map<std::uint32_t, std::uint32_t>& texts() const { return m_texts; }

private:
    std::unordered_map<std::uint64_t, std::uint32_t> m_pairs;
    std::unordered_map<std::uint32_t, std::uint32_t> m_counts;
    std::unordered_map<std::uint32_t, std::uint32_t> m_texts;
    std::uint64_t m_total = 0;
};

/// The tokens of a bag in their likeliest order: a beam search over the pairs. `continues` says whether a token belongs to the word before
/// it; one that does never begins the text.
std::vector<std::uint32_t> likeliestOrder(
    std::span<const TokenCount> bag, const TokenPairs& pairs, const std::function<bool(std::uint32_t)>& continues);

/// A word whose place is known.
struct PlacedWord {
    std::uint32_t place = 0; ///< words before it, of all kinds
    std::vector<std::uint32_t> tokens;
};

enum class TokenKind : std::uint8_t { Word, Continuation, Mark };

/// The same where some words have known places: the others fill the places between, and marks stand anywhere. `placed` rises by place;
/// their tokens are in the bag.
std::vector<std::uint32_t> likeliestOrder(std::span<const TokenCount> bag, std::span<const PlacedWord> placed, const TokenPairs& pairs,
    const std::function<TokenKind(std::uint32_t)>& kindOf);

} // namespace carma::heal
