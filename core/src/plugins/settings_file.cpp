// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/settings_file.h"

#include "ingest/text_check.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <system_error>

namespace carma {

std::string_view name(PluginFallback fallback)
{
    switch (fallback) {
    case PluginFallback::Wait: return "wait";
    case PluginFallback::SkipVectors: return "skip";
    case PluginFallback::Stop: return "stop";
    }
    return "stop";
}

namespace plugins {

namespace {

using nlohmann::json;

constexpr std::size_t kSettingsBytesMax = 64U << 10U;
constexpr std::int64_t kTimeoutMsMax = 24LL * 3600 * 1000;
constexpr std::uint64_t kMemoryMbMax = 1U << 20U;
constexpr std::array kFallbacks{PluginFallback::Wait, PluginFallback::SkipVectors, PluginFallback::Stop};

Error wrong(const std::string& plugin, const std::string& what)
{
    return {
        ErrorCode::InvalidArgument, "the settings of plugin '" + ingest::oneLine(plugin, 40) + "' " + what + "; correct or remove them"};
}

Result<std::uint64_t> numberOf(const std::string& plugin, const std::string& key, const json& value, std::uint64_t max)
{
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() < 1 || value.get<std::uint64_t>() > max) {
        return wrong(plugin, "have a run/" + key + " that is no whole number from 1 to " + std::to_string(max));
    }
    return value.get<std::uint64_t>();
}

Result<PluginRun> readRun(const std::string& plugin, const json& object)
{
    PluginRun run;
    for (const auto& [key, value] : object.items()) {
        if (key == "trusted" && value.is_boolean()) {
            run.trusted = value.get<bool>();
        } else if (key == "on_failure" && value.is_string()) {
            const auto found = std::ranges::find_if(
                kFallbacks, [&](PluginFallback each) { return name(each) == value.get<std::string>(); });
            if (found == kFallbacks.end()) {
                return wrong(plugin, "have a run/on_failure that is none of wait, skip, stop");
            }
            run.fallback = *found;
        } else if (key == "timeout_ms") {
            CARMA_TRY_ASSIGN(const std::uint64_t number, numberOf(plugin, key, value, kTimeoutMsMax));
            run.timeoutMs = static_cast<std::int64_t>(number);
        } else if (key == "memory_mb") {
            CARMA_TRY_ASSIGN(const std::uint64_t number, numberOf(plugin, key, value, kMemoryMbMax));
            run.memoryBytes = number << 20U;
        } else {
            return wrong(plugin,
                "have a run/" + ingest::oneLine(key, 40) +
                    " that is not understood; there are trusted (true or false), on_failure, timeout_ms and memory_mb");
        }
    }
    return run;
}

Result<void> readPluginSettings(const std::string& plugin, const json& settings, PluginOptions& options)
{
    for (const auto& [key, value] : settings.items()) {
        if (key == "run" && value.is_object()) {
            CARMA_TRY_ASSIGN(options.runs[plugin], readRun(plugin, value));
        } else if (value.is_structured() || value.is_null()) {
            return wrong(plugin, "have a '" + ingest::oneLine(key, 40) + "' that is neither a text nor a number nor true or false");
        } else {
            options.settings[plugin][key] = value.is_string() ? value.get<std::string>() : value.dump();
        }
    }
    return {};
}

} // namespace

Result<void> readSettingsFile(const std::string& path, PluginOptions& options)
{
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error)) {
        return {};
    }
    std::ifstream stream(path, std::ios::binary);
    std::string text(kSettingsBytesMax + 1, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(std::max<std::streamsize>(stream.gcount(), 0)));
    const json root = text.size() > kSettingsBytesMax ? json() : json::parse(text, nullptr, false);
    const Error malformed{ErrorCode::InvalidArgument,
        path + " must be a JSON object of plugins, each an object of settings, in at most 64 KiB; correct or remove it"};
    if (!root.is_object()) {
        return malformed;
    }
    for (const auto& [plugin, settings] : root.items()) {
        if (!settings.is_object()) {
            return malformed;
        }
        if (const auto read = readPluginSettings(plugin, settings, options); !read.has_value()) {
            return read.error().within(path);
        }
    }
    return {};
}

} // namespace plugins

} // namespace carma
