// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "process/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

namespace carma::process {

namespace {

std::int64_t nowMs()
{
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// What posix_spawn is told about descriptors and signals.
class SpawnPlan {
public:
    SpawnPlan(int socket, int inherited)
    {
        ::posix_spawn_file_actions_init(&m_actions);
        ::posix_spawn_file_actions_adddup2(&m_actions, socket, STDIN_FILENO);
        ::posix_spawn_file_actions_adddup2(&m_actions, socket, STDOUT_FILENO);
        ::posix_spawn_file_actions_addopen(&m_actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
        if (inherited >= 0) {
            ::posix_spawn_file_actions_adddup2(&m_actions, inherited, kInheritedDescriptor);
        }
        ::posix_spawnattr_init(&m_attributes);
        sigset_t none;
        ::sigemptyset(&none);
        sigset_t all;
        ::sigfillset(&all);
        ::posix_spawnattr_setsigmask(&m_attributes, &none);
        ::posix_spawnattr_setsigdefault(&m_attributes, &all);
        ::posix_spawnattr_setpgroup(&m_attributes, 0); // Ctrl+C is for the one who uses it
        ::posix_spawnattr_setflags(&m_attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    }
    ~SpawnPlan()
    {
        ::posix_spawn_file_actions_destroy(&m_actions);
        ::posix_spawnattr_destroy(&m_attributes);
    }
    SpawnPlan(const SpawnPlan&) = delete;
    SpawnPlan& operator=(const SpawnPlan&) = delete;

    /// The process, or a negative number.
    [[nodiscard]] pid_t spawn(const std::string& program, char* const* arguments, char* const* environment) const
    {
        pid_t child = -1;
        return ::posix_spawn(&child, program.c_str(), &m_actions, &m_attributes, arguments, environment) == 0 ? child : -1;
    }

private:
    posix_spawn_file_actions_t m_actions{};
    posix_spawnattr_t m_attributes{};
};

} // namespace

Deadline::Deadline(std::int64_t milliseconds, std::stop_token stop) : m_endMs(nowMs() + milliseconds), m_stop(std::move(stop)) {}

int Deadline::leftMs() const { return static_cast<int>(std::clamp<std::int64_t>(m_endMs - nowMs(), 0, 1'000'000)); }

std::string findProgram(const char* variable, const char* name)
{
    namespace fs = std::filesystem;
    std::error_code error;
    const auto usable = [&error](const fs::path& path) { return fs::is_regular_file(path, error) && ::access(path.c_str(), X_OK) == 0; };
    if (const char* const named = std::getenv(variable); named != nullptr && *named != '\0') {
        return usable(named) ? std::string(named) : std::string();
    }
    const fs::path program = fs::read_symlink("/proc/self/exe", error);
    for (const fs::path& path : {program.parent_path() / name, program.parent_path().parent_path() / "libexec" / "carma" / name}) {
        if (!program.empty() && usable(path)) {
            return path.string();
        }
    }
    return {};
}

std::unique_ptr<ChildProcess> ChildProcess::start(const Launch& launch)
{
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
        return nullptr;
    }
    // dup2 of a descriptor to itself would leave it close-on-exec, so that none of ours may have the inherited one's number.
    const int socket = ::fcntl(ends[1], F_DUPFD_CLOEXEC, kInheritedDescriptor + 1);
    const int inherited = launch.inherited < 0 ? -1 : ::fcntl(launch.inherited, F_DUPFD_CLOEXEC, kInheritedDescriptor + 1);
    std::string program = launch.program;
    std::vector<std::string> words = launch.arguments;
    std::vector<char*> arguments{program.data()};
    for (std::string& word : words) {
        arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    std::vector<std::string> variables = launch.environment;
    variables.emplace_back("LC_ALL=C");
    std::vector<char*> environment;
    for (std::string& variable : variables) {
        environment.push_back(variable.data());
    }
    environment.push_back(nullptr);
    const bool ready = socket >= 0 && (launch.inherited < 0 || inherited >= 0);
    const pid_t child = ready ? SpawnPlan(socket, inherited).spawn(launch.program, arguments.data(), environment.data()) : -1;
    for (const int descriptor : {socket, inherited, ends[1]}) {
        if (descriptor >= 0) {
            ::close(descriptor);
        }
    }
    if (child < 0) {
        ::close(ends[0]);
        return nullptr;
    }
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
    return std::make_unique<ChildProcess>(child, ends[0]);
}

int ChildProcess::end(bool now)
{
    if (m_child < 0) {
        return m_status;
    }
    ::close(m_socket);
    for (int left = now ? 0 : 100; ::waitpid(m_child, &m_status, WNOHANG) == 0; --left) {
        if (left <= 0) {
            ::kill(m_child, SIGKILL);
            while (::waitpid(m_child, &m_status, 0) < 0 && errno == EINTR) {
            }
            break;
        }
        ::poll(nullptr, 0, 2);
    }
    m_child = -1;
    return m_status;
}

std::optional<Failure> ChildProcess::wait(short events, const Deadline& deadline) const
{
    while (true) {
        constexpr int kStopMs = 100; // how long a wish to stop may wait
        pollfd one{m_socket, events, 0};
        const int left = deadline.leftMs();
        if (deadline.stopped() || left == 0) {
            return deadline.stopped() ? Failure::Stopped : Failure::Late;
        }
        const int ready = ::poll(&one, 1, std::min(left, kStopMs));
        if (ready > 0) {
            return std::nullopt;
        }
        if (ready < 0 && errno != EINTR) {
            return Failure::Gone;
        }
    }
}

std::optional<Failure> ChildProcess::write(ByteView bytes, const Deadline& deadline) const
{
    while (!bytes.empty()) {
        if (const auto failure = wait(POLLOUT, deadline)) {
            return failure;
        }
        const ssize_t count = ::send(m_socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count < 0 && errno != EINTR && errno != EAGAIN) {
            return Failure::Gone;
        }
        bytes = bytes.subspan(count > 0 ? static_cast<std::size_t>(count) : 0);
    }
    return std::nullopt;
}

std::optional<Failure> ChildProcess::read(ByteSpan bytes, const Deadline& deadline) const
{
    while (!bytes.empty()) {
        if (const auto failure = wait(POLLIN, deadline)) {
            return failure;
        }
        const ssize_t count = ::recv(m_socket, bytes.data(), bytes.size(), 0);
        if (count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN)) {
            return Failure::Gone;
        }
        bytes = bytes.subspan(count > 0 ? static_cast<std::size_t>(count) : 0);
    }
    return std::nullopt;
}

} // namespace carma::process
