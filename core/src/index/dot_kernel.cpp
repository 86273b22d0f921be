// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/dot_kernel.h"

// Highway compiles this file once for each instruction set and picks one at run time.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "index/dot_kernel.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace carma::index {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

std::int32_t dotProduct(const std::int16_t* row, const std::int16_t* query, std::size_t dimension)
{
    const hn::ScalableTag<std::int16_t> shorts;
    const hn::RepartitionToWide<decltype(shorts)> words;
    const std::size_t lanes = hn::Lanes(shorts);
    auto sumA = hn::Zero(words);
    auto sumB = hn::Zero(words);
    auto restA = hn::Zero(words);
    auto restB = hn::Zero(words);
    std::size_t i = 0;
    for (; i + 2 * lanes <= dimension; i += 2 * lanes) {
        sumA = hn::ReorderWidenMulAccumulate(words, hn::LoadU(shorts, row + i), hn::LoadU(shorts, query + i), sumA, restA);
        sumB = hn::ReorderWidenMulAccumulate(words, hn::LoadU(shorts, row + i + lanes), hn::LoadU(shorts, query + i + lanes), sumB, restB);
    }
    const auto sum = hn::Add(hn::Add(sumA, sumB), hn::Add(restA, restB));
    std::int32_t dot = hn::GetLane(hn::SumOfLanes(words, sum));
    for (; i < dimension; ++i) {
        dot += std::int32_t{row[i]} * std::int32_t{query[i]};
    }
    return dot;
}

void dotProductsImpl(const std::int16_t* rows, const std::int16_t* query, std::size_t dimension, std::int32_t* dots, std::size_t count)
{
    for (std::size_t k = 0; k < count; ++k) {
        dots[k] = dotProduct(rows + k * dimension, query, dimension);
    }
}

void dotProductsOfImpl(const std::int16_t* rows, const std::uint32_t* ids, const std::int16_t* query, std::size_t dimension,
    std::int32_t* dots, std::size_t count)
{
    constexpr std::size_t kAhead = 4;
    constexpr std::size_t kLine = 64 / sizeof(std::int16_t);
    for (std::size_t k = 0; k < count; ++k) {
        if (k + kAhead < count) {
            const std::int16_t* later = rows + std::size_t{ids[k + kAhead]} * dimension;
            for (std::size_t i = 0; i < dimension; i += kLine) {
                __builtin_prefetch(later + i);
            }
        }
        dots[k] = dotProduct(rows + std::size_t{ids[k]} * dimension, query, dimension);
    }
}

} // namespace HWY_NAMESPACE
} // namespace carma::index
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace carma::index {

HWY_EXPORT(dotProductsImpl);
HWY_EXPORT(dotProductsOfImpl);

void dotProducts(std::span<const std::int16_t> rows, std::span<const std::int16_t> query, std::span<std::int32_t> dots)
{
    HWY_DYNAMIC_DISPATCH(dotProductsImpl)(rows.data(), query.data(), query.size(), dots.data(), dots.size());
}

void dotProductsOf(
    const std::int16_t* rows, std::span<const std::uint32_t> ids, std::span<const std::int16_t> query, std::span<std::int32_t> dots)
{
    HWY_DYNAMIC_DISPATCH(dotProductsOfImpl)(rows, ids.data(), query.data(), query.size(), dots.data(), dots.size());
}

} // namespace carma::index
#endif
