// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "rescue/arrange.h"

#include "log/engine/log.h"
#include "log/segment/shard_file.h"
#include "log/tail/tail.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace carma::rescue {

namespace {

/// All pieces of one kind that may be of the store, each in a folder of its own.
log::ShardFolders placeHeads(PieceDisk& disk, const Findings& findings, PieceKind kind, const StoreId& store)
{
    log::ShardFolders folders;
    for (const Piece& piece : findings.pieces) {
        if (piece.kind == kind && (piece.store == store || piece.store.isNull())) {
            folders.push_back(std::to_string(folders.size()));
            disk.place(folders.back() + (kind == PieceKind::Superblock ? "/superblock" : "/keyring"), piece.extent);
        }
    }
    return folders;
}

/// A copy of a shard file, with what holds in it.
struct ShardCopy {
    log::ShardFile file;
    [[nodiscard]] std::size_t sound() const
    {
        return static_cast<std::size_t>(std::ranges::count_if(file.cells, [](const log::Cell& cell) { return cell.trusted; }));
    }
};

/// The file with its framed sectors settled; rows are not looked at yet.
ShardCopy loadCopy(const Piece& piece, Executor& executor)
{
    PieceDisk disk;
    log::ShardFolders folders;
    for (unsigned i = 0; i < piece.info.geometry.total(); ++i) {
        folders.push_back(std::to_string(i));
    }
    const log::SegmentContext context{
        disk, executor, folders, piece.info, log::ShardLayout::of(piece.info.geometry, piece.info.payloadBytes)};
    disk.place(context.path(piece.shard), piece.extent);
    return {log::loadShardFile(context, piece.shard)};
}

/// Settles the rows of all copies by the checks and codes that are left in any of them.
void settleRows(const Piece& piece, std::vector<ShardCopy>& copies)
{
    const log::ShardLayout layout = log::ShardLayout::of(piece.info.geometry, piece.info.payloadBytes);
    log::CheckTable checks(layout.rows);
    log::CodeTable codes(layout.rows);
    for (const ShardCopy& copy : copies) {
        const auto payload = [&](std::uint64_t sector) { return log::framePayload(log::sectorOf(ByteView(copy.file.bytes), sector)); };
        for (std::uint64_t page = 0; page < layout.checkPages(); ++page) {
            if (copy.file.cells[layout.ownChecks() + page].trusted) {
                log::readCheckPage(payload(layout.ownChecks() + page), page, false, checks);
            }
        }
        for (std::uint64_t page = 0; page < layout.codePages(); ++page) {
            if (copy.file.cells[layout.codes() + page].trusted) {
                log::readCodePage(payload(layout.codes() + page), page, codes);
            }
        }
    }
    for (ShardCopy& copy : copies) {
        const auto cells = std::span(copy.file.cells).subspan(log::ShardLayout::sectorOfRow(0), layout.rows);
        const ByteSpan rows = ByteSpan(copy.file.bytes).subspan(log::kSectorBytes, layout.rows * log::kSectorBytes);
        log::checkLane(piece.info, {piece.shard, 0, rows, cells, &copy.file.originals}, checks, codes);
    }
}

class Arranger {
public:
    Arranger(const Findings& findings, const log::Superblock& superblock, Executor& executor)
        : m_findings(findings), m_superblock(superblock), m_executor(executor), m_folders(log::shardFolders(superblock.geometry)),
          m_used(findings.pieces.size(), false), m_why(findings.pieces.size())
    {
        m_result.disk = std::make_unique<PieceDisk>();
    }

    Arrangement run()
    {
        for (std::size_t i = 0; i < m_findings.pieces.size(); ++i) {
            sort(i);
        }
        for (const auto& [segment, generations] : m_segments) {
            placeSegment(segment, generations);
        }
        for (const auto& [segment, copies] : m_tails) {
            placeTail(segment, copies);
        }
        identifyNameless();
        listRest();
        return std::move(m_result);
    }

private:
    using ShardPieces = std::map<unsigned, std::vector<std::size_t>>; ///< by shard
    struct Sealing {
        log::SegmentInfo info;
        ShardPieces shards;
    };
    using Generations = std::map<std::uint16_t, std::vector<Sealing>>;

    void sort(std::size_t index)
    {
        const Piece& piece = m_findings.pieces[index];
        if (piece.store != m_superblock.store && !piece.store.isNull()) {
            m_why[index] = "a piece of another store (" + toString(piece.store) + ")";
            return;
        }
        switch (piece.kind) {
        case PieceKind::Superblock:
        case PieceKind::KeyRing: use(index); break; // readSuperblocks and readKeyRings look at all of them
        case PieceKind::Tail: m_tails[piece.segment].push_back(index); break;
        case PieceKind::Shard:
            if (piece.info.geometry != m_superblock.geometry) {
                m_why[index] = "a shard file of a store with another number of folders";
                break;
            }
            auto& sealings = m_segments[piece.info.segment][piece.info.generation];
            auto same = std::ranges::find(sealings, piece.info, &Sealing::info);
            if (same == sealings.end()) {
                same = sealings.insert(sealings.end(), Sealing{piece.info, {}});
            }
            same->shards[piece.shard].push_back(index);
            break;
        }
    }

