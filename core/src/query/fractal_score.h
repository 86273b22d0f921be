// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "query/indexes.h"
#include "query/search_engine.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <span>
#include <vector>

namespace carma::query {

inline constexpr index::Bm25 kParentBm25{1.2F, 0.75F}; ///< parents differ more in length than passages do
inline constexpr float kDecay = 0.6F;                  ///< from one neighbour to the next

/// Mean and deviation of a score over a namespace's passages.
struct Moments {
    float mean = 0;
    float perDeviation = 0; ///< 1 / deviation; 0 where all values are equal, so that they say nothing

    [[nodiscard]] float z(float value) const { return (value - mean) * perDeviation; }
};

Moments momentsOfSpread(double mean, double variance);

/// Calls visit(neighbour, weight) for the passages beside one in its parent, with what their side and distance leave of them.
template <typename Visit> void eachNeighbour(const index::PassageTable& passages, const Weights& weights, index::Slot slot, Visit visit)
{
    const index::PassageTable::Neighbours& neighbours = passages.neighbours(slot);
    for (std::size_t i = 0; i < neighbours.slots.size() && neighbours.steps[i] != 0; ++i) {
        const int step = neighbours.steps[i];
        visit(neighbours.slots[i], (step < 0 ? weights.before : weights.after) * (std::abs(step) == 1 ? 1.0F : kDecay));
    }
}

/// What the score of a neighbour or parent counts before its weight: the power 1.25 with the score's sign.
inline float contextValue(float score)
{
    const float size = std::abs(score);
    return std::copysign(size * std::sqrt(std::sqrt(size)), score);
}

/// One query, ready to be compared.
struct PreparedQuery {
    std::vector<std::vector<index::Posting>> prefixes; ///< the postings behind `words` of what only begins like a word of the query
    index::QueryWords words;                           ///< empty in semantic mode
    index::FixedVector vector;                         ///< empty in lexical mode and for a query without a known token
};

/// The fractal score (see search_engine.h) of every passage for one query. A family of terms that the query does not
/// use is left out; so are parents and neighbours where no parent has two passages. Valid while the indexes do not
/// change.
class FractalScore {
public:
    /// `query` must outlive it.
    FractalScore(const Indexes& indexes, const Weights& weights, const PreparedQuery& query);

    /// Whether the query has anything to do with the passage: one of its words is there or in its parent, or both have
    /// vectors to compare.
    [[nodiscard]] bool considers(index::Slot slot) const;
    [[nodiscard]] float operator[](index::Slot slot) const { return m_scores[slot]; }
    /// The summands of one passage's score.
    [[nodiscard]] std::vector<Term> explain(index::Slot slot) const;

private:
    /// One kind of score at one level; empty if it is not used.
    struct Signal {
        std::vector<float> values; ///< a passage or a parent each
        std::vector<float> zs;     ///< the same as z; 0 where there is no vector
        float weight = 0;
        Moments moments;
    };
    template <typename WeightOf> static void standardise(Signal& signal, WeightOf weightOf);

    void scoreWords(const PreparedQuery& query);
    void scoreWordParts(const PreparedQuery& query);
    void scorePairs(const PreparedQuery& query);
    void scoreVectors(const PreparedQuery& query);
    void scoreParents(std::span<const std::int32_t> dots);
    void scoreParts(const PreparedQuery& query, std::span<std::int32_t> dots);
    void scoreNeighbours();
    void addUp();

    const Indexes& m_indexes;
    const Weights m_weights;
    const PreparedQuery& m_query;
    const bool m_hasLevels;
    Signal m_bm25;
    Signal m_partBm25;
    Signal m_pairBm25;
    Signal m_parentBm25;
    Signal m_cosine;
    Signal m_bestPart;
    Signal m_parentCosine;
    Signal m_neighbours;      ///< values only
    std::vector<float> m_own; ///< what passages give their neighbours
    std::vector<float> m_scores;
};

} // namespace carma::query
