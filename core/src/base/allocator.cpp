// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <carma/allocator.h>

#include <cstdlib>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace carma {

void keepLargeBuffers()
{
#ifdef __GLIBC__
    constexpr int kMiB = 1 << 20;
    mallopt(M_MMAP_THRESHOLD, 32 * kMiB); // the most that is taken
    mallopt(M_TRIM_THRESHOLD, 64 * kMiB);
#endif
}

void giveBackFreed()
{
#ifdef __GLIBC__
    ::malloc_trim(0);
#endif
}

} // namespace carma
