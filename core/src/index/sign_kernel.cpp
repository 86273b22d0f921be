// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/sign_kernel.h"

#include <carma/assert.h>

#include <algorithm>

// Highway compiles this file once for each instruction set and picks one at run time.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "index/sign_kernel.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace carma::index {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET == HWY_SCALAR

void signSumsImpl(const std::uint8_t* codes, std::size_t blocks, std::size_t places, const std::uint8_t* tables, std::uint16_t* sums)
{
    for (std::size_t block = 0; block < blocks; ++block) {
        for (std::size_t row = 0; row < kSignBlock; ++row) {
            unsigned sum = 0;
            for (std::size_t place = 0; place < places; ++place) {
                const unsigned byte = codes[(block * places + place) * kSignTable + row % kSignTable];
                sum += tables[place * kSignTable + (row < kSignTable ? byte & 0x0FU : byte >> 4U)];
            }
            sums[block * kSignBlock + row] = static_cast<std::uint16_t>(sum);
        }
    }
}

#else

using Bytes = hn::CappedTag<std::uint8_t, 32>; // one or two places at a time: eight places are four steps of it
using Words = hn::Repartition<std::uint16_t, Bytes>;
using Eight = hn::CappedTag<std::uint16_t, 8>;

/// The sums of all blocks of eight numbers of the vector.
template <typename D> HWY_INLINE hn::Vec<Eight> folded(D words, hn::Vec<D> sums)
{
    if constexpr (hn::MaxLanes(words) == hn::MaxLanes(Eight())) {
        return sums;
    } else {
        const hn::Half<D> half;
        return folded(half, hn::Add(hn::LowerHalf(half, sums), hn::UpperHalf(half, sums)));
    }
}

void signSumsImpl(const std::uint8_t* codes, std::size_t blocks, std::size_t places, const std::uint8_t* tables, std::uint16_t* sums)
{
    const Bytes bytes;
    const Words words;
    const Eight eight;
    const std::size_t step = hn::Lanes(bytes);
    const auto low = hn::Set(bytes, 0x0F);
    const auto lowByte = hn::Set(words, 0x00FF);
    for (std::size_t block = 0; block < blocks; ++block) {
        auto evenA = hn::Zero(words);
        auto oddA = hn::Zero(words);
        auto evenB = hn::Zero(words);
        auto oddB = hn::Zero(words);
        for (std::size_t at = 0; at < places * kSignTable; at += 4 * step) {
            auto sumA = hn::Zero(bytes);
            auto sumB = hn::Zero(bytes);
            for (std::size_t k = 0; k < 4; ++k) {
                const auto code = hn::LoadU(bytes, codes + at + k * step);
                const auto table = hn::LoadU(bytes, tables + at + k * step);
                const auto high = hn::And(hn::BitCast(bytes, hn::ShiftRight<4>(hn::BitCast(words, code))), low);
                sumA = hn::Add(sumA, hn::TableLookupBytes(table, hn::And(code, low)));
                sumB = hn::Add(sumB, hn::TableLookupBytes(table, high));
            }
            const auto wideA = hn::BitCast(words, sumA);
            const auto wideB = hn::BitCast(words, sumB);
            evenA = hn::Add(evenA, hn::And(wideA, lowByte));
            oddA = hn::Add(oddA, hn::ShiftRight<8>(wideA));
            evenB = hn::Add(evenB, hn::And(wideB, lowByte));
            oddB = hn::Add(oddB, hn::ShiftRight<8>(wideB));
        }
        codes += places * kSignTable;
        hn::StoreInterleaved2(folded(words, evenA), folded(words, oddA), eight, sums);
        hn::StoreInterleaved2(folded(words, evenB), folded(words, oddB), eight, sums + kSignTable);
        sums += kSignBlock;
    }
}

#endif

void signProductsImpl(const std::uint16_t* sums, const float* factors, std::size_t count, float base, float step, float* products)
{
    const hn::ScalableTag<float> floats;
    const hn::RebindToSigned<decltype(floats)> words;
    const hn::Rebind<std::uint16_t, decltype(floats)> shorts;
    const std::size_t lanes = hn::Lanes(floats);
    const auto bases = hn::Set(floats, base);
    const auto steps = hn::Set(floats, step);
    std::size_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        const auto wide = hn::ConvertTo(floats, hn::PromoteTo(words, hn::LoadU(shorts, sums + i)));
        hn::StoreU(hn::Mul(hn::LoadU(floats, factors + i), hn::MulAdd(wide, steps, bases)), floats, products + i);
    }
    for (; i < count; ++i) {
        products[i] = factors[i] * (base + step * static_cast<float>(sums[i]));
    }
}

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
        kept += hn::CompressStore(place, isKept, numbers, places + kept); // writes whole vectors: kept <= i leaves room
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
    float low = values[0];
    float high = values[0];
    for (std::size_t i = 0; i < count; ++i) {
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

} // namespace HWY_NAMESPACE
} // namespace carma::index
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace carma::index {

HWY_EXPORT(signSumsImpl);
HWY_EXPORT(signProductsImpl);
HWY_EXPORT(placesFromImpl);
HWY_EXPORT(leastOfBestImpl);

void signSums(const std::uint8_t* codes, std::size_t blocks, std::size_t places, const std::uint8_t* tables, std::uint16_t* sums)
{
    HWY_DYNAMIC_DISPATCH(signSumsImpl)(codes, blocks, places, tables, sums);
}

void signProducts(std::span<const std::uint16_t> sums, std::span<const float> factors, float base, float step, std::span<float> products)
{
    HWY_DYNAMIC_DISPATCH(signProductsImpl)(sums.data(), factors.data(), products.size(), base, step, products.data());
}

std::size_t placesFrom(std::span<const float> values, float least, std::span<std::uint32_t> places)
{
    return HWY_DYNAMIC_DISPATCH(placesFromImpl)(values.data(), values.size(), least, places.data());
}

float leastOfBest(std::span<const float> values, std::size_t rank)
{
    CARMA_ASSERT(rank < values.size());
    return HWY_DYNAMIC_DISPATCH(leastOfBestImpl)(values.data(), values.size(), rank);
}

} // namespace carma::index
#endif
