// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "scrub/beacon_state.h"

#include <array>
#include <charconv>

namespace carma::scrub {

namespace {

constexpr std::uint64_t kVersion = 1;

} // namespace

std::string encodeState(const BeaconState& state)
{
    const std::array<std::uint64_t, 9> numbers{kVersion, static_cast<std::uint64_t>(state.position.part), state.position.next,
        static_cast<std::uint64_t>(state.roundBeganUs), static_cast<std::uint64_t>(state.lastRoundUs), state.rounds, state.roundBytes,
        state.roundFaults, state.lastRoundBytes};
    std::string text;
    for (const std::uint64_t number : numbers) {
        text += std::to_string(number);
        text += ' ';
    }
    text.back() = '\n';
    return text;
}

BeaconState decodeState(std::string_view text)
{
    std::array<std::uint64_t, 9> numbers{};
    const char* at = text.data();
    const char* const end = text.data() + text.size();
    for (std::uint64_t& number : numbers) {
        const auto [next, error] = std::from_chars(at, end, number);
        if (error != std::errc{} || next == end) {
            return {};
        }
        at = next + 1;
    }
    constexpr auto kPartMax = static_cast<std::uint64_t>(ScrubPosition::Part::Caches);
    if (at != end || numbers[0] != kVersion || numbers[1] > kPartMax) {
        return {};
    }
    BeaconState state;
    state.position = {static_cast<ScrubPosition::Part>(numbers[1]), numbers[2]};
    state.roundBeganUs = static_cast<std::int64_t>(numbers[3]);
    state.lastRoundUs = static_cast<std::int64_t>(numbers[4]);
    state.rounds = numbers[5];
    state.roundBytes = numbers[6];
    state.roundFaults = numbers[7];
    state.lastRoundBytes = numbers[8];
    return state;
}

} // namespace carma::scrub
