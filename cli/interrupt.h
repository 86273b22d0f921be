// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stop_token>
#include <thread>

namespace carma::cli {

/// Ctrl+C, SIGTERM and SIGHUP. The first asks the work to stop at its next safe point; the second ends the program at
/// once with 128 + the signal's number, after the terminal has been restored.
/// REQUIRES: made before any other thread, since it blocks the signals and waits for them in a thread of its own.
class Interrupt {
public:
    Interrupt();
    ~Interrupt();
    Interrupt(const Interrupt&) = delete;
    Interrupt& operator=(const Interrupt&) = delete;

    [[nodiscard]] std::stop_token token() const { return m_source.get_token(); }
    [[nodiscard]] bool requested() const { return m_source.stop_requested(); }

private:
    std::stop_source m_source;
    std::thread m_thread;
};

} // namespace carma::cli
