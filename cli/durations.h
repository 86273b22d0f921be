// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/result.h>

#include <cstdint>
#include <string_view>
#include <utility>

namespace carma::cli {

/// "90s", "15m", "12h", "7d", "2w" in microseconds. InvalidArgument names the text otherwise.
Result<std::int64_t> parseDuration(std::string_view text);
/// "22-6": two hours of the day, each 0 to 24.
Result<std::pair<unsigned, unsigned>> parseHours(std::string_view text);

} // namespace carma::cli
