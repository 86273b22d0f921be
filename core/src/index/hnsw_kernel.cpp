// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/hnsw_kernel.h"

// Highway compiles this file once for each instruction set and picks one at run time. AVX3_DL has the byte products (VNNI).
#define HWY_WANT_AVX3_DL
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "index/hnsw_kernel.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace carma::index {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET == HWY_AVX3_DL
// Highway asks the processor for AVX512_VNNI before it takes this target, but its attributes for the compiler leave it out.
#define CARMA_BYTE_PRODUCTS __attribute__((target("avx512vnni")))

CARMA_BYTE_PRODUCTS std::int32_t byteDot(const std::uint8_t* row, const std::int8_t* query, std::size_t width)
{
    __m512i sumA = _mm512_setzero_si512();
    __m512i sumB = _mm512_setzero_si512();
    std::size_t k = 0;
    for (; k + 128 <= width; k += 128) {
        sumA = _mm512_dpbusd_epi32(sumA, _mm512_loadu_si512(row + k), _mm512_loadu_si512(query + k));
        sumB = _mm512_dpbusd_epi32(sumB, _mm512_loadu_si512(row + k + 64), _mm512_loadu_si512(query + k + 64));
    }
    if (k < width) {
        sumA = _mm512_dpbusd_epi32(sumA, _mm512_loadu_si512(row + k), _mm512_loadu_si512(query + k));
    }
    return _mm512_reduce_add_epi32(_mm512_add_epi32(sumA, sumB));
}

#else
#define CARMA_BYTE_PRODUCTS

std::int32_t byteDot(const std::uint8_t* row, const std::int8_t* query, std::size_t width)
{
    const hn::CappedTag<std::int16_t, kByteRowUnit / 2> shorts;
    const hn::RepartitionToWide<decltype(shorts)> words;
    const hn::Rebind<std::uint8_t, decltype(shorts)> bytes;
    const hn::Rebind<std::int8_t, decltype(shorts)> signedBytes;
    const std::size_t lanes = hn::Lanes(shorts);
    auto sumA = hn::Zero(words);
    auto sumB = hn::Zero(words);
    auto restA = hn::Zero(words);
    auto restB = hn::Zero(words);
    for (std::size_t k = 0; k < width; k += 2 * lanes) {
        const auto rowA = hn::PromoteTo(shorts, hn::LoadU(bytes, row + k));
        const auto rowB = hn::PromoteTo(shorts, hn::LoadU(bytes, row + k + lanes));
        const auto queryA = hn::PromoteTo(shorts, hn::LoadU(signedBytes, query + k));
        const auto queryB = hn::PromoteTo(shorts, hn::LoadU(signedBytes, query + k + lanes));
        sumA = hn::ReorderWidenMulAccumulate(words, rowA, queryA, sumA, restA);
        sumB = hn::ReorderWidenMulAccumulate(words, rowB, queryB, sumB, restB);
    }
    return hn::GetLane(hn::SumOfLanes(words, hn::Add(hn::Add(sumA, sumB), hn::Add(restA, restB))));
}

#endif

CARMA_BYTE_PRODUCTS void byteDotsImpl(
    const std::uint8_t* rows, std::size_t width, const std::uint32_t* ids, std::size_t count, const std::int8_t* query, std::int32_t* dots)
{
    for (std::size_t i = 0; i < count; ++i) {
        dots[i] = byteDot(rows + std::size_t{ids[i]} * width, query, width);
    }
}

#undef CARMA_BYTE_PRODUCTS

} // namespace HWY_NAMESPACE
} // namespace carma::index
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace carma::index {

HWY_EXPORT(byteDotsImpl);

void byteDots(
    const std::uint8_t* rows, std::size_t width, const std::uint32_t* ids, std::size_t count, const std::int8_t* query, std::int32_t* dots)
{
    HWY_DYNAMIC_DISPATCH(byteDotsImpl)(rows, width, ids, count, query, dots);
}

} // namespace carma::index
#endif
