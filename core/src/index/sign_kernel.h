// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace carma::index {

inline constexpr std::size_t kSignBlock = 32;       ///< rows whose codes lie together
inline constexpr std::size_t kSignPlaces = 8;       ///< the number of places is a multiple of it
inline constexpr unsigned kSignEntryMax = 63;       ///< of a table; four of them still fit a byte
inline constexpr std::size_t kSignTable = 16;       ///< entries of a place's table
inline constexpr std::size_t kSignPlacesMax = 1040; ///< so many largest entries still fit 16 bits

/// The tables of signSums for a query of four numbers a place: entry c is perStep times the sum of the numbers, each with the sign that its
/// bit of c says (1: plus), above the least such sum, rounded, at most kSignEntryMax.
/// REQUIRES: tables.size() == query.size() / 4 * kSignTable
void signTables(std::span<const float> query, float perStep, std::span<std::uint8_t> tables);

/// For each row the sum over its places of the entry that its code of 4 bits picks from the place's table.
/// `codes` is [blocks, places, 16] bytes: byte r of a place holds row r of the block in its low and row 16 + r in its high half; `tables`
/// is [places, 16], each at most kSignEntryMax; `sums` [blocks * kSignBlock]. The layout of "Quicker ADC" (André et al., 2018).
/// REQUIRES: places is a multiple of kSignPlaces and at most kSignPlacesMax
void signSums(const std::uint8_t* codes, std::size_t blocks, std::size_t places, const std::uint8_t* tables, std::uint16_t* sums);

/// products[i] = factors[i] * (base + step * sums[i]). REQUIRES: `sums` and `factors` are at least as long as `products`
void signProducts(std::span<const std::uint16_t> sums, std::span<const float> factors, float base, float step, std::span<float> products);

} // namespace carma::index
