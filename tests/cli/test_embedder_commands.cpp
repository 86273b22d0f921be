// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/carma_process.h"
#include "core/plugins/faulty_plugin.h"
#include "support/test_main.h"

#include <QDir>
#include <QFile>
#include <QTest>

using carma::test::FaultyPlugin;
using carma::test::Outcome;
using carma::test::schemaProblem;
using carma::test::Workplace;

/// The embedder, the model's files and the index files, through the built program.
class TestEmbedderCommands : public QObject {
    Q_OBJECT
private slots:
    void init();
    void showTellsWhereVectorsComeFrom();
    void setOfTheOneInUseChangesNothing();
    void aMissingModelCostsALineAndMeaning();
    void aSpoiltIndexFileCostsALine();
    void whatIsWantedIsNotedAndResumedInTurns();
    void theBackgroundGoesOnByItself();
    void aPluginThatFailsLeavesTheOldVectors();
    void wrongWordsAndSettingsAreRefused();

private:
    /// A store with a note, and a plugin at hand.
    void prepare(const FaultyPlugin& plugin)
    {
        m_place->set("CARMA_PLUGIN_PATH", QString::fromStdString(plugin.file("..")));
        m_place->set("XDG_STATE_HOME", m_place->path("state"));
        COMPARE_EXIT(m_place->carma({"remember", "the lantern hangs beside the door"}), 0);
    }
    std::unique_ptr<Workplace> m_place;
};

void TestEmbedderCommands::init()
{
    m_place = std::make_unique<Workplace>();
    COMPARE_EXIT(m_place->run({"init", m_place->store()}), 0);
}

void TestEmbedderCommands::showTellsWhereVectorsComeFrom()
{
    const Outcome fresh = m_place->carma({"embedder", "show", "--json"});
    COMPARE_EXIT(fresh, 0);
    QCOMPARE(fresh.object().value("recorded").toBool(), false);
    COMPARE_EXIT(m_place->carma({"remember", "the lantern hangs beside the door"}), 0);
    const Outcome outcome = m_place->carma({"embedder", "show", "--json"});
    COMPARE_EXIT(outcome, 0);
    const QJsonObject shown = outcome.object();
    QCOMPARE(schemaProblem(shown,
                 {{"source", QJsonValue::String}, {"embedder", QJsonValue::Object}, {"metric", QJsonValue::String},
                     {"semantic_weight", QJsonValue::Double}, {"recorded", QJsonValue::Bool}, {"usable", QJsonValue::Bool},
                     {"problem", QJsonValue::String}, {"built_in", QJsonValue::Array}}),
        QString());
    QVERIFY(shown.value("recorded").toBool() && shown.value("usable").toBool());
    QCOMPARE(shown.value("source").toString(), QString("static-en-256"));
    QCOMPARE(shown.value("embedder").toObject().value("dimension").toInt(), 256);
}

void TestEmbedderCommands::setOfTheOneInUseChangesNothing()
{
    COMPARE_EXIT(m_place->carma({"remember", "the lantern hangs beside the door"}), 0);
    const Outcome set = m_place->carma({"embedder", "set", "static-en-256", "--json"});
    COMPARE_EXIT(set, 0);
    QCOMPARE(set.object().value("changed").toBool(), false);
    const Outcome progress = m_place->carma({"embedder", "progress", "--json"});
    COMPARE_EXIT(progress, 0);
    QCOMPARE(progress.object().value("changing").toBool(), false);
    COMPARE_EXIT(m_place->carma({"embedder", "resume"}), 3);
    const Outcome unknown = m_place->carma({"embedder", "set", "nobody"});
    COMPARE_EXIT(unknown, 3);
    QVERIFY2(unknown.err.contains("nobody") && unknown.err.contains("plugins list"), unknown.err.constData());
}

