// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/split_mix.h"

#include <carma/drill.h>

#include <cstdint>
#include <string>
#include <vector>

namespace carma::drill {

/// What some years do to one disk.
struct Aging {
    bool died = false;
    std::uint32_t unreadable = 0; ///< sectors that the device gave up: bursts of up to eight
    std::uint32_t corrupted = 0;  ///< sectors with flipped bits that no device noticed
};

/// Draws by rates of the field, taken as constant over time:
///   1.40 % of drives fail a year (Backblaze, "Drive Stats for 2023"),
///   3.45 % of drives show latent sector errors within 32 months (Bairavasundaram et al., SIGMETRICS 2007),
///   0.66 % of nearline drives show checksum mismatches within 17 months (Bairavasundaram et al., FAST 2008).
Aging drawAging(SplitMix& dice, double years);

/// Damages the copy at `folder` and tells what was done in `report`. The same dice do the same to the same files.
Result<void> damageCopy(const std::string& folder, const DrillOptions& options, DrillReport& report);

} // namespace carma::drill
