// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/clock.h>

#include <atomic>
#include <cstdint>

namespace carma::test {

/// Stands still until a test moves it. Thread-safe.
class ManualClock final : public Clock {
public:
    explicit ManualClock(std::int64_t wallTimeUs = 1'700'000'000'000'000) : m_wallTimeUs(wallTimeUs) {}

    [[nodiscard]] std::int64_t wallTimeUs() override { return m_wallTimeUs; }
    [[nodiscard]] std::int64_t monotonicUs() override { return m_monotonicUs; }

    /// Time passes: both clocks move on. REQUIRES: byUs >= 0
    void advance(std::int64_t byUs)
    {
        m_wallTimeUs += byUs;
        m_monotonicUs += byUs;
    }
    /// Somebody sets the wall clock, forwards or backwards; the monotonic one does not notice.
    void setWallTimeUs(std::int64_t wallTimeUs) { m_wallTimeUs = wallTimeUs; }

private:
    std::atomic<std::int64_t> m_wallTimeUs;
    std::atomic<std::int64_t> m_monotonicUs{0};
};

} // namespace carma::test
