// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/tail/tail_format.h"

#include "base/byte_io.h"

#include <carma/assert.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

namespace carma::log {

namespace {

constexpr std::uint32_t kHeaderMagic = 0x54524143;  ///< "CART"
constexpr std::uint32_t kTrailerMagic = 0x424D5243; ///< "CRMB"
constexpr std::uint32_t kTailVersion = 1;
constexpr std::size_t kHeaderFixedBytes = 44;
constexpr std::size_t kDigits = 10;

} // namespace

std::string tailFileName(std::uint64_t segment)
{
    std::string number = std::to_string(segment);
    number.insert(0, kDigits - std::min(kDigits, number.size()), '0');
    return "tail-" + number + ".log";
}

std::optional<std::uint64_t> parseTailFileName(std::string_view name)
{
    constexpr std::string_view prefix = "tail-";
    constexpr std::string_view suffix = ".log";
    if (name.size() <= prefix.size() + suffix.size() || !name.starts_with(prefix) || !name.ends_with(suffix)) {
        return std::nullopt;
    }
    const std::string_view digits = name.substr(prefix.size(), name.size() - prefix.size() - suffix.size());
    std::uint64_t segment = 0;
    const auto number = std::from_chars(digits.data(), digits.data() + digits.size(), segment);
    // Only the canonical name counts, so that no two files are the same segment.
    if (number.ec != std::errc{} || tailFileName(segment) != name) {
        return std::nullopt;
    }
    return segment;
}

SectorPlace tailPlace(const StoreId& store, std::uint64_t segment, std::uint64_t index)
{
    return {.store = store, .kind = SectorKind::Tail, .shard = 0, .object = segment, .index = index};
}

bool tailHeaderFits(const TailHeader& header) { return kHeaderFixedBytes + header.frontier.size() <= kSectorPayloadBytes; }

Bytes encodeTailHeader(const TailHeader& header)
{
    CARMA_ASSERT(tailHeaderFits(header));
    Bytes payload;
    ByteWriter writer(payload);
    writer.number(kHeaderMagic);
    writer.number(kTailVersion);
    writer.id(header.store);
    writer.number(header.segment);
    writer.number(header.firstSequence);
    writer.blob(header.frontier);
    return payload;
}

Result<TailHeader> decodeTailHeader(ByteView payload)
{
    ByteReader reader(payload);
    const auto magic = reader.number<std::uint32_t>();
    const auto version = reader.number<std::uint32_t>();
    if (magic == kHeaderMagic && version > kTailVersion) {
        return Error{ErrorCode::Unsupported, "a tail is of a newer version"};
    }
    TailHeader header;
    header.store = reader.id<StoreId>();
    header.segment = reader.number<std::uint64_t>();
    header.firstSequence = reader.number<std::uint64_t>();
    header.frontier = toBytes(reader.blob());
    if (magic != kHeaderMagic || !reader.atEnd()) {
        return Error{ErrorCode::Corruption, "a tail does not begin with its header"};
    }
    return header;
}

Bytes encodeTrailer(const TailTrailer& trailer)
{
    Bytes bytes;
    ByteWriter writer(bytes);
    writer.number(kTrailerMagic);
    writer.number(trailer.recordCount);
    writer.number(trailer.firstSequence);
    writer.number(trailer.recordBytes);
    writer.raw(trailer.check.bytes);
    CARMA_ASSERT(bytes.size() == kTailTrailerBytes);
    return bytes;
}

std::optional<TailTrailer> decodeTrailer(ByteView payload)
{
    if (payload.size() < kTailTrailerBytes) {
        return std::nullopt;
    }
    ByteReader reader(payload.last(kTailTrailerBytes));
    const auto magic = reader.number<std::uint32_t>();
    TailTrailer trailer;
    trailer.recordCount = reader.number<std::uint32_t>();
    trailer.firstSequence = reader.number<std::uint64_t>();
    trailer.recordBytes = reader.number<std::uint64_t>();
    const ByteView check = reader.raw(trailer.check.bytes.size());
    std::memcpy(trailer.check.bytes.data(), check.data(), check.size());
    if (magic != kTrailerMagic || trailer.recordCount == 0 || trailer.recordBytes > kTailBytesMax ||
        trailer.recordBytes < std::uint64_t{trailer.recordCount} * kRecordHeaderBytes ||
        trailer.firstSequence > kNoSequence - trailer.recordCount) {
        return std::nullopt;
    }
    const std::uint64_t before = std::min((batchSectors(trailer.recordBytes) - 1) * kSectorPayloadBytes, trailer.recordBytes);
    if (payload.size() != trailer.recordBytes - before + kTailTrailerBytes) {
        return std::nullopt;
    }
    return trailer;
}

std::uint64_t batchSectors(std::uint64_t recordBytes)
{
    const std::uint64_t rest = recordBytes % kSectorPayloadBytes;
    return recordBytes / kSectorPayloadBytes + (rest + kTailTrailerBytes <= kSectorPayloadBytes ? 1 : 2);
}

void encodeBatchSectors(const TailBatchView& batch, std::uint64_t from, std::uint64_t to, ByteSpan out)
{
    const std::uint64_t count = batchSectors(batch.records.size());
    CARMA_ASSERT(from <= to && to <= count && out.size() == (to - from) * kSectorBytes);
    std::array<std::byte, kSectorPayloadBytes> lastPayload;
    for (std::uint64_t i = from; i < to; ++i) {
        const std::uint64_t begin = std::min<std::uint64_t>(i * kSectorPayloadBytes, batch.records.size());
        const std::uint64_t end = std::min<std::uint64_t>(begin + kSectorPayloadBytes, batch.records.size());
        const auto start = std::lower_bound(batch.starts.begin(), batch.starts.end(), begin);
        const bool starts = start != batch.starts.end() && *start < end;
        const std::uint32_t extra = starts ? static_cast<std::uint32_t>(*start - begin) : kNoRecordStart;
        ByteView payload = batch.records.subspan(begin, end - begin);
        unsigned flags = i == 0 ? kTailFirst : 0U;
        if (i + 1 == count) {
            flags |= kTailLast;
            const Bytes trailer = encodeTrailer(batch.trailer);
            std::ranges::copy(payload, lastPayload.begin());
            std::ranges::copy(trailer, lastPayload.begin() + static_cast<std::ptrdiff_t>(payload.size()));
            payload = ByteView(lastPayload).first(payload.size() + trailer.size());
        }
        SectorPlace place = batch.place;
        place.index += i;
        const std::span<std::byte, kSectorBytes> sector(out.data() + (i - from) * kSectorBytes, kSectorBytes);
        frameSector(place, static_cast<std::uint16_t>(flags), extra, payload, sector);
    }
}

Result<std::vector<std::uint64_t>> recordStarts(Sequence first, std::uint32_t count, ByteView records)
{
    const Error refused{ErrorCode::InvalidArgument, "a batch is not a run of whole records in order"};
    std::vector<std::uint64_t> starts;
    starts.reserve(count);
    std::uint64_t at = 0;
    while (at < records.size()) {
        const Result<RecordHeader> header = decodeHeader(records.subspan(at));
        if (!header || starts.size() >= count || header->sequence != first + starts.size() || header->totalBytes() > records.size() - at) {
            return refused;
        }
        starts.push_back(at);
        at += header->totalBytes();
    }
    if (count == 0 || starts.size() != count) {
        return refused;
    }
    return starts;
}

} // namespace carma::log
