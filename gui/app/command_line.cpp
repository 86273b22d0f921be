// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/command_line.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

namespace carma::gui {

namespace {

/// A word that every POSIX shell takes as it is, or else in single quotes, within which only those have a meaning.
QString shellWord(const QString& word)
{
    const auto isPlain = [](QChar letter) {
        return letter.unicode() < 128 && (letter.isLetterOrNumber() || QString("-_./:=@%+,").contains(letter));
    };
    if (!word.isEmpty() && std::ranges::all_of(word, isPlain)) {
        return word;
    }
    return '\'' + QString(word).replace("'", "'\\''") + '\'';
}

} // namespace

QString commandLine(const QStringList& arguments)
{
    if (arguments.isEmpty()) {
        return {};
    }
    QString line = "carma";
    for (const QString& each : arguments) {
        line += ' ' + shellWord(each);
    }
    return line;
}

QString commandJson(const QStringList& arguments)
{
    if (arguments.isEmpty()) {
        return {};
    }
    const QJsonObject object{{"program", "carma"}, {"arguments", QJsonArray::fromStringList(arguments)}};
    return QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact));
}

} // namespace carma::gui
