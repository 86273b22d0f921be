// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/fractal_score.h"

#include "index/word_detail.h"
#include "query/explain.h"

#include <algorithm>
#include <cmath>

namespace carma::query {

using index::Slot;

namespace {

constexpr double kDeviationMin = 1e-9; // below it differences are rounding errors

/// Two passes: the values' differences may be small beside their mean. `weightOf(i)` says how many passages value i
/// stands for.
template <typename WeightOf> Moments momentsOf(std::span<const float> values, WeightOf weightOf)
{
    double sum = 0;
    double weights = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto weight = static_cast<double>(weightOf(i));
        sum += weight * static_cast<double>(values[i]);
        weights += weight;
    }
    if (weights <= 0) {
        return {};
    }
    const double mean = sum / weights;
    double squares = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double difference = static_cast<double>(values[i]) - mean;
        squares += static_cast<double>(weightOf(i)) * difference * difference;
    }
    return momentsOfSpread(mean, squares / weights);
}

} // namespace

Moments momentsOfSpread(double mean, double variance)
{
    const double deviation = std::sqrt(std::max(variance, 0.0));
    return {static_cast<float>(mean), deviation < kDeviationMin ? 0.0F : static_cast<float>(1.0 / deviation)};
}

/// Values that stand for no passage get 0, which is neither good nor bad.
template <typename WeightOf> void FractalScore::standardise(Signal& signal, WeightOf weightOf)
{
    signal.moments = momentsOf(signal.values, weightOf);
    signal.zs.resize(signal.values.size());
    for (std::size_t i = 0; i < signal.values.size(); ++i) {
        signal.zs[i] = weightOf(i) != 0 ? signal.moments.z(signal.values[i]) : 0.0F;
    }
}

FractalScore::FractalScore(const Indexes& indexes, const Weights& weights, const PreparedQuery& query)
    : m_indexes(indexes), m_weights(weights), m_query(query), m_hasLevels(indexes.passages().parents().size() < indexes.passages().size())
{
    if (!query.words.terms.empty()) {
        scoreWords(query);
    }
    if (!query.vector.empty()) {
        scoreVectors(query);
    }
    if (m_hasLevels) {
        scoreNeighbours();
    }
    addUp();
}

void FractalScore::scoreWords(const PreparedQuery& query)
{
    const index::PassageTable& passages = m_indexes.passages();
    m_bm25.weight = m_weights.words;
    m_bm25.values.resize(passages.size());
    m_indexes.lexical().score(query.words.terms, kPassageBm25, m_bm25.values);
    standardise(m_bm25, [](std::size_t) { return 1; });
    scoreWordParts(query);
    scorePairs(query);
    if (m_hasLevels) {
        const auto parents = passages.parents();
        m_parentBm25.weight = m_weights.parent;
        m_parentBm25.values.resize(parents.size());
        m_indexes.lexical().scoreGroups(query.words, kParentBm25, passages.parentOf(), m_indexes.parentTerms(), m_parentBm25.values);
        standardise(m_parentBm25, [&](std::size_t i) { return parents[i].slots.size(); });
        std::ranges::transform(m_parentBm25.zs, m_parentBm25.zs.begin(), contextValue);
    }
}

void FractalScore::scoreWordParts(const PreparedQuery& query)
{
    const index::LexicalIndex& lexical = m_indexes.lexical();
    m_partBm25.weight = m_weights.wordPart;
    m_partBm25.values = m_bm25.values;
    if (lexical.partCount() == 0) {
        m_partBm25.zs = m_bm25.zs;
        return;
    }
    index::PartScorer bestPart(lexical, query.words.terms, kPassageBm25);
    for (Slot slot = 0; slot < m_partBm25.values.size(); ++slot) {
        if (m_partBm25.values[slot] > 0 && lexical.hasParts(slot)) {
            m_partBm25.values[slot] = bestPart(slot);
        }
    }
    standardise(m_partBm25, [](std::size_t) { return 1; });
}

void FractalScore::scorePairs(const PreparedQuery& query)
{
    index::PairScorer pairs(m_indexes.lexical(), query.words, kPassageBm25, m_bm25.values.size());
    if (pairs.isEmpty()) {
        return;
    }
    m_pairBm25.weight = m_weights.wordPair;
    m_pairBm25.values.resize(m_bm25.values.size());
    for (Slot slot = 0; slot < m_bm25.values.size(); ++slot) {
        if (m_bm25.values[slot] > 0) {
            m_pairBm25.values[slot] = pairs(slot);
        }
    }
    standardise(m_pairBm25, [](std::size_t) { return 1; });
}

void FractalScore::scoreVectors(const PreparedQuery& query)
{
    const index::PassageTable& passages = m_indexes.passages();
    const index::VectorIndex& vectors = m_indexes.vectors();
    std::vector<std::int32_t> dots(passages.size());
    vectors.dots(query.vector, dots);
    m_cosine.weight = m_weights.semantic * m_weights.passage;
    m_cosine.values.resize(dots.size());
    for (std::size_t slot = 0; slot < dots.size(); ++slot) {
        m_cosine.values[slot] = static_cast<float>(dots[slot]) / index::kFixedDotOne;
    }
    standardise(m_cosine, [&](std::size_t slot) { return vectors.has(static_cast<Slot>(slot)) ? 1 : 0; });
    if (m_hasLevels) {
        scoreParents(dots);
    }
    scoreParts(query, dots);
}

