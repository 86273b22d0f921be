// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/vector_check.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace carma::plugins {

namespace {

/// In eight sums, which the compiler turns into vector instructions; not finite if a number is not, or is too large.
float squaresOf(std::span<const float> vector)
{
    std::array<float, 8> sums{};
    std::size_t i = 0;
    for (; i + sums.size() <= vector.size(); i += sums.size()) {
        for (std::size_t j = 0; j < sums.size(); ++j) {
            sums[j] += vector[i + j] * vector[i + j];
        }
    }
    for (; i < vector.size(); ++i) {
        sums[0] += vector[i] * vector[i];
    }
    float sum = 0;
    for (const float each : sums) {
        sum += each;
    }
    return sum;
}

} // namespace

std::string problemOf(std::span<const float> vectors, std::uint32_t dimension)
{
    constexpr auto kLow = static_cast<float>((1 - kLengthTolerance) * (1 - kLengthTolerance));
    constexpr auto kHigh = static_cast<float>((1 + kLengthTolerance) * (1 + kLengthTolerance));
    for (std::size_t at = 0; at < vectors.size(); at += dimension) {
        const auto vector = vectors.subspan(at, dimension);
        const float squares = squaresOf(vector);
        if (squares >= kLow && squares <= kHigh) {
            continue;
        }
        if (squares == 0 && std::ranges::all_of(vector, [](float value) { return value == 0; })) {
            continue;
        }
        const std::string which = "answered with vector " + std::to_string(at / dimension + 1) + " of " +
            std::to_string(vectors.size() / dimension);
        if (!std::ranges::all_of(vector, [](float value) { return std::isfinite(value); })) {
            return which + " holding a number that is not finite (NaN or infinite)";
        }
        return which + " not normalised: its length is " + std::to_string(std::sqrt(squares)) + " instead of 1";
    }
    return {};
}

} // namespace carma::plugins
