// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/rotation.h"

#include "base/split_mix.h"

#include <carma/assert.h>

#include <bit>
#include <cmath>

namespace carma::index {

namespace {

/// The Walsh-Hadamard transform, scaled to keep lengths. REQUIRES: a power of two
void transform(std::span<float> values)
{
    for (std::size_t half = 1; half < values.size(); half *= 2) {
        for (std::size_t begin = 0; begin < values.size(); begin += 2 * half) {
            float* left = values.data() + begin;
            float* right = left + half;
            for (std::size_t i = 0; i < half; ++i) {
                const float a = left[i];
                const float b = right[i];
                left[i] = a + b;
                right[i] = a - b;
            }
        }
    }
    const auto factor = static_cast<float>(1.0 / std::sqrt(static_cast<double>(values.size())));
    for (float& value : values) {
        value *= factor;
    }
}

} // namespace

Rotation::Rotation(std::size_t dimension)
{
    for (std::size_t i = 0; i < dimension; ++i) {
        m_signs.push_back((splitMixAt(i) & 1U) != 0 ? 1.0F : -1.0F);
    }
}

void Rotation::turn(std::span<const std::int16_t> vector, std::span<float> out) const
{
    CARMA_ASSERT(vector.size() == m_signs.size() && out.size() == m_signs.size());
    for (std::size_t i = 0; i < m_signs.size(); ++i) {
        out[i] = static_cast<float>(vector[i]) * m_signs[i];
    }
    const std::size_t block = std::bit_floor(m_signs.size());
    transform(out.first(block));
    if (block != m_signs.size()) {
        transform(out.last(block));
    }
}

} // namespace carma::index
