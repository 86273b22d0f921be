// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/carma_process.h"
#include "support/test_main.h"

#include <QStandardPaths>
#include <QTest>
#include <memory>

using carma::test::Outcome;
using carma::test::Workplace;

namespace {

const QString kScript = QStringLiteral(CARMA_SOURCE_DIR "/resources/audit/verify_proof.py");

} // namespace

/// The audit as a user meets it: lists, proofs that are checked without the program, old copies that are seen, witnesses, exports.
class TestAuditCommands : public QObject {
    Q_OBJECT
private slots:
    void init();
    void proofsAreCheckedWithoutTheProgram();
    void anOldCopyIsSeenByTheCheckpointKeptElsewhere();
    void aWitnessSignsWhatHasGrownAndIsAskedFor();
    void everyFormOfExportHasASignedManifest();
    void listsAreFilteredAndFollowed();
    void whatIsHeldStaysAndWhatIsOverGoes();
    void wrongWordsAreRefused();

private:
    [[nodiscard]] QString logKey(const QString& which = "log") const
    {
        return m_place->carma({"audit", "key", "--json"}).object().value(which).toString();
    }
    /// What the script of the resources says of a document.
    [[nodiscard]] Outcome checked(const QString& file, const QString& key) const
    {
        return m_place->shell("python3 -I '" + kScript + "' '" + file + "' '" + key + "'");
    }
    void remember(const QString& text) const { QCOMPARE(m_place->carma({"remember", text, "--namespace", "anna"}).exit, 0); }
    std::unique_ptr<Workplace> m_place;
};

void TestAuditCommands::init()
{
    m_place = std::make_unique<Workplace>();
    COMPARE_EXIT(m_place->run({"init", m_place->store()}), 0);
    remember("The cellar key hangs behind the clock.");
}

void TestAuditCommands::proofsAreCheckedWithoutTheProgram()
{
    if (QStandardPaths::findExecutable("python3").isEmpty()) {
        QSKIP("there is no python3 here");
    }
    COMPARE_EXIT(m_place->carma({"audit", "checkpoint", "before"}), 0);
    for (int i = 0; i < 9; ++i) {
        remember("thing " + QString::number(i));
    }
    const QString id = QString::number(
        m_place->carma({"audit", "list", "--action", "memory.add", "--json"}).array().at(4).toObject().value("id").toInteger());
    COMPARE_EXIT(m_place->carma({"audit", "prove", id, "--out", "proof.json"}), 0);
    COMPARE_EXIT(m_place->carma({"audit", "grown", "before", "--out", "grown.json"}), 0);
    COMPARE_EXIT(m_place->carma({"audit", "export", "audit.jsonl"}), 0);
    const QString key = logKey();
    COMPARE_EXIT(m_place->carma({"erase", "anna", "--yes", "--out", "certificate.json"}), 0);
    for (const auto& [file, told] :
        {std::pair{"proof.json", "good: record " + id + " is in the tree"}, std::pair{"grown.json", QString("good: the log of")},
            std::pair{"audit.jsonl.manifest.json", QString("good: {")}, std::pair{"certificate.json", QString("good: {")}}) {
        const Outcome good = checked(file, key);
        COMPARE_EXIT(good, 0);
        QVERIFY2(good.out.startsWith(told.toUtf8()), good.told().constData());
        // Another key, and each kind of change, is refused without a stack trace.
        QString other = key;
        const qsizetype at = other.indexOf('+', other.indexOf('+') + 1) + 8; // in the key itself, which may hold more of them
        other[at] = other.at(at) == 'A' ? 'B' : 'A';
        const Outcome foreign = checked(file, other);
        COMPARE_EXIT(foreign, 1);
        QVERIFY2(foreign.err.startsWith("bad: "), foreign.told().constData());
        const QJsonObject document = QJsonDocument::fromJson(m_place->read(file)).object();
        for (const QString& field : document.keys()) {
            QJsonObject changed = document;
            const QJsonValue value = document.value(field);
            if (field == "key" || field == "carma" || field == "version" || field == "old_size" || field == "new_size") {
                continue; // said for people: the key comes from elsewhere, the sizes stand in the signed heads
            }
            if (value.isString()) {
                QString text = value.toString();
                const qsizetype middle = text.size() / 2;
                text[middle] = text.at(middle) == '1' ? '2' : '1';
                changed[field] = text;
            } else if (value.isArray() && !value.toArray().isEmpty()) {
                QJsonArray list = value.toArray();
                list.removeLast();
                changed[field] = list;
            } else {
                changed[field] = value.toInteger() + 1;
            }
            m_place->write("changed.json", QJsonDocument(changed).toJson());
            const Outcome bad = checked("changed.json", key);
            QVERIFY2(bad.exit == 1 && bad.err.startsWith("bad: "), qPrintable(QString(file) + " " + field + ": " + bad.told()));
        }
    }
}

