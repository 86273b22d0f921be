// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <carma/moment.h>

#include <chrono>
#include <ctime>
#include <optional>
#include <string>

namespace carma {

namespace {

constexpr std::int64_t kSecondUs = 1'000'000;

class Reader {
public:
    explicit Reader(std::string_view text) : m_rest(text) {}

    int number(std::size_t digits)
    {
        int value = 0;
        for (std::size_t i = 0; i < digits; ++i) {
            const bool isDigit = !m_rest.empty() && m_rest.front() >= '0' && m_rest.front() <= '9';
            m_sound = m_sound && isDigit;
            value = value * 10 + (isDigit ? m_rest.front() - '0' : 0);
            m_rest.remove_prefix(isDigit ? 1 : 0);
        }
        return value;
    }
    bool take(char c)
    {
        const bool there = m_rest.starts_with(c);
        m_rest.remove_prefix(there ? 1 : 0);
        return there;
    }
    [[nodiscard]] bool done() const { return m_sound && m_rest.empty(); }
    [[nodiscard]] bool empty() const { return m_rest.empty(); }

private:
    std::string_view m_rest;
    bool m_sound = true;
};

/// "7d"
std::optional<std::int64_t> duration(std::string_view text)
{
    if (text.size() < 2 || text.size() > 7) {
        return std::nullopt;
    }
    const std::int64_t unit = text.back() == 'm' ? 60
        : text.back() == 'h'                     ? 3600
        : text.back() == 'd'                     ? 86'400
        : text.back() == 'w'                     ? 604'800
                                                 : 0;
    Reader reader(text.substr(0, text.size() - 1));
    const std::int64_t count = reader.number(text.size() - 1);
    return reader.done() && unit > 0 ? std::optional(count * unit * kSecondUs) : std::nullopt;
}

} // namespace

Result<std::int64_t> parseMoment(std::string_view text, std::int64_t nowUs)
{
    if (const auto ago = duration(text)) {
        return nowUs - *ago;
    }
    Reader reader(text);
    std::tm local{};
    const int year = reader.number(4);
    const bool dashes = reader.take('-');
    local.tm_mon = reader.number(2) - 1;
    const bool secondDash = reader.take('-');
    local.tm_mday = reader.number(2);
    if (reader.take('T') || reader.take(' ')) {
        local.tm_hour = reader.number(2);
        reader.take(':');
        local.tm_min = reader.number(2);
        if (reader.take(':')) {
            local.tm_sec = reader.number(2);
        }
    }
    const bool isUtc = reader.take('Z');
    const std::chrono::year_month_day date(std::chrono::year(year), std::chrono::month(static_cast<unsigned>(local.tm_mon + 1)),
        std::chrono::day(static_cast<unsigned>(local.tm_mday)));
    if (!reader.done() || !dashes || !secondDash || !date.ok() || local.tm_hour > 23 || local.tm_min > 59 || local.tm_sec > 60) {
        return Error{ErrorCode::InvalidArgument,
            "'" + std::string(text.substr(0, 60)) + "' is no time: write 2024-05-14, 2024-05-14T19:30, 90m, 12h, 7d or 4w"};
    }
    local.tm_year = year - 1900;
    local.tm_isdst = -1;
    return static_cast<std::int64_t>(isUtc ? ::timegm(&local) : ::mktime(&local)) * kSecondUs;
}

} // namespace carma
