// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "log/sector/sector.h"

#include <array>
#include <cstdint>
#include <optional>

/// The two ways to a sector's code: one for machines with a carry-less multiplication, one for all others.
namespace carma::log {

/// The code by tables of eight bytes each; works everywhere.
SectorCode sectorCodeByTables(ByteView bytes);

/// The code by carry-less multiplication; nothing on a machine that has none.
std::optional<SectorCode> sectorCodeByProducts(ByteView bytes);

inline constexpr std::size_t kFoldBlockBytes = 64; ///< the widest vector; a sector has 64 of them
inline constexpr std::size_t kFoldParts = 4;       ///< words of a remainder

/// Remainders of the powers that the words of a sector stand for. parts[k] holds word k of each, the lowest first; in it, the sector's
/// words lie in pairs, of which the one with the lower power comes first.
struct alignas(kFoldBlockBytes) FoldTable {
    std::array<std::array<std::uint64_t, kSectorBytes / 8>, kFoldParts> parts{};
};

/// Sums of products, 128 bits each with the lower word first: sums[k] belongs to parts[k].
using FoldSums = std::array<std::array<std::uint64_t, 2>, kFoldParts>;

/// Adds the products of `count` blocks, the first of which is number `block` of a whole sector, to `sums`. False, and nothing is
/// done, on a machine without the instructions.
bool addProducts(const std::byte* bytes, std::size_t block, std::size_t count, const FoldTable& table, FoldSums& sums);

} // namespace carma::log
