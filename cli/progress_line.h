// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "printer.h"

#include <carma/progress.h>

#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>

namespace carma::cli {

/// What one line says: phase, count, rate and the time that is left. Pure.
/// `seconds` have passed since the phase began at `doneBefore`.
std::string progressText(const Progress& progress, std::uint64_t doneBefore, double seconds);

/// How far the work has come, on stderr: one line that is redrawn at most ten times a second on a terminal, else (if
/// forced) a plain line every two seconds. `report` may be called from any thread at any rate.
class ProgressLine final : public StderrGuest {
public:
    struct Options {
        bool forced = false; ///< --progress: also where stderr is no terminal
        bool quiet = false;
    };
    explicit ProgressLine(const Options& options);
    ~ProgressLine() override;
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    void report(const Progress& progress);
    void makeRoom() override; ///< clears the line; the next report draws it again
    [[nodiscard]] bool enabled() const { return m_enabled; }

private:
    using TimePoint = std::chrono::steady_clock::time_point;
    void clearLocked();
    [[nodiscard]] std::size_t width() const;

    bool m_terminal = false;
    bool m_enabled = false;
    // Guarded by m_mutex.
    std::mutex m_mutex;
    std::string m_phase;
    std::uint64_t m_doneBefore = 0;
    TimePoint m_phaseStart;
    std::optional<TimePoint> m_drawn;
    bool m_lineIsThere = false;
};

} // namespace carma::cli
