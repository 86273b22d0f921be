// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ingest/parser_process.h"

#include "base/byte_io.h"
#include "ingest/text_check.h"

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
#include <optional>
#include <system_error>
#include <utility>

namespace carma::ingest {

namespace {

constexpr std::size_t kMessageBytesMax = 1000;

Error unsound() { return {ErrorCode::Internal, "its parser answered with nonsense"}; }

/// Why the process is gone.
Error endOf(int status)
{
    if (WIFSIGNALED(status)) {
        switch (WTERMSIG(status)) {
        case SIGPROF:
        case SIGXCPU: return {ErrorCode::LimitExceeded, "takes its parser longer than the limit on computing time"};
        case SIGKILL: return {ErrorCode::LimitExceeded, "had its parser killed by the system, most likely for want of memory"};
        default: return {ErrorCode::InvalidArgument, "makes its parser crash (signal " + std::to_string(WTERMSIG(status)) + ")"};
        }
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == kParserOutOfMemory) {
        return {ErrorCode::LimitExceeded, "needs more memory than its parser may have"};
    }
    return {ErrorCode::Internal, "made its parser end with status " + std::to_string(WIFEXITED(status) ? WEXITSTATUS(status) : status)};
}

class Deadline {
public:
    Deadline(std::int64_t milliseconds, std::stop_token stop)
        : m_end(std::chrono::steady_clock::now() + std::chrono::milliseconds(milliseconds)), m_stop(std::move(stop))
    {
    }
    [[nodiscard]] int leftMs() const
    {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(m_end - std::chrono::steady_clock::now()).count();
        return static_cast<int>(std::clamp<std::int64_t>(left, 0, 1'000'000));
    }

    [[nodiscard]] bool stopped() const { return m_stop.stop_requested(); }

private:
    std::chrono::steady_clock::time_point m_end;
    std::stop_token m_stop;
};

/// A deadline that passed, a process that hung up, or a caller who wants to stop.
enum class Failure { Late, Gone, Stopped };

} // namespace

/// One running carma-parse. Its standard input and output are the two ends of one socket pair, so that writing to a
/// process that is gone is an error and no signal.
class ParserPool::Process {
public:
    static std::unique_ptr<Process> start(const std::string& program, const ParserLimits& limits)
    {
        std::array<int, 2> ends{};
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
            return nullptr;
        }
        posix_spawn_file_actions_t actions;
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDIN_FILENO);
        ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
        ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
        posix_spawnattr_t attributes;
        ::posix_spawnattr_init(&attributes);
        sigset_t none;
        ::sigemptyset(&none);
        sigset_t all;
        ::sigfillset(&all);
        ::posix_spawnattr_setsigmask(&attributes, &none);
        ::posix_spawnattr_setsigdefault(&attributes, &all);
        ::posix_spawnattr_setpgroup(&attributes, 0); // Ctrl+C is for the one who uses it
        ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
        std::string name = program;
        std::string address = std::to_string(limits.addressBytes);
        std::string cpu = std::to_string(limits.cpuMs);
        std::array<char*, 4> arguments{name.data(), address.data(), cpu.data(), nullptr};
        std::string locale = "LC_ALL=C";
        std::array<char*, 2> environment{locale.data(), nullptr};
        pid_t child = -1;
        const int failed = ::posix_spawn(&child, program.c_str(), &actions, &attributes, arguments.data(), environment.data());
        ::posix_spawn_file_actions_destroy(&actions);
        ::posix_spawnattr_destroy(&attributes);
        ::close(ends[1]);
        if (failed != 0) {
            ::close(ends[0]);
            return nullptr;
        }
        ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
        return std::make_unique<Process>(child, ends[0]);
    }

    Process(pid_t child, int socket) : m_child(child), m_socket(socket) {}
    ~Process() { end(false); }
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    /// The answer; `usable` tells whether the process can be asked again.
    Result<Extracted> ask(const ParserInput& input, const ParserLimits& limits, bool& usable)
    {
        usable = false;
        const Deadline deadline(limits.wallMs, input.stop);
        const std::string_view name = input.name.substr(input.name.size() - std::min(input.name.size(), kParserNameBytesMax));
        Bytes head;
        ByteWriter writer(head);
        writer.number(kParserMagic);
        writer.number(static_cast<std::uint32_t>(name.size()));
        writer.number(static_cast<std::uint64_t>(input.bytes.size()));
        writer.raw(asBytes(name));
        std::array<std::byte, kFrameHeadBytes> answer{};
        std::optional<Failure> failure = write(head, deadline);
        failure = failure ? failure : write(input.bytes, deadline);
        failure = failure ? failure : read(answer, deadline);
        if (failure) {
            return failed(*failure);
        }
        ByteReader reader(answer);
        const auto magic = reader.number<std::uint32_t>();
        const auto code = reader.number<std::uint32_t>();
        const auto size = reader.number<std::uint64_t>();
        if (magic != kParserMagic || code > static_cast<std::uint32_t>(ErrorCode::Internal) + 1 ||
            size > (code == 0 ? kPayloadBytesMax : kMessageBytesMax)) {
            return unsound();
        }
        Bytes payload(size);
        if (failure = read(payload, deadline); failure) {
            return failed(*failure);
        }
        ++m_files;
        if (code == 0) {
            auto found = decodeExtracted(payload);
            usable = found.has_value() && m_files < kFilesMax;
            return found;
        }
        const std::string_view message = asText(payload);
        if (validUtf8Prefix(message) != message.size()) {
            return unsound();
        }
        usable = m_files < kFilesMax;
        return Error{static_cast<ErrorCode>(code - 1), oneLine(message, kMessageBytesMax)};
    }

