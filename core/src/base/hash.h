// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/bytes.h>

#include <array>
#include <compare>
#include <cstdint>

namespace carma {

/// XXH3-128 (https://github.com/Cyan4973/xxHash), canonical (big-endian) form. Finds damage; proves nothing against an attacker.
struct Hash128 {
    std::array<std::byte, 16> bytes{};
    auto operator<=>(const Hash128&) const = default;
};

Hash128 hash128(ByteView bytes, std::uint64_t seed);
std::uint64_t hash64(ByteView bytes, std::uint64_t seed);
/// CRC-32C (RFC 3720 appendix B.4).
std::uint32_t crc32c(ByteView bytes);
/// CRC-32 (ISO-HDLC, the one of RFC 1952). Sees every change within 32 neighbouring bits.
std::uint32_t crc32(ByteView bytes);

} // namespace carma
