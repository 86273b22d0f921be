// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "log/superblock/superblock.h"

#include <carma/executor.h>
#include <carma/progress.h>

#include <string>
#include <vector>

namespace carma::rescue {

struct RebuiltKeyRing {
    log::KeyRing ring;
    std::vector<std::string> missing; ///< namespaces whose key is in no record that is left, with how many records stay sealed
};

/// Collects the keys of namespaces and their dictionaries from the records of the log on `disk`. What a purge record names is left out, so
/// that an older generation of a segment does not bring back the key of a namespace that was erased.
RebuiltKeyRing rebuildKeyRing(
    Disk& disk, const log::Superblock& superblock, const log::MasterKeys& keys, Executor& executor, Random& random, const Task& task);

} // namespace carma::rescue
