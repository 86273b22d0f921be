// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "registry.h"

#include "text.h"

#include <algorithm>

namespace carma::cli {

namespace {

constexpr std::size_t kNear = 2; // changes of a letter that still count as a slip of the finger

} // namespace

CommandList makeCommands()
{
    CommandList commands;
    for (const auto make : {makeRememberCommand, makeIngestCommand, makeQueryCommand, makeShowCommand, makeListCommand, makeTreeCommand,
             makeHistoryCommand, makeExportCommand, makeForgetCommand, makeEraseCommand, makeSubjectExportCommand, makeEmbedderCommand,
             makeVerifyCommand, makeScrubCommand, makeHealCommand, makeFaultsCommand, makeHypothesesCommand, makeBeaconCommand,
             makeDrillCommand, makeRescueCommand, makeAuditCommand, makeSignCommand, makeUsageCommand, makePlansCommand,
             makeInvoicesCommand, makeAnomaliesCommand, makeBlocklistCommand, makeInitCommand, makeStatusCommand, makeDoctorCommand,
             makeNamespacesCommand, makeSealCommand, makeBackupCommand, makePluginsCommand, makePassphraseCommand, makeRecoveryCodeCommand,
             makeKeysCommand, makeVersionCommand}) {
        commands.push_back(make());
    }
    return commands;
}

std::optional<std::string> nearestCommand(const CommandList& commands, std::string_view word)
{
    constexpr std::size_t kWordMax = 64; // no command is nearly that long, and the distance costs its square
    if (word.size() > kWordMax) {
        return std::nullopt;
    }
    std::optional<std::string> nearest;
    std::size_t best = std::min(kNear, word.size() / 2) + 1;
    for (const auto& command : commands) {
        const std::size_t distance = editDistance(word, command->name());
        if (distance < best) {
            best = distance;
            nearest = std::string(command->name());
        }
    }
    for (const auto& command : commands) {
        if (!nearest && word.size() >= 3 && command->name().starts_with(word)) {
            nearest = std::string(command->name());
        }
    }
    return nearest;
}

} // namespace carma::cli
