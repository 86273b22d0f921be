// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <nlohmann/json.hpp>

namespace carma::cli {

/// Keeps the order in which keys are written, so that output is stable.
using Json = nlohmann::ordered_json;

} // namespace carma::cli
