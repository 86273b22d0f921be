// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/segment/recovery.h"

#include "base/bits.h"

#include <algorithm>
#include <cstring>

namespace carma::log {

namespace {

std::vector<Lane> lanesOf(const SegmentContext& context, Recovery& recovery)
{
    const std::uint64_t rows = context.layout.rows;
    std::vector<Lane> lanes;
    for (unsigned shard = 0; shard < recovery.files.size(); ++shard) {
        ShardFile& file = recovery.files[shard];
        lanes.push_back({shard, 0, ByteSpan(file.bytes).subspan(kSectorBytes, rows * kSectorBytes), std::span(file.cells).subspan(1, rows),
            &file.originals});
    }
    return lanes;
}

/// Calls `visit(cell, bytes)` for each sector of the payload, in order; the last one may be short.
template <typename Visit> void visitPayload(const SegmentInfo& info, std::span<const Lane> lanes, Visit visit)
{
    for (std::uint64_t at = 0, sector = 0; at < info.payloadBytes; at += kSectorBytes, ++sector) {
        const Lane& lane = lanes[sector % info.geometry.data];
        const std::uint64_t row = sector / info.geometry.data;
        const std::uint64_t bytes = std::min<std::uint64_t>(kSectorBytes, info.payloadBytes - at);
        visit(lane.cells[row], ByteView(lane.bytes).subspan(row * kSectorBytes, bytes));
    }
}

/// REQUIRES: every data sector is trusted, or a guess to be tried
bool digestHolds(const SegmentInfo& info, std::span<const Lane> lanes)
{
    std::vector<ByteView> parts;
    visitPayload(info, lanes, [&](const Cell& /*cell*/, ByteView bytes) { parts.push_back(bytes); });
    return crypto::sha256(std::span<const ByteView>(parts)) == info.digest;
}

std::vector<Segment::Range> lostOf(const SegmentInfo& info, std::span<const Lane> lanes)
{
    std::vector<Segment::Range> lost;
    std::uint64_t at = 0;
    visitPayload(info, lanes, [&](const Cell& cell, ByteView bytes) {
        if (!cell.trusted && !lost.empty() && lost.back().offset + lost.back().bytes == at) {
            lost.back().bytes += bytes.size();
        } else if (!cell.trusted) {
            lost.push_back({at, bytes.size()});
        }
        at += bytes.size();
    });
    return lost;
}

/// The work of recoverSegment, step by step.
class Recoverer {
public:
    Recoverer(const SegmentContext& context, const Parity& parity)
        : m_context(context), m_parity(parity), m_total(context.info.geometry.total())
    {
        m_result.files.resize(m_total);
        m_result.checks.assign(m_total, CheckTable(context.layout.rows));
        m_codes.assign(m_total, CodeTable(context.layout.rows));
    }

    Recovery run()
    {
        runEach(m_context.executor, m_total,
            [&](std::size_t shard) { m_result.files[shard] = loadShardFile(m_context, static_cast<unsigned>(shard)); });
        countRead();
        m_lanes = lanesOf(m_context, m_result);
        runEach(m_context.executor, m_total, [&](std::size_t shard) {
            gatherTables(static_cast<unsigned>(shard));
            checkLane(m_context.info, m_lanes[shard], m_result.checks[shard], m_codes[shard]);
        });
        solve();
        runEach(m_context.executor, m_total, [&](std::size_t shard) { completeTables(static_cast<unsigned>(shard)); });
        runEach(m_context.executor, m_total, [&](std::size_t shard) { healFramed(static_cast<unsigned>(shard)); });
        return std::move(m_result);
    }

private:
    void countRead()
    {
        for (const ShardFile& file : m_result.files) {
            for (const Cell& cell : file.cells) {
                const bool read = cell.found != CellState::Absent && cell.found != CellState::Unread;
                m_result.sectorsRead += read ? 1 : 0;
                m_result.bytesRead += read ? kSectorBytes : 0;
            }
        }
    }

