// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>

namespace carma {

/// Threads, injected: the simulation runs everything inline so that a seed replays exactly.
class Executor {
public:
    virtual ~Executor() = default;
    /// Runs all tasks, in parallel where there are threads, and returns when all have ended. Tasks must not throw.
    /// Several callers may run batches at once.
    virtual void runAll(std::span<const std::function<void()>> tasks) = 0;
    /// Queues `task` for later (inline: runs it now). Tasks posted are run in order, one at a time, and yield to runAll where the system
    /// has priorities for threads.
    virtual void post(std::function<void()> task) = 0;
    /// Returns when everything posted so far has run. Not callable from a posted task.
    virtual void drain() = 0;
    /// How many tasks runAll can run at once, the caller included.
    [[nodiscard]] virtual std::size_t width() const = 0;
};

/// Everything on the caller's thread.
std::unique_ptr<Executor> makeInlineExecutor();
/// `width` - 1 threads for runAll (the caller takes part) and one for post. width >= 1. From 2 on, runAll has two threads more, for tasks
/// that wait for a disk.
std::unique_ptr<Executor> makeThreadExecutor(std::size_t width);

} // namespace carma
