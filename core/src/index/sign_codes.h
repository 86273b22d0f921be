// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "index/compaction.h"
#include "index/rotation.h"
#include "index/snapshot_reader.h"

#include <cstdint>
#include <span>
#include <vector>

namespace carma::index {

/// What a search needs besides the codes; kept by the caller so that searching allocates nothing once it is warm.
struct SignScratch {
    std::vector<float> turned;
    std::vector<std::uint8_t> tables;
    std::vector<std::uint16_t> sums;
    std::vector<float> products; ///< estimated, by slot, of the query and what the vector has beyond the mean of all
    float meanProduct = 0;       ///< of the query and that mean
    std::vector<float> sample;
    std::vector<Slot> places; ///< in the sample
};

/// One bit a number: the sign of what each vector, turned, has beyond the mean of all. From them a product with any query is estimated,
/// with a deviation of about 0.04 at 256 numbers, 32 bytes a vector instead of 512: "RaBitQ: Quantizing High-Dimensional Vectors with a
/// Theoretical Error Bound for Approximate Nearest Neighbor Search" (Gao and Long, 2024). The scan of all codes finds more of the nearest
/// than a graph does in the same time as long as there are some tens of thousands. Not synchronised.
class SignCodes {
public:
    static constexpr std::size_t kDimensionMax = 4096;

    /// `sample` is int16 [n, dimension]: their mean is what codes are taken from. REQUIRES: dimension <= kDimensionMax
    SignCodes(std::size_t dimension, std::span<const std::int16_t> sample);

    void append(std::span<const std::int16_t> vectors);
    void compact(Renumbering newSlots);
    /// Appends about `count` of the slots whose vectors are nearest by estimate, at least `count` if there are so many allowed, in no
    /// order. `allowed`: bit slot % 64 of word slot / 64; empty: all. Zero vectors are among them as well.
    void nearest(std::span<const std::int16_t> query, std::size_t count, std::span<const std::uint64_t> allowed, SignScratch& scratch,
        std::vector<Slot>& found) const;

    void encode(Bytes& out) const;
    /// Takes the place of what is there. False for bytes that end too early.
    bool decode(SnapshotReader& reader, std::size_t slots);

    [[nodiscard]] std::size_t size() const { return m_factors.size(); }
    [[nodiscard]] std::size_t memoryBytes() const { return m_codes.memoryBytes() + m_factors.capacity() * sizeof(float); }

private:
    void writeCode(Slot slot, std::span<const float> turned);
    void makeTables(std::span<const std::int16_t> query, SignScratch& scratch, float& base, float& step) const;
    static void keepAbout(std::size_t count, SignScratch& scratch, std::vector<Slot>& found);

    Rotation m_rotation;
    std::size_t m_places;             ///< of 4 numbers each
    std::vector<float> m_mean;        ///< turned
    PageColumn<std::uint8_t> m_codes; ///< see signSums
    std::vector<float> m_factors;     ///< from a sum of signed numbers of the query to the product
};

} // namespace carma::index
