// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/result.h>

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace carma::anomaly {

/// An address or a block of addresses. IPv4 is kept in its IPv6 form (::ffff:0:0/96), so that both spellings of an address are one.
struct Prefix {
    std::array<std::uint8_t, 16> bytes{}; ///< beyond `bits` all zero
    std::uint8_t bits = 128;              ///< of the IPv6 form

    [[nodiscard]] bool isIpv4() const;
    /// The first `count` bits alone. REQUIRES: count <= bits
    [[nodiscard]] Prefix widened(std::uint8_t count) const;
    [[nodiscard]] bool covers(const Prefix& other) const;
    auto operator<=>(const Prefix&) const = default;
};

/// "192.0.2.7", "192.0.2.0/24", "2001:db8::1", "2001:db8::/32". Bits beyond the prefix are cleared. InvalidArgument otherwise.
Result<Prefix> parsePrefix(std::string_view text);
std::string toString(const Prefix& prefix);

} // namespace carma::anomaly
