// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "billing_words.h"
#include "durations.h"
#include "registry.h"
#include "table.h"
#include "text.h"

#include <carma/plugins.h>

#include <fmt/format.h>

namespace carma::cli {

namespace {

Json toJson(const PluginInfo& plugin)
{
    Json settings = Json::array();
    for (const PluginSetting& each : plugin.settings) {
        settings.push_back(
            {{"name", each.name}, {"type", carma::name(each.type)}, {"default", each.defaultValue}, {"description", each.description}});
    }
    Json models = Json::array();
    for (const PluginModel& each : plugin.models) {
        models.push_back({{"name", each.name}, {"model", each.model}, {"dimension", each.dimension},
            {"advised_semantic_weight", each.advisedSemanticWeight}});
    }
    return Json{{"name", plugin.name}, {"version", plugin.version}, {"kind", carma::name(plugin.kind)}, {"abi", plugin.abi},
        {"dimension", plugin.dimension}, {"advised_semantic_weight", plugin.advisedSemanticWeight}, {"licence", plugin.licence},
        {"description", plugin.description}, {"metadata", plugin.metadata}, {"library", plugin.library}, {"settings", settings},
        {"models", models}, {"problem", plugin.problem}};
}

/// The plugin that "PLUGIN", "PLUGIN:MODEL" or "MODEL" means: its settings go by its name.
Result<std::string> pluginOf(const std::string& wanted, const PluginOptions& options)
{
    CARMA_TRY_ASSIGN(const auto plugins, listPlugins(options));
    const std::string first = wanted.substr(0, wanted.find(':'));
    for (const PluginInfo& each : plugins) {
        if (each.name != first && std::ranges::find(each.models, wanted, &PluginModel::name) != each.models.end()) {
            return each.name;
        }
    }
    return first;
}

/// Not a StoreCommand: plugins are the program's, not a store's.
class PluginsCommand final : public Command {
public:
    std::string_view name() const override { return "plugins"; }
    CommandHelp help() const override
    {
        return {"other", "embedders and reconstructors that others wrote",
            "A plugin is a folder with plugin.json and a library, in a folder of CARMA_PLUGIN_PATH, in $XDG_DATA_HOME/carma/plugins, or "
            "beside the program. Its settings are in $XDG_CONFIG_HOME/carma/plugins.json. Plugins run in a process of their own.\n\n"
            "plugins list shows all, with the reason where one cannot be used; it loads no code. plugins info NAME shows one with its "
            "settings and models. plugins test NAME[:MODEL] opens it and tries shapes, odd texts, determinism, threads, speed and memory; "
            "the exit code is 1 if anything is not as it should be.",
            {"carma plugins list", "carma plugins info openvino", "carma plugins test bge-small",
                "carma plugins test openai:nomic-embed-text --set url=http://localhost:11434/v1"},
            {ExitCode::Failed, ExitCode::NotFound, ExitCode::Cancelled}};
    }
    void declare(Arguments& arguments) override
    {
        arguments.positional("ACTION", m_words, "list, info NAME or test NAME[:MODEL]");
        arguments.option("--set", m_settings, "SETTING=VALUE", "test: a setting of the plugin; may be given more than once");
        arguments.option("--timeout", m_timeout, "TIME", "test: how long a batch may take (30s, 5m; default: 60s)");
        arguments.option("--memory", m_memory, "SIZE", "test: address space of the plugin's process (default: 8G)");
    }
    Result<void> validate(const GlobalOptions& global) override;
    Result<ExitCode> run(Session& session) override;

private:
    Result<ExitCode> list(const PluginOptions& options, Session& session) const;
    Result<ExitCode> info(const PluginOptions& options, Session& session) const;
    Result<ExitCode> test(PluginOptions options, Session& session) const;

