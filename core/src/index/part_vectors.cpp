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
    std::ranges::copy(vectors, m_values.mutableData() + before);
    CARMA_ASSERT(m_values.size() == parts() * m_dimension);
}

void PartVectors::compact(Renumbering newSlots)
{
    std::int16_t* const values = m_values.mutableData();
    std::vector<std::uint32_t> begins{0};
    for (Slot slot = 0; slot < newSlots.size(); ++slot) {
        if (newSlots[slot] != kGone) {
            const auto kept = rows(slot);
            if (!kept.empty()) {
                std::memmove(values + std::size_t{begins.back()} * m_dimension, kept.data(), kept.size_bytes());
            }
            begins.push_back(begins.back() + static_cast<std::uint32_t>(kept.size() / m_dimension));
        }
    }
    m_values.resize(std::size_t{begins.back()} * m_dimension);
    m_begins = std::move(begins);
}

std::span<const std::int16_t> PartVectors::rows(Slot slot) const
{
    return m_values.rows(std::size_t{m_begins[slot]} * m_dimension, std::size_t{m_begins[slot + 1] - m_begins[slot]} * m_dimension);
}

std::int32_t PartVectors::best(std::span<const std::int16_t> query, Slot slot) const
{
    std::array<std::int32_t, kPartsASlot> dots{};
    const auto own = rows(slot);
    const auto used = std::span(dots).first(own.size() / m_dimension);
    dotProducts(own, query, used);
    return *std::ranges::max_element(used);
}

void PartVectors::prefetch(Slot slot) const
{
    constexpr std::size_t kLine = 64 / sizeof(std::int16_t);
    const std::int16_t* const end = m_values.data() + std::size_t{m_begins[slot + 1]} * m_dimension;
    for (const std::int16_t* at = m_values.data() + std::size_t{m_begins[slot]} * m_dimension; at < end; at += kLine) {
        __builtin_prefetch(at);
    }
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

// Where each slot's vectors begin u32, and where the last ones end; then all vectors.
void PartVectors::encode(Bytes& out) const
{
    writeColumn(out, m_begins);
    writeColumn(out, m_values.span());
}

Result<PartVectors> PartVectors::decode(SnapshotReader& reader, std::size_t dimension, std::size_t slots)
{
    const Error bad{ErrorCode::Corruption, "the snapshot's parts of passages contradict themselves"};
    PartVectors vectors(dimension);
    vectors.m_begins = reader.copy<std::uint32_t>(slots + 1);
    if (reader.failed() || vectors.m_begins.front() != 0) {
        return bad;
    }
    for (std::size_t slot = 0; slot < slots; ++slot) {
        const std::uint32_t begin = vectors.m_begins[slot];
        const std::uint32_t end = vectors.m_begins[slot + 1];
        if (begin > end || end - begin > kPartsASlot) {
            return bad;
        }
    }
    if (vectors.parts() > reader.pages()->size() / (dimension * sizeof(std::int16_t))) {
        return bad;
    }
    vectors.m_values = reader.column<std::int16_t>(vectors.parts() * dimension);
    return reader.failed() ? Result<PartVectors>(bad) : Result<PartVectors>(std::move(vectors));
}

} // namespace carma::index
