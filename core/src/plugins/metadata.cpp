// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/metadata.h"

#include "ingest/text_check.h"

#include <carma/plugin_abi.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <system_error>

namespace carma::plugins {

namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr std::size_t kNameMax = 40;
constexpr std::size_t kTextMax = 400;
constexpr std::size_t kListMax = 64;
constexpr std::uint32_t kDimensionMax = 4096;
constexpr double kWeightMax = 100;
constexpr int kDepthMax = 8;

constexpr std::array kTypes{
    SettingType::Text, SettingType::Integer, SettingType::Number, SettingType::Boolean, SettingType::File, SettingType::Secret};

bool isName(std::string_view name, std::string_view extra)
{
    return !name.empty() && name.size() <= kNameMax && std::ranges::all_of(name, [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || extra.find(c) != std::string_view::npos;
    });
}

/// Reads fields of one object and keeps the first thing that is wrong.
class Fields {
public:
    Fields(const json& object, std::string place, std::string& problem) : m_object(object), m_place(std::move(place)), m_problem(problem)
    {
        if (!m_object.is_object()) {
            complain("", "is no JSON object");
        }
    }

    std::string text(const char* key, bool required, std::size_t bytesMax = kTextMax)
    {
        const json* const value = find(key, required);
        if (value == nullptr) {
            return {};
        }
        const auto* const found = value->get_ptr<const std::string*>();
        if (found == nullptr || found->size() > bytesMax || ingest::oneLine(*found, bytesMax) != *found) {
            complain(key, "is no line of at most " + std::to_string(bytesMax) + " bytes");
            return {};
        }
        return *found;
    }

    std::string name(const char* key, std::string_view extra)
    {
        const std::string found = text(key, true, kNameMax);
        if (m_problem.empty() && !isName(found, extra)) {
            complain(
                key, "is no name: at most 40 lower-case letters, digits" + (extra.empty() ? std::string() : " or " + std::string(extra)));
        }
        return found;
    }

    std::uint32_t number(const char* key, std::uint32_t max, bool required)
    {
        const json* const value = find(key, required);
        if (value == nullptr) {
            return 0;
        }
        if (!value->is_number_unsigned() || value->get<std::uint64_t>() > max) {
            complain(key, "is no whole number from 0 to " + std::to_string(max));
            return 0;
        }
        return value->get<std::uint32_t>();
    }

    double weight(const char* key)
    {
        const json* const value = find(key, false);
        const double found = value != nullptr && value->is_number() ? value->get<double>() : 0;
        if (value != nullptr && (!value->is_number() || !(found >= 0 && found <= kWeightMax))) {
            complain(key, "is no number from 0 to 100");
            return 0;
        }
        return found;
    }

    /// Calls `each`(item, place) for the items of a list.
    template <typename Each> void list(const char* key, Each each)
    {
        const json* const value = find(key, false);
        if (value == nullptr) {
            return;
        }
        if (!value->is_array() || value->size() > kListMax) {
            complain(key, "is no list of at most " + std::to_string(kListMax) + " items");
            return;
        }
        for (std::size_t i = 0; i < value->size() && m_problem.empty(); ++i) {
            each((*value)[i], m_place + "/" + key + "/" + std::to_string(i));
        }
    }

    const json* find(const char* key, bool required)
    {
        if (!m_problem.empty()) {
            return nullptr;
        }
        const auto found = m_object.find(key);
        if (found == m_object.end() && required) {
            complain(key, "is missing");
        }
        return found == m_object.end() ? nullptr : &*found;
    }

