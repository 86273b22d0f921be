// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "style_support.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QRegularExpression>

namespace carma::test {

namespace {

QStringList filesIn(const QString& folder, const QStringList& patterns)
{
    QStringList files;
    QDirIterator walk(sourceFolder() + "/" + folder, patterns, QDir::Files | QDir::NoSymLinks | QDir::Hidden, QDirIterator::Subdirectories);
    while (walk.hasNext()) {
        files.append(QDir(sourceFolder()).relativeFilePath(walk.next()));
    }
    return files;
}

QStringList inBackticks(const QString& cell)
{
    static const QRegularExpression word("`([^`]+)`");
    QStringList words;
    for (auto match = word.globalMatch(cell); match.hasNext();) {
        words.append(match.next().captured(1));
    }
    return words;
}

} // namespace

QString sourceFolder() { return CARMA_SOURCE_DIR; }

bool exists(const QString& file) { return QFile::exists(sourceFolder() + "/" + file); }

QStringList linesOf(const QString& file)
{
    QFile opened(sourceFolder() + "/" + file);
    if (!opened.open(QIODevice::ReadOnly)) {
        return {};
    }
    QStringList lines = QString::fromUtf8(opened.readAll()).split('\n');
    if (lines.last().isEmpty()) {
        lines.removeLast();
    }
    return lines;
}

QStringList cppFiles(const QStringList& folders)
{
    QStringList files;
    for (const QString& folder : folders) {
        files += filesIn(folder, {"*.cpp", "*.h"});
    }
    files.sort();
    return files;
}

QStringList textFiles()
{
    QStringList files{"CMakeLists.txt", "CMakePresets.json", "README.md", ".clang-format", ".clang-tidy", ".gitignore"};
    const QStringList patterns{"*.cpp", "*.h", "*.md", "*.txt", "*.cmake", "*.json", "*.in", "*.supp", "*.1"};
    for (const char* folder : {"core", "cli", "gui", "plugins", "tests"}) {
        files += filesIn(folder, patterns);
    }
    files += filesIn("packaging", {"*"}); // scripts there have no extension
    files += filesIn(".ci", {"*"});
    files.append("resources/samples/README.md");
    files.removeIf([](const QString& file) { return file.contains("/corpus/") || file.contains("/data/"); });
    files.sort();
    return files;
}

std::vector<Include> includesOf(const QString& file)
{
    static const QRegularExpression directive("^\\s*#\\s*include\\s*([\"<])([^\">]+)[\">]");
    std::vector<Include> includes;
    const QStringList lines = linesOf(file);
    for (qsizetype i = 0; i < lines.size(); ++i) {
        if (const auto match = directive.match(lines[i]); match.hasMatch()) {
            includes.push_back({match.captured(2), match.captured(1) == "\"", i + 1});
        }
    }
    return includes;
}

QString coreFolderOf(const QString& file) { return file.section('/', 2, -2); }

std::vector<TableRow> tableOf(const QString& name)
{
    std::vector<TableRow> rows;
    bool inside = false;
    for (const QString& line : linesOf("core/ARCHITECTURE.md")) {
        if (line == "<!-- " + name + " -->") {
            inside = true;
        } else if (line == "<!-- end -->") {
            inside = false;
        } else if (inside && line.startsWith("| `")) {
            const QStringList cells = line.split('|');
            rows.push_back({inBackticks(cells.value(1)).value(0), inBackticks(cells.value(2))});
        }
    }
    return rows;
}

} // namespace carma::test