    void use(std::size_t index)
    {
        m_used[index] = true;
        ++m_result.piecesUsed;
    }

    void leave(const Sealing& sealing, const std::string& why)
    {
        for (const auto& [shard, copies] : sealing.shards) {
            for (const std::size_t index : copies) {
                m_why[index] = why;
            }
        }
    }

    static const Sealing& best(const std::vector<Sealing>& sealings)
    {
        return *std::ranges::max_element(sealings, {}, [](const Sealing& sealing) { return sealing.shards.size(); });
    }

    void placeSegment(std::uint64_t segment, const Generations& generations)
    {
        auto chosen = std::prev(generations.end());
        for (auto at = generations.rbegin(); at != generations.rend(); ++at) {
            if (best(at->second).shards.size() >= m_superblock.geometry.data) {
                chosen = std::prev(at.base());
                break;
            }
        }
        for (const auto& [generation, sealings] : generations) {
            const Sealing& most = best(sealings);
            for (const Sealing& sealing : sealings) {
                if (generation != chosen->first) {
                    leave(sealing, "another generation of segment " + std::to_string(segment));
                } else if (&sealing != &most) {
                    leave(sealing, "segment " + std::to_string(segment) + " was sealed twice, and more is left of the other");
                } else {
                    placeSealing(sealing);
                }
            }
        }
    }

    void placeSealing(const Sealing& sealing)
    {
        const std::string name = log::shardFileName(sealing.info.segment, sealing.info.generation);
        for (const auto& [shard, copies] : sealing.shards) {
            const std::string path = m_folders[shard] + "/" + name;
            if (copies.size() == 1) {
                use(copies.front());
                m_result.disk->place(path, m_findings.pieces[copies.front()].extent);
            } else {
                mergeCopies(path, copies);
            }
            m_placed.insert(path);
        }
        m_sealings.push_back(sealing.info);
    }

    /// Several copies of one shard file: the first that is whole, or each sector from where it holds.
    void mergeCopies(const std::string& path, const std::vector<std::size_t>& indexes)
    {
        std::vector<ShardCopy> copies;
        for (const std::size_t index : indexes) {
            copies.push_back(loadCopy(m_findings.pieces[index], m_executor));
        }
        settleRows(m_findings.pieces[indexes.front()], copies);
        const auto most = std::ranges::max_element(copies, {}, &ShardCopy::sound);
        const std::size_t best = indexes[static_cast<std::size_t>(most - copies.begin())];
        std::set<std::size_t> taken{best};
        if (most->sound() < most->file.cells.size()) {
            m_result.disk->place(path, merged(*most, copies, indexes, taken));
            ++m_result.piecesMerged;
        } else {
            m_result.disk->place(path, m_findings.pieces[best].extent);
        }
        for (const std::size_t index : indexes) {
            if (taken.contains(index)) {
                use(index);
            } else {
                m_why[index] = "a copy that says nothing more than " + m_findings.pieces[best].extent.file;
            }
        }
    }

    static Bytes merged(
        ShardCopy& most, const std::vector<ShardCopy>& copies, const std::vector<std::size_t>& indexes, std::set<std::size_t>& taken)
    {
        Bytes bytes(most.file.bytes.begin(), most.file.bytes.end());
        for (std::size_t sector = 0; sector < most.file.cells.size(); ++sector) {
            for (std::size_t i = 0; i < copies.size() && !most.file.cells[sector].trusted; ++i) {
                if (copies[i].file.cells[sector].trusted) {
                    std::ranges::copy(
                        log::sectorOf(ByteView(copies[i].file.bytes), sector), log::sectorOf(ByteSpan(bytes), sector).begin());
                    most.file.cells[sector].trusted = true;
                    taken.insert(indexes[i]);
                }
            }
        }
        return bytes;
    }

    /// As many copies as there are folders, the longest first: reading compares them sector by sector.
    void placeTail(std::uint64_t segment, std::vector<std::size_t> copies)
    {
        std::ranges::stable_sort(copies, std::greater<>(), [&](std::size_t index) { return m_findings.pieces[index].extent.bytes; });
        for (std::size_t i = 0; i < copies.size(); ++i) {
            if (i >= m_folders.size()) {
                m_why[copies[i]] = "one more copy of the tail of segment " + std::to_string(segment);
                continue;
            }
            use(copies[i]);
            m_result.disk->place(m_folders[i] + "/" + log::tailFileName(segment), m_findings.pieces[copies[i]].extent);
        }
    }

