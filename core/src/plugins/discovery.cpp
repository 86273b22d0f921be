// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/discovery.h"

#include "ingest/text_check.h"
#include "plugins/metadata.h"
#include "plugins/settings_file.h"
#include "process/child_process.h"

#include <carma/store.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <system_error>

namespace carma {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kEntriesMax = 1000; ///< of a folder that is searched

std::string variable(const char* name)
{
    const char* const value = std::getenv(name);
    return value == nullptr ? std::string() : std::string(value);
}

/// The folder of an XDG variable, or the one below $HOME; empty where neither is set.
fs::path baseFolder(const char* name, const char* belowHome)
{
    const fs::path named = variable(name);
    const std::string home = variable("HOME");
    return named.is_absolute() ? named : home.empty() ? fs::path() : fs::path(home) / belowHome;
}

std::vector<std::string> entriesOf(const std::string& folder)
{
    std::vector<std::string> found;
    std::error_code error;
    if (fs::exists(fs::path(folder) / plugins::kMetadataName, error)) {
        found.push_back(folder); // a plugin's own folder may be named, too
    }
    for (fs::directory_iterator at(folder, error), end; !error && at != end && found.size() < kEntriesMax; at.increment(error)) {
        std::error_code ignored;
        if (fs::exists(at->path() / plugins::kMetadataName, ignored)) {
            found.push_back(at->path().string());
        }
    }
    std::ranges::sort(found);
    return found;
}

} // namespace

std::string_view name(PluginKind kind) { return kind == PluginKind::Embedder ? "embedder" : "reconstructor"; }

std::string_view name(SettingType type)
{
    switch (type) {
    case SettingType::Text: return "text";
    case SettingType::Integer: return "integer";
    case SettingType::Number: return "number";
    case SettingType::Boolean: return "boolean";
    case SettingType::File: return "file";
    case SettingType::Secret: return "secret";
    }
    return "text";
}

std::string findPluginWorker() { return process::findProgram("CARMA_PLUGIN_WORKER", "carma-plugin-worker"); }

Result<PluginOptions> defaultPluginOptions()
{
    PluginOptions options;
    const std::string path = variable("CARMA_PLUGIN_PATH");
    for (std::size_t begin = 0; begin < path.size();) {
        const std::size_t end = std::min(path.find(':', begin), path.size());
        if (end > begin) {
            options.folders.push_back(path.substr(begin, end - begin));
        }
        begin = end + 1;
    }
    if (const fs::path data = baseFolder("XDG_DATA_HOME", ".local/share"); !data.empty()) {
        options.folders.push_back((data / "carma" / "plugins").string());
    }
    std::error_code error;
    if (const fs::path program = fs::read_symlink("/proc/self/exe", error); !program.empty()) {
        options.folders.push_back((program.parent_path() / "plugins").string());
        options.folders.push_back((program.parent_path().parent_path() / "lib" / "carma" / "plugins").string());
    }
    options.workerProgram = findPluginWorker();
    if (const std::string resources = resourceFolder(); !resources.empty()) {
        options.modelFolder = resources + "/models";
    }
    if (const fs::path config = baseFolder("XDG_CONFIG_HOME", ".config"); !config.empty()) {
        CARMA_TRY(plugins::readSettingsFile((config / "carma" / "plugins.json").string(), options));
    }
    return options;
}

PluginOptions optionsFor(const std::string& plugin, PluginOptions options)
{
    const auto found = options.runs.find(plugin);
    if (found != options.runs.end()) {
        const PluginRun& run = found->second;
        options.fallback = run.fallback.value_or(options.fallback);
        options.timeoutMs = run.timeoutMs.value_or(options.timeoutMs);
        options.memoryBytes = run.memoryBytes.value_or(options.memoryBytes);
        if (run.trusted) {
            options.trusted.push_back(plugin);
        }
    }
    return options;
}

Result<std::vector<PluginInfo>> listPlugins(const PluginOptions& options)
{
    std::vector<PluginInfo> plugins;
    std::set<std::string> names;
    for (const std::string& folder : options.folders) {
        for (const std::string& entry : entriesOf(folder)) {
            PluginInfo info = plugins::readPlugin(entry);
            if (names.insert(info.name).second) {
                plugins.push_back(std::move(info));
            }
        }
    }
    std::ranges::sort(plugins, {}, &PluginInfo::name);
    return plugins;
}

