// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/carma_process.h"
#include "support/test_main.h"

#include <QDir>
#include <QRegularExpression>
#include <QTest>
#include <csignal>

using carma::test::hashOfFolder;
using carma::test::Outcome;
using carma::test::Schema;
using carma::test::schemaProblem;
using carma::test::TerminalRun;
using carma::test::Workplace;

/// Damage, keys, other processes and signals, through the built program.
class TestStoreCommands : public QObject {
    Q_OBJECT
private slots:
    void init();

    void soundStoreIsHealthyAndIntact();
    void twoLostFoldersAreHealedAndNothingIsLost();
    void threeLostFoldersAreTold();
    void flippedBitsAreFoundAndHealed();
    void deletedCatalogIsRebuiltWithOneLine();
    void wrongKeyChangesNoByte();
    void missingKeyTellsHowToGoOn();
    void passphraseOpensFromFileAndTerminal();
    void newRecoveryCodeVoidsTheOldOne();
    void secondWriterIsToldWhoIsBusy();
    void waitingWriterGoesOnWhenTheFirstIsDone();
    void aDrillTellsWhatCameBack();
    void aBackupGivesBackWhatParityCannot();
    void aBackupIntoSomethingElseIsRefused();
    void beaconHealsWhatItFindsAndRemembersWhereItIs();
    void beaconRefusesABudgetWithoutMeaning();
    void interruptedIngestLeavesASoundStore();
    void interruptedQuestionRestoresTheTerminal();
    void progressIsShownWhenAskedFor();
    void doctorTellsOfAStoreThatDoesNotOpen();
    void storeIsFoundByVariableAndDefault();

private:
    void makeStore();
    void dropFolder(int number) const { QDir(m_place->store() + "/shards/" + QString::number(number)).removeRecursively(); }
    std::unique_ptr<Workplace> m_place;
};

const Schema kHealSchema{{"damaged", QJsonValue::Double}, {"healed", QJsonValue::Double}, {"unhealed", QJsonValue::Double},
    {"lost", QJsonValue::Array}, {"wrote_bytes", QJsonValue::Double}, {"flipped_bits", QJsonValue::Double}, {"faults", QJsonValue::Array},
    {"notes", QJsonValue::Array}};
const Schema kVerifySchema{{"intact", QJsonValue::Bool}, {"records", QJsonValue::Double}, {"tree_root", QJsonValue::String},
    {"checkpoints", QJsonValue::Double}, {"faults", QJsonValue::Array}, {"lost", QJsonValue::Array}, {"problems", QJsonValue::Array}};
const Schema kFaultSchema{{"kind", QJsonValue::String}, {"outcome", QJsonValue::String}, {"file", QJsonValue::String},
    {"sector", QJsonValue::Double}, {"flipped_bits", QJsonValue::Double}, {"seen_us", QJsonValue::Double}};

void TestStoreCommands::init() { m_place = std::make_unique<Workplace>(); }

void TestStoreCommands::makeStore()
{
    COMPARE_EXIT(m_place->run({"init", m_place->store()}), 0);
    for (int i = 0; i < 20; ++i) {
        m_place->write(QString("in/%1.txt").arg(i),
            QByteArray("Page ") + QByteArray::number(i) + " tells of larches. " + QByteArray(i * 211, 'x') + "\n");
    }
    COMPARE_EXIT(m_place->carma({"ingest", "in"}), 0);
    COMPARE_EXIT(m_place->carma({"seal"}), 0);
}

