// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/text.h"

#include <QCoreApplication>
#include <QDateTime>

#include <atomic>

namespace carma::gui {

namespace {

std::atomic<bool> inUtc = false; // models ask from the GUI thread, exports from others

QDateTime timeOf(std::int64_t wallTimeUs) { return QDateTime::fromMSecsSinceEpoch(wallTimeUs / 1000, inUtc ? Qt::UTC : Qt::LocalTime); }

/// As the system's language has it; without a language in a form that fits every column and that everybody understands.
bool isPlain() { return QLocale().language() == QLocale::C; }

} // namespace

void showTimesInUtc(bool on) { inUtc = on; }
bool timesAreInUtc() { return inUtc; }

QString date(std::int64_t wallTimeUs)
{
    if (wallTimeUs == 0) {
        return QString(QChar(0x2013));
    }
    const QDate day = timeOf(wallTimeUs).date();
    return isPlain() ? day.toString(Qt::ISODate) : QLocale().toString(day, QLocale::ShortFormat);
}

QString dateTime(std::int64_t wallTimeUs)
{
    if (wallTimeUs == 0) {
        return QString(QChar(0x2013));
    }
    const QDateTime time = timeOf(wallTimeUs);
    return (isPlain() ? time.toString("yyyy-MM-dd HH:mm") : QLocale().toString(time, QLocale::ShortFormat)) + (inUtc ? " UTC" : "");
}

QString seconds(std::int64_t microseconds)
{
    if (microseconds < 60000000) {
        return QCoreApplication::translate("Text", "%1 s").arg(QLocale().toString(static_cast<double>(microseconds) / 1e6, 'f', 1));
    }
    const std::int64_t whole = microseconds / 1000000;
    return QCoreApplication::translate("Text", "%1 min %2 s").arg(whole / 60).arg(whole % 60);
}

QString oneLine(const QString& text, qsizetype lettersMax)
{
    QString line = text.left(lettersMax * 2).simplified();
    for (QChar& letter : line) {
        if (!letter.isPrint() && !letter.isSurrogate()) {
            letter = QChar(0xFFFD);
        }
    }
    return line.size() <= lettersMax ? line : line.left(lettersMax - 1) + QChar(0x2026);
}

} // namespace carma::gui