void TestEmbedderCommands::aMissingModelCostsALineAndMeaning()
{
    COMPARE_EXIT(m_place->carma({"remember", "the lantern hangs beside the door"}), 0);
    QVERIFY(QDir().mkpath(m_place->path("resources/models/static-en-256")));
    m_place->set("CARMA_RESOURCES", m_place->path("resources"));
    const Outcome words = m_place->carma({"query", "lantern", "--json"});
    COMPARE_EXIT(words, 0);
    QCOMPARE(words.object().value("hits").toArray().size(), 1);
    QCOMPARE(words.object().value("warnings").toArray().size(), 1);
    QCOMPARE(words.err.count('\n'), 1);
    QVERIFY2(words.err.contains("config.json"), words.err.constData());
    COMPARE_EXIT(m_place->carma({"query", "lantern", "--mode", "semantic"}), 1);
    COMPARE_EXIT(m_place->carma({"query", "lantern", "--mode", "lexical"}), 0);
    const Outcome shown = m_place->carma({"embedder", "show", "--json"});
    COMPARE_EXIT(shown, 0);
    QCOMPARE(shown.object().value("usable").toBool(), false);
}

void TestEmbedderCommands::aSpoiltIndexFileCostsALine()
{
    QByteArray lines;
    for (int i = 0; i < 600; ++i) {
        lines += "{\"text\":\"shelf " + QByteArray::number(i % 40) + " holds number " + QByteArray::number(i) + "\"}\n";
    }
    m_place->write("shelves.jsonl", lines);
    COMPARE_EXIT(m_place->carma({"ingest", "shelves.jsonl"}), 0);
    const QJsonArray hits = m_place->carma({"query", "shelf 7 number 47", "--json"}).object().value("hits").toArray();
    QCOMPARE(hits.size(), 10);
    const QStringList files = QDir(m_place->store() + "/indexes").entryList(QDir::Files);
    QCOMPARE(files.size(), 1);
    m_place->write("store/indexes/" + files[0], "this is no index");
    const Outcome spoilt = m_place->carma({"query", "shelf 7 number 47", "--json"});
    COMPARE_EXIT(spoilt, 0);
    QVERIFY(spoilt.object().value("hits").toArray() == hits);
    QVERIFY2(spoilt.err.count('\n') == 1 && spoilt.err.contains(files[0].toUtf8()), spoilt.err.constData());
    const Outcome again = m_place->carma({"query", "shelf 7 number 47", "--json"});
    QVERIFY(again.object().value("hits").toArray() == hits && again.err.isEmpty());
}

void TestEmbedderCommands::whatIsWantedIsNotedAndResumedInTurns()
{
    const FaultyPlugin plugin;
    prepare(plugin);
    const Outcome later = m_place->carma({"embedder", "set", "faulty", "--later", "--json"});
    COMPARE_EXIT(later, 0);
    QCOMPARE(later.object().value("changed").toBool(true), false);
    QCOMPARE(m_place->carma({"embedder", "progress", "--json"}).object().value("source").toString(), QString("faulty"));
    const Outcome resumed = m_place->carma({"embedder", "resume", "--turns", "1s", "--json"});
    COMPARE_EXIT(resumed, 0);
    QCOMPARE(resumed.object().value("changed").toBool(), true);
    QCOMPARE(m_place->carma({"embedder", "show", "--json"}).object().value("source").toString(), QString("faulty"));
    COMPARE_EXIT(m_place->carma({"embedder", "resume", "--turns", "1s"}), 3); // nothing is wanted any more
}

