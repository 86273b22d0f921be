// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "index/vector_memory.h"

#include <carma/bytes.h>
#include <carma/executor.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace carma::index {

/// The bytes of a snapshot, cut into blocks of one size that come when they are touched: a query that comes alone needs a few in a hundred
/// of them. Blocks that cannot be had are zero, and failed() tells of it from then on, so that whoever reads checks once, at the end.
/// Thread-safe.
class SnapshotPages {
public:
    /// Where blocks come from. Thread-safe.
    class Source {
    public:
        virtual ~Source() = default;
        /// Fills `out`, whole blocks from `first` on (the last one of all may be short). False if any of them is damaged.
        virtual bool read(std::size_t first, ByteSpan out) = 0;
    };

    /// `size` bytes in all. REQUIRES: blockBytes > 0
    SnapshotPages(std::unique_ptr<Source> source, std::size_t size, std::size_t blockBytes);
    /// All of it is there already.
    explicit SnapshotPages(ByteView whole);

    [[nodiscard]] std::size_t size() const { return m_bytes.size(); }
    /// Sees to it that some bytes are there. REQUIRES: offset + size <= this->size()
    void touch(std::size_t offset, std::size_t size)
    {
        if (!m_isWhole.load(std::memory_order_acquire) && size > 0) {
            touchBlocks(offset / m_blockBytes, (offset + size - 1) / m_blockBytes);
        }
    }
    /// The same for all, by the threads of `executor` if there is one.
    void touchAll(Executor* executor = nullptr);
    /// What was not touched is zero. Stays where it is.
    [[nodiscard]] const std::byte* data() const { return m_bytes.data(); }
    [[nodiscard]] ByteView get(std::size_t offset, std::size_t size)
    {
        touch(offset, size);
        return {data() + offset, size};
    }
    /// A block could not be had, or what it says makes no sense.
    [[nodiscard]] bool failed() const { return m_failed.load(std::memory_order_acquire); }
    void setFailed() { m_failed.store(true, std::memory_order_release); }

private:
    enum class State : std::uint8_t { Missing, Coming, There };
    void touchBlocks(std::size_t first, std::size_t last);
    void readRun(std::size_t first, std::size_t last);
    [[nodiscard]] std::size_t blocks() const { return m_states.size(); }

    const std::unique_ptr<Source> m_source;
    const std::size_t m_blockBytes;
    PageBuffer m_bytes{PageBuffer::Use::Sparse};
    std::vector<std::atomic<State>> m_states;
    std::atomic<std::size_t> m_missing;
    std::atomic<bool> m_isWhole = false;
    std::atomic<bool> m_failed = false;
};

} // namespace carma::index
