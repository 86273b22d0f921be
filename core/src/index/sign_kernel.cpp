// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/sign_kernel.h"

#include <carma/assert.h>

#include <algorithm>
#include <array>
#include <cmath>

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

/// REQUIRES: places * kSignTable is a multiple of four vectors
template <typename Bytes>
void addUp(Bytes bytes, const std::uint8_t* codes, std::size_t blocks, std::size_t places, const std::uint8_t* tables, std::uint16_t* sums)
{
    const hn::Repartition<std::uint16_t, Bytes> words;
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

void signSumsImpl(const std::uint8_t* codes, std::size_t blocks, std::size_t places, const std::uint8_t* tables, std::uint16_t* sums)
{
    const hn::CappedTag<std::uint8_t, 64> wide;
    const hn::CappedTag<std::uint8_t, 32> bytes; // one or two places at a time: eight places are four steps of it
    if (places * kSignTable % (4 * hn::Lanes(wide)) == 0) {
        addUp(wide, codes, blocks, places, tables, sums);
    } else {
        addUp(bytes, codes, blocks, places, tables, sums);
    }
}

#endif

#if HWY_TARGET == HWY_SCALAR

void signTablesImpl(const float* query, std::size_t places, float perStep, std::uint8_t* tables)
{
    for (std::size_t place = 0; place < places; ++place, query += 4, tables += kSignTable) {
        float least = 0;
        for (std::size_t k = 0; k < 4; ++k) {
            least -= std::abs(query[k]);
        }
        for (std::size_t code = 0; code < kSignTable; ++code) {
            float sum = 0;
            for (std::size_t k = 0; k < 4; ++k) {
                sum += (code >> k & 1U) != 0 ? query[k] : -query[k];
            }
            tables[code] = static_cast<std::uint8_t>(std::min((sum - least) * perStep + 0.5F, static_cast<float>(kSignEntryMax)));
        }
    }
}

#else

/// Four codes at a time: the entries of the codes 4 n .. 4 n + 3 differ in the signs of the first two numbers.
void signTablesImpl(const float* query, std::size_t places, float perStep, std::uint8_t* tables)
{
    const hn::CappedTag<float, 4> floats;
    const hn::RebindToSigned<decltype(floats)> words;
    const hn::Rebind<std::uint8_t, decltype(floats)> bytes;
    constexpr std::array<float, 4> kFirst{-1, 1, -1, 1};
    constexpr std::array<float, 4> kSecond{-1, -1, 1, 1};
    const auto first = hn::LoadU(floats, kFirst.data());
    const auto second = hn::LoadU(floats, kSecond.data());
    const auto scale = hn::Set(floats, perStep);
    const auto most = hn::Set(floats, static_cast<float>(kSignEntryMax));
    const auto half = hn::Set(floats, 0.5F);
    for (std::size_t place = 0; place < places; ++place, query += 4) {
        const float size = std::abs(query[0]) + std::abs(query[1]) + std::abs(query[2]) + std::abs(query[3]);
        const auto low = hn::MulAdd(first, hn::Set(floats, query[0]), hn::Mul(second, hn::Set(floats, query[1])));
        for (std::size_t high = 0; high < 4; ++high, tables += 4) {
            const float rest = size + ((high & 1U) != 0 ? query[2] : -query[2]) + ((high & 2U) != 0 ? query[3] : -query[3]);
            const auto entry = hn::Min(hn::MulAdd(hn::Add(low, hn::Set(floats, rest)), scale, half), most);
            hn::StoreU(hn::DemoteTo(bytes, hn::ConvertTo(words, entry)), bytes, tables);
        }
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

} // namespace HWY_NAMESPACE
} // namespace carma::index
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace carma::index {

HWY_EXPORT(signSumsImpl);
HWY_EXPORT(signTablesImpl);
HWY_EXPORT(signProductsImpl);

void signSums(const std::uint8_t* codes, std::size_t blocks, std::size_t places, const std::uint8_t* tables, std::uint16_t* sums)
{
    HWY_DYNAMIC_DISPATCH(signSumsImpl)(codes, blocks, places, tables, sums);
}

void signTables(std::span<const float> query, float perStep, std::span<std::uint8_t> tables)
{
    CARMA_ASSERT(query.size() % 4 == 0 && tables.size() == query.size() / 4 * kSignTable);
    HWY_DYNAMIC_DISPATCH(signTablesImpl)(query.data(), query.size() / 4, perStep, tables.data());
}

void signProducts(std::span<const std::uint16_t> sums, std::span<const float> factors, float base, float step, std::span<float> products)
{
    HWY_DYNAMIC_DISPATCH(signProductsImpl)(sums.data(), factors.data(), products.size(), base, step, products.data());
}

} // namespace carma::index
#endif
