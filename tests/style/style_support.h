// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <vector>

/// Reads the project's own files. All paths are relative to its root.
namespace carma::test {

struct Include {
    QString path;
    bool quoted = false; ///< "path" and not <path>
    qsizetype line = 0;
};

/// A row of a Markdown table: what the first and the second cell have in backticks.
struct TableRow {
    QString name;
    QStringList entries;
};

QString sourceFolder();
bool exists(const QString& file);
/// Without line ends. Empty if the file cannot be read.
QStringList linesOf(const QString& file);
/// Sources and headers in the folders that exist, sorted.
QStringList cppFiles(const QStringList& folders);
/// Every file of the project that people write and read: sources, scripts, documents; not the sample corpus, models and the licence.
QStringList textFiles();
std::vector<Include> includesOf(const QString& file);
/// "log/tail" for core/src/log/tail/tail.h.
QString coreFolderOf(const QString& file);
/// The table between "<!-- NAME -->" and "<!-- end -->" of core/ARCHITECTURE.md.
std::vector<TableRow> tableOf(const QString& name);

} // namespace carma::test
