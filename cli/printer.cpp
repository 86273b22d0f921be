// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "printer.h"

#include "text.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fmt/format.h>
#include <langinfo.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace carma::cli {

namespace {

constexpr std::size_t kBufferBytes = 1U << 16U;
constexpr std::size_t kWidthDefault = 100; // files and pipes have no width; a page of text is read best at about this one
constexpr std::size_t kWidthMin = 40;

std::size_t terminalWidth()
{
    winsize size{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col != 0) {
        return std::max<std::size_t>(size.ws_col, kWidthMin);
    }
    return kWidthDefault;
}

/// 0, or the errno of a failed write.
int writeAll(int file, std::string_view text)
{
    while (!text.empty()) {
        const ssize_t written = ::write(file, text.data(), text.size());
        if (written >= 0) {
            text.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno == EAGAIN) {
            pollfd ready{file, POLLOUT, 0};
            ::poll(&ready, 1, -1);
        } else if (errno != EINTR) {
            return errno;
        }
    }
    return 0;
}

bool colorWanted(ColorMode mode, bool terminal)
{
    if (mode != ColorMode::Auto) {
        return mode == ColorMode::Always;
    }
    const char* noColor = std::getenv("NO_COLOR"); // any value but an empty one: https://no-color.org
    const char* term = std::getenv("TERM");
    return terminal && (noColor == nullptr || *noColor == '\0') && term != nullptr && std::strcmp(term, "dumb") != 0;
}

} // namespace

Printer::Printer(const PrinterOptions& options)
    : m_options(options), m_stdoutIsTerminal(::isatty(STDOUT_FILENO) == 1),
      m_color(!options.json && colorWanted(options.color, m_stdoutIsTerminal)), m_utf8(std::strcmp(::nl_langinfo(CODESET), "UTF-8") == 0),
      m_width(terminalWidth())
{
}

Printer::~Printer() { finish(); }

void Printer::line(std::string_view text)
{
    if (!m_options.json) {
        put(text);
        put("\n");
    }
}

void Printer::extra(std::string_view text)
{
    if (!m_options.quiet) {
        line(text);
    }
}

void Printer::document(const Json& document)
{
    if (m_options.json) {
        // Paths may hold any bytes; JSON is UTF-8, so what is not becomes U+FFFD.
        put(document.dump(2, ' ', false, Json::error_handler_t::replace));
        put("\n");
    }
}

void Printer::raw(std::string_view bytes) { put(bytes); }

std::string Printer::storedText(std::string_view text) const { return m_stdoutIsTerminal ? escapeBlock(text) : std::string(text); }

void Printer::note(std::string_view text)
{
    if (!m_options.quiet) {
        warning(text);
    }
}

void Printer::warning(std::string_view text) { toStderr(fmt::format("carma: {}\n", escapeBlock(text))); }

void Printer::error(std::string_view code, std::string_view message, int exitCode)
{
    if (m_options.json) {
        const Json object{{"error", {{"code", code}, {"message", message}, {"exit", exitCode}}}};
        toStderr(object.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
    } else {
        toStderr(fmt::format("carma: {}\n", escapeBlock(message)));
    }
}

bool Printer::finish()
{
    flush();
    if (m_outputError != 0) {
        toStderr(fmt::format("carma: standard output could not be written: {}\n", std::strerror(m_outputError)));
        m_outputError = 0;
        m_closed = true;
        return false;
    }
    return true;
}

std::string Printer::styled(std::string_view code, std::string_view text) const
{
    return m_color ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
}

void Printer::put(std::string_view text)
{
    m_buffer += text;
    if (m_buffer.size() >= kBufferBytes) {
        flush();
    }
}

void Printer::flush()
{
    if (!m_buffer.empty() && !m_closed && m_outputError == 0) {
        if (m_guest != nullptr && m_stdoutIsTerminal) {
            m_guest->makeRoom();
        }
        const int failure = writeAll(STDOUT_FILENO, m_buffer);
        m_closed = failure == EPIPE;
        m_outputError = m_closed ? 0 : failure;
    }
    m_buffer.clear();
}

void Printer::toStderr(std::string_view text)
{
    const std::lock_guard lock(m_stderrMutex);
    if (m_guest != nullptr) {
        m_guest->makeRoom();
    }
    writeAll(STDERR_FILENO, text); // there is nowhere left to tell of a failure
}

} // namespace carma::cli
