// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/error.h>

#include <span>
#include <string_view>

namespace carma::cli {

/// What the program's exit status means. Scripts rely on these numbers: do not renumber.
enum class ExitCode : int {
    Ok = 0,
    Failed = 1,
    Usage = 2,
    NotFound = 3,
    Healed = 4,   ///< damage was found and all of it was healed
    Unhealed = 5, ///< damage was found and is (partly) still there
    WrongKey = 6,
    Busy = 7,
    DamagedStore = 8, ///< the store cannot be opened without a rescue
    Cancelled = 9,
    LimitExceeded = 10,
};

/// One row of the table that help texts show.
struct ExitCodeMeaning {
    ExitCode code;
    std::string_view meaning;
};

/// All exit codes in order. Static storage.
std::span<const ExitCodeMeaning> exitCodes();
std::string_view meaningOf(ExitCode code);

/// The exit code with which the program ends after an error of this kind.
ExitCode exitCodeFor(ErrorCode code);

} // namespace carma::cli