    /// A shard file that has lost both headers is known by its pages of checks and codes, which are bound to their places.
    void identifyNameless()
    {
        for (std::size_t source = 0; source < m_findings.files.size(); ++source) {
            const SourceFile& file = m_findings.files[source];
            if (file.hasPieces) {
                continue;
            }
            for (const log::SegmentInfo& info : m_sealings) {
                if (const auto shard = shardOf(file, info)) {
                    const std::string path = m_folders[*shard] + "/" + log::shardFileName(info.segment, info.generation);
                    const std::uint64_t bytes = log::ShardLayout::of(info.geometry, info.payloadBytes).bytes();
                    m_result.disk->place(path, Extent{file.path, 0, std::min(file.size, bytes)});
                    m_placed.insert(path);
                    m_named.insert(source);
                    ++m_result.piecesUsed;
                    break;
                }
            }
        }
    }

    std::optional<unsigned> shardOf(const SourceFile& file, const log::SegmentInfo& info)
    {
        const log::ShardLayout layout = log::ShardLayout::of(info.geometry, info.payloadBytes);
        if (file.size < (layout.ownChecks() + 1) * log::kSectorBytes || file.size > layout.bytes() + log::kSectorBytes) {
            return std::nullopt;
        }
        PieceDisk disk;
        disk.place("file", Extent{file.path, 0, file.size});
        const auto opened = disk.open("file", OpenMode::Read);
        if (!opened.has_value()) {
            return std::nullopt;
        }
        for (unsigned shard = 0; shard < m_folders.size(); ++shard) {
            if (m_placed.contains(m_folders[shard] + "/" + log::shardFileName(info.segment, info.generation))) {
                continue;
            }
            for (std::uint64_t sector = layout.ownChecks(); sector < layout.lastHeader(); ++sector) {
                log::Sector content{};
                const auto got = (*opened)->readAt(sector * log::kSectorBytes, content);
                if (got.value_or(0) == content.size() &&
                    log::readTaggedSector(info, log::placeInShard(info, layout, shard, sector), content).state != log::SectorState::Bad) {
                    return shard;
                }
            }
        }
        return std::nullopt;
    }

    void listRest()
    {
        for (std::size_t i = 0; i < m_used.size(); ++i) {
            if (!m_used[i]) {
                m_result.rest.push_back({m_findings.pieces[i].extent.file, m_why[i]});
            }
        }
        for (std::size_t i = 0; i < m_findings.files.size(); ++i) {
            if (!m_findings.files[i].hasPieces && !m_named.contains(i)) {
                m_result.rest.push_back({m_findings.files[i].path, m_findings.files[i].guess});
            }
        }
    }

    const Findings& m_findings;
    const log::Superblock& m_superblock;
    Executor& m_executor;
    const log::ShardFolders m_folders;
    std::vector<bool> m_used;
    std::vector<std::string> m_why;
    std::map<std::uint64_t, Generations> m_segments;
    std::map<std::uint64_t, std::vector<std::size_t>> m_tails;
    std::vector<log::SegmentInfo> m_sealings; ///< that were placed
    std::set<std::string> m_placed;           ///< paths of shard files
    std::set<std::size_t> m_named;            ///< files that were identified without a header
    Arrangement m_result;
};

} // namespace

std::vector<RescueFind> countStores(const Findings& findings)
{
    std::map<StoreId, RescueFind> found;
    std::map<StoreId, std::set<std::uint64_t>> segments;
    for (const Piece& piece : findings.pieces) {
        if (piece.store.isNull()) {
            continue;
        }
        RescueFind& find = found[piece.store];
        find.id = piece.store;
        find.superblocks += piece.kind == PieceKind::Superblock && piece.sound ? 1 : 0;
        find.keyRings += piece.kind == PieceKind::KeyRing && piece.sound ? 1 : 0;
        find.shards += piece.kind == PieceKind::Shard ? 1 : 0;
        find.tails += piece.kind == PieceKind::Tail ? 1 : 0;
        if (piece.kind == PieceKind::Shard) {
            segments[piece.store].insert(piece.info.segment);
        }
    }
    std::vector<RescueFind> all;
    for (auto& [id, find] : found) {
        find.segments = segments[id].size();
        all.push_back(find);
    }
    std::ranges::stable_sort(
        all, std::greater<>(), [](const RescueFind& find) { return find.superblocks + find.keyRings + find.shards + find.tails; });
    return all;
}

Result<log::SuperblockReading> readSuperblocks(const Findings& findings, const StoreId& store)
{
    PieceDisk disk;
    const log::ShardFolders folders = placeHeads(disk, findings, PieceKind::Superblock, store);
    CARMA_TRY_ASSIGN(log::SuperblockReading reading, log::readSuperblock(disk, folders));
    if (reading.superblock.store != store) {
        return Error{ErrorCode::DamagedStore, "what is left of superblocks is of store " + toString(reading.superblock.store)};
    }
    return reading;
}

Result<log::KeyRingReading> readKeyRings(const Findings& findings, const StoreId& store, const log::MasterKeys& keys)
{
    PieceDisk disk;
    const log::ShardFolders folders = placeHeads(disk, findings, PieceKind::KeyRing, store);
    return log::readKeyRing(disk, folders, store, keys);
}

Arrangement arrange(const Findings& findings, const log::Superblock& superblock, Executor& executor)
{
    return Arranger(findings, superblock, executor).run();
}

} // namespace carma::rescue