void TestAuditCommands::anOldCopyIsSeenByTheCheckpointKeptElsewhere()
{
    COMPARE_EXIT(m_place->shell("cp -r \"$STORE\" old"), 0);
    remember("The money is in the blue tin.");
    COMPARE_EXIT(m_place->carma({"audit", "checkpoint", "kept"}), 0);
    remember("A second thing.");
    const Outcome grown = m_place->carma({"audit", "verify", "--checkpoint", "kept", "--json"});
    COMPARE_EXIT(grown, 0);
    QVERIFY(grown.object().value("intact").toBool() && grown.object().value("kept_checkpoint_holds").toBool());
    COMPARE_EXIT(m_place->run({"-s", m_place->path("old"), "audit", "verify"}), 0); // nothing inside it can tell
    const Outcome old = m_place->run({"-s", m_place->path("old"), "audit", "verify", "--checkpoint", "kept", "--json"});
    COMPARE_EXIT(old, 5);
    QVERIFY2(old.object().value("problems").toArray().at(0).toString().contains("older copy"), old.told().constData());
    // A checkpoint with one character changed is not this store's.
    QByteArray forged = m_place->read("kept");
    const qsizetype at = forged.indexOf('\n') + 1;
    forged[at] = static_cast<char>(forged.at(at) ^ 1);
    m_place->write("forged", forged);
    COMPARE_EXIT(m_place->carma({"audit", "verify", "--checkpoint", "forged"}), 5);
}

void TestAuditCommands::aWitnessSignsWhatHasGrownAndIsAskedFor()
{
    const QString witness = m_place->path("witness");
    const QString keyFile = m_place->path("witness.key");
    COMPARE_EXIT(m_place->run({"init", witness, "--key-file", keyFile}), 0);
    const QStringList there{"-s", witness, "--key-file", keyFile};
    const QString key = logKey();
    const QString witnessKey = m_place->run(there + QStringList{"audit", "key", "--json"}).object().value("witness").toString();
    COMPARE_EXIT(m_place->carma({"audit", "checkpoint", "first"}), 0);
    COMPARE_EXIT(m_place->run(there + QStringList{"audit", "cosign", "first", "--log-key", key, "--dry-run"}), 0);
    COMPARE_EXIT(m_place->run(there + QStringList{"audit", "cosign", "first", "--log-key", key, "--out", "first.signed"}), 0);
    COMPARE_EXIT(m_place->carma({"audit", "verify", "--checkpoint", "first.signed", "--witness", witnessKey}), 0);
    COMPARE_EXIT(m_place->carma({"audit", "verify", "--checkpoint", "first", "--witness", witnessKey}), 5); // it did not sign this one
    remember("More of it.");
    COMPARE_EXIT(m_place->carma({"audit", "checkpoint", "second"}), 0);
    QVERIFY(m_place->run(there + QStringList{"audit", "cosign", "second", "--log-key", key}).exit != 0); // without a proof of growth
    COMPARE_EXIT(m_place->carma({"audit", "grown", "first", "--out", "grown.json"}), 0);
    COMPARE_EXIT(
        m_place->run(there + QStringList{"audit", "cosign", "second", "--log-key", key, "--proof", "grown.json", "--out", "two"}), 0);
    QVERIFY(m_place->run(there + QStringList{"audit", "cosign", "first", "--log-key", key}).exit != 0); // it went back
    QCOMPARE(
        m_place->run(there + QStringList{"audit", "list", "--action", "audit.cosign", "--outcome", "refused", "--json"}).array().size(), 2);
    QCOMPARE(
        m_place->run(there + QStringList{"audit", "list", "--action", "audit.cosign", "--outcome", "done", "--json"}).array().size(), 2);
}

void TestAuditCommands::everyFormOfExportHasASignedManifest()
{
    const QString key = m_place->carma({"sign", "key", "--json"}).object().value("key").toString();
    for (const auto& [form, begin] :
        {std::pair{"jsonl", "{"}, std::pair{"csv", "sequence,time,"}, std::pair{"cef", "CEF:"}, std::pair{"ocsf", "{"}}) {
        const QString file = QString("out.") + form;
        const Outcome written = m_place->carma({"audit", "export", file, "--form", form, "--json"});
        COMPARE_EXIT(written, 0);
        QVERIFY(written.object().value("entries").toInteger() > 0);
        const QByteArray text = m_place->read(file);
        QVERIFY2(text.startsWith(begin), text.left(60).constData());
        COMPARE_EXIT(m_place->run({"sign", "check", file, "--key", key}), 0);
        m_place->write(file, text + "x");
        COMPARE_EXIT(m_place->run({"sign", "check", file, "--key", key}), 5);
    }
    const QJsonObject event = QJsonDocument::fromJson(m_place->read("out.ocsf").split('\n').at(0)).object();
    QCOMPARE(event.value("metadata").toObject().value("version").toString(), QString("1.6.0"));
}

