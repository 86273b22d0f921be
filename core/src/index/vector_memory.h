// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace carma::index {

/// Zeroed memory that grows. Large blocks are pages of their own: they grow by moving pages instead of bytes, so that growing
/// does not need both sizes at once, lie on huge pages where the system has them, and go back to the system when freed.
/// Aligned to 64 bytes. Whatever is left behind or freed was overwritten before.
class PageBuffer {
public:
    enum class Use : std::uint8_t {
        Dense,  ///< most of it is written: huge pages
        Sparse, ///< some of it is touched here and there: what is not costs nothing
    };
    explicit PageBuffer(Use use = Use::Dense) : m_use(use) {}
    PageBuffer(PageBuffer&& other) noexcept
        : m_use(other.m_use), m_data(std::exchange(other.m_data, nullptr)), m_size(std::exchange(other.m_size, 0)),
          m_capacity(std::exchange(other.m_capacity, 0))
    {
    }
    PageBuffer& operator=(PageBuffer&& other) noexcept
    {
        std::swap(m_use, other.m_use);
        std::swap(m_data, other.m_data);
        std::swap(m_size, other.m_size);
        std::swap(m_capacity, other.m_capacity);
        return *this;
    }
    PageBuffer(const PageBuffer&) = delete;
    PageBuffer& operator=(const PageBuffer&) = delete;
    ~PageBuffer();

    /// New bytes are zero; bytes given up are overwritten with zeroes.
    void resize(std::size_t bytes);
    void reserve(std::size_t bytes);
    [[nodiscard]] std::byte* data() const { return m_data; }
    [[nodiscard]] std::size_t size() const { return m_size; }
    [[nodiscard]] std::size_t capacity() const { return m_capacity; }

private:
    Use m_use;
    std::byte* m_data = nullptr;
    std::size_t m_size = 0;
    std::size_t m_capacity = 0;
};

/// A PageBuffer of numbers.
template <typename T> class PageColumn {
public:
    void resize(std::size_t count) { m_buffer.resize(count * sizeof(T)); }
    void reserve(std::size_t count) { m_buffer.reserve(count * sizeof(T)); }
    [[nodiscard]] T* data() const { return reinterpret_cast<T*>(m_buffer.data()); }
    [[nodiscard]] std::size_t size() const { return m_buffer.size() / sizeof(T); }
    [[nodiscard]] std::size_t memoryBytes() const { return m_buffer.capacity(); }
    [[nodiscard]] T& operator[](std::size_t at) { return data()[at]; }
    [[nodiscard]] const T& operator[](std::size_t at) const { return data()[at]; }
    [[nodiscard]] std::span<const T> span() const { return {data(), size()}; }

private:
    PageBuffer m_buffer;
};

} // namespace carma::index
