// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/sector/bch_kernel.h"

// Highway compiles this file once for each instruction set and picks one at run time. Only on request is one of them the set
// that multiplies four pairs of words at once.
#define HWY_WANT_AVX3_DL
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "log/sector/bch_kernel.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace carma::log {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

#if HWY_ARCH_X86 && HWY_TARGET <= HWY_SSE4

#if HWY_TARGET <= HWY_AVX3_DL
constexpr std::size_t kLanesMax = kFoldBlockBytes / 8;
#else
constexpr std::size_t kLanesMax = 2; // wider vectors would be taken apart for each product
#endif

bool addProductsImpl(const std::byte* bytes, std::size_t block, std::size_t count, const FoldTable& table, FoldSums& sums)
{
    const hn::CappedTag<std::uint64_t, kLanesMax> words;
    const hn::Repartition<std::uint8_t, decltype(words)> octets;
    alignas(16) static constexpr std::uint8_t kReversed[16] = {15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0};
    const auto reversed = hn::LoadDup128(octets, kReversed);
    const std::size_t lanes = hn::Lanes(words);
    const std::size_t first = block * (kFoldBlockBytes / 8);
    const std::size_t size = count * (kFoldBlockBytes / 8);
    auto sum0 = hn::Zero(words);
    auto sum1 = hn::Zero(words);
    auto sum2 = hn::Zero(words);
    auto sum3 = hn::Zero(words);
    const auto* const octet = reinterpret_cast<const std::uint8_t*>(bytes);
    for (std::size_t i = 0; i < size; i += lanes) {
        const auto data = hn::BitCast(words, hn::TableLookupBytes(hn::LoadU(octets, octet + i * 8), reversed));
        const auto products = [&](std::size_t part) HWY_ATTR {
            const auto factor = hn::Load(words, table.parts[part].data() + first + i);
            return hn::Xor(hn::CLMulLower(data, factor), hn::CLMulUpper(data, factor));
        };
        sum0 = hn::Xor(sum0, products(0));
        sum1 = hn::Xor(sum1, products(1));
        sum2 = hn::Xor(sum2, products(2));
        sum3 = hn::Xor(sum3, products(3));
    }
    alignas(kFoldBlockBytes) std::uint64_t stored[kFoldParts][kFoldBlockBytes / 8];
    hn::Store(sum0, words, stored[0]);
    hn::Store(sum1, words, stored[1]);
    hn::Store(sum2, words, stored[2]);
    hn::Store(sum3, words, stored[3]);
    for (std::size_t part = 0; part < kFoldParts; ++part) {
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            sums[part][lane % 2] ^= stored[part][lane];
        }
    }
    return true;
}

#else

bool addProductsImpl(const std::byte*, std::size_t, std::size_t, const FoldTable&, FoldSums&) { return false; }

#endif

} // namespace HWY_NAMESPACE
} // namespace carma::log
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace carma::log {

HWY_EXPORT(addProductsImpl);

bool addProducts(const std::byte* bytes, std::size_t block, std::size_t count, const FoldTable& table, FoldSums& sums)
{
    return HWY_DYNAMIC_DISPATCH(addProductsImpl)(bytes, block, count, table, sums);
}

} // namespace carma::log
#endif
