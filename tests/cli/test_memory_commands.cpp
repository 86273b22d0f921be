// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/carma_process.h"
#include "support/test_main.h"

#include <QDir>
#include <QRegularExpression>
#include <QTest>

using carma::test::Outcome;
using carma::test::Schema;
using carma::test::schemaProblem;
using carma::test::TerminalRun;
using carma::test::Workplace;

/// Putting in, asking, reading, writing back and forgetting, through the built program.
class TestMemoryCommands : public QObject {
    Q_OBJECT
private slots:
    void init();

    void initTellsIdKeyFileAndCodeOnce();
    void initRefusesAFolderThatIsInUseAndAKeyFileThatExists();
    void rememberedTextIsFoundAndShown();
    void textAndFilesComeFromStandardInput();
    void ingestedFolderIsListedQueriedAndDrawn();
    void queryDocumentHasItsKeys();
    void explainAndContextAddTheirKeys();
    void queriesDemandExcludeAndAskFields();
    void mistakenQueriesNameTheColumn();
    void exportGivesEveryFileBackByteForByte();
    void refusedFilesAreNamedAndTheRestGoesOn();
    void changedFilesBecomeNewVersions();
    void historyListsTheVersionsOfADocument();
    void replacementsGoToTheNamedDocument();
    void showWritesOriginalBytesToStandardOutput();
    void unknownIdIsNotFound();
    void forgetAsksFirst();
    void forgetRefusesWithoutATerminal();
    void forgottenTextIsFoundNoMore();
    void namespacesAreKeptApart();
    void storedControlCharactersDoNotReachTheTerminal();
    void treeIsDrawnInAsciiWhereTheLocaleHasNoBoxes();
    void queryMarksWordsInColourOnly();

private:
    void makeStore();
    void ingestSamples();
    std::unique_ptr<Workplace> m_place;
};

void TestMemoryCommands::init() { m_place = std::make_unique<Workplace>(); }

void TestMemoryCommands::makeStore() { COMPARE_EXIT(m_place->run({"init", m_place->store()}), 0); }

void TestMemoryCommands::ingestSamples()
{
    makeStore();
    m_place->write(
        "in/letters/barn.md", "# The barn\n\nThe key of the well hangs behind the barn door.\n\n## Roof\n\nThe roofer comes on Tuesday.\n");
    m_place->write("in/garden.txt", "We planted seven rows of leeks beside the quince tree.\n");
    m_place->write("in/deep/er/empty line.txt", "One line.\r\n\r\nAnother line without an end");
    COMPARE_EXIT(m_place->carma({"ingest", "in"}), 0);
}

void TestMemoryCommands::initTellsIdKeyFileAndCodeOnce()
{
    const Outcome outcome = m_place->run({"init", m_place->store(), "--json"});
    COMPARE_EXIT(outcome, 0);
    const QJsonObject made = outcome.object();
    QCOMPARE(schemaProblem(made,
                 {{"store", QJsonValue::String}, {"id", QJsonValue::String}, {"key_file", QJsonValue::String},
                     {"recovery_code", QJsonValue::String}, {"data_shards", QJsonValue::Double}, {"parity_shards", QJsonValue::Double},
                     {"passphrase", QJsonValue::Bool}}),
        QString());
    QCOMPARE(made.value("key_file").toString(), m_place->path("test.key"));
    QVERIFY(QFile::exists(m_place->path("test.key")));
    QCOMPARE(QFile::permissions(m_place->path("test.key")) & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());
    QCOMPARE(QDir(m_place->store() + "/shards").entryList(QDir::Dirs | QDir::NoDotAndDotDot).size(), 6);

    m_place->write("code", made.value("recovery_code").toString().toUtf8() + "\n");
    QFile::remove(m_place->path("test.key"));
    m_place->unset("CARMA_KEY_FILE");
    COMPARE_EXIT(m_place->carma({"status"}), 6);
    COMPARE_EXIT(m_place->carma({"status", "--recovery-code-file", m_place->path("code")}), 0);
}

