// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "command.h"

#include <optional>
#include <string>

namespace carma::cli {

/// Every command, in the order in which help lists them. A new command is a file in commands/ and a line here.
CommandList makeCommands();

/// The command whose name is nearest to `word`; none if nothing is near.
std::optional<std::string> nearestCommand(const CommandList& commands, std::string_view word);

// One function a file in commands/.
std::unique_ptr<Command> makeInitCommand();
std::unique_ptr<Command> makeStatusCommand();
std::unique_ptr<Command> makeDoctorCommand();
std::unique_ptr<Command> makeSealCommand();
std::unique_ptr<Command> makeNamespacesCommand();
std::unique_ptr<Command> makePassphraseCommand();
std::unique_ptr<Command> makeRecoveryCodeCommand();
std::unique_ptr<Command> makeRememberCommand();
std::unique_ptr<Command> makeIngestCommand();
std::unique_ptr<Command> makeQueryCommand();
std::unique_ptr<Command> makeShowCommand();
std::unique_ptr<Command> makeListCommand();
std::unique_ptr<Command> makeTreeCommand();
std::unique_ptr<Command> makeHistoryCommand();
std::unique_ptr<Command> makeDrillCommand();
std::unique_ptr<Command> makeExportCommand();
std::unique_ptr<Command> makeForgetCommand();
std::unique_ptr<Command> makeVerifyCommand();
std::unique_ptr<Command> makeScrubCommand();
std::unique_ptr<Command> makeHealCommand();
std::unique_ptr<Command> makeAuditCommand();
std::unique_ptr<Command> makeSignCommand();
std::unique_ptr<Command> makeBackupCommand();
std::unique_ptr<Command> makeBeaconCommand();
std::unique_ptr<Command> makeEmbedderCommand();
std::unique_ptr<Command> makeEraseCommand();
std::unique_ptr<Command> makeFaultsCommand();
std::unique_ptr<Command> makeHypothesesCommand();
std::unique_ptr<Command> makeRescueCommand();
std::unique_ptr<Command> makeKeysCommand();
std::unique_ptr<Command> makeAnomaliesCommand();
std::unique_ptr<Command> makeBlocklistCommand();
/// Reads the other commands' options. `commands` must outlive it.
std::unique_ptr<Command> makeCompletionCommand(const CommandList& commands);
std::unique_ptr<Command> makeSubjectExportCommand();
std::unique_ptr<Command> makeUsageCommand();
std::unique_ptr<Command> makePlansCommand();
std::unique_ptr<Command> makeInvoicesCommand();
std::unique_ptr<Command> makePluginsCommand();
std::unique_ptr<Command> makeVersionCommand();

} // namespace carma::cli
