// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/superblock/superblock.h"

#include "log/superblock/replicated_object.h"
#include "log/superblock/superblock_codec.h"

#include <algorithm>

namespace carma::log {

namespace {

/// 16 slots of two blobs of 4 KiB and three more blobs fit.
constexpr std::uint64_t kSuperblockFileBytesMax = std::uint64_t{256} << 10U;

/// The place names no store: a superblock is what tells which store a folder belongs to.
ReplicaKind superblockKind()
{
    return {.name = "superblock",
        .magic = kSuperblockMagic,
        .place = {.store = {}, .kind = SectorKind::Superblock},
        .fileBytesMax = kSuperblockFileBytesMax,
        .verify = [](ByteView payload) { return parseSuperblock(payload).has_value(); }};
}

} // namespace

bool SuperblockReading::clean() const { return std::ranges::all_of(copies, &CopyState::clean); }

Result<SuperblockReading> readSuperblock(Disk& disk, const ShardFolders& folders)
{
    CARMA_TRY_ASSIGN(ReplicaReading reading, ReplicatedObject(disk, folders, superblockKind()).read());
    CARMA_TRY_ASSIGN(Superblock superblock, parseSuperblock(reading.payload));
    return SuperblockReading{std::move(superblock), std::move(reading.file), std::move(reading.copies)};
}

Result<void> writeSuperblock(Disk& disk, const ShardFolders& folders, Superblock& superblock, const MasterKeys& keys)
{
    superblock.mac = macOf(superblock, keys);
    const Geometry& geometry = superblock.geometry;
    const std::size_t copiesMin = std::min(geometry.parity + 1U, geometry.total());
    return ReplicatedObject(disk, folders, superblockKind()).write(encodeSuperblock(superblock), copiesMin);
}

Result<std::uint64_t> repairSuperblock(
    Disk& disk, const ShardFolders& folders, const SuperblockReading& reading, const std::string& quarantine)
{
    return ReplicatedObject(disk, folders, superblockKind()).repair(reading.file, reading.copies, quarantine);
}

} // namespace carma::log
