// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "disk/sim_tree.h"

#include <array>
#include <mutex>

namespace carma::disk {

/// A file ends here: a broken offset must not take the memory of the machine that runs the simulation.
constexpr std::uint64_t kSimFileSizeMax = 4ULL << 30U;

/// The next writeAt at or below `path` goes to `toPath`, or nowhere when that is empty.
struct SimStrayWrite {
    std::string path;
    std::string toPath;
    std::uint64_t toOffset = 0;
};

/// What one operation has to do.
struct SimVerdict {
    std::optional<Error> error;
    bool powerCut = false; ///< the effect may happen although the error is returned
    bool cacheKeepsFailedPages = false;
    [[nodiscard]] bool happens() const { return !error || powerCut; }
};

/// Everything behind a SimDisk, guarded by `mutex`.
struct SimState {
    explicit SimState(std::uint64_t seed) : random(seed) {}

    std::mutex mutex;
    SplitMix random;
    std::unique_ptr<SimTree> tree = std::make_unique<SimTree>();
    std::uint64_t epoch = 1; // handles and locks of other epochs are dead
    std::vector<SimFailure> failures;
    std::vector<SimStrayWrite> strayWrites;
    std::optional<std::uint64_t> opsUntilPowerCut;
    bool powerOff = false;
    std::optional<std::uint64_t> spaceBudget;
    std::map<std::string, std::uint64_t, std::less<>> devices;
    std::array<std::uint64_t, 3> opCounts{};

    /// Counts an operation on a normal path and says whether it fails.
    SimVerdict admit(SimOp kind, std::string_view path, std::string_view other = {});
    /// writeAt as the device does it.
    Result<void> write(SimNode& node, std::string_view path, std::uint64_t offset, ByteView data);
    [[nodiscard]] std::uint64_t usedBytes() const;
};

/// Whether `path` is `top` or lies below it.
bool isAtOrBelow(std::string_view path, std::string_view top);

std::unique_ptr<DiskFile> makeSimFile(std::shared_ptr<SimState> state, SimNodePtr node, std::string path, bool isWritable);
std::unique_ptr<DiskLock> makeSimLock(std::shared_ptr<SimState> state, SimNodePtr node);

} // namespace carma::disk
