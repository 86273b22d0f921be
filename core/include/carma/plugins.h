// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/embedder.h>
#include <carma/result.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

/// Plugins: libraries behind the C interface of carma/plugin_abi.h. A plugin is a folder with the metadata file plugin.json and
/// the library that it names. The metadata is checked before any code is loaded, and the code runs in a process of its own
/// (carma-plugin-worker) unless it is trusted by name. All functions here are thread-safe.
namespace carma {

enum class PluginKind : std::uint8_t { Embedder, Reconstructor };

/// "embedder", "reconstructor". Static storage.
std::string_view name(PluginKind kind);

enum class SettingType : std::uint8_t {
    Text,
    Integer,
    Number,
    Boolean,
    File,
    Secret, ///< what a user sets is the name of a secret in the keychain; the plugin gets the secret
};

/// "text", "integer", "number", "boolean", "file", "secret". Static storage.
std::string_view name(SettingType type);

struct PluginSetting {
    std::string name;
    SettingType type = SettingType::Text;
    std::string defaultValue; ///< as text; empty for none
    std::string description;
};

/// A model that a plugin brings or knows: it is opened as "PLUGIN:MODEL", or as "MODEL" where no plugin has that name.
struct PluginModel {
    std::string name;
    std::string model; ///< what the plugin gets as its setting "model"
    std::uint32_t dimension = 0;
    double advisedSemanticWeight = 0; ///< 0: none advised
};

struct PluginInfo {
    std::string name; ///< of the folder where the metadata is unusable
    std::string version;
    PluginKind kind = PluginKind::Embedder;
    std::uint32_t abi = 0;
    std::uint32_t dimension = 0;      ///< 0: the model decides
    double advisedSemanticWeight = 0; ///< the semantic weight of queries that its vectors do best with; 0: none advised
    std::string licence;
    std::string description;
    std::string metadata; ///< path of plugin.json
    std::string library;  ///< path of the library
    std::vector<PluginSetting> settings;
    std::vector<PluginModel> models;
    std::string problem; ///< why it cannot be used, in one sentence; empty if it can
};

/// What becomes of a batch whose plugin failed.
enum class PluginFallback : std::uint8_t {
    Wait,        ///< the plugin is started again, after longer and longer pauses, until the batch succeeds or `stop` is requested
    SkipVectors, ///< its vectors are all zeroes, which indexes leave out; the failure is reported
    Stop,        ///< the batch fails with PluginFailed
};

/// "wait", "skip", "stop". Static storage.
std::string_view name(PluginFallback fallback);

/// How one plugin is run, where a user chose otherwise than PluginOptions says for all.
struct PluginRun {
    bool trusted = false;
    std::optional<PluginFallback> fallback;
    std::optional<std::int64_t> timeoutMs;
    std::optional<std::uint64_t> memoryBytes;
};

struct PluginOptions {
    std::vector<std::string> folders;                                   ///< each holds plugins, the first match of a name counts
    std::vector<std::string> trusted;                                   ///< names of plugins that run inside this process
    std::int64_t timeoutMs = 60'000;                                    ///< for a batch of at most kPluginBatchBytes, and for opening
    std::uint64_t memoryBytes = 8ULL << 30U;                            ///< address space of a plugin's process
    std::string workerProgram;                                          ///< carma-plugin-worker; findPluginWorker() if empty
    std::map<std::string, std::map<std::string, std::string>> settings; ///< by plugin, by name of the setting
    std::string modelFolder;                                            ///< where names of models are looked up: resources/models
    PluginFallback fallback = PluginFallback::Stop;
    std::map<std::string, PluginRun> runs;        ///< by plugin
    std::stop_token stop;                         ///< ends waiting and batches under way with Cancelled
    std::function<void(std::string_view)> report; ///< one line: what a plugin logged, or why it failed. From any thread
};

/// Texts and vectors travel in batches of at most this many bytes; larger ones are cut into several.
inline constexpr std::size_t kPluginBatchBytes = 32U << 20U;
/// Of a longer text only the first characters count.
inline constexpr std::size_t kPluginTextBytesMax = 1U << 20U;

/// $CARMA_PLUGIN_PATH (folders separated by colons), $XDG_DATA_HOME/carma/plugins, plugins/ beside the running program, lib/carma/plugins
/// of where it is installed; with the settings of $XDG_CONFIG_HOME/carma/plugins.json, if there is one: an object of
/// plugins, each an object of settings, among them "run": {"trusted", "on_failure", "timeout_ms", "memory_mb"}. InvalidArgument where
/// that file is malformed.
Result<PluginOptions> defaultPluginOptions();

/// `options` with what they say about one plugin in the place of what they say about all.
PluginOptions optionsFor(const std::string& plugin, PluginOptions options);

/// Where carma-plugin-worker is: $CARMA_PLUGIN_WORKER, beside the running program, in ../libexec/carma of it. Empty if nowhere.
std::string findPluginWorker();

/// Every plugin of the search path in the order of names, unusable ones with the reason. Loads no code.
Result<std::vector<PluginInfo>> listPlugins(const PluginOptions& options);

/// Opens an embedder. `name` is "PLUGIN", "PLUGIN:MODEL" (the model's name or its folder) or the name of a model that a plugin
/// lists. The identity is "PLUGIN:" and the name that the plugin gives its model. NotFound for an unknown name, PluginFailed
/// for a plugin that cannot be used, naming it, the cause and the next step.
Result<std::shared_ptr<Embedder>> openPluginEmbedder(std::string_view name, const PluginOptions& options);

/// The semantic weight that an embedder's plugin or model advises; 0 for none, as for the built-in model.
double advisedSemanticWeight(const Embedder& embedder);

/// What is known about a lost passage.
struct Gap {
    std::vector<std::string> before; ///< passages before it, the nearest last
    std::vector<std::string> after;  ///< passages after it, the nearest first
    std::uint64_t bytes = 0;         ///< its length, if known
};

struct Reconstruction {
    std::string text;
    double confidence = 0;               ///< 0 to 1
    std::vector<std::uint32_t> evidence; ///< positions in before, then after, that it rests on
};

/// Writes a hypothesis of a lost passage. Thread-safe.
class Reconstructor {
public:
    virtual ~Reconstructor() = default;
    [[nodiscard]] virtual const std::string& name() const = 0;
    virtual Result<Reconstruction> reconstruct(const Gap& gap) = 0;
};

/// As openPluginEmbedder, for the other kind.
Result<std::shared_ptr<Reconstructor>> openPluginReconstructor(std::string_view name, const PluginOptions& options);

struct PluginCheck {
    std::string name; ///< "opens", "shape", "normalised", "determinism", ...
    bool passed = false;
    std::string detail;
};

struct PluginReport {
    PluginInfo plugin;
    EmbedderIdentity identity; ///< of an embedder that opened
    std::vector<PluginCheck> checks;
    double textsPerSecond = 0;
    std::uint64_t memoryBytes = 0; ///< resident memory of the plugin's process after the checks; 0 for a trusted one
    [[nodiscard]] bool passed() const;
};

/// Opens a plugin and tries what a user's texts will try: shapes, normalisation, determinism, several threads, empty, huge and odd
/// texts, speed and memory. A check that fails is data of the report. NotFound for an unknown name.
Result<PluginReport> testPlugin(std::string_view name, const PluginOptions& options);

} // namespace carma
