// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <source_location>

namespace carma {

/// Prints the condition and its place to stderr and aborts. Never returns.
[[noreturn]] void assertionFailed(const char* condition, std::source_location place);

} // namespace carma

/// For bugs only, on in release builds. Never for user input or for what a disk holds.
#define CARMA_ASSERT(condition)                                                                                                            \
    (static_cast<bool>(condition) ? void(0) : ::carma::assertionFailed(#condition, std::source_location::current()))
