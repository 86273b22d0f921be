// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/sign_codes.h"

#include "index/selection_kernel.h"
#include "index/sign_kernel.h"

#include <carma/assert.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace carma::index {

namespace {

constexpr std::size_t kTooMany = 3; // times what was asked for: then they are sorted out one by one

std::size_t blocksOf(std::size_t slots) { return (slots + kSignBlock - 1) / kSignBlock; }

bool isAllowed(std::span<const std::uint64_t> allowed, Slot slot)
{
    return allowed.empty() || (slot / 64 < allowed.size() && (allowed[slot / 64] >> (slot % 64) & 1U) != 0);
}

} // namespace

SignCodes::SignCodes(std::size_t dimension, std::span<const std::int16_t> sample)
    : m_rotation(dimension), m_places(((dimension + 3) / 4 + kSignPlaces - 1) / kSignPlaces * kSignPlaces), m_mean(dimension)
{
    CARMA_ASSERT(dimension <= kDimensionMax && m_places <= kSignPlacesMax);
    std::vector<float> turned(dimension);
    const std::size_t count = sample.size() / dimension;
    for (std::size_t i = 0; i < count; ++i) {
        m_rotation.turn(sample.subspan(i * dimension, dimension), turned);
        for (std::size_t k = 0; k < dimension; ++k) {
            m_mean[k] += turned[k] / static_cast<float>(count);
        }
    }
}

void SignCodes::append(std::span<const std::int16_t> vectors)
{
    const std::size_t dimension = m_mean.size();
    const std::size_t count = vectors.size() / dimension;
    const std::size_t before = size();
    m_codes.resize(blocksOf(before + count) * m_places * kSignTable);
    m_factors.resize(before + count);
    std::vector<float> turned(dimension);
    for (std::size_t i = 0; i < count; ++i) {
        m_rotation.turn(vectors.subspan(i * dimension, dimension), turned);
        writeCode(static_cast<Slot>(before + i), turned);
    }
}

void SignCodes::writeCode(Slot slot, std::span<const float> turned)
{
    std::uint8_t* block = m_codes.data() + slot / kSignBlock * m_places * kSignTable + slot % kSignTable;
    const unsigned shift = slot % kSignBlock < kSignTable ? 0 : 4;
    float length = 0;
    float squares = 0;
    for (std::size_t place = 0; place < m_places; ++place) {
        unsigned code = 0;
        for (std::size_t k = 4 * place; k < std::min(4 * place + 4, turned.size()); ++k) {
            const float rest = turned[k] - m_mean[k];
            length += std::abs(rest);
            squares += rest * rest;
            code |= (rest > 0 ? 1U : 0U) << (k % 4);
        }
        std::uint8_t& byte = block[place * kSignTable];
        byte = static_cast<std::uint8_t>((byte & (0xF0U >> shift)) | code << shift);
    }
    m_factors[slot] = length > 0 ? squares / length : 0.0F;
}

void SignCodes::compact(Renumbering newSlots)
{
    const auto byteOf = [&](Slot slot) { return m_codes.data() + slot / kSignBlock * m_places * kSignTable + slot % kSignTable; };
    const auto shiftOf = [](Slot slot) { return slot % kSignBlock < kSignTable ? 0U : 4U; };
    std::size_t kept = 0;
    for (Slot slot = 0; slot < newSlots.size(); ++slot) {
        const Slot to = newSlots[slot];
        if (to == kGone) {
            continue;
        }
        for (std::size_t at = 0; at < m_places * kSignTable && to != slot; at += kSignTable) {
            const unsigned code = byteOf(slot)[at] >> shiftOf(slot) & 0x0FU;
            std::uint8_t& byte = byteOf(to)[at];
            byte = static_cast<std::uint8_t>((byte & (0xF0U >> shiftOf(to))) | code << shiftOf(to));
        }
        ++kept;
    }
    compactColumn(m_factors, newSlots);
    m_codes.resize(blocksOf(kept) * m_places * kSignTable);
    const std::vector<float> nothing = m_mean; // what is behind the last row becomes the code of no difference
    for (std::size_t slot = kept; slot < blocksOf(kept) * kSignBlock; ++slot) {
        m_factors.resize(slot + 1);
        writeCode(static_cast<Slot>(slot), nothing);
    }
    m_factors.resize(kept);
}

