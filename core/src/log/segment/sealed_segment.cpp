// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/segment/sealed_segment.h"

#include "log/segment/repair.h"
#include "log/segment/scan.h"

#include <algorithm>
#include <cstring>

namespace carma::log {

namespace {

constexpr std::uint64_t kParallelRows = 16; ///< below this many rows a hand-over to threads costs more than it saves

/// Copies the part of payload sector `sector` that a request for `out` at `offset` asks for.
void copyOverlap(std::uint64_t offset, ByteSpan out, std::uint64_t sector, SectorView content)
{
    const std::uint64_t start = sector * kSectorBytes;
    const std::uint64_t from = std::max(offset, start);
    const std::uint64_t to = std::min(offset + out.size(), start + kSectorBytes);
    if (from < to) {
        std::memcpy(out.data() + (from - offset), content.data() + (from - start), to - from);
    }
}

/// The first number >= `value` that leaves `rest` when divided by `step`.
std::uint64_t nextCongruent(std::uint64_t value, std::uint64_t rest, std::uint64_t step)
{
    return value + (rest + step - value % step) % step;
}

} // namespace

/// The same rows of all shards.
struct SealedSegment::Window {
    std::uint64_t first = 0;
    std::uint64_t rows = 0;
    struct Part {
        FileState state = FileState::Missing;
        Bytes bytes;
        std::vector<Cell> cells;
        Originals originals;
        Table checks;
    };
    std::vector<Part> parts;
};

SealedSegment::SealedSegment(SegmentContext context)
    : m_context(std::move(context)), m_parity(m_context.info.geometry), m_checks(m_context.info.geometry.total())
{
}

void SealedSegment::loadPages(
    unsigned shard, std::uint64_t firstSector, std::uint64_t count, const std::function<void(std::uint64_t page, ByteView payload)>& take)
{
    auto file = m_context.disk.open(m_context.path(shard), OpenMode::Read);
    if (!file) {
        return;
    }
    Bytes bytes(count * kSectorBytes);
    std::vector<Cell> cells(count);
    readCells(**file, firstSector, bytes, cells);
    for (std::uint64_t i = 0; i < count; ++i) {
        const SectorSpan content = sectorOf(ByteSpan(bytes), i);
        const SectorPlace place = placeInShard(m_context.info, m_context.layout, shard, firstSector + i);
        if (cells[i].found == CellState::Unchecked && readTaggedSector(m_context.info, place, content).state != SectorState::Bad) {
            take(i, framePayload(content));
        }
    }
}

CheckTable SealedSegment::loadChecks(unsigned shard)
{
    const ShardLayout& layout = m_context.layout;
    CheckTable table(layout.rows);
    std::uint64_t pages = 0;
    loadPages(shard, layout.ownChecks(), layout.checkPages(), [&](std::uint64_t page, ByteView payload) {
        readCheckPage(payload, page, false, table);
        ++pages;
    });
    if (pages != layout.checkPages()) {
        const unsigned total = m_context.info.geometry.total();
        loadPages((shard + total - 1) % total, layout.nextChecks(), layout.checkPages(),
            [&](std::uint64_t page, ByteView payload) { readCheckPage(payload, page, true, table); });
    }
    return table;
}

CodeTable SealedSegment::loadCodes(unsigned shard, std::uint64_t firstRow, std::uint64_t lastRow)
{
    CodeTable table(m_context.layout.rows);
    const std::uint64_t first = firstRow / kCodesPerPage;
    loadPages(shard, m_context.layout.codes() + first, lastRow / kCodesPerPage - first + 1,
        [&](std::uint64_t page, ByteView payload) { readCodePage(payload, first + page, table); });
    return table;
}

SealedSegment::Table SealedSegment::checksOf(unsigned shard)
{
    {
        const std::lock_guard lock(m_mutex);
        if (m_checks[shard]) {
            return m_checks[shard];
        }
    }
    auto loaded = std::make_shared<const CheckTable>(loadChecks(shard));
    const bool whole = std::ranges::all_of(loaded->known, [](std::uint8_t known) { return known != 0; });
    const std::lock_guard lock(m_mutex);
    if (!m_checks[shard] && whole) {
        m_checks[shard] = loaded; // A table with gaps is read again next time: a repair may have closed them.
    }
    return m_checks[shard] ? m_checks[shard] : loaded;
}

void SealedSegment::readLane(const Request& request, unsigned shard, Rows& failed)
{
    const std::uint64_t k = m_context.info.geometry.data;
    const std::uint64_t firstSector = nextCongruent(request.firstSector(), shard, k);
    if (firstSector > request.lastSector()) {
        return;
    }
    const std::uint64_t firstRow = firstSector / k;
    const std::uint64_t count = (request.lastSector() - firstSector) / k + 1;
    Bytes bytes(count * kSectorBytes);
    std::uint64_t got = 0;
    if (auto file = m_context.disk.open(m_context.path(shard), OpenMode::Read)) {
        got = (*file)->readAt(ShardLayout::sectorOfRow(firstRow) * kSectorBytes, bytes).value_or(0);
    }
    const Table checks = got > 0 ? checksOf(shard) : nullptr;
    for (std::uint64_t i = 0; i < count; ++i) {
        const std::uint64_t row = firstRow + i;
        const SectorView content = sectorOf(ByteView(bytes), i);
        const Hash128* check = checks ? checks->find(row) : nullptr;
        if ((i + 1) * kSectorBytes <= got && check != nullptr && sectorCheck(rowPlace(m_context.info, shard, row), content) == *check) {
            copyOverlap(request.offset, request.out, firstSector + i * k, content);
        } else {
            failed.first = std::min(failed.first, row);
            failed.last = std::max(failed.last, row);
        }
    }
}

SealedSegment::Rows SealedSegment::readSound(const Request& request)
{
    Rows failed;
    for (unsigned shard = 0; shard < m_context.info.geometry.data; ++shard) {
        readLane(request, shard, failed);
    }
    return failed;
}

void SealedSegment::loadLane(Window& window, unsigned shard)
{
    Window::Part& part = window.parts[shard];
    part.bytes.resize(window.rows * kSectorBytes);
    part.cells.resize(window.rows);
    part.checks = checksOf(shard);
    auto file = m_context.disk.open(m_context.path(shard), OpenMode::Read);
    if (!file) {
        part.state = file.error().code == ErrorCode::NotFound ? FileState::Missing : FileState::Unreadable;
        return;
    }
    part.state = FileState::Present;
    readCells(**file, ShardLayout::sectorOfRow(window.first), part.bytes, part.cells);
    const Lane lane{shard, window.first, part.bytes, part.cells, &part.originals};
    const bool sound = std::ranges::all_of(part.cells, [&](const Cell& cell) {
        const std::uint64_t i = static_cast<std::uint64_t>(&cell - part.cells.data());
        const Hash128* check = part.checks->find(window.first + i);
        return cell.found == CellState::Unchecked && check != nullptr &&
            sectorCheck(rowPlace(m_context.info, shard, window.first + i), sectorOf(ByteView(part.bytes), i)) == *check;
    });
    if (sound) {
        std::ranges::fill(part.cells, Cell{CellState::Good, true, 0});
        return;
    }
    checkLane(m_context.info, lane, *part.checks, loadCodes(shard, window.first, window.first + window.rows - 1));
}

SealedSegment::DamagedRead SealedSegment::readDamaged(const Request& request, const Rows& rows)
{
    const SegmentInfo& info = m_context.info;
    Window window{rows.first, rows.last - rows.first + 1, {}};
    window.parts.resize(info.geometry.total());
    const auto load = [&](std::size_t shard) { loadLane(window, static_cast<unsigned>(shard)); };
    if (window.rows >= kParallelRows) {
        runEach(m_context.executor, info.geometry.total(), load);
    } else {
        for (std::size_t shard = 0; shard < info.geometry.total(); ++shard) {
            load(shard);
        }
    }
    std::vector<Lane> lanes;
    std::vector<const CheckTable*> checks;
    for (unsigned shard = 0; shard < info.geometry.total(); ++shard) {
        Window::Part& part = window.parts[shard];
        lanes.push_back({shard, window.first, part.bytes, part.cells, &part.originals});
        checks.push_back(part.checks.get());
    }
    const SolveOutcome outcome = solveRows(info, m_parity, lanes, checks);
    DamagedRead result;
    result.mayLearn = !outcome.checkless.empty() || !outcome.guessedRows.empty();
    for (std::uint64_t sector = request.firstSector(); sector <= request.lastSector(); ++sector) {
        const std::uint64_t row = sector / info.geometry.data;
        if (row < rows.first || row > rows.last) {
            continue;
        }
        const auto shard = static_cast<unsigned>(sector % info.geometry.data);
        // Without a check of its own a sector is believed only after learnChecks, which gives it one.
        if (lanes[shard].cells[row - rows.first].trusted && checks[shard]->find(row) != nullptr) {
            copyOverlap(request.offset, request.out, sector, sectorOf(ByteView(lanes[shard].bytes), row - rows.first));
        } else {
            result.unanswered.push_back(row);
        }
    }
    settleGuesses(lanes, outcome.guessedRows, false);
    report(window, result.damage);
    return result;
}

void SealedSegment::report(const Window& window, std::vector<ShardDamage>& damage)
{
    for (unsigned shard = 0; shard < window.parts.size(); ++shard) {
        const Window::Part& part = window.parts[shard];
        const bool recoverable = std::ranges::all_of(part.cells, &Cell::trusted);
        if (part.state != FileState::Present) {
            const DamageKind kind = part.state == FileState::Missing ? DamageKind::MissingFile : DamageKind::ReadError;
            damage.push_back({kind, shard, kNoSector, 0, recoverable});
            continue;
        }
        if (std::ranges::any_of(part.cells, [](const Cell& cell) { return cell.found == CellState::Absent; })) {
            damage.push_back({DamageKind::Truncated, shard, kNoSector, 0, recoverable});
        }
        for (std::uint64_t i = 0; i < window.rows; ++i) {
            const Cell& cell = part.cells[i];
            if (cell.found == CellState::Bad || cell.found == CellState::Corrected || cell.found == CellState::Unread) {
                const DamageKind kind = cell.found == CellState::Unread ? DamageKind::ReadError : DamageKind::BadSector;
                damage.push_back({kind, shard, ShardLayout::sectorOfRow(window.first + i), cell.flippedBits, cell.trusted});
            }
        }
    }
}

void SealedSegment::learnChecks()
{
    const std::lock_guard learning(m_learning);
    {
        const std::lock_guard lock(m_mutex);
        if (m_learned) {
            return;
        }
    }
    Recovery recovery = recoverSegment(m_context, m_parity);
    const std::lock_guard lock(m_mutex);
    for (unsigned shard = 0; shard < m_checks.size(); ++shard) {
        m_checks[shard] = std::make_shared<const CheckTable>(std::move(recovery.checks[shard]));
    }
    m_learned = recovery.lost.empty(); // With losses it is worth trying again: a folder may come back.
}

Result<void> SealedSegment::read(std::uint64_t offset, ByteSpan out, std::vector<ShardDamage>* found)
{
    const SegmentInfo& info = m_context.info;
    if (offset > info.payloadBytes || out.size() > info.payloadBytes - offset) {
        return {ErrorCode::InvalidArgument, "a read beyond the end of segment " + std::to_string(info.segment)};
    }
    if (out.empty()) {
        return {};
    }
    const Request request{offset, out};
    const Rows failed = readSound(request);
    if (failed.first > failed.last) {
        return {};
    }
    DamagedRead answer = readDamaged(request, failed);
    if (!answer.unanswered.empty() && answer.mayLearn) {
        learnChecks();
        answer = readDamaged(request, failed);
    }
    if (found != nullptr) {
        found->insert(found->end(), answer.damage.begin(), answer.damage.end());
    }
    if (!answer.unanswered.empty()) {
        return {ErrorCode::Corruption,
            "segment " + std::to_string(info.segment) + ": rows " + std::to_string(answer.unanswered.front()) + " to " +
                std::to_string(answer.unanswered.back()) + " are lost"};
    }
    return {};
}

Segment::Salvage SealedSegment::salvage()
{
    Recovery recovery = recoverSegment(m_context, m_parity);
    return {payloadOf(m_context, recovery), std::move(recovery.lost)};
}

namespace {

Segment::ScrubOutcome findings(const SegmentContext& context, const Recovery& recovery)
{
    Segment::ScrubOutcome outcome;
    for (unsigned shard = 0; shard < recovery.files.size(); ++shard) {
        appendDamage(context, shard, recovery.files[shard], outcome.damage);
    }
    outcome.sectorsChecked = recovery.sectorsRead;
    outcome.bytesRead = recovery.bytesRead;
    outcome.lost = recovery.lost;
    return outcome;
}

} // namespace

Segment::ScrubOutcome SealedSegment::scrub()
{
    if (auto sound = scanSoundSegment(m_context)) {
        return *sound;
    }
    return findings(m_context, recoverSegment(m_context, m_parity));
}

Result<Segment::RepairOutcome> SealedSegment::repair(const std::string& quarantine)
{
    if (auto sound = scanSoundSegment(m_context)) {
        RepairOutcome outcome;
        outcome.found = std::move(*sound);
        return outcome;
    }
    Recovery recovery = recoverUnproven(m_context, m_parity);
    CARMA_TRY_ASSIGN(RepairOutcome outcome, repairSegment(m_context, recovery, quarantine));
    ScrubOutcome found = findings(m_context, recovery);
    outcome.lost = found.lost;
    outcome.found = std::move(found);
    return outcome;
}

} // namespace carma::log
