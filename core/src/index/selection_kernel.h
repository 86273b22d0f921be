// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

/// The best of many scores, found by bounds instead of by comparing one with another: branches that nobody can foretell cost more than the
/// rest of a search.
namespace carma::index {

/// Writes the rising places of the values that are `least` or above to the front of `places`, which is as long as `values`; what is behind
/// them there may be overwritten. Returns how many they are. A value that is no number is left out.
std::size_t placesFrom(std::span<const float> values, float least, std::span<std::uint32_t> places);

/// A bound that more than `rank` of the values reach, the greatest such but for some hundred-thousandths of their range.
/// REQUIRES: rank < values.size(); finite values
[[nodiscard]] float leastOfBest(std::span<const float> values, std::size_t rank);

/// A bound that about `count` of the values reach, mostly some more, from a sample spread over them; minus infinity if it cannot tell.
/// `sample` is used and left behind.
[[nodiscard]] float leastOfMany(std::span<const float> values, std::size_t count, std::vector<float>& sample);

/// Keeps those of `items` whose `values`, in the same order, are among the `count` best; ties of the last of them stay. `places` is used
/// and left behind. REQUIRES: 0 < count <= values.size() == items.size()
template <typename T>
void keepBest(std::span<const float> values, std::size_t count, std::vector<T>& items, std::vector<std::uint32_t>& places)
{
    places.resize(values.size());
    const std::size_t kept = placesFrom(values, leastOfBest(values, count - 1), places);
    for (std::size_t i = 0; i < kept; ++i) {
        items[i] = items[places[i]]; // places rise
    }
    items.resize(kept);
}

struct Spread {
    double sum = 0;
    double squares = 0;
};
/// Each value counted `weights` times; no weights: once. REQUIRES: as many weights as values, or none
[[nodiscard]] Spread spreadOf(std::span<const float> values, std::span<const float> weights = {});

} // namespace carma::index
