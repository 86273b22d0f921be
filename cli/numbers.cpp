// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "text.h"

#include <array>
#include <charconv>
#include <cmath>
#include <ctime>
#include <fmt/format.h>

/// Numbers, sizes and times as people read them.
namespace carma::cli {

std::string grouped(std::uint64_t number)
{
    std::string digits = std::to_string(number);
    for (std::size_t at = digits.size(); at > 3;) {
        at -= 3;
        digits.insert(at, 1, ',');
    }
    return digits;
}

std::string humanBytes(std::uint64_t bytes)
{
    constexpr std::array<std::string_view, 5> kUnits{"KiB", "MiB", "GiB", "TiB", "PiB"};
    if (bytes < 1024) {
        return fmt::format("{} B", bytes);
    }
    double value = static_cast<double>(bytes) / 1024.0;
    std::size_t unit = 0;
    while (value >= 1023.95 && unit + 1 < kUnits.size()) {
        value /= 1024.0;
        ++unit;
    }
    return fmt::format("{:.{}f} {}", value, value < 99.95 ? 1 : 0, kUnits[unit]);
}

std::string humanDuration(std::int64_t us)
{
    if (us < 1000) {
        return fmt::format("{} us", us);
    }
    if (us < 1'000'000) {
        return fmt::format("{} ms", us / 1000);
    }
    if (us < 60'000'000) {
        return fmt::format("{:.1f} s", static_cast<double>(us) / 1e6);
    }
    const std::int64_t seconds = us / 1'000'000;
    if (seconds < 3600) {
        return fmt::format("{} min {} s", seconds / 60, seconds % 60);
    }
    return fmt::format("{} h {} min", seconds / 3600, seconds % 3600 / 60);
}

std::string localTime(std::int64_t us)
{
    if (us == 0) {
        return "-";
    }
    const std::time_t seconds = us / 1'000'000;
    std::tm parts{};
    if (::localtime_r(&seconds, &parts) == nullptr) {
        return "-";
    }
    std::array<char, 64> text{};
    const std::size_t length = std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &parts);
    return {text.data(), length};
}

std::string counted(std::uint64_t number, std::string_view one, std::string_view many)
{
    if (number == 1) {
        return fmt::format("1 {}", one);
    }
    return many.empty() ? fmt::format("{} {}s", grouped(number), one) : fmt::format("{} {}", grouped(number), many);
}

Result<std::uint64_t> parseBytes(std::string_view text)
{
    const Error invalid{ErrorCode::InvalidArgument, fmt::format("'{}' is not a size such as 300, 64K or 256M", escapeLine(text))};
    double value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc{} || !std::isfinite(value) || value < 0) {
        return invalid;
    }
    std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
    if (unit.ends_with("iB") && unit.size() == 3) {
        unit.remove_suffix(2);
    } else if (unit.ends_with('B')) {
        unit.remove_suffix(1);
    }
    constexpr std::string_view kUnits = "KMGT";
    if (!unit.empty()) {
        const char letter = unit[0] == 'k' ? 'K' : unit[0] == 'm' ? 'M' : unit[0] == 'g' ? 'G' : unit[0];
        const std::size_t power = kUnits.find(letter);
        if (unit.size() != 1 || power == std::string_view::npos) {
            return invalid;
        }
        value *= std::pow(1024.0, static_cast<double>(power + 1));
    }
    if (value > 9.0e18) {
        return invalid;
    }
    return static_cast<std::uint64_t>(value);
}

} // namespace carma::cli
