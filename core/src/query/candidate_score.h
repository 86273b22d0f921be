// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "index/word_detail.h"
#include "query/fractal_score.h"

#include <span>
#include <vector>

namespace carma::query {

/// A passage with its score.
struct Ranked {
    float score = 0;
    index::Slot slot = 0;
};

/// What a search uses and leaves behind for the next one of its thread, so that it allocates nothing once it is warm. Nothing of a
/// namespace's content is in it but numbers.
struct SearchScratch {
    index::NearScratch near;
    std::vector<index::Near> nearest;
    std::vector<float> bm25;
    std::vector<float> parentBm25;
    std::vector<index::Slot> touched; ///< slots with the best words
    std::vector<std::uint32_t> places;
    std::vector<Ranked> ranked;
    std::vector<index::Slot> pending; ///< to be compared with the query
    std::vector<std::int32_t> pendingDots;
    std::vector<std::uint64_t> dots;       ///< for each slot the search that compared it, and the product
    std::vector<std::uint64_t> bestParts;  ///< the same of a passage's best part
    std::vector<std::uint64_t> parentDots; ///< the same by parent
    /// What the places of the query's words in a passage are worth.
    struct WordDetail {
        std::uint32_t search = 0; ///< that looked
        float part = 0;
        float pairs = 0;
        std::uint32_t pairSearch = 0; ///< that is known to find a pair in it
    };
    std::vector<WordDetail> details; ///< by slot
    std::vector<index::Slot> detailed;
    std::vector<index::Slot> withParts;
    std::vector<std::uint32_t> seen; ///< for each slot the search that has it in `ranked`
    std::uint32_t search = 0;        ///< number of this search; 0 is none
    std::vector<float> floats;
    index::FixedVector vector;
};
SearchScratch& searchScratch();

/// The fractal score of the passages that may be among the best: the best by their words, the nearest by codes or graph, and the
/// neighbours of those that come out best. All of them are scored roughly first, with cosines as the codes estimate them; then the best of
/// those by the whole formula. BM25's mean and deviation are those of all passages; the cosines' come from a fixed sample. Valid while the
/// indexes do not change and until the thread's next search.
/// REQUIRES: indexes.isPrepared()
class CandidateScore {
public:
    CandidateScore(const Indexes& indexes, const Weights& weights, const PreparedQuery& query, index::AllowedSlots allowed,
        std::size_t need, bool wantsAll, SearchScratch& scratch);

    /// In no order; each passage once.
    [[nodiscard]] std::vector<Ranked>& ranked() { return m_scratch.ranked; }
    /// How many passages were scored, if only roughly.
    [[nodiscard]] std::size_t candidates() const { return m_candidates; }
    /// REQUIRES: a slot of ranked()
    [[nodiscard]] std::vector<Term> explain(index::Slot slot) const;

private:
    void beginSearch();
    void scoreWords();
    void chooseByWords(std::size_t count, index::AllowedSlots allowed);
    void measureVectors();
    void addCandidate(index::Slot slot, index::AllowedSlots allowed);
    void addNeighboursOfBest(std::size_t seeds, index::AllowedSlots allowed);
    void scoreFrom(std::size_t first);
    void wantDots(index::Slot slot);
    void wantDot(index::Slot slot);
    void fetchDots();
    [[nodiscard]] float cosineOf(index::Slot slot) const;
    [[nodiscard]] float parentCosineOf(index::Slot slot) const;
    void keepBest(std::size_t count);
    void fetchBestParts();
    void fetchWordDetails(index::PairScorer& pairs);
    [[nodiscard]] float wordPartZ(index::Slot slot) const;
    [[nodiscard]] float pairsOf(index::Slot slot) const;
    [[nodiscard]] float ownWords(index::Slot slot) const;
    [[nodiscard]] bool isPartMissing(index::Slot slot) const;
    [[nodiscard]] float bestPartOf(index::Slot slot) const;
    [[nodiscard]] float bestPartZ(index::Slot slot) const;
    [[nodiscard]] float own(index::Slot slot) const;
    [[nodiscard]] float neighboursOf(index::Slot slot) const;
    [[nodiscard]] bool considers(index::Slot slot) const;
    [[nodiscard]] float score(index::Slot slot) const;

    const Indexes& m_indexes;
    const Weights m_weights;
    const PreparedQuery& m_query;
    SearchScratch& m_scratch;
    const bool m_hasLevels;
    const bool m_hasWords;
    const bool m_hasVector;
    std::span<const float> m_estimates; ///< by slot, less m_estimateBase; empty: there are none
    float m_estimateBase = 0;
    std::size_t m_candidates = 0;
    bool m_hasDetails = false; ///< parts and pairs of words were looked at
    Moments m_bm25;
    Moments m_partBm25;
    Moments m_pairBm25;
    Moments m_parentBm25;
    Moments m_cosine;
    Moments m_bestPart;
    Moments m_parentCosine;
};

} // namespace carma::query
