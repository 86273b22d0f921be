// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/snapshot_pages.h"

#include <carma/assert.h>

#include <algorithm>
#include <cstring>
#include <functional>

namespace carma::index {

namespace {

constexpr std::size_t kRunBlocks = 64;   // read together: one call to the system for a quarter of a megabyte
constexpr std::size_t kTaskBlocks = 512; // of a thread's share, so that the threads end together

} // namespace

SnapshotPages::SnapshotPages(std::unique_ptr<Source> source, std::size_t size, std::size_t blockBytes)
    : m_source(std::move(source)), m_blockBytes(blockBytes), m_states((size + blockBytes - 1) / blockBytes), m_missing(m_states.size())
{
    CARMA_ASSERT(m_source != nullptr && blockBytes > 0);
    m_bytes.reserve(size);
    m_bytes.resize(size);
    m_isWhole = m_missing == 0;
}

SnapshotPages::SnapshotPages(ByteView whole) : m_blockBytes(1), m_missing(0), m_isWhole(true)
{
    m_bytes.resize(whole.size());
    if (!whole.empty()) {
        std::memcpy(m_bytes.data(), whole.data(), whole.size());
    }
}

/// Blocks that another thread is reading are waited for: both want the same bytes.
void SnapshotPages::touchBlocks(std::size_t first, std::size_t last)
{
    CARMA_ASSERT(last < blocks());
    for (std::size_t at = first; at <= last;) {
        State state = m_states[at].load(std::memory_order_acquire);
        if (state == State::There) {
            ++at;
        } else if (state == State::Missing && m_states[at].compare_exchange_strong(state, State::Coming)) {
            std::size_t end = at + 1;
            for (State next = State::Missing;
                 end <= last && end - at < kRunBlocks && m_states[end].compare_exchange_strong(next, State::Coming);
                 next = State::Missing) {
                ++end;
            }
            readRun(at, end);
            at = end;
        } else if (state == State::Coming) {
            m_states[at].wait(State::Coming, std::memory_order_acquire);
        }
    }
}

/// REQUIRES: this thread has marked blocks `first` to before `end`
void SnapshotPages::readRun(std::size_t first, std::size_t end)
{
    const std::size_t begin = first * m_blockBytes;
    const ByteSpan out(m_bytes.data() + begin, std::min(end * m_blockBytes, m_bytes.size()) - begin);
    if (!m_source->read(first, out)) {
        std::ranges::fill(out, std::byte{0});
        setFailed();
    }
    for (std::size_t i = first; i < end; ++i) {
        m_states[i].store(State::There, std::memory_order_release);
        m_states[i].notify_all();
    }
    if (m_missing.fetch_sub(end - first, std::memory_order_acq_rel) == end - first) {
        m_isWhole.store(true, std::memory_order_release);
    }
}

void SnapshotPages::touchAll(Executor* executor)
{
    if (m_isWhole.load(std::memory_order_acquire)) {
        return;
    }
    std::vector<std::function<void()>> tasks;
    for (std::size_t first = 0; first < blocks(); first += kTaskBlocks) {
        tasks.emplace_back([this, first] { touchBlocks(first, std::min(first + kTaskBlocks, blocks()) - 1); });
    }
    if (executor != nullptr) {
        executor->runAll(tasks);
        return;
    }
    for (const auto& task : tasks) {
        task();
    }
}

} // namespace carma::index
