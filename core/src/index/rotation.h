// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace carma::index {

/// A fixed rotation, which changes no product of two vectors: signs drawn from each place, then Walsh-Hadamard transforms of the first
/// and, if the dimension is no power of two, of the last numbers. Embeddings have a few large numbers that a code with one scale for all
/// would have to spend its range on; turned, all are of one size. Only sums and products with constants: the same on every machine.
class Rotation {
public:
    explicit Rotation(std::size_t dimension);
    /// REQUIRES: both of the dimension
    void turn(std::span<const std::int16_t> vector, std::span<float> out) const;
    [[nodiscard]] std::size_t dimension() const { return m_signs.size(); }

private:
    std::vector<float> m_signs;
};

} // namespace carma::index
