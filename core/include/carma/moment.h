// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/result.h>

#include <cstdint>
#include <string_view>

namespace carma {

/// A moment as people type it, in microseconds since 1970-01-01 UTC: "2024-05-14", "2024-05-14T19:30" or with seconds (of the
/// local zone; UTC with a "Z"), or how long before `nowUs`: "90m", "12h", "7d", "4w". InvalidArgument otherwise.
Result<std::int64_t> parseMoment(std::string_view text, std::int64_t nowUs);

} // namespace carma
