// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/mapped_bytes.h"

#include <new>
#include <sys/mman.h>

namespace carma {

std::byte* mapBytes(std::size_t bytes, PagesComing coming)
{
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS | (coming == PagesComing::AtOnce ? MAP_POPULATE : 0);
    void* pages = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (pages == MAP_FAILED) {
        throw std::bad_alloc();
    }
    return static_cast<std::byte*>(pages);
}

void unmapBytes(std::byte* data, std::size_t bytes) { ::munmap(data, bytes); }

} // namespace carma
