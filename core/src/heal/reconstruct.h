// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "embed/token_table.h"
#include "heal/inversion.h"
#include "heal/word_order.h"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace carma::heal {

/// Words of one stem in a text, as the postings of an index tell them.
struct FoundWord {
    std::vector<std::string> forms;    ///< lower-case: one of them stands at each place
    std::vector<std::uint32_t> places; ///< words before it, of all kinds
};

/// What is left of a text whose bytes are gone; vectors have length 1.
struct Remains {
    std::vector<float> whole;
    std::vector<std::vector<float>> parts; ///< in the order of the text; they say more than the whole
    float step = 0;                        ///< the vectors' numbers are whole multiples of it
    std::string title;                     ///< each vector is that of "title. text" if there is one
    std::vector<std::vector<FoundWord>>
        words{}; ///< for each part (or the whole if there are none), places from its first word on; or empty
};

struct Guess {
    std::string text;               ///< words and marks in lower case
    std::vector<std::string> words; ///< in the order of the text
    bool fits = false;              ///< they explain all vectors to the precision they were kept with
    float error = 2;                ///< the greatest distance between a vector and that of its words
    float told = 0;                 ///< share of its words that postings tell for sure
};

/// Guesses texts out of their vectors, with the language of the texts that are still there. Not thread-safe.
class Reconstructor {
public:
    Reconstructor(const embed::TokenTable& table, std::size_t dimension) : m_table(table), m_dimension(dimension) {}
    /// A text of the same namespace. REQUIRES: no guess was asked for yet
    void learn(std::string_view text);
    /// Tokens that postings say nothing of: marks and stop words.
    void setUntold(std::vector<std::uint32_t> tokens) { m_untold = std::move(tokens); }
    /// Nothing if there is no vector.
    [[nodiscard]] std::optional<Guess> guess(const Remains& remains);
    [[nodiscard]] std::size_t learned() const { return m_learned; }

private:
    [[nodiscard]] TokenRows rowsOf(std::span<const std::uint32_t> tokens) const;
    [[nodiscard]] Inversion withAllTokens(Inversion near, std::span<const float> vector, float noise, std::span<const float> known);
    [[nodiscard]] Inverter& nearInverter();
    [[nodiscard]] std::vector<float> sumOf(const std::string& text) const;
    [[nodiscard]] std::vector<std::uint32_t> inOrder(std::span<const TokenCount> bag) const;
    /// `all` is the whole text, inverted without its beginning being known. False, and nothing appended, if the title is not its beginning.
    bool appendBehindTitle(Guess& guess, std::span<const float> vector, float noise, const std::string& title, const Inversion& all);
    void append(Guess& guess, std::span<const std::uint32_t> tokens) const;
    void appendFound(Guess& guess, std::span<const float> vector, float noise, const Remains& remains, std::span<const FoundWord> words);
    [[nodiscard]] std::vector<PlacedWord> choose(std::span<const FoundWord> words, std::vector<TokenCount>& bag, std::size_t& sure) const;
    [[nodiscard]] TokenKind kindOf(std::uint32_t token) const;

    const embed::TokenTable& m_table;
    const std::size_t m_dimension;
    TokenPairs m_pairs;
    std::size_t m_learned = 0;
    std::vector<std::uint32_t> m_untold;
    std::size_t m_told = 0;            ///< words of the guess that is being made
    std::unique_ptr<Inverter> m_near;  ///< over the tokens of the texts that are there; made when needed
    std::unique_ptr<Inverter> m_whole; ///< over all tokens: for what a text alone has
};

} // namespace carma::heal
