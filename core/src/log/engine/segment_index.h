// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "log/record/merkle.h"
#include "log/record/record.h"

#include <cstdint>
#include <vector>

/// The end of a sealed segment's payload: where each record is, and the Merkle frontier before the first of them.
///
///   records ...
///   offsets        u32 x count   from the start of the payload; 0xFFFFFFFF: the record was lost before sealing
///   frontier       MerkleFrontier::encode() of all records before the segment
///   end (48 bytes) magic "CSIX" · version u32 (1) · first sequence u64 · count u32 · frontier bytes u32 · record bytes u64 ·
///                  reserved u64 (0) · XXH3-64 of offsets, frontier and the 40 bytes before
///
/// Byte format: core/docs/format/segment.md
namespace carma::log {

inline constexpr std::uint32_t kLostOffset = 0xFFFFFFFFU;
inline constexpr std::size_t kSegmentIndexEndBytes = 48;

struct SegmentIndex {
    Sequence firstSequence = 0;
    std::uint64_t recordBytes = 0;
    std::vector<std::uint32_t> offsets; ///< of record firstSequence + i
    MerkleFrontier frontier;

    [[nodiscard]] Sequence endSequence() const { return firstSequence + offsets.size(); }
    [[nodiscard]] std::size_t encodedBytes() const;
};

/// Appends the index to `payload`, which holds the records.
void appendSegmentIndex(const SegmentIndex& index, Bytes& payload);

/// Bytes at the end of the payload that hold the index, told from its last kSegmentIndexEndBytes. Corruption if they are none.
Result<std::uint64_t> segmentIndexBytes(ByteView end, std::uint64_t payloadBytes);
/// Parses the last segmentIndexBytes() of a payload.
Result<SegmentIndex> parseSegmentIndex(ByteView bytes, std::uint64_t payloadBytes);

/// What `records` (whole records one after the other) are: their offsets by sequence. Sequences that are absent are lost.
Result<SegmentIndex> indexRecords(Sequence firstSequence, Sequence endSequence, ByteView records, MerkleFrontier frontier);

} // namespace carma::log
