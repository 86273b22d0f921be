// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/segment/shard_file.h"

#include "base/bits.h"

#include <algorithm>

namespace carma::log {

namespace {

constexpr std::uint64_t kNarrowSectors = 16; ///< after a failed big read, 64 KiB at a time, then single sectors

/// True unless the device refused twice.
bool readTwice(DiskFile& file, std::uint64_t offset, ByteSpan out, std::uint64_t& got)
{
    for (int attempt = 0; attempt < 2; ++attempt) {
        const auto result = file.readAt(offset, out);
        if (result) {
            got = *result;
            return true;
        }
    }
    return false;
}

void readRange(DiskFile& file, std::uint64_t sector, ByteSpan bytes, std::span<Cell> cells, std::uint64_t& total)
{
    if (cells.empty()) {
        return;
    }
    std::uint64_t got = 0;
    if (readTwice(file, sector * kSectorBytes, bytes, got)) {
        total += got;
        const std::uint64_t whole = std::min<std::uint64_t>(got / kSectorBytes, cells.size());
        for (std::uint64_t i = 0; i < cells.size(); ++i) {
            cells[i].found = i < whole ? CellState::Unchecked : CellState::Absent;
        }
        std::ranges::fill(bytes.subspan(whole * kSectorBytes), std::byte{0});
        return;
    }
    if (cells.size() == 1) {
        cells[0].found = CellState::Unread;
        std::ranges::fill(bytes, std::byte{0});
        return;
    }
    const std::uint64_t part = cells.size() > kNarrowSectors ? kNarrowSectors : 1;
    for (std::uint64_t at = 0; at < cells.size(); at += part) {
        const std::uint64_t count = std::min<std::uint64_t>(part, cells.size() - at);
        readRange(file, sector + at, bytes.subspan(at * kSectorBytes, count * kSectorBytes), cells.subspan(at, count), total);
    }
}

/// Keeps what a sector held when it is about to change.
void keepOriginal(Originals& originals, std::uint64_t sector, SectorView content)
{
    Sector copy;
    std::ranges::copy(content, copy.begin());
    originals.try_emplace(sector, copy);
}

void checkFramed(const SegmentContext& context, unsigned shard, std::uint64_t sector, ShardFile& file)
{
    Cell& cell = file.cells[sector];
    if (cell.found != CellState::Unchecked) {
        return;
    }
    const SectorSpan content = sectorOf(ByteSpan(file.bytes), sector);
    Sector before;
    std::ranges::copy(content, before.begin());
    const SectorReading reading = readTaggedSector(context.info, placeInShard(context.info, context.layout, shard, sector), content);
    cell.found = CellState::Good;
    cell.trusted = true;
    if (reading.state == SectorState::Corrected) {
        cell.found = CellState::Corrected;
        cell.flippedBits = reading.flippedBits;
    } else if (reading.state == SectorState::Bad) {
        cell.found = CellState::Bad;
        cell.trusted = false;
        std::ranges::copy(before, content.begin());
    }
    if (cell.found != CellState::Good) {
        file.originals.emplace(sector, before);
    }
}

/// Headers have to agree with what the segment is as well.
void checkHeaders(const SegmentContext& context, unsigned shard, ShardFile& file)
{
    bool own = false;
    bool foreign = false;
    for (const std::uint64_t sector : {std::uint64_t{0}, context.layout.lastHeader()}) {
        checkFramed(context, shard, sector, file);
        Cell& cell = file.cells[sector];
        const SectorView content = sectorOf(ByteView(file.bytes), sector);
        if (cell.trusted) {
            const auto header = parseHeader(framePayload(content));
            if (header && header->info == context.info && header->shard == shard) {
                own = true;
                continue;
            }
            keepOriginal(file.originals, sector, content);
            cell = {CellState::Bad, false, 0};
            foreign = true;
        } else if (cell.found == CellState::Bad && isForeignHeader(content)) {
            foreign = true;
        }
    }
    file.foreign = foreign && !own;
}

} // namespace

std::uint64_t readCells(DiskFile& file, std::uint64_t sector, ByteSpan bytes, std::span<Cell> cells)
{
    std::uint64_t total = 0;
    readRange(file, sector, bytes, cells, total);
    return total;
}

ShardFile loadShardFile(const SegmentContext& context, unsigned shard)
{
    ShardFile file;
    file.bytes.resize(context.layout.bytes());
    file.cells.resize(context.layout.sectors());
    auto opened = context.disk.open(context.path(shard), OpenMode::Read);
    if (!opened) {
        file.state = opened.error().code == ErrorCode::NotFound ? FileState::Missing : FileState::Unreadable;
        return file;
    }
    file.state = FileState::Present;
    file.size = (*opened)->size().value_or(0);
    readCells(**opened, 0, file.bytes, file.cells);
    checkHeaders(context, shard, file);
    for (std::uint64_t sector = context.layout.ownChecks(); sector < context.layout.lastHeader(); ++sector) {
        checkFramed(context, shard, sector, file);
    }
    return file;
}

void checkLane(const SegmentInfo& info, const Lane& lane, const CheckTable& checks, const CodeTable& codes)
{
    for (std::uint64_t i = 0; i < lane.cells.size(); ++i) {
        Cell& cell = lane.cells[i];
        if (cell.found != CellState::Unchecked) {
            continue;
        }
        const std::uint64_t row = lane.first + i;
        const Hash128* check = checks.find(row);
        const SectorPlace place = rowPlace(info, lane.shard, row);
        const SectorSpan content = sectorOf(lane.bytes, i);
        if (check != nullptr && sectorCheck(place, content) == *check) {
            cell = {CellState::Good, true, 0};
            continue;
        }
        Sector candidate;
        std::ranges::copy(content, candidate.begin());
        std::optional<SectorCode> code;
        if (const SectorCode* known = codes.find(row)) {
            code = *known;
        }
        if (check == nullptr) {
            const unsigned bits = code ? correctBits(candidate, *code).value_or(0) : 0;
            if (bits > 0) {
                keepOriginal(*lane.originals, ShardLayout::sectorOfRow(row), content);
                std::ranges::copy(candidate, content.begin());
                cell.flippedBits = bits;
            }
            continue;
        }
        const SectorReading reading = readPlainSector(place, candidate, check, code ? &*code : nullptr);
        keepOriginal(*lane.originals, ShardLayout::sectorOfRow(row), content);
        cell = {CellState::Bad, false, 0};
        if (reading.state == SectorState::Corrected) {
            cell = {CellState::Corrected, true, differingBits(content, candidate)};
            std::ranges::copy(candidate, content.begin());
        }
    }
}

void heal(const Lane& lane, std::uint64_t row, SectorView content)
{
    const std::uint64_t i = row - lane.first;
    Cell& cell = lane.cells[i];
    const SectorSpan place = sectorOf(lane.bytes, i);
    const std::uint64_t sector = ShardLayout::sectorOfRow(row);
    if (cell.found == CellState::Unchecked || cell.found == CellState::Bad) {
        const auto original = lane.originals->find(sector);
        const unsigned bits = differingBits(original != lane.originals->end() ? ByteView(original->second) : ByteView(place), content);
        if (bits != 0) {
            keepOriginal(*lane.originals, sector, place);
        }
        cell.found = bits == 0 ? CellState::Good : CellState::Bad;
        cell.flippedBits = bits;
    }
    std::ranges::copy(content, place.begin());
    cell.trusted = true;
}

} // namespace carma::log
