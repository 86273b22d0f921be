// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/bytes.h>

#include <cstdint>

/// For the programs that run apart (see process/child_process): what each gives up, and how it talks.
namespace carma::process {

struct Bounds {
    std::uint64_t addressBytes = 0; ///< address space
    int descriptors = 3;            ///< how many of the first descriptors stay open
};

/// Gives up for good: other descriptors, new privileges, core dumps, being traced, writing to files, and address space beyond
/// the bound (not in builds with sanitizers, whose shadow alone is larger than any).
void giveUp(const Bounds& bounds);

/// Sets both limits of a resource, as setrlimit(2) names it.
void bound(int resource, std::uint64_t amount);

/// All bytes from a pipe or socket; false at its end.
bool readAll(int descriptor, ByteSpan bytes);

/// All bytes to a pipe or socket; false if nobody listens.
bool writeAll(int descriptor, ByteView bytes);

} // namespace carma::process
