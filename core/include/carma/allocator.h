// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace carma {

/// For programs, first thing in main: freed buffers of some megabytes stay with the process for the next segment. Otherwise the C library
/// gives each back to the kernel, which clears it page by page when it is asked for again: a fifth of the time that sealing takes.
/// Up to 64 MiB in each arena that nobody uses are kept. Does nothing where the C library is not glibc.
void keepLargeBuffers();

/// Before long work that is to need little: what was freed and is kept goes back to the system. Any thread; some milliseconds. Does nothing
/// where the C library is not glibc.
void giveBackFreed();

} // namespace carma
