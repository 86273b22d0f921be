// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/sector/galois16.h"
#include "log/sector/sector.h"

#include <carma/assert.h>

#include <algorithm>
#include <bit>

/// Decoding: syndromes from the 256-bit remainder (not from the whole sector), the error locator by Berlekamp and Massey
/// (J. L. Massey 1969), its roots by Chien's search (R. T. Chien 1964). Bit p of a codeword is the coefficient of x^p:
/// p = 0 is the last bit of the code, p = 256 the last bit of the data.
namespace carma::log {

namespace {

constexpr std::size_t kSyndromes = 2 * kCorrectableBits;
constexpr std::size_t kCodeBits = 8 * kSectorCodeBytes;

using Syndromes = std::array<std::uint16_t, kSyndromes>; ///< [i] is the remainder at a^(i + 1)

struct Locator {
    std::array<std::uint16_t, kSyndromes + 2> terms{1};
    std::size_t degree = 0;
};

Syndromes syndromesOf(const SectorCode& remainder)
{
    const Galois16& field = Galois16::instance();
    Syndromes syndromes{};
    for (std::uint32_t power = 0; power < kCodeBits; ++power) {
        if ((std::to_integer<unsigned>(remainder[kSectorCodeBytes - 1 - power / 8]) >> (power % 8) & 1U) == 0) {
            continue;
        }
        for (std::uint32_t i = 0; i < kSyndromes; i += 2) {
            syndromes[i] = static_cast<std::uint16_t>(syndromes[i] ^ field.power((i + 1) * power % kFieldOrder));
        }
    }
    for (std::size_t i = 1; i < kSyndromes; i += 2) { // In a field of characteristic 2, S(2i) is the square of S(i).
        syndromes[i] = field.multiply(syndromes[i / 2], syndromes[i / 2]);
    }
    return syndromes;
}

/// The shortest recurrence that yields the syndromes; nothing if it is longer than what can be corrected.
std::optional<Locator> locatorOf(const Syndromes& syndromes)
{
    const Galois16& field = Galois16::instance();
    Locator current;
    Locator previous;
    std::size_t gap = 1;
    std::uint16_t previousDiscrepancy = 1;
    for (std::size_t n = 0; n < kSyndromes; ++n) {
        std::uint16_t discrepancy = syndromes[n];
        for (std::size_t i = 1; i <= current.degree; ++i) {
            discrepancy = static_cast<std::uint16_t>(discrepancy ^ field.multiply(current.terms[i], syndromes[n - i]));
        }
        if (discrepancy == 0) {
            ++gap;
            continue;
        }
        const Locator before = current;
        const std::uint16_t factor = field.divide(discrepancy, previousDiscrepancy);
        for (std::size_t i = 0; i + gap < current.terms.size(); ++i) {
            current.terms[i + gap] = static_cast<std::uint16_t>(current.terms[i + gap] ^ field.multiply(factor, previous.terms[i]));
        }
        if (2 * before.degree > n) {
            ++gap;
            continue;
        }
        current.degree = n + 1 - before.degree;
        previous = before;
        previousDiscrepancy = discrepancy;
        gap = 1;
        if (current.degree > kCorrectableBits) {
            return std::nullopt;
        }
    }
    return current;
}

struct Positions {
    std::array<std::uint32_t, kCorrectableBits> bits{};
    std::size_t count = 0;
};

/// Whether the locator is a product of different linear factors, which is to say that it divides x^65536 - x. Of the
/// locators that noise leads to hardly one in 16! does, and this finds it out in a small part of the time of the search below.
bool splits(const Locator& locator)
{
    const Galois16& field = Galois16::instance();
    const std::size_t degree = locator.degree;
    const std::uint16_t leading = locator.terms[degree];
    if (leading == 0) {
        return false; // fewer roots than its degree
    }
    using Polynomial = std::array<std::uint16_t, kCorrectableBits>; // a remainder of division by the locator, from x^0
    const auto timesX = [&](Polynomial& p) {
        const std::uint16_t over = field.divide(p[degree - 1], leading);
        for (std::size_t i = degree - 1; i > 0; --i) {
            p[i] = static_cast<std::uint16_t>(p[i - 1] ^ field.multiply(over, locator.terms[i]));
        }
        p[0] = field.multiply(over, locator.terms[0]);
    };
    // The square of a sum is the sum of the squares, so the remainders of x^0, x^2, ... give every square's.
    std::array<Polynomial, kCorrectableBits> evenPowers{};
    evenPowers[0][0] = 1;
    for (std::size_t i = 1; i < degree; ++i) {
        evenPowers[i] = evenPowers[i - 1];
        timesX(evenPowers[i]);
        timesX(evenPowers[i]);
    }
    Polynomial x{};
    x[0] = 1;
    timesX(x);
    Polynomial power = x;
    for (int squaring = 0; squaring < 16; ++squaring) {
        Polynomial squared{};
        for (std::size_t i = 0; i < degree; ++i) {
            const std::uint16_t square = field.multiply(power[i], power[i]);
            for (std::size_t j = 0; j < degree && square != 0; ++j) {
                squared[j] = static_cast<std::uint16_t>(squared[j] ^ field.multiply(square, evenPowers[i][j]));
            }
        }
        power = squared;
    }
    return power == x;
}

/// The bits p < bitCount where the locator vanishes at a^-p; nothing unless there are as many as its degree.
std::optional<Positions> rootsOf(const Locator& locator, std::uint32_t bitCount)
{
    const Galois16& field = Galois16::instance();
    Positions found;
    if (locator.degree == 1) { // The common case, one flipped bit, needs no search: 1 + t x vanishes at 1 / t.
        if (locator.terms[1] == 0 || field.logarithm(locator.terms[1]) >= bitCount) {
            return std::nullopt;
        }
        found.bits[found.count++] = field.logarithm(locator.terms[1]);
        return found;
    }
    if (!splits(locator)) {
        return std::nullopt;
    }
    std::array<std::uint32_t, kCorrectableBits> exponents{};
    std::array<std::uint32_t, kCorrectableBits> steps{};
    std::size_t terms = 0;
    for (std::uint32_t i = 1; i <= locator.degree; ++i) {
        if (locator.terms[i] != 0) {
            exponents[terms] = field.logarithm(locator.terms[i]);
            steps[terms++] = i;
        }
    }
    for (std::uint32_t bit = 0; bit < bitCount && found.count < locator.degree; ++bit) {
        unsigned sum = 1;
        for (std::size_t i = 0; i < terms; ++i) {
            sum ^= field.power(exponents[i]);
            exponents[i] = exponents[i] >= steps[i] ? exponents[i] - steps[i] : exponents[i] + kFieldOrder - steps[i];
        }
        if (sum == 0) {
            found.bits[found.count++] = bit;
        }
    }
    return found.count == locator.degree ? std::optional(found) : std::nullopt;
}

void flip(ByteSpan bytes, SectorCode& code, const Positions& positions)
{
    for (std::size_t i = 0; i < positions.count; ++i) {
        const std::size_t bit = positions.bits[i];
        const auto mask = static_cast<std::byte>(1U << (bit % 8));
        if (bit < kCodeBits) {
            code[kSectorCodeBytes - 1 - bit / 8] ^= mask;
        } else {
            bytes[bytes.size() - 1 - (bit - kCodeBits) / 8] ^= mask;
        }
    }
}

} // namespace

std::optional<unsigned> correctBits(ByteSpan bytes, SectorCode& code)
{
    CARMA_ASSERT(bytes.size() <= kSectorBytes);
    SectorCode remainder = sectorCode(bytes);
    for (std::size_t i = 0; i < remainder.size(); ++i) {
        remainder[i] ^= code[i];
    }
    if (std::ranges::all_of(remainder, [](std::byte b) { return b == std::byte{0}; })) {
        return 0U;
    }
    const auto locator = locatorOf(syndromesOf(remainder));
    if (!locator) {
        return std::nullopt;
    }
    const auto positions = rootsOf(*locator, static_cast<std::uint32_t>(8 * bytes.size() + kCodeBits));
    if (!positions) {
        return std::nullopt;
    }
    flip(bytes, code, *positions);
    if (sectorCode(bytes) != code) {
        flip(bytes, code, *positions);
        return std::nullopt;
    }
    return static_cast<unsigned>(positions->count);
}

} // namespace carma::log
