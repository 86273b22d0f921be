// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace carma::index {

/// Passages of a namespace are numbered 0, 1, 2, ... without gaps: their slots. When some leave, the others move down
/// in order; a Renumbering tells each old slot its new one.
using Slot = std::uint32_t;
inline constexpr Slot kGone = ~Slot{0};
using Renumbering = std::span<const Slot>;

/// Moves the kept items of a column, `width` items a slot, and overwrites what the leavers left behind, so that nothing
/// of them stays in memory.
template <typename T> void compactColumn(std::vector<T>& column, Renumbering newSlots, std::size_t width = 1)
{
    std::size_t kept = 0;
    for (std::size_t slot = 0; slot < newSlots.size(); ++slot) {
        if (newSlots[slot] != kGone) {
            if (kept != slot) {
                std::copy_n(column.begin() + static_cast<std::ptrdiff_t>(slot * width), width,
                    column.begin() + static_cast<std::ptrdiff_t>(kept * width));
            }
            ++kept;
        }
    }
    std::fill(column.begin() + static_cast<std::ptrdiff_t>(kept * width), column.end(), T{});
    column.resize(kept * width);
}

} // namespace carma::index