void TestMemoryCommands::initRefusesAFolderThatIsInUseAndAKeyFileThatExists()
{
    makeStore();
    const QByteArray key = m_place->read("test.key");
    const Outcome again = m_place->run({"init", m_place->path("other")});
    COMPARE_EXIT(again, 1);
    QVERIFY2(again.err.contains("test.key"), again.err.constData());
    QCOMPARE(m_place->read("test.key"), key);
    QVERIFY(!QFile::exists(m_place->path("other")));

    const QByteArray before = carma::test::hashOfFolder(m_place->store());
    COMPARE_EXIT(m_place->run({"init", m_place->store(), "--key-file", m_place->path("second.key")}), 1);
    QCOMPARE(carma::test::hashOfFolder(m_place->store()), before);
    m_place->write("full/file", "x");
    COMPARE_EXIT(m_place->run({"init", m_place->path("full"), "--key-file", m_place->path("third.key")}), 1);
    QVERIFY(!QFile::exists(m_place->path("third.key")));
}

void TestMemoryCommands::rememberedTextIsFoundAndShown()
{
    makeStore();
    const Outcome kept = m_place->carma({"remember", "The", "orchard", "gate", "squeaks", "--title", "Gate", "--tag", "home", "--json"});
    COMPARE_EXIT(kept, 0);
    QCOMPARE(kept.object().value("ids").toArray().size(), 1);
    const QString id = kept.object().value("ids").toArray().at(0).toString();
    QCOMPARE(id.size(), 26);
    const Outcome shown = m_place->carma({"show", id, "--quiet"});
    COMPARE_EXIT(shown, 0);
    QCOMPARE(shown.out, QByteArray("The orchard gate squeaks"));
    QCOMPARE(m_place->carma({"show", id.left(26).toLower(), "--quiet"}).out, shown.out);
    const QJsonObject view = m_place->carma({"show", id, "--json"}).object();
    QCOMPARE(view.value("title").toString(), QString("Gate"));
    QCOMPARE(view.value("tags").toArray().at(0).toString(), QString("home"));
    QCOMPARE(view.value("state").toString(), QString("exact"));
    const QJsonArray hits = m_place->carma({"query", "orchard gate", "--json"}).object().value("hits").toArray();
    QVERIFY(!hits.isEmpty());
    QCOMPARE(hits.at(0).toObject().value("text").toString(), QString("The orchard gate squeaks"));
}

void TestMemoryCommands::textAndFilesComeFromStandardInput()
{
    makeStore();
    COMPARE_EXIT(m_place->carma({"remember", "-"}, "piped words about lanterns"), 0);
    COMPARE_EXIT(m_place->carma({"ingest", "-", "--as", "notes/piped.md"}, "# Piped\n\nA page about lighthouses.\n"), 0);
    const Outcome shown = m_place->carma({"show", "notes/piped.md", "--original"});
    COMPARE_EXIT(shown, 0);
    QCOMPARE(shown.out, QByteArray("# Piped\n\nA page about lighthouses.\n"));
    QCOMPARE(m_place->carma({"list", "--json"}).array().size(), 2);
}

void TestMemoryCommands::ingestedFolderIsListedQueriedAndDrawn()
{
    ingestSamples();
    const Outcome listed = m_place->carma({"list", "--json"});
    COMPARE_EXIT(listed, 0);
    QCOMPARE(listed.array().size(), 3);
    for (const auto& one : listed.array()) {
        QCOMPARE(
            schemaProblem(one.toObject(),
                {{"id", QJsonValue::String}, {"namespace", QJsonValue::String}, {"path", QJsonValue::String}, {"title", QJsonValue::String},
                    {"bytes", QJsonValue::Double}, {"passages", QJsonValue::Double}, {"placeholders", QJsonValue::Double},
                    {"tags", QJsonValue::Array}, {"current", QJsonValue::Bool}, {"state", QJsonValue::String}}),
            QString());
    }
    const Outcome table = m_place->carma({"list"});
    QVERIFY2(table.out.contains("letters/barn.md") && table.out.contains("3 documents"), table.out.constData());
    QCOMPARE(m_place->carma({"list", "--limit", "1", "--json"}).array().size(), 1);
    const Outcome found = m_place->carma({"query", "key of the well"});
    COMPARE_EXIT(found, 0);
    QVERIFY2(found.out.contains("letters/barn.md") && found.out.contains("behind the barn door"), found.out.constData());
    const Outcome tree = m_place->carma({"tree", "letters/barn.md"});
    COMPARE_EXIT(tree, 0);
    QVERIFY2(tree.out.contains("\u2514\u2500 ") && tree.out.contains("Roof"), tree.out.constData());
    const QJsonArray nodes = m_place->carma({"tree", "letters/barn.md", "--json"}).object().value("nodes").toArray();
    QVERIFY(nodes.size() >= 4);
    QCOMPARE(nodes.at(0).toObject().value("level").toString(), QString("document"));
}

