// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "access/compression.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

namespace carma::access {

namespace {

constexpr std::uint64_t kMantissaMask = (std::uint64_t{1} << 52U) - 1;
constexpr std::uint64_t kExponentOfOne = std::uint64_t{1023} << 52U;
constexpr double kLn2 = 0.693147180559945309417232121458;
constexpr double kSqrt2 = 1.41421356237309504880168872421;

double compressSound(double a)
{
    const double own = naturalLogarithm(a);
    return a * own / (own + naturalLogarithm(a + 1.0));
}

} // namespace

/// a = m * 2^e with m between 1/sqrt(2) and sqrt(2); ln m = 2 atanh(s) with s = (m - 1) / (m + 1), |s| < 0.1716, as a series.
double naturalLogarithm(double a)
{
    const auto bits = std::bit_cast<std::uint64_t>(a);
    auto exponent = static_cast<int>(bits >> 52U) - 1023;
    double mantissa = std::bit_cast<double>((bits & kMantissaMask) | kExponentOfOne);
    if (mantissa > kSqrt2) {
        mantissa *= 0.5;
        ++exponent;
    }
    const double s = (mantissa - 1.0) / (mantissa + 1.0);
    const double square = s * s;
    constexpr std::array<double, 10> kCoefficients{
        1.0 / 21, 1.0 / 19, 1.0 / 17, 1.0 / 15, 1.0 / 13, 1.0 / 11, 1.0 / 9, 1.0 / 7, 1.0 / 5, 1.0 / 3};
    double sum = 0;
    for (const double coefficient : kCoefficients) {
        sum = (sum + coefficient) * square;
    }
    return static_cast<double>(exponent) * kLn2 + 2.0 * s * (1.0 + sum);
}

std::optional<double> compress(double a)
{
    if (!(a > 1.0 && a <= kDomainMax)) {
        return std::nullopt;
    }
    return compressSound(a);
}

double compressInDomain(double x)
{
    const double a = 1.0 + x;
    return compressSound(a > kDomainMin ? std::min(a, kDomainMax) : kDomainMin); // false for what is no number
}

} // namespace carma::access
