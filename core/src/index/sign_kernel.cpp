// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/sign_kernel.h"

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

using Bytes = hn::CappedTag<std::uint8_t, 32>; // one or two places at a time
using Words = hn::Repartition<std::uint16_t, Bytes>;
using Eight = hn::CappedTag<std::uint16_t, 8>;

/// The sums of both halves of the vector, where there are two.
template <typename V> HWY_INLINE hn::Vec<Eight> folded(V sums)
{
    if constexpr (hn::MaxLanes(Words()) == hn::MaxLanes(Eight())) {
        return sums;
    } else {
        return hn::Add(hn::LowerHalf(Eight(), sums), hn::UpperHalf(Eight(), sums));
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
        hn::StoreInterleaved2(folded(evenA), folded(oddA), eight, sums);
        hn::StoreInterleaved2(folded(evenB), folded(oddB), eight, sums + kSignTable);
        sums += kSignBlock;
    }
}

#endif

} // namespace HWY_NAMESPACE
} // namespace carma::index
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace carma::index {

HWY_EXPORT(signSumsImpl);

void signSums(const std::uint8_t* codes, std::size_t blocks, std::size_t places, const std::uint8_t* tables, std::uint16_t* sums)
{
    HWY_DYNAMIC_DISPATCH(signSumsImpl)(codes, blocks, places, tables, sums);
}

} // namespace carma::index
#endif
