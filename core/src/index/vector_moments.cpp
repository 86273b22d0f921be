// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/vector_moments.h"

#include <bit>

// Highway compiles this file once for each instruction set and picks one at run time.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "index/vector_moments.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace carma::index {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

/// out[k] += sum over the samples s of left[s] * rows[s * dimension + k].
void addWeightedImpl(const float* left, std::size_t stride, const float* rows, std::size_t samples, float* out, std::size_t dimension)
{
    const hn::ScalableTag<float> floats;
    const std::size_t lanes = hn::Lanes(floats);
    std::size_t k = 0;
    for (; k + lanes <= dimension; k += lanes) {
        auto sum = hn::LoadU(floats, out + k);
        for (std::size_t s = 0; s < samples; ++s) {
            sum = hn::MulAdd(hn::Set(floats, left[s * stride]), hn::LoadU(floats, rows + s * dimension + k), sum);
        }
        hn::StoreU(sum, floats, out + k);
    }
    for (; k < dimension; ++k) {
        for (std::size_t s = 0; s < samples; ++s) {
            out[k] += left[s * stride] * rows[s * dimension + k];
        }
    }
}

/// query' matrix query, by rows of the upper triangle; what is below is zero and costs nothing but in the blocks on the diagonal.
float quadraticFormImpl(const std::uint16_t* matrix, const float* query, std::size_t dimension)
{
    const hn::ScalableTag<float> floats;
    const hn::RebindToUnsigned<decltype(floats)> words;
    const hn::Rebind<std::uint16_t, decltype(floats)> shorts;
    const std::size_t lanes = hn::Lanes(floats);
    const auto valuesAt = [&](const std::uint16_t* at) {
        return hn::BitCast(floats, hn::ShiftLeft<16>(hn::PromoteTo(words, hn::LoadU(shorts, at))));
    };
    auto total = hn::Zero(floats);
    float rest = 0;
    for (std::size_t row = 0; row < dimension; ++row) {
        const std::uint16_t* values = matrix + row * dimension;
        auto sumA = hn::Zero(floats);
        auto sumB = hn::Zero(floats);
        std::size_t k = row / (2 * lanes) * (2 * lanes);
        for (; k + 2 * lanes <= dimension; k += 2 * lanes) {
            sumA = hn::MulAdd(valuesAt(values + k), hn::LoadU(floats, query + k), sumA);
            sumB = hn::MulAdd(valuesAt(values + k + lanes), hn::LoadU(floats, query + k + lanes), sumB);
        }
        total = hn::MulAdd(hn::Set(floats, query[row]), hn::Add(sumA, sumB), total);
        for (; k < dimension; ++k) {
            rest += query[row] * std::bit_cast<float>(std::uint32_t{values[k]} << 16U) * query[k];
        }
    }
    return hn::GetLane(hn::SumOfLanes(floats, total)) + rest;
}

} // namespace HWY_NAMESPACE
} // namespace carma::index
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

#include "index/vector_index.h"

#include <carma/assert.h>

#include <algorithm>

namespace carma::index {

HWY_EXPORT(addWeightedImpl);
HWY_EXPORT(quadraticFormImpl);

namespace {

constexpr float kUnitMost = 8;     // of moments of unit vectors
constexpr std::size_t kBlock = 16; // samples added together, so that the matrix is passed through less often

float toUnit(std::int16_t value) { return static_cast<float>(value) / static_cast<float>(kFixedOne); }

/// To the nearest bfloat16. REQUIRES: finite
std::uint16_t shortened(float value)
{
    const auto bits = std::bit_cast<std::uint32_t>(value);
    return static_cast<std::uint16_t>((bits + 0x7FFFU + (bits >> 16U & 1U)) >> 16U);
}

float lengthened(std::uint16_t value) { return std::bit_cast<float>(std::uint32_t{value} << 16U); }

std::vector<std::uint16_t> shortened(std::span<const float> values)
{
    std::vector<std::uint16_t> out(values.size());
    std::ranges::transform(values, out.begin(), [](float value) { return shortened(value); });
    return out;
}

} // namespace

VectorMoments::VectorMoments(std::span<const std::int16_t> vectors, std::size_t dimension) : m_mean(dimension)
{
    std::vector<float> covariance(dimension * dimension);
    const std::size_t samples = vectors.size() / dimension;
    CARMA_ASSERT(samples > 0);
    std::vector<float> rows(vectors.size());
    std::ranges::transform(vectors, rows.begin(), toUnit);
    const auto share = 1.0F / static_cast<float>(samples);
    for (std::size_t s = 0; s < samples; ++s) {
        for (std::size_t k = 0; k < dimension; ++k) {
            m_mean[k] += rows[s * dimension + k] * share;
        }
    }
    for (std::size_t s = 0; s < samples; ++s) {
        for (std::size_t k = 0; k < dimension; ++k) {
            rows[s * dimension + k] -= m_mean[k];
        }
    }
    for (std::size_t s = 0; s < samples; s += kBlock) {
        const float* block = rows.data() + s * dimension;
        for (std::size_t i = 0; i < dimension; ++i) {
            HWY_DYNAMIC_DISPATCH(addWeightedImpl)
            (block + i, dimension, block, std::min(kBlock, samples - s), covariance.data() + i * dimension, dimension);
        }
    }
    // Symmetric: the upper triangle says all.
    for (std::size_t i = 0; i < dimension; ++i) {
        for (std::size_t k = 0; k < dimension; ++k) {
            covariance[i * dimension + k] *= k < i ? 0.0F : k == i ? share : 2 * share;
        }
    }
    m_covariance = shortened(covariance);
}

VectorMoments::VectorMoments(SnapshotReader& reader, std::size_t dimension)
    : m_mean(reader.floats(dimension, kUnitMost)), m_covariance(shortened(reader.floats(dimension * dimension, kUnitMost)))
{
}

void VectorMoments::encode(Bytes& out) const
{
    writeColumn(out, m_mean);
    std::vector<float> covariance(m_covariance.size());
    std::ranges::transform(m_covariance, covariance.begin(), lengthened);
    writeColumn(out, covariance);
}

VectorMoments::Spread VectorMoments::of(std::span<const std::int16_t> query) const
{
    CARMA_ASSERT(query.size() == m_mean.size());
    thread_local std::vector<float> unit;
    unit.resize(query.size());
    std::ranges::transform(query, unit.begin(), toUnit);
    Spread spread;
    for (std::size_t i = 0; i < unit.size(); ++i) {
        spread.mean += unit[i] * m_mean[i];
    }
    spread.variance = std::max(0.0F, HWY_DYNAMIC_DISPATCH(quadraticFormImpl)(m_covariance.data(), unit.data(), unit.size()));
    return spread;
}

} // namespace carma::index
#endif
