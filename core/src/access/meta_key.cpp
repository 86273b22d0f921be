// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "access/meta_key.h"

#include "access/compression.h"

#include <carma/assert.h>

#include <array>

namespace carma::access {

double transformLayer(unsigned layer, double y)
{
    constexpr std::array<double, kMetaLayers> kPrimes{3, 5, 7, 11, 13, 17, 19, 23, 29};
    constexpr double kModulus = 1e9;
    CARMA_ASSERT(layer < kMetaLayers);
    const double scaled = y * kPrimes[layer];
    const auto whole = static_cast<double>(static_cast<std::uint64_t>(scaled / kModulus));
    const double rest = scaled - whole * kModulus;
    return rest < 0 ? 0 : rest; // the division may have rounded up to a whole number
}

std::uint32_t metaKey(const MetaFields& fields)
{
    constexpr double kFraction = 1000; // three digits behind the point take part
    const std::array<double, 4> values{static_cast<double>(fields.user), static_cast<double>(fields.position),
        static_cast<double>(fields.piWord), static_cast<double>(fields.permission) + 1.0};
    double x = 0;
    for (unsigned layer = 0; layer < kMetaLayers; ++layer) {
        x = transformLayer(layer, compressInDomain(x + values[layer % values.size()]));
    }
    return static_cast<std::uint32_t>(static_cast<std::uint64_t>(x * kFraction) % kMetaKeys);
}

} // namespace carma::access
