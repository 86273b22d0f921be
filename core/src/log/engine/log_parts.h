// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "log/engine/log.h"
#include "log/engine/segment_index.h"
#include "log/segment/segment.h"
#include "log/tail/tail.h"

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

/// What the log keeps in memory of its segments, tails and callers.
namespace carma::log {

inline constexpr std::string_view kQuarantine = "quarantine";
inline constexpr std::uint64_t kNoOffset = ~std::uint64_t{0};

/// Stands in the Merkle tree for a record whose bytes, and with them its leaf hash, are lost beyond the budget.
crypto::Digest lostLeaf(Sequence sequence);

/// A sealed segment. The open handle and the index are loaded when first needed.
struct SegmentEntry : std::enable_shared_from_this<SegmentEntry> {
    SegmentInfo info;
    std::atomic<bool> replaced = false; ///< by a later generation: its files may be gone
    std::mutex mutex;                   ///< guards the rest
    std::shared_ptr<Segment> handle;
    std::shared_ptr<const SegmentIndex> index;

    [[nodiscard]] Sequence endSequence() const { return info.firstSequence + info.recordCount; }
};

/// A tail in memory: the open one, or one that waits to be sealed.
struct TailState {
    TailHeader header;
    MerkleFrontier frontierBefore;
    std::vector<std::string> folders;
    std::unique_ptr<TailWriter> writer;   ///< null for readers, before the first append, and once closed
    std::optional<TailContents> contents; ///< as read from the copies; repaired where needed before the first append
    Bytes records;
    std::uint64_t fileBytes = 0;             ///< of each copy, up to the end of the last acknowledged batch
    std::vector<std::uint64_t> offsets;      ///< of record firstSequence + i; kNoOffset when lost
    MerkleFrontier frontierAfter;            ///< what sealing must reach again
    std::shared_ptr<SegmentEntry> displaced; ///< the sealed form that this tail stands in for while it is sealed again
    bool closed = false;                     ///< no more appends; to be sealed
    bool sealing = false;                    ///< a task for it is queued or runs

    [[nodiscard]] Sequence endSequence() const { return header.firstSequence + offsets.size(); }
};

/// One caller of append, in the order of sequences.
struct Ticket {
    Sequence first = 0;
    std::uint32_t count = 0;
    bool isCheckpoint = false; ///< written by the leader itself when its turn comes
    bool closesSegment = false;
    bool ready = false;   ///< sealed, waiting to be written
    bool awaited = false; ///< its caller waits and can lead; what the log adds by itself is written by whoever leads
    bool done = false;
    Bytes records;
    std::vector<std::uint32_t> sizes; ///< of each record
    std::vector<crypto::Digest> leaves;
    std::uint64_t reservedBytes = 0; ///< upper bound of records.size(), as counted at reservation
    std::uint64_t segmentTurn = 0;   ///< which segment it was counted for
    std::optional<Error> error;
};

} // namespace carma::log
