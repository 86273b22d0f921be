// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/indexes.h"

#include "base/byte_io.h"
#include "index/word_detail.h"

#include <carma/assert.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace carma::query {

using index::Slot;

namespace {

constexpr std::size_t kSample = 2048;    // passages; a deviation is true to two parts in a hundred then
constexpr std::size_t kPartSample = 256; // passages whose parts are compared with some of them
constexpr std::size_t kPartQueries = 32;
constexpr std::size_t kWordQueries = 24;
constexpr std::size_t kQueryTerms = 6;
constexpr float kLengthMost = 1e15F; // more than the vectors of a full namespace add up to
constexpr float kSpreadMost = 1e9F;

/// Evenly spread over the slots, so that the same passages have the same sample.
std::vector<Slot> spreadSlots(std::size_t size, std::size_t most)
{
    std::vector<Slot> slots(std::min(size, most));
    for (std::size_t i = 0; i < slots.size(); ++i) {
        slots[i] = static_cast<Slot>(i * size / slots.size());
    }
    return slots;
}

struct Spread {
    double mean = 0;
    double deviation = 0;
};
Spread spreadOf(std::span<const std::int32_t> values)
{
    double sum = 0;
    double squares = 0;
    for (const std::int32_t value : values) {
        sum += value;
        squares += static_cast<double>(value) * value;
    }
    const double n = std::max<double>(static_cast<double>(values.size()), 1);
    return {sum / n, std::sqrt(std::max(0.0, squares / n - sum / n * (sum / n)))};
}

} // namespace

void Indexes::add(const Batch& batch)
{
    CARMA_ASSERT(batch.terms.size() == batch.rows.size() && batch.partCounts.size() == batch.rows.size());
    CARMA_ASSERT(batch.vectors.size() == batch.rows.size() * m_vectors.dimension());
    std::vector<FragmentId> ids;
    ids.reserve(batch.rows.size());
    for (const index::PassageRow& row : batch.rows) {
        ids.push_back(row.id);
    }
    remove(ids);
    const std::size_t before = m_passages.size();
    m_passages.append(batch.rows);
    m_lexical.append(batch.terms, batch.words);
    m_vectors.append(batch.vectors);
    m_parts.append(batch.partCounts, batch.partVectors);

    std::vector<std::uint32_t> grown(m_passages.parentOf().begin() + static_cast<std::ptrdiff_t>(before), m_passages.parentOf().end());
    std::ranges::sort(grown);
    grown.erase(std::unique(grown.begin(), grown.end()), grown.end());
    m_parentLengths.resize(m_passages.parents().size());
    m_parentTerms.resize(m_passages.parents().size());
    if (m_prepared) {
        m_parentRows.resize(m_passages.parents().size(), index::kGone);
    }
    for (const std::uint32_t parent : grown) {
        measureParent(parent);
    }
    if (m_prepared && (!m_moments || m_vectors.size() > m_moments->size + m_moments->size / 4)) {
        takeSample();
    }
}

void Indexes::remove(std::span<const FragmentId> ids)
{
    const std::vector<Slot> newSlots = m_passages.renumberingWithout(ids);
    if (newSlots.empty()) {
        return;
    }
    m_passages.compact(newSlots);
    m_lexical.compact(newSlots);
    m_vectors.compact(newSlots);
    m_parts.compact(newSlots);
    measureAllParents();
    if (m_prepared) {
        takeSample(); // nothing of the leavers stays in it
    }
}

/// Whole numbers, so that the order of the passages does not matter and a snapshot read back measures the same.
void Indexes::measureParent(std::uint32_t parent)
{
    std::vector<std::int64_t> sum(m_vectors.dimension());
    for (const Slot slot : m_passages.parents()[parent].slots) {
        const auto vector = m_vectors.at(slot);
        for (std::size_t i = 0; i < sum.size(); ++i) {
            sum[i] += vector[i];
        }
    }
    countParentTerms(parent);
    double squares = 0;
    for (const std::int64_t value : sum) {
        squares += static_cast<double>(value) * static_cast<double>(value);
    }
    m_parentLengths[parent] = static_cast<float>(std::sqrt(squares));
    if (m_prepared) {
        keepParentVector(parent, sum);
    }
}

void Indexes::countParentTerms(std::uint32_t parent)
{
    m_parentTerms[parent] = 0;
    for (const Slot slot : m_passages.parents()[parent].slots) {
        m_parentTerms[parent] += m_lexical.textTerms(slot);
    }
}

void Indexes::keepParentVector(std::uint32_t parent, std::span<const std::int64_t> sum)
{
    const double length = static_cast<double>(m_parentLengths[parent]);
    if (m_passages.parents()[parent].slots.size() < 2 || length <= 0) {
        return; // its one passage says the same
    }
    std::uint32_t& row = m_parentRows[parent];
    if (row == index::kGone) {
        row = static_cast<std::uint32_t>(m_parentVectors.size() / sum.size());
        m_parentVectors.resize(m_parentVectors.size() + sum.size());
    }
    std::int16_t* const values = m_parentVectors.mutableData() + row * sum.size();
    for (std::size_t i = 0; i < sum.size(); ++i) {
        values[i] = static_cast<std::int16_t>(std::lrint(static_cast<double>(sum[i]) * index::kFixedOne / length));
    }
}

