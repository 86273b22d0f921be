// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "access/meta_key.h"

#include "access/compression.h"

#include <carma/assert.h>

#include <algorithm>
#include <array>

namespace carma::access {

namespace {

using Values = std::array<double, 4>;

Values valuesOf(const MetaFields& fields)
{
    return {static_cast<double>(fields.user), static_cast<double>(fields.position), static_cast<double>(fields.piWord),
        static_cast<double>(fields.permission) + 1.0};
}

std::uint32_t digitsOf(double x)
{
    constexpr double kFraction = 1000; // three digits behind the point take part
    return static_cast<std::uint32_t>(static_cast<std::uint64_t>(x * kFraction) % kMetaKeys);
}

} // namespace

double transformLayer(unsigned layer, double y)
{
    constexpr std::array<double, kMetaLayers> kPrimes{3, 5, 7, 11, 13, 17, 19, 23, 29};
    constexpr double kModulus = 1e9;
    CARMA_ASSERT(layer < kMetaLayers);
    const double scaled = y * kPrimes[layer];
    const auto whole = static_cast<double>(static_cast<std::int64_t>(scaled / kModulus));
    const double rest = scaled - whole * kModulus;
    return rest < 0 ? 0 : rest; // the division may have rounded up to a whole number
}

std::uint32_t metaKey(const MetaFields& fields)
{
    const Values values = valuesOf(fields);
    double x = 0;
    for (unsigned layer = 0; layer < kMetaLayers; ++layer) {
        x = transformLayer(layer, compressInDomain(x + values[layer % values.size()]));
    }
    return digitsOf(x);
}

void metaKeys(std::span<const MetaFields> fields, std::span<std::uint32_t> keys)
{
    CARMA_ASSERT(fields.size() == keys.size());
    for (std::size_t at = 0; at < fields.size(); at += kLanes) {
        const std::size_t count = std::min(kLanes, fields.size() - at);
        std::array<Values, kLanes> values{};
        for (std::size_t lane = 0; lane < count; ++lane) {
            values[lane] = valuesOf(fields[at + lane]);
        }
        Lanes x{};
        for (unsigned layer = 0; layer < kMetaLayers; ++layer) {
            for (std::size_t lane = 0; lane < kLanes; ++lane) {
                x[lane] += values[lane][layer % values[lane].size()];
            }
            compressInDomain(x);
            for (double& each : x) {
                each = transformLayer(layer, each);
            }
        }
        for (std::size_t lane = 0; lane < count; ++lane) {
            keys[at + lane] = digitsOf(x[lane]);
        }
    }
}

} // namespace carma::access