void TestAuditCommands::listsAreFilteredAndFollowed()
{
    const qsizetype all = m_place->carma({"audit", "list", "--json"}).array().size();
    QVERIFY(all >= 3);
    QCOMPARE(m_place->carma({"audit", "list", "--action", "memory", "--json"}).array().size(), 1);
    QCOMPARE(m_place->carma({"audit", "list", "--from", "1d", "--json"}).array().size(), all);
    QCOMPARE(m_place->carma({"audit", "list", "--to", "2001-01-01", "--json"}).array().size(), 0);
    QCOMPARE(m_place->carma({"audit", "list", "--outcome", "failed", "--json"}).array().size(), 0);
    QProcess follower;
    m_place->start(follower, {"-s", m_place->store(), "audit", "list", "--action", "memory", "--follow", "--json"});
    auto waitForLines = [&follower, seen = QByteArray()](int lines) mutable {
        while (seen.count('\n') < lines && follower.waitForReadyRead(30'000)) {
            seen += follower.readAllStandardOutput();
        }
        return seen;
    };
    QVERIFY(waitForLines(1).contains("memory.add"));
    remember("Something new."); // by another process
    const QByteArray seen = waitForLines(2);
    QCOMPARE(seen.count("memory.add"), 2);
    follower.terminate();
    QVERIFY(follower.waitForFinished(30'000));
}

void TestAuditCommands::whatIsHeldStaysAndWhatIsOverGoes()
{
    COMPARE_EXIT(m_place->carma({"audit", "hold", "anna", "--reason", "case 17", "--dry-run"}), 0);
    QCOMPARE(m_place->carma({"audit", "holds", "--json"}).array().size(), 0);
    COMPARE_EXIT(m_place->carma({"audit", "hold", "anna", "--reason", "case 17"}), 0);
    QCOMPARE(m_place->carma({"audit", "holds", "--json"}).array().size(), 1);
    const Outcome held = m_place->carma({"erase", "anna", "--yes"});
    QVERIFY2(held.exit != 0 && held.err.contains("case 17"), held.told().constData());
    QCOMPARE(m_place->carma({"audit", "list", "--action", "subject.erase", "--outcome", "refused", "--json"}).array().size(), 1);
    COMPARE_EXIT(m_place->carma({"audit", "release", "anna", "--reason", "closed"}), 0);
    COMPARE_EXIT(m_place->carma({"audit", "policy", "--set", "change=365", "--set", "queries=yes"}), 0);
    COMPARE_EXIT(m_place->carma({"query", "cellar", "--namespace", "anna"}), 0);
    QCOMPARE(m_place->carma({"audit", "list", "--action", "memory.query", "--json"}).array().size(), 1);
    COMPARE_EXIT(m_place->carma({"audit", "prune", "--dry-run"}), 0);
    COMPARE_EXIT(m_place->carma({"audit", "prune"}), 0); // nothing is a year old
    COMPARE_EXIT(m_place->carma({"audit", "verify"}), 0);
    const Outcome dry = m_place->carma({"erase", "anna", "--dry-run"});
    COMPARE_EXIT(dry, 0);
    QVERIFY(m_place->carma({"query", "cellar", "--namespace", "anna"}).out.contains("clock"));
}

void TestAuditCommands::wrongWordsAreRefused()
{
    for (const QStringList& words : {QStringList{}, QStringList{"bake"}, QStringList{"list", "more"}, QStringList{"prove"},
             QStringList{"prove", "twelve"}, QStringList{"list", "--from", "yesterday-ish"}, QStringList{"verify", "--witness", "x"},
             QStringList{"cosign", "nothing"}, QStringList{"policy", "--set", "queries=perhaps"}}) {
        const Outcome refused = m_place->carma(QStringList{"audit"} + words);
        QVERIFY2(refused.exit == 2, qPrintable(words.join(' ') + ": " + refused.told()));
    }
    COMPARE_EXIT(m_place->carma({"audit", "prove", "999999"}), 3);
    m_place->write("notes", "no checkpoint");
    QVERIFY(m_place->carma({"audit", "verify", "--checkpoint", "notes"}).exit != 0);
    QVERIFY(m_place->carma({"audit", "grown", "notes"}).exit != 0);
}

CARMA_TEST_CLASS(TestAuditCommands, "test_audit_commands")
#include "test_audit_commands.moc"
