// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/sector/framed_object.h"
#include "log/superblock/superblock_codec.h"
#include "store/store_core.h"

#include <cstdio>

/// usage: carma-newer-format STORE
/// Rewrites every superblock copy of a store as one of the next format, for the test that it is refused and not touched.
int main(int argc, char** argv)
{
    using namespace carma;
    if (argc != 2) {
        std::fprintf(stderr, "usage: carma-newer-format STORE\n");
        return 2;
    }
    const auto disk = openPosixDisk(argv[1]);
    auto reading = store::findSuperblock(*disk);
    if (!reading.has_value()) {
        std::fprintf(stderr, "%s\n", reading.error().message.c_str());
        return 1;
    }
    log::Superblock superblock = reading->superblock;
    superblock.format = log::kStoreFormat + 1;
    log::SectorPlace place;
    place.kind = log::SectorKind::Superblock;
    const Bytes payload = log::encodeSuperblock(superblock);
    for (const std::string& folder : log::shardFolders(superblock.geometry)) {
        if (!replaceFile(*disk, folder + "/superblock", log::frameObject(place, payload)).has_value()) {
            return 1;
        }
    }
    return 0;
}
