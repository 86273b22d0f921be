// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/vector_memory.h"

#include "base/mapped_bytes.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>
#include <sys/mman.h>

namespace carma::index {

namespace {

constexpr std::size_t kAlignment = 64;
constexpr std::size_t kPage = 4096;
constexpr std::size_t kMappedFrom = 256U << 10U; // smaller blocks come from the heap: a mapping each would be many
constexpr std::size_t kHugeFrom = 4U << 20U;

std::size_t roundUp(std::size_t bytes, std::size_t unit) { return (bytes + unit - 1) / unit * unit; }

std::byte* fromHeap(std::size_t bytes)
{
    void* block = std::aligned_alloc(kAlignment, bytes);
    if (block == nullptr) {
        throw std::bad_alloc();
    }
    std::memset(block, 0, bytes);
    return static_cast<std::byte*>(block);
}

void release(std::byte* block, std::size_t capacity, std::size_t used)
{
    if (block == nullptr) {
        return;
    }
    if (capacity >= kMappedFrom) {
        unmapBytes(block, capacity); // the system hands pages out zeroed
    } else {
        std::memset(block, 0, used);
        std::free(block);
    }
}

} // namespace

PageBuffer::~PageBuffer() { release(m_data, m_capacity, m_size); }

void PageBuffer::reserve(std::size_t bytes)
{
    if (bytes <= m_capacity) {
        return;
    }
    const std::size_t wanted = roundUp(bytes, bytes >= kMappedFrom ? kPage : kAlignment);
    if (m_capacity >= kMappedFrom) {
        void* pages = ::mremap(m_data, m_capacity, wanted, MREMAP_MAYMOVE);
        if (pages == MAP_FAILED) {
            throw std::bad_alloc();
        }
        m_data = static_cast<std::byte*>(pages);
    } else {
        std::byte* block = wanted >= kMappedFrom ? mapBytes(wanted, PagesComing::AsTouched) : fromHeap(wanted);
        if (m_size > 0) {
            std::memcpy(block, m_data, m_size);
        }
        release(m_data, m_capacity, m_size);
        m_data = block;
    }
    m_capacity = wanted;
    if (m_use == Use::Dense && m_capacity >= kHugeFrom) {
        ::madvise(m_data, m_capacity, MADV_HUGEPAGE);
    }
}

void PageBuffer::resize(std::size_t bytes)
{
    if (bytes > m_capacity) {
        reserve(std::max(bytes, m_capacity + m_capacity / 4)); // a quarter more: doubling would hold twice what is needed
    }
    if (bytes < m_size) {
        std::memset(m_data + bytes, 0, m_size - bytes);
    }
    m_size = bytes;
}

} // namespace carma::index
