// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/selection_kernel.h"

#include <carma/assert.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

// Highway compiles this file once for each instruction set and picks one at run time.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "index/selection_kernel.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace carma::index {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

std::size_t placesFromImpl(const float* values, std::size_t count, float least, std::uint32_t* places)
{
    const hn::ScalableTag<float> floats;
    const hn::RebindToUnsigned<decltype(floats)> numbers;
    const std::size_t lanes = hn::Lanes(floats);
    const auto limit = hn::Set(floats, least);
    const auto step = hn::Set(numbers, static_cast<std::uint32_t>(lanes));
    auto place = hn::Iota(numbers, 0);
    std::size_t kept = 0;
    std::size_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        const auto isKept = hn::RebindMask(numbers, hn::Ge(hn::LoadU(floats, values + i), limit));
        if (!hn::AllFalse(numbers, isKept)) { // few are
            // Whole vectors are written, kept <= i leaves room. Some processors are slow at compressing right into memory.
            hn::StoreU(hn::Compress(place, isKept), numbers, places + kept);
            kept += hn::CountTrue(numbers, isKept);
        }
        place = hn::Add(place, step);
    }
    for (; i < count; ++i) {
        places[kept] = static_cast<std::uint32_t>(i);
        kept += values[i] >= least ? 1 : 0;
    }
    return kept;
}

float leastOfBestImpl(const float* values, std::size_t count, std::size_t rank)
{
    constexpr unsigned kSteps = 16; // to 1.5 parts in 100,000 of the range
    const hn::ScalableTag<float> floats;
    const std::size_t lanes = hn::Lanes(floats);
    auto lows = hn::Set(floats, values[0]);
    auto highs = lows;
    std::size_t whole = 0;
    for (; whole + lanes <= count; whole += lanes) {
        const auto some = hn::LoadU(floats, values + whole);
        lows = hn::Min(lows, some);
        highs = hn::Max(highs, some);
    }
    float low = hn::GetLane(hn::MinOfLanes(floats, lows));
    float high = hn::GetLane(hn::MaxOfLanes(floats, highs));
    for (std::size_t i = whole; i < count; ++i) {
        low = std::min(low, values[i]);
        high = std::max(high, values[i]);
    }
    for (unsigned step = 0; step < kSteps; ++step) {
        const float middle = low + (high - low) * 0.5F;
        const auto limit = hn::Set(floats, middle);
        std::size_t above = 0;
        std::size_t i = 0;
        for (; i + lanes <= count; i += lanes) {
            above += hn::CountTrue(floats, hn::Ge(hn::LoadU(floats, values + i), limit));
        }
        for (; i < count; ++i) {
            above += values[i] >= middle ? 1 : 0;
        }
        (above > rank ? low : high) = middle;
    }
    return low;
}

/// sums[0] is of the values, sums[1] of their squares; added up in floats over short stretches only.
template <typename WeightsAt> HWY_INLINE void addSpread(const float* values, std::size_t count, double* sums, WeightsAt weightsAt)
{
    constexpr std::size_t kStretch = 16; // vectors
    const hn::ScalableTag<float> floats;
    const std::size_t lanes = hn::Lanes(floats);
    std::size_t i = 0;
    while (i + lanes <= count) {
        auto sum = hn::Zero(floats);
        auto squares = hn::Zero(floats);
        for (std::size_t k = 0; k < kStretch && i + lanes <= count; ++k, i += lanes) {
            const auto some = hn::LoadU(floats, values + i);
            const auto weighed = hn::Mul(some, weightsAt(floats, i));
            sum = hn::Add(sum, weighed);
            squares = hn::MulAdd(some, weighed, squares);
        }
        sums[0] += static_cast<double>(hn::GetLane(hn::SumOfLanes(floats, sum)));
        sums[1] += static_cast<double>(hn::GetLane(hn::SumOfLanes(floats, squares)));
    }
    const hn::CappedTag<float, 1> one;
    for (; i < count; ++i) {
        const double weighed = static_cast<double>(values[i]) * static_cast<double>(hn::GetLane(weightsAt(one, i)));
        sums[0] += weighed;
        sums[1] += static_cast<double>(values[i]) * weighed;
    }
}

void addSpreadImpl(const float* values, std::size_t count, double* sums)
{
    addSpread(values, count, sums, [](auto d, std::size_t) HWY_ATTR { return hn::Set(d, 1.0F); });
}

void addWeighedSpreadImpl(const float* values, const float* weights, std::size_t count, double* sums)
{
    addSpread(values, count, sums, [weights](auto d, std::size_t i) HWY_ATTR { return hn::LoadU(d, weights + i); });
}

} // namespace HWY_NAMESPACE
} // namespace carma::index
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace carma::index {

HWY_EXPORT(placesFromImpl);
HWY_EXPORT(leastOfBestImpl);
HWY_EXPORT(addSpreadImpl);
HWY_EXPORT(addWeighedSpreadImpl);

namespace {

constexpr std::size_t kSampled = 16; // of so many values one tells where the best begin

} // namespace

std::size_t placesFrom(std::span<const float> values, float least, std::span<std::uint32_t> places)
{
    return HWY_DYNAMIC_DISPATCH(placesFromImpl)(values.data(), values.size(), least, places.data());
}

float leastOfBest(std::span<const float> values, std::size_t rank)
{
    CARMA_ASSERT(rank < values.size());
    return HWY_DYNAMIC_DISPATCH(leastOfBestImpl)(values.data(), values.size(), rank);
}

float leastOfMany(std::span<const float> values, std::size_t count, std::vector<float>& sample)
{
    sample.resize((values.size() + kSampled - 1) / kSampled);
    for (std::size_t i = 0; i < sample.size(); ++i) {
        sample[i] = values[std::min(i * kSampled + i % kSampled, values.size() - 1)];
    }
    const auto expected = static_cast<double>(count) / static_cast<double>(kSampled);
    const auto rank = static_cast<std::size_t>(expected + 2 * std::sqrt(expected) + 1); // so that there are enough most of the time
    return rank < sample.size() ? leastOfBest(sample, rank) : -std::numeric_limits<float>::infinity();
}

Spread spreadOf(std::span<const float> values, std::span<const float> weights)
{
    CARMA_ASSERT(weights.empty() || weights.size() == values.size());
    std::array<double, 2> sums{};
    if (weights.empty()) {
        HWY_DYNAMIC_DISPATCH(addSpreadImpl)(values.data(), values.size(), sums.data());
    } else {
        HWY_DYNAMIC_DISPATCH(addWeighedSpreadImpl)(values.data(), weights.data(), values.size(), sums.data());
    }
    return {sums[0], sums[1]};
}

} // namespace carma::index
#endif
