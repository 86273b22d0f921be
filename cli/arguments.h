// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/result.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace carma::cli {

/// Where the value of an option goes. Not owned; must outlive the parsing.
using OptionTarget = std::variant<bool*, std::string*, std::uint64_t*, double*, std::optional<std::string>*, std::optional<double>*,
    std::vector<std::string>*>;

/// What helps a shell to complete a value.
enum class ValueKind { Text, File, Folder };

struct OptionSpec {
    std::string names;   ///< "-k" or "-s,--store"
    OptionTarget target; ///< bool: a flag; vector: may be given more than once; all others: the last one counts
    std::string value;   ///< what help calls the value: "DIR"; empty for flags
    std::string help;
    std::vector<std::string> choices; ///< the only values allowed; empty for any
    ValueKind kind = ValueKind::Text;
    [[nodiscard]] bool isFlag() const { return std::holds_alternative<bool*>(target); }
    [[nodiscard]] std::vector<std::string> nameList() const;
};

struct PositionalSpec {
    std::string name; ///< "PATH"
    std::variant<std::string*, std::vector<std::string>*> target;
    std::string help;
    bool required = true;
    ValueKind kind = ValueKind::Text;
};

/// The options and words that one command takes. Commands fill it in; the parser, help and completion read it.
struct Arguments {
    std::vector<OptionSpec> options;
    std::vector<PositionalSpec> positionals;

    void flag(std::string names, bool& target, std::string help)
    {
        options.push_back({std::move(names), &target, {}, std::move(help), {}});
    }
    template <typename T> OptionSpec& option(std::string names, T& target, std::string value, std::string help)
    {
        return options.emplace_back(OptionSpec{std::move(names), &target, std::move(value), std::move(help), {}});
    }
    template <typename T> PositionalSpec& positional(std::string name, T& target, std::string help)
    {
        return positionals.emplace_back(PositionalSpec{std::move(name), &target, std::move(help)});
    }
};

/// A command as the parser sees it.
struct ParserEntry {
    std::string name;
    const Arguments* arguments = nullptr;
};

/// What was found on the command line besides values.
struct Parsed {
    std::optional<std::size_t> command; ///< position in the list of commands
    std::string unknownCommand;         ///< the word that stands where a command belongs
};

/// Fills in the targets. Global options are found before and after the command. InvalidArgument names what is wrong;
/// required words are not checked here, so that `carma query --help` needs none.
Result<Parsed> parseArguments(int argc, const char* const* argv, const Arguments& global, const std::vector<ParserEntry>& commands);

/// InvalidArgument if a required word was not given.
Result<void> checkRequired(const Arguments& arguments);

} // namespace carma::cli
