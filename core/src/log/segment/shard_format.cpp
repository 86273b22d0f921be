// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/segment/shard_format.h"

#include "base/byte_io.h"

#include <algorithm>
#include <cstring>

namespace carma::log {

namespace {

template <typename Entry> ByteView entryBytes(const Entry& entry) { return std::as_bytes(std::span(&entry, 1)); }
static_assert(sizeof(Hash128) == 16 && sizeof(SectorCode) == kSectorCodeBytes);

template <typename Entry>
void readPage(ByteView payload, std::uint64_t page, std::uint64_t perPage, bool fillUnknown, RowTable<Entry>& table)
{
    const std::uint64_t first = page * perPage;
    const std::uint64_t last = std::min<std::uint64_t>(first + perPage, table.entries.size());
    for (std::uint64_t row = first; row < last; ++row) {
        const std::size_t at = (row - first) * sizeof(Entry);
        if (at + sizeof(Entry) > payload.size() || (fillUnknown && table.known[row] != 0)) {
            continue;
        }
        Entry entry;
        std::memcpy(&entry, payload.data() + at, sizeof entry);
        table.set(row, entry);
    }
}

template <typename Entry> std::optional<Bytes> pagePayload(const RowTable<Entry>& table, std::uint64_t page, std::uint64_t perPage)
{
    const std::uint64_t first = page * perPage;
    const std::uint64_t last = std::min<std::uint64_t>(first + perPage, table.entries.size());
    Bytes payload;
    for (std::uint64_t row = first; row < last; ++row) {
        if (table.known[row] == 0) {
            return std::nullopt;
        }
        const ByteView bytes = entryBytes(table.entries[row]);
        payload.insert(payload.end(), bytes.begin(), bytes.end());
    }
    return payload;
}

/// A decimal number of at most 15 digits.
std::optional<std::uint64_t> parseDigits(std::string_view text)
{
    std::uint64_t value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') {
            return std::nullopt;
        }
        value = value * 10 + static_cast<std::uint64_t>(c - '0');
    }
    return value;
}

} // namespace

std::string shardFileName(std::uint64_t segment, std::uint16_t generation)
{
    std::string number = std::to_string(segment);
    number.insert(0, number.size() < 10 ? 10 - number.size() : 0, '0');
    std::string count = std::to_string(generation);
    count.insert(0, count.size() < 5 ? 5 - count.size() : 0, '0');
    return "segment-" + number + "-" + count + ".shard";
}

std::optional<ShardFileId> parseShardFileName(std::string_view name)
{
    constexpr std::string_view kPrefix = "segment-";
    constexpr std::string_view kSuffix = ".shard";
    // Ten digits are the rule; longer numbers keep all of theirs, and 15 hold every number below 2^48.
    if (!name.starts_with(kPrefix) || !name.ends_with(kSuffix) || name.size() < kPrefix.size() + 16 + kSuffix.size() ||
        name.size() > kPrefix.size() + 21 + kSuffix.size()) {
        return std::nullopt;
    }
    const std::string_view numbers = name.substr(kPrefix.size(), name.size() - kPrefix.size() - kSuffix.size());
    const auto segment = parseDigits(numbers.substr(0, numbers.size() - 6));
    const auto generation = parseDigits(numbers.substr(numbers.size() - 5));
    if (numbers[numbers.size() - 6] != '-' || !segment || !generation || *segment > kSegmentNumberMax || *generation > 0xFFFF ||
        shardFileName(*segment, static_cast<std::uint16_t>(*generation)) != name) {
        return std::nullopt;
    }
    return ShardFileId{*segment, static_cast<std::uint16_t>(*generation)};
}

Result<void> validateGeometry(const Geometry& geometry, std::size_t folders)
{
    if (geometry.data < 1 || geometry.data > kDataShardsMax || geometry.parity > kParityShardsMax) {
        return {ErrorCode::InvalidArgument, "a store has 1 to 32 data and 0 to 16 parity shards"};
    }
    if (folders != geometry.total()) {
        return {ErrorCode::InvalidArgument, "the number of shard folders is not the number of shards"};
    }
    return {};
}

std::uint32_t sealTag(const SegmentInfo& info) { return loadLe<std::uint32_t>(info.digest); }