void TestMemoryCommands::queryDocumentHasItsKeys()
{
    ingestSamples();
    const QJsonObject answer = m_place->carma({"query", "leeks", "-k", "2", "--mode", "lexical", "--json"}).object();
    QCOMPARE(schemaProblem(answer,
                 {{"hits", QJsonValue::Array}, {"took_us", QJsonValue::Double}, {"passages", QJsonValue::Double},
                     {"placeholders", QJsonValue::Double}, {"suggestions", QJsonValue::Array}}),
        QString());
    QVERIFY(answer.contains("cursor"));
    const Schema hit{{"id", QJsonValue::String}, {"score", QJsonValue::Double}, {"document", QJsonValue::String},
        {"path", QJsonValue::String}, {"place", QJsonValue::String}, {"text", QJsonValue::String}, {"state", QJsonValue::String},
        {"title", QJsonValue::String}, {"namespace", QJsonValue::String}};
    QVERIFY(!answer.value("hits").toArray().isEmpty() && answer.value("hits").toArray().size() <= 2);
    QCOMPARE(schemaProblem(answer.value("hits").toArray().at(0).toObject(), hit), QString());
    QVERIFY(!answer.value("hits").toArray().at(0).toObject().contains("terms"));
    QVERIFY(m_place->carma({"query", "leeks", "--min-score", "1e9", "--json"}).object().value("hits").toArray().isEmpty());
}

void TestMemoryCommands::queriesDemandExcludeAndAskFields()
{
    ingestSamples();
    const auto paths = [&](const QString& query) {
        QStringList found;
        for (const QJsonValue& hit : m_place->carma({"query", query, "--json"}).object().value("hits").toArray()) {
            found << hit.toObject().value("path").toString();
        }
        found.removeDuplicates();
        found.sort();
        return found;
    };
    QCOMPARE(paths("garden \"quince tree\""), QStringList{"garden.txt"});
    QCOMPARE(paths("line path:deep"), QStringList{"deep/er/empty line.txt"});
    QVERIFY(!paths("the key -leeks -path:deep").contains("garden.txt"));
    QCOMPARE(paths("\"tree quince\""), QStringList{});
}

void TestMemoryCommands::mistakenQueriesNameTheColumn()
{
    ingestSamples();
    for (const auto& [query, column] : {std::pair{QString("leek \"quince"), 6}, std::pair{QString("leek tag:\"\""), 10},
             std::pair{QString("leek before:noon"), 13}, std::pair{QString(" "), 1}}) {
        const Outcome outcome = m_place->carma({"query", query});
        COMPARE_EXIT(outcome, 2);
        QVERIFY2(outcome.err.contains(QString("(column %1)").arg(column).toUtf8()), qPrintable(outcome.err));
    }
}

void TestMemoryCommands::explainAndContextAddTheirKeys()
{
    ingestSamples();
    const QJsonObject hit =
        m_place->carma({"query", "roofer", "--explain", "--context", "1", "--json"}).object().value("hits").toArray().at(0).toObject();
    QCOMPARE(schemaProblem(hit, {{"terms", QJsonValue::Array}, {"before", QJsonValue::Array}, {"after", QJsonValue::Array}}), QString());
    QVERIFY(!hit.value("terms").toArray().isEmpty());
    COMPARE_EXIT(m_place->carma({"query", "roofer", "--explain", "--context", "1"}), 0);
}

