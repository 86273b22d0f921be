// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ingest/dates.h"
#include "ingest/entries.h"
#include "ingest/text_check.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <span>

namespace carma::ingest {

namespace {

using Json = nlohmann::json;
using Names = std::span<const std::string_view>;

constexpr std::array<std::string_view, 4> kLineTexts = {"text", "content", "body", "message"};
constexpr std::array<std::string_view, 3> kMessageTexts = {"content", "text", "message"};
constexpr std::array<std::string_view, 4> kSpeakers = {"speaker", "role", "author", "from"};
constexpr std::array<std::string_view, 5> kTimes = {"timestamp", "created", "date", "time", "created_at"};

/// How deep brackets nest, quotes left out; stops counting above the bound.
std::size_t depthOf(std::string_view json)
{
    std::size_t depth = 0;
    std::size_t most = 0;
    for (std::size_t at = 0; at < json.size() && most <= kJsonDepthMax; ++at) {
        const char c = json[at];
        if (c == '"') {
            for (++at; at < json.size() && json[at] != '"'; ++at) {
                at += json[at] == '\\' ? 1U : 0U;
            }
        } else if (c == '[' || c == '{') {
            most = std::max(most, ++depth);
        } else if ((c == ']' || c == '}') && depth > 0) {
            --depth;
        }
    }
    return most;
}

const Json* member(const Json& object, std::string_view name)
{
    const auto found = object.find(name);
    return found != object.end() && !found->is_null() ? &*found : nullptr;
}

/// A string, or a list of parts that are strings or have a text.
std::string textOf(const Json& value)
{
    if (value.is_string()) {
        return value.get<std::string>();
    }
    std::string joined;
    if (value.is_array()) {
        for (const Json& part : value) {
            std::string text;
            if (part.is_string()) {
                text = part.get<std::string>();
            } else if (part.is_object()) {
                for (const std::string_view name : {"text", "content"}) {
                    const Json* const inner = member(part, name);
                    if (inner != nullptr && inner->is_string() && text.empty()) {
                        text = inner->get<std::string>();
                    }
                }
            }
            joined += joined.empty() || text.empty() ? "" : "\n";
            joined += text;
        }
    }
    return joined;
}

std::string firstText(const Json& object, Names names)
{
    for (const std::string_view name : names) {
        if (const Json* const value = member(object, name)) {
            if (std::string text = textOf(*value); !trimmed(text).empty()) {
                return text;
            }
        }
    }
    return {};
}

/// A name, or an object with a name: {"role": "user"}.
std::string speakerOf(const Json& object)
{
    for (const std::string_view name : kSpeakers) {
        const Json* const value = member(object, name);
        if (value == nullptr) {
            continue;
        }
        if (value->is_string()) {
            return value->get<std::string>();
        }
        if (value->is_object()) {
            for (const std::string_view inner : {"name", "role"}) {
                const Json* const part = member(*value, inner);
                if (part != nullptr && part->is_string() && !part->get_ref<const std::string&>().empty()) {
                    return part->get<std::string>();
                }
            }
        }
    }
    return {};
}

std::int64_t timeOf(const Json& object)
{
    for (const std::string_view name : kTimes) {
        const Json* const value = member(object, name);
        std::optional<std::int64_t> time;
        if (value != nullptr && value->is_number()) {
            time = dateOfNumber(value->get<double>());
        } else if (value != nullptr && value->is_string()) {
            time = parseDate(value->get_ref<const std::string&>());
        }
        if (time) {
            return *time;
        }
    }
    return 0;
}

/// A string or a number, as text.
std::string scalarOf(const Json& object, std::string_view name)
{
    const Json* const value = member(object, name);
    if (value == nullptr || value->is_structured() || value->is_boolean()) {
        return {};
    }
    return value->is_string() ? value->get<std::string>() : value->dump();
}

/// All strings in `value`, joined. Recursion is bounded by kJsonDepthMax.
void joinStrings(const Json& value, std::string& joined)
{
    if (value.is_string()) {
        const auto& text = value.get_ref<const std::string&>();
        joined += joined.empty() || text.empty() ? "" : "; ";
        joined += text;
    } else if (value.is_structured()) {
        for (const Json& part : value) {
            joinStrings(part, joined);
        }
    }
}

std::vector<std::string> tagsOf(const Json& object)
{
    std::vector<std::string> tags;
    const Json* const value = member(object, "tags");
    if (value != nullptr && value->is_string()) {
        tags.push_back(value->get<std::string>());
    } else if (value != nullptr && value->is_array()) {
        for (const Json& tag : *value) {
            if (tag.is_string()) {
                tags.push_back(tag.get<std::string>());
            }
        }
    }
    return tags;
}

std::optional<Entry> entryOf(const Json& value, std::string_view source, bool isMessage)
{
    Entry entry;
    if (value.is_string() && !isMessage) {
        entry.text = value.get<std::string>();
        return entry;
    }
    if (!value.is_object()) {
        return std::nullopt;
    }
    entry.speaker = speakerOf(value);
    entry.timeUs = timeOf(value);
    entry.title = scalarOf(value, "title");
    entry.id = scalarOf(value, "id");
    entry.tags = tagsOf(value);
    entry.text = isMessage ? firstText(value, kMessageTexts) : firstText(value, kLineTexts);
    if (entry.text.empty() && !isMessage) {
        entry.title.clear(); // it is among the strings
        entry.speaker.clear();
        joinStrings(value, entry.text);
        entry.text = entry.text.empty() ? std::string(source) : entry.text;
    }
    return entry;
}

} // namespace

EntryResult parseEntry(std::string_view json, bool isMessage)
{
    if (json.size() > kEntryBytesMax) {
        return {{}, EntryError{ErrorCode::LimitExceeded, 0, "is larger than " + std::to_string(kEntryBytesMax >> 20U) + " MiB"}};
    }
    if (depthOf(json) > kJsonDepthMax) {
        return {{}, EntryError{ErrorCode::LimitExceeded, 0, "nests deeper than " + std::to_string(kJsonDepthMax) + " levels"}};
    }
    try {
        return {entryOf(Json::parse(json), trimmed(json), isMessage), {}};
    } catch (const Json::parse_error& error) {
        return {{}, EntryError{ErrorCode::InvalidArgument, error.byte > 0 ? error.byte - 1 : 0, "is malformed JSON"}};
    } catch (const Json::exception&) {
        return {{}, EntryError{ErrorCode::InvalidArgument, 0, "is malformed JSON"}}; // a number out of range
    }
}

std::optional<std::string> parseString(std::string_view json)
{
    if (json.size() > kEntryBytesMax || !json.starts_with('"')) {
        return std::nullopt;
    }
    const Json value = Json::parse(json, nullptr, false);
    return value.is_string() ? std::optional(value.get<std::string>()) : std::nullopt;
}

} // namespace carma::ingest
