// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "durations.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>

namespace carma::cli {

namespace {

std::optional<std::uint64_t> wholeNumber(std::string_view text)
{
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return !text.empty() && error == std::errc{} && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

std::int64_t secondsOf(char unit)
{
    switch (unit) {
    case 's': return 1;
    case 'm': return 60;
    case 'h': return 3600;
    case 'd': return 24 * 3600;
    case 'w': return 7 * 24 * 3600;
    default: return 0;
    }
}

} // namespace

Result<std::int64_t> parseDuration(std::string_view text)
{
    constexpr std::uint64_t kMost = 100'000'000; // 190 years of minutes
    const std::int64_t unit = text.empty() ? 0 : secondsOf(text.back());
    const auto number = unit == 0 ? std::nullopt : wholeNumber(text.substr(0, text.size() - 1));
    if (!number || *number > kMost) {
        return Error{ErrorCode::InvalidArgument, fmt::format("'{}' is no length of time: write for instance 90s, 15m, 12h or 7d", text)};
    }
    return static_cast<std::int64_t>(*number) * unit * 1'000'000;
}

Result<std::pair<unsigned, unsigned>> parseHours(std::string_view text)
{
    const std::size_t dash = text.find('-');
    constexpr std::uint64_t kNone = 99;
    const std::uint64_t from = wholeNumber(text.substr(0, dash)).value_or(kNone);
    const std::uint64_t to = dash == std::string_view::npos ? kNone : wholeNumber(text.substr(dash + 1)).value_or(kNone);
    if (from > 24 || to > 24) {
        return Error{ErrorCode::InvalidArgument, fmt::format("'{}' are no hours of the day: write for instance 22-6", text)};
    }
    return std::pair(static_cast<unsigned>(from), static_cast<unsigned>(to));
}

} // namespace carma::cli