void TestMemoryCommands::exportGivesEveryFileBackByteForByte()
{
    ingestSamples();
    const Outcome out = m_place->carma({"export", "out", "-n", "default", "--json"});
    COMPARE_EXIT(out, 0);
    QCOMPARE(schemaProblem(out.object(), {{"files", QJsonValue::Double}, {"bytes", QJsonValue::Double}, {"incomplete", QJsonValue::Array}}),
        QString());
    QCOMPARE(out.object().value("files").toInt(), 3);
    QCOMPARE(carma::test::hashOfFolder(m_place->path("out")), carma::test::hashOfFolder(m_place->path("in")));
    const Outcome again = m_place->carma({"export", "out", "-n", "default"});
    QVERIFY2(again.exit == 1 || again.exit == 5, again.told().constData());
    COMPARE_EXIT(m_place->carma({"export", "out", "-n", "default", "--overwrite"}), 0);
}

void TestMemoryCommands::refusedFilesAreNamedAndTheRestGoesOn()
{
    makeStore();
    m_place->write("in/fine.txt", "a fine text");
    m_place->write("in/picture.bin", QByteArray("\x00\x01\x02\x00\xff\xfe", 6));
    m_place->write("in/large.txt", QByteArray(2000, 'a'));
    const Outcome json = m_place->carma({"ingest", "in", "--max-file-size", "1K", "--json"});
    COMPARE_EXIT(json, 1);
    QCOMPARE(json.object().value("files").toInt(), 1);
    QCOMPARE(json.object().value("refused").toArray().size(), 2);
    QCOMPARE(schemaProblem(
                 json.object().value("refused").toArray().at(0).toObject(), {{"path", QJsonValue::String}, {"reason", QJsonValue::String}}),
        QString());
    const Outcome text = m_place->carma({"ingest", "in", "--max-file-size", "1K"});
    COMPARE_EXIT(text, 1);
    QVERIFY2(text.err.contains("picture.bin: ") && text.err.contains("large.txt: "), text.err.constData());
    QVERIFY(text.out.contains("1 unchanged"));
}

void TestMemoryCommands::changedFilesBecomeNewVersions()
{
    ingestSamples();
    const QJsonObject same = m_place->carma({"ingest", "in", "--json"}).object();
    QCOMPARE(same.value("unchanged").toInt(), 3);
    QCOMPARE(same.value("files").toInt(), 0);
    m_place->write("in/garden.txt", "We planted eight rows of leeks.\n");
    const QJsonObject changed = m_place->carma({"ingest", "in", "--json"}).object();
    QCOMPARE(changed.value("updated").toInt(), 1);
    QCOMPARE(m_place->carma({"list", "--json"}).array().size(), 3);
    QCOMPARE(m_place->carma({"list", "--versions", "--json"}).array().size(), 4);
    QCOMPARE(m_place->carma({"show", "garden.txt", "--original"}).out, QByteArray("We planted eight rows of leeks.\n"));
}

void TestMemoryCommands::historyListsTheVersionsOfADocument()
{
    ingestSamples();
    const QString before = m_place->carma({"history", "letters/barn.md", "--json"}).array().at(0).toObject().value("id").toString();
    m_place->write("in/letters/barn.md", "# The barn\n\nThe key hangs in the kitchen now.\n");
    COMPARE_EXIT(m_place->carma({"ingest", m_place->path("in")}), 0);
    for (const QString& name : {QString("letters/barn.md"), before}) { // by what is current, and by what was
        const Outcome history = m_place->carma({"history", name, "--json"});
        COMPARE_EXIT(history, 0);
        QCOMPARE(history.array().size(), 2);
        QCOMPARE(history.array().at(0).toObject().value("id").toString(), before);
        QCOMPARE(history.array().at(0).toObject().value("current").toBool(), false);
        QCOMPARE(history.array().at(1).toObject().value("current").toBool(), true);
    }
    const Outcome table = m_place->carma({"history", "letters/barn.md"});
    QVERIFY2(
        table.out.contains(before.toUtf8()) && table.out.contains("current") && table.out.contains("2 versions"), table.out.constData());
    COMPARE_EXIT(m_place->carma({"history", "nowhere.md"}), 3);
}