void Indexes::measureAllParents()
{
    m_parentVectors.resize(0);
    m_parentLengths.assign(m_passages.parents().size(), 0.0F);
    m_parentTerms.assign(m_parentLengths.size(), 0);
    m_parentRows.assign(m_prepared ? m_parentLengths.size() : 0, index::kGone);
    for (std::uint32_t parent = 0; parent < m_parentLengths.size(); ++parent) {
        measureParent(parent);
    }
}

void Indexes::takeSample()
{
    const std::size_t dimension = m_vectors.dimension();
    std::vector<std::int16_t> own;
    std::vector<std::int16_t> parents;
    for (const Slot slot : spreadSlots(m_vectors.size(), kSample)) {
        if (!m_vectors.has(slot)) {
            continue;
        }
        const auto vector = m_vectors.at(slot);
        own.insert(own.end(), vector.begin(), vector.end());
        const auto parent = parentVector(m_passages.parentOf()[slot]);
        const auto above = parent.empty() ? vector : parent;
        parents.insert(parents.end(), above.begin(), above.end());
    }
    m_moments.reset();
    if (!own.empty()) {
        m_moments.emplace(Moments{index::VectorMoments(own, dimension), index::VectorMoments(parents, dimension), measureParts(),
            measureWordParts(), m_vectors.size()});
    }
}

/// Passages take the place of queries. Both spreads follow the query's direction alike, so that their relation hardly depends on it.
Indexes::PartSpread Indexes::measureParts() const
{
    std::vector<Slot> sample = spreadSlots(m_vectors.size(), kPartSample);
    std::erase_if(sample, [&](Slot slot) { return !m_vectors.has(slot); });
    double shift = 0;
    double ratio = 0;
    std::size_t asked = 0;
    std::vector<std::int32_t> own(sample.size());
    std::vector<std::int32_t> best(sample.size());
    for (std::size_t i = 0; i < sample.size(); i += kPartSample / kPartQueries) {
        const auto query = m_vectors.at(sample[i]);
        m_vectors.dotsOf(query, sample, own);
        for (std::size_t k = 0; k < sample.size(); ++k) {
            best[k] = m_parts.has(sample[k]) ? m_parts.best(query, sample[k]) : own[k];
        }
        // The passage itself is no answer to be counted: its cosine is 1.
        own[i] = best[i] = 0;
        const auto [ownMean, ownDeviation] = spreadOf(own);
        const auto [bestMean, bestDeviation] = spreadOf(best);
        if (ownDeviation > 0) {
            shift += (bestMean - ownMean) / ownDeviation;
            ratio += bestDeviation / ownDeviation;
            ++asked;
        }
    }
    if (asked == 0 || ratio <= 0) {
        return {};
    }
    return {static_cast<float>(shift / static_cast<double>(asked)), static_cast<float>(ratio / static_cast<double>(asked))};
}

/// Terms that say nothing about each other take the place of queries.
Indexes::WordPartSpread Indexes::measureWordParts() const
{
    if (m_lexical.partCount() == 0) {
        return {};
    }
    const std::vector<index::Postings> terms = m_lexical.someTerms(kWordQueries * kQueryTerms);
    std::vector<float> wholes(m_lexical.size());
    double wholeSum = 0;
    double wholeSquares = 0;
    double partSum = 0;
    double partSquares = 0;
    for (std::size_t begin = 0; begin < terms.size(); begin += kQueryTerms) {
        const auto query = std::span(terms).subspan(begin, std::min(kQueryTerms, terms.size() - begin));
        m_lexical.score(query, kPassageBm25, wholes);
        index::PartScorer bestPart(m_lexical, query, kPassageBm25);
        for (Slot slot = 0; slot < wholes.size(); ++slot) {
            if (const auto whole = static_cast<double>(wholes[slot]); whole > 0) {
                const double part = m_lexical.hasParts(slot) ? static_cast<double>(bestPart(slot)) : whole;
                wholeSum += whole;
                wholeSquares += whole * whole;
                partSum += part;
                partSquares += part * part;
            }
        }
    }
    if (wholeSum <= 0) {
        return {};
    }
    return {static_cast<float>(partSum / wholeSum), static_cast<float>(partSquares / wholeSquares)};
}

bool Indexes::leaveSnapshot() { return m_passages.makeMaps(); }

void Indexes::prepare(bool withGraph)
{
    if (!m_vectors.hasCodes()) {
        std::vector<std::int16_t> sample;
        for (const Slot slot : spreadSlots(m_vectors.size(), kSample)) {
            const auto vector = m_vectors.at(slot);
            sample.insert(sample.end(), vector.begin(), vector.end());
        }
        m_vectors.prepareCodes(sample);
    }
    if (withGraph) {
        m_vectors.prepareGraph();
    }
    if (!m_prepared) {
        m_prepared = true;
        measureAllParents();
        takeSample();
    }
}

