// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/indexes.h"

#include <carma/assert.h>

#include <cmath>

namespace carma::query {

using index::Slot;

void Indexes::add(const Batch& batch)
{
    CARMA_ASSERT(batch.terms.size() == batch.rows.size());
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

    std::vector<std::uint32_t> grown(m_passages.parentOf().begin() + static_cast<std::ptrdiff_t>(before), m_passages.parentOf().end());
    std::ranges::sort(grown);
    grown.erase(std::unique(grown.begin(), grown.end()), grown.end());
    m_parentLengths.resize(m_passages.parents().size());
    for (const std::uint32_t parent : grown) {
        m_parentLengths[parent] = sumLength(m_passages.parents()[parent].slots);
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
    measureAllParents();
}

/// Whole numbers, so that the order of the passages does not matter and a snapshot read back measures the same.
float Indexes::sumLength(std::span<const Slot> slots) const
{
    std::vector<std::int64_t> sum(m_vectors.dimension());
    for (const Slot slot : slots) {
        const auto vector = m_vectors.at(slot);
        for (std::size_t i = 0; i < sum.size(); ++i) {
            sum[i] += vector[i];
        }
    }
    double squares = 0;
    for (const std::int64_t value : sum) {
        squares += static_cast<double>(value) * static_cast<double>(value);
    }
    return static_cast<float>(std::sqrt(squares));
}

void Indexes::measureAllParents()
{
    m_parentLengths.clear();
    for (const auto& parent : m_passages.parents()) {
        m_parentLengths.push_back(sumLength(parent.slots));
    }
}

std::size_t Indexes::memoryBytes() const
{
    return m_passages.memoryBytes() + m_lexical.memoryBytes() + m_vectors.memoryBytes() + m_parentLengths.capacity() * sizeof(float);
}

void Indexes::encode(Bytes& out) const
{
    // Vectors and passages have a known size; postings take two to three bytes each.
    out.reserve(out.size() + m_passages.size() * (64 + m_vectors.dimension() * 2) + m_lexical.memoryBytes() / 2);
    m_passages.encode(out);
    ByteWriter writer(out);
    m_vectors.encode(writer);
    m_lexical.encode(out);
}

Result<Indexes> Indexes::decode(ByteReader& reader, std::size_t dimension)
{
    Indexes indexes(dimension);
    CARMA_TRY_ASSIGN(indexes.m_passages, index::PassageTable::decode(reader));
    CARMA_TRY_ASSIGN(indexes.m_vectors, index::VectorIndex::decode(reader, dimension, indexes.m_passages.size()));
    CARMA_TRY_ASSIGN(indexes.m_lexical, index::LexicalIndex::decode(reader, indexes.m_passages.size()));
    indexes.measureAllParents();
    return indexes;
}

} // namespace carma::query
