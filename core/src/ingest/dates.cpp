// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ingest/dates.h"

#include "ingest/text_check.h"

#include <chrono>
#include <cmath>

namespace carma::ingest {

namespace {

constexpr std::int64_t kSecondUs = 1'000'000;
constexpr std::int64_t kDayUs = 86'400 * kSecondUs;

/// Reads digits and separators from the front of a text; the first failure stays.
class Cursor {
public:
    explicit Cursor(std::string_view rest) : m_rest(rest) {}

    int digits(std::size_t count)
    {
        int value = 0;
        if (m_rest.size() < count) {
            m_failed = true;
            return 0;
        }
        for (std::size_t i = 0; i < count; ++i) {
            m_failed = m_failed || m_rest[i] < '0' || m_rest[i] > '9';
            value = value * 10 + (m_rest[i] - '0');
        }
        m_rest.remove_prefix(count);
        return m_failed ? 0 : value;
    }
    bool take(std::string_view anyOf)
    {
        if (m_rest.empty() || anyOf.find(m_rest.front()) == std::string_view::npos) {
            return false;
        }
        m_last = m_rest.front();
        m_rest.remove_prefix(1);
        return true;
    }
    void need(std::string_view anyOf) { m_failed = !take(anyOf) || m_failed; }
    /// Microseconds of a fraction of a second; digits beyond the sixth are dropped.
    std::int64_t fraction()
    {
        std::int64_t value = 0;
        std::int64_t unit = kSecondUs / 10;
        while (!m_rest.empty() && m_rest.front() >= '0' && m_rest.front() <= '9') {
            value += unit * (m_rest.front() - '0');
            unit /= 10;
            m_rest.remove_prefix(1);
        }
        return value;
    }
    [[nodiscard]] char last() const { return m_last; }
    [[nodiscard]] bool atEnd() const { return m_rest.empty(); }
    [[nodiscard]] bool failed() const { return m_failed; }

private:
    std::string_view m_rest;
    char m_last = '\0';
    bool m_failed = false;
};

/// The time of day and zone after a date; adds to `timeUs`.
bool parseTime(Cursor& cursor, std::int64_t& timeUs)
{
    const int hour = cursor.digits(2);
    cursor.need(":");
    const int minute = cursor.digits(2);
    int second = 0;
    std::int64_t fraction = 0;
    if (cursor.take(":")) {
        second = cursor.digits(2);
        if (cursor.take(".,")) {
            fraction = cursor.fraction();
        }
    }
    if (cursor.failed() || hour > 23 || minute > 59 || second > 60) {
        return false;
    }
    timeUs += (hour * 3600LL + minute * 60LL + second) * kSecondUs + fraction;
    (void)cursor.take(" ");
    if (cursor.take("Zz") || cursor.atEnd()) {
        return cursor.atEnd();
    }
    cursor.need("+-");
    const int sign = cursor.last() == '-' ? -1 : 1;
    const int zoneHour = cursor.digits(2);
    (void)cursor.take(":");
    const int zoneMinute = cursor.atEnd() ? 0 : cursor.digits(2);
    timeUs -= sign * (zoneHour * 3600LL + zoneMinute * 60LL) * kSecondUs;
    return !cursor.failed() && zoneHour <= 23 && zoneMinute <= 59 && cursor.atEnd();
}

} // namespace

std::optional<std::int64_t> parseDate(std::string_view text)
{
    Cursor cursor(trimmed(text));
    const int year = cursor.digits(4);
    cursor.need("-/");
    const int month = cursor.digits(2);
    cursor.need("-/");
    const int day = cursor.digits(2);
    const std::chrono::year_month_day date{
        std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)), std::chrono::day(static_cast<unsigned>(day))};
    if (cursor.failed() || year < 1 || !date.ok()) {
        return std::nullopt;
    }
    std::int64_t timeUs = std::chrono::sys_days(date).time_since_epoch().count() * kDayUs;
    if (cursor.atEnd()) {
        return timeUs;
    }
    cursor.need("Tt ");
    if (!parseTime(cursor, timeUs)) {
        return std::nullopt;
    }
    return timeUs;
}

std::optional<std::int64_t> dateOfNumber(double number)
{
    constexpr double kSecondsMax = 253'402'300'799.0; // the end of the year 9999
    if (!std::isfinite(number) || number < 0) {
        return std::nullopt;
    }
    // 1e11 s is the year 5138 and 1e11 ms is 1973, so that no date of our time is taken for another unit.
    const double seconds = number < 1e11 ? number : number < 1e14 ? number / 1e3 : number / 1e6;
    if (seconds > kSecondsMax) {
        return std::nullopt;
    }
    return static_cast<std::int64_t>(std::llround(seconds * 1e6));
}

std::string dayOf(std::int64_t timeUs)
{
    const std::chrono::sys_time<std::chrono::microseconds> time{std::chrono::microseconds(timeUs)};
    const std::chrono::year_month_day date{std::chrono::floor<std::chrono::days>(time)};
    const auto padded = [](unsigned value, std::size_t width) {
        const std::string digits = std::to_string(value);
        return std::string(digits.size() < width ? width - digits.size() : 0, '0') + digits;
    };
    return padded(static_cast<unsigned>(static_cast<int>(date.year())), 4) + "-" + padded(static_cast<unsigned>(date.month()), 2) + "-" +
        padded(static_cast<unsigned>(date.day()), 2);
}

} // namespace carma::ingest
