// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLocale>
#include <QString>

#include <cstdint>
#include <string>
#include <string_view>

namespace carma::gui {

inline QString text(std::string_view utf8) { return QString::fromUtf8(utf8.data(), static_cast<qsizetype>(utf8.size())); }
inline std::string bytesOf(const QString& string) { return string.toStdString(); }

inline QString number(std::uint64_t value) { return QLocale().toString(static_cast<qulonglong>(value)); }
inline QString sizeText(std::uint64_t bytes)
{
    return QLocale().formattedDataSize(static_cast<qint64>(bytes), bytes < 1024 ? 0 : 1, QLocale::DataSizeIecFormat);
}
void showTimesInUtc(bool on); ///< from now on, instead of local time. GUI thread
bool timesAreInUtc();
QString date(std::int64_t wallTimeUs);      ///< a dash for 0
QString dateTime(std::int64_t wallTimeUs);  ///< to the minute, with "UTC" if it is that; a dash for 0
QString seconds(std::int64_t microseconds); ///< "0.8 s", "2 min 5 s"
/// One line without control characters, cut to `lettersMax` with an ellipsis.
QString oneLine(const QString& text, qsizetype lettersMax);

} // namespace carma::gui
