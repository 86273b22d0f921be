// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/candidate_score.h"

#include "query/explain.h"

#include "index/dot_kernel.h"
#include "index/selection_kernel.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <optional>

namespace carma::query {

using index::Slot;

namespace {

constexpr std::size_t kByWords = 192;   // passages that hold words of the query, at least
constexpr std::size_t kByVector = 56;   // nearest passages, at least
constexpr std::size_t kPerHit = 4;      // of each for each hit that is asked for
constexpr std::size_t kExact = 32;      // that are scored by the whole formula, beyond the hits asked for
constexpr std::size_t kPairLooks = 256; // postings that tell how many passages hold a pair
constexpr std::size_t kSeeds = 8;       // of the best, beyond the hits asked for, whose neighbours are looked at

Moments momentsFrom(double sum, double squares, double weight)
{
    if (weight <= 0) {
        return {};
    }
    const double mean = sum / weight;
    return momentsOfSpread(mean, squares / weight - mean * mean);
}

/// Moves the `count` best to the front, with ties of the last of them behind. Returns where the rest begins, at least `count`.
std::vector<Ranked>::iterator divide(std::vector<Ranked>& ranked, std::size_t count, std::vector<float>& scores)
{
    if (ranked.size() <= count) {
        return ranked.end();
    }
    scores.resize(ranked.size());
    std::ranges::transform(ranked, scores.begin(), &Ranked::score);
    const float least = index::leastOfBest(scores, count - 1);
    return std::partition(ranked.begin(), ranked.end(), [least](const Ranked& one) { return one.score >= least; });
}

std::int32_t dotOf(std::uint64_t known) { return static_cast<std::int32_t>(known & 0xFFFFFFFFU); }

bool isAllowed(index::AllowedSlots allowed, Slot slot)
{
    return allowed.empty() || (slot / 64 < allowed.size() && (allowed[slot / 64] >> (slot % 64) & 1U) != 0);
}

} // namespace

SearchScratch& searchScratch()
{
    thread_local SearchScratch scratch;
    return scratch;
}

CandidateScore::CandidateScore(const Indexes& indexes, const Weights& weights, const PreparedQuery& query, index::AllowedSlots allowed,
    std::size_t need, bool wantsAll, SearchScratch& scratch)
    : m_indexes(indexes), m_weights(weights), m_query(query), m_scratch(scratch),
      m_hasLevels(indexes.passages().parents().size() < indexes.passages().size()), m_hasWords(!query.words.terms.empty()),
      m_hasVector(!query.vector.empty())
{
    beginSearch();
    if (m_hasWords) {
        scoreWords();
        chooseByWords(std::max(kByWords, need * kPerHit), allowed);
        for (const Slot slot : scratch.touched) {
            addCandidate(slot, allowed);
        }
    }
    if (m_hasVector) {
        measureVectors();
        indexes.vectors().nearest(query.vector, std::max(kByVector, need * kPerHit), allowed, scratch.near, scratch.nearest);
        m_estimates = indexes.vectors().estimates(scratch.near);
        m_estimateBase = scratch.near.signs.meanProduct;
        for (const index::Near& near : scratch.nearest) {
            scratch.dots[near.slot] = std::uint64_t{scratch.search} << 32U | static_cast<std::uint32_t>(near.dot);
            addCandidate(near.slot, allowed);
        }
    }
    scoreFrom(0);
    if (m_hasLevels) {
        addNeighboursOfBest(need + kSeeds, allowed);
    }
    std::erase_if(scratch.ranked, [&](const Ranked& candidate) { return !considers(candidate.slot); });
    m_candidates = scratch.ranked.size();
    keepBest(wantsAll ? scratch.ranked.size() : need + std::max(kExact, need));
}

/// Where the codes gave no estimates, scores are those of the whole formula but for parts and pairs at once.
void CandidateScore::scoreFrom(std::size_t first)
{
    const auto added = std::span(m_scratch.ranked).subspan(first);
    if (m_estimates.empty()) {
        for (const Ranked& candidate : added) {
            wantDots(candidate.slot);
        }
        fetchDots();
    }
    for (Ranked& candidate : added) {
        candidate.score = score(candidate.slot);
    }
}

void CandidateScore::addNeighboursOfBest(std::size_t seeds, index::AllowedSlots allowed)
{
    std::vector<Ranked>& ranked = m_scratch.ranked;
    const std::size_t before = ranked.size();
    const auto count = static_cast<std::size_t>(divide(ranked, seeds, m_scratch.floats) - ranked.begin());
    for (std::size_t i = 0; i < count; ++i) {
        eachNeighbour(m_indexes.passages(), m_weights, ranked[i].slot, [&](Slot other, float) { addCandidate(other, allowed); });
    }
    scoreFrom(before);
}

/// Only the `count` best of the rough scores, and what a rare pair may lift from far below, are kept and looked at closely.
void CandidateScore::keepBest(std::size_t count)
{
    std::vector<Ranked>& ranked = m_scratch.ranked;
    std::optional<index::PairScorer> pairs;
    if (m_hasWords && (m_indexes.lexical().partCount() > 0 || !m_query.words.pairs.empty())) {
        pairs.emplace(m_indexes.lexical(), m_query.words, kPassageBm25, kPairLooks);
    }
    if (ranked.size() > count) {
        if (pairs) {
            for (const Slot slot : pairs->seen()) {
                m_scratch.details[slot].pairSearch = m_scratch.search;
            }
        }
        const auto end = divide(ranked, count, m_scratch.floats);
        ranked.erase(std::remove_if(
                         end, ranked.end(), [&](const Ranked& one) { return m_scratch.details[one.slot].pairSearch != m_scratch.search; }),
            ranked.end());
    }
    for (const Ranked& candidate : ranked) {
        wantDots(candidate.slot);
    }
    fetchDots();
    if (m_hasVector && m_indexes.parts().parts() > 0) {
        fetchBestParts();
    }
    if (pairs) {
        fetchWordDetails(*pairs);
    }
    m_hasDetails = true;
    for (Ranked& candidate : ranked) {
        candidate.score = score(candidate.slot);
    }
}

void CandidateScore::fetchBestParts()
{
    const index::PartVectors& parts = m_indexes.parts();
    std::vector<Slot>& slots = m_scratch.withParts;
    slots.clear();
    for (const Ranked& candidate : m_scratch.ranked) {
        if (parts.has(candidate.slot)) {
            slots.push_back(candidate.slot);
        }
    }
    constexpr std::size_t kAhead = 2;
    for (std::size_t i = 0; i < slots.size(); ++i) {
        if (i + kAhead < slots.size()) {
            parts.prefetch(slots[i + kAhead]);
        }
        const std::int32_t dot = parts.best(m_query.vector, slots[i]);
        m_scratch.bestParts[slots[i]] = std::uint64_t{m_scratch.search} << 32U | static_cast<std::uint32_t>(dot);
    }
}

void CandidateScore::fetchWordDetails(index::PairScorer& pairs)
{
    const index::LexicalIndex& lexical = m_indexes.lexical();
    m_scratch.detailed.clear();
    for (const Ranked& candidate : m_scratch.ranked) {
        if (m_scratch.bm25[candidate.slot] > 0) {
            m_scratch.detailed.push_back(candidate.slot);
        }
    }
    std::ranges::sort(m_scratch.detailed);
    index::PartScorer parts(lexical, m_query.words.terms, kPassageBm25);
    m_pairBm25 = momentsFrom(pairs.sum(), pairs.squares(), static_cast<double>(lexical.size()));
    for (const Slot slot : m_scratch.detailed) {
        SearchScratch::WordDetail& detail = m_scratch.details[slot];
        detail.search = m_scratch.search;
        detail.part = lexical.hasParts(slot) ? parts(slot) : m_scratch.bm25[slot];
        detail.pairs = pairs.isEmpty() ? 0.0F : pairs(slot);
    }
}

void CandidateScore::beginSearch()
{
    const std::size_t size = m_indexes.passages().size();
    m_scratch.ranked.clear();
    m_scratch.pending.clear();
    const std::size_t parents = m_indexes.passages().parents().size();
    if (m_scratch.parentDots.size() < parents) {
        m_scratch.parentDots.resize(parents);
    }
    if (m_scratch.seen.size() < size) {
        m_scratch.seen.resize(size);
        m_scratch.dots.resize(size);
        m_scratch.bestParts.resize(size);
        m_scratch.details.resize(size);
    }
    if (++m_scratch.search == 0) { // after 2^32 searches: old marks would read as new
        std::ranges::fill(m_scratch.seen, 0U);
        std::ranges::fill(m_scratch.dots, 0U);
        std::ranges::fill(m_scratch.bestParts, 0U);
        std::ranges::fill(m_scratch.parentDots, 0U);
        std::ranges::fill(m_scratch.details, SearchScratch::WordDetail{});
        m_scratch.search = 1;
    }
}

void CandidateScore::scoreWords()
{
    const index::PassageTable& passages = m_indexes.passages();
    m_scratch.bm25.resize(passages.size());
    m_indexes.lexical().score(m_query.words.terms, kPassageBm25, m_scratch.bm25);
    const auto [sum, squares] = index::spreadOf(m_scratch.bm25);
    const auto count = static_cast<double>(passages.size());
    const Indexes::WordPartSpread& spread = m_indexes.wordPartSpread();
    m_bm25 = momentsFrom(sum, squares, count);
    m_partBm25 = momentsFrom(sum * static_cast<double>(spread.mean), squares * static_cast<double>(spread.square), count);
    if (!m_hasLevels) {
        return;
    }
    m_scratch.parentBm25.resize(passages.parents().size());
    m_indexes.lexical().scoreGroups(m_query.words, kParentBm25, passages.parentOf(), m_indexes.parentTerms(), m_scratch.parentBm25);
    const index::Spread parents = index::spreadOf(m_scratch.parentBm25, passages.parentSizes());
    m_parentBm25 = momentsFrom(parents.sum, parents.squares, count);
}

/// Leaves about the `count` allowed passages with the best words in scratch.touched.
void CandidateScore::chooseByWords(std::size_t count, index::AllowedSlots allowed)
{
    constexpr float kAny = std::numeric_limits<float>::min();
    std::vector<Slot>& chosen = m_scratch.touched;
    const auto take = [&](float least) {
        chosen.resize(m_scratch.bm25.size());
        chosen.resize(index::placesFrom(m_scratch.bm25, least, chosen));
    };
    const float least = allowed.empty() ? std::max(kAny, index::leastOfMany(m_scratch.bm25, count, m_scratch.floats)) : kAny;
    take(least);
    if (chosen.size() < count && least > kAny) {
        take(kAny);
    }
    if (!allowed.empty()) {
        std::erase_if(chosen, [&](Slot slot) { return !isAllowed(allowed, slot); });
    }
    if (chosen.size() <= count) {
        return;
    }
    m_scratch.floats.resize(chosen.size());
    std::ranges::transform(chosen, m_scratch.floats.begin(), [&](Slot slot) { return m_scratch.bm25[slot]; });
    index::keepBest(m_scratch.floats, count, chosen, m_scratch.places);
    if (chosen.size() > 2 * count) { // many of one score: the better ones stay, and any of the others
        std::ranges::nth_element(
            chosen, chosen.begin() + static_cast<std::ptrdiff_t>(count), std::greater{}, [&](Slot slot) { return m_scratch.bm25[slot]; });
        chosen.resize(count);
    }
}

void CandidateScore::measureVectors()
{
    const auto own = m_indexes.cosineMoments().of(m_query.vector);
    m_cosine = momentsOfSpread(static_cast<double>(own.mean), static_cast<double>(own.variance));
    const double deviation = std::sqrt(static_cast<double>(own.variance));
    const Indexes::PartSpread& parts = m_indexes.partSpread();
    const double partDeviation = deviation * static_cast<double>(parts.ratio);
    m_bestPart = momentsOfSpread(
        static_cast<double>(own.mean) + deviation * static_cast<double>(parts.shift), partDeviation * partDeviation);
    if (m_hasLevels) {
        const auto parents = m_indexes.parentCosineMoments().of(m_query.vector);
        m_parentCosine = momentsOfSpread(static_cast<double>(parents.mean), static_cast<double>(parents.variance));
    }
}

void CandidateScore::addCandidate(Slot slot, index::AllowedSlots allowed)
{
    if (m_scratch.seen[slot] != m_scratch.search && isAllowed(allowed, slot)) {
        m_scratch.seen[slot] = m_scratch.search;
        m_scratch.ranked.push_back({0, slot});
    }
}

void CandidateScore::wantDot(Slot slot)
{
    if (m_scratch.dots[slot] >> 32U != m_scratch.search) {
        m_scratch.dots[slot] = std::uint64_t{m_scratch.search} << 32U;
        m_scratch.pending.push_back(slot);
    }
}

void CandidateScore::wantDots(Slot slot)
{
    if (m_hasVector) {
        wantDot(slot);
        if (m_hasLevels) {
            eachNeighbour(m_indexes.passages(), m_weights, slot, [&](Slot other, float) { wantDot(other); });
        }
    }
}

void CandidateScore::fetchDots()
{
    m_scratch.pendingDots.resize(m_scratch.pending.size());
    if (!m_scratch.pending.empty()) {
        m_indexes.vectors().dotsOf(m_query.vector, m_scratch.pending, m_scratch.pendingDots);
    }
    for (std::size_t i = 0; i < m_scratch.pending.size(); ++i) {
        m_scratch.dots[m_scratch.pending[i]] |= static_cast<std::uint32_t>(m_scratch.pendingDots[i]);
    }
    m_scratch.pending.clear();
}

/// An estimate where nobody compared the passage itself.
float CandidateScore::cosineOf(Slot slot) const
{
    const std::uint64_t known = m_scratch.dots[slot];
    if (known >> 32U == m_scratch.search) {
        return static_cast<float>(dotOf(known)) / index::kFixedDotOne;
    }
    return m_estimates.empty() ? 0.0F : (m_estimates[slot] + m_estimateBase) / index::kFixedDotOne;
}

float CandidateScore::parentCosineOf(Slot slot) const
{
    const std::uint32_t parent = m_indexes.passages().parentOf()[slot];
    std::uint64_t& known = m_scratch.parentDots[parent];
    if (known >> 32U != m_scratch.search) {
        const auto vector = m_indexes.parentVector(parent);
        if (vector.empty()) {
            return m_indexes.parentLengths()[parent] > 0 ? cosineOf(slot) : 0.0F;
        }
        std::int32_t dot = 0;
        index::dotProducts(vector, m_query.vector, std::span(&dot, 1));
        known = std::uint64_t{m_scratch.search} << 32U | static_cast<std::uint32_t>(dot);
    }
    return static_cast<float>(dotOf(known)) / index::kFixedDotOne;
}

float CandidateScore::own(Slot slot) const
{
    float sum = 0;
    if (m_hasWords) {
        sum += m_bm25.z(m_scratch.bm25[slot]);
    }
    if (m_hasVector && m_indexes.vectors().has(slot)) {
        sum += m_weights.semantic * m_cosine.z(cosineOf(slot));
    }
    return sum;
}

float CandidateScore::neighboursOf(Slot slot) const
{
    float sum = 0;
    eachNeighbour(m_indexes.passages(), m_weights, slot, [&](Slot other, float weight) { sum += weight * contextValue(own(other)); });
    return sum;
}

bool CandidateScore::considers(Slot slot) const
{
    return (m_hasVector && m_indexes.vectors().has(slot)) || (m_hasWords && m_scratch.bm25[slot] > 0) ||
        (m_hasWords && m_hasLevels && m_scratch.parentBm25[m_indexes.passages().parentOf()[slot]] > 0);
}

bool CandidateScore::isPartMissing(Slot slot) const
{
    return m_indexes.parts().has(slot) && m_scratch.bestParts[slot] >> 32U != m_scratch.search;
}

float CandidateScore::bestPartOf(Slot slot) const
{
    if (!m_indexes.parts().has(slot) || isPartMissing(slot)) {
        return cosineOf(slot);
    }
    return static_cast<float>(dotOf(m_scratch.bestParts[slot])) / index::kFixedDotOne;
}

float CandidateScore::bestPartZ(Slot slot) const
{
    return !m_hasDetails || isPartMissing(slot) ? m_cosine.z(cosineOf(slot)) : m_bestPart.z(bestPartOf(slot));
}

/// As if the passage were one part where nobody looked.
float CandidateScore::wordPartZ(Slot slot) const
{
    if (!m_hasDetails) {
        return m_bm25.z(m_scratch.bm25[slot]);
    }
    const SearchScratch::WordDetail& detail = m_scratch.details[slot];
    return detail.search == m_scratch.search ? m_partBm25.z(detail.part) : m_bm25.z(m_scratch.bm25[slot]);
}

float CandidateScore::pairsOf(Slot slot) const
{
    if (!m_hasDetails) {
        return 0.0F;
    }
    const SearchScratch::WordDetail& detail = m_scratch.details[slot];
    return detail.search == m_scratch.search ? detail.pairs : 0.0F;
}

float CandidateScore::ownWords(Slot slot) const
{
    return m_weights.words * m_bm25.z(m_scratch.bm25[slot]) + m_weights.wordPart * wordPartZ(slot) +
        m_weights.wordPair * m_pairBm25.z(pairsOf(slot));
}

float CandidateScore::score(Slot slot) const
{
    float sum = m_hasWords ? ownWords(slot) : 0.0F;
    if (m_hasVector && m_indexes.vectors().has(slot)) {
        sum += m_weights.semantic * (m_weights.passage * m_cosine.z(cosineOf(slot)) + m_weights.part * bestPartZ(slot));
    }
    if (!m_hasLevels) {
        return sum;
    }
    const std::uint32_t parent = m_indexes.passages().parentOf()[slot];
    if (m_hasWords) {
        sum += m_weights.parent * contextValue(m_parentBm25.z(m_scratch.parentBm25[parent]));
    }
    if (m_hasVector && m_indexes.parentLengths()[parent] > 0) {
        sum += m_weights.semanticParent * contextValue(m_parentCosine.z(parentCosineOf(slot)));
    }
    return sum + neighboursOf(slot);
}

std::vector<Term> CandidateScore::explain(Slot slot) const
{
    std::vector<Term> terms;
    const std::uint32_t parent = m_indexes.passages().parentOf()[slot];
    const auto add = [&](const char* name, float raw, float weight, const Moments& moments, bool counts) {
        terms.push_back({name, raw, counts ? weight * moments.z(raw) : 0.0F});
    };
    if (m_hasWords) {
        const bool isDetailed = m_scratch.details[slot].search == m_scratch.search;
        const float part = isDetailed ? m_scratch.details[slot].part : m_scratch.bm25[slot];
        terms.push_back(explainWords(m_indexes, m_query.words, slot, m_scratch.bm25[slot], m_weights.words, m_bm25));
        add("best part bm25", part, m_weights.wordPart, isDetailed ? m_partBm25 : m_bm25, true);
        if (m_pairBm25.perDeviation > 0) {
            add("pair bm25", pairsOf(slot), m_weights.wordPair, m_pairBm25, true);
        }
    }
    if (m_hasWords && m_hasLevels) {
        const float raw = m_scratch.parentBm25[parent];
        terms.push_back({"parent bm25", raw, m_weights.parent * contextValue(m_parentBm25.z(raw))});
    }
    if (m_hasVector) {
        const bool has = m_indexes.vectors().has(slot);
        add("cosine", cosineOf(slot), m_weights.semantic * m_weights.passage, m_cosine, has);
        add("best part", bestPartOf(slot), m_weights.semantic * m_weights.part, isPartMissing(slot) ? m_cosine : m_bestPart, has);
    }
    if (m_hasVector && m_hasLevels) {
        const float raw = parentCosineOf(slot);
        const float value = m_indexes.parentLengths()[parent] > 0 ? contextValue(m_parentCosine.z(raw)) : 0.0F;
        terms.push_back({"parent cosine", raw, m_weights.semanticParent * value});
    }
    if (m_hasLevels) {
        const float raw = neighboursOf(slot);
        Term term{"neighbours", raw, raw};
        eachNeighbour(m_indexes.passages(), m_weights, slot, [&](Slot other, float weight) {
            term.parts.push_back(explainNeighbour(m_indexes.passages(), slot, other, own(other), weight));
        });
        terms.push_back(std::move(term));
    }
    return terms;
}

} // namespace carma::query