void TestStoreCommands::soundStoreIsHealthyAndIntact()
{
    makeStore();
    const QJsonObject status = m_place->carma({"status", "--json"}).object();
    QCOMPARE(status.value("health").toString(), QString("healthy"));
    QCOMPARE(schemaProblem(status,
                 {{"path", QJsonValue::String}, {"id", QJsonValue::String}, {"data_shards", QJsonValue::Double},
                     {"parity_shards", QJsonValue::Double}, {"folders_present", QJsonValue::Double}, {"documents", QJsonValue::Double},
                     {"key_slots", QJsonValue::Array}, {"warnings", QJsonValue::Array}}),
        QString());
    QVERIFY(m_place->carma({"status"}).out.startsWith("healthy"));
    const Outcome verify = m_place->carma({"verify", "--json"});
    COMPARE_EXIT(verify, 0);
    QCOMPARE(schemaProblem(verify.object(), kVerifySchema), QString());
    QCOMPARE(verify.object().value("intact").toBool(), true);
    COMPARE_EXIT(m_place->carma({"scrub"}), 0);
    const Outcome heal = m_place->carma({"heal", "--json"});
    COMPARE_EXIT(heal, 0);
    QCOMPARE(schemaProblem(heal.object(), kHealSchema), QString());
    QCOMPARE(heal.object().value("wrote_bytes").toInt(), 0);
    COMPARE_EXIT(m_place->carma({"faults"}), 0);
    // Whether all is well depends on the machine (one disk, little room): only what is told is looked at.
    const QJsonArray checks = m_place->carma({"doctor", "--json"}).object().value("checks").toArray();
    QVERIFY(checks.size() > 3);
    for (const auto& check : checks) {
        QCOMPARE(
            schemaProblem(check.toObject(),
                {{"name", QJsonValue::String}, {"ok", QJsonValue::Bool}, {"detail", QJsonValue::String}, {"advice", QJsonValue::String}}),
            QString());
    }
    QCOMPARE(checks.at(1).toObject().value("name").toString(), QString("store"));
    QCOMPARE(checks.at(1).toObject().value("ok").toBool(), true);
}

void TestStoreCommands::twoLostFoldersAreHealedAndNothingIsLost()
{
    makeStore();
    dropFolder(1);
    dropFolder(4);
    const Outcome status = m_place->carma({"status"});
    COMPARE_EXIT(status, 0);
    QVERIFY2(status.out.startsWith("degraded: 2 of 6 shard folders are missing; run carma heal"), status.out.constData());
    QVERIFY(!m_place->carma({"query", "larches", "--json"}).object().value("hits").toArray().isEmpty());
    const Outcome verify = m_place->carma({"verify", "--json"});
    COMPARE_EXIT(verify, 5);
    QCOMPARE(verify.object().value("intact").toBool(), false);
    const Outcome scrub = m_place->carma({"scrub"});
    COMPARE_EXIT(scrub, 5);
    QVERIFY(scrub.err.contains("carma heal"));
    const Outcome heal = m_place->carma({"heal", "--json"});
    COMPARE_EXIT(heal, 4);
    QVERIFY(heal.object().value("damaged").toInt() > 0);
    QVERIFY(heal.object().value("lost").toArray().isEmpty());
    QCOMPARE(schemaProblem(heal.object().value("faults").toArray().at(0).toObject(), kFaultSchema), QString());
    const Outcome again = m_place->carma({"heal", "--json"});
    COMPARE_EXIT(again, 0);
    QCOMPARE(again.object().value("wrote_bytes").toInt(), 0);
    COMPARE_EXIT(m_place->carma({"verify"}), 0);
    const QJsonArray faults = m_place->carma({"faults", "--json"}).array();
    QVERIFY(!faults.isEmpty());
    QCOMPARE(schemaProblem(faults.at(0).toObject(), kFaultSchema), QString());
    COMPARE_EXIT(m_place->carma({"export", "out", "-n", "default"}), 0);
    QCOMPARE(hashOfFolder(m_place->path("out")), hashOfFolder(m_place->path("in")));
}

