// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <optional>

/// The compression f, of which meta keys take nine layers.
///
/// Formula: f(a) = a / (1 + log_a(a + 1)) = a * ln a / (ln a + ln(a + 1))
/// Domain:  1 < a <= 2^53. There f is above 0, finite and rises, so it can be inverted and loses nothing. Outside it is of no use: there
///          is no logarithm to the base a for a <= 0 and a = 1, f has a pole at 0.6180339887... (where a * (a + 1) = 1), and between
///          the pole and 1 it is negative. A value x >= 0 is brought into the domain as 1 + x.
/// Source:  the identity of this project. It carries no secrecy.
///
/// A key must have the same meta key on every machine. So the logarithm is computed here, from operations that IEEE 754 rounds in one
/// way only, and this file is compiled without contraction to fused operations.
namespace carma::access {

inline constexpr double kDomainMin = 1.0 + 1.0 / (1U << 20U); ///< the smallest a that clamping gives
inline constexpr double kDomainMax = 9007199254740992.0;      ///< 2^53: above it a + 1 is a

/// No value outside 1 < a <= 2^53.
std::optional<double> compress(double a);
/// f of 1 + x, clamped to the domain; of its lower end for what is no number.
double compressInDomain(double x);
/// The same of several numbers beside each other, in the time of two or three. Each comes out as it does alone, bit for bit.
inline constexpr std::size_t kLanes = 8;
using Lanes = std::array<double, kLanes>;
void compressInDomain(Lanes& x);
/// ln a for finite a > 0, to some 15 digits.
double naturalLogarithm(double a);

} // namespace carma::access