    std::vector<std::string> m_words, m_settings;
    std::string m_action;
    std::optional<std::string> m_timeout, m_memory;
    std::int64_t m_timeoutUs = 0;
    std::uint64_t m_memoryBytes = 0;
};

Result<void> PluginsCommand::validate(const GlobalOptions& /*global*/)
{
    CARMA_TRY_ASSIGN(m_action, actionOf("plugins", m_words, {"list", "info", "test"}));
    if (m_words.size() != (m_action == "list" ? 1U : 2U)) {
        return Error{
            ErrorCode::InvalidArgument, fmt::format("plugins {} takes {}", m_action, m_action == "list" ? "nothing more" : "one name")};
    }
    for (const std::string& setting : m_settings) {
        if (setting.find('=') == std::string::npos || setting.front() == '=') {
            return Error{ErrorCode::InvalidArgument, "--set takes SETTING=VALUE"};
        }
    }
    if (m_timeout) {
        CARMA_TRY_ASSIGN(m_timeoutUs, parseDuration(*m_timeout));
    }
    if (m_memory) {
        CARMA_TRY_ASSIGN(m_memoryBytes, parseBytes(*m_memory));
    }
    return {};
}

Result<ExitCode> PluginsCommand::run(Session& session)
{
    CARMA_TRY_ASSIGN(PluginOptions options, session.pluginOptions());
    return m_action == "list" ? list(options, session) : m_action == "info" ? info(options, session) : test(std::move(options), session);
}

Result<ExitCode> PluginsCommand::list(const PluginOptions& options, Session& session) const
{
    CARMA_TRY_ASSIGN(const auto plugins, listPlugins(options));
    Json json = Json::array();
    Table table({{"name"}, {"version"}, {"kind"}, {"dimensions", true}, {"licence"}, {"what it is"}});
    for (const PluginInfo& each : plugins) {
        json.push_back(toJson(each));
        table.add({each.name, each.version, std::string(carma::name(each.kind)), each.dimension == 0 ? "" : std::to_string(each.dimension),
            each.licence, each.problem.empty() ? each.description : each.problem});
    }
    session.printer().document(json);
    if (!table.empty()) {
        table.print(session.printer());
    }
    session.printer().extra(counted(plugins.size(), "plugin"));
    return ExitCode::Ok;
}

Result<ExitCode> PluginsCommand::info(const PluginOptions& options, Session& session) const
{
    CARMA_TRY_ASSIGN(const auto plugins, listPlugins(options));
    const auto found = std::ranges::find(plugins, m_words[1], &PluginInfo::name);
    if (found == plugins.end()) {
        return Error{ErrorCode::NotFound, fmt::format("there is no plugin '{}'; carma plugins list shows what there is", m_words[1])};
    }
    Printer& printer = session.printer();
    const PluginOptions own = optionsFor(found->name, options);
    const bool isTrusted = std::ranges::find(own.trusted, found->name) != own.trusted.end();
    Json json = toJson(*found);
    json["run"] = {{"trusted", isTrusted}, {"on_failure", carma::name(own.fallback)}, {"timeout_ms", own.timeoutMs},
        {"memory_bytes", own.memoryBytes}};
    printer.document(json);
    const auto row = [&](std::string_view label, const std::string& value) {
        if (!value.empty() && value != "0") {
            printer.line(fmt::format("{}  {}", padRight(label, 11), escapeLine(value)));
        }
    };
    row("name", found->name);
    row("version", found->version);
    row("kind", std::string(carma::name(found->kind)));
    row("what it is", found->description);
    row("licence", found->licence);
    row("interface", std::to_string(found->abi));
    row("dimensions", std::to_string(found->dimension));
    row("metadata", found->metadata);
    row("library", found->library);
    row("runs", isTrusted ? "inside this program" : fmt::format("in a process of its own, in at most {}", humanBytes(own.memoryBytes)));
    row("on failure", fmt::format("{}; a batch may take {}", carma::name(own.fallback), humanDuration(own.timeoutMs * 1000)));
    row("problem", found->problem);
    for (const PluginModel& each : found->models) {
        row("model",
            fmt::format("{} ({}, {} dimensions, semantic weight {})", each.name, each.model, each.dimension, each.advisedSemanticWeight));
    }
    if (!found->settings.empty()) {
        printer.line();
        Table table({{"setting"}, {"type"}, {"default"}, {"what it is"}});
        for (const PluginSetting& each : found->settings) {
            table.add({each.name, std::string(carma::name(each.type)), each.defaultValue, each.description});
        }
        table.print(printer);
    }
    return ExitCode::Ok;
}

Result<ExitCode> PluginsCommand::test(PluginOptions options, Session& session) const
{
    Printer& printer = session.printer();
    CARMA_TRY_ASSIGN(const std::string plugin, pluginOf(m_words[1], options));
    for (const std::string& setting : m_settings) {
        options.settings[plugin][setting.substr(0, setting.find('='))] = setting.substr(setting.find('=') + 1);
    }
    if (m_timeout) {
        options.runs[plugin].timeoutMs = m_timeoutUs / 1000;
    }
    if (m_memory) {
        options.runs[plugin].memoryBytes = m_memoryBytes;
    }
    CARMA_TRY_ASSIGN(const PluginReport report, testPlugin(m_words[1], options));
    if (session.stopped()) {
        return Error{ErrorCode::Cancelled, "the test was stopped"};
    }
    Json checks = Json::array();
    std::size_t width = 0;
    for (const PluginCheck& each : report.checks) {
        checks.push_back({{"name", each.name}, {"passed", each.passed}, {"detail", each.detail}});
        width = std::max(width, columns(each.name));
    }
    printer.document(Json{{"plugin", toJson(report.plugin)}, {"identity", report.identity.name}, {"version", report.identity.version},
        {"dimension", report.identity.dimension}, {"passed", report.passed()}, {"checks", checks},
        {"texts_per_second", report.textsPerSecond}, {"memory_bytes", report.memoryBytes}});
    for (const PluginCheck& each : report.checks) {
        printer.line(fmt::format("{}  {}  {}", each.passed ? printer.good("ok ") : printer.bad("not"),
            padRight(escapeLine(each.name), width), escapeLine(each.detail)));
    }
    return report.passed() ? ExitCode::Ok : ExitCode::Failed;
}

} // namespace

std::unique_ptr<Command> makePluginsCommand() { return std::make_unique<PluginsCommand>(); }

} // namespace carma::cli