void TestStoreCommands::threeLostFoldersAreTold()
{
    makeStore();
    dropFolder(0);
    dropFolder(1);
    dropFolder(2);
    const Outcome heal = m_place->carma({"heal", "--json"});
    COMPARE_EXIT(heal, 5);
    QCOMPARE(schemaProblem(heal.object(), kHealSchema), QString());
    QVERIFY(!heal.object().value("lost").toArray().isEmpty());
    QCOMPARE(
        schemaProblem(heal.object().value("lost").toArray().at(0).toObject(),
            {{"id", QJsonValue::String}, {"document", QJsonValue::String}, {"what", QJsonValue::String}, {"path", QJsonValue::String}}),
        QString());
    const Outcome out = m_place->carma({"export", "out", "-n", "default", "--json"});
    COMPARE_EXIT(out, 5);
    QVERIFY(!out.object().value("incomplete").toArray().isEmpty());
    COMPARE_EXIT(m_place->carma({"query", "larches"}), 0);
}

void TestStoreCommands::flippedBitsAreFoundAndHealed()
{
    makeStore();
    const QDir folder(m_place->store() + "/shards/2");
    const QFileInfoList files = folder.entryInfoList(QDir::Files, QDir::Size);
    QVERIFY(!files.isEmpty());
    QFile file(files.at(0).filePath());
    QVERIFY(file.open(QIODevice::ReadWrite));
    const qint64 place = file.size() / 2;
    file.seek(place);
    QByteArray byte = file.read(1);
    byte[0] = static_cast<char>(byte[0] ^ 0x10);
    file.seek(place);
    file.write(byte);
    file.close();
    COMPARE_EXIT(m_place->carma({"scrub", "--json"}), 5);
    const Outcome heal = m_place->carma({"heal", "--json"});
    COMPARE_EXIT(heal, 4);
    QCOMPARE(heal.object().value("healed").toInt(), heal.object().value("damaged").toInt());
    COMPARE_EXIT(m_place->carma({"verify"}), 0);
}

void TestStoreCommands::deletedCatalogIsRebuiltWithOneLine()
{
    makeStore();
    const QByteArray before = m_place->carma({"list"}).out;
    for (const QString& name : QDir(m_place->store()).entryList({"catalog.sqlite*"}, QDir::Files)) {
        QFile::remove(m_place->store() + "/" + name);
    }
    const Outcome listed = m_place->carma({"list"});
    COMPARE_EXIT(listed, 0);
    QCOMPARE(listed.out, before);
}

void TestStoreCommands::wrongKeyChangesNoByte()
{
    makeStore();
    COMPARE_EXIT(m_place->run({"init", m_place->path("other"), "--key-file", m_place->path("other.key")}), 0);
    const QByteArray before = hashOfFolder(m_place->store());
    for (const QStringList& line : {QStringList{"status"}, QStringList{"heal"}, QStringList{"remember", "x"}, QStringList{"verify"}}) {
        const Outcome outcome = m_place->carma(line + QStringList{"--key-file", m_place->path("other.key"), "--json"});
        COMPARE_EXIT(outcome, 6);
        QCOMPARE(outcome.error().value("code").toString(), QString("WrongKey"));
        QCOMPARE(outcome.error().value("exit").toInt(), 6);
        QCOMPARE(hashOfFolder(m_place->store()), before);
    }
}

void TestStoreCommands::missingKeyTellsHowToGoOn()
{
    makeStore();
    m_place->unset("CARMA_KEY_FILE");
    const Outcome outcome = m_place->carma({"list"});
    COMPARE_EXIT(outcome, 6);
    QVERIFY2(outcome.err.contains("--key-file") && outcome.err.contains("--recovery-code-file"), outcome.err.constData());
    COMPARE_EXIT(m_place->carma({"list", "--key-file", m_place->path("no.key")}), 3);
    COMPARE_EXIT(m_place->carma({"list", "--key-file", m_place->path("test.key")}), 0);
    COMPARE_EXIT(m_place->carma({"list", "--key-file", "a", "--passphrase-file", "b"}), 2);
}

