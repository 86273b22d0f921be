// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "log/tail/tail.h"

/// The bytes of a tail: what its header, batches and trailers look like. Everything here is pure. See core/docs/format/tail.md
namespace carma::log {

/// Flags of a tail's framed sectors. Part of the stored format.
inline constexpr std::uint16_t kTailFirst = 1;  ///< first sector of a batch
inline constexpr std::uint16_t kTailLast = 2;   ///< last sector of a batch: its payload ends with the trailer
inline constexpr std::uint16_t kTailHeader = 4; ///< one of the header sectors
inline constexpr std::uint16_t kTailLost = 8;   ///< put by a repair where no copy had the sector any more; no payload

/// The header is kept twice, so that one sector lost in every copy does not take the tail with it.
inline constexpr std::size_t kTailHeaderSectors = 2;
inline constexpr std::size_t kTailTrailerBytes = 40;
inline constexpr std::uint16_t kNoRecordStart = 0xFFFF;
/// A tail is closed at 16 MiB; one batch may go over it. Longer files are not read further: the rest counts as torn.
inline constexpr std::uint64_t kTailBytesMax = 64U << 20U;

struct TailTrailer {
    Sequence firstSequence = 0;
    std::uint32_t recordCount = 0;
    std::uint64_t recordBytes = 0;
    Hash128 check; ///< of the records, seeded with firstSequence
    bool operator==(const TailTrailer&) const = default;
};

SectorPlace tailPlace(const StoreId& store, std::uint64_t segment, std::uint64_t index);

/// The payload of a header sector. REQUIRES: the frontier fits (see tailHeaderFits)
Bytes encodeTailHeader(const TailHeader& header);
bool tailHeaderFits(const TailHeader& header);
/// Corruption if the payload is no header; Unsupported for a newer version.
Result<TailHeader> decodeTailHeader(ByteView payload);

Bytes encodeTrailer(const TailTrailer& trailer);
/// Nothing if the payload does not end with a trailer that agrees with itself and with the payload's length.
std::optional<TailTrailer> decodeTrailer(ByteView payload);

/// How many sectors a batch of that many bytes of records takes, its trailer included.
std::uint64_t batchSectors(std::uint64_t recordBytes);

/// A batch ready to be cut into sectors.
struct TailBatchView {
    SectorPlace place; ///< of its first sector
    ByteView records;
    std::vector<std::uint64_t> starts; ///< offset of each record, ascending
    TailTrailer trailer;
};
/// Writes sectors `from` to `to` - 1 of the batch to `out`, which begins with sector `from`.
void encodeBatchSectors(const TailBatchView& batch, std::uint64_t from, std::uint64_t to, ByteSpan out);

/// The offset of each record if `records` are exactly `count` whole records numbered from `first` on; InvalidArgument otherwise.
Result<std::vector<std::uint64_t>> recordStarts(Sequence first, std::uint32_t count, ByteView records);

} // namespace carma::log
