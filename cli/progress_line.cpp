// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "progress_line.h"

#include "text.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace carma::cli {

namespace {

using namespace std::chrono_literals;

constexpr auto kRedraw = 100ms;
constexpr auto kPlainLine = 2s;
constexpr double kRateFrom = 0.5; // seconds: before that a rate is noise

std::string amount(std::uint64_t number, const std::string& unit, bool withUnit)
{
    if (unit == "bytes") {
        return humanBytes(number);
    }
    return withUnit ? fmt::format("{} {}", grouped(number), unit) : grouped(number);
}

void toStderr(std::string_view text) { [[maybe_unused]] const auto ignored = ::write(STDERR_FILENO, text.data(), text.size()); }

} // namespace

std::string progressText(const Progress& progress, std::uint64_t doneBefore, double seconds)
{
    std::string text = progress.phase + ": ";
    if (progress.total != 0) {
        const double share = 100.0 * static_cast<double>(progress.done) / static_cast<double>(progress.total);
        text += fmt::format(
            "{:.0f} %, {} of {}", share, amount(progress.done, progress.unit, false), amount(progress.total, progress.unit, true));
    } else {
        text += amount(progress.done, progress.unit, true);
    }
    if (seconds < kRateFrom || progress.done <= doneBefore) {
        return text;
    }
    const double rate = static_cast<double>(progress.done - doneBefore) / seconds;
    text += fmt::format(", {}/s", amount(static_cast<std::uint64_t>(rate), progress.unit, true));
    text += progress.detail.empty() ? "" : ", " + progress.detail;
    if (progress.total > progress.done) {
        const double left = static_cast<double>(progress.total - progress.done) / rate;
        text += fmt::format(", {} left", left < 1.0 ? "under 1 s" : humanDuration(static_cast<std::int64_t>(left * 1e6)));
    }
    return text;
}

ProgressLine::ProgressLine(const Options& options)
    : m_terminal(::isatty(STDERR_FILENO) == 1), m_enabled(options.forced || (m_terminal && !options.quiet))
{
}

ProgressLine::~ProgressLine() { makeRoom(); }

void ProgressLine::report(const Progress& progress)
{
    if (!m_enabled) {
        return;
    }
    const std::lock_guard lock(m_mutex);
    const TimePoint now = std::chrono::steady_clock::now();
    if (m_phase != progress.phase) {
        m_phase = progress.phase;
        m_phaseStart = now;
        m_doneBefore = progress.done;
    }
    const auto pause = m_terminal ? std::chrono::milliseconds(kRedraw) : std::chrono::milliseconds(kPlainLine);
    if (m_drawn && now - *m_drawn < pause) {
        return;
    }
    m_drawn = now;
    const double seconds = std::chrono::duration<double>(now - m_phaseStart).count();
    const std::string text = escapeLine(progressText(progress, m_doneBefore, seconds));
    if (m_terminal) {
        toStderr(fmt::format("\r\x1b[K{}", cut(text, width())));
        m_lineIsThere = true;
    } else {
        toStderr(text + "\n");
    }
}

void ProgressLine::makeRoom()
{
    const std::lock_guard lock(m_mutex);
    clearLocked();
}

void ProgressLine::clearLocked()
{
    if (m_lineIsThere) {
        toStderr("\r\x1b[K");
        m_lineIsThere = false;
    }
}

std::size_t ProgressLine::width() const
{
    winsize size{};
    // The last column stays free: some terminals wrap as soon as it is written.
    return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col - 1U : 79U;
}

} // namespace carma::cli