std::span<const std::int16_t> Indexes::parentVector(std::uint32_t parent) const
{
    const std::uint32_t row = m_parentRows[parent];
    return row == index::kGone ? std::span<const std::int16_t>() : m_parentVectors.rows(row * m_vectors.dimension(), m_vectors.dimension());
}

std::size_t Indexes::memoryBytes() const
{
    return m_passages.memoryBytes() + m_lexical.memoryBytes() + m_vectors.memoryBytes() + m_parts.memoryBytes() +
        m_parentLengths.capacity() * sizeof(float) + m_parentTerms.capacity() * sizeof(std::uint32_t) +
        m_parentRows.capacity() * sizeof(std::uint32_t) + m_parentVectors.memoryBytes() +
        (m_moments ? m_moments->passages.memoryBytes() + m_moments->parents.memoryBytes() : 0);
}

void Indexes::encode(Bytes& out) const
{
    // Vectors and passages have a known size; postings take two to three bytes each.
    out.reserve(out.size() + m_passages.size() * 128 + (m_passages.size() + m_parts.parts()) * m_vectors.dimension() * 2 +
        m_lexical.memoryBytes() / 2);
    m_passages.encode(out);
    encodePrepared(out);
    m_vectors.encode(out);
    m_parts.encode(out);
    m_lexical.encode(out);
}

// The lengths of parents' sums f32; whether there is more u8; if so, the moments (passages u64, the spreads of parts f32 shift and ratio,
// of words' parts f32 mean and square, the vectors' and the parents'), for each parent the row of its vector u32, the number of rows u32,
// and these.
void Indexes::encodePrepared(Bytes& out) const
{
    index::writeColumn(out, m_parentLengths);
    ByteWriter writer(out);
    writer.number(static_cast<std::uint8_t>(m_moments ? 1 : 0));
    if (!m_moments) {
        return;
    }
    writer.number(static_cast<std::uint64_t>(m_moments->size));
    const std::array spreads{m_moments->parts.shift, m_moments->parts.ratio, m_moments->wordParts.mean, m_moments->wordParts.square};
    index::writeColumn(out, std::span<const float>(spreads));
    m_moments->passages.encode(out);
    m_moments->parents.encode(out);
    index::writeColumn(out, m_parentRows);
    writer.number(static_cast<std::uint32_t>(m_parentVectors.size() / m_vectors.dimension()));
    index::writeColumn(out, m_parentVectors.span());
}

bool Indexes::decodePrepared(index::SnapshotReader& reader)
{
    const std::size_t parents = m_passages.parents().size();
    const std::size_t dimension = m_vectors.dimension();
    m_parentLengths = reader.floats(parents, kLengthMost);
    if (reader.number<std::uint8_t>() == 0) {
        return !reader.failed();
    }
    const std::size_t size = reader.number<std::uint64_t>();
    const auto spreads = reader.floats(4, kSpreadMost);
    index::VectorMoments own(reader, dimension);
    index::VectorMoments above(reader, dimension);
    m_parentRows = reader.copy<std::uint32_t>(parents);
    const std::size_t rows = reader.number<std::uint32_t>();
    if (reader.failed() || rows > parents ||
        std::ranges::any_of(m_parentRows, [&](std::uint32_t row) { return row >= rows && row != index::kGone; })) {
        return false;
    }
    m_parentVectors = reader.column<std::int16_t>(rows * dimension);
    m_moments.emplace(Moments{std::move(own), std::move(above), {spreads[0], spreads[1]}, {spreads[2], spreads[3]}, size});
    m_prepared = true;
    return !reader.failed();
}

Result<Indexes> Indexes::decode(index::SnapshotReader& reader, std::size_t dimension)
{
    Indexes indexes(dimension);
    CARMA_TRY_ASSIGN(indexes.m_passages, index::PassageTable::decode(reader));
    if (!indexes.decodePrepared(reader)) {
        return {ErrorCode::Corruption, "the snapshot's sections contradict themselves"};
    }
    const std::size_t count = indexes.m_passages.size();
    CARMA_TRY_ASSIGN(indexes.m_vectors, index::VectorIndex::decode(reader, dimension, count));
    CARMA_TRY_ASSIGN(indexes.m_parts, index::PartVectors::decode(reader, dimension, count));
    CARMA_TRY_ASSIGN(indexes.m_lexical, index::LexicalIndex::decode(reader, count));
    indexes.m_parentTerms.resize(indexes.m_parentLengths.size());
    for (std::uint32_t parent = 0; parent < indexes.m_parentTerms.size(); ++parent) {
        indexes.countParentTerms(parent);
    }
    if (!indexes.m_vectors.hasCodes()) { // it cannot be searched as a prepared one is
        indexes.m_moments.reset();
        indexes.m_parentRows.clear();
        indexes.m_prepared = false;
    }
    return indexes;
}

} // namespace carma::query
