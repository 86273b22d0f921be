// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <carma/executor.h>

#include <carma/assert.h>

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace carma {

namespace {

/// Posted tasks in order, with the count that drain waits for. Every member is guarded by the owner's mutex.
struct PostQueue {
    std::deque<std::function<void()>> waiting;
    std::uint64_t posted = 0;
    std::uint64_t ran = 0;
    std::condition_variable changed;
};

class InlineExecutor final : public Executor {
public:
    void runAll(std::span<const std::function<void()>> tasks) override
    {
        for (const auto& task : tasks) {
            task();
        }
    }

    /// A task posted from a posted task waits for that one to end: one at a time, in order, without recursion.
    void post(std::function<void()> task) override
    {
        std::unique_lock lock(m_mutex);
        m_queue.waiting.push_back(std::move(task));
        ++m_queue.posted;
        if (m_running) {
            return;
        }
        m_running = true;
        while (!m_queue.waiting.empty()) {
            {
                const auto next = std::move(m_queue.waiting.front());
                m_queue.waiting.pop_front();
                lock.unlock();
                next();
            } // what the task captured is released before the lock is taken again
            lock.lock();
            ++m_queue.ran;
            m_queue.changed.notify_all();
        }
        m_running = false;
    }

    void drain() override
    {
        std::unique_lock lock(m_mutex);
        const std::uint64_t target = m_queue.posted;
        m_queue.changed.wait(lock, [&] { return m_queue.ran >= target; });
    }

    [[nodiscard]] std::size_t width() const override { return 1; }

private:
    std::mutex m_mutex;
    PostQueue m_queue;
    bool m_running = false;
};

/// Posted work is what nobody waits for at the moment: it takes the time that others leave. Linux has a priority for each thread.
void yieldToOthers()
{
#ifdef __linux__
    constexpr int kNice = 10;
    (void)::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kNice);
#endif
}

/// Threads beyond the width: tasks that wait for a disk hold a thread but no core, and several disks can work at once.
constexpr std::size_t kWaitingThreads = 2;

/// One call of runAll, on its caller's stack. Guarded by ThreadExecutor::m_mutex.
struct Batch {
    std::span<const std::function<void()>> tasks;
    std::size_t claimed = 0;
    std::size_t ended = 0;
    std::condition_variable allEnded;
};

/// Each claimed task is being run by a live thread, and a caller claims from its own batch before it waits. So a nested
/// runAll ends even when all other threads are busy: no thread ever waits for a task that nobody has claimed.
class ThreadExecutor final : public Executor {
public:
    explicit ThreadExecutor(std::size_t width) : m_width(width)
    {
        CARMA_ASSERT(width >= 1);
        const std::size_t helpers = width - 1 + (width > 1 ? kWaitingThreads : 0);
        m_threads.reserve(helpers + 1);
        for (std::size_t i = 0; i < helpers; ++i) {
            m_threads.emplace_back([this] { runBatches(); });
        }
        m_threads.emplace_back([this] { runPosted(); });
    }

    ThreadExecutor(const ThreadExecutor&) = delete;
    ThreadExecutor& operator=(const ThreadExecutor&) = delete;

    /// What was posted still runs. REQUIRES: no runAll in progress
    ~ThreadExecutor() override
    {
        {
            const std::scoped_lock lock(m_mutex);
            m_stopping = true;
            m_batchAdded.notify_all();
            m_taskPosted.notify_all();
        }
        for (std::thread& thread : m_threads) {
            thread.join();
        }
    }

    void runAll(std::span<const std::function<void()>> tasks) override
    {
        if (tasks.empty()) {
            return;
        }
        Batch batch;
        batch.tasks = tasks;
        std::unique_lock lock(m_mutex);
        m_batches.push_back(&batch);
        // The caller takes a task itself; a thread that finds none has cost two switches for nothing.
        for (std::size_t i = 1; i < std::min(tasks.size(), m_threads.size()); ++i) {
            m_batchAdded.notify_one();
        }
        while (batch.claimed < tasks.size()) {
            runOneOf(batch, lock);
        }
        batch.allEnded.wait(lock, [&] { return batch.ended == tasks.size(); });
    }

    void post(std::function<void()> task) override
    {
        const std::scoped_lock lock(m_mutex);
        m_queue.waiting.push_back(std::move(task));
        ++m_queue.posted;
        m_taskPosted.notify_one();
    }

    void drain() override
    {
        std::unique_lock lock(m_mutex);
        const std::uint64_t target = m_queue.posted;
        m_queue.changed.wait(lock, [&] { return m_queue.ran >= target; });
    }

    [[nodiscard]] std::size_t width() const override { return m_width; }

private:
    /// Runs a task without the lock, which is held again after. REQUIRES: `lock` is held, a task is unclaimed
    void runOneOf(Batch& batch, std::unique_lock<std::mutex>& lock)
    {
        const auto& task = batch.tasks[batch.claimed++];
        if (batch.claimed == batch.tasks.size()) {
            m_batches.erase(std::find(m_batches.begin(), m_batches.end(), &batch));
        }
        lock.unlock();
        task();
        lock.lock();
        // Told while the lock is held: the batch dies with its caller's stack as soon as the caller can take the lock.
        if (++batch.ended == batch.tasks.size()) {
            batch.allEnded.notify_all();
        }
    }

    void runBatches()
    {
        std::unique_lock lock(m_mutex);
        for (;;) {
            m_batchAdded.wait(lock, [&] { return m_stopping || !m_batches.empty(); });
            if (m_batches.empty()) {
                return;
            }
            runOneOf(*m_batches.front(), lock);
        }
    }

    void runPosted()
    {
        yieldToOthers();
        std::unique_lock lock(m_mutex);
        for (;;) {
            m_taskPosted.wait(lock, [&] { return m_stopping || !m_queue.waiting.empty(); });
            if (m_queue.waiting.empty()) {
                return;
            }
            {
                const auto task = std::move(m_queue.waiting.front());
                m_queue.waiting.pop_front();
                lock.unlock();
                task();
            } // what the task captured is released before the lock is taken again
            lock.lock();
            ++m_queue.ran;
            m_queue.changed.notify_all();
        }
    }

    // Constant after construction.
    const std::size_t m_width;
    std::vector<std::thread> m_threads;
    // Guarded by m_mutex.
    std::mutex m_mutex;
    std::condition_variable m_batchAdded;
    std::condition_variable m_taskPosted;
    std::deque<Batch*> m_batches; // those with unclaimed tasks, oldest first; not owned
    PostQueue m_queue;
    bool m_stopping = false;
};

} // namespace

std::unique_ptr<Executor> makeInlineExecutor() { return std::make_unique<InlineExecutor>(); }

std::unique_ptr<Executor> makeThreadExecutor(std::size_t width) { return std::make_unique<ThreadExecutor>(width); }

} // namespace carma
