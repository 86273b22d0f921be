// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command.h"
#include "printer.h"

#include <string>

namespace carma::cli {

/// The list of commands and the options that all of them take.
std::string programHelp(const CommandList& commands, const Arguments& global, const Printer& printer);
/// Usage, description, options, examples and exit codes of one command.
std::string commandHelp(const Command& command, const Arguments& arguments, const Arguments& global, const Printer& printer);
/// "usage: carma query WORDS... [options]"
std::string usageLine(const Command& command, const Arguments& arguments);

} // namespace carma::cli
