// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "graph/force_layout.h"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

namespace carma::gui {

/// A ForceLayout on a thread of its own, which sleeps while nothing moves. Functions return at once and may be called from one thread;
/// the destructor waits for a few thousand bodies at most.
class LayoutRunner {
public:
    struct Place {
        float x = 0, y = 0;
    };

    explicit LayoutRunner(std::uint64_t seed = 1);
    ~LayoutRunner();
    LayoutRunner(const LayoutRunner&) = delete;
    LayoutRunner& operator=(const LayoutRunner&) = delete;

    void add(std::vector<double> radii); ///< numbered on from those before
    void connect(std::vector<Spring> springs);
    void pin(std::uint32_t body, double x, double y);
    void unpin(std::uint32_t body);
    void resize(std::uint32_t body, double radius);
    /// Forgets all bodies; places of the time before are not given any more.
    void clear();
    void pause(bool paused);
    [[nodiscard]] bool isPaused() const { return m_paused; }

    /// The places of all bodies that have one, if they changed since the last call. A few times a second is enough.
    [[nodiscard]] std::optional<std::vector<Place>> changedPlaces();
    /// Nothing moves, and nothing waits to be added.
    [[nodiscard]] bool isAtRest();

private:
    using Change = std::function<void(ForceLayout&)>;
    void change(Change change);
    void work(const std::stop_token& stop);
    void publish();

    ForceLayout m_layout; ///< the thread's
    bool m_paused = false;
    std::mutex m_mutex; ///< guards what follows
    std::condition_variable_any m_wake;
    std::vector<Change> m_changes;
    std::vector<Place> m_places;
    bool m_hold = false;
    bool m_isNew = false;
    bool m_atRest = true;
    std::jthread m_thread; ///< last: ends before the rest goes
};

} // namespace carma::gui
