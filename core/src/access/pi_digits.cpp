// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "access/pi_digits.h"

#include "crypto/crypto.h"

#include <carma/assert.h>
#include <carma/bytes.h>

// The decimals stand in the read-only part of the program, so that a lone binary can check a key.
asm(".pushsection .rodata\n"
    ".global carma_pi_begin\n"
    ".global carma_pi_end\n"
    "carma_pi_begin:\n"
    ".incbin \"" CARMA_PI_FILE "\"\n"
    "carma_pi_end:\n"
    ".popsection\n");
extern "C" const char carma_pi_begin[];
extern "C" const char carma_pi_end[];

namespace carma::access {

namespace {

constexpr std::string_view kDigest = "94bf1f9cfa5c7a5fab8bff650fba3758d51469a4f80bc9dcc884e2ce2b4bf8a0";
constexpr std::size_t kDecimalsALine = 100;

} // namespace

Result<PiDigits> PiDigits::from(std::string_view lines)
{
    constexpr std::size_t kBytes = kPiDecimals + kPiDecimals / kDecimalsALine;
    if (lines.size() != kBytes) {
        return Error{
            ErrorCode::Corruption, "the decimals of pi have " + std::to_string(lines.size()) + " bytes, not " + std::to_string(kBytes)};
    }
    if (toHex(crypto::sha256(asBytes(lines))) != kDigest) {
        return Error{ErrorCode::Corruption, "the decimals of pi do not have the digest that they should have"};
    }
    return PiDigits(lines);
}

unsigned PiDigits::decimal(std::uint64_t position) const
{
    const std::uint64_t at = position % kPiDecimals;
    return static_cast<unsigned>(m_lines[at + at / kDecimalsALine] - '0');
}

std::uint32_t PiDigits::word(std::uint64_t position) const
{
    std::uint32_t word = 0;
    const std::uint64_t first = position % kPiDecimals;
    if (first + kPiWordDigits > kPiDecimals) {
        for (unsigned i = 0; i < kPiWordDigits; ++i) {
            word = word * 10 + decimal(first + i); // over the end to the beginning
        }
        return word;
    }
    std::uint64_t at = first + first / kDecimalsALine;
    for (unsigned i = 0; i < kPiWordDigits; ++at) {
        if (m_lines[at] != '\n') {
            word = word * 10 + static_cast<std::uint32_t>(m_lines[at] - '0');
            ++i;
        }
    }
    return word;
}

std::string_view builtInPiLines() { return {carma_pi_begin, static_cast<std::size_t>(carma_pi_end - carma_pi_begin)}; }

const PiDigits& builtInPi()
{
    static const PiDigits digits = [] {
        const auto checked = PiDigits::from(builtInPiLines());
        CARMA_ASSERT(checked.has_value());
        return *checked;
    }();
    return digits;
}

} // namespace carma::access
