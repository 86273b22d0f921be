// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "arguments.h"

#include "text.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace carma::cli {

namespace {

/// An option or word as CLI11 knows it.
template <typename Spec> struct Bound {
    const Spec* spec;
    CLI::Option* option;
};

struct BoundArguments {
    std::vector<Bound<OptionSpec>> options;
    std::vector<Bound<PositionalSpec>> positionals;
};

BoundArguments bind(CLI::App& app, const Arguments& arguments)
{
    BoundArguments bound;
    for (const OptionSpec& spec : arguments.options) {
        CLI::Option* option = spec.isFlag() ? app.add_flag(spec.names) : app.add_option(spec.names);
        if (std::holds_alternative<std::vector<std::string>*>(spec.target)) {
            option->take_all();
        } else {
            option->take_last();
        }
        bound.options.push_back({&spec, option});
    }
    for (const PositionalSpec& spec : arguments.positionals) {
        CLI::Option* option = app.add_option(spec.name);
        if (std::holds_alternative<std::vector<std::string>*>(spec.target)) {
            option->expected(1, CLI::detail::expected_max_vector_size)->allow_extra_args();
        }
        bound.positionals.push_back({&spec, option});
    }
    return bound;
}

template <typename Number> Result<Number> numberFrom(const std::string& text, const std::string& name)
{
    Number value{};
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    bool fine = failure == std::errc{} && end == text.data() + text.size();
    if constexpr (std::is_floating_point_v<Number>) {
        fine = fine && std::isfinite(value);
    }
    if (!fine) {
        return Error{ErrorCode::InvalidArgument, fmt::format("{} needs a number, not '{}'", name, escapeLine(text))};
    }
    return value;
}

Result<void> store(const OptionSpec& spec, const std::vector<std::string>& values)
{
    const std::string name = spec.nameList().back();
    for (const std::string& value : values) {
        if (!spec.choices.empty() && std::ranges::find(spec.choices, value) == spec.choices.end()) {
            return Error{ErrorCode::InvalidArgument,
                fmt::format("{} is one of {}, not '{}'", name, fmt::join(spec.choices, ", "), escapeLine(value))};
        }
    }
    if (const auto* target = std::get_if<std::vector<std::string>*>(&spec.target)) {
        **target = values;
    } else if (const auto* text = std::get_if<std::string*>(&spec.target)) {
        **text = values.back();
    } else if (const auto* maybe = std::get_if<std::optional<std::string>*>(&spec.target)) {
        **maybe = values.back();
    } else if (const auto* whole = std::get_if<std::uint64_t*>(&spec.target)) {
        CARMA_TRY_ASSIGN(**whole, numberFrom<std::uint64_t>(values.back(), name));
    } else if (const auto* real = std::get_if<double*>(&spec.target)) {
        CARMA_TRY_ASSIGN(**real, numberFrom<double>(values.back(), name));
    } else if (const auto* maybeReal = std::get_if<std::optional<double>*>(&spec.target)) {
        CARMA_TRY_ASSIGN(**maybeReal, numberFrom<double>(values.back(), name));
    }
    return {};
}

Result<void> storeAll(const BoundArguments& bound)
{
    for (const auto& [spec, option] : bound.options) {
        if (option->count() == 0) {
            continue;
        }
        if (const auto* flag = std::get_if<bool*>(&spec->target)) {
            **flag = true;
        } else {
            CARMA_TRY(store(*spec, option->results()));
        }
    }
    for (const auto& [spec, option] : bound.positionals) {
        if (option->count() == 0) {
            continue;
        }
        if (const auto* list = std::get_if<std::vector<std::string>*>(&spec->target)) {
            **list = option->results();
        } else {
            **std::get_if<std::string*>(&spec->target) = option->results().back();
        }
    }
    return {};
}

/// Gives the words after "--" to the words that the command takes. The first one too many is returned.
std::optional<std::string> storeTail(const Arguments& arguments, std::vector<std::string> tail)
{
    auto at = tail.begin();
    for (const PositionalSpec& spec : arguments.positionals) {
        if (const auto* list = std::get_if<std::vector<std::string>*>(&spec.target)) {
            (*list)->insert((*list)->end(), at, tail.end());
            at = tail.end();
        } else if (auto* one = *std::get_if<std::string*>(&spec.target); one->empty() && at != tail.end()) {
            *one = *at++;
        }
    }
    return at == tail.end() ? std::nullopt : std::optional(*at);
}

/// What CLI11 found no place for, as a sentence.
Error leftOver(const std::string& command, const std::string& word)
{
    const std::string where = command.empty() ? "carma" : "carma " + command;
    const bool option = word.size() > 1 && word[0] == '-';
    return {ErrorCode::InvalidArgument,
        fmt::format("{}: {} '{}'; see '{} --help'", where, option ? "unknown option" : "unexpected", escapeLine(word), where)};
}

} // namespace

