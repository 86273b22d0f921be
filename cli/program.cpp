// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "program.h"

#include "arguments.h"
#include "help.h"
#include "registry.h"
#include "version.h"

#include <cstring>
#include <fmt/format.h>

namespace carma::cli {

namespace {

/// --json must already hold for errors of the command line itself.
bool jsonWanted(int argc, char** argv)
{
    for (int i = 1; i < argc && std::strcmp(argv[i], "--") != 0; ++i) {
        if (std::strcmp(argv[i], "--json") == 0) {
            return true;
        }
    }
    return false;
}

ExitCode fail(Printer& printer, const Error& error, bool usage = false)
{
    const ExitCode code = usage ? ExitCode::Usage : exitCodeFor(error.code);
    printer.error(usage ? "Usage" : name(error.code), error.message, static_cast<int>(code));
    return code;
}

ExitCode noCommand(Printer& printer, const CommandList& commands, const Arguments& global, const std::string& word)
{
    if (word.empty()) {
        printer.raw(printer.json() ? std::string() : programHelp(commands, global, printer));
        return fail(printer, {ErrorCode::InvalidArgument, "a command is missing"}, true);
    }
    const auto nearest = nearestCommand(commands, word);
    const std::string advice = nearest ? fmt::format("did you mean '{}'?", *nearest) : "'carma --help' lists the commands";
    return fail(printer, {ErrorCode::InvalidArgument, fmt::format("there is no command '{}'; {}", word, advice)}, true);
}

ExitCode runCommand(Command& command, const GlobalOptions& options, Printer& printer)
{
    const Interrupt interrupt;
    ProgressLine progress({.forced = options.progress, .quiet = options.quiet || options.json});
    printer.setGuest(&progress);
    Session session(options, printer, progress, interrupt);
    const auto result = command.run(session);
    progress.makeRoom();
    printer.setGuest(nullptr);
    return result ? *result : fail(printer, result.error());
}

} // namespace

ExitCode runProgram(int argc, char** argv)
{
    CommandList commands = makeCommands();
    commands.push_back(makeCompletionCommand(commands));
    GlobalOptions options;
    Arguments global;
    options.declare(global);
    std::vector<Arguments> arguments(commands.size());
    std::vector<ParserEntry> entries;
    for (std::size_t i = 0; i < commands.size(); ++i) {
        commands[i]->declare(arguments[i]);
        entries.push_back({std::string(commands[i]->name()), &arguments[i]});
    }
    const auto parsed = parseArguments(argc, argv, global, entries);
    const ColorMode color = options.color == "always" ? ColorMode::Always : options.color == "never" ? ColorMode::Never : ColorMode::Auto;
    Printer printer({.json = options.json || jsonWanted(argc, argv), .quiet = options.quiet, .color = color});
    ExitCode code = ExitCode::Ok;
    if (!parsed) {
        code = fail(printer, parsed.error(), true);
    } else if (options.help) {
        printer.raw(parsed->command ? commandHelp(*commands[*parsed->command], arguments[*parsed->command], global, printer)
                                    : programHelp(commands, global, printer));
    } else if (options.version) {
        printVersion(printer);
    } else if (!parsed->command) {
        code = noCommand(printer, commands, global, parsed->unknownCommand);
    } else {
        Command& command = *commands[*parsed->command];
        const auto sound = [&]() -> Result<void> {
            CARMA_TRY(options.validate());
            CARMA_TRY(checkRequired(arguments[*parsed->command]));
            return command.validate(options);
        }();
        code = sound ? runCommand(command, options, printer)
                     : fail(printer, sound.error().within(fmt::format("carma {}", command.name())), true);
    }
    return printer.finish() || code != ExitCode::Ok ? code : ExitCode::Failed;
}

} // namespace carma::cli
