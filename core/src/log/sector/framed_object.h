// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "log/sector/sector.h"

#include <vector>

/// A byte string cut into framed sectors: how superblocks, key rings and every other small file is stored.
/// Sector 0's payload begins with the total length (u64); `extra` of every sector is the number of sectors.
namespace carma::log {

/// One damaged sector of a file.
struct SectorDamage {
    std::uint64_t index = 0;
    SectorState state = SectorState::Bad; ///< Corrected or Bad
    unsigned flippedBits = 0;
};

struct ObjectReading {
    Bytes payload;         ///< empty unless complete
    bool complete = false; ///< every sector is good or corrected
    Bytes corrected;       ///< the whole file as it should be, when complete
    std::vector<SectorDamage> damage;
};

/// A multiple of 4096 bytes. `place.index` is ignored.
Bytes frameObject(SectorPlace place, ByteView payload);

/// Reads one copy. Never fails: what is wrong is in the reading.
ObjectReading readFramedObject(SectorPlace place, ByteView file);

/// Reads several copies of the same object: each sector is taken from any copy where it is good or correctable.
/// A copy of another length, or of other sectors, does not spoil the rest.
struct CopiesReading {
    Bytes payload;
    bool complete = false;
    Bytes corrected;
    std::vector<std::vector<SectorDamage>> damage; ///< one list a copy; a copy that lacks sectors lists them as Bad
};
CopiesReading readFramedCopies(SectorPlace place, const std::vector<Bytes>& copies);

} // namespace carma::log
