// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "access/world.h"

#include <algorithm>
#include <numeric>

namespace carma::access {

std::array<std::uint64_t, kRegions> shareOut(std::uint64_t total, const std::array<std::uint64_t, kRegions>& weights)
{
    const std::uint64_t sum = std::accumulate(weights.begin(), weights.end(), std::uint64_t{0});
    std::array<std::uint64_t, kRegions> parts{};
    std::array<std::pair<std::uint64_t, std::size_t>, kRegions> remainders{};
    std::uint64_t given = 0;
    for (std::size_t i = 0; i < kRegions; ++i) {
        // total * weight stays below 2^64 for the world's numbers; whole and rest apart keep it so for larger totals.
        const std::uint64_t rest = total % sum * weights.at(i);
        parts.at(i) = total / sum * weights.at(i) + rest / sum;
        remainders.at(i) = {rest % sum, i};
        given += parts.at(i);
    }
    std::ranges::sort(
        remainders, [](const auto& a, const auto& b) { return a.first != b.first ? a.first > b.first : a.second < b.second; });
    for (std::size_t i = 0; given < total; ++i, ++given) {
        ++parts.at(remainders.at(i % kRegions).second);
    }
    return parts;
}

Result<std::string> siteNetwork(std::uint64_t number)
{
    if (number >= kNetworksASite) {
        return Error{ErrorCode::LimitExceeded,
            "a site has 65,536 networks of the form 10.a.b.0/24; number " + std::to_string(number) + " belongs to another site"};
    }
    return "10." + std::to_string(number / 256) + "." + std::to_string(number % 256) + ".0/24";
}

} // namespace carma::access
