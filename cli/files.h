// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "session.h"

#include <carma/result.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace carma::cli {

/// Writes text to a file (aside, then renamed), or to stdout for none and "-".
Result<void> writeText(Session& session, const std::optional<std::string>& path, std::string_view text);
/// A whole file, or standard input for "-". NotFound, LimitExceeded beyond `mebibytesMax`.
Result<std::string> readText(const std::string& path, std::uint64_t mebibytesMax = 1);

} // namespace carma::cli
