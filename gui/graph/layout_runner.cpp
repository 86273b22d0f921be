// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph/layout_runner.h"

#include <chrono>
#include <utility>

namespace carma::gui {

namespace {
constexpr std::chrono::milliseconds kPublishEvery{80};
}

LayoutRunner::LayoutRunner(std::uint64_t seed) : m_layout(seed), m_thread([this](const std::stop_token& stop) { work(stop); }) {}

LayoutRunner::~LayoutRunner() { m_thread.request_stop(); }

void LayoutRunner::change(Change change)
{
    const std::lock_guard lock(m_mutex);
    m_changes.push_back(std::move(change));
    m_atRest = false;
    m_wake.notify_one();
}

void LayoutRunner::add(std::vector<double> radii)
{
    change([radii = std::move(radii)](ForceLayout& layout) {
        for (const double radius : radii) {
            layout.add(radius);
        }
    });
}

void LayoutRunner::connect(std::vector<Spring> springs)
{
    change([springs = std::move(springs)](ForceLayout& layout) {
        for (const Spring& spring : springs) {
            layout.connect(spring);
        }
    });
}

void LayoutRunner::pin(std::uint32_t body, double x, double y)
{
    change([=](ForceLayout& layout) { layout.pin(body, x, y); });
}

void LayoutRunner::unpin(std::uint32_t body)
{
    change([=](ForceLayout& layout) { layout.unpin(body); });
}

void LayoutRunner::resize(std::uint32_t body, double radius)
{
    change([=](ForceLayout& layout) { layout.resize(body, radius); });
}

void LayoutRunner::clear()
{
    const std::lock_guard lock(m_mutex);
    m_changes.clear();
    m_changes.emplace_back([](ForceLayout& layout) { layout.clear(); });
    m_places.clear();
    m_isNew = false;
    m_atRest = false;
    m_wake.notify_one();
}

void LayoutRunner::pause(bool paused)
{
    m_paused = paused;
    const std::lock_guard lock(m_mutex);
    m_hold = paused;
    m_wake.notify_one();
}

std::optional<std::vector<LayoutRunner::Place>> LayoutRunner::changedPlaces()
{
    const std::lock_guard lock(m_mutex);
    if (!std::exchange(m_isNew, false)) {
        return std::nullopt;
    }
    return m_places;
}

bool LayoutRunner::isAtRest()
{
    const std::lock_guard lock(m_mutex);
    return m_atRest;
}

/// What was cleared meanwhile is not shown.
void LayoutRunner::publish()
{
    std::vector<Place> places;
    places.reserve(m_layout.bodies().size());
    for (const Body& body : m_layout.bodies()) {
        places.push_back({static_cast<float>(body.x), static_cast<float>(body.y)});
    }
    const std::lock_guard lock(m_mutex);
    if (m_changes.empty()) {
        m_places = std::move(places);
        m_isNew = true;
        m_atRest = m_layout.isSettled();
    }
}

void LayoutRunner::work(const std::stop_token& stop)
{
    auto published = std::chrono::steady_clock::now() - kPublishEvery;
    while (!stop.stop_requested()) {
        std::vector<Change> changes;
        bool hold = false;
        {
            std::unique_lock lock(m_mutex);
            m_wake.wait(lock, stop, [this] { return !m_changes.empty() || (!m_hold && !m_layout.isSettled()); });
            changes.swap(m_changes);
            hold = m_hold;
        }
        for (const Change& each : changes) {
            each(m_layout);
        }
        if (!changes.empty()) {
            publish(); // where they begin
        }
        if (!hold && !m_layout.isSettled() && !m_layout.step([&stop] { return stop.stop_requested(); })) {
            return;
        }
        const auto now = std::chrono::steady_clock::now();
        if (now - published >= kPublishEvery || m_layout.isSettled()) {
            publish();
            published = now;
        }
    }
}

} // namespace carma::gui
