// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/vector_index.h"

#include "base/byte_io.h"
#include "index/dot_kernel.h"
#include "index/selection_kernel.h"

#include <carma/assert.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <utility>

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

constexpr std::size_t kScanMax = 4096; // so few allowed slots are compared one by one
constexpr std::size_t kScanShare = 16; // and so is one of so many
constexpr std::size_t kCodesTimes = 2; // estimates are so rough that for each of the nearest so many are compared exactly
constexpr std::size_t kCodesMore = 24;
constexpr std::size_t kPoolTimes = 3; // the greedy search of the graph needs room beside what is asked for
constexpr std::size_t kExactMin = 32; // the best of the bytes that are compared exactly at least

std::size_t countOf(AllowedSlots allowed)
{
    std::size_t count = 0;
    for (const std::uint64_t word : allowed) {
        count += static_cast<std::size_t>(std::popcount(word));
    }
    return count;
}

bool isBetter(const Near& a, const Near& b) { return a.dot != b.dot ? a.dot > b.dot : a.slot < b.slot; }

void keepBest(std::vector<Near>& found, std::size_t count)
{
    if (found.size() > count) {
        std::ranges::nth_element(found, found.begin() + static_cast<std::ptrdiff_t>(count), isBetter);
        found.resize(count);
    }
}

/// The same, faster: what is compared with others are ties only. REQUIRES: found.size() > count > 0
void keepBestFast(std::size_t count, NearScratch& scratch, std::vector<Near>& found)
{
    scratch.cosines.resize(found.size());
    std::ranges::transform(found, scratch.cosines.begin(), [](const Near& near) { return static_cast<float>(near.dot); });
    keepBest(scratch.cosines, count, found, scratch.places);
    keepBest(found, count);
}

} // namespace

bool toFixed(std::span<const float> vector, std::span<std::int16_t> out)
{
    CARMA_ASSERT(out.size() == vector.size());
    constexpr std::size_t kSums = 4; // so that an addition need not wait for the one before
    std::array<double, kSums> sums{};
    for (std::size_t i = 0; i < vector.size(); ++i) {
        sums[i % kSums] += static_cast<double>(vector[i]) * static_cast<double>(vector[i]);
    }
    const double squares = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    std::ranges::fill(out, std::int16_t{0});
    if (!std::isfinite(squares)) {
        return false;
    }
    if (squares > 0) {
        // Added to so great a number, what is smaller is rounded to the nearest whole one, which the lowest bits then are.
        constexpr double kRounder = 0x1.8p52;
        const double factor = kFixedOne / std::sqrt(squares);
        for (std::size_t i = 0; i < vector.size(); ++i) {
            out[i] = static_cast<std::int16_t>(std::bit_cast<std::uint64_t>(static_cast<double>(vector[i]) * factor + kRounder));
        }
    }
    return true;
}

bool isUnitOrZero(std::span<const std::int16_t> vector)
{
    // Rounding moves each number by half at most, hence the length by less than sqrt(dimension) / 2.
    const double slack = std::sqrt(static_cast<double>(vector.size())) / 2 + 1;
    const std::int64_t squares = squaredLength(vector);
    return squares == 0 || std::abs(std::sqrt(static_cast<double>(squares)) - kFixedOne) <= slack;
}

void VectorIndex::append(std::span<const std::int16_t> vectors)
{
    CARMA_ASSERT(vectors.size() % m_dimension == 0);
    m_storedLinks.own(); // nothing is left to be taken from the snapshot
    const std::size_t before = m_values.size();
    m_values.resize(before + vectors.size());
    std::ranges::copy(vectors, m_values.mutableData() + before);
    for (std::size_t at = 0; at < vectors.size(); at += m_dimension) {
        m_present.push_back(squaredLength(vectors.subspan(at, m_dimension)) != 0 ? 1 : 0);
    }
    if (m_codes) {
        m_codes->append(vectors);
    }
    if (m_graph) {
        m_graph->append(vectors);
    }
}

void VectorIndex::compact(Renumbering newSlots)
{
    if (m_storedLinks.size() > 0) {
        prepareGraph();
    }
    if (m_graph) {
        m_graph->compact(newSlots);
    }
    if (m_codes) {
        m_codes->compact(newSlots);
    }
    std::int16_t* const values = m_values.mutableData();
    std::size_t kept = 0;
    for (Slot slot = 0; slot < newSlots.size(); ++slot) {
        if (newSlots[slot] != kGone) {
            std::memmove(values + kept * m_dimension, values + std::size_t{slot} * m_dimension, m_dimension * sizeof(std::int16_t));
            ++kept;
        }
    }
    m_values.resize(kept * m_dimension);
    compactColumn(m_present, newSlots);
}

void VectorIndex::dots(std::span<const std::int16_t> query, std::span<std::int32_t> dots) const
{
    CARMA_ASSERT(query.size() == m_dimension && dots.size() == size());
    dotProducts(m_values.span(), query, dots);
}

void VectorIndex::dotsOf(std::span<const std::int16_t> query, std::span<const Slot> slots, std::span<std::int32_t> dots) const
{
    CARMA_ASSERT(query.size() == m_dimension && dots.size() == slots.size());
    if (m_values.isStored()) {
        for (const Slot slot : slots) {
            m_values.touch(std::size_t{slot} * m_dimension, m_dimension);
        }
    }
    dotProductsOf(m_values.data(), slots, query, dots);
}

