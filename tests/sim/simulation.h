// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/hash.h"

#include <cstdint>
#include <string>
#include <vector>

/// One run of a whole store on a simulated disk. The seed decides everything: geometry, sizes, work, failures, crashes.
namespace carma::sim {

struct SimOptions {
    std::uint64_t seed = 0;
    bool beyond = false;  ///< one step past the budget at the end: the loss must be named and the rest exact
    bool verbose = false; ///< steps to standard error as they happen
    std::string folder;   ///< an existing, empty folder of this machine for the catalog
};

struct SimResult {
    bool ok = true;
    std::string failure;            ///< the broken promise
    std::vector<std::string> trace; ///< what was done, a line a step
    Hash128 hash;                   ///< of the trace and of the disk at the end: equal for equal seeds
};

SimResult runSimulation(const SimOptions& options);

} // namespace carma::sim
