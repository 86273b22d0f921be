// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/carma_process.h"
#include "support/test_main.h"

#include <QFile>
#include <QRegularExpression>
#include <QTest>

using carma::test::Outcome;
using carma::test::Workplace;

/// The command line itself: nothing here opens a store.
class TestCommandLine : public QObject {
    Q_OBJECT
private slots:
    void versionIsOneLineAndOneDocument();
    void everyCommandHasHelpWithExamplesAndExitCodes();
    void unknownCommandAsksWhetherAnotherWasMeant();
    void unknownOptionIsNamed();
    void missingWordIsNamed();
    void badValuesAreUsageErrors_data();
    void badValuesAreUsageErrors();
    void errorsAreJsonWithJson();
    void withoutCommandHelpIsShownAndTheExitCodeIsUsage();
    void missingStoreIsNotFoundWithAdvice();
    void globalOptionsWorkBeforeAndAfterTheCommand();
    void fullDiskAsStdoutGivesExitOne();
    void closedReaderIsNoError();
    void closedStdoutGivesExitOne();
    void completionScriptsAreValid();
    void manualNamesEveryCommandAndOption();
    void colourFollowsOptionAndNoColor();

private:
    [[nodiscard]] QStringList commands() const;
    Workplace m_place;
};

QStringList TestCommandLine::commands() const
{
    // The fish script names each command once, in a form made for programs.
    QStringList found;
    auto matches =
        QRegularExpression("__fish_use_subcommand -f -a (\\S+)").globalMatch(QString::fromUtf8(m_place.run({"completion", "fish"}).out));
    while (matches.hasNext()) {
        found << matches.next().captured(1);
    }
    return found;
}

void TestCommandLine::versionIsOneLineAndOneDocument()
{
    const Outcome text = m_place.run({"version"});
    COMPARE_EXIT(text, 0);
    QVERIFY(QRegularExpression("^carma \\d+\\.\\d+\\.\\d+(\\+g[0-9a-f]+)?\\n$").match(text.out).hasMatch());
    QCOMPARE(m_place.run({"--version"}).out, text.out);
    const auto json = m_place.run({"version", "--json"}).object();
    QCOMPARE(
        carma::test::schemaProblem(json, {{"name", QJsonValue::String}, {"version", QJsonValue::String}, {"build", QJsonValue::String}}),
        QString());
}

void TestCommandLine::everyCommandHasHelpWithExamplesAndExitCodes()
{
    const QStringList all = commands();
    for (const char* fixed : {"init", "remember", "ingest", "query", "show", "list", "tree", "export", "forget", "status", "verify", "heal",
             "scrub", "faults", "doctor", "namespaces", "seal", "passphrase", "recovery-code", "completion", "version"}) {
        QVERIFY2(all.contains(fixed), fixed);
    }
    const QByteArray overview = m_place.run({"--help"}).out;
    for (const QString& command : all) {
        const Outcome help = m_place.run({command, "--help"});
        COMPARE_EXIT(help, 0);
        QVERIFY2(overview.contains(command.toUtf8()), qPrintable(command));
        QVERIFY2(help.out.contains("examples\n") && help.out.contains("exit codes\n"), help.out.constData());
        QVERIFY2(help.out.contains("usage: carma " + command.toUtf8()), help.out.constData());
        QCOMPARE(help.err, QByteArray());
    }
}

void TestCommandLine::unknownCommandAsksWhetherAnotherWasMeant()
{
    const Outcome slip = m_place.run({"qurey", "words"});
    COMPARE_EXIT(slip, 2);
    QVERIFY2(slip.err.contains("did you mean 'query'?"), slip.err.constData());
    const Outcome far = m_place.run({"xylophone"});
    COMPARE_EXIT(far, 2);
    QVERIFY(!far.err.contains("did you mean"));
    QVERIFY(far.err.contains("carma --help"));
}

void TestCommandLine::unknownOptionIsNamed()
{
    for (const QStringList& line : {QStringList{"--bogus"}, QStringList{"list", "--bogus"}, QStringList{"--bogus", "list"}}) {
        const Outcome outcome = m_place.run(line);
        COMPARE_EXIT(outcome, 2);
        QVERIFY2(outcome.err.contains("--bogus"), outcome.err.constData());
        QCOMPARE(outcome.out, QByteArray());
    }
}

