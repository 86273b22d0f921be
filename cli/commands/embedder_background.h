// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session.h"

#include <carma/embedders.h>

#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>

/// A change of the embedder beside other work: in turns, and in a process that outlives the command.
namespace carma::cli {

/// Goes on with the change that is wanted, and closes the store for a moment after each `turnUs`, so that others who wait can write.
/// What is done is kept. Takes less of the processor than others. The report is the last turn's, with the time of all. Errors of
/// Embedders::resume and of opening the store; Busy only if another writer has the store when it begins, beyond --wait.
Result<EmbedderReport> resumeInTurns(Session& session, std::int64_t turnUs);

/// InvalidArgument, with advice, unless the store can be unlocked without asking anybody: nobody can be asked in the background.
Result<void> checkUnlocksAlone(const Session& session);

struct Background {
    pid_t process = -1;
    std::string log; ///< what it has to say
};

/// Starts `carma embedder resume --turns` on the same store, with the same key, in a session of its own: it goes on when this program and
/// its terminal end. It waits until this program has closed the store. Nothing secret is on its command line.
Result<Background> startInBackground(const Session& session);

} // namespace carma::cli
