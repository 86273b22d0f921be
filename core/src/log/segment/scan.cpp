// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/segment/scan.h"

#include <algorithm>

namespace carma::log {

namespace {

constexpr std::uint64_t kScanRows = 64; ///< 256 KiB a read: large for a disk, small enough for the second-level cache

/// All that lies behind the rows of one file.
struct Trailer {
    Bytes ownPages; ///< payloads, one after the other
    Bytes nextPages;
    CheckTable checks;
};

class Scan {
public:
    explicit Scan(const SegmentContext& context) : m_context(context) {}

    bool scanShard(unsigned shard, Trailer& trailer) const
    {
        const ShardLayout& layout = m_context.layout;
        auto file = m_context.disk.open(m_context.path(shard), OpenMode::Read);
        if (!file || (*file)->size().value_or(0) != layout.bytes()) {
            return false;
        }
        return scanHeader(**file, shard) && scanTrailer(**file, shard, trailer) && scanRows(**file, shard, trailer.checks);
    }

private:
    static bool readAll(DiskFile& file, std::uint64_t sector, ByteSpan out)
    {
        return file.readAt(sector * kSectorBytes, out).value_or(0) == out.size();
    }

    [[nodiscard]] bool isGoodFrame(unsigned shard, std::uint64_t sector, SectorSpan content) const
    {
        const SectorPlace place = placeInShard(m_context.info, m_context.layout, shard, sector);
        return readTaggedSector(m_context.info, place, content).state == SectorState::Good;
    }

    [[nodiscard]] bool isOwnHeader(unsigned shard, std::uint64_t sector, SectorSpan content) const
    {
        const bool good = isGoodFrame(shard, sector, content);
        const auto header = parseHeader(framePayload(content));
        return good && header && header->info == m_context.info && header->shard == shard;
    }

    bool scanHeader(DiskFile& file, unsigned shard) const
    {
        Sector sector;
        return readAll(file, 0, sector) && isOwnHeader(shard, 0, sector);
    }

    bool scanTrailer(DiskFile& file, unsigned shard, Trailer& trailer) const
    {
        const ShardLayout& layout = m_context.layout;
        Bytes bytes((layout.sectors() - layout.ownChecks()) * kSectorBytes);
        if (!readAll(file, layout.ownChecks(), bytes)) {
            return false;
        }
        trailer.checks = CheckTable(layout.rows);
        for (std::uint64_t sector = layout.ownChecks(); sector < layout.lastHeader(); ++sector) {
            const SectorSpan content = sectorOf(ByteSpan(bytes), sector - layout.ownChecks());
            if (!isGoodFrame(shard, sector, content)) {
                return false;
            }
            const ByteView payload = framePayload(content);
            if (sector < layout.nextChecks()) {
                trailer.ownPages.insert(trailer.ownPages.end(), payload.begin(), payload.end());
                readCheckPage(payload, sector - layout.ownChecks(), false, trailer.checks);
            } else if (sector < layout.codes()) {
                trailer.nextPages.insert(trailer.nextPages.end(), payload.begin(), payload.end());
            }
        }
        return isOwnHeader(shard, layout.lastHeader(), sectorOf(ByteSpan(bytes), layout.lastHeader() - layout.ownChecks()));
    }

    bool scanRows(DiskFile& file, unsigned shard, const CheckTable& checks) const
    {
        const std::uint64_t rows = m_context.layout.rows;
        Bytes buffer(std::min(rows, kScanRows) * kSectorBytes);
        for (std::uint64_t first = 0; first < rows; first += kScanRows) {
            const std::uint64_t count = std::min(kScanRows, rows - first);
            const ByteSpan part = ByteSpan(buffer).first(count * kSectorBytes);
            if (!readAll(file, ShardLayout::sectorOfRow(first), part)) {
                return false;
            }
            for (std::uint64_t i = 0; i < count; ++i) {
                const SectorView content = sectorOf(ByteView(part), i);
                const Hash128* check = checks.find(first + i);
                if (check == nullptr || sectorCheck(rowPlace(m_context.info, shard, first + i), content) != *check) {
                    return false;
                }
            }
        }
        return true;
    }

    const SegmentContext& m_context;
};

} // namespace

std::optional<Segment::ScrubOutcome> scanSoundSegment(const SegmentContext& context)
{
    const unsigned total = context.info.geometry.total();
    for (unsigned shard = 0; shard < total; ++shard) { // A missing file is known before anything is read.
        const auto file = context.disk.info(context.path(shard));
        if (!file || !*file || (*file)->size != context.layout.bytes()) {
            return std::nullopt;
        }
    }
    std::vector<Trailer> trailers(total);
    std::vector<std::uint8_t> sound(total, 0);
    const Scan scan(context);
    runEach(context.executor, total,
        [&](std::size_t shard) { sound[shard] = scan.scanShard(static_cast<unsigned>(shard), trailers[shard]) ? 1 : 0; });
    for (unsigned shard = 0; shard < total; ++shard) {
        if (sound[shard] == 0 || trailers[shard].nextPages != trailers[(shard + 1) % total].ownPages) {
            return std::nullopt;
        }
    }
    Segment::ScrubOutcome outcome;
    outcome.sectorsChecked = total * context.layout.sectors();
    outcome.bytesRead = total * context.layout.bytes();
    return outcome;
}

} // namespace carma::log