    /// Payload of a framed sector, if it can be believed.
    std::optional<ByteView> page(unsigned shard, std::uint64_t sector) const
    {
        const ShardFile& file = m_result.files[shard];
        if (!file.cells[sector].trusted) {
            return std::nullopt;
        }
        return framePayload(sectorOf(ByteView(file.bytes), sector));
    }

    void gatherTables(unsigned shard)
    {
        const ShardLayout& layout = m_context.layout;
        const unsigned keeper = (shard + m_total - 1) % m_total; // whose next shard this is
        for (std::uint64_t i = 0; i < layout.checkPages(); ++i) {
            if (const auto own = page(shard, layout.ownChecks() + i)) {
                readCheckPage(*own, i, false, m_result.checks[shard]);
            }
            if (const auto copy = page(keeper, layout.nextChecks() + i)) {
                readCheckPage(*copy, i, true, m_result.checks[shard]);
            }
        }
        for (std::uint64_t i = 0; i < layout.codePages(); ++i) {
            if (const auto codes = page(shard, layout.codes() + i)) {
                readCodePage(*codes, i, m_codes[shard]);
            }
        }
    }

    void solve()
    {
        if (m_context.layout.rows == 0) {
            m_result.contradicted = !digestHolds(m_context.info, m_lanes);
            return;
        }
        std::vector<const CheckTable*> checks;
        for (const CheckTable& table : m_result.checks) {
            checks.push_back(&table);
        }
        const SolveOutcome outcome = solveRows(m_context.info, m_parity, m_lanes, checks);
        settleGuesses(m_lanes, outcome.lostRows, false);
        const bool needsDigest = !outcome.guessedRows.empty() || !outcome.checkless.empty();
        bool proven = false;
        if (outcome.lostRows.empty() && needsDigest) {
            proven = tryDigest(outcome);
        } else {
            settleGuesses(m_lanes, outcome.guessedRows, false);
        }
        if (!proven) {
            m_result.lost = lostOf(m_context.info, m_lanes);
            m_result.unproven = m_result.lost.empty();
        }
    }

    /// True if the payload is proven. Otherwise everything is undone that only the digest could have vouched for.
    bool tryDigest(const SolveOutcome& outcome)
    {
        std::vector<Cell*> guessed;
        for (const std::uint64_t row : outcome.guessedRows) {
            for (const Lane& lane : m_lanes) {
                if (!lane.cells[row].trusted) {
                    lane.cells[row].trusted = true;
                    guessed.push_back(&lane.cells[row]);
                }
            }
        }
        const bool holds = digestHolds(m_context.info, m_lanes);
        for (Cell* cell : guessed) {
            cell->trusted = false;
        }
        settleGuesses(m_lanes, outcome.guessedRows, holds);
        if (!holds) {
            for (const auto& [shard, row] : outcome.checkless) {
                undo(m_lanes[shard], row);
            }
        }
        return holds;
    }

    /// Adds the checks of trusted sectors that had none, and the codes of pages that have to be written again.
    void completeTables(unsigned shard)
    {
        CheckTable& checks = m_result.checks[shard];
        CodeTable& codes = m_codes[shard];
        const Lane& lane = m_lanes[shard];
        for (std::uint64_t row = 0; row < m_context.layout.rows; ++row) {
            if (!lane.cells[row].trusted) {
                continue;
            }
            const SectorView content = sectorOf(ByteView(lane.bytes), row);
            if (checks.find(row) == nullptr) {
                checks.set(row, sectorCheck(rowPlace(m_context.info, shard, row), content));
            }
            if (codes.find(row) == nullptr) {
                codes.set(row, sectorCode(content));
            }
        }
    }

    void healFramed(unsigned shard)
    {
        const ShardLayout& layout = m_context.layout;
        Sector fresh;
        for (const std::uint64_t sector : {std::uint64_t{0}, layout.lastHeader()}) {
            writeHeader(m_context.info, layout, shard, sector, fresh);
            putFramed(shard, sector, fresh);
        }
        const unsigned next = (shard + 1) % m_total;
        for (std::uint64_t i = 0; i < layout.checkPages(); ++i) {
            putPage(shard, layout.ownChecks() + i, checkPagePayload(m_result.checks[shard], i));
            putPage(shard, layout.nextChecks() + i, checkPagePayload(m_result.checks[next], i));
        }
        for (std::uint64_t i = 0; i < layout.codePages(); ++i) {
            putPage(shard, layout.codes() + i, codePagePayload(m_codes[shard], i));
        }
    }

