// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/hash.h"

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

/// One run of a whole store on a simulated disk. The seed decides everything: geometry, sizes, work, failures, crashes.
namespace carma::sim {

struct SimOptions {
    std::uint64_t seed = 0;
    bool beyond = false;            ///< one step past the budget at the end: the loss must be named and the rest exact
    bool verbose = false;           ///< steps to standard error as they happen
    std::string folder;             ///< an existing, empty folder of this machine for the catalog
    bool apart = false;             ///< each step draws from a seed of its own: another family of runs
    std::set<std::uint64_t> skip{}; ///< steps that are left out
    /// Of the dice at the beginning of each step, as a whole run tells them: with them the steps that are not left out draw as they did.
    std::vector<std::uint64_t> states{};
    /// One more promise, looked at after each step: what is broken, or nothing. For tests of the simulation itself.
    std::function<std::string(const std::vector<std::string>& trace)> promise{};
};

struct SimResult {
    bool ok = true;
    std::string failure;            ///< the broken promise
    std::vector<std::string> trace; ///< what was done, a line a step
    std::uint64_t steps = 0;        ///< of the seed, those that were left out included
    std::vector<std::uint64_t> states;
    Hash128 hash; ///< of the trace and of the disk at the end: equal for equal seeds
};

SimResult runSimulation(const SimOptions& options);

/// Which of `steps` steps can be left out while `fails` goes on to hold: halves, then ever smaller stretches, until no single one can
/// (delta debugging: A. Zeller, R. Hildebrandt, "Simplifying and isolating failure-inducing input", 2002).
/// REQUIRES: fails({}) holds
std::set<std::uint64_t> shrinkSteps(std::uint64_t steps, const std::function<bool(const std::set<std::uint64_t>& skip)>& fails);

} // namespace carma::sim