void TestStoreCommands::passphraseOpensFromFileAndTerminal()
{
    m_place->write("pass", "correct horse\n");
    m_place->unset("CARMA_KEY_FILE");
    COMPARE_EXIT(m_place->run({"init", m_place->store(), "--no-key-file", "--passphrase-file", m_place->path("pass")}), 0);
    COMPARE_EXIT(m_place->carma({"status", "--passphrase-file", m_place->path("pass")}), 0);
    COMPARE_EXIT(m_place->carma({"status", "--passphrase-file", "-"}, "correct horse\n"), 0);
    COMPARE_EXIT(m_place->carma({"status", "--passphrase-file", "-"}, "wrong horse\n"), 6);
    COMPARE_EXIT(m_place->carma({"status", "--passphrase-file", "-"}, ""), 2);

    TerminalRun asked(*m_place, {"-s", m_place->store(), "status"});
    QVERIFY2(asked.waitFor("Passphrase of "), asked.screen().constData());
    asked.type("correct horse\n");
    QCOMPARE(asked.finish(), 0);
    QVERIFY(!asked.screen().contains("correct horse"));

    m_place->write("fresh", "battery staple\n");
    COMPARE_EXIT(
        m_place->carma({"passphrase", "--passphrase-file", m_place->path("pass"), "--new-passphrase-file", m_place->path("fresh")}), 0);
    COMPARE_EXIT(m_place->carma({"status", "--passphrase-file", m_place->path("pass")}), 6);
    COMPARE_EXIT(m_place->carma({"status", "--passphrase-file", m_place->path("fresh")}), 0);
}

void TestStoreCommands::newRecoveryCodeVoidsTheOldOne()
{
    const Outcome made = m_place->run({"init", m_place->store(), "--json"});
    COMPARE_EXIT(made, 0);
    m_place->write("old", made.object().value("recovery_code").toString().toUtf8());
    COMPARE_EXIT(m_place->carma({"recovery-code"}), 2); // nobody can be asked
    COMPARE_EXIT(m_place->carma({"status", "--recovery-code-file", m_place->path("old")}), 0);
    const Outcome renewed = m_place->carma({"recovery-code", "--yes", "--json"});
    COMPARE_EXIT(renewed, 0);
    m_place->write("new", renewed.object().value("recovery_code").toString().toUtf8());
    COMPARE_EXIT(m_place->carma({"status", "--recovery-code-file", m_place->path("old")}), 6);
    COMPARE_EXIT(m_place->carma({"status", "--recovery-code-file", m_place->path("new")}), 0);
}

void TestStoreCommands::secondWriterIsToldWhoIsBusy()
{
    makeStore();
    TerminalRun first(*m_place, {"-s", m_place->store(), "forget", "3.txt"});
    QVERIFY2(first.waitFor("Type yes to go on: "), first.screen().constData()); // the store is open and stays so
    const Outcome second = m_place->carma({"remember", "x", "--json"});
    COMPARE_EXIT(second, 7);
    QVERIFY2(second.error().value("message").toString().contains("carma forget (pid "), second.err.constData());
    COMPARE_EXIT(m_place->carma({"query", "larches"}), 0); // readers are not in the way
    first.type("no\n");
    QCOMPARE(first.finish(), 9);
    COMPARE_EXIT(m_place->carma({"remember", "x"}), 0);
}

