// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "index/lexical_index.h"

#include <cstdint>
#include <span>
#include <vector>

/// What takes the places of words to know: the best part of a passage, and words that stand side by side.
namespace carma::index {

/// The BM25 of the best part of passages, each part counted as a passage with the title. Asked by rising slots it walks along the
/// postings. Valid while the index does not change.
class PartScorer {
public:
    PartScorer(const LexicalIndex& index, std::span<const Postings> terms, const Bm25& parameters);
    /// REQUIRES: the passage has parts; `slot` is above that of the call before
    [[nodiscard]] float operator()(Slot slot);

private:
    struct Cursor {
        const Postings* term = nullptr;
        std::size_t at = 0;
        float idf = 0;
    };
    void addTerm(const Cursor& cursor, std::span<const PartBound> parts, std::uint32_t titleTerms);

    const LexicalIndex& m_index;
    const Bm25 m_parameters;
    std::vector<Cursor> m_cursors;
    std::vector<float> m_scores; ///< of the parts
    std::vector<std::uint32_t> m_counts;
};

/// How often a word of `second` stands `distance` behind one of `first`.
std::uint32_t countAdjacent(
    const Postings& first, const Posting& inFirst, const Postings& second, const Posting& inSecond, std::uint32_t distance = 1);

/// BM25 over the pairs of a query: each pair is a term of the passages in which it stands side by side. How many those are is known where
/// the rarer word has few postings, and estimated from some of them where it has many. Valid while the index does not change.
class PairScorer {
public:
    /// Looks at `most` postings of each pair at most.
    PairScorer(const LexicalIndex& index, const QueryWords& words, const Bm25& parameters, std::size_t most);

    [[nodiscard]] bool isEmpty() const { return m_cursors.empty(); }
    /// Passages with a pair that were looked at.
    [[nodiscard]] std::span<const Slot> seen() const { return m_seen; }
    /// Of the scores of all passages.
    [[nodiscard]] double sum() const { return m_sum; }
    [[nodiscard]] double squares() const { return m_squares; }
    /// REQUIRES: `slot` is above that of the call before
    [[nodiscard]] float operator()(Slot slot);

private:
    struct Cursor {
        const Postings* first = nullptr;
        const Postings* second = nullptr;
        std::size_t firstAt = 0;
        std::size_t secondAt = 0;
        float idf = 0;
    };
    struct Sample {
        Slot slot = 0;
        float value = 0;
        float weight = 0; ///< passages it stands for
    };
    void measure(const WordPair& pair, std::size_t most, std::vector<Sample>& samples);
    void addUp(std::vector<Sample>& samples);

    const LexicalIndex& m_index;
    const QueryWords& m_words;
    const Bm25 m_parameters;
    std::vector<Cursor> m_cursors; ///< of the pairs that stand somewhere
    std::vector<Slot> m_seen;
    double m_sum = 0;
    double m_squares = 0;
};

} // namespace carma::index
