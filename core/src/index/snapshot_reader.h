// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "index/snapshot_pages.h"

#include <algorithm>
#include <concepts>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

/// How the structures of an index lie in a snapshot: one after the other, columns of numbers at multiples of 64 bytes.
namespace carma::index {

inline constexpr std::size_t kColumnAlignment = 64;

template <typename T> void writeColumn(Bytes& out, std::span<const T> column)
{
    static_assert(std::is_trivially_copyable_v<T>);
    out.resize((out.size() + kColumnAlignment - 1) / kColumnAlignment * kColumnAlignment);
    const ByteView bytes = std::as_bytes(column);
    out.insert(out.end(), bytes.begin(), bytes.end());
}
template <typename T> void writeColumn(Bytes& out, const std::vector<T>& column) { writeColumn(out, std::span<const T>(column)); }

/// A column that is in memory, or in a snapshot of which only what is looked at is read. It leaves the snapshot with its first change.
/// Reading is thread-safe.
template <typename T> class StoredColumn {
public:
    static_assert(std::is_trivially_copyable_v<T>);
    StoredColumn() = default;
    /// REQUIRES: the bytes are within `pages`
    StoredColumn(std::shared_ptr<SnapshotPages> pages, std::size_t offset, std::size_t count)
        : m_pages(std::move(pages)), m_offset(offset), m_count(count)
    {
    }

    [[nodiscard]] std::size_t size() const { return m_pages ? m_count : m_own.size(); }
    /// Whether rows have to be touched before they are read by data().
    [[nodiscard]] bool isStored() const { return m_pages != nullptr; }
    void touch(std::size_t begin, std::size_t count) const
    {
        if (m_pages) {
            m_pages->touch(m_offset + begin * sizeof(T), count * sizeof(T));
        }
    }
    [[nodiscard]] const T* data() const { return m_pages ? reinterpret_cast<const T*>(m_pages->data() + m_offset) : m_own.data(); }
    [[nodiscard]] std::span<const T> rows(std::size_t begin, std::size_t count) const
    {
        touch(begin, count);
        return {data() + begin, count};
    }
    [[nodiscard]] std::span<const T> span() const { return rows(0, size()); }
    [[nodiscard]] std::size_t memoryBytes() const { return m_pages ? m_count * sizeof(T) : m_own.memoryBytes(); }

    /// Takes all into memory; one thread. The rest of this class's methods do it as well.
    void own()
    {
        if (m_pages) {
            const auto stored = span();
            m_own.reserve(stored.size());
            m_own.resize(stored.size());
            if (!stored.empty()) {
                std::memcpy(m_own.data(), stored.data(), stored.size_bytes());
            }
            m_pages.reset();
        }
    }
    void resize(std::size_t count)
    {
        own();
        m_own.resize(count);
    }
    [[nodiscard]] T* mutableData()
    {
        own();
        return m_own.data();
    }

private:
    std::shared_ptr<SnapshotPages> m_pages; ///< none: in m_own
    std::size_t m_offset = 0;
    std::size_t m_count = 0;
    PageColumn<T> m_own;
};

/// Goes through a snapshot as it was written. Reading past the end sets failed() and yields nothing.
class SnapshotReader {
public:
    explicit SnapshotReader(std::shared_ptr<SnapshotPages> pages) : m_pages(std::move(pages)) {}

    template <std::integral T> T number()
    {
        T value{};
        const ByteView bytes = raw(sizeof(T));
        if (bytes.size() == sizeof(T)) {
            std::memcpy(&value, bytes.data(), sizeof(T));
        }
        return value;
    }
    std::string text()
    {
        const ByteView bytes = raw(number<std::uint32_t>());
        return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    }
    /// Valid while the pages are.
    ByteView raw(std::size_t size)
    {
        const std::size_t at = take(size);
        return m_failed ? ByteView() : m_pages->get(at, size);
    }
    /// Nothing of it is read yet.
    template <typename T> StoredColumn<T> column(std::size_t count)
    {
        m_at = (m_at + kColumnAlignment - 1) / kColumnAlignment * kColumnAlignment;
        if (count > m_pages->size() / sizeof(T)) {
            m_failed = true;
        }
        const std::size_t at = take(m_failed ? 0 : count * sizeof(T));
        return m_failed ? StoredColumn<T>() : StoredColumn<T>(m_pages, at, count);
    }
    /// Read now.
    template <typename T> std::vector<T> copy(std::size_t count)
    {
        const auto stored = column<T>(count).span();
        return {stored.begin(), stored.end()};
    }
    /// Read now. Fails for numbers beyond -most..most: what is computed from them must be finite.
    std::vector<float> floats(std::size_t count, float most)
    {
        auto read = copy<float>(count);
        m_failed = m_failed || !std::ranges::all_of(read, [most](float value) { return value >= -most && value <= most; });
        return read;
    }
    [[nodiscard]] const std::shared_ptr<SnapshotPages>& pages() const { return m_pages; }
    [[nodiscard]] bool failed() const { return m_failed || m_pages->failed(); }
    [[nodiscard]] bool atEnd() const { return !failed() && m_at == m_pages->size(); }

private:
    std::size_t take(std::size_t size)
    {
        if (m_failed || m_at > m_pages->size() || size > m_pages->size() - m_at) {
            m_failed = true;
            return 0;
        }
        const std::size_t at = m_at;
        m_at += size;
        return at;
    }

    std::shared_ptr<SnapshotPages> m_pages;
    std::size_t m_at = 0;
    bool m_failed = false;
};

} // namespace carma::index
