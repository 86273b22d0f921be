// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/segment/repair.h"

#include <algorithm>
#include <cstring>
#include <optional>

namespace carma::log {

namespace {

/// Evidence of whole files is kept up to twice the size that they should have: damage can make a file any size.
constexpr std::uint64_t kEvidenceFactor = 2;
constexpr unsigned kEvidenceVersionsMax = 100;
constexpr std::uint64_t kReadBackBytes = 1U << 20U;

/// Repairs one shard file.
class FileRepair {
public:
    FileRepair(const SegmentContext& context, const ShardFile& file, unsigned shard, const std::string& quarantine)
        : m_context(context), m_file(file), m_quarantine(quarantine), m_path(context.path(shard)), m_shard(shard)
    {
        for (std::uint64_t sector = 0; sector < file.cells.size(); ++sector) {
            const Cell& cell = file.cells[sector];
            if (cell.trusted && cell.found != CellState::Good) {
                m_healable.push_back(sector);
            }
        }
        m_plan = plan();
    }

    /// A missing file is written aside, where nobody looks for it, while the proof of its content is still being made.
    void prepare()
    {
        const auto folder = m_context.disk.info(m_context.folders[m_shard]);
        const bool folderThere = folder && *folder && (*folder)->isDirectory;
        if (m_plan == Plan::Rebuild && m_file.state == FileState::Missing && folderThere) {
            m_aside = writeAside();
        }
    }

    /// Takes back what prepare wrote.
    void discard()
    {
        if (m_aside) {
            // A leftover is removed by the next opening or written over by the next attempt.
            (void)m_context.disk.remove(asidePath());
        }
    }

    Result<Segment::RepairOutcome> finish()
    {
        if (m_plan == Plan::Nothing) {
            return m_outcome;
        }
        if (m_plan == Plan::Rebuild) {
            CARMA_TRY(rebuild());
        } else {
            CARMA_TRY(patch());
        }
        if (m_file.state == FileState::Present && !m_file.foreign) {
            m_outcome.sectorsHealed += static_cast<std::uint64_t>(
                std::ranges::count_if(m_healable, [&](std::uint64_t s) { return m_file.cells[s].found != CellState::Absent; }));
        }
        return m_outcome;
    }

private:
    enum class Plan : std::uint8_t { Nothing, Patch, Rebuild };

    [[nodiscard]] Plan plan() const
    {
        const bool misshapen = m_file.state != FileState::Present || m_file.foreign || m_file.size != m_context.layout.bytes();
        if ((m_healable.empty() && !misshapen) || !isWorthwhile()) {
            return Plan::Nothing;
        }
        const bool unread = std::ranges::any_of(m_healable, [&](std::uint64_t s) { return m_file.cells[s].found == CellState::Unread; });
        if (mayReplace() && (misshapen || unread || m_healable.size() * 4 > m_file.cells.size())) {
            return Plan::Rebuild;
        }
        return m_file.state == FileState::Present ? Plan::Patch : Plan::Nothing;
    }

    /// A file that would hold nothing but headers and losses is not made: its absence says more.
    [[nodiscard]] bool isWorthwhile() const
    {
        const auto rows = std::span(m_file.cells).subspan(1, m_context.layout.rows);
        return m_file.state == FileState::Present || rows.empty() || std::ranges::any_of(rows, &Cell::trusted);
    }

    /// A device may give back tomorrow what it refuses today: while nothing else has that content, the file stays.
    [[nodiscard]] bool mayReplace() const
    {
        return std::ranges::all_of(m_file.cells,
            [&](const Cell& cell) { return cell.trusted || (cell.found != CellState::Unread && m_file.state != FileState::Unreadable); });
    }

    Result<void> writeNew(const std::string& path, ByteView content)
    {
        CARMA_TRY_ASSIGN(auto file, m_context.disk.open(path, OpenMode::Create));
        CARMA_TRY(file->truncate(0));
        CARMA_TRY(file->writeAt(0, content));
        CARMA_TRY(file->sync());
        m_outcome.bytesWritten += content.size();
        return {};
    }

    /// Keeps damaged bytes under a name of their own. The same bytes are kept once, other bytes get another number.
    Result<void> keepEvidence(const std::string& part, ByteView content)
    {
        const std::string base = m_quarantine + "/" + m_context.fileName() + ".s" + std::to_string(m_shard) + "." + part + ".bad";
        for (unsigned version = 0; version < kEvidenceVersionsMax; ++version) {
            const std::string path = version == 0 ? base : base + "." + std::to_string(version);
            CARMA_TRY_ASSIGN(const auto info, m_context.disk.info(path));
            if (!info) {
                return writeNew(path, content);
            }
            if (info->size == content.size()) {
                CARMA_TRY_ASSIGN(auto file, m_context.disk.open(path, OpenMode::Read));
                if (holds(*file, 0, content)) {
                    return {};
                }
            }
        }
        return {};
    }

    Result<void> makeFolder(const std::string& path)
    {
        CARMA_TRY_ASSIGN(const auto info, m_context.disk.info(path));
        if (info && info->isDirectory) {
            return {};
        }
        CARMA_TRY(m_context.disk.makeFolder(path));
        const std::size_t slash = path.rfind('/');
        if (slash != std::string::npos) {
            CARMA_TRY(m_context.disk.syncFolder(path.substr(0, slash)));
        }
        return {};
    }

