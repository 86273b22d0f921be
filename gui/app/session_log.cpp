// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/session_log.h"

#include "app/text.h"

#include <carma/private_file.h>

#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QRandomGenerator>
#include <QRegularExpression>

namespace carma::gui {

namespace {

constexpr qsizetype kWordsMax = 300;

/// Four letters and digits that cannot be taken for one another.
QString runName()
{
    static constexpr char kLetters[] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    QString name;
    for (int i = 0; i < 4; ++i) {
        name += QChar::fromLatin1(kLetters[QRandomGenerator::global()->bounded(32)]);
    }
    return name;
}

} // namespace

QString redacted(const QString& words)
{
    static const QRegularExpression quoted(R"('[^']*'|"[^"]*"|\x{201e}[^\x{201c}]*\x{201c}|\x{201c}[^\x{201d}]*\x{201d})");
    static const QRegularExpression path(R"([\w.~-]*/.*?(?=: |$))"); // folders may have blanks in their names
    static const QRegularExpression longWord(R"([^\s]{20,})");       // a key, a code, an id
    QString rest = oneLine(words, kWordsMax * 4);
    rest.replace(quoted, "''").replace(path, "PATH").replace(longWord, "...");
    return oneLine(rest, kWordsMax);
}

SessionLog& sessionLog()
{
    static SessionLog log;
    return log;
}

void SessionLog::openFile(const QString& path)
{
    const std::scoped_lock lock(m_mutex);
    m_file.close();
    QDir().mkpath(QFileInfo(path).path());
    QByteArray before;
    if (QFile earlier(path); earlier.open(QIODevice::ReadOnly)) {
        if (earlier.size() > kFileBytesMax) {
            earlier.seek(earlier.size() - kFileBytesMax / 2);
            earlier.readLine(); // what is left of a line
        }
        before = earlier.read(kFileBytesMax);
    }
    m_lines = QString::fromUtf8(before).split('\n', Qt::SkipEmptyParts);
    QFile::remove(path); // made anew, so that it is the user's alone whatever it was before
    const auto made = createPrivateFile(QFile::encodeName(path).toStdString());
    if (made && m_file.open(*made, QIODevice::WriteOnly | QIODevice::Unbuffered, QFileDevice::AutoCloseHandle)) {
        m_path = path;
        m_file.write(before);
    }
    m_lines = m_lines.mid(std::max<qsizetype>(0, m_lines.size() - kLinesMax));
    m_run = m_run.isEmpty() ? runName() : m_run;
}

void SessionLog::write(const QString& line)
{
    const QString whole = QDateTime::currentDateTimeUtc().toString(Qt::ISODateWithMs) + ' ' + line;
    m_lines.append(whole);
    if (m_lines.size() > kLinesMax) {
        m_lines.removeFirst();
    }
    if (m_file.isOpen() && m_file.size() < 2 * kFileBytesMax) { // no run fills the disk
        m_file.write(whole.toUtf8() + '\n');
    }
}

void SessionLog::note(const QString& event, const QString& detail)
{
    const std::scoped_lock lock(m_mutex);
    write(detail.isEmpty() ? event : event + ": " + redacted(detail));
}

QString SessionLog::error(const QString& what, const QString& why)
{
    const std::scoped_lock lock(m_mutex);
    m_run = m_run.isEmpty() ? runName() : m_run;
    QString id = m_run + '-' + QString::number(++m_errors);
    write("error " + id + ": " + redacted(what) + ' ' + redacted(why));
    return id;
}

QStringList SessionLog::lines() const
{
    const std::scoped_lock lock(m_mutex);
    return m_lines;
}

QString SessionLog::path() const
{
    const std::scoped_lock lock(m_mutex);
    return m_file.isOpen() ? m_path : QString();
}

} // namespace carma::gui
