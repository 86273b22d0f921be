// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "embed/pool_kernel.h"

// Highway compiles this file once for each instruction set and picks one at run time.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "embed/pool_kernel.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace carma::embed {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

void sumScaledRowsImpl(
    const std::uint32_t* ids, std::size_t idCount, const std::int8_t* rows, const float* scales, float* sum, std::size_t dimension)
{
    const hn::ScalableTag<float> floats;
    const hn::RebindToSigned<decltype(floats)> words;
    const hn::Rebind<std::int8_t, decltype(floats)> bytes;
    const std::size_t lanes = hn::Lanes(floats);
    for (std::size_t k = 0; k < idCount; ++k) {
        const std::int8_t* row = rows + std::size_t{ids[k]} * dimension;
        const float scale = scales[ids[k]];
        const auto scaleVector = hn::Set(floats, scale);
        std::size_t i = 0;
        for (; i + lanes <= dimension; i += lanes) {
            const auto values = hn::ConvertTo(floats, hn::PromoteTo(words, hn::LoadU(bytes, row + i)));
            hn::StoreU(hn::MulAdd(values, scaleVector, hn::LoadU(floats, sum + i)), floats, sum + i);
        }
        for (; i < dimension; ++i) {
            sum[i] += static_cast<float>(row[i]) * scale;
        }
    }
}

} // namespace HWY_NAMESPACE
} // namespace carma::embed
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace carma::embed {

HWY_EXPORT(sumScaledRowsImpl);

void sumScaledRows(std::span<const std::uint32_t> ids, const std::int8_t* rows, std::span<const float> scales, std::span<float> sum)
{
    HWY_DYNAMIC_DISPATCH(sumScaledRowsImpl)(ids.data(), ids.size(), rows, scales.data(), sum.data(), sum.size());
}

} // namespace carma::embed
#endif
