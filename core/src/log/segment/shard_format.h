// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "log/segment/segment.h"

#include <span>

/// The parts of a shard file: where they lie and what is in them. Byte format: core/docs/format/shard.md
namespace carma::log {

inline constexpr std::uint64_t kChecksPerPage = kSectorPayloadBytes / 16;              ///< 252
inline constexpr std::uint64_t kCodesPerPage = kSectorPayloadBytes / kSectorCodeBytes; ///< 126
inline constexpr unsigned kDataShardsMax = 32;
inline constexpr unsigned kParityShardsMax = 16;
inline constexpr std::uint64_t kSegmentNumberMax = (std::uint64_t{1} << 48U) - 1; ///< the generation lies above it
inline constexpr std::uint32_t kShardFormat = 1;

using SectorSpan = std::span<std::byte, kSectorBytes>;
using SectorView = std::span<const std::byte, kSectorBytes>;

inline SectorSpan sectorOf(ByteSpan bytes, std::uint64_t index) { return bytes.subspan(index * kSectorBytes).first<kSectorBytes>(); }
inline SectorView sectorOf(ByteView bytes, std::uint64_t index) { return bytes.subspan(index * kSectorBytes).first<kSectorBytes>(); }

/// Sector numbers of the parts of a shard file; follows from geometry and payload size alone.
struct ShardLayout {
    std::uint64_t rows = 0;

    static ShardLayout of(const Geometry& geometry, std::uint64_t payloadBytes)
    {
        const std::uint64_t sectors = (payloadBytes + kSectorBytes - 1) / kSectorBytes;
        return {(sectors + geometry.data - 1) / geometry.data};
    }
    [[nodiscard]] std::uint64_t checkPages() const { return (rows + kChecksPerPage - 1) / kChecksPerPage; }
    [[nodiscard]] std::uint64_t codePages() const { return (rows + kCodesPerPage - 1) / kCodesPerPage; }
    [[nodiscard]] static std::uint64_t sectorOfRow(std::uint64_t row) { return 1 + row; }
    [[nodiscard]] std::uint64_t ownChecks() const { return 1 + rows; }
    [[nodiscard]] std::uint64_t nextChecks() const { return ownChecks() + checkPages(); }
    [[nodiscard]] std::uint64_t codes() const { return nextChecks() + checkPages(); }
    [[nodiscard]] std::uint64_t lastHeader() const { return codes() + codePages(); }
    [[nodiscard]] std::uint64_t sectors() const { return lastHeader() + 1; }
    [[nodiscard]] std::uint64_t bytes() const { return sectors() * kSectorBytes; }
};

/// Place of sector `sector` of the file of `shard`. Rows are numbered from 0, framed sectors by their position in the file.
SectorPlace placeInShard(const SegmentInfo& info, const ShardLayout& layout, unsigned shard, std::uint64_t sector);
SectorPlace rowPlace(const SegmentInfo& info, unsigned shard, std::uint64_t row);

/// `extra` of every framed sector of a shard file: the first four bytes of the payload digest. Segments that were sealed
/// twice under one number, with other content, have the same places; this keeps their pages apart.
std::uint32_t sealTag(const SegmentInfo& info);
/// readFramedSector that also wants the tag.
SectorReading readTaggedSector(const SegmentInfo& info, const SectorPlace& place, SectorSpan sector);

Result<void> validateGeometry(const Geometry& geometry, std::size_t folders);

/// Builds the header sector for position `sector` (0 or the last) of the file of `shard`.
void writeHeader(const SegmentInfo& info, const ShardLayout& layout, unsigned shard, std::uint64_t sector, SectorSpan out);
/// What a header payload says, with its shard number. No value if it is none, or beyond a bound.
struct HeaderContent {
    SegmentInfo info;
    unsigned shard = 0;
};
std::optional<HeaderContent> parseHeader(ByteView payload);
/// True if `sector` is a sound header of another place than the one that it was read from.
bool isForeignHeader(SectorView sector);

/// What is known of the checks (or codes) of a shard's rows.
template <typename Entry> struct RowTable {
    std::vector<Entry> entries;
    std::vector<std::uint8_t> known;

    explicit RowTable(std::uint64_t rows = 0) : entries(rows), known(rows, 0) {}
    [[nodiscard]] const Entry* find(std::uint64_t row) const { return known[row] != 0 ? &entries[row] : nullptr; }
    void set(std::uint64_t row, const Entry& entry)
    {
        entries[row] = entry;
        known[row] = 1;
    }
};
using CheckTable = RowTable<Hash128>;
using CodeTable = RowTable<SectorCode>;

/// Takes the entries of page `page` (0, 1, ...) from a page's payload; `fillUnknown` leaves those that are known as they are.
void readCheckPage(ByteView payload, std::uint64_t page, bool fillUnknown, CheckTable& table);
void readCodePage(ByteView payload, std::uint64_t page, CodeTable& table);
/// Payload of page `page`; no value if an entry that belongs on it is not known.
std::optional<Bytes> checkPagePayload(const CheckTable& table, std::uint64_t page);
std::optional<Bytes> codePagePayload(const CodeTable& table, std::uint64_t page);

} // namespace carma::log
