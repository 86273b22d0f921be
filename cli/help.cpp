// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "help.h"

#include "text.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace carma::cli {

namespace {

constexpr std::size_t kHelpColumn = 30; // where explanations begin
constexpr std::size_t kWidthMax = 110;  // longer lines are hard to read

void appendRow(std::string& out, const std::string& left, std::string_view right, std::size_t width)
{
    std::string line = "  " + left;
    if (columns(line) + 2 > kHelpColumn) {
        out += line + "\n";
        line.clear();
    }
    for (const std::string& part : wrap(right, width - kHelpColumn)) {
        out += padRight(line, kHelpColumn) + part + "\n";
        line.clear();
    }
}

void appendOptions(std::string& out, const Arguments& arguments, std::size_t width)
{
    for (const OptionSpec& option : arguments.options) {
        const std::vector<std::string> names = option.nameList();
        const std::string indent = names.size() == 1 ? "    " : ""; // long names stand in one column
        const std::string value = option.value.empty() ? "" : " " + option.value;
        appendRow(out, indent + fmt::format("{}", fmt::join(names, ", ")) + value, option.help, width);
    }
}

void appendParagraphs(std::string& out, std::string_view text, std::size_t width)
{
    while (!text.empty()) {
        const std::size_t end = std::min(text.find("\n\n"), text.size());
        std::string paragraph = escapeLine(text.substr(0, end));
        for (const std::string& line : wrap(paragraph, width)) {
            out += line + "\n";
        }
        out += "\n";
        text.remove_prefix(std::min(end + 2, text.size()));
    }
}

} // namespace

std::string usageLine(const Command& command, const Arguments& arguments)
{
    std::string usage = fmt::format("carma {}", command.name());
    for (const PositionalSpec& word : arguments.positionals) {
        const bool many = std::holds_alternative<std::vector<std::string>*>(word.target);
        const std::string shown = word.name + (many ? "..." : "");
        usage += word.required ? " " + shown : " [" + shown + "]";
    }
    return usage + " [options]";
}

std::string programHelp(const CommandList& commands, const Arguments& global, const Printer& printer)
{
    const std::size_t width = std::min(printer.width(), kWidthMax);
    std::string out = printer.bold("carma") + ": memory that does not rot\n\nusage: carma [options] COMMAND ...\n";
    for (const std::string_view group : {"memory", "healing", "billing", "store", "other"}) {
        out += "\n" + printer.bold(group) + "\n";
        for (const auto& command : commands) {
            if (const CommandHelp help = command->help(); help.group == group) {
                appendRow(out, std::string(command->name()), help.summary, width);
            }
        }
    }
    out += "\n" + printer.bold("options of every command") + "\n";
    appendOptions(out, global, width);
    out += "\nTo begin:\n  carma init ~/memory\n  carma -s ~/memory ingest ~/Documents\n  carma -s ~/memory query \"what the surveyor "
           "said\"\n\n'carma COMMAND --help' tells about one command, 'man carma' about all.\n";
    return out;
}

std::string commandHelp(const Command& command, const Arguments& arguments, const Arguments& global, const Printer& printer)
{
    const std::size_t width = std::min(printer.width(), kWidthMax);
    const CommandHelp help = command.help();
    std::string out = fmt::format(
        "{}: {}\n\nusage: {}\n\n", printer.bold(fmt::format("carma {}", command.name())), help.summary, usageLine(command, arguments));
    appendParagraphs(out, help.description, width);
    if (!arguments.positionals.empty()) {
        for (const PositionalSpec& word : arguments.positionals) {
            appendRow(out, word.name, word.help, width);
        }
        out += "\n";
    }
    if (!arguments.options.empty()) {
        out += printer.bold("options") + "\n";
        appendOptions(out, arguments, width);
        out += "\n";
    }
    out += printer.bold("options of every command") + "\n";
    appendOptions(out, global, width);
    out += "\n" + printer.bold("examples") + "\n";
    for (const std::string_view example : help.examples) {
        out += fmt::format("  {}\n", example);
    }
    out += "\n" + printer.bold("exit codes") + "\n";
    for (const ExitCodeMeaning& row : exitCodes()) {
        const bool always = row.code == ExitCode::Ok || row.code == ExitCode::Failed || row.code == ExitCode::Usage;
        if (always || std::ranges::find(help.exits, row.code) != help.exits.end()) {
            appendRow(out, fmt::format("{:>2}", static_cast<int>(row.code)), row.meaning, width);
        }
    }
    return out;
}

} // namespace carma::cli
