// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace carma::ingest {

/// Gives up what a parser does not need, for good: descriptors but the standard ones, privileges, core dumps, address
/// space beyond the bound, and, where the kernel filters system calls (seccomp), all but computing, memory and the two
/// pipes: no file can be opened, no process started, no network reached. Loads first what could not be loaded later.
void confine(std::uint64_t addressBytes);

} // namespace carma::ingest
