// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "registry.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace carma::cli {

namespace {

class CompletionCommand final : public Command {
public:
    explicit CompletionCommand(const CommandList& commands) : m_commands(commands) {}
    std::string_view name() const override { return "completion"; }
    CommandHelp help() const override
    {
        return {"other", "print the completion for a shell", "Prints a script that teaches bash, zsh or fish the commands and options.",
            {"source <(carma completion bash)", "carma completion zsh > ~/.zfunc/_carma",
                "carma completion fish > ~/.config/fish/completions/carma.fish"},
            {}};
    }
    void declare(Arguments& arguments) override { arguments.positional("SHELL", m_shell, "bash, zsh or fish"); }
    Result<void> validate(const GlobalOptions& /*global*/) override
    {
        if (m_shell != "bash" && m_shell != "zsh" && m_shell != "fish") {
            return Error{ErrorCode::InvalidArgument, fmt::format("SHELL is bash, zsh or fish, not '{}'", m_shell)};
        }
        return {};
    }
    Result<ExitCode> run(Session& session) override;

private:
    const CommandList& m_commands;
    std::string m_shell;
};

/// What the shells need to know, once for all three.
struct Shape {
    struct Entry {
        std::string name;
        std::string summary;
        Arguments arguments;
    };
    GlobalOptions globalValues; // what the declared options point at; never read
    Arguments global;
    std::vector<Entry> entries;
};

std::string names(const Arguments& arguments)
{
    std::vector<std::string> all;
    for (const OptionSpec& option : arguments.options) {
        for (std::string& one : option.nameList()) {
            all.push_back(std::move(one));
        }
    }
    return fmt::format("{}", fmt::join(all, " "));
}

/// Inside single quotes of a shell.
std::string shellQuoted(std::string_view text)
{
    std::string out = "'";
    for (const char c : text) {
        out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    }
    return out + "'";
}

void appendBashValues(std::string& out, const Arguments& arguments)
{
    for (const OptionSpec& option : arguments.options) {
        if (option.isFlag()) {
            continue;
        }
        const std::string pattern = fmt::format("{}", fmt::join(option.nameList(), "|"));
        std::string reply = "COMPREPLY=(); return";
        if (!option.choices.empty()) {
            reply = fmt::format("mapfile -t COMPREPLY < <(compgen -W '{}' -- \"$word\"); return", fmt::join(option.choices, " "));
        } else if (option.kind != ValueKind::Text) {
            reply = fmt::format("mapfile -t COMPREPLY < <(compgen -{} -- \"$word\"); return", option.kind == ValueKind::Folder ? "d" : "f");
        }
        out += fmt::format("        {}) {} ;;\n", pattern, reply);
    }
}

std::string bashScript(const Shape& shape)
{
    std::vector<std::string> commands;
    for (const Shape::Entry& entry : shape.entries) {
        commands.push_back(entry.name);
    }
    std::string out = "# bash completion for carma\n_carma()\n{\n"
                      "    local word=\"${COMP_WORDS[COMP_CWORD]}\" before=\"${COMP_WORDS[COMP_CWORD-1]}\" command=\"\" i\n"
                      "    compopt -o filenames 2>/dev/null\n"
                      "    for ((i = 1; i < COMP_CWORD; i++)); do\n        case \"${COMP_WORDS[i]}\" in\n";
    out += fmt::format("        {}) command=\"${{COMP_WORDS[i]}}\"; break ;;\n        esac\n    done\n", fmt::join(commands, "|"));
    out += "    case \"$before\" in\n";
    appendBashValues(out, shape.global);
    out += "    esac\n    local options=\"" + names(shape.global) + "\" words=\"\"\n    case \"$command\" in\n";
    out += fmt::format("    '') words=\"{}\" ;;\n", fmt::join(commands, " "));
    for (const Shape::Entry& entry : shape.entries) {
        out += fmt::format("    {}) options+=\" {}\"\n        case \"$before\" in\n", entry.name, names(entry.arguments));
        appendBashValues(out, entry.arguments);
        out += "        esac";
        out += entry.name == "completion" ? "\n        words=\"bash zsh fish\" ;;\n" : " ;;\n";
    }
    out += "    esac\n    if [[ $word == -* ]]; then\n        compopt +o filenames 2>/dev/null\n"
           "        mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$word\")\n"
           "    elif [[ -n $words ]]; then\n        compopt +o filenames 2>/dev/null\n"
           "        mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
           "    else\n        mapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n    fi\n}\ncomplete -F _carma carma\n";
    return out;
}

void appendZshOptions(std::string& out, const Arguments& arguments)
{
    for (const OptionSpec& option : arguments.options) {
        std::string help;
        for (const char c : option.help) {
            help += c == '[' || c == ']' || c == ':' || c == '\\' ? std::string("\\") + c : std::string(1, c);
        }
        std::string value;
        if (!option.choices.empty()) {
            value = fmt::format(":{}:({})", option.value, fmt::join(option.choices, " "));
        } else if (!option.isFlag()) {
            value = fmt::format(":{}:{}", option.value,
                option.kind == ValueKind::Folder     ? "_files -/"
                    : option.kind == ValueKind::File ? "_files"
                                                     : "");
        }
        for (const std::string& one : option.nameList()) {
            out += " \\\n        " + shellQuoted(fmt::format("{}[{}]{}", one, help, value));
        }
    }
}

std::string zshScript(const Shape& shape)
{
    std::string out = "#compdef carma\n_carma()\n{\n    local state line\n    local -a commands\n    typeset -A opt_args\n    commands=(\n";
    for (const Shape::Entry& entry : shape.entries) {
        out += fmt::format("        {}\n", shellQuoted(entry.name + ":" + entry.summary));
    }
    out += "    )\n    _arguments -C";
    appendZshOptions(out, shape.global);
    out += " \\\n        '1:command:->command' '*::argument:->argument'\n"
           "    case $state in\n    command) _describe command commands ;;\n    argument)\n        case ${line[1]:-$words[1]} in\n";
    for (const Shape::Entry& entry : shape.entries) {
        out += fmt::format("        {}) _arguments", entry.name);
        appendZshOptions(out, shape.global);
        appendZshOptions(out, entry.arguments);
        out += entry.name == "completion" ? " \\\n        '1:shell:(bash zsh fish)' ;;\n" : " \\\n        '*:file:_files' ;;\n";
    }
    return out + "        esac ;;\n    esac\n}\n_carma \"$@\"\n";
}

void appendFishOptions(std::string& out, const Arguments& arguments, const std::string& condition)
{
    for (const OptionSpec& option : arguments.options) {
        out += "complete -c carma" + condition;
        for (const std::string& one : option.nameList()) {
            out += one.starts_with("--") ? " -l " + one.substr(2) : " -s " + one.substr(1);
        }
        if (!option.choices.empty()) {
            out += fmt::format(" -x -a '{}'", fmt::join(option.choices, " "));
        } else if (!option.isFlag()) {
            out += option.kind == ValueKind::Text ? " -x" : " -r -F";
        }
        out += " -d " + shellQuoted(option.help) + "\n";
    }
}

std::string fishScript(const Shape& shape)
{
    std::string out = "# fish completion for carma\n";
    appendFishOptions(out, shape.global, "");
    for (const Shape::Entry& entry : shape.entries) {
        out += fmt::format("complete -c carma -n __fish_use_subcommand -f -a {} -d {}\n", entry.name, shellQuoted(entry.summary));
        appendFishOptions(out, entry.arguments, fmt::format(" -n '__fish_seen_subcommand_from {}'", entry.name));
    }
    return out + "complete -c carma -n '__fish_seen_subcommand_from completion' -x -a 'bash zsh fish'\n";
}

Result<ExitCode> CompletionCommand::run(Session& session)
{
    Shape shape;
    shape.globalValues.declare(shape.global);
    for (const auto& command : m_commands) {
        shape.entries.push_back({std::string(command->name()), std::string(command->help().summary), {}});
        command->declare(shape.entries.back().arguments);
    }
    const std::string script = m_shell == "bash" ? bashScript(shape) : m_shell == "zsh" ? zshScript(shape) : fishScript(shape);
    session.printer().document(Json{{"shell", m_shell}, {"script", script}});
    if (!session.printer().json()) {
        session.printer().raw(script);
    }
    return ExitCode::Ok;
}

} // namespace

std::unique_ptr<Command> makeCompletionCommand(const CommandList& commands) { return std::make_unique<CompletionCommand>(commands); }

} // namespace carma::cli
