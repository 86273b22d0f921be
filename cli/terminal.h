// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/result.h>
#include <carma/secret_bytes.h>

#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>

/// The terminal, standard input and files that hold secrets.
namespace carma::cli {

/// Nothing of this process may reach a core file or another process of the same user.
void forbidCoreDumps();

/// Opens what is closed of the three standard files, for reading only or writing only so that misuse still fails:
/// otherwise the next file that is opened would take their place and receive what is meant for the user.
void openStandardFiles();

/// True if somebody can be asked: the process has a controlling terminal.
bool terminalIsThere();
/// Asks on the terminal without echo. Cancelled if stopped or at the end of input; InvalidArgument if nothing was typed.
Result<SecretBytes> askSecret(std::string_view prompt, const std::stop_token& stop);
/// Asks twice until both are the same, at most three times.
Result<SecretBytes> askNewSecret(std::string_view prompt, const std::stop_token& stop);
/// True if "yes" was typed. REQUIRES: stdinIsTerminal()
Result<bool> askYes(std::string_view question, const std::stop_token& stop);
/// True if `word` was typed, for what is too grave for a yes. REQUIRES: stdinIsTerminal()
Result<bool> askWord(std::string_view question, std::string_view word, const std::stop_token& stop);
bool stdinIsTerminal();
/// Undoes what a question in progress did to the terminal. For a program that ends at once; any thread.
void restoreTerminal();

/// All of standard input. LimitExceeded beyond `bytesMax`; Cancelled.
Result<std::string> readStdin(std::uint64_t bytesMax, const std::stop_token& stop);
/// The first line of a file, or of standard input for "-". InvalidArgument if it is empty; LimitExceeded beyond 64 KiB.
Result<SecretBytes> readSecretFile(const std::string& path, const std::stop_token& stop);

} // namespace carma::cli