void TestEmbedderCommands::theBackgroundGoesOnByItself()
{
    const FaultyPlugin plugin;
    prepare(plugin);
    const Outcome refused = m_place->carma({"embedder", "set", "faulty", "--background", "--passphrase-file", "-"}, "secret\n");
    COMPARE_EXIT(refused, 2);
    QVERIFY2(refused.err.contains("nobody can be asked"), refused.err.constData());
    const Outcome set = m_place->carma({"embedder", "set", "faulty", "--background", "--json"});
    COMPARE_EXIT(set, 0);
    QVERIFY(set.object().value("process").toInt() > 0);
    bool isChanging = true;
    for (int i = 0; i < 2000 && isChanging; ++i) {
        isChanging = m_place->carma({"embedder", "progress", "--json"}).object().value("changing").toBool();
    }
    QFile log(set.object().value("log").toString());
    QVERIFY(log.open(QIODevice::ReadOnly));
    const QByteArray said = log.readAll();
    QVERIFY2(!isChanging, said.constData());
    QVERIFY((log.permissions() & (QFile::ReadGroup | QFile::ReadOther)) == 0);
    QCOMPARE(m_place->carma({"embedder", "show", "--json"}).object().value("source").toString(), QString("faulty"));
    COMPARE_EXIT(m_place->carma({"query", "lantern"}), 0);
    // What is chosen already takes no process.
    const Outcome same = m_place->carma({"embedder", "set", "faulty", "--background", "--json"});
    COMPARE_EXIT(same, 0);
    QVERIFY(!same.object().contains("process"));
}

void TestEmbedderCommands::aPluginThatFailsLeavesTheOldVectors()
{
    const FaultyPlugin plugin;
    prepare(plugin);
    const QJsonArray hits = m_place->carma({"query", "lantern", "--json"}).object().value("hits").toArray();
    QCOMPARE(hits.size(), 1);
    const auto choose = [&](const QByteArray& way) {
        m_place->write("config/carma/plugins.json", R"({"faulty": {"fault": "nan", "run": {"on_failure": ")" + way + "\"}}}");
        return m_place->carma({"embedder", "set", "faulty"});
    };
    m_place->set("XDG_CONFIG_HOME", m_place->path("config"));
    QVERIFY(QDir().mkpath(m_place->path("config/carma")));
    const Outcome unreadable = choose("panic");
    COMPARE_EXIT(unreadable, 2);
    QVERIFY2(unreadable.err.contains("none of wait, skip, stop"), unreadable.err.constData());
    const Outcome stopped = choose("stop");
    COMPARE_EXIT(stopped, 1);
    QVERIFY2(stopped.err.contains("plugin 'faulty'") && stopped.err.contains("not finite"), stopped.err.constData());
    QCOMPARE(m_place->carma({"embedder", "show", "--json"}).object().value("source").toString(), QString("static-en-256"));
    QVERIFY(m_place->carma({"query", "lantern", "--json"}).object().value("hits").toArray() == hits);
    const Outcome skipped = choose("skip");
    COMPARE_EXIT(skipped, 0);
    QVERIFY2(skipped.err.contains("not finite"), skipped.err.constData());
    QCOMPARE(m_place->carma({"query", "lantern", "--json"}).object().value("hits").toArray().size(), 1); // by words
}

void TestEmbedderCommands::wrongWordsAndSettingsAreRefused()
{
    COMPARE_EXIT(m_place->carma({"embedder", "resume", "--background"}), 2);
    COMPARE_EXIT(m_place->carma({"embedder", "set", "x", "--later", "--dry-run"}), 2);
    COMPARE_EXIT(m_place->carma({"embedder", "set", "x", "--turns", "1s"}), 2);
    COMPARE_EXIT(m_place->carma({"embedder", "resume", "--turns", "soon"}), 2);
    COMPARE_EXIT(m_place->carma({"embedder"}), 2);
    COMPARE_EXIT(m_place->carma({"embedder", "sing"}), 2);
    COMPARE_EXIT(m_place->carma({"embedder", "set"}), 2);
    COMPARE_EXIT(m_place->carma({"embedder", "show", "--dry-run"}), 2);
    m_place->set("CARMA_SEARCH_MEMORY", "much");
    const Outcome outcome = m_place->carma({"status"});
    COMPARE_EXIT(outcome, 2);
    QVERIFY2(outcome.err.contains("CARMA_SEARCH_MEMORY"), outcome.err.constData());
    m_place->set("CARMA_SEARCH_MEMORY", "64");
    COMPARE_EXIT(m_place->carma({"status"}), 0);
}

CARMA_TEST_CLASS(TestEmbedderCommands, "test_embedder_commands")
#include "test_embedder_commands.moc"
