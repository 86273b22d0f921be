// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "embed/token_table.h"
#include "heal/reconstruct.h"
#include "query/search_engine.h"

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

/// The postings of a lost passage as evidence of its words. An index knows stems and places and can be asked for words, so those that the
/// namespace's other texts have, and those of the model, are asked for.
namespace carma::store {

class WordEvidence {
public:
    explicit WordEvidence(const embed::TokenTable& table);
    /// A text that is still there.
    void learn(std::string_view text);
    /// Tokens of words that an index does not keep, and of marks.
    [[nodiscard]] const std::vector<std::uint32_t>& untold() const { return m_untold; }
    /// For each part (the whole if there are none) its words with their places; empty if the index has none of them.
    [[nodiscard]] std::vector<std::vector<heal::FoundWord>> wordsOf(
        const query::SearchEngine& engine, const FragmentId& id, std::string_view title);

private:
    void add(std::string_view word);

    std::unordered_set<std::string> m_known;
    std::string m_vocabulary; ///< of m_known, with spaces between
    std::vector<std::uint32_t> m_untold;
};

} // namespace carma::store