    void putPage(unsigned shard, std::uint64_t sector, const std::optional<Bytes>& payload)
    {
        if (payload && !m_result.files[shard].cells[sector].trusted) {
            Sector fresh;
            frameSector(placeInShard(m_context.info, m_context.layout, shard, sector), 0, sealTag(m_context.info), *payload, fresh);
            putFramed(shard, sector, fresh);
        }
    }

    void putFramed(unsigned shard, std::uint64_t sector, const Sector& fresh)
    {
        ShardFile& file = m_result.files[shard];
        Cell& cell = file.cells[sector];
        if (cell.trusted) {
            return;
        }
        const SectorSpan place = sectorOf(ByteSpan(file.bytes), sector);
        if (cell.found == CellState::Bad) {
            cell.flippedBits = differingBits(place, fresh);
        }
        std::ranges::copy(fresh, place.begin());
        cell.trusted = true;
    }

    const SegmentContext& m_context;
    const Parity& m_parity;
    const unsigned m_total;
    Recovery m_result;
    std::vector<CodeTable> m_codes;
    std::vector<Lane> m_lanes;
};

} // namespace

void runEach(Executor& executor, std::size_t count, const std::function<void(std::size_t)>& task)
{
    std::vector<std::function<void()>> tasks;
    for (std::size_t i = 0; i < count; ++i) {
        tasks.emplace_back([&task, i] { task(i); });
    }
    executor.runAll(tasks);
}

Recovery recoverSegment(const SegmentContext& context, const Parity& parity)
{
    Recovery recovery = recoverUnproven(context, parity);
    prove(context, recovery);
    return recovery;
}

Recovery recoverUnproven(const SegmentContext& context, const Parity& parity) { return Recoverer(context, parity).run(); }

void prove(const SegmentContext& context, Recovery& recovery)
{
    if (recovery.unproven && !digestHolds(context.info, lanesOf(context, recovery))) {
        // Every sector holds its check, and yet this is not what was sealed: nothing of it can be vouched for.
        recovery.lost = {{0, context.info.payloadBytes}};
        recovery.contradicted = true;
    }
    recovery.unproven = false;
}

Bytes payloadOf(const SegmentContext& context, Recovery& recovery)
{
    Bytes payload;
    payload.reserve(context.info.payloadBytes);
    visitPayload(context.info, lanesOf(context, recovery), [&](const Cell& cell, ByteView bytes) {
        cell.trusted ? payload.insert(payload.end(), bytes.begin(), bytes.end())
                     : payload.insert(payload.end(), bytes.size(), std::byte{0});
    });
    return payload;
}

void appendDamage(const SegmentContext& context, unsigned shard, const ShardFile& file, std::vector<ShardDamage>& damage)
{
    const bool recoverable = std::ranges::all_of(file.cells, &Cell::trusted);
    if (file.state != FileState::Present || file.foreign) {
        const DamageKind kind = file.state == FileState::Missing ? DamageKind::MissingFile
            : file.state == FileState::Unreadable                ? DamageKind::ReadError
                                                                 : DamageKind::WrongFile;
        damage.push_back({kind, shard, kNoSector, 0, recoverable});
        return;
    }
    if (file.size != context.layout.bytes()) {
        damage.push_back({DamageKind::Truncated, shard, kNoSector, 0, recoverable});
    }
    for (std::uint64_t sector = 0; sector < file.cells.size(); ++sector) {
        const Cell& cell = file.cells[sector];
        if (cell.found == CellState::Good || cell.found == CellState::Absent) {
            continue;
        }
        const DamageKind kind = cell.found == CellState::Unread ? DamageKind::ReadError : DamageKind::BadSector;
        damage.push_back({kind, shard, sector, cell.flippedBits, cell.trusted});
    }
}

} // namespace carma::log
