// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "exit_codes.h"
#include "printer.h"

#include <carma/health.h>
#include <carma/memory.h>

#include <string_view>
#include <vector>

/// What several commands say in the same words.
namespace carma::cli {

/// The files and sectors that were damaged, by file, the worst first; the first 20 files.
void printFaults(Printer& printer, const DamageReport& damage);
/// What cannot be read; the first 20 items.
void printLost(Printer& printer, const DamageReport& damage);
/// "12,345 sectors (48 MiB) were read in 1.2 s."
void printEffort(Printer& printer, const DamageReport& damage);
/// "bad sector, 3 flipped bits".
std::string describe(const Fault& fault);

/// On stderr: how many files were refused and why; the first 20. Nothing with --json, which lists all in its document.
void reportProblems(Printer& printer, std::string_view summary, const std::vector<FileProblem>& problems);

/// Tells that the work was stopped and ends with the exit code for that.
ExitCode endCancelled(Printer& printer, std::string_view whatWasDone);

} // namespace carma::cli
