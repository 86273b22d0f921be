// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace carma::catalog {

/// As the folder of openCatalog: the catalog is in memory only and begins empty each time.
inline constexpr std::string_view kInMemory = ":memory:";

} // namespace carma::catalog
