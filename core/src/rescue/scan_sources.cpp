// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "rescue/scan_sources.h"

#include "base/byte_io.h"
#include "log/sector/framed_object.h"
#include "log/segment/shard_format.h"
#include "log/superblock/superblock_codec.h"
#include "log/tail/tail_format.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>

namespace carma::rescue {

namespace {

namespace fs = std::filesystem;
using log::kSectorBytes;

constexpr std::size_t kChunkBytes = 1U << 20U;
constexpr std::string_view kFrameMagic = "CRMS";
constexpr std::string_view kKeyRingMagic = "CARMA-KR";
constexpr std::size_t kObjectHeadBytes = 24; // of a framed object: its length and hash, before its payload
constexpr std::size_t kStoreIdAt = 12;       // in superblocks and key rings
constexpr std::uint64_t kSuperblockBytesMax = 1U << 20U;
constexpr std::uint64_t kKeyRingBytesMax = std::uint64_t{64} << 20U;
constexpr std::uint64_t kTailHoleMax = 64; // bad sectors in a row that do not end a tail

/// A sector that carries its own correction code, as far as that helps. No value if it is none.
std::optional<log::Sector> framed(log::SectorView raw)
{
    if (asText(ByteView(raw).first(kFrameMagic.size())) != kFrameMagic) {
        return std::nullopt;
    }
    log::Sector sector;
    std::ranges::copy(raw, sector.begin());
    log::SectorCode code{};
    const ByteSpan covered = ByteSpan(sector).first(kSectorBytes - log::kSectorCodeBytes);
    std::ranges::copy(ByteView(sector).last(log::kSectorCodeBytes), code.begin());
    if (log::correctBits(covered, code).has_value()) {
        std::ranges::copy(code, sector.end() - log::kSectorCodeBytes);
    }
    return sector;
}

bool holds(log::Sector sector, const log::SectorPlace& place) // a copy: reading corrects it
{
    return log::readFramedSector(place, sector).state != log::SectorState::Bad;
}

class FileScan {
public:
    FileScan(Findings& findings, std::size_t source, DiskFile& file)
        : m_findings(findings), m_source(source), m_size(findings.files[source].size), m_file(file)
    {
    }

