// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/snapshot_files.h"

#include "base/byte_io.h"
#include "crypto/crypto.h"
#include "log/sector/framed_object.h"

#include <algorithm>

namespace carma::store {

namespace {

// The payload of the framed object is a sealed head, which fills the first sector, and sealed blocks, each of which fills another one: a
// query that comes alone opens those that it needs.
constexpr std::size_t kObjectHeadBytes = 24; // that frameObject puts before the payload: length and hash
constexpr std::size_t kHeadBytes = log::kSectorPayloadBytes - kObjectHeadBytes - crypto::kSealBytes;
constexpr std::size_t kBlockBytes = log::kSectorPayloadBytes - crypto::kSealBytes;
constexpr std::uint64_t kSnapshotBytesMax = 16ULL << 30U; // larger ones are rebuilt instead

log::SectorPlace placeOf(const StoreId& store)
{
    log::SectorPlace place;
    place.store = store;
    place.kind = log::SectorKind::IndexSnapshot;
    return place;
}

std::string_view endOf(SnapshotKind kind)
{
    switch (kind) {
    case SnapshotKind::WordsOnly: return ".words.index";
    case SnapshotKind::History: return ".history.index";
    case SnapshotKind::Next: return ".next.index";
    case SnapshotKind::Current: break;
    }
    return ".index";
}

std::array<std::byte, crypto::kNonceBytes> nonceOf(std::uint64_t block)
{
    std::array<std::byte, crypto::kNonceBytes> nonce{};
    storeLe(ByteSpan(nonce), block);
    return nonce;
}

/// Opens blocks of a snapshot's file.
class SealedBlocks final : public index::SnapshotPages::Source {
public:
    SealedBlocks(std::unique_ptr<DiskFile> file, const log::SectorPlace& place, const log::FrameHead& first, ByteView key)
        : m_file(std::move(file)), m_place(place), m_first(first), m_key(key)
    {
    }

    bool read(std::size_t first, ByteSpan out) override
    {
        Bytes sectors((out.size() + kBlockBytes - 1) / kBlockBytes * log::kSectorBytes);
        const auto got = m_file->readAt((first + 1) * log::kSectorBytes, sectors);
        if (!got.has_value() || *got != sectors.size()) {
            return false;
        }
        for (std::size_t i = 0; !out.empty(); ++i) {
            const std::span<std::byte, log::kSectorBytes> sector(sectors.data() + i * log::kSectorBytes, log::kSectorBytes);
            const ByteSpan plain = out.first(std::min(out.size(), kBlockBytes));
            if (!openBlock(first + i, sector, plain)) {
                return false;
            }
            out = out.subspan(plain.size());
        }
        return true;
    }

private:
    bool openBlock(std::size_t block, std::span<std::byte, log::kSectorBytes> sector, ByteSpan plain) const
    {
        log::SectorPlace place = m_place;
        place.index = block + 1;
        if (log::readFramedSector(place, sector).state == log::SectorState::Bad) {
            return false;
        }
        const log::FrameHead head = log::frameHead(sector);
        const ByteView payload = log::framePayload(sector);
        return head.extra == m_first.extra && head.flags == m_first.flags && payload.size() == plain.size() + crypto::kSealBytes &&
            m_key.openInto({}, payload, plain) &&
            std::ranges::equal(payload.first(crypto::kNonceBytes), nonceOf(block)); // it is the block of this number
    }

