// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/key_text.h>

#include <array>
#include <cstdint>
#include <string>

/// Arithmetic of the world's seats.
///
/// Formula: blocks = ceil(users / 60); seat = 60 * block + slot. Regions get seats by the method of the largest remainder (Hamilton).
/// Domain:  seats 0 to kSeats - 1; weights of regions at least one of which is above zero.
/// Source:  core/docs/keys.md
namespace carma::access {

inline constexpr std::size_t kRegions = 7;
/// Weights in tenths: 38.1 : 59.5 : 9.5 : 8.5 : 13.3 : 1.9 : 0.5. They sum to 131.3, so they are shares of that and no counts.
inline constexpr std::array<std::uint64_t, kRegions> kRegionWeights{381, 595, 95, 85, 133, 19, 5};

/// Parts of `total` in proportion to the weights, whose sum is `total` exactly.
std::array<std::uint64_t, kRegions> shareOut(std::uint64_t total, const std::array<std::uint64_t, kRegions>& weights);

inline constexpr std::uint64_t kNetworksASite = 65'536; ///< networks of the form 10.a.b.0/24
/// "10.a.b.0/24" of the n-th block of a site. LimitExceeded from kNetworksASite on: another site begins there.
Result<std::string> siteNetwork(std::uint64_t number);

} // namespace carma::access