void FractalScore::scoreParents(std::span<const std::int32_t> dots)
{
    // The cosine with a sum of vectors is the sum of the products over the sum's length: parents need no vectors.
    const auto parents = m_indexes.passages().parents();
    const auto lengths = m_indexes.parentLengths();
    m_parentCosine.weight = m_weights.semanticParent;
    m_parentCosine.values.resize(parents.size());
    for (std::size_t i = 0; i < parents.size(); ++i) {
        std::int64_t sum = 0;
        for (const Slot slot : parents[i].slots) {
            sum += dots[slot];
        }
        const float unit = lengths[i] * static_cast<float>(index::kFixedOne);
        m_parentCosine.values[i] = unit > 0 ? static_cast<float>(sum) / unit : 0.0F;
    }
    standardise(m_parentCosine, [&](std::size_t i) { return lengths[i] > 0 ? parents[i].slots.size() : 0; });
    std::ranges::transform(m_parentCosine.zs, m_parentCosine.zs.begin(), contextValue);
}

/// `dots` are those of the whole passages, and are overwritten.
void FractalScore::scoreParts(const PreparedQuery& query, std::span<std::int32_t> dots)
{
    const index::VectorIndex& vectors = m_indexes.vectors();
    m_indexes.parts().bests(query.vector, dots);
    m_bestPart.weight = m_weights.semantic * m_weights.part;
    m_bestPart.values.resize(dots.size());
    for (std::size_t slot = 0; slot < dots.size(); ++slot) {
        m_bestPart.values[slot] = static_cast<float>(dots[slot]) / index::kFixedDotOne;
    }
    standardise(m_bestPart, [&](std::size_t slot) { return vectors.has(static_cast<Slot>(slot)) ? 1 : 0; });
}

void FractalScore::scoreNeighbours()
{
    const index::PassageTable& passages = m_indexes.passages();
    m_own.resize(passages.size());
    for (std::size_t slot = 0; slot < m_bm25.zs.size(); ++slot) {
        m_own[slot] += m_bm25.zs[slot];
    }
    for (std::size_t slot = 0; slot < m_cosine.zs.size(); ++slot) {
        m_own[slot] += m_weights.semantic * m_cosine.zs[slot];
    }
    m_neighbours.weight = 1; // its values are weighted
    m_neighbours.values.resize(passages.size());
    for (Slot slot = 0; slot < passages.size(); ++slot) {
        eachNeighbour(
            passages, m_weights, slot, [&](Slot other, float weight) { m_neighbours.values[slot] += weight * contextValue(m_own[other]); });
    }
}

void FractalScore::addUp()
{
    const auto parentOf = m_indexes.passages().parentOf();
    m_scores.assign(parentOf.size(), 0.0F);
    for (const Signal* signal : {&m_bm25, &m_partBm25, &m_pairBm25, &m_cosine, &m_bestPart}) {
        for (std::size_t slot = 0; slot < signal->zs.size(); ++slot) {
            m_scores[slot] += signal->weight * signal->zs[slot];
        }
    }
    for (const Signal* signal : {&m_parentBm25, &m_parentCosine}) {
        for (std::size_t slot = 0; slot < parentOf.size() && !signal->zs.empty(); ++slot) {
            m_scores[slot] += signal->weight * signal->zs[parentOf[slot]];
        }
    }
    for (std::size_t slot = 0; slot < m_neighbours.values.size(); ++slot) {
        m_scores[slot] += m_neighbours.weight * m_neighbours.values[slot];
    }
}

bool FractalScore::considers(Slot slot) const
{
    if (!m_cosine.values.empty() && m_indexes.vectors().has(slot)) {
        return true;
    }
    if (!m_bm25.values.empty() && m_bm25.values[slot] > 0) {
        return true;
    }
    return !m_parentBm25.values.empty() && m_parentBm25.values[m_indexes.passages().parentOf()[slot]] > 0;
}

std::vector<Term> FractalScore::explain(Slot slot) const
{
    const std::uint32_t parent = m_indexes.passages().parentOf()[slot];
    std::vector<Term> terms;
    const auto add = [&](const char* name, const Signal& signal, std::size_t at) {
        if (!signal.zs.empty()) {
            terms.push_back({name, signal.values[at], signal.weight * signal.zs[at]});
        }
    };
    if (!m_bm25.zs.empty()) {
        terms.push_back(explainWords(m_indexes, m_query.words, slot, m_bm25.values[slot], m_bm25.weight, m_bm25.moments));
    }
    add("best part bm25", m_partBm25, slot);
    add("pair bm25", m_pairBm25, slot);
    add("parent bm25", m_parentBm25, parent);
    add("cosine", m_cosine, slot);
    add("best part", m_bestPart, slot);
    add("parent cosine", m_parentCosine, parent);
    if (!m_neighbours.values.empty()) {
        Term term{"neighbours", m_neighbours.values[slot], m_neighbours.weight * m_neighbours.values[slot]};
        eachNeighbour(m_indexes.passages(), m_weights, slot, [&](Slot other, float weight) {
            term.parts.push_back(explainNeighbour(m_indexes.passages(), slot, other, m_own[other], weight));
        });
        terms.push_back(std::move(term));
    }
    return terms;
}

} // namespace carma::query
