// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace carma {

/// Time, injected. Thread-safe.
class Clock {
public:
    virtual ~Clock() = default;
    /// Microseconds since 1970-01-01 UTC. A label for people; never used for order.
    [[nodiscard]] virtual std::int64_t wallTimeUs() = 0;
    /// Microseconds that never run backwards, for schedules and rates.
    [[nodiscard]] virtual std::int64_t monotonicUs() = 0;
};

/// The machine's clocks. Static storage, thread-safe.
Clock& systemClock();

} // namespace carma
