// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/sector/bch_kernel.h"
#include "log/sector/galois16.h"

#include <carma/assert.h>

#include <cstring>
#include <vector>

/// Encoding: the remainder of data(x) * x^256 divided by the generator. The first bit of the first byte is the highest power. A
/// remainder is four words, the highest powers first. By tables it takes eight bytes a step, each of which needs the one before. By
/// carry-less products, each word is multiplied by the remainder of its own power, and one step of the tables reduces the sum.
namespace carma::log {

namespace {

constexpr std::size_t kSlices = 8;
constexpr std::size_t kGeneratorDegree = 256;

using Half = std::uint64_t __attribute__((vector_size(16)));

struct alignas(32) Remainder {
    std::array<std::uint64_t, 4> words{};

    void add(const Remainder& other)
    {
        for (std::size_t i = 0; i < 4; ++i) {
            words[i] ^= other.words[i];
        }
    }
};

std::uint64_t bigEndian(std::uint64_t value) { return __builtin_bswap64(value); }

/// The generator is the product of the minimal polynomials of a^1, a^3, ... a^31; each has degree 16. The result lacks the
/// leading power.
Remainder generator()
{
    const Galois16& field = Galois16::instance();
    std::vector<std::uint16_t> product{1}; // product[i] is the coefficient of x^i
    for (std::uint32_t root = 1; root < 2 * kCorrectableBits; root += 2) {
        std::uint32_t exponent = root;
        for (unsigned conjugate = 0; conjugate < 16; ++conjugate) {
            std::vector<std::uint16_t> next(product.size() + 1, 0);
            for (std::size_t i = 0; i < product.size(); ++i) {
                next[i + 1] = static_cast<std::uint16_t>(next[i + 1] ^ product[i]);
                next[i] = static_cast<std::uint16_t>(next[i] ^ field.multiply(product[i], field.power(exponent)));
            }
            product = std::move(next);
            exponent = exponent * 2 % kFieldOrder;
        }
    }
    CARMA_ASSERT(product.size() == kGeneratorDegree + 1);
    Remainder result;
    for (std::size_t power = 0; power < kGeneratorDegree; ++power) {
        CARMA_ASSERT(product[power] <= 1);
        result.words[3 - power / 64] |= std::uint64_t{product[power]} << (power % 64);
    }
    return result;
}

/// slices[j][b] is the remainder of b * x^(256 + 8 j).
struct Slices {
    std::array<std::array<Remainder, 256>, kSlices> slices{};

    Slices()
    {
        const Remainder feedback = generator();
        for (std::size_t bit = 0; bit < 8; ++bit) {
            Remainder power = feedback; // of x^256
            for (std::size_t shift = 0; shift < kSlices * 8; ++shift) {
                // Here `power` is the remainder of x^(256 + shift): bit shift % 8 of slice shift / 8.
                if (shift % 8 == bit) {
                    addBit(shift / 8, bit, power);
                }
                power = timesX(power, feedback);
            }
        }
    }

    static Remainder timesX(const Remainder& value, const Remainder& feedback)
    {
        Remainder result;
        for (std::size_t i = 0; i < 4; ++i) {
            result.words[i] = (value.words[i] << 1U) | (i < 3 ? value.words[i + 1] >> 63U : 0);
        }
        if ((value.words[0] >> 63U) != 0) {
            result.add(feedback);
        }
        return result;
    }

