// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "style_support.h"
#include "support/test_main.h"

#include <QDir>
#include <QTest>

#include <algorithm>

using namespace carma::test;

/// What a reader of the code relies on and no compiler checks. Tables are read from core/ARCHITECTURE.md.
class TestStyle : public QObject {
    Q_OBJECT

private slots:
    void topLevelHoldsOnlyWhatIsListed();
    void everyCoreFolderHasARowInTheTable();
    void rowsNameOnlyRowsAbove();
    void includesFollowTheArrows();
    void librariesAreIncludedOnlyByTheirAdapters();
    void publicHeadersIncludeOnlyPublicHeaders();
    void commandLineUsesOnlyPublicHeaders();
    void qtStaysInWindowsAndTests();
    void filesBeginWithTheirLicence();
    void filesAndLinesAreOfReadableSize();
    void textIsPlain();
    void everyFormatPageIsListedAndHasAnExample();
    void everyDecisionIsListed();
};

namespace {

constexpr qsizetype kColumnsMax = 140;
constexpr qsizetype kSourceLinesMax = 500;
constexpr qsizetype kHeaderLinesMax = 250;

/// Fails with all problems at once, so that one run tells everything. QtTest cuts long messages, so each has a line of its own.
void mustBeEmpty(const QStringList& problems)
{
    for (const QString& problem : problems) {
        qWarning("%s", qPrintable(problem));
    }
    QVERIFY2(problems.isEmpty(), qPrintable(QString("%1 problems, see above").arg(problems.size())));
}

bool isAllowed(const QString& target, const QStringList& allowed) { return allowed.contains(target); }

} // namespace

void TestStyle::topLevelHoldsOnlyWhatIsListed()
{
    const QStringList required{
        "CMakeLists.txt", "CMakePresets.json", "LICENSE", "README.md", "cli", "core", "packaging", "resources", "tests"};
    const QStringList allowed = required + QStringList{"gui", "plugins", "build"};
    const QStringList there = QDir(sourceFolder()).entryList(QDir::AllEntries | QDir::NoDotAndDotDot);
    QStringList problems;
    for (const QString& entry : there) {
        if (!entry.startsWith('.') && !allowed.contains(entry)) {
            problems.append(entry + " does not belong at the top level");
        }
    }
    for (const QString& entry : required) {
        if (!there.contains(entry)) {
            problems.append(entry + " is missing");
        }
    }
    mustBeEmpty(problems);
}

void TestStyle::everyCoreFolderHasARowInTheTable()
{
    const auto rows = tableOf("include arrows");
    QStringList problems;
    for (const QString& file : cppFiles({"core/src"})) {
        const QString folder = coreFolderOf(file);
        const bool known = std::ranges::any_of(rows, [&](const TableRow& row) { return row.name == folder; });
        if (!known && !problems.contains(folder)) {
            problems.append(folder);
        }
    }
    mustBeEmpty(problems);
}

void TestStyle::rowsNameOnlyRowsAbove()
{
    QStringList above;
    QStringList problems;
    for (const TableRow& row : tableOf("include arrows")) {
        for (const QString& target : row.entries) {
            if (!above.contains(target)) {
                problems.append(QString("%1 names %2, which does not stand above it").arg(row.name, target));
            }
        }
        above.append(row.name);
    }
    QVERIFY(above.size() > 10); // an empty table would allow nothing and find nothing
    mustBeEmpty(problems);
}

void TestStyle::includesFollowTheArrows()
{
    const auto rows = tableOf("include arrows");
    QStringList problems;
    for (const QString& file : cppFiles({"core/src"})) {
        const QString folder = coreFolderOf(file);
        const auto row = std::ranges::find_if(rows, [&](const TableRow& candidate) { return candidate.name == folder; });
        if (row == rows.end()) {
            continue; // named by the test above
        }
        for (const Include& include : includesOf(file)) {
            if (!include.quoted) {
                continue;
            }
            const QString target = include.path.contains('/') ? include.path.section('/', 0, -2) : folder;
            if (target != folder && !isAllowed(target, row->entries)) {
                problems.append(QString("%1:%2 includes %3").arg(file).arg(include.line).arg(include.path));
            }
        }
    }
    mustBeEmpty(problems);
}

void TestStyle::librariesAreIncludedOnlyByTheirAdapters()
{
    const auto rows = tableOf("library arrows");
    QVERIFY(rows.size() > 5);
    QStringList problems;
    for (const QString& file : cppFiles({"core", "cli"})) {
        const QString folder = file.startsWith("cli/") ? "cli" : file.startsWith("core/include/") ? "public" : coreFolderOf(file);
        for (const Include& include : includesOf(file)) {
            for (const TableRow& row : rows) {
                if (include.path.startsWith(row.name) && !isAllowed(folder, row.entries)) {
                    problems.append(QString("%1:%2 includes %3").arg(file).arg(include.line).arg(include.path));
                }
            }
        }
    }
    mustBeEmpty(problems);
}

void TestStyle::publicHeadersIncludeOnlyPublicHeaders()
{
    QStringList problems;
    for (const QString& file : cppFiles({"core/include"})) {
        for (const Include& include : includesOf(file)) {
            const bool foreign = include.path.contains('/') && !include.path.startsWith("carma/");
            if (include.quoted || foreign || include.path.endsWith(".hpp")) {
                problems.append(QString("%1:%2 includes %3").arg(file).arg(include.line).arg(include.path));
            }
        }
    }
    mustBeEmpty(problems);
}

