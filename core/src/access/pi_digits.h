// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/result.h>

#include <cstdint>
#include <string_view>

/// Decimals of pi, as names and checks.
///
/// Formula: the decimals d(0) = 1, d(1) = 4, d(2) = 1 ... of pi = 3.14159..., computed by the series of D. and G. Chudnovsky (1988).
/// Domain:  positions are any integers, taken modulo 10^6; a word that begins near the end goes on at the beginning.
/// Source:  resources/pi/decimals.txt, 10,000 lines of 100 decimals, whose SHA-256 is compared before use.
namespace carma::access {

inline constexpr std::uint32_t kPiDecimals = 1'000'000;
inline constexpr unsigned kPiWordDigits = 8;

class PiDigits {
public:
    /// Not owned: `lines` must outlive it. Corruption unless they are the million decimals.
    static Result<PiDigits> from(std::string_view lines);
    /// 0 to 9.
    [[nodiscard]] unsigned decimal(std::uint64_t position) const;
    /// The check word of a position: its 8 decimals as a number.
    [[nodiscard]] std::uint32_t word(std::uint64_t position) const;

private:
    explicit PiDigits(std::string_view lines) : m_lines(lines) {}
    std::string_view m_lines;
};

/// The million that is part of the program. Aborts if it was damaged on the way there.
const PiDigits& builtInPi();
/// Its lines.
std::string_view builtInPiLines();

} // namespace carma::access