    static bool holds(DiskFile& file, std::uint64_t offset, ByteView expected)
    {
        Bytes buffer(std::min<std::uint64_t>(kReadBackBytes, expected.size()));
        for (std::uint64_t at = 0; at < expected.size(); at += kReadBackBytes) {
            const ByteView part = expected.subspan(at, std::min<std::uint64_t>(kReadBackBytes, expected.size() - at));
            const ByteSpan read = ByteSpan(buffer).first(part.size());
            if (file.readAt(offset + at, read).value_or(0) != part.size() || std::memcmp(read.data(), part.data(), part.size()) != 0) {
                return false;
            }
        }
        return true;
    }

    Result<void> patch()
    {
        if (m_healable.empty()) {
            return {};
        }
        CARMA_TRY(makeFolder(m_quarantine));
        for (const std::uint64_t sector : m_healable) {
            const auto original = m_file.originals.find(sector);
            if (original != m_file.originals.end()) {
                CARMA_TRY(keepEvidence(std::to_string(sector), original->second));
            }
        }
        CARMA_TRY(m_context.disk.syncFolder(m_quarantine));
        CARMA_TRY_ASSIGN(auto file, m_context.disk.open(m_path, OpenMode::ReadWrite));
        for (const std::uint64_t sector : m_healable) {
            CARMA_TRY(file->writeAt(sector * kSectorBytes, sectorOf(ByteView(m_file.bytes), sector)));
            m_outcome.bytesWritten += kSectorBytes;
        }
        CARMA_TRY(file->sync());
        const bool held = std::ranges::all_of(
            m_healable, [&](std::uint64_t s) { return holds(*file, s * kSectorBytes, sectorOf(ByteView(m_file.bytes), s)); });
        if (held) {
            return {};
        }
        if (!mayReplace()) {
            return {ErrorCode::Io, m_path + " does not hold what was written to it"};
        }
        return rebuild(); // The medium does not keep this place: take another one.
    }

    Result<void> keepWholeFile()
    {
        auto file = m_context.disk.open(m_path, OpenMode::Read);
        if (!file) {
            return {}; // There is nothing that could be kept.
        }
        const std::uint64_t sizeMax = kEvidenceFactor * m_context.layout.bytes();
        const std::uint64_t size = std::min((*file)->size().value_or(0), sizeMax);
        Bytes content(size);
        std::vector<Cell> cells((size + kSectorBytes - 1) / kSectorBytes);
        const auto whole = (*file)->readAt(0, content);
        if (!whole || *whole != size) {
            content.resize(cells.size() * kSectorBytes);
            readCells(**file, 0, content, cells);
            content.resize(size);
        }
        CARMA_TRY(makeFolder(m_quarantine));
        CARMA_TRY(keepEvidence("file", content));
        return m_context.disk.syncFolder(m_quarantine);
    }

    Result<void> rebuild()
    {
        const std::string& folder = m_context.folders[m_shard];
        CARMA_TRY(makeFolder(folder));
        if (m_file.state != FileState::Missing) {
            CARMA_TRY(keepWholeFile());
        }
        if (!m_aside) {
            m_aside = writeAside();
        }
        if (!*m_aside) {
            // The failure is what the caller hears of; a leftover is written over by the next attempt.
            (void)m_context.disk.remove(asidePath());
            return *m_aside;
        }
        CARMA_TRY(m_context.disk.rename(asidePath(), m_path));
        CARMA_TRY(m_context.disk.syncFolder(folder));
        ++m_outcome.filesRebuilt;
        return {};
    }

    [[nodiscard]] std::string asidePath() const { return m_path + ".tmp"; }

    Result<void> writeAside()
    {
        const std::string aside = asidePath();
        CARMA_TRY(writeNew(aside, m_file.bytes));
        CARMA_TRY_ASSIGN(auto file, m_context.disk.open(aside, OpenMode::Read));
        if (!holds(*file, 0, m_file.bytes)) {
            return {ErrorCode::Io, aside + " does not hold what was written to it"};
        }
        return {};
    }

    const SegmentContext& m_context;
    const ShardFile& m_file;
    const std::string& m_quarantine;
    const std::string m_path;
    const unsigned m_shard;
    std::vector<std::uint64_t> m_healable;
    Plan m_plan = Plan::Nothing;
    std::optional<Result<void>> m_aside; ///< how writing aside went, once it was tried
    Segment::RepairOutcome m_outcome;
};

} // namespace

Result<Segment::RepairOutcome> repairSegment(const SegmentContext& context, Recovery& recovery, const std::string& quarantine)
{
    std::vector<FileRepair> repairs;
    repairs.reserve(recovery.files.size());
    for (unsigned shard = 0; shard < recovery.files.size(); ++shard) {
        repairs.emplace_back(context, recovery.files[shard], shard, quarantine);
    }
    // The proof hashes all of the payload on one core. What the files' own checks vouch for is written aside meanwhile; only the proof
    // lets it take the place of a file.
    runEach(context.executor, repairs.size() + 1, [&](std::size_t i) {
        if (i == 0) {
            prove(context, recovery);
        } else {
            repairs[i - 1].prepare();
        }
    });
    if (recovery.contradicted) { // Nothing here is proven, so nothing may be kept.
        std::ranges::for_each(repairs, &FileRepair::discard);
        return Segment::RepairOutcome{};
    }
    std::vector<Result<Segment::RepairOutcome>> parts(recovery.files.size(), Segment::RepairOutcome{});
    runEach(context.executor, parts.size(), [&](std::size_t shard) { parts[shard] = repairs[shard].finish(); });
    Segment::RepairOutcome outcome;
    for (const auto& part : parts) {
        if (!part) {
            return part.error().within("repair of segment " + std::to_string(context.info.segment));
        }
        outcome.sectorsHealed += part->sectorsHealed;
        outcome.filesRebuilt += part->filesRebuilt;
        outcome.bytesWritten += part->bytesWritten;
    }
    return outcome;
}

} // namespace carma::log
