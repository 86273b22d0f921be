// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "log/engine/log.h"

#include <functional>

namespace carma::log {

/// Proof that the log is what was signed: every record opens, every checkpoint's signature and root hold, every purged record is one
/// that a purge record names.
struct History {
    std::uint64_t records = 0;
    std::uint64_t lost = 0;
    std::uint64_t purged = 0;
    std::uint64_t checkpoints = 0;
    crypto::Digest root{};
    std::vector<std::string> problems; ///< one sentence each, at most 1,000
    bool keptHolds = false;            ///< the log has grown from the checkpoint that was kept elsewhere
};
Result<History> verifyHistory(Log& log, const Task& task);

/// What else a proof of the history may look at.
struct HistoryChecks {
    const Checkpoint* kept = nullptr;           ///< kept elsewhere: the log must have grown from it, else a problem says how it has not
    std::function<void(const ScanItem&)> visit; ///< called for each item, in order
};
Result<History> verifyHistory(Log& log, const HistoryChecks& checks, const Task& task);

/// The sequences in the body of a purge record.
Result<std::vector<Sequence>> purgedSequences(ByteView body);

} // namespace carma::log