/// Each place has a table of the 16 sums of its four numbers of the query with all signs, as whole numbers above the least.
void SignCodes::makeTables(std::span<const std::int16_t> query, SignScratch& scratch, float& base, float& step) const
{
    scratch.turned.assign(m_places * 4, 0.0F);
    m_rotation.turn(query, std::span(scratch.turned).first(m_mean.size()));
    float widest = 0;
    base = 0;
    for (std::size_t place = 0; place < m_places; ++place) {
        float sum = 0;
        for (std::size_t k = 0; k < 4; ++k) {
            sum += std::abs(scratch.turned[4 * place + k]);
        }
        widest = std::max(widest, 2 * sum);
        base -= sum;
    }
    step = widest > 0 ? widest / static_cast<float>(kSignEntryMax) : 1.0F;
    scratch.tables.resize(m_places * kSignTable);
    signTables(scratch.turned, 1 / step, scratch.tables);
}

/// Drops what is below the `count` best; ties of the last of them stay.
void SignCodes::keepAbout(std::size_t count, SignScratch& scratch, std::vector<Slot>& found)
{
    scratch.sample.resize(found.size());
    std::ranges::transform(found, scratch.sample.begin(), [&](Slot slot) { return scratch.products[slot]; });
    keepBest(scratch.sample, count, found, scratch.places);
}

void SignCodes::nearest(std::span<const std::int16_t> query, std::size_t count, std::span<const std::uint64_t> allowed,
    SignScratch& scratch, std::vector<Slot>& found) const
{
    found.clear();
    float base = 0;
    float step = 0;
    makeTables(query, scratch, base, step);
    scratch.meanProduct = std::inner_product(m_mean.begin(), m_mean.end(), scratch.turned.begin(), 0.0F);
    const std::size_t blocks = blocksOf(size());
    scratch.sums.resize(blocks * kSignBlock);
    scratch.products.resize(size());
    signSums(m_codes.data(), blocks, m_places, scratch.tables.data(), scratch.sums.data());
    signProducts(scratch.sums, m_factors, base, step, scratch.products);
    const float limit = allowed.empty() ? leastOfMany(scratch.products, count, scratch.sample) : -std::numeric_limits<float>::infinity();
    found.resize(size());
    found.resize(placesFrom(scratch.products, limit, found));
    if (!allowed.empty()) {
        std::erase_if(found, [&](Slot slot) { return !isAllowed(allowed, slot); });
    }
    const std::size_t kept = found.size();
    if (kept < count && limit > -std::numeric_limits<float>::infinity()) {
        found.resize(size());
        for (Slot slot = 0; slot < size(); ++slot) {
            found[slot] = slot;
        }
    }
    if (allowed.empty() && found.size() > count) {
        keepAbout(count, scratch, found);
    }
    if (found.size() > kTooMany * count || (kept < count && found.size() > count)) {
        std::ranges::nth_element(found, found.begin() + static_cast<std::ptrdiff_t>(count),
            [&](Slot a, Slot b) { return scratch.products[a] != scratch.products[b] ? scratch.products[a] > scratch.products[b] : a < b; });
        found.resize(count);
    }
}

// The turned mean, the factors, the codes.
void SignCodes::encode(Bytes& out) const
{
    writeColumn(out, m_mean);
    writeColumn(out, m_factors);
    writeColumn(out, m_codes.span());
}

bool SignCodes::decode(SnapshotReader& reader, std::size_t slots)
{
    constexpr float kMost = 1e7F; // turned numbers of 16 bits are below that
    m_mean = reader.floats(m_mean.size(), kMost);
    m_factors = reader.floats(slots, kMost);
    const auto stored = reader.column<std::uint8_t>(blocksOf(slots) * m_places * kSignTable).span();
    if (reader.failed()) {
        return false;
    }
    m_codes.resize(stored.size());
    std::ranges::copy(stored, m_codes.data());
    return true;
}

} // namespace carma::index
