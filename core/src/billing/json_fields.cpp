// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "billing/json_fields.h"

#include <algorithm>
#include <set>

namespace carma::billing {

namespace {

constexpr int kDepthMax = 16; // no document of ours nests deeper

/// "~" and "/" as RFC 6901 writes them.
std::string escaped(std::string_view key)
{
    std::string out;
    for (const char c : key) {
        out += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    }
    return out;
}

} // namespace

Result<Json> parseJson(std::string_view text, std::size_t bytesMax)
{
    if (text.size() > bytesMax) {
        return Error{ErrorCode::LimitExceeded, "the document has more than " + std::to_string(bytesMax) + " bytes"};
    }
    std::vector<std::set<std::string>> keys;
    std::string twice;
    bool deep = false;
    const auto watch = [&](int depth, Json::parse_event_t event, Json& parsed) {
        if (event == Json::parse_event_t::object_start) {
            keys.emplace_back();
        } else if (event == Json::parse_event_t::object_end && !keys.empty()) {
            keys.pop_back();
        } else if (event == Json::parse_event_t::key && !keys.empty() && !keys.back().insert(parsed.get<std::string>()).second) {
            twice = parsed.get<std::string>();
        }
        deep = deep || depth > kDepthMax;
        return !deep;
    };
    Json document = Json::parse(text, watch, false);
    if (deep) {
        return Error{ErrorCode::InvalidArgument, "the document nests deeper than " + std::to_string(kDepthMax)};
    }
    if (document.is_discarded()) {
        return Error{ErrorCode::InvalidArgument, "the document is no JSON"};
    }
    if (!twice.empty()) {
        return Error{ErrorCode::InvalidArgument, "the field '" + twice.substr(0, 64) + "' stands twice"};
    }
    return document;
}

Error Fields::wrong(std::string_view key, std::string_view message) const
{
    return {ErrorCode::InvalidArgument, m_pointer + "/" + escaped(key) + ": " + std::string(message)};
}

const Json* Fields::find(std::string_view key)
{
    m_known.emplace_back(key);
    const auto found = m_object->find(key);
    return found == m_object->end() ? nullptr : &*found;
}

Result<std::string> Fields::text(std::string_view key, std::size_t bytesMax)
{
    CARMA_TRY_ASSIGN(std::string value, textOr(key, bytesMax, ""));
    if (value.empty()) {
        return wrong(key, has(key) ? "is empty" : "is missing");
    }
    return value;
}

Result<std::string> Fields::textOr(std::string_view key, std::size_t bytesMax, std::string absent)
{
    const Json* value = find(key);
    if (value == nullptr) {
        return absent;
    }
    if (!value->is_string()) {
        return wrong(key, "is no text");
    }
    auto text = value->get<std::string>();
    if (text.size() > bytesMax) {
        return wrong(key, "has more than " + std::to_string(bytesMax) + " bytes");
    }
    const bool control = std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
    if (control) {
        return wrong(key, "has control characters");
    }
    return text;
}

Result<std::optional<Decimal>> Fields::decimal(std::string_view key)
{
    const Json* value = find(key);
    if (value == nullptr) {
        return std::optional<Decimal>();
    }
    if (value->is_number_float()) {
        return wrong(key, "write numbers with a point as text, \"0.01\": they are exact");
    }
    if (!value->is_string() && !value->is_number_integer()) {
        return wrong(key, "is no number");
    }
    const auto number = Decimal::parse(value->is_string() ? value->get<std::string>() : value->dump());
    if (!number.has_value()) {
        return wrong(key, number.error().message);
    }
    return std::optional(*number);
}

Result<bool> Fields::flag(std::string_view key)
{
    const Json* value = find(key);
    if (value != nullptr && !value->is_boolean()) {
        return wrong(key, "is neither true nor false");
    }
    return value != nullptr && value->get<bool>();
}

Result<std::optional<Fields>> Fields::object(std::string_view key)
{
    const Json* value = find(key);
    if (value == nullptr) {
        return std::optional<Fields>();
    }
    if (!value->is_object()) {
        return wrong(key, "is no object");
    }
    return std::optional(Fields(*value, m_pointer + "/" + escaped(key)));
}

Result<std::vector<Fields>> Fields::objects(std::string_view key, std::size_t countMax)
{
    const Json* value = find(key);
    std::vector<Fields> list;
    if (value == nullptr) {
        return list;
    }
    if (!value->is_array() || value->size() > countMax) {
        return wrong(key, "is no list of at most " + std::to_string(countMax));
    }
    for (std::size_t i = 0; i < value->size(); ++i) {
        std::string pointer = m_pointer + "/" + escaped(key) + "/" + std::to_string(i);
        if (!(*value)[i].is_object()) {
            return Error{ErrorCode::InvalidArgument, pointer + ": is no object"};
        }
        list.emplace_back((*value)[i], std::move(pointer));
    }
    return list;
}

Result<void> Fields::finish() const
{
    for (const auto& item : m_object->items()) {
        if (std::ranges::find(m_known, item.key()) == m_known.end()) {
            return wrong(item.key().substr(0, 64), "there is no such field");
        }
    }
    return {};
}

} // namespace carma::billing