    const std::unique_ptr<DiskFile> m_file;
    const log::SectorPlace m_place;
    const log::FrameHead m_first;
    const crypto::AeadKey m_key;
};

} // namespace

/// The key of the blocks is of this file alone, so that their numbers can be their nonces.
struct SnapshotFiles::Head {
    std::uint64_t forgotten = 0;
    std::uint64_t size = 0; ///< of the snapshot
    SecretBytes key;
};

std::string SnapshotFiles::path(const NamespaceId& space, SnapshotKind kind)
{
    return std::string(kFolder) + "/" + toString(space) + std::string(endOf(kind));
}

void SnapshotFiles::tellUseless(std::string_view path, std::string_view why) const
{
    if (m_core.onNotice) {
        m_core.onNotice("the search index " + std::string(path) + " is not used (" + std::string(why) + "); it is built again");
    }
}

/// Nothing if the first sector is damaged, or not of this store and namespace.
std::optional<SnapshotFiles::Head> SnapshotFiles::openHead(const NamespaceId& space, std::span<std::byte, log::kSectorBytes> sector) const
{
    if (log::readFramedSector(placeOf(m_core.log->superblock().store), sector).state == log::SectorState::Bad) {
        return std::nullopt;
    }
    const ByteView payload = log::framePayload(sector);
    if (payload.size() != log::kSectorPayloadBytes) {
        return std::nullopt;
    }
    const auto opened = m_core.log->keys().master().snapshots().openSecret(space.view(), payload.subspan(kObjectHeadBytes));
    if (!opened.has_value()) {
        return std::nullopt;
    }
    ByteReader reader(opened->view());
    Head head;
    head.forgotten = reader.number<std::uint64_t>();
    head.size = reader.number<std::uint64_t>();
    head.key = SecretBytes(reader.raw(crypto::kKeyBytes));
    return head;
}

std::optional<query::DecodedEngine> SnapshotFiles::read(const Owner& owner, SnapshotKind kind)
{
    const std::string path = this->path(owner.space, kind);
    auto file = m_core.world.disk->open(path, OpenMode::Read);
    if (!file.has_value()) {
        return std::nullopt;
    }
    const auto useless = [&](std::string_view why) {
        tellUseless(path, why);
        return std::nullopt;
    };
    log::Sector sector{};
    const auto fileSize = (*file)->size();
    const auto got = (*file)->readAt(0, sector);
    if (!fileSize.has_value() || !got.has_value() || *got != sector.size()) {
        return useless("it is damaged");
    }
    auto head = openHead(owner.space, sector);
    if (!head) {
        return useless("it is damaged, of another store or of another namespace");
    }
    const std::uint64_t sectors = (head->size + kBlockBytes - 1) / kBlockBytes + 1;
    if (*fileSize != sectors * log::kSectorBytes || head->size > kSnapshotBytesMax) {
        return useless("it is damaged");
    }
    if (head->forgotten != owner.forgotten) {
        remove(owner.space, kind);
        return std::nullopt;
    }
    auto source = std::make_unique<SealedBlocks>(
        *std::move(file), placeOf(m_core.log->superblock().store), log::frameHead(sector), head->key.view());
    auto pages = std::make_shared<index::SnapshotPages>(std::move(source), head->size, kBlockBytes);
    auto decoded = query::decodeSearchEngine(std::move(pages), owner.embedder, owner.weights, m_core.world.forEngine());
    if (!decoded.has_value()) {
        return useless(decoded.error().message);
    }
    return *std::move(decoded);
}

/// Empty if it cannot be kept.
Bytes SnapshotFiles::seal(const NamespaceId& space, std::uint64_t forgotten, query::SearchEngine& engine, Sequence applied)
{
    const Bytes plain = engine.encode(applied);
    if (plain.size() > kSnapshotBytesMax || engine.isDamaged()) {
        return {};
    }
    std::array<std::byte, crypto::kNonceBytes> nonce{};
    m_core.world.random->fill(nonce);
    SecretBytes key(crypto::kKeyBytes);
    m_core.world.random->fill(key.span());
    Bytes head;
    ByteWriter writer(head);
    writer.number(forgotten);
    writer.number(static_cast<std::uint64_t>(plain.size()));
    writer.raw(key.view());
    head.resize(kHeadBytes);
    Bytes sealed;
    sealed.reserve((plain.size() / kBlockBytes + 2) * log::kSectorPayloadBytes);
    m_core.log->keys().master().snapshots().seal(nonce, space.view(), head, sealed);
    crypto::wipe(head);
    const crypto::AeadKey blocks(key.view());
    for (std::size_t at = 0; at < plain.size(); at += kBlockBytes) {
        blocks.seal(nonceOf(at / kBlockBytes), {}, ByteView(plain).subspan(at, std::min(kBlockBytes, plain.size() - at)), sealed);
    }
    return sealed;
}

bool SnapshotFiles::write(
    const NamespaceId& space, SnapshotKind kind, std::uint64_t forgotten, query::SearchEngine& engine, Sequence applied)
{
    const Bytes sealed = seal(space, forgotten, engine, applied);
    Disk& disk = *m_core.world.disk;
    return !sealed.empty() && disk.makeFolder(kFolder).has_value() &&
        replaceFile(disk, path(space, kind), log::frameObject(placeOf(m_core.log->superblock().store), sealed)).has_value();
}

bool SnapshotFiles::has(const NamespaceId& space, SnapshotKind kind) const
{
    const auto info = m_core.world.disk->info(path(space, kind));
    return info.has_value() && *info;
}

bool SnapshotFiles::promote(const NamespaceId& space)
{
    Disk& disk = *m_core.world.disk;
    const std::string next = path(space, SnapshotKind::Next);
    if (!has(space, SnapshotKind::Next) || !disk.rename(next, path(space, SnapshotKind::Current)).has_value()) {
        return false;
    }
    (void)disk.syncFolder(kFolder).has_value(); // if the old name comes back it is promoted again
    return true;
}

void SnapshotFiles::remove(const NamespaceId& space, SnapshotKind kind)
{
    Disk& disk = *m_core.world.disk;
    if (disk.remove(path(space, kind)).has_value()) {
        (void)disk.syncFolder(kFolder).has_value();
    }
}

void SnapshotFiles::removeDamaged(const NamespaceId& space, SnapshotKind kind)
{
    tellUseless(path(space, kind), "it is damaged");
    remove(space, kind);
}

} // namespace carma::store
