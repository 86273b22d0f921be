// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/byte_io.h"
#include "index/compaction.h"

#include <carma/result.h>

#include <cstdint>
#include <span>
#include <vector>

namespace carma::index {

/// A unit vector in 16-bit fixed point: 32,767 is 1. Half the size of float32 and true to 1e-5 in a cosine, where
/// float16 is true to 1e-3. The product of two has at most 2^30 by the Cauchy-Schwarz inequality, so that a cosine is a
/// plain sum of 32-bit whole numbers, the same on every machine.
using FixedVector = std::vector<std::int16_t>;
inline constexpr std::int32_t kFixedOne = 32767;
inline constexpr float kFixedDotOne = static_cast<float>(kFixedOne) * static_cast<float>(kFixedOne);

/// `vector` scaled to length 1 and rounded into `out`; all zeroes stay. False, with zeroes, if a number is not finite.
/// REQUIRES: out.size() == vector.size()
bool toFixed(std::span<const float> vector, std::span<std::int16_t> out);

/// The vectors of a namespace's passages by slot, scanned exactly. Not synchronised.
class VectorIndex {
public:
    explicit VectorIndex(std::size_t dimension) : m_dimension(dimension) {}

    /// Adds the vectors of the next slots. REQUIRES: vectors.size() is a multiple of the dimension
    void append(std::span<const std::int16_t> vectors);
    void compact(Renumbering newSlots);
    /// Cosine of each vector with `query`, kFixedDotOne being 1. Zero for zero vectors. REQUIRES: dots.size() == size()
    void dots(std::span<const std::int16_t> query, std::span<std::int32_t> dots) const;
    /// False for the zero vector of a passage without a known token.
    [[nodiscard]] bool has(Slot slot) const { return m_present[slot] != 0; }
    [[nodiscard]] std::span<const std::int16_t> at(Slot slot) const;
    [[nodiscard]] std::size_t size() const { return m_present.size(); }
    [[nodiscard]] std::size_t dimension() const { return m_dimension; }
    [[nodiscard]] std::size_t memoryBytes() const;

    void encode(ByteWriter& writer) const;
    /// Reads `count` vectors. Corruption for any that is neither zero nor of length 1.
    static Result<VectorIndex> decode(ByteReader& reader, std::size_t dimension, std::size_t count);

private:
    std::size_t m_dimension;
    std::vector<std::int16_t> m_values;  ///< [size, dimension]
    std::vector<std::uint8_t> m_present; ///< 0 for zero vectors
};

} // namespace carma::index