std::span<const std::int16_t> VectorIndex::at(Slot slot) const { return m_values.rows(std::size_t{slot} * m_dimension, m_dimension); }

std::size_t VectorIndex::memoryBytes() const
{
    return m_values.memoryBytes() + m_present.capacity() + m_storedLinks.memoryBytes() + (m_graph ? m_graph->memoryBytes() : 0) +
        (m_codes ? m_codes->memoryBytes() : 0);
}

void VectorIndex::prepareCodes(std::span<const std::int16_t> sample)
{
    if (!m_codes && m_dimension <= SignCodes::kDimensionMax) {
        m_codes.emplace(m_dimension, sample);
        m_codes->append(m_values.span());
    }
}

void VectorIndex::prepareGraph()
{
    if (m_graph) {
        return;
    }
    m_graph.emplace(m_dimension);
    m_graph->reserve(size());
    m_graph->append(m_values.span());
    const StoredColumn<std::byte> stored = std::exchange(m_storedLinks, {});
    if (stored.size() == 0) {
        return;
    }
    ByteReader reader(stored.span());
    if (!m_graph->decodeLinks(reader).has_value() || !reader.atEnd()) {
        m_graph.emplace(m_dimension);
        m_graph->append(m_values.span());
    }
}

void VectorIndex::nearestByGraph(
    std::span<const std::int16_t> query, std::size_t count, AllowedSlots allowed, HnswScratch& scratch, std::vector<Near>& found) const
{
    const std::size_t allowedCount = allowed.empty() ? size() : countOf(allowed);
    const auto linked = static_cast<Slot>(m_graph->linked());
    if (!allowed.empty() && (allowedCount <= kScanMax || allowedCount < size() / kScanShare)) {
        found.clear();
        m_graph->scan(query, 0, static_cast<Slot>(size()), allowed, scratch, found);
    } else {
        // The fewer are allowed, the more the search has to pass by.
        m_graph->search(query, kPoolTimes * count * size() / std::max<std::size_t>(allowedCount, 1), allowed, scratch, found);
        if (linked < size()) {
            m_graph->scan(query, linked, static_cast<Slot>(size()), allowed, scratch, found);
        }
    }
    keepBest(found, std::max(count, kExactMin));
}

void VectorIndex::nearest(
    std::span<const std::int16_t> query, std::size_t count, AllowedSlots allowed, NearScratch& scratch, std::vector<Near>& found) const
{
    CARMA_ASSERT(query.size() == m_dimension && (m_graph || m_codes));
    if (m_graph) {
        nearestByGraph(query, count, allowed, scratch.graph, found);
        scratch.slots.clear();
        for (const Near& near : found) {
            scratch.slots.push_back(near.slot);
        }
    } else {
        m_codes->nearest(query, kCodesTimes * count + kCodesMore, allowed, scratch.signs, scratch.slots);
        std::erase_if(scratch.slots, [&](Slot slot) { return !has(slot); });
        found.resize(scratch.slots.size());
    }
    scratch.dots.resize(found.size());
    dotsOf(query, scratch.slots, scratch.dots);
    for (std::size_t i = 0; i < found.size(); ++i) {
        found[i] = {scratch.dots[i], scratch.slots[i]};
    }
    if (found.size() > count) {
        keepBestFast(count, scratch, found);
    }
}

std::span<const float> VectorIndex::estimates(const NearScratch& scratch) const
{
    return m_graph ? std::span<const float>() : std::span<const float>(scratch.signs.products);
}

// The length of the links u64; the vectors; for each a byte, 0 if it is zero; whether there are codes u8, and they; the links as Hnsw
// writes them, nothing if there is no graph.
void VectorIndex::encode(Bytes& out) const
{
    Bytes links;
    if (m_graph) {
        m_graph->encodeLinks(links);
    }
    const ByteView written = m_graph ? ByteView(links) : m_storedLinks.span();
    ByteWriter writer(out);
    writer.number(static_cast<std::uint64_t>(written.size()));
    writeColumn(out, m_values.span());
    writeColumn(out, m_present);
    writer.number(static_cast<std::uint8_t>(m_codes ? 1 : 0));
    if (m_codes) {
        m_codes->encode(out);
    }
    writeColumn(out, written);
}

Result<VectorIndex> VectorIndex::decode(SnapshotReader& reader, std::size_t dimension, std::size_t count)
{
    const Error bad{ErrorCode::Corruption, "the snapshot's vectors contradict themselves"};
    VectorIndex index(dimension);
    const auto linkBytes = reader.number<std::uint64_t>();
    if (count > reader.pages()->size() / (dimension * sizeof(std::int16_t))) {
        return bad;
    }
    index.m_values = reader.column<std::int16_t>(count * dimension);
    index.m_present = reader.copy<std::uint8_t>(count);
    if (reader.number<std::uint8_t>() != 0 && dimension <= SignCodes::kDimensionMax) {
        index.m_codes.emplace(dimension, std::span<const std::int16_t>());
        if (!index.m_codes->decode(reader, count)) {
            return bad;
        }
    }
    index.m_storedLinks = reader.column<std::byte>(linkBytes);
    if (reader.failed()) {
        return bad;
    }
    return index;
}

} // namespace carma::index
