// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "interrupt.h"

#include "terminal.h"

#include <array>
#include <csignal>
#include <pthread.h>
#include <string_view>
#include <unistd.h>

namespace carma::cli {

namespace {

constexpr int kWakeUp = SIGUSR1; // ends the waiting thread

/// A signal that the parent had ignored (nohup, a job in the background) stays ignored.
bool isIgnored(int signal)
{
    struct sigaction action {};
    return sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

void waitForSignals(sigset_t signals, const std::stop_source& source)
{
    while (true) {
        int signal = 0;
        if (sigwait(&signals, &signal) != 0 || signal == kWakeUp) {
            return;
        }
        if (!source.request_stop()) {
            restoreTerminal();
            constexpr std::string_view kMessage = "\ncarma: ended at once; what was acknowledged is in the store\n";
            [[maybe_unused]] const auto ignored = ::write(STDERR_FILENO, kMessage.data(), kMessage.size());
            ::_exit(128 + signal);
        }
    }
}

} // namespace

Interrupt::Interrupt()
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, kWakeUp);
    for (const int signal : std::array{SIGINT, SIGTERM, SIGHUP}) {
        if (!isIgnored(signal)) {
            sigaddset(&signals, signal);
        }
    }
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    m_thread = std::thread(waitForSignals, signals, m_source);
}

Interrupt::~Interrupt()
{
    pthread_kill(m_thread.native_handle(), kWakeUp);
    m_thread.join();
}

} // namespace carma::cli
