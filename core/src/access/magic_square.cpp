// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <carma/key_text.h>

#include <algorithm>
#include <numeric>

/// Formula: the square 4 9 2 / 3 5 7 / 8 1 6, turned and mirrored in one of eight ways, each number n taken to a * n + b.
/// Domain:  1 <= a <= 2^12, 0 <= b < 2^16: all nine numbers differ, are below 2^17, and rows, columns and diagonals have one sum. From
///          the low bits of the fingerprint: 3 choose the symmetry, 12 a - 1, 16 b.
/// Source:  the only magic square of order 3 but for its symmetries. It lets people compare; it carries no secrecy.
namespace carma {

namespace {

constexpr std::array<std::uint32_t, 9> kBase{4, 9, 2, 3, 5, 7, 8, 1, 6};
constexpr std::size_t kSide = 3;
constexpr unsigned kFactorBits = 12;
constexpr unsigned kOffsetBits = 16;

/// Where the number at row, column of the turned and mirrored square stands in the base: bit 0 and 1 mirror, bit 2 transposes.
std::size_t sourceOf(std::size_t row, std::size_t column, unsigned symmetry)
{
    row = (symmetry & 1U) != 0 ? kSide - 1 - row : row;
    column = (symmetry & 2U) != 0 ? kSide - 1 - column : column;
    return (symmetry & 4U) != 0 ? column * kSide + row : row * kSide + column;
}

std::string padded(std::uint32_t number, std::size_t width)
{
    std::string text = std::to_string(number);
    return std::string(width - std::min(width, text.size()), ' ') + text;
}

} // namespace

bool MagicSquare::holds() const
{
    constexpr std::array<std::array<std::uint8_t, 3>, 8> kLines{
        {{0, 1, 2}, {3, 4, 5}, {6, 7, 8}, {0, 3, 6}, {1, 4, 7}, {2, 5, 8}, {0, 4, 8}, {2, 4, 6}}};
    const std::uint64_t sum = std::uint64_t{3} * cells[4];
    const bool lines = std::ranges::all_of(
        kLines, [&](const auto& line) { return std::uint64_t{cells[line[0]]} + cells[line[1]] + cells[line[2]] == sum; });
    std::array<std::uint32_t, 9> sorted = cells;
    std::ranges::sort(sorted);
    return lines && std::ranges::adjacent_find(sorted) == sorted.end();
}

MagicSquare squareOf(std::uint64_t fingerprint)
{
    const auto symmetry = static_cast<unsigned>(fingerprint & 7U);
    const auto factor = static_cast<std::uint32_t>((fingerprint >> 3U) & ((1U << kFactorBits) - 1)) + 1;
    const auto offset = static_cast<std::uint32_t>((fingerprint >> (3U + kFactorBits)) & ((1U << kOffsetBits) - 1));
    MagicSquare square;
    for (std::size_t row = 0; row < kSide; ++row) {
        for (std::size_t column = 0; column < kSide; ++column) {
            square.cells.at(row * kSide + column) = factor * kBase.at(sourceOf(row, column, symmetry)) + offset;
        }
    }
    return square;
}

std::string squareText(const MagicSquare& square)
{
    constexpr std::size_t kWidth = 7;
    const std::string rule = "+---------+---------+---------+\n";
    std::string text = rule;
    for (std::size_t row = 0; row < kSide; ++row) {
        for (std::size_t column = 0; column < kSide; ++column) {
            text += "| " + padded(square.cells.at(row * kSide + column), kWidth) + " ";
        }
        text += "|\n" + rule;
    }
    return text;
}

std::string squareSvg(const MagicSquare& square)
{
    constexpr std::size_t kCell = 80;
    constexpr std::uint32_t kLightest = 235;
    constexpr std::uint32_t kDarkest = 120;
    const auto [least, most] = std::ranges::minmax(square.cells);
    const std::uint32_t range = std::max<std::uint32_t>(1, most - least);
    const std::string side = std::to_string(kSide * kCell);
    std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + side + "\" height=\"" + side + "\" viewBox=\"0 0 " + side +
        " " + side + "\" font-family=\"monospace\" font-size=\"18\" text-anchor=\"middle\">\n";
    for (std::size_t i = 0; i < square.cells.size(); ++i) {
        const std::size_t x = i % kSide * kCell;
        const std::size_t y = i / kSide * kCell;
        const std::uint32_t number = square.cells.at(i);
        // Larger numbers are darker: the order of the nine shows without reading them.
        const std::string shade = std::to_string(
            kLightest - static_cast<std::uint32_t>(std::uint64_t{number - least} * (kLightest - kDarkest) / range));
        svg += "  <rect x=\"" + std::to_string(x) + "\" y=\"" + std::to_string(y) + "\" width=\"" + std::to_string(kCell) + "\" height=\"" +
            std::to_string(kCell) + "\" fill=\"rgb(" + shade + "," + shade + ",255)\" stroke=\"black\"/>\n";
        svg += "  <text x=\"" + std::to_string(x + kCell / 2) + "\" y=\"" + std::to_string(y + kCell / 2 + 6) + "\">" +
            std::to_string(number) + "</text>\n";
    }
    return svg + "</svg>\n";
}

} // namespace carma