std::vector<std::string> OptionSpec::nameList() const
{
    std::vector<std::string> list;
    std::size_t at = 0;
    while (at <= names.size()) {
        const std::size_t end = std::min(names.find(',', at), names.size());
        list.push_back(names.substr(at, end - at));
        at = end + 1;
    }
    return list;
}

Result<Parsed> parseArguments(int argc, const char* const* argv, const Arguments& global, const std::vector<ParserEntry>& commands)
{
    try {
        CLI::App app("", "carma");
        app.set_help_flag();
        app.allow_extras(); // they are reported below, in the words of this program
        app.require_subcommand(0, 1);
        const BoundArguments boundGlobal = bind(app, global);
        std::vector<CLI::App*> apps;
        std::vector<BoundArguments> bound;
        for (const ParserEntry& entry : commands) {
            apps.push_back(app.add_subcommand(entry.name)->fallthrough());
            apps.back()->set_help_flag();
            bound.push_back(bind(*apps.back(), *entry.arguments));
        }
        // CLI11 takes "--" for the end of a subcommand once that has a word, so what follows is dealt with here.
        const auto dashes = std::find_if(argv + 1, argv + argc, [](const char* word) { return std::string_view(word) == "--"; });
        app.parse(static_cast<int>(dashes - argv), argv);
        const std::vector<std::string> tail(dashes == argv + argc ? dashes : dashes + 1, argv + argc);

        Parsed parsed;
        CARMA_TRY(storeAll(boundGlobal));
        const std::vector<std::string> rest = app.remaining(true);
        const auto used = std::ranges::find_if(apps, [](CLI::App* one) { return one->parsed(); });
        if (used == apps.end()) {
            if (!rest.empty() && rest[0].starts_with('-')) {
                return leftOver({}, rest[0]);
            }
            parsed.unknownCommand = !rest.empty() ? rest[0] : !tail.empty() ? tail[0] : std::string();
            return parsed;
        }
        parsed.command = static_cast<std::size_t>(used - apps.begin());
        if (!rest.empty()) {
            return leftOver((*used)->get_name(), rest[0]);
        }
        CARMA_TRY(storeAll(bound[*parsed.command]));
        if (const auto extra = storeTail(*commands[*parsed.command].arguments, tail)) {
            return leftOver((*used)->get_name(), *extra);
        }
        return parsed;
    } catch (const CLI::Error& error) {
        return Error{ErrorCode::InvalidArgument, error.what()};
    }
}

Result<void> checkRequired(const Arguments& arguments)
{
    for (const PositionalSpec& spec : arguments.positionals) {
        const auto* list = std::get_if<std::vector<std::string>*>(&spec.target);
        const bool missing = list != nullptr ? (*list)->empty() : (*std::get_if<std::string*>(&spec.target))->empty();
        if (spec.required && missing) {
            return Error{ErrorCode::InvalidArgument, fmt::format("{} is missing: {}", spec.name, spec.help)};
        }
    }
    return {};
}

} // namespace carma::cli
