// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <carma/money.h>

#include <array>
#include <chrono>
#include <cstdio>

namespace carma {

namespace {

using std::chrono::day;
using std::chrono::days;
using std::chrono::month;
using std::chrono::sys_days;
using std::chrono::year;
using std::chrono::year_month_day;

constexpr int kYearMin = 1970;
constexpr int kYearMax = 9999;
constexpr std::size_t kFractionDigits = 6;

std::int64_t floorDivide(std::int64_t a, std::int64_t b) { return (a / b) - (a % b < 0 ? 1 : 0); }

std::int64_t firstUs(std::int32_t theYear, std::uint32_t theMonth)
{
    const sys_days first{year_month_day{year{theYear}, month{theMonth}, day{1}}};
    return static_cast<std::int64_t>(first.time_since_epoch().count()) * kDayUs;
}

year_month_day dateOf(std::int64_t timeUs) { return year_month_day{sys_days{days{floorDivide(timeUs, kDayUs)}}}; }

/// The next `count` digits as a number; -1 if they are none.
int digits(std::string_view& rest, std::size_t count)
{
    if (rest.size() < count) {
        return -1;
    }
    int value = 0;
    for (const char c : rest.substr(0, count)) {
        if (c < '0' || c > '9') {
            return -1;
        }
        value = value * 10 + (c - '0');
    }
    rest.remove_prefix(count);
    return value;
}

bool take(std::string_view& rest, char c)
{
    const bool there = rest.starts_with(c);
    rest.remove_prefix(there ? 1 : 0);
    return there;
}

/// "T01:30:00Z"; -1 if it is no time of a day.
std::int64_t parseTimeOfDay(std::string_view rest)
{
    if (!take(rest, 'T')) {
        return -1;
    }
    const int hours = digits(rest, 2);
    const bool first = take(rest, ':');
    const int minutes = digits(rest, 2);
    const bool second = take(rest, ':');
    const int seconds = digits(rest, 2);
    if (!first || !second || hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || seconds < 0 || seconds > 59) {
        return -1;
    }
    std::int64_t fraction = 0;
    if (take(rest, '.')) {
        std::size_t count = 0;
        for (; count < kFractionDigits && !rest.empty() && rest.front() >= '0' && rest.front() <= '9'; ++count) {
            fraction = fraction * 10 + digits(rest, 1);
        }
        if (count == 0) {
            return -1;
        }
        for (; count < kFractionDigits; ++count) {
            fraction *= 10;
        }
    }
    return rest == "Z" ? hours * kHourUs + minutes * kMinuteUs + seconds * kSecondUs + fraction : -1;
}

} // namespace

std::int64_t Month::fromUs() const { return firstUs(year, month); }

std::int64_t Month::toUs() const
{
    const Month after = next();
    return firstUs(after.year, after.month);
}

Month Month::next() const { return month == 12 ? Month{year + 1, 1} : Month{year, month + 1}; }

Month Month::of(std::int64_t timeUs)
{
    const year_month_day date = dateOf(timeUs);
    return {static_cast<int>(date.year()), static_cast<unsigned>(date.month())};
}

Result<Month> Month::parse(std::string_view text)
{
    std::string_view rest = text;
    const int theYear = digits(rest, 4);
    const bool dash = take(rest, '-');
    const int theMonth = digits(rest, 2);
    if (!dash || !rest.empty() || theYear < kYearMin || theMonth < 1 || theMonth > 12) {
        return Error{ErrorCode::InvalidArgument, "'" + std::string(text.substr(0, 40)) + "' is no month, as 2026-10"};
    }
    return Month{theYear, static_cast<std::uint32_t>(theMonth)};
}

std::string toString(const Month& month)
{
    std::array<char, 32> text{};
    (void)std::snprintf(text.data(), text.size(), "%04d-%02u", static_cast<int>(month.year), static_cast<unsigned>(month.month));
    return text.data();
}

Result<std::int64_t> parseUtc(std::string_view text)
{
    const Error wrong{
        ErrorCode::InvalidArgument, "'" + std::string(text.substr(0, 40)) + "' is no time in UTC, as 2026-10-25 or 2026-10-25T01:30:00Z"};
    std::string_view rest = text;
    const int theYear = digits(rest, 4);
    const bool first = take(rest, '-');
    const int theMonth = digits(rest, 2);
    const bool second = take(rest, '-');
    const int theDay = digits(rest, 2);
    if (!first || !second || theYear < kYearMin || theYear > kYearMax || theMonth < 0 || theDay < 0) {
        return wrong;
    }
    const year_month_day date{year{theYear}, month{static_cast<unsigned>(theMonth)}, day{static_cast<unsigned>(theDay)}};
    const std::int64_t timeOfDay = rest.empty() ? 0 : parseTimeOfDay(rest);
    if (!date.ok() || timeOfDay < 0) {
        return wrong;
    }
    return static_cast<std::int64_t>(sys_days{date}.time_since_epoch().count()) * kDayUs + timeOfDay;
}

std::string formatUtc(std::int64_t timeUs)
{
    const year_month_day date = dateOf(timeUs);
    const std::int64_t rest = timeUs - floorDivide(timeUs, kDayUs) * kDayUs;
    std::array<char, 64> text{};
    (void)std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
        static_cast<unsigned>(date.day()));
    std::string out = text.data();
    if (rest == 0) {
        return out;
    }
    (void)std::snprintf(text.data(), text.size(), "T%02d:%02d:%02d", static_cast<int>(rest / kHourUs),
        static_cast<int>(rest / kMinuteUs % 60), static_cast<int>(rest / kSecondUs % 60));
    out += text.data();
    if (rest % kSecondUs != 0) {
        (void)std::snprintf(text.data(), text.size(), ".%06d", static_cast<int>(rest % kSecondUs));
        out += text.data();
    }
    return out + "Z";
}

} // namespace carma
