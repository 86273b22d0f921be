// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/mapped_bytes.h"

#include <cstdlib>
#include <new>
#include <sys/mman.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace carma {

std::byte* mapBytes(std::size_t bytes)
{
    // All of it is going to be used: one call is cheaper than a fault for each page.
    void* pages = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (pages == MAP_FAILED) {
        throw std::bad_alloc();
    }
    return static_cast<std::byte*>(pages);
}

void unmapBytes(std::byte* data, std::size_t bytes) { ::munmap(data, bytes); }

void giveBackFreed()
{
#ifdef __GLIBC__
    ::malloc_trim(0);
#endif
}

} // namespace carma
