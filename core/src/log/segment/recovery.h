// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "log/segment/row_solver.h"

/// The whole of a segment in memory, healed as far as it goes. It writes nothing.
///
/// Steps: read all files and settle their framed sectors; gather checks (own pages, else the previous shard's copy) and
/// codes; settle the rows; rebuild missing rows from verified ones; prove the payload by its digest; rebuild check and code
/// pages. A payload with losses cannot be proven as a whole: then only what rests on verified sectors is kept.
namespace carma::log {

struct Recovery {
    std::vector<ShardFile> files;
    std::vector<CheckTable> checks; ///< of every trusted sector, and of others where known
    Bytes payload;                  ///< zero where lost
    std::vector<Segment::Range> lost;
    bool contradicted = false; ///< all sectors hold their checks, but the payload is not what the headers name
    std::uint64_t sectorsRead = 0;
    std::uint64_t bytesRead = 0;
};

Recovery recoverSegment(const SegmentContext& context, const Parity& parity);

/// The findings of one file, whole-file findings first.
void appendDamage(const SegmentContext& context, unsigned shard, const ShardFile& file, std::vector<ShardDamage>& damage);

/// Puts the payload sectors of all data lanes together. Ranges of untrusted sectors are zero and listed in `lost`.
void assemblePayload(const SegmentInfo& info, std::span<const Lane> lanes, Bytes& payload, std::vector<Segment::Range>& lost);

/// Runs task(0) ... task(count - 1).
void runEach(Executor& executor, std::size_t count, const std::function<void(std::size_t)>& task);

} // namespace carma::log
