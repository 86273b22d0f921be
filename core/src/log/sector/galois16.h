// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>

/// Arithmetic of GF(2^16) over x^16 + x^12 + x^3 + x + 1, whose root a is a generator.
namespace carma::log {

inline constexpr std::uint32_t kFieldPolynomial = 0x1100BU;
inline constexpr std::uint32_t kFieldOrder = 65535; ///< of the multiplicative group

class Galois16 {
public:
    /// Tables of half a megabyte, made at the first call. Thread-safe.
    static const Galois16& instance();

    /// a to the power of `exponent`. REQUIRES: exponent < 2 * kFieldOrder
    [[nodiscard]] std::uint16_t power(std::uint32_t exponent) const { return m_power[exponent]; }
    /// REQUIRES: value != 0
    [[nodiscard]] std::uint32_t logarithm(std::uint16_t value) const { return m_logarithm[value]; }
    [[nodiscard]] std::uint16_t multiply(std::uint16_t a, std::uint16_t b) const
    {
        return a == 0 || b == 0 ? std::uint16_t{0} : m_power[std::uint32_t{m_logarithm[a]} + m_logarithm[b]];
    }
    /// REQUIRES: b != 0
    [[nodiscard]] std::uint16_t divide(std::uint16_t a, std::uint16_t b) const
    {
        return a == 0 ? std::uint16_t{0} : m_power[std::uint32_t{m_logarithm[a]} + kFieldOrder - m_logarithm[b]];
    }

private:
    Galois16();

    std::array<std::uint16_t, 2 * kFieldOrder> m_power{};
    std::array<std::uint16_t, kFieldOrder + 1> m_logarithm{};
};

} // namespace carma::log