namespace plugins {

namespace {

/// Whether a file or folder of that name is there; its absolute path.
std::string absoluteIfThere(const fs::path& path)
{
    std::error_code error;
    return fs::exists(path, error) ? fs::absolute(path, error).string() : std::string();
}

Result<void> chooseModel(Chosen& chosen, std::string model, const PluginOptions& options)
{
    const PluginInfo& info = chosen.plugin;
    for (const PluginModel& each : info.models) {
        if (each.name == model) {
            model = each.model;
            break;
        }
    }
    const auto setting = std::ranges::find(info.settings, "model", &PluginSetting::name);
    if (setting == info.settings.end()) {
        return {ErrorCode::InvalidArgument,
            "plugin '" + info.name + "' has no setting 'model', so that it takes no model; leave ':" + model + "' out"};
    }
    if (setting->type == SettingType::File) {
        std::string found = model.find('/') == std::string::npos && !options.modelFolder.empty()
            ? absoluteIfThere(fs::path(options.modelFolder) / model)
            : std::string();
        found = found.empty() ? absoluteIfThere(model) : found;
        if (found.empty()) {
            return {ErrorCode::NotFound,
                "plugin '" + info.name + "': there is no model '" + ingest::oneLine(model, 200) + "', neither in " +
                    (options.modelFolder.empty() ? "the folder of models" : options.modelFolder) + " nor as a path"};
        }
        model = found;
    }
    chosen.settings["model"] = model;
    return {};
}

Result<void> chooseSettings(Chosen& chosen, const PluginOptions& options)
{
    const PluginInfo& info = chosen.plugin;
    for (const PluginSetting& setting : info.settings) {
        chosen.settings[setting.name] = setting.defaultValue;
    }
    const auto given = options.settings.find(info.name);
    if (given == options.settings.end()) {
        return {};
    }
    for (const auto& [key, value] : given->second) {
        const auto setting = std::ranges::find(info.settings, key, &PluginSetting::name);
        if (setting == info.settings.end()) {
            return {ErrorCode::InvalidArgument,
                "plugin '" + info.name + "' has no setting '" + ingest::oneLine(key, 40) + "'; carma plugins info " + info.name +
                    " lists them"};
        }
        if (!isOfType(value, setting->type)) {
            return {ErrorCode::InvalidArgument,
                "the setting '" + key + "' of plugin '" + info.name + "' must be of the type " + std::string(name(setting->type))};
        }
        chosen.settings[key] = value;
    }
    return {};
}

const PluginInfo* find(const std::vector<PluginInfo>& plugins, std::string_view wanted)
{
    const auto found = std::ranges::find(plugins, wanted, &PluginInfo::name);
    return found == plugins.end() ? nullptr : &*found;
}

} // namespace

Result<Chosen> choosePlugin(std::string_view wanted, const PluginOptions& options)
{
    CARMA_TRY_ASSIGN(const auto plugins, listPlugins(options));
    const std::size_t colon = std::min(wanted.find(':'), wanted.size());
    const PluginInfo* plugin = find(plugins, wanted.substr(0, colon));
    std::string model(wanted.substr(std::min(colon + 1, wanted.size())));
    for (std::size_t i = 0; i < plugins.size() && plugin == nullptr && colon == wanted.size(); ++i) {
        if (std::ranges::find(plugins[i].models, wanted, &PluginModel::name) != plugins[i].models.end()) {
            plugin = &plugins[i];
            model = wanted;
        }
    }
    if (plugin == nullptr) {
        return {ErrorCode::NotFound,
            "there is no plugin or model '" + ingest::oneLine(wanted, 100) + "'; carma plugins list shows what there is"};
    }
    if (!plugin->problem.empty()) {
        return {ErrorCode::PluginFailed, "plugin '" + plugin->name + "' cannot be used: " + plugin->problem};
    }
    Chosen chosen{.plugin = *plugin, .settings = {}};
    CARMA_TRY(chooseSettings(chosen, options));
    if (const auto set = chosen.settings.find("model"); model.empty() && set != chosen.settings.end()) {
        model = set->second;
    }
    if (!model.empty()) {
        CARMA_TRY(chooseModel(chosen, std::move(model), options));
    }
    return chosen;
}

} // namespace plugins

} // namespace carma