void TestMemoryCommands::replacementsGoToTheNamedDocument()
{
    makeStore();
    const Outcome first = m_place->carma({"remember", "The well key hangs behind the door", "--json"});
    const QString id = first.object().value("ids").toArray().at(0).toString();
    const Outcome second = m_place->carma({"remember", "--replaces", id, "It hangs in the kitchen", "--tag", "keys", "--json"});
    COMPARE_EXIT(second, 0);
    const QString newer = second.object().value("ids").toArray().at(0).toString();
    m_place->write("draft.txt", "It hangs in the shed.\n");
    COMPARE_EXIT(m_place->carma({"ingest", m_place->path("draft.txt"), "--replaces", id}), 2); // not the newest
    const Outcome third = m_place->carma({"ingest", m_place->path("draft.txt"), "--replaces", newer, "--json"});
    COMPARE_EXIT(third, 0);
    QCOMPARE(third.object().value("updated").toInt(), 1);
    const QJsonArray versions = m_place->carma({"history", id, "--json"}).array();
    QCOMPARE(versions.size(), 3);
    QCOMPARE(versions.at(1).toObject().value("tags").toArray(), QJsonArray{"keys"});
    QVERIFY(versions.at(2).toObject().value("tags").toArray().isEmpty());
    QCOMPARE(m_place->carma({"list", "--json"}).array().size(), 1);
    QVERIFY(m_place->carma({"query", "shed"}).out.contains("shed"));
    COMPARE_EXIT(m_place->carma({"remember", "--replaces", id, "--title", "x", "y"}), 2);
    COMPARE_EXIT(m_place->carma({"ingest", m_place->path("draft.txt"), m_place->path("draft.txt"), "--replaces", id}), 2);
    COMPARE_EXIT(m_place->carma({"ingest", m_place->path("missing.txt"), "--replaces", newer}), 3);
}

void TestMemoryCommands::showWritesOriginalBytesToStandardOutput()
{
    ingestSamples();
    QCOMPARE(m_place->carma({"show", "deep/er/empty line.txt", "--original"}).out, m_place->read("in/deep/er/empty line.txt"));
}

void TestMemoryCommands::unknownIdIsNotFound()
{
    makeStore();
    for (const char* command : {"show", "tree", "forget"}) {
        COMPARE_EXIT(m_place->carma({command, "00000000000000000000000000", "--yes"}), 3);
        COMPARE_EXIT(m_place->carma({command, "no/such/path.txt", "--yes"}), 3);
    }
}

void TestMemoryCommands::forgetAsksFirst()
{
    ingestSamples();
    TerminalRun refused(*m_place, {"-s", m_place->store(), "forget", "garden.txt"});
    QVERIFY2(refused.waitFor("Type yes to go on: "), refused.screen().constData());
    QVERIFY(refused.screen().contains("garden.txt"));
    refused.type("no\n");
    QCOMPARE(refused.finish(), 9);
    COMPARE_EXIT(m_place->carma({"show", "garden.txt"}), 0);

    TerminalRun agreed(*m_place, {"-s", m_place->store(), "forget", "garden.txt"});
    QVERIFY(agreed.waitFor("Type yes to go on: "));
    agreed.type("yes\n");
    QCOMPARE(agreed.finish(), 0);
    QCOMPARE(m_place->carma({"list", "--json"}).array().size(), 2);
}

void TestMemoryCommands::forgetRefusesWithoutATerminal()
{
    ingestSamples();
    const Outcome outcome = m_place->carma({"forget", "garden.txt"});
    COMPARE_EXIT(outcome, 2);
    QVERIFY(outcome.err.contains("--yes"));
    QCOMPARE(m_place->carma({"list", "--json"}).array().size(), 3);
    const Outcome dry = m_place->carma({"forget", "garden.txt", "--dry-run", "--json"});
    COMPARE_EXIT(dry, 0);
    QCOMPARE(dry.object().value("would_forget").toArray().size(), 1);
    QCOMPARE(m_place->carma({"list", "--json"}).array().size(), 3);
}

