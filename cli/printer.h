// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "json.h"

#include <carma/error.h>

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>

namespace carma::cli {

enum class ColorMode { Auto, Always, Never };

struct PrinterOptions {
    bool json = false;
    bool quiet = false;
    ColorMode color = ColorMode::Auto;
};

/// Called before something is written to stderr, so that a progress line does not get mixed with it.
class StderrGuest {
public:
    virtual ~StderrGuest() = default;
    virtual void makeRoom() = 0;
};

/// The one way to the user. Results go to stdout: lines of text, or with --json exactly one document. Everything else
/// goes to stderr. Thread-safe for note, warning and error; the rest belongs to the main thread.
class Printer {
public:
    explicit Printer(const PrinterOptions& options);
    ~Printer();
    Printer(const Printer&) = delete;
    Printer& operator=(const Printer&) = delete;

    [[nodiscard]] bool json() const { return m_options.json; }
    [[nodiscard]] bool quiet() const { return m_options.quiet; }
    [[nodiscard]] bool stdoutIsTerminal() const { return m_stdoutIsTerminal; }
    [[nodiscard]] bool utf8() const { return m_utf8; }          ///< the locale can show box characters
    [[nodiscard]] std::size_t width() const { return m_width; } ///< columns of the terminal, 40 or more

    /// A line of the result. Nothing is written with --json.
    void line(std::string_view text = {});
    /// A line that --quiet leaves out.
    void extra(std::string_view text);
    /// The result as a JSON document. Nothing is written without --json.
    void document(const Json& document);
    /// Bytes as they are.
    void raw(std::string_view bytes);
    /// Text of the store: as it is into a file or pipe, escaped to a terminal.
    [[nodiscard]] std::string storedText(std::string_view text) const;

    void note(std::string_view text);    ///< "carma: text" on stderr unless --quiet
    void warning(std::string_view text); ///< the same, also with --quiet
    void error(std::string_view code, std::string_view message, int exitCode);
    void setGuest(StderrGuest* guest) { m_guest = guest; } ///< not owned; null for none

    // Colours: the text between its escape sequences, or the text alone where colour is off.
    [[nodiscard]] std::string bold(std::string_view text) const { return styled("1", text); }
    [[nodiscard]] std::string dim(std::string_view text) const { return styled("2", text); }
    [[nodiscard]] std::string good(std::string_view text) const { return styled("32", text); }
    [[nodiscard]] std::string caution(std::string_view text) const { return styled("33", text); }
    [[nodiscard]] std::string bad(std::string_view text) const { return styled("31", text); }

    /// Writes what is buffered, for commands that go on for long.
    void flush();
    /// The same at the end. False if stdout refused some of it for another reason than a reader that went away.
    bool finish();

private:
    [[nodiscard]] std::string styled(std::string_view code, std::string_view text) const;
    void put(std::string_view text);
    void toStderr(std::string_view text);

    PrinterOptions m_options;
    bool m_stdoutIsTerminal = false;
    bool m_color = false;
    bool m_utf8 = false;
    std::size_t m_width = 0;
    StderrGuest* m_guest = nullptr;
    std::string m_buffer;
    bool m_closed = false; ///< the reader of stdout went away: the rest is dropped
    int m_outputError = 0; ///< errno of the first other failure
    std::mutex m_stderrMutex;
};

} // namespace carma::cli