    void run(const Task& task)
    {
        Bytes chunk(kChunkBytes);
        for (std::uint64_t at = 0; at + kSectorBytes <= m_size && !task.cancelled(); at += kChunkBytes) {
            const std::size_t got = readSome(at, chunk);
            for (std::size_t i = 0; i + kSectorBytes <= got; i += kSectorBytes) {
                if (const auto sector = framed(log::sectorOf(ByteView(chunk), i / kSectorBytes))) {
                    look(at + i, *sector);
                }
            }
            m_findings.bytes += got;
            task.report({"looking for pieces", m_findings.bytes, 0, "bytes"});
        }
        if (m_refused > 0) {
            m_findings.notes.push_back(
                m_findings.files[m_source].path + ": " + std::to_string(m_refused) + " sectors could not be read from the device");
        }
    }

private:
    /// What the device refuses reads as zeroes.
    std::size_t readSome(std::uint64_t at, ByteSpan out)
    {
        if (const auto got = m_file.readAt(at, out); got.has_value()) {
            return *got;
        }
        const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), m_size - at));
        for (std::size_t i = 0; i < wanted; i += kSectorBytes) {
            const ByteSpan part = out.subspan(i, std::min(kSectorBytes, wanted - i));
            if (!m_file.readAt(at + i, part).has_value()) {
                std::ranges::fill(part, std::byte{0});
                ++m_refused;
            }
        }
        return wanted;
    }

    void look(std::uint64_t at, const log::Sector& sector)
    {
        switch (log::frameHead(sector).kind) {
        case log::SectorKind::ShardHeader: shardHeader(at, sector); break;
        case log::SectorKind::Tail: tailHeader(at, sector); break;
        case log::SectorKind::Superblock: head(at, sector, PieceKind::Superblock); break;
        case log::SectorKind::KeyRing: head(at, sector, PieceKind::KeyRing); break;
        default: break;
        }
    }

    void shardHeader(std::uint64_t at, const log::Sector& sector)
    {
        const auto header = log::parseHeader(log::framePayload(sector));
        if (!header) {
            return;
        }
        const log::ShardLayout layout = log::ShardLayout::of(header->info.geometry, header->info.payloadBytes);
        for (const std::uint64_t number : {std::uint64_t{0}, layout.lastHeader()}) {
            if (holds(sector, log::placeInShard(header->info, layout, header->shard, number))) {
                Piece piece;
                piece.kind = PieceKind::Shard;
                piece.store = header->info.store;
                piece.info = header->info;
                piece.shard = header->shard;
                piece.extent.start = static_cast<std::int64_t>(at) - static_cast<std::int64_t>(number * kSectorBytes);
                piece.extent.bytes = static_cast<std::uint64_t>(
                    std::min(static_cast<std::int64_t>(m_size), piece.extent.start + static_cast<std::int64_t>(layout.bytes())) -
                    piece.extent.start);
                add(std::move(piece));
                return;
            }
        }
    }

    void tailHeader(std::uint64_t at, const log::Sector& sector)
    {
        const auto header = log::decodeTailHeader(log::framePayload(sector));
        if (!header.has_value()) {
            return;
        }
        for (std::uint64_t number = 0; number < log::kTailHeaderSectors; ++number) {
            if (!holds(sector, log::tailPlace(header->store, header->segment, number))) {
                continue;
            }
            Piece piece;
            piece.kind = PieceKind::Tail;
            piece.store = header->store;
            piece.segment = header->segment;
            piece.extent.start = static_cast<std::int64_t>(at) - static_cast<std::int64_t>(number * kSectorBytes);
            if (!known(piece)) {
                piece.extent.bytes = tailBytes(*header, piece.extent.start);
                add(std::move(piece));
            }
            return;
        }
    }

    /// To the end of the file, or to the last sector of this tail before something else begins.
    std::uint64_t tailBytes(const log::TailHeader& header, std::int64_t start)
    {
        std::uint64_t end = 1;
        std::uint64_t number = 1;
        log::Sector raw;
        for (; number < log::kTailBytesMax / kSectorBytes && number - end < kTailHoleMax; ++number) {
            const auto at = static_cast<std::uint64_t>(start + static_cast<std::int64_t>(number * kSectorBytes));
            if (at + kSectorBytes > m_size) {
                return static_cast<std::uint64_t>(static_cast<std::int64_t>(m_size) - start);
            }
            readSome(at, raw);
            if (holds(raw, log::tailPlace(header.store, header.segment, number))) {
                end = number + 1;
            }
        }
        return end * kSectorBytes;
    }

    void head(std::uint64_t at, const log::Sector& sector, PieceKind kind)
    {
        const ByteView payload = log::framePayload(sector);
        const bool isSuperblock = kind == PieceKind::Superblock;
        const std::string_view magic = isSuperblock ? log::kSuperblockMagic : kKeyRingMagic;
        constexpr std::size_t kIdBytes = 16;
        if (payload.size() < kObjectHeadBytes + kStoreIdAt + kIdBytes || asText(payload.subspan(kObjectHeadBytes, magic.size())) != magic) {
            return;
        }
        Piece piece;
        piece.kind = kind;
        std::ranges::copy(
            payload.subspan(kObjectHeadBytes + kStoreIdAt, kIdBytes), std::as_writable_bytes(std::span(piece.store.bytes)).begin());
        const std::uint64_t most = std::min(isSuperblock ? kSuperblockBytesMax : kKeyRingBytesMax, m_size - at);
        const std::uint64_t claimed = std::uint64_t{log::frameHead(sector).extra} * kSectorBytes;
        piece.extent.start = static_cast<std::int64_t>(at);
        piece.extent.bytes = std::max<std::uint64_t>(kSectorBytes, std::min(claimed, most));
        Bytes object(piece.extent.bytes);
        for (std::uint64_t done = 0; done < object.size(); done += kChunkBytes) {
            readSome(at + done, ByteSpan(object).subspan(done, std::min<std::uint64_t>(kChunkBytes, object.size() - done)));
        }
        log::SectorPlace place;
        place.kind = isSuperblock ? log::SectorKind::Superblock : log::SectorKind::KeyRing;
        place.store = isSuperblock ? StoreId{} : piece.store;
        piece.sound = log::readFramedObject(place, object).complete;
        if (!piece.sound && isSuperblock) {
            piece.store = {}; // nothing vouches for the id
        }
        add(std::move(piece));
    }

    /// Only those that begin at the same place can be the same: a file may hold very many.
    [[nodiscard]] bool known(const Piece& piece) const
    {
        const auto [from, to] = m_byStart.equal_range(piece.extent.start);
        return std::any_of(from, to, [&](const auto& entry) {
            const Piece& other = m_findings.pieces[entry.second];
            return other.kind == piece.kind && other.store == piece.store && other.info == piece.info && other.shard == piece.shard &&
                other.segment == piece.segment;
        });
    }

    void add(Piece piece)
    {
        piece.source = m_source;
        piece.extent.file = m_findings.files[m_source].path;
        m_findings.files[m_source].hasPieces = true;
        if (!known(piece)) {
            m_byStart.emplace(piece.extent.start, m_findings.pieces.size());
            m_findings.pieces.push_back(std::move(piece));
        }
    }

    Findings& m_findings;
    const std::size_t m_source;
    const std::uint64_t m_size;
    DiskFile& m_file;
    std::uint64_t m_refused = 0;
    std::multimap<std::int64_t, std::size_t> m_byStart; ///< pieces of this file
};

