// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/vector_index.h"

#include "index/dot_kernel.h"

#include <carma/assert.h>

#include <cmath>
#include <cstring>

namespace carma::index {

namespace {

std::int64_t squaredLength(std::span<const std::int16_t> vector)
{
    std::int64_t sum = 0;
    for (const std::int16_t value : vector) {
        sum += std::int64_t{value} * value;
    }
    return sum;
}

/// Grows by a quarter: doubling would hold twice the memory that the largest column needs.
template <typename T> void reserveFor(std::vector<T>& column, std::size_t size)
{
    if (size > column.capacity()) {
        column.reserve(std::max(size, column.capacity() + column.capacity() / 4));
    }
}

} // namespace

bool toFixed(std::span<const float> vector, std::span<std::int16_t> out)
{
    CARMA_ASSERT(out.size() == vector.size());
    double squares = 0;
    for (const float value : vector) {
        squares += static_cast<double>(value) * static_cast<double>(value);
    }
    std::ranges::fill(out, std::int16_t{0});
    if (!std::isfinite(squares)) {
        return false;
    }
    if (squares > 0) {
        const double factor = kFixedOne / std::sqrt(squares);
        for (std::size_t i = 0; i < vector.size(); ++i) {
            out[i] = static_cast<std::int16_t>(std::lrint(static_cast<double>(vector[i]) * factor));
        }
    }
    return true;
}

void VectorIndex::append(std::span<const std::int16_t> vectors)
{
    CARMA_ASSERT(vectors.size() % m_dimension == 0);
    reserveFor(m_values, m_values.size() + vectors.size());
    m_values.insert(m_values.end(), vectors.begin(), vectors.end());
    for (std::size_t at = 0; at < vectors.size(); at += m_dimension) {
        m_present.push_back(squaredLength(vectors.subspan(at, m_dimension)) != 0 ? 1 : 0);
    }
}

void VectorIndex::compact(Renumbering newSlots)
{
    compactColumn(m_values, newSlots, m_dimension);
    compactColumn(m_present, newSlots);
}

void VectorIndex::dots(std::span<const std::int16_t> query, std::span<std::int32_t> dots) const
{
    CARMA_ASSERT(query.size() == m_dimension && dots.size() == size());
    dotProducts(m_values, query, dots);
}

std::span<const std::int16_t> VectorIndex::at(Slot slot) const { return std::span(m_values).subspan(slot * m_dimension, m_dimension); }

std::size_t VectorIndex::memoryBytes() const { return m_values.capacity() * sizeof(std::int16_t) + m_present.capacity(); }

void VectorIndex::encode(ByteWriter& writer) const { writer.raw(std::as_bytes(std::span(m_values))); }

Result<VectorIndex> VectorIndex::decode(ByteReader& reader, std::size_t dimension, std::size_t count)
{
    VectorIndex index(dimension);
    const std::size_t rowBytes = dimension * sizeof(std::int16_t);
    if (count > reader.rest().size() / rowBytes) {
        return {ErrorCode::Corruption, "the snapshot ends within its vectors"};
    }
    const ByteView bytes = reader.raw(count * rowBytes);
    index.m_values.resize(count * dimension);
    if (!bytes.empty()) {
        std::memcpy(index.m_values.data(), bytes.data(), bytes.size());
    }
    // Rounding moves each number by half at most, hence the length by less than sqrt(dimension) / 2.
    const double slack = std::sqrt(static_cast<double>(dimension)) / 2 + 1;
    for (std::size_t slot = 0; slot < count; ++slot) {
        const std::int64_t squares = squaredLength(index.at(static_cast<Slot>(slot)));
        if (squares != 0 && std::abs(std::sqrt(static_cast<double>(squares)) - kFixedOne) > slack) {
            return {ErrorCode::Corruption, "the snapshot holds a vector whose length is not 1"};
        }
        index.m_present.push_back(squares != 0 ? 1 : 0);
    }
    return index;
}

} // namespace carma::index
