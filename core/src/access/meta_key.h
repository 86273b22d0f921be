// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/key_text.h>

#include <cstdint>
#include <span>

/// The six digits of a key that follow from its other public fields.
///
/// Formula: x(0) = 0; x(i + 1) = T_i(f(1 + x(i) + field(i mod 4))) for i = 0 to 8, with f of access/compression.h and the transform
///          T_i(y) = (y * p(i)) mod 10^9, p = 3, 5, 7, 11, 13, 17, 19, 23, 29. Fields: user, position, word of pi, permission + 1.
///          The meta key is floor(1000 * x(9)) mod 10^6.
/// Domain:  all values of the fields. Each is a number of its own: no two rows of fields run together as joined texts would.
/// Source:  the identity of this project. A check and a look; it carries no secrecy.
namespace carma::access {

inline constexpr std::uint32_t kMetaKeys = 1'000'000;
inline constexpr unsigned kMetaLayers = 9;

struct MetaFields {
    std::uint32_t user = 0; ///< the 8 hexadecimal digits
    std::uint64_t position = 0;
    std::uint32_t piWord = 0;
    KeyPermission permission{};
};

/// T_i. REQUIRES: layer < kMetaLayers, 0 <= y < 2^60
double transformLayer(unsigned layer, double y);
std::uint32_t metaKey(const MetaFields& fields);
/// The same of many, several times as fast. REQUIRES: keys.size() == fields.size()
void metaKeys(std::span<const MetaFields> fields, std::span<std::uint32_t> keys);

} // namespace carma::access
