// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/sector/galois16.h"

namespace carma::log {

Galois16::Galois16()
{
    std::uint32_t value = 1;
    for (std::uint32_t exponent = 0; exponent < kFieldOrder; ++exponent) {
        m_power[exponent] = static_cast<std::uint16_t>(value);
        m_power[exponent + kFieldOrder] = static_cast<std::uint16_t>(value);
        m_logarithm[value] = static_cast<std::uint16_t>(exponent);
        value <<= 1U;
        if ((value & 0x10000U) != 0) {
            value ^= kFieldPolynomial;
        }
    }
}

const Galois16& Galois16::instance()
{
    static const Galois16 field;
    return field;
}

} // namespace carma::log