void TestCommandLine::missingWordIsNamed()
{
    const Outcome outcome = m_place.run({"query"});
    COMPARE_EXIT(outcome, 2);
    QVERIFY(outcome.err.contains("WORDS is missing"));
}

void TestCommandLine::badValuesAreUsageErrors_data()
{
    QTest::addColumn<QStringList>("line");
    QTest::newRow("k is no number") << QStringList{"query", "a", "-k", "many"};
    QTest::newRow("k is zero") << QStringList{"query", "a", "-k", "0"};
    QTest::newRow("k is negative") << QStringList{"query", "a", "-k", "-1"};
    QTest::newRow("k has a tail") << QStringList{"query", "a", "-k", "3x"};
    QTest::newRow("k overflows") << QStringList{"query", "a", "-k", "99999999999999999999999"};
    QTest::newRow("mode is none of three") << QStringList{"query", "a", "--mode", "fuzzy"};
    QTest::newRow("score is not finite") << QStringList{"query", "a", "--min-score", "nan"};
    QTest::newRow("colour is none of three") << QStringList{"list", "--color", "red"};
    QTest::newRow("wait is negative") << QStringList{"list", "--wait", "-1"};
    QTest::newRow("data is too large") << QStringList{"init", "x", "--data", "33"};
    QTest::newRow("parity is too large") << QStringList{"init", "x", "--parity", "17"};
    QTest::newRow("no way in") << QStringList{"init", "x", "--no-key-file"};
    QTest::newRow("size has no unit like it") << QStringList{"ingest", "x", "--max-file-size", "12Q"};
    QTest::newRow("name without stdin") << QStringList{"ingest", "x", "--as", "y"};
    QTest::newRow("stdin twice") << QStringList{"ingest", "-", "-"};
    QTest::newRow("stdin for two things") << QStringList{"ingest", "-", "--passphrase-file", "-"};
    QTest::newRow("value is missing") << QStringList{"list", "--limit"};
    QTest::newRow("word too many") << QStringList{"status", "now"};
    QTest::newRow("unknown shell") << QStringList{"completion", "tcsh"};
    QTest::newRow("create without a name") << QStringList{"namespaces", "create"};
    QTest::newRow("two namespaces") << QStringList{"query", "a", "-n", "b", "--all-namespaces"};
    QTest::newRow("original as json") << QStringList{"show", "x", "--original", "--json"};
}

void TestCommandLine::badValuesAreUsageErrors()
{
    QFETCH(QStringList, line);
    const Outcome outcome = m_place.run(line);
    COMPARE_EXIT(outcome, 2);
    QVERIFY(outcome.err.startsWith("carma: ") || outcome.err.startsWith("{\"error\""));
    QCOMPARE(outcome.out, QByteArray());
    QVERIFY(!QFile::exists(m_place.path("x")));
}

void TestCommandLine::errorsAreJsonWithJson()
{
    const carma::test::Schema schema{{"code", QJsonValue::String}, {"message", QJsonValue::String}, {"exit", QJsonValue::Double}};
    const Outcome usage = m_place.run({"--json", "qurey"});
    COMPARE_EXIT(usage, 2);
    QCOMPARE(carma::test::schemaProblem(usage.error(), schema), QString());
    QCOMPARE(usage.error().value("code").toString(), QString("Usage"));
    const Outcome missing = m_place.run({"-s", m_place.path("nowhere"), "list", "--json"});
    COMPARE_EXIT(missing, 3);
    QCOMPARE(missing.error().value("code").toString(), QString("NotFound"));
    QCOMPARE(missing.error().value("exit").toInt(), 3);
    QCOMPARE(missing.out, QByteArray());
}

void TestCommandLine::withoutCommandHelpIsShownAndTheExitCodeIsUsage()
{
    const Outcome outcome = m_place.run({});
    COMPARE_EXIT(outcome, 2);
    QVERIFY(outcome.out.contains("usage: carma"));
}

