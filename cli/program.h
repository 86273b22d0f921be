// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "exit_codes.h"

namespace carma::cli {

/// Reads the command line, runs the command and reports what went wrong.
ExitCode runProgram(int argc, char** argv);

} // namespace carma::cli
