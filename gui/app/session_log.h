// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFile>
#include <QString>
#include <QStringList>

#include <mutex>

namespace carma::gui {

/// What the program did and what went wrong, for whoever is asked for help: a file beside the settings that nobody else can read, and a
/// part of the diagnostics. It names no text of the store, no question, no key and no place: `redacted` takes them out of what others say.
/// Functions may be called from any thread and return at once; a disk that refuses costs the line only.
class SessionLog {
public:
    static constexpr qsizetype kLinesMax = 400;        ///< told by lines()
    static constexpr qint64 kFileBytesMax = 256 << 10; ///< beyond, the older half of the file goes when the program starts

    /// Goes on in the file at `path`. What an earlier run wrote there comes first in lines().
    void openFile(const QString& path);
    /// One line: the time in UTC, `event` (words of the program's own), and `detail`, which is redacted.
    void note(const QString& event, const QString& detail = {});
    /// The same for an error that is told to the user. Returns its id, "7KQ2-3": that of the run and a number within it.
    QString error(const QString& what, const QString& why);
    [[nodiscard]] QStringList lines() const;
    [[nodiscard]] QString path() const;

private:
    void write(const QString& line);

    mutable std::mutex m_mutex; ///< guards the rest
    QFile m_file;
    QString m_path;
    QStringList m_lines;
    QString m_run; ///< empty before the first error or file
    unsigned m_errors = 0;
};

/// That of this program.
SessionLog& sessionLog();

/// Without what stands in quotes, without paths, addresses and long words, which may be keys; one line of at most 300 letters.
QString redacted(const QString& words);

} // namespace carma::gui