void TestStoreCommands::waitingWriterGoesOnWhenTheFirstIsDone()
{
    makeStore();
    TerminalRun first(*m_place, {"-s", m_place->store(), "forget", "3.txt"});
    QVERIFY(first.waitFor("Type yes to go on: "));
    QProcess waiter;
    m_place->start(waiter, {"-s", m_place->store(), "remember", "patience", "--wait", "50"});
    first.type("yes\n");
    QCOMPARE(first.finish(), 0);
    QVERIFY(waiter.waitForFinished(60'000));
    QCOMPARE(waiter.exitCode(), 0);
}

void TestStoreCommands::aDrillTellsWhatCameBack()
{
    makeStore();
    COMPARE_EXIT(m_place->carma({"seal"}), 0);
    const QByteArray before = hashOfFolder(m_place->store() + "/shards");
    const Outcome passed = m_place->carma({"drill", "--json", "--report", m_place->path("drill.html")});
    COMPARE_EXIT(passed, 0);
    QVERIFY(passed.object().value("passed").toBool());
    QCOMPARE(passed.object().value("folders_lost").toArray().size(), 2);
    QVERIFY(QFile(m_place->path("drill.html")).size() > 1000);
    const Outcome lost = m_place->carma({"drill", "--lose-folders", "5", "--seed", "4", "--json"});
    COMPARE_EXIT(lost, 5);
    QVERIFY(!lost.object().value("different").toArray().isEmpty());
    QVERIFY(lost.object().value("lies").toArray().isEmpty());
    COMPARE_EXIT(m_place->carma({"drill", "--lose-folders", "7"}), 2);
    COMPARE_EXIT(m_place->carma({"drill", "--lose-folders", "many"}), 2);
    QCOMPARE(hashOfFolder(m_place->store() + "/shards"), before);
}

void TestStoreCommands::aBackupGivesBackWhatParityCannot()
{
    makeStore();
    const QString copy = m_place->path("copy");
    const Outcome made = m_place->carma({"backup", copy, "--json"});
    COMPARE_EXIT(made, 0);
    QVERIFY(made.object().value("segments_written").toInt() >= 1);
    COMPARE_EXIT(m_place->carma({"remember", "said later"}), 0);
    COMPARE_EXIT(m_place->carma({"backup", copy, "--check"}), 0);
    COMPARE_EXIT(m_place->run({"-s", copy, "verify"}), 0);
    for (const int folder : {0, 1, 5}) {
        dropFolder(folder);
    }
    COMPARE_EXIT(m_place->carma({"heal"}), 5);
    const Outcome healed = m_place->carma({"heal", "--from", copy, "--json"});
    COMPARE_EXIT(healed, 4);
    QCOMPARE(healed.object().value("lost").toArray().size(), 0);
    COMPARE_EXIT(m_place->carma({"verify"}), 0);
    QVERIFY(m_place->carma({"query", "said later"}).out.contains("said later"));
}

void TestStoreCommands::aBackupIntoSomethingElseIsRefused()
{
    makeStore();
    m_place->write("letters/one.txt", "dear reader");
    const QByteArray before = hashOfFolder(m_place->path("letters"));
    const Outcome refused = m_place->carma({"backup", m_place->path("letters")});
    QVERIFY(refused.exit != 0);
    QVERIFY(refused.err.contains("no store"));
    COMPARE_EXIT(m_place->carma({"heal", "--from", m_place->path("letters")}), 3);
    COMPARE_EXIT(m_place->carma({"backup"}), 2);
    QFile::remove(m_place->path("letters/lock"));
    QCOMPARE(hashOfFolder(m_place->path("letters")), before);
}

void TestStoreCommands::beaconHealsWhatItFindsAndRemembersWhereItIs()
{
    makeStore();
    const Outcome before = m_place->carma({"beacon", "--json"});
    COMPARE_EXIT(before, 0);
    QCOMPARE(before.object().value("rounds").toInt(), 0);
    COMPARE_EXIT(m_place->carma({"beacon", "run", "--rounds", "1"}), 0);
    dropFolder(3);
    const Outcome looked = m_place->carma({"beacon", "run", "--rounds", "1", "--no-heal"});
    COMPARE_EXIT(looked, 5);
    QVERIFY(looked.out.contains("fault"));
    const Outcome healed = m_place->carma({"beacon", "run", "--rounds", "1", "--json"});
    COMPARE_EXIT(healed, 4);
    QVERIFY(healed.out.split('\n').size() >= 4); // an event a line
    QVERIFY(healed.out.contains(R"("event":"healed")"));
    COMPARE_EXIT(m_place->carma({"verify"}), 0);
    const Outcome status = m_place->carma({"beacon", "status", "--json"});
    QCOMPARE(status.object().value("rounds").toInt(), 3);
    QVERIFY(status.object().value("last_round_us").toDouble() > 0);
}

void TestStoreCommands::beaconRefusesABudgetWithoutMeaning()
{
    makeStore();
    for (const QStringList& bad : {QStringList{"--rate", "fast"}, QStringList{"--rate", "0"}, QStringList{"--hours", "25-3"},
             QStringList{"--hours", "noon"}, QStringList{"--period", "soon"}, QStringList{"--share", "0"}, QStringList{"--stall", "101"}}) {
        const Outcome refused = m_place->carma(QStringList{"beacon", "run", "--rounds", "1"} + bad);
        COMPARE_EXIT(refused, 2);
    }
    COMPARE_EXIT(m_place->carma({"beacon", "dance"}), 2);
}

void TestStoreCommands::interruptedIngestLeavesASoundStore()
{
    makeStore();
    for (int i = 0; i < 4000; ++i) {
        m_place->write(QString("many/%1.txt").arg(i), QByteArray("Note ") + QByteArray::number(i) + QByteArray(8000, 'y'));
    }
    QProcess ingest;
    m_place->start(ingest, {"-s", m_place->store(), "ingest", "many", "--progress"});
    ingest.setReadChannel(QProcess::StandardError);
    QVERIFY2(ingest.waitForReadyRead(60'000), "no progress was told"); // the first line comes when work begins
    ::kill(static_cast<pid_t>(ingest.processId()), SIGINT);
    QVERIFY(ingest.waitForFinished(60'000));
    QCOMPARE(ingest.exitStatus(), QProcess::NormalExit);
    QCOMPARE(ingest.exitCode(), 9);
    const QByteArray told = ingest.readAllStandardError();
    QVERIFY2(told.contains("the store is sound"), told.constData());
    COMPARE_EXIT(m_place->carma({"verify"}), 0);
    QVERIFY(m_place->carma({"list", "--json"}).array().size() >= 20);
    COMPARE_EXIT(m_place->carma({"ingest", "in"}), 0);
}

void TestStoreCommands::interruptedQuestionRestoresTheTerminal()
{
    m_place->write("pass", "correct horse\n");
    m_place->unset("CARMA_KEY_FILE");
    COMPARE_EXIT(m_place->run({"init", m_place->store(), "--no-key-file", "--passphrase-file", m_place->path("pass")}), 0);
    TerminalRun asked(*m_place, {"-s", m_place->store(), "status"});
    QVERIFY(asked.waitFor("Passphrase of "));
    asked.type("\x03");
    QCOMPARE(asked.finish(), 9);
}

void TestStoreCommands::progressIsShownWhenAskedFor()
{
    makeStore();
    QVERIFY(m_place->carma({"verify"}).err.isEmpty());
    QVERIFY(!m_place->carma({"verify", "--progress"}).err.isEmpty());
}

void TestStoreCommands::doctorTellsOfAStoreThatDoesNotOpen()
{
    const Outcome outcome = m_place->carma({"doctor", "--json"});
    COMPARE_EXIT(outcome, 1);
    QCOMPARE(schemaProblem(outcome.object(), {{"ok", QJsonValue::Bool}, {"checks", QJsonValue::Array}}), QString());
    QCOMPARE(outcome.object().value("ok").toBool(), false);
}

void TestStoreCommands::storeIsFoundByVariableAndDefault()
{
    makeStore();
    m_place->set("CARMA_STORE", m_place->store());
    COMPARE_EXIT(m_place->run({"status"}), 0);
    m_place->unset("CARMA_STORE");
    COMPARE_EXIT(m_place->run({"status"}), 3);
    m_place->unset("CARMA_KEY_FILE");
    COMPARE_EXIT(m_place->run({"init"}), 0);
    QVERIFY(QDir(m_place->path("home/.local/share/carma/default")).exists());
    QCOMPARE(QDir(m_place->path("home/.config/carma/keys")).entryList({"*.key"}).size(), 1);
    COMPARE_EXIT(m_place->run({"status"}), 0);
}

CARMA_TEST_CLASS(TestStoreCommands, "test_store_commands")
#include "test_store_commands.moc"
