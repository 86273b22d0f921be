// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace carma::plugins {

/// Gives up what a plugin does not need, for good: what process/bounds gives up, and, where the kernel filters system calls
/// (seccomp), changing anything on disk, running programs, and touching other processes. Reading files, threads, memory and the
/// network remain, because models and servers need them.
void confine(std::uint64_t addressBytes);

} // namespace carma::plugins
