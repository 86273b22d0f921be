// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "log/tail/tail_copies.h"

/// Which sectors of a tail belong to which batch, and where what was acknowledged ends.
namespace carma::log {

/// A run of sectors: one batch with its trailer, or what lies between batches whose trailers are lost.
struct TailRun {
    std::uint64_t first = 0;
    std::uint64_t end = 0;
    std::optional<TailTrailer> trailer;
    bool whole = false; ///< every sector is known and the records match the trailer's check
};

/// The runs from the header on, without the torn end. May settle contested sectors by what makes a batch whole.
std::vector<TailRun> findRuns(TailSectors& sectors);

/// The records of the runs and the holes between them, put into `contents`.
void collectRecords(const TailSectors& sectors, const std::vector<TailRun>& runs, TailContents& contents);

} // namespace carma::log
