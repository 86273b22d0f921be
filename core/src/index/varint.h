// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/byte_io.h"

#include <cstdint>

namespace carma::index {

/// Seven bits a byte, the lowest first, the top bit set on all but the last (LEB128). At most five bytes.
inline void writeVarint(Bytes& out, std::uint32_t value)
{
    for (; value >= 0x80; value >>= 7U) {
        out.push_back(static_cast<std::byte>(value | 0x80U));
    }
    out.push_back(static_cast<std::byte>(value));
}

/// Zero after a failure; numbers beyond 32 bits lose their upper bits.
inline std::uint32_t readVarint(ByteReader& reader)
{
    std::uint32_t value = 0;
    for (unsigned shift = 0; shift < 35; shift += 7) {
        const auto byte = reader.number<std::uint8_t>();
        value |= static_cast<std::uint32_t>(byte & 0x7FU) << shift;
        if ((byte & 0x80U) == 0) {
            break;
        }
    }
    return value;
}

} // namespace carma::index
