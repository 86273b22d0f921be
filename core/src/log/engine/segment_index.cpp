// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/engine/segment_index.h"

#include "base/byte_io.h"
#include "base/hash.h"

namespace carma::log {

namespace {

constexpr std::uint32_t kMagic = 0x58495343; // "CSIX"
constexpr std::uint32_t kVersion = 1;

struct End {
    Sequence firstSequence = 0;
    std::uint32_t count = 0;
    std::uint32_t frontierBytes = 0;
    std::uint64_t recordBytes = 0;
    std::uint64_t check = 0;
    [[nodiscard]] std::uint64_t indexBytes() const
    {
        return std::uint64_t{count} * sizeof(std::uint32_t) + frontierBytes + kSegmentIndexEndBytes;
    }
};

Result<End> parseEnd(ByteView bytes, std::uint64_t payloadBytes)
{
    const Error bad{ErrorCode::Corruption, "the index of a segment is not readable"};
    if (bytes.size() < kSegmentIndexEndBytes) {
        return bad;
    }
    ByteReader reader(bytes.last(kSegmentIndexEndBytes));
    const auto magic = reader.number<std::uint32_t>();
    const auto version = reader.number<std::uint32_t>();
    End end;
    end.firstSequence = reader.number<std::uint64_t>();
    end.count = reader.number<std::uint32_t>();
    end.frontierBytes = reader.number<std::uint32_t>();
    end.recordBytes = reader.number<std::uint64_t>();
    reader.number<std::uint64_t>();
    end.check = reader.number<std::uint64_t>();
    if (magic != kMagic || version != kVersion || end.recordBytes > payloadBytes || end.indexBytes() != payloadBytes - end.recordBytes) {
        return bad;
    }
    return end;
}

} // namespace

std::size_t SegmentIndex::encodedBytes() const
{
    return offsets.size() * sizeof(std::uint32_t) + frontier.encode().size() + kSegmentIndexEndBytes;
}

void appendSegmentIndex(const SegmentIndex& index, Bytes& payload)
{
    CARMA_ASSERT(payload.size() == index.recordBytes);
    const Bytes frontier = index.frontier.encode();
    ByteWriter writer(payload);
    writer.raw(std::as_bytes(std::span(index.offsets)));
    writer.raw(frontier);
    writer.number(kMagic);
    writer.number(kVersion);
    writer.number(index.firstSequence);
    writer.number(static_cast<std::uint32_t>(index.offsets.size()));
    writer.number(static_cast<std::uint32_t>(frontier.size()));
    writer.number(index.recordBytes);
    writer.number(std::uint64_t{0});
    writer.number(hash64(ByteView(payload).subspan(index.recordBytes), index.firstSequence));
}

Result<std::uint64_t> segmentIndexBytes(ByteView end, std::uint64_t payloadBytes)
{
    CARMA_TRY_ASSIGN(const End parsed, parseEnd(end, payloadBytes));
    return parsed.indexBytes();
}

Result<SegmentIndex> parseSegmentIndex(ByteView bytes, std::uint64_t payloadBytes)
{
    CARMA_TRY_ASSIGN(const End end, parseEnd(bytes, payloadBytes));
    if (bytes.size() != end.indexBytes() || hash64(bytes.first(bytes.size() - 8), end.firstSequence) != end.check) {
        return Error{ErrorCode::Corruption, "the index of a segment does not match its check"};
    }
    SegmentIndex index;
    index.firstSequence = end.firstSequence;
    index.recordBytes = end.recordBytes;
    index.offsets.resize(end.count);
    ByteReader reader(bytes);
    const ByteView offsets = reader.raw(std::size_t{end.count} * sizeof(std::uint32_t));
    std::memcpy(index.offsets.data(), offsets.data(), offsets.size());
    CARMA_TRY_ASSIGN(index.frontier, MerkleFrontier::decode(reader.raw(end.frontierBytes)));
    for (const std::uint32_t offset : index.offsets) {
        if (offset != kLostOffset && std::uint64_t{offset} + kRecordHeaderBytes > end.recordBytes) {
            return Error{ErrorCode::Corruption, "the index of a segment points outside its records"};
        }
    }
    return index;
}

Result<SegmentIndex> indexRecords(Sequence firstSequence, Sequence endSequence, ByteView records, MerkleFrontier frontier)
{
    // A segment of the largest payload holds fewer records than this: it bounds what a broken end can make us allocate.
    constexpr std::uint64_t kRecordsMax = (24U << 20U) / kRecordHeaderBytes;
    if (endSequence < firstSequence || endSequence - firstSequence > kRecordsMax) {
        return Error{ErrorCode::Corruption, "a segment claims more records than fit into it"};
    }
    SegmentIndex index;
    index.firstSequence = firstSequence;
    index.recordBytes = records.size();
    index.frontier = std::move(frontier);
    index.offsets.assign(endSequence - firstSequence, kLostOffset);
    std::size_t at = 0;
    while (at < records.size()) {
        CARMA_TRY_ASSIGN(const RecordHeader header, decodeHeader(records.subspan(at)));
        if (header.sequence < firstSequence || header.sequence >= endSequence || header.totalBytes() > records.size() - at) {
            return Error{ErrorCode::Corruption, "a record stands in the wrong segment"};
        }
        index.offsets[header.sequence - firstSequence] = static_cast<std::uint32_t>(at);
        at += header.totalBytes();
    }
    return index;
}

} // namespace carma::log
