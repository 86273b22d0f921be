// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "terminal.h"

#include "text.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <termios.h>
#include <unistd.h>

namespace carma::cli {

namespace {

constexpr std::size_t kSecretBytesMax = 64U << 10U; // far beyond any passphrase; keeps a mistaken path from filling memory
constexpr int kPollMs = 100;                        // how soon a wait for input sees that the work was stopped

// What restoreTerminal puts back. Written before the flag is raised, read only while it is up.
termios savedTerminal{};
int savedFile = -1;
std::atomic<bool> echoIsOff{false};

class File {
public:
    explicit File(int file) : m_file(file) {}
    ~File()
    {
        if (m_file > STDERR_FILENO) {
            ::close(m_file);
        }
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    [[nodiscard]] int get() const { return m_file; }

private:
    int m_file;
};

class EchoOff {
public:
    explicit EchoOff(int file)
    {
        if (::tcgetattr(file, &savedTerminal) == 0) {
            termios silent = savedTerminal;
            silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
            silent.c_lflag |= static_cast<tcflag_t>(ECHONL);
            savedFile = file;
            echoIsOff = true;
            ::tcsetattr(file, TCSAFLUSH, &silent);
        }
    }
    ~EchoOff() { restoreTerminal(); }
    EchoOff(const EchoOff&) = delete;
    EchoOff& operator=(const EchoOff&) = delete;
};

void say(int file, std::string_view text) { [[maybe_unused]] const auto ignored = ::write(file, text.data(), text.size()); }

/// Reads some bytes; 0 at the end of input. Looks at `stop` while it waits.
Result<std::size_t> readSome(int file, ByteSpan out, const std::stop_token& stop)
{
    while (true) {
        if (stop.stop_requested()) {
            return Error{ErrorCode::Cancelled, "stopped while waiting for input"};
        }
        pollfd ready{file, POLLIN, 0};
        if (::poll(&ready, 1, kPollMs) == 0) {
            continue;
        }
        const ssize_t got = ::read(file, out.data(), out.size());
        if (got >= 0) {
            return static_cast<std::size_t>(got);
        }
        if (errno != EINTR && errno != EAGAIN) {
            return Error{ErrorCode::Io, fmt::format("input cannot be read: {}", std::strerror(errno))};
        }
    }
}

/// Reads to the end of the first line. A byte more than the limit is an error.
Result<SecretBytes> readLine(int file, const std::stop_token& stop)
{
    SecretBytes buffer(kSecretBytesMax + 1);
    std::size_t used = 0;
    bool ended = false;
    while (!ended && used < buffer.size()) {
        // One byte at a time: what follows the line belongs to whoever reads standard input next.
        CARMA_TRY_ASSIGN(const std::size_t got, readSome(file, buffer.span().subspan(used, 1), stop));
        ended = got == 0 || buffer.view()[used] == std::byte{'\n'};
        used += ended ? 0 : 1;
    }
    if (used == buffer.size()) {
        return Error{ErrorCode::LimitExceeded, "a passphrase or code has at most 64 KiB"};
    }
    if (used != 0 && buffer.view()[used - 1] == std::byte{'\r'}) {
        --used;
    }
    return SecretBytes(buffer.view().first(used));
}

} // namespace

void forbidCoreDumps()
{
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

void openStandardFiles()
{
    for (const int file : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (::fcntl(file, F_GETFD) == -1 && errno == EBADF) {
            // The lowest free number is taken, which is `file` itself as those below it are open by now.
            [[maybe_unused]] const int opened = ::open("/dev/null", file == STDIN_FILENO ? O_WRONLY : O_RDONLY);
        }
    }
}

bool terminalIsThere()
{
    const File terminal(::open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC));
    return terminal.get() >= 0;
}

bool stdinIsTerminal() { return ::isatty(STDIN_FILENO) == 1; }

void restoreTerminal()
{
    if (echoIsOff.exchange(false)) {
        ::tcsetattr(savedFile, TCSANOW, &savedTerminal);
    }
}

Result<SecretBytes> askSecret(std::string_view prompt, const std::stop_token& stop)
{
    const File terminal(::open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC));
    if (terminal.get() < 0) {
        return Error{ErrorCode::InvalidArgument, "there is no terminal to ask on"};
    }
    const EchoOff silence(terminal.get());
    say(terminal.get(), prompt);
    CARMA_TRY_ASSIGN(SecretBytes answer, readLine(terminal.get(), stop));
    if (answer.empty()) {
        return Error{ErrorCode::InvalidArgument, "nothing was typed"};
    }
    return answer;
}

Result<SecretBytes> askNewSecret(std::string_view prompt, const std::stop_token& stop)
{
    constexpr int kTries = 3;
    for (int i = 0; i < kTries; ++i) {
        CARMA_TRY_ASSIGN(SecretBytes first, askSecret(fmt::format("{}: ", prompt), stop));
        CARMA_TRY_ASSIGN(const SecretBytes second, askSecret(fmt::format("{} again: ", prompt), stop));
        if (first.equals(second.view())) {
            return first;
        }
        say(STDERR_FILENO, "The two are not the same. Please try again.\n");
    }
    return Error{ErrorCode::InvalidArgument, "the passphrase was not typed twice the same way; nothing was changed"};
}

Result<bool> askYes(std::string_view question, const std::stop_token& stop) { return askWord(question, "yes", stop); }

Result<bool> askWord(std::string_view question, std::string_view word, const std::stop_token& stop)
{
    say(STDERR_FILENO, fmt::format("{} Type {} to go on: ", escapeBlock(question), escapeLine(word)));
    CARMA_TRY_ASSIGN(const SecretBytes answer, readLine(STDIN_FILENO, stop));
    return asText(answer.view()) == word;
}

Result<std::string> readStdin(std::uint64_t bytesMax, const std::stop_token& stop)
{
    std::string text;
    std::vector<std::byte> part(1U << 16U);
    while (true) {
        CARMA_TRY_ASSIGN(const std::size_t got, readSome(STDIN_FILENO, part, stop));
        if (got == 0) {
            return text;
        }
        if (text.size() + got > bytesMax) {
            return Error{ErrorCode::LimitExceeded, fmt::format("standard input holds more than {}", humanBytes(bytesMax))};
        }
        text += asText(ByteView(part).first(got));
    }
}

Result<SecretBytes> readSecretFile(const std::string& path, const std::stop_token& stop)
{
    const bool fromStdin = path == "-";
    const File file(fromStdin ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_NOCTTY | O_CLOEXEC));
    if (file.get() < 0) {
        const ErrorCode code = errno == ENOENT ? ErrorCode::NotFound : ErrorCode::Io;
        return Error{code, fmt::format("{} cannot be opened: {}", path, std::strerror(errno))};
    }
    auto secret = readLine(file.get(), stop);
    if (!secret) {
        return secret.error().within(fromStdin ? "standard input" : path);
    }
    if (secret->empty()) {
        return Error{ErrorCode::InvalidArgument, fmt::format("{} is empty", fromStdin ? "standard input" : path)};
    }
    return secret;
}

} // namespace carma::cli
