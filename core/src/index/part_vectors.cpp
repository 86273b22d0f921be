// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/part_vectors.h"

#include "index/dot_kernel.h"
#include "index/vector_index.h"

#include <carma/assert.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

namespace carma::index {

namespace {

constexpr std::size_t kPartsASlot = std::numeric_limits<std::uint8_t>::max();

} // namespace

void PartVectors::append(std::span<const std::uint8_t> counts, std::span<const std::int16_t> vectors)
{
    for (const std::uint8_t count : counts) {
        m_begins.push_back(m_begins.back() + count);
    }
    const std::size_t before = m_values.size();
    m_values.resize(before + vectors.size());
    std::ranges::copy(vectors, m_values.data() + before);
    CARMA_ASSERT(m_values.size() == parts() * m_dimension);
}

void PartVectors::compact(Renumbering newSlots)
{
    std::vector<std::uint32_t> begins{0};
    for (Slot slot = 0; slot < newSlots.size(); ++slot) {
        if (newSlots[slot] != kGone) {
            const auto kept = rows(slot);
            if (!kept.empty()) {
                std::memmove(m_values.data() + std::size_t{begins.back()} * m_dimension, kept.data(), kept.size_bytes());
            }
            begins.push_back(begins.back() + static_cast<std::uint32_t>(kept.size() / m_dimension));
        }
    }
    m_values.resize(std::size_t{begins.back()} * m_dimension);
    m_begins = std::move(begins);
}

std::span<const std::int16_t> PartVectors::rows(Slot slot) const
{
    return m_values.span().subspan(
        std::size_t{m_begins[slot]} * m_dimension, std::size_t{m_begins[slot + 1] - m_begins[slot]} * m_dimension);
}

std::int32_t PartVectors::best(std::span<const std::int16_t> query, Slot slot) const
{
    std::array<std::int32_t, kPartsASlot> dots{};
    const auto own = rows(slot);
    const auto used = std::span(dots).first(own.size() / m_dimension);
    dotProducts(own, query, used);
    return *std::ranges::max_element(used);
}

void PartVectors::bests(std::span<const std::int16_t> query, std::span<std::int32_t> dots) const
{
    CARMA_ASSERT(dots.size() == size());
    for (Slot slot = 0; slot < dots.size(); ++slot) {
        if (has(slot)) {
            dots[slot] = best(query, slot);
        }
    }
}

// The count of each slot's parts u8, then all vectors.
void PartVectors::encode(Bytes& out) const
{
    ByteWriter writer(out);
    for (Slot slot = 0; slot < size(); ++slot) {
        writer.number(static_cast<std::uint8_t>(m_begins[slot + 1] - m_begins[slot]));
    }
    writer.raw(std::as_bytes(m_values.span()));
}

Result<PartVectors> PartVectors::decode(ByteReader& reader, std::size_t dimension, std::size_t slots)
{
    PartVectors vectors(dimension);
    if (slots > reader.rest().size()) {
        return {ErrorCode::Corruption, "the snapshot ends within its counts of parts"};
    }
    for (std::size_t slot = 0; slot < slots; ++slot) {
        const std::uint64_t next = std::uint64_t{vectors.m_begins.back()} + reader.number<std::uint8_t>();
        if (next > std::numeric_limits<std::uint32_t>::max()) {
            return {ErrorCode::Corruption, "the snapshot has more parts than slots can hold"};
        }
        vectors.m_begins.push_back(static_cast<std::uint32_t>(next));
    }
    const std::size_t rowBytes = dimension * sizeof(std::int16_t);
    if (vectors.parts() > reader.rest().size() / rowBytes) {
        return {ErrorCode::Corruption, "the snapshot ends within the vectors of its parts"};
    }
    const ByteView bytes = reader.raw(vectors.parts() * rowBytes);
    vectors.m_values.resize(vectors.parts() * dimension);
    if (!bytes.empty()) {
        std::memcpy(vectors.m_values.data(), bytes.data(), bytes.size());
    }
    for (std::size_t at = 0; at < vectors.m_values.size(); at += dimension) {
        if (!isUnitOrZero(vectors.m_values.span().subspan(at, dimension))) {
            return {ErrorCode::Corruption, "the snapshot holds a part's vector whose length is not 1"};
        }
    }
    return vectors;
}

} // namespace carma::index