void TestStyle::commandLineUsesOnlyPublicHeaders()
{
    QStringList problems;
    for (const QString& file : cppFiles({"cli"})) {
        for (const Include& include : includesOf(file)) {
            const bool own = exists("cli/" + include.path) || exists(file.section('/', 0, -2) + "/" + include.path);
            if (include.quoted && !own) {
                problems.append(QString("%1:%2 includes %3").arg(file).arg(include.line).arg(include.path));
            }
        }
    }
    mustBeEmpty(problems);
}

void TestStyle::qtStaysInWindowsAndTests()
{
    QStringList problems;
    for (const QString& file : cppFiles({"core", "cli", "plugins", "tests/fuzz", "tests/bench"})) {
        for (const Include& include : includesOf(file)) {
            const bool upper = include.path.size() > 1 && include.path[0] == 'Q' && (include.path[1].isUpper() || include.path[1] == 't');
            if (upper || include.path.startsWith("qt")) {
                problems.append(QString("%1:%2 includes %3").arg(file).arg(include.line).arg(include.path));
            }
        }
    }
    mustBeEmpty(problems);
}

void TestStyle::filesBeginWithTheirLicence()
{
    QStringList problems;
    for (const QString& file : textFiles()) {
        const QStringList lines = linesOf(file);
        const bool script = !lines.isEmpty() && lines[0].startsWith("#!");
        const bool source = file.endsWith(".cpp") || file.endsWith(".h");
        if (!script && !source) {
            continue;
        }
        const QString comment = source ? "// " : "# ";
        const qsizetype first = script ? 1 : 0;
        if (lines.value(first) != comment + "SPDX-FileCopyrightText: CARMA authors" ||
            !lines.value(first + 1).startsWith(comment + "SPDX-License-Identifier: ")) {
            problems.append(file);
        }
    }
    mustBeEmpty(problems);
}

void TestStyle::filesAndLinesAreOfReadableSize()
{
    QStringList problems;
    for (const QString& file : cppFiles({"core", "cli", "gui", "plugins", "tests"})) {
        const QStringList lines = linesOf(file);
        const qsizetype linesMax = file.endsWith(".h") ? kHeaderLinesMax : kSourceLinesMax;
        if (lines.size() > linesMax) {
            problems.append(QString("%1 has %2 lines; at most %3").arg(file).arg(lines.size()).arg(linesMax));
        }
        for (qsizetype i = 0; i < lines.size(); ++i) {
            if (lines[i].size() > kColumnsMax) {
                problems.append(QString("%1:%2 has %3 columns; at most %4").arg(file).arg(i + 1).arg(lines[i].size()).arg(kColumnsMax));
            }
        }
    }
    mustBeEmpty(problems);
}

void TestStyle::textIsPlain()
{
    // In two pieces each, so that this file does not name itself.
    // NOLINTBEGIN(bugprone-suspicious-missing-comma)
    const QStringList words{"TO"
                            "DO",
        "FIX"
        "ME",
        "/wo"
        "rk/",
        "/ro"
        "ot/",
        "/home/"
        "user",
        "bash_"
        "jobs"};
    // NOLINTEND(bugprone-suspicious-missing-comma)
    QStringList problems;
    for (const QString& file : textFiles()) {
        const QStringList lines = linesOf(file);
        for (qsizetype i = 0; i < lines.size(); ++i) {
            if (lines[i].contains(QChar(0x2014))) {
                problems.append(QString("%1:%2 has an em dash").arg(file).arg(i + 1));
            }
            if (lines[i].endsWith(' ') || lines[i].endsWith('\t') || lines[i].endsWith('\r')) {
                problems.append(QString("%1:%2 ends with white space").arg(file).arg(i + 1));
            }
            for (const QString& word : words) {
                if (lines[i].contains(word)) {
                    problems.append(QString("%1:%2 has '%3'").arg(file).arg(i + 1).arg(word));
                }
            }
        }
    }
    mustBeEmpty(problems);
}

void TestStyle::everyFormatPageIsListedAndHasAnExample()
{
    const QString folder = "core/docs/format";
    const QString index = linesOf(folder + "/README.md").join('\n');
    QStringList problems;
    for (const QString& page : QDir(sourceFolder() + "/" + folder).entryList({"*.md"}, QDir::Files)) {
        if (page == "README.md") {
            continue;
        }
        if (!index.contains("](" + page + ")")) {
            problems.append(page + " is not listed in README.md");
        }
        const QStringList lines = linesOf(folder + "/" + page);
        if (!lines.contains("```hex") && !lines.contains("```text")) {
            problems.append(page + " has no example");
        }
    }
    QVERIFY(!index.isEmpty());
    mustBeEmpty(problems);
}

void TestStyle::everyDecisionIsListed()
{
    const QString index = linesOf("core/ARCHITECTURE.md").join('\n');
    QStringList problems;
    for (const QString& page : QDir(sourceFolder() + "/core/docs/decisions").entryList({"*.md"}, QDir::Files)) {
        if (!index.contains("](docs/decisions/" + page + ")")) {
            problems.append(page);
        }
    }
    mustBeEmpty(problems);
}

CARMA_TEST_CLASS(TestStyle, "test_style")

#include "test_style.moc"
