// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/beacon.h>

#include <string>
#include <string_view>

namespace carma::scrub {

/// One line of nine numbers.
std::string encodeState(const BeaconState& state);
/// A new state for anything else.
BeaconState decodeState(std::string_view text);

} // namespace carma::scrub
