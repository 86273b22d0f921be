// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "billing_words.h"

#include "text.h"

#include <charconv>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace carma::cli {

Result<std::string> actionOf(
    std::string_view command, const std::vector<std::string>& words, std::initializer_list<std::string_view> actions)
{
    for (const std::string_view action : actions) {
        if (!words.empty() && words.front() == action) {
            return words.front();
        }
    }
    return Error{ErrorCode::InvalidArgument, fmt::format("what is wanted of {}? It knows {}", command, fmt::join(actions, ", "))};
}

void showEvent(const UsageEvent& event, Printer& printer, Json& list)
{
    if (printer.json()) {
        list.push_back(Json::parse(toJsonLine(event)));
        return;
    }
    std::string text = fmt::format("{:<20}  {:<16} {:<16} {:>12}  {} {}", formatUtc(event.timeUs), escapeLine(event.customer), event.meter,
        toString(event.value), escapeLine(event.source), escapeLine(event.id));
    text += event.reverses.empty() ? "" : " takes back " + escapeLine(event.reverses);
    for (const auto& [name, value] : event.dimensions) {
        text += " " + escapeLine(name) + "=" + escapeLine(value);
    }
    printer.line(text);
}

Result<std::pair<std::uint64_t, bool>> parseNumber(const std::string& text)
{
    const bool creditNote = text.starts_with("CN-");
    const std::string_view digits = std::string_view(text).substr(creditNote ? 3 : text.starts_with("INV-") ? 4 : 0);
    std::uint64_t number = 0;
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (parsed.ec != std::errc{} || parsed.ptr != digits.data() + digits.size() || number == 0) {
        return Error{ErrorCode::InvalidArgument, fmt::format("'{}' is no number of an invoice, as INV-000001 or 1", text)};
    }
    return std::pair(number, creditNote);
}

std::string moneyOf(std::int64_t minor, const Currency& currency) { return formatMinor(minor, currency) + " " + currency.code; }

} // namespace carma::cli
