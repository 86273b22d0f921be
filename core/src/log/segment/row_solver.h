// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "log/segment/parity.h"
#include "log/segment/shard_file.h"

/// Rows from what is left of them.
namespace carma::log {

/// How far the result of solving can be believed.
struct SolveOutcome {
    std::vector<std::uint64_t> lostRows;    ///< fewer than k sectors were left
    std::vector<std::uint64_t> guessedRows; ///< rest on sectors whose check is not known: believed only with the payload digest
    std::vector<std::pair<unsigned, std::uint64_t>>
        checkless; ///< shard and row of sectors rebuilt from verified ones, whose own check did not survive
};

/// Rebuilds what is missing in the same rows of all lanes (one a shard, in order) from verified sectors; where those are
/// too few, from sectors without a known check. Every rebuilt sector whose check is known is compared with it.
/// Sectors of guessed rows are not marked as trusted; their content is in the buffers.
SolveOutcome solveRows(
    const SegmentInfo& info, const Parity& parity, std::span<const Lane> lanes, std::span<const CheckTable* const> checks);

/// Accepts (the digest holds) or undoes what solveRows guessed.
void settleGuesses(std::span<const Lane> lanes, std::span<const std::uint64_t> rows, bool accepted);

/// Makes a cell untrusted again and puts back what was read.
void undo(const Lane& lane, std::uint64_t row);

} // namespace carma::log
