// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>

namespace carma::embed {

/// Adds row i times scales[i] to `sum` for each i of `ids`; rows are int8 [scales.size(), sum.size()], row-major.
/// Uses the widest vector instructions of this machine. REQUIRES: every id < scales.size()
void sumScaledRows(std::span<const std::uint32_t> ids, const std::int8_t* rows, std::span<const float> scales, std::span<float> sum);

} // namespace carma::embed