    void addBit(std::size_t slice, std::size_t bit, const Remainder& power)
    {
        for (std::size_t byte = 0; byte < 256; ++byte) {
            if ((byte >> bit & 1U) != 0) {
                slices[slice][byte].add(power);
            }
        }
    }
};

const Slices& slices()
{
    static const Slices tables;
    return tables;
}

/// The remainder of top * x^256, in two halves of 128 bits each: so it takes sixteen loads, and the compiler has vector registers for
/// them everywhere.
std::array<Half, 2> reduced(const Slices& tables, std::uint64_t top)
{
    const auto half = [](const Remainder& value, std::size_t index) {
        Half result;
        std::memcpy(&result, value.words.data() + 2 * index, sizeof result);
        return result;
    };
    Half high{};
    Half low{};
    for (std::size_t slice = 0; slice < kSlices; ++slice) {
        const Remainder& entry = tables.slices[slice][top >> (8 * slice) & 0xFFU];
        high ^= half(entry, 0);
        low ^= half(entry, 1);
    }
    return {high, low};
}

SectorCode encoded(const Remainder& rest)
{
    SectorCode code;
    for (std::size_t i = 0; i < 4; ++i) {
        const std::uint64_t word = bigEndian(rest.words[i]);
        std::memcpy(code.data() + 8 * i, &word, 8);
    }
    return code;
}

FoldTable makeFoldTable()
{
    FoldTable table;
    const Remainder feedback = generator();
    Remainder power = feedback; // of x^256, which the last word is multiplied by
    for (std::size_t word = kSectorBytes / 8; word-- > 0;) {
        for (std::size_t part = 0; part < kFoldParts; ++part) {
            table.parts[part][word ^ 1U] = power.words[3 - part];
        }
        for (unsigned shift = 0; shift < 64; ++shift) {
            power = Slices::timesX(power, feedback);
        }
    }
    return table;
}

} // namespace

SectorCode sectorCodeByTables(ByteView bytes)
{
    CARMA_ASSERT(bytes.size() <= kSectorBytes);
    const Slices& tables = slices();
    Remainder rest;
    std::size_t at = 0;
    for (; at + 8 <= bytes.size(); at += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes.data() + at, 8);
        const auto [fromTopHigh, fromTopLow] = reduced(tables, rest.words[0] ^ bigEndian(word));
        const Half high = Half{rest.words[1], rest.words[2]} ^ fromTopHigh;
        const Half low = Half{rest.words[3], 0} ^ fromTopLow;
        rest.words = {high[0], high[1], low[0], low[1]};
    }
    for (; at < bytes.size(); ++at) {
        const std::size_t top = (rest.words[0] >> 56U) ^ std::to_integer<std::uint64_t>(bytes[at]);
        Remainder next;
        for (std::size_t i = 0; i < 4; ++i) {
            next.words[i] = (rest.words[i] << 8U) | (i < 3 ? rest.words[i + 1] >> 56U : 0);
        }
        next.add(tables.slices[0][top]);
        rest = next;
    }
    return encoded(rest);
}

std::optional<SectorCode> sectorCodeByProducts(ByteView bytes)
{
    CARMA_ASSERT(bytes.size() <= kSectorBytes);
    static const FoldTable table = makeFoldTable();
    constexpr std::size_t kBlocks = kSectorBytes / kFoldBlockBytes;
    const std::size_t whole = bytes.size() / kFoldBlockBytes;
    const std::size_t head = bytes.size() % kFoldBlockBytes;
    FoldSums sums{};
    if (!addProducts(bytes.data() + head, kBlocks - whole, whole, table, sums)) {
        return std::nullopt;
    }
    if (head > 0) { // Zeroes in front change nothing.
        std::array<std::byte, kFoldBlockBytes> padded{};
        std::memcpy(padded.data() + kFoldBlockBytes - head, bytes.data(), head);
        addProducts(padded.data(), kBlocks - whole - 1, 1, table, sums);
    }
    const auto [high, low] = reduced(slices(), sums[3][1]);
    Remainder rest;
    rest.words = {
        sums[3][0] ^ sums[2][1] ^ high[0], sums[2][0] ^ sums[1][1] ^ high[1], sums[1][0] ^ sums[0][1] ^ low[0], sums[0][0] ^ low[1]};
    return encoded(rest);
}

SectorCode sectorCode(ByteView bytes)
{
    if (const auto code = sectorCodeByProducts(bytes)) {
        return *code;
    }
    return sectorCodeByTables(bytes);
}

} // namespace carma::log