void TestMemoryCommands::forgottenTextIsFoundNoMore()
{
    ingestSamples();
    const Outcome gone = m_place->carma({"forget", "garden.txt", "--now", "--yes", "--json"});
    COMPARE_EXIT(gone, 0);
    QCOMPARE(schemaProblem(gone.object(),
                 {{"documents", QJsonValue::Double}, {"fragments", QJsonValue::Double}, {"records_purged", QJsonValue::Double},
                     {"pending", QJsonValue::Double}}),
        QString());
    QCOMPARE(gone.object().value("documents").toInt(), 1);
    const Outcome query = m_place->carma({"query", "leeks beside the quince", "--json"});
    QVERIFY(!query.out.contains("quince tree"));
    COMPARE_EXIT(m_place->carma({"verify"}), 0);
}

void TestMemoryCommands::namespacesAreKeptApart()
{
    makeStore();
    COMPARE_EXIT(m_place->carma({"namespaces", "create", "work"}), 0);
    COMPARE_EXIT(m_place->carma({"namespaces", "create", "work"}), 1);
    COMPARE_EXIT(m_place->carma({"remember", "-n", "work", "the budget for the harbour"}), 0);
    COMPARE_EXIT(m_place->carma({"remember", "a boat in the harbour"}), 0);
    const auto hits = [&](const QStringList& options) {
        return m_place->carma(QStringList{"query", "harbour", "--json"} + options).object().value("hits").toArray().size();
    };
    QCOMPARE(hits({}), 1);
    QCOMPARE(hits({"-n", "work"}), 1);
    QCOMPARE(hits({"--all-namespaces"}), 2);
    const QJsonArray spaces = m_place->carma({"namespaces", "--json"}).array();
    QVERIFY(spaces.size() >= 2);
    QCOMPARE(schemaProblem(
                 spaces.at(0).toObject(), {{"id", QJsonValue::String}, {"name", QJsonValue::String}, {"documents", QJsonValue::Double}}),
        QString());
}

void TestMemoryCommands::storedControlCharactersDoNotReachTheTerminal()
{
    makeStore();
    // Few enough of them among the words that the text does not count as binary.
    const QByteArray evil = "before \x1b]0;owned\x07 \x1b[31mred\x1b[0m \u202ereversed after" +
        QByteArray(" and plain words").repeated(100);
    COMPARE_EXIT(m_place->carma({"remember", "-", "--title", "t\x1b[2Jt", "--external-id", "evil"}, evil), 0);
    m_place->set("NO_COLOR", "1");
    for (const QStringList& line :
        {QStringList{"show", "evil"}, QStringList{"query", "before after"}, QStringList{"list"}, QStringList{"tree", "evil"}}) {
        TerminalRun run(*m_place, QStringList{"-s", m_place->store()} + line);
        QCOMPARE(run.finish(), 0);
        QVERIFY2(!run.screen().contains("\x1b]0") && !run.screen().contains("\x1b[31m") && !run.screen().contains("\x1b[2J"),
            run.screen().constData());
        QVERIFY(!run.screen().contains("\u202e"));
    }
    TerminalRun shown(*m_place, {"-s", m_place->store(), "show", "evil"});
    QCOMPARE(shown.finish(), 0);
    QVERIFY2(shown.screen().contains("\\x1b]0;owned\\x07"), shown.screen().constData());
    QCOMPARE(m_place->carma({"show", "evil", "--quiet"}).out, evil); // a pipe gets the very bytes
}

void TestMemoryCommands::treeIsDrawnInAsciiWhereTheLocaleHasNoBoxes()
{
    ingestSamples();
    m_place->set("LC_ALL", "C");
    const Outcome tree = m_place->carma({"tree", "letters/barn.md"});
    COMPARE_EXIT(tree, 0);
    QVERIFY(tree.out.contains("`- "));
    QVERIFY(!tree.out.contains("\u2514"));
}

void TestMemoryCommands::queryMarksWordsInColourOnly()
{
    ingestSamples();
    QVERIFY(m_place->carma({"query", "leek", "--color", "always"}).out.contains("\x1b[1mleeks\x1b[0m"));
    QVERIFY(!m_place->carma({"query", "leek"}).out.contains('\x1b'));
    QVERIFY(!m_place->carma({"query", "leek", "--color", "always", "--json"}).out.contains('\x1b'));
}

CARMA_TEST_CLASS(TestMemoryCommands, "test_memory_commands")
#include "test_memory_commands.moc"