/// A superblock or key ring whose first sector is beyond its code is still known by its name, and other copies may complete it.
void takeByName(Findings& findings, std::size_t source)
{
    SourceFile& file = findings.files[source];
    const std::string name = fs::path(file.path).filename().string();
    const bool isSuperblock = name == "superblock";
    if (file.hasPieces || (!isSuperblock && name != "keyring") || file.size == 0 ||
        file.size > (isSuperblock ? kSuperblockBytesMax : kKeyRingBytesMax)) {
        return;
    }
    Piece piece;
    piece.kind = isSuperblock ? PieceKind::Superblock : PieceKind::KeyRing;
    piece.extent = {file.path, 0, file.size};
    piece.source = source;
    file.hasPieces = true;
    findings.pieces.push_back(std::move(piece));
}

/// What a file that holds no piece of a store may be.
std::string guessAt(DiskFile& file, const std::string& path)
{
    log::Sector start{};
    const auto got = file.readAt(0, start);
    const std::string_view text = asText(ByteView(start).first(got.value_or(0)));
    const std::string name = fs::path(path).filename().string();
    if (text.starts_with("SQLite format 3") || name.starts_with("catalog.sqlite")) {
        return "a catalog: it is made anew from the log";
    }
    if (text.starts_with(kFrameMagic)) {
        return "sectors of a store that say nothing of where they belong, or a cache";
    }
    if (text.starts_with("carma-key-")) {
        return "a key file: name it with --key-file";
    }
    return name == "lock" ? "a lock" : got.has_value() ? "nothing of a store" : "it cannot be read: " + got.error().message;
}

void scanFile(Findings& findings, const std::string& path, const Task& task)
{
    std::error_code failed;
    const std::uint64_t size = fs::file_size(path, failed);
    findings.files.push_back({path, failed ? 0 : size, false, {}});
    const std::size_t source = findings.files.size() - 1;
    const fs::path whole(path);
    const auto disk = openPosixDisk(whole.parent_path().string());
    const auto file = disk->open(whole.filename().string(), OpenMode::Read);
    if (!file.has_value()) {
        findings.files[source].guess = "it cannot be read: " + file.error().message;
        return;
    }
    FileScan(findings, source, **file).run(task);
    takeByName(findings, source);
    if (!findings.files[source].hasPieces) {
        findings.files[source].guess = guessAt(**file, path);
    }
}

} // namespace

Result<Findings> scanSources(const std::vector<std::string>& sources, const Task& task)
{
    std::vector<std::string> paths;
    for (const std::string& source : sources) {
        std::error_code failed;
        const fs::path root = fs::canonical(source, failed);
        if (failed) {
            return Error{ErrorCode::NotFound, source + " is not there: " + failed.message()};
        }
        if (!fs::is_directory(root, failed)) {
            paths.push_back(root.string());
            continue;
        }
        for (fs::recursive_directory_iterator at(root, fs::directory_options::skip_permission_denied, failed), end; at != end;
             at.increment(failed)) {
            std::error_code ignored;
            if (at->is_regular_file(ignored)) {
                paths.push_back(at->path().string());
            }
        }
        if (failed) {
            return Error{ErrorCode::Io, source + " cannot be looked through: " + failed.message()};
        }
    }
    std::ranges::sort(paths);
    paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
    Findings findings;
    for (const std::string& path : paths) {
        if (task.cancelled()) {
            break;
        }
        scanFile(findings, path, task);
    }
    findings.cancelled = task.cancelled();
    return findings;
}

} // namespace carma::rescue
