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

/// a = m * 2^e with m between 1/sqrt(2) and sqrt(2); ln m = 2 atanh(s) with s = (m - 1) / (m + 1), |s| < 0.1716, as a series.
///
/// Each step waits for the one before it, so one logarithm leaves a processor idle; several beside each other take hardly longer. Every
/// lane goes through the same operations in the same order, whatever their number is: a lane has the bits that it has alone.
template <std::size_t N> std::array<double, N> logarithms(const std::array<double, N>& a)
{
    constexpr std::array<double, 10> kCoefficients{
        1.0 / 21, 1.0 / 19, 1.0 / 17, 1.0 / 15, 1.0 / 13, 1.0 / 11, 1.0 / 9, 1.0 / 7, 1.0 / 5, 1.0 / 3};
    std::array<double, N> exponent{}, s{}, square{}, sum{};
    for (std::size_t i = 0; i < N; ++i) {
        const auto bits = std::bit_cast<std::uint64_t>(a[i]);
        const double mantissa = std::bit_cast<double>((bits & kMantissaMask) | kExponentOfOne);
        const bool above = mantissa > kSqrt2;
        const double m = above ? mantissa * 0.5 : mantissa;
        exponent[i] = static_cast<double>(static_cast<int>(bits >> 52U) - (above ? 1022 : 1023));
        s[i] = (m - 1.0) / (m + 1.0);
        square[i] = s[i] * s[i];
    }
    for (const double coefficient : kCoefficients) {
        for (std::size_t i = 0; i < N; ++i) {
            sum[i] = (sum[i] + coefficient) * square[i];
        }
    }
    for (std::size_t i = 0; i < N; ++i) {
        sum[i] = exponent[i] * kLn2 + 2.0 * s[i] * (1.0 + sum[i]);
    }
    return sum;
}

template <std::size_t N> std::array<double, N> compressSound(const std::array<double, N>& a)
{
    std::array<double, N> next{};
    for (std::size_t i = 0; i < N; ++i) {
        next[i] = a[i] + 1.0;
    }
    const std::array<double, N> own = logarithms(a);
    const std::array<double, N> after = logarithms(next);
    std::array<double, N> compressed{};
    for (std::size_t i = 0; i < N; ++i) {
        compressed[i] = a[i] * own[i] / (own[i] + after[i]);
    }
    return compressed;
}

/// Into the domain; to its lower end for what is no number.
double clamped(double x)
{
    const double a = 1.0 + x;
    return a > kDomainMin ? std::min(a, kDomainMax) : kDomainMin;
}

} // namespace

double naturalLogarithm(double a) { return logarithms(std::array{a}).front(); }

std::optional<double> compress(double a)
{
    if (!(a > 1.0 && a <= kDomainMax)) {
        return std::nullopt;
    }
    return compressSound(std::array{a}).front();
}

double compressInDomain(double x) { return compressSound(std::array{clamped(x)}).front(); }

void compressInDomain(Lanes& x)
{
    std::ranges::transform(x, x.begin(), clamped);
    x = compressSound(x);
}

} // namespace carma::access
