// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "log/superblock/superblock.h"
#include "rescue/scan_sources.h"

#include <carma/executor.h>
#include <carma/rescue.h>

namespace carma::rescue {

/// What was found of each store, most pieces first.
std::vector<RescueFind> countStores(const Findings& findings);

/// The superblock and key ring of a store, put together from all their pieces. NotFound: there is none; DamagedStore: none verifies.
Result<log::SuperblockReading> readSuperblocks(const Findings& findings, const StoreId& store);
Result<log::KeyRingReading> readKeyRings(const Findings& findings, const StoreId& store, const log::MasterKeys& keys);

struct Arrangement {
    std::unique_ptr<PieceDisk> disk; ///< the store's shard folders as they should be
    std::uint64_t piecesUsed = 0, piecesMerged = 0;
    std::vector<RescueRest> rest; ///< every piece and file that was not used
};

/// Puts the shards and tails of a store where they belong. Of copies of one shard file each sector is taken from a copy where it holds; of
/// several generations of a segment the newest counts that is whole enough to be rebuilt.
Arrangement arrange(const Findings& findings, const log::Superblock& superblock, Executor& executor);

} // namespace carma::rescue
