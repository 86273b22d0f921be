// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace carma {

/// AtOnce: all of it is going to be used, and one call is cheaper than a fault for each page.
enum class PagesComing : bool { AsTouched, AtOnce };
/// Zeroed memory straight from the system, and back to it; std::bad_alloc if there is none. REQUIRES: bytes > 0
std::byte* mapBytes(std::size_t bytes, PagesComing coming);
void unmapBytes(std::byte* data, std::size_t bytes);

/// For buffers of megabytes that come and go on several threads: the C library would keep up to a few of them in the arena of each thread.
/// What is new in a buffer that only ever grew once is zero; after that it holds what it held.
template <typename T> struct MappedAllocator {
    using value_type = T;

    MappedAllocator() = default;
    template <typename U> MappedAllocator(const MappedAllocator<U>& /*other*/) {}

    T* allocate(std::size_t count) { return reinterpret_cast<T*>(mapBytes(count * sizeof(T), PagesComing::AtOnce)); }
    void deallocate(T* data, std::size_t count) { unmapBytes(reinterpret_cast<std::byte*>(data), count * sizeof(T)); }
    /// Not written to: it is zero.
    template <typename U> void construct(U* /*place*/) {}
    template <typename U, typename... Args> void construct(U* place, Args&&... args)
    {
        std::construct_at(place, std::forward<Args>(args)...);
    }

    template <typename U> bool operator==(const MappedAllocator<U>& /*other*/) const { return true; }
};

using MappedBytes = std::vector<std::byte, MappedAllocator<std::byte>>;

} // namespace carma
