// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <mutex>
#include <shared_mutex>

namespace carma::query {

/// A shared mutex that lets a writer in though readers never cease: readers that come after it wait. Meets SharedLockable.
class Gate {
public:
    void lock()
    {
        m_writers.fetch_add(1);
        m_turn.lock();
        m_mutex.lock();
    }
    void unlock()
    {
        m_mutex.unlock();
        m_turn.unlock();
        m_writers.fetch_sub(1);
    }
    void lock_shared()
    {
        if (m_writers.load() != 0) {
            const std::lock_guard wait(m_turn);
        }
        m_mutex.lock_shared();
    }
    void unlock_shared() { m_mutex.unlock_shared(); }

private:
    std::atomic<int> m_writers = 0;
    std::mutex m_turn;
    std::shared_mutex m_mutex;
};

} // namespace carma::query
