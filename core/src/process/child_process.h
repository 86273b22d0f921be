// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/bytes.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <sys/types.h>
#include <vector>

/// Programs of ours that do what must not harm this process: they are asked over a socket and may end at any time.
namespace carma::process {

/// When a conversation must be over: at a time, or once the caller asks to stop.
class Deadline {
public:
    Deadline(std::int64_t milliseconds, std::stop_token stop);
    [[nodiscard]] int leftMs() const;
    [[nodiscard]] bool stopped() const { return m_stop.stop_requested(); }

private:
    std::int64_t m_endMs; ///< of the monotonic clock
    std::stop_token m_stop;
};

/// A deadline that passed, a process that hung up, or a caller who wants to stop.
enum class Failure : std::uint8_t { Late, Gone, Stopped };

struct Launch {
    std::string program;
    std::vector<std::string> arguments;     ///< without the program's name; visible to other users, so never a secret
    int inherited = -1;                     ///< a descriptor that it gets as kInheritedDescriptor; it gets no other one of ours
    std::vector<std::string> environment{}; ///< NAME=VALUE, beside LC_ALL=C
};

/// Where Launch::inherited is in the program.
inline constexpr int kInheritedDescriptor = 3;

/// A program of ours: $`variable` if that is set (empty if it names nothing usable: a wrong setting must not be hidden), beside
/// the running program, or in ../libexec/carma of it. Empty if nowhere.
std::string findProgram(const char* variable, const char* name);

/// A running program. Its standard input and output are the two ends of one socket pair, so that writing to a process that is
/// gone is an error and no signal; it is in a process group of its own, has an environment of LC_ALL=C and what the launch names, and
/// no descriptors but the standard ones and the inherited one. Killed with its object. Not thread-safe.
class ChildProcess {
public:
    /// Null if it cannot be started.
    static std::unique_ptr<ChildProcess> start(const Launch& launch);

    ChildProcess(pid_t child, int socket) : m_child(child), m_socket(socket) {}
    ~ChildProcess() { end(false); }
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    /// All of `bytes` or why not.
    [[nodiscard]] std::optional<Failure> write(ByteView bytes, const Deadline& deadline) const;
    [[nodiscard]] std::optional<Failure> read(ByteSpan bytes, const Deadline& deadline) const;

    /// Sees to it that it has ended; its exit status, as waitpid tells it. A process that hung up is about to end by itself: its
    /// status tells why, and a signal from here would hide it, unless `now` asks for that.
    int end(bool now);

    [[nodiscard]] pid_t id() const { return m_child; } ///< negative once it has ended

private:
    [[nodiscard]] std::optional<Failure> wait(short events, const Deadline& deadline) const;

    pid_t m_child;
    int m_socket;
    int m_status = 0;
};

} // namespace carma::process
