// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/byte_io.h"

#include <carma/bytes.h>

#include <algorithm>
#include <bit>
#include <cstdint>

namespace carma {

/// How many bits differ between `a` and `b`, as far as both reach. Thread-safe.
inline unsigned differingBits(ByteView a, ByteView b)
{
    const std::size_t size = std::min(a.size(), b.size());
    unsigned bits = 0;
    std::size_t at = 0;
    for (; at + sizeof(std::uint64_t) <= size; at += sizeof(std::uint64_t)) {
        // Copies of one thing are compared: most words are the same, and counting is a call where the machine's own count is not compiled
        // in.
        if (const std::uint64_t word = loadLe<std::uint64_t>(a.subspan(at)) ^ loadLe<std::uint64_t>(b.subspan(at)); word != 0) {
            bits += static_cast<unsigned>(std::popcount(word));
        }
    }
    for (; at < size; ++at) {
        bits += static_cast<unsigned>(std::popcount(std::to_integer<unsigned>(a[at] ^ b[at])));
    }
    return bits;
}

} // namespace carma
