// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "billing/json_fields.h"

#include <carma/usage.h>

namespace carma {

namespace {

using billing::Fields;
using billing::Json;

constexpr std::size_t kLineBytesMax = 16U << 10U; // 16 dimensions of 128 bytes each, with room for escapes
constexpr std::size_t kLinesMax = 100'000;

Result<void> readDimensions(const Json& document, const Fields& fields, UsageEvent& event)
{
    const auto list = document.find("dimensions");
    if (list == document.end()) {
        return {};
    }
    for (const auto& item : list->items()) {
        if (!item.value().is_string()) {
            return fields.wrong("dimensions", "values are texts");
        }
        event.dimensions.emplace_back(item.key(), item.value().get<std::string>());
    }
    return {};
}

Result<UsageEvent> readEvent(const Json& document, std::string pointer)
{
    if (!document.is_object()) {
        return Error{ErrorCode::InvalidArgument, pointer + ": an event is a JSON object"};
    }
    Fields fields(document, std::move(pointer));
    UsageEvent event;
    CARMA_TRY_ASSIGN(event.source, fields.text("source", kUsageTextMax));
    CARMA_TRY_ASSIGN(event.id, fields.text("id", kUsageTextMax));
    CARMA_TRY_ASSIGN(event.customer, fields.text("customer", kUsageTextMax));
    CARMA_TRY_ASSIGN(event.meter, fields.text("meter", kUsageTextMax));
    CARMA_TRY_ASSIGN(event.reverses, fields.textOr("reverses", kUsageTextMax, ""));
    CARMA_TRY_ASSIGN(const auto value, fields.decimal("value"));
    event.value = value.value_or(Decimal(1));
    CARMA_TRY_ASSIGN(const std::string when, fields.text("time", kUsageTextMax));
    const auto time = parseUtc(when);
    if (!time.has_value()) {
        return fields.wrong("time", time.error().message);
    }
    event.timeUs = *time;
    CARMA_TRY(fields.object("dimensions"));
    CARMA_TRY(readDimensions(document, fields, event));
    CARMA_TRY(fields.finish());
    return event;
}

} // namespace

std::string_view name(RollupStep step)
{
    switch (step) {
    case RollupStep::Minute: return "minute";
    case RollupStep::Hour: return "hour";
    case RollupStep::Day: return "day";
    case RollupStep::Month: return "month";
    }
    return "unknown";
}

Result<std::vector<UsageEvent>> parseUsageLines(std::string_view text)
{
    std::vector<UsageEvent> events;
    for (std::size_t line = 0; !text.empty(); ++line) {
        const std::size_t end = text.find('\n');
        const std::string_view part = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (part.find_first_not_of(" \t\r") == std::string_view::npos) {
            continue;
        }
        const std::string pointer = "/" + std::to_string(line);
        if (events.size() == kLinesMax) {
            return Error{ErrorCode::LimitExceeded, pointer + ": more than 100,000 events at once"};
        }
        const auto document = billing::parseJson(part, kLineBytesMax);
        if (!document.has_value()) {
            return document.error().within(pointer);
        }
        CARMA_TRY_ASSIGN(UsageEvent event, readEvent(*document, pointer));
        events.push_back(std::move(event));
    }
    return events;
}

std::string toJsonLine(const UsageEvent& event)
{
    Json json{{"source", event.source}, {"id", event.id}, {"customer", event.customer}, {"meter", event.meter},
        {"value", toString(event.value)}, {"time", formatUtc(event.timeUs)}};
    for (const auto& [name, value] : event.dimensions) {
        json["dimensions"][name] = value;
    }
    if (!event.reverses.empty()) {
        json["reverses"] = event.reverses;
    }
    return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

} // namespace carma