    void complain(std::string_view key, const std::string& what)
    {
        if (m_problem.empty()) {
            m_problem = std::string(kMetadataName) + " is unusable: " + m_place + (key.empty() ? "" : "/") + std::string(key) + " " + what;
        }
    }

private:
    const json& m_object;
    const std::string m_place;
    std::string& m_problem;
};

/// A scalar of any JSON type as text.
std::string textOf(const json& value)
{
    return value.is_string() ? value.get<std::string>() : value.dump(-1, ' ', false, json::error_handler_t::replace);
}

PluginSetting readSetting(const json& item, const std::string& place, std::string& problem)
{
    Fields fields(item, place, problem);
    PluginSetting setting;
    setting.name = fields.name("name", "_");
    const std::string type = fields.text("type", true);
    const auto found = std::ranges::find_if(kTypes, [&](SettingType each) { return name(each) == type; });
    if (found == kTypes.end()) {
        fields.complain("type", "is none of text, integer, number, boolean, file, secret");
        return setting;
    }
    setting.type = *found;
    setting.description = fields.text("description", false);
    if (const json* const value = fields.find("default", false); value != nullptr && !value->is_null()) {
        setting.defaultValue = textOf(*value);
        if (value->is_structured() || setting.defaultValue.size() > kTextMax || !isOfType(setting.defaultValue, setting.type)) {
            fields.complain("default", "is not of the type " + type);
        }
    }
    return setting;
}

PluginModel readModel(const json& item, const std::string& place, std::string& problem)
{
    Fields fields(item, place, problem);
    PluginModel model;
    model.name = fields.name("name", "-._");
    model.model = fields.text("model", true);
    model.dimension = fields.number("dimension", kDimensionMax, false);
    model.advisedSemanticWeight = fields.weight("advised_semantic_weight");
    return model;
}

void readLists(Fields& fields, PluginInfo& info)
{
    fields.list("settings", [&](const json& item, const std::string& place) {
        PluginSetting setting = readSetting(item, place, info.problem);
        const bool twice = std::ranges::any_of(info.settings, [&](const PluginSetting& other) { return other.name == setting.name; });
        if (twice) {
            fields.complain("settings", "names '" + setting.name + "' twice");
        }
        info.settings.push_back(std::move(setting));
    });
    fields.list("models", [&](const json& item, const std::string& place) { info.models.push_back(readModel(item, place, info.problem)); });
}

void readFields(const json& root, const std::string& folder, PluginInfo& info)
{
    Fields fields(root, "", info.problem);
    const std::string named = fields.name("name", "-");
    if (!info.problem.empty()) {
        return;
    }
    info.name = named;
    info.version = fields.text("version", true, kNameMax);
    const std::string kind = fields.text("kind", true);
    if (info.problem.empty() && kind != name(PluginKind::Embedder) && kind != name(PluginKind::Reconstructor)) {
        fields.complain("kind", "is neither embedder nor reconstructor");
    }
    info.kind = kind == name(PluginKind::Reconstructor) ? PluginKind::Reconstructor : PluginKind::Embedder;
    info.abi = fields.number("abi", 1U << 16U, true);
    info.dimension = fields.number("dimension", kDimensionMax, false);
    if (const std::string metric = fields.text("metric", false); !metric.empty() && metric != "cosine") {
        fields.complain("metric", "is not cosine, the only one there is");
    }
    info.advisedSemanticWeight = fields.weight("advised_semantic_weight");
    info.licence = fields.text("licence", true);
    info.description = fields.text("description", false);
    const std::string library = fields.text("library", true);
    if (info.problem.empty() && (library.find('/') != std::string::npos || library.starts_with('.') || library.empty())) {
        fields.complain("library", "is no name of a file beside it");
    }
    info.library = folder + "/" + library;
    readLists(fields, info);
    if (info.problem.empty() && info.abi != CARMA_PLUGIN_ABI) {
        info.problem = "is for version " + std::to_string(info.abi) + " of the plugin interface, and this program has version " +
            std::to_string(CARMA_PLUGIN_ABI) + "; build it with this program's plugin_abi.h";
    }
}

std::optional<Bytes> readBounded(const std::string& path, std::string& problem)
{
    std::error_code error;
    const auto size = fs::is_regular_file(path, error) ? fs::file_size(path, error) : 0;
    if (error || !fs::is_regular_file(path, error)) {
        problem = std::string(kMetadataName) + " cannot be read";
        return std::nullopt;
    }
    if (size > kMetadataBytesMax) {
        problem = std::string(kMetadataName) + " has " + std::to_string(size) + " bytes; at most 65536 are read";
        return std::nullopt;
    }
    std::ifstream stream(path, std::ios::binary);
    Bytes bytes(static_cast<std::size_t>(size));
    stream.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    bytes.resize(static_cast<std::size_t>(std::max<std::streamsize>(stream.gcount(), 0)));
    return bytes;
}

} // namespace

bool isOfType(const std::string& value, SettingType type)
{
    const char* const end = value.data() + value.size();
    switch (type) {
    case SettingType::Integer: {
        std::int64_t number = 0;
        const auto [at, error] = std::from_chars(value.data(), end, number);
        return error == std::errc() && at == end;
    }
    case SettingType::Number: {
        double number = 0;
        const auto [at, error] = std::from_chars(value.data(), end, number);
        return error == std::errc() && at == end && std::isfinite(number);
    }
    case SettingType::Boolean: return value == "true" || value == "false";
    case SettingType::Secret: // a name, not the secret itself
    case SettingType::Text:
    case SettingType::File: return value.find('\0') == std::string::npos && ingest::validUtf8Prefix(value) == value.size();
    }
    return false;
}

PluginInfo parseMetadata(ByteView file, const std::string& folder)
{
    PluginInfo info;
    info.name = ingest::oneLine(fs::path(folder).filename().string(), kNameMax);
    info.metadata = folder + "/" + kMetadataName;
    bool deep = false;
    const auto shallow = [&deep](int depth, json::parse_event_t /*event*/, json& /*value*/) {
        deep = deep || depth > kDepthMax;
        return !deep;
    };
    const std::string_view text = asText(file);
    const json root = json::parse(text.begin(), text.end(), shallow, false);
    if (root.is_discarded() || deep) {
        info.problem = std::string(kMetadataName) + (deep ? " is nested too deeply" : " is not JSON");
        return info;
    }
    readFields(root, folder, info);
    return info;
}

PluginInfo readPlugin(const std::string& folder)
{
    PluginInfo info;
    std::string problem;
    const auto bytes = readBounded(folder + "/" + kMetadataName, problem);
    info = parseMetadata(bytes.value_or(Bytes{}), folder);
    if (!problem.empty()) {
        info.problem = problem;
    }
    std::error_code error;
    if (info.problem.empty() && !fs::is_regular_file(info.library, error)) {
        info.problem = "its library " + fs::path(info.library).filename().string() + " is not in " + folder + "; build it";
    }
    return info;
}

} // namespace carma::plugins
