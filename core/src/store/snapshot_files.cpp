// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/snapshot_files.h"

#include "base/byte_io.h"
#include "log/sector/framed_object.h"

namespace carma::store {

namespace {

constexpr std::uint64_t kSnapshotBytesMax = 1ULL << 30U; // larger ones are rebuilt instead

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

} // namespace

std::string SnapshotFiles::path(const NamespaceId& space, SnapshotKind kind)
{
    return std::string(kFolder) + "/" + toString(space) + std::string(endOf(kind));
}

std::optional<query::DecodedEngine> SnapshotFiles::read(const Owner& owner, SnapshotKind kind)
{
    const std::string path = this->path(owner.space, kind);
    const auto file = readWholeFile(*m_core.world.disk, path, kSnapshotBytesMax);
    if (!file.has_value()) {
        return std::nullopt;
    }
    const auto useless = [&](std::string_view why) {
        if (m_core.onNotice) {
            m_core.onNotice("the search index " + path + " is not used (" + std::string(why) + "); it is built again");
        }
        return std::nullopt;
    };
    const auto reading = log::readFramedObject(placeOf(m_core.log->superblock().store), *file);
    if (!reading.complete) {
        return useless("it is damaged or of another store");
    }
    const auto opened = m_core.log->keys().master().snapshots().open(owner.space.view(), reading.payload);
    if (!opened.has_value()) {
        return useless("it is damaged, of another store or of another namespace");
    }
    ByteReader reader(*opened);
    if (reader.number<std::uint64_t>() != owner.forgotten) {
        remove(owner.space, kind);
        return std::nullopt;
    }
    auto decoded = query::decodeSearchEngine(reader.rest(), owner.embedder, owner.weights, m_core.world.forEngine());
    if (!decoded.has_value()) {
        return useless(decoded.error().message);
    }
    return *std::move(decoded);
}

bool SnapshotFiles::write(
    const NamespaceId& space, SnapshotKind kind, std::uint64_t forgotten, query::SearchEngine& engine, Sequence applied)
{
    std::array<std::byte, crypto::kNonceBytes> nonce{};
    m_core.world.random->fill(nonce);
    Bytes plain;
    ByteWriter writer(plain);
    writer.number(forgotten);
    writer.raw(engine.encode(applied));
    Bytes sealed;
    m_core.log->keys().master().snapshots().seal(nonce, space.view(), plain, sealed);
    Disk& disk = *m_core.world.disk;
    return disk.makeFolder(kFolder).has_value() &&
        replaceFile(disk, path(space, kind), log::frameObject(placeOf(m_core.log->superblock().store), sealed)).has_value();
}

bool SnapshotFiles::promote(const NamespaceId& space)
{
    Disk& disk = *m_core.world.disk;
    const std::string next = path(space, SnapshotKind::Next);
    const auto info = disk.info(next);
    if (!info.has_value() || !*info || !disk.rename(next, path(space, SnapshotKind::Current)).has_value()) {
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

} // namespace carma::store