private:
    Error failed(Failure failure)
    {
        const int status = end(failure != Failure::Gone);
        if (failure == Failure::Stopped) {
            return {ErrorCode::Cancelled, "was not read to its end"};
        }
        return failure == Failure::Late ? Error{ErrorCode::LimitExceeded, "takes its parser longer than the limit on time"} : endOf(status);
    }

    /// Sees to it that it has ended; its exit status. A process that hung up is about to end by itself: its status
    /// tells why, and a signal from here would hide it.
    int end(bool now)
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

    std::optional<Failure> wait(short events, const Deadline& deadline) const
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

    std::optional<Failure> write(ByteView bytes, const Deadline& deadline) const
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

    std::optional<Failure> read(ByteSpan bytes, const Deadline& deadline) const
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

    pid_t m_child;
    int m_socket;
    int m_status = 0;
    int m_files = 0;
};

std::string findParserProgram()
{
    namespace fs = std::filesystem;
    std::error_code error;
    const auto usable = [&error](const fs::path& path) { return fs::is_regular_file(path, error) && ::access(path.c_str(), X_OK) == 0; };
    if (const char* const named = std::getenv("CARMA_PARSER"); named != nullptr && *named != '\0') {
        return usable(named) ? std::string(named) : std::string(); // a wrong setting must not be hidden
    }
    const fs::path program = fs::read_symlink("/proc/self/exe", error);
    for (const fs::path& path :
        {program.parent_path() / "carma-parse", program.parent_path().parent_path() / "libexec" / "carma" / "carma-parse"}) {
        if (!program.empty() && usable(path)) {
            return path.string();
        }
    }
    return {};
}

ParserPool::ParserPool(std::string program, const ParserLimits& limits) : m_program(std::move(program)), m_limits(limits) {}

ParserPool::~ParserPool() = default;

std::unique_ptr<ParserPool::Process> ParserPool::take()
{
    const std::lock_guard guard(m_mutex);
    if (m_idle.empty()) {
        return nullptr;
    }
    std::unique_ptr<Process> process = std::move(m_idle.back());
    m_idle.pop_back();
    return process;
}

Result<Extracted> ParserPool::extract(const ParserInput& input)
{
    if (m_program.empty()) {
        return {ErrorCode::Unsupported, "is read by the program carma-parse, which is not installed beside this one"};
    }
    std::unique_ptr<Process> process = take();
    process = process ? std::move(process) : Process::start(m_program, m_limits);
    if (!process) {
        return {ErrorCode::Unsupported, "is read by the program carma-parse, which cannot be started"};
    }
    bool usable = false;
    auto found = process->ask(input, m_limits, usable);
    if (usable) {
        const std::lock_guard guard(m_mutex);
        m_idle.push_back(std::move(process));
    }
    return found;
}

} // namespace carma::ingest