SectorReading readTaggedSector(const SegmentInfo& info, const SectorPlace& place, SectorSpan sector)
{
    const SectorReading reading = readFramedSector(place, sector);
    const bool fits = reading.state != SectorState::Bad && frameHead(sector).extra == sealTag(info);
    return fits ? reading : SectorReading{};
}

SectorPlace rowPlace(const SegmentInfo& info, unsigned shard, std::uint64_t row)
{
    return {info.store, SectorKind::ShardData, shard, info.segment | std::uint64_t{info.generation} << 48U, row};
}

SectorPlace placeInShard(const SegmentInfo& info, const ShardLayout& layout, unsigned shard, std::uint64_t sector)
{
    SectorPlace place = rowPlace(info, shard, sector);
    if (sector == 0 || sector >= layout.lastHeader()) {
        place.kind = SectorKind::ShardHeader;
    } else if (sector < layout.ownChecks()) {
        place.index = sector - 1;
    } else if (sector < layout.nextChecks()) {
        place.kind = SectorKind::ShardOwnChecks;
    } else if (sector < layout.codes()) {
        place.kind = SectorKind::ShardNextChecks;
    } else {
        place.kind = SectorKind::ShardCodes;
    }
    return place;
}

void writeHeader(const SegmentInfo& info, const ShardLayout& layout, unsigned shard, std::uint64_t sector, SectorSpan out)
{
    Bytes payload;
    ByteWriter writer(payload);
    writer.number(kShardFormat);
    writer.number(shard);
    writer.id(info.store);
    writer.number(info.segment);
    writer.number(info.generation);
    writer.number(info.geometry.data);
    writer.number(info.geometry.parity);
    writer.number(info.recordCount);
    writer.number(info.firstSequence);
    writer.number(info.payloadBytes);
    writer.raw(info.digest);
    writer.number(sector);
    frameSector(placeInShard(info, layout, shard, sector), 0, sealTag(info), payload, out);
}

namespace {

struct RawHeader {
    HeaderContent content;
    std::uint64_t sector = 0;
};

std::optional<RawHeader> parseRawHeader(ByteView payload)
{
    ByteReader reader(payload);
    RawHeader header;
    const auto format = reader.number<std::uint32_t>();
    header.content.shard = reader.number<std::uint32_t>();
    SegmentInfo& info = header.content.info;
    info.store = reader.id<StoreId>();
    info.segment = reader.number<std::uint64_t>();
    info.generation = reader.number<std::uint16_t>();
    info.geometry.data = reader.number<std::uint8_t>();
    info.geometry.parity = reader.number<std::uint8_t>();
    info.recordCount = reader.number<std::uint32_t>();
    info.firstSequence = reader.number<std::uint64_t>();
    info.payloadBytes = reader.number<std::uint64_t>();
    std::ranges::copy(reader.raw(info.digest.size()), info.digest.begin());
    header.sector = reader.number<std::uint64_t>();
    if (!reader.atEnd() || format != kShardFormat || info.segment > kSegmentNumberMax || info.payloadBytes > kSegmentPayloadBytesMax ||
        !validateGeometry(info.geometry, info.geometry.total()) || header.content.shard >= info.geometry.total()) {
        return std::nullopt;
    }
    return header;
}

} // namespace

std::optional<HeaderContent> parseHeader(ByteView payload)
{
    const auto header = parseRawHeader(payload);
    return header ? std::optional(header->content) : std::nullopt;
}

bool isForeignHeader(SectorView sector)
{
    const auto header = parseRawHeader(framePayload(sector));
    if (!header) {
        return false;
    }
    const SegmentInfo& info = header->content.info;
    Sector copy;
    std::ranges::copy(sector, copy.begin());
    SectorPlace place = rowPlace(info, header->content.shard, header->sector);
    place.kind = SectorKind::ShardHeader;
    return readFramedSector(place, copy).state != SectorState::Bad;
}

void readCheckPage(ByteView payload, std::uint64_t page, bool fillUnknown, CheckTable& table)
{
    readPage(payload, page, kChecksPerPage, fillUnknown, table);
}

void readCodePage(ByteView payload, std::uint64_t page, CodeTable& table) { readPage(payload, page, kCodesPerPage, false, table); }

std::optional<Bytes> checkPagePayload(const CheckTable& table, std::uint64_t page) { return pagePayload(table, page, kChecksPerPage); }

std::optional<Bytes> codePagePayload(const CodeTable& table, std::uint64_t page) { return pagePayload(table, page, kCodesPerPage); }

} // namespace carma::log