void TestCommandLine::missingStoreIsNotFoundWithAdvice()
{
    const Outcome outcome = m_place.run({"-s", m_place.path("nowhere"), "list"});
    COMPARE_EXIT(outcome, 3);
    QVERIFY(outcome.err.contains("carma init"));
}

void TestCommandLine::globalOptionsWorkBeforeAndAfterTheCommand()
{
    const QString nowhere = m_place.path("nowhere");
    const Outcome before = m_place.run({"--store", nowhere, "--json", "list"});
    const Outcome after = m_place.run({"list", "--store", nowhere, "--json"});
    const Outcome joined = m_place.run({"list", "--store=" + nowhere, "--json"});
    COMPARE_EXIT(before, 3);
    QCOMPARE(after.err, before.err);
    QCOMPARE(joined.err, before.err);
}

void TestCommandLine::fullDiskAsStdoutGivesExitOne()
{
    const Outcome outcome = m_place.shell("\"$CARMA\" version > /dev/full");
    COMPARE_EXIT(outcome, 1);
    QVERIFY(outcome.err.contains("No space left"));
}

void TestCommandLine::closedReaderIsNoError()
{
    // `true` has ended before the program is started, so that its first write meets a closed pipe.
    const Outcome outcome = m_place.shell("exec 3> >(true); wait $!; \"$CARMA\" completion bash >&3");
    COMPARE_EXIT(outcome, 0);
    QCOMPARE(outcome.err, QByteArray());
}

void TestCommandLine::closedStdoutGivesExitOne() { COMPARE_EXIT(m_place.shell("\"$CARMA\" version >&-"), 1); }

void TestCommandLine::completionScriptsAreValid()
{
    COMPARE_EXIT(m_place.shell("\"$CARMA\" completion bash > c.bash && bash -n c.bash"), 0);
    const Outcome words = m_place.shell("source <(\"$CARMA\" completion bash); COMP_WORDS=(carma qu); COMP_CWORD=1; _carma 2>/dev/null; "
                                        "echo \"${COMPREPLY[*]}\"; COMP_WORDS=(carma query x --mode h); COMP_CWORD=4; _carma 2>/dev/null; "
                                        "echo \"${COMPREPLY[*]}\"");
    QCOMPARE(words.out, QByteArray("query\nhybrid\n"));
    for (const char* shell : {"zsh", "fish"}) {
        COMPARE_EXIT(m_place.run({"completion", shell}), 0);
    }
}

void TestCommandLine::manualNamesEveryCommandAndOption()
{
    QFile file(QStringLiteral(CARMA_SOURCE_DIR "/packaging/man/carma.1"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QString manual = QString::fromUtf8(file.readAll());
    for (const QString& command : commands()) {
        QVERIFY2(manual.contains(".It Nm " + command) || manual.contains(".It Cm " + command), qPrintable(command));
        auto options =
            QRegularExpression("(?<![\\w-])--([a-z][a-z-]+)").globalMatch(QString::fromUtf8(m_place.run({command, "--help"}).out));
        while (options.hasNext()) {
            const QString option = options.next().captured(1);
            QVERIFY2(manual.contains("Fl -" + option), qPrintable(command + " --" + option));
        }
    }
}

void TestCommandLine::colourFollowsOptionAndNoColor()
{
    QVERIFY(!m_place.run({"--help"}).out.contains('\x1b'));
    QVERIFY(m_place.run({"--help", "--color", "always"}).out.contains('\x1b'));
    carma::test::TerminalRun coloured(m_place, {"--help"});
    QCOMPARE(coloured.finish(), 0);
    QVERIFY(coloured.screen().contains('\x1b'));
    m_place.set("NO_COLOR", "1");
    carma::test::TerminalRun plain(m_place, {"--help"});
    QCOMPARE(plain.finish(), 0);
    m_place.unset("NO_COLOR");
    QVERIFY(!plain.screen().contains('\x1b'));
}

CARMA_TEST_CLASS(TestCommandLine, "test_command_line")
#include "test_command_line.moc"
