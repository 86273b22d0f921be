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
    std::vector<Segment::Range> lost;
    bool unproven = false;     ///< every row holds, but the payload has not been compared with the digest: see prove()
    bool contradicted = false; ///< all sectors hold their checks, but the payload is not what the headers name
    std::uint64_t sectorsRead = 0;
    std::uint64_t bytesRead = 0;
};

Recovery recoverSegment(const SegmentContext& context, const Parity& parity);

/// The same in two steps, for callers that have something else to do while the digest is computed.
Recovery recoverUnproven(const SegmentContext& context, const Parity& parity);
void prove(const SegmentContext& context, Recovery& recovery);

/// The payload, zero where it is lost.
Bytes payloadOf(const SegmentContext& context, Recovery& recovery);

/// The findings of one file, whole-file findings first.
void appendDamage(const SegmentContext& context, unsigned shard, const ShardFile& file, std::vector<ShardDamage>& damage);

/// Runs task(0) ... task(count - 1).
void runEach(Executor& executor, std::size_t count, const std::function<void(std::size_t)>& task);

} // namespace carma::log
