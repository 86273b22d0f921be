// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/carma_process.h"
#include "support/test_main.h"

#include <QDir>
#include <QFileInfo>
#include <QRegularExpression>
#include <QSet>
#include <QTest>

using carma::test::Outcome;
using carma::test::Schema;
using carma::test::schemaProblem;
using carma::test::TerminalRun;
using carma::test::Workplace;

/// API keys through the built program.
class TestKeysCommands : public QObject {
    Q_OBJECT

private slots:
    void init()
    {
        m_place = std::make_unique<Workplace>();
        COMPARE_EXIT(m_place->run({"init", m_place->store()}), 0);
    }

    void aKeyIsMadeShownAndChecked()
    {
        const QString id = make("anna.key", {"--owner", "anna", "--perm", "rw", "--label", "web"});
        const QFileInfo file(m_place->path("anna.key"));
        QCOMPARE(file.permissions() & ~(QFile::ReadUser | QFile::WriteUser), QFile::ReadOwner | QFile::WriteOwner);
        const QByteArray key = m_place->read("anna.key").trimmed();
        QVERIFY2(QRegularExpression("^carma_[0-9a-f]{8}_pi_0_perm_rw_meta_[0-9]{6}_quantum_[0-9A-Za-z]{49}$").match(key).hasMatch(), key);
        const Outcome shown = m_place->carma({"keys", "show", id, "--json"});
        COMPARE_EXIT(shown, 0);
        QCOMPARE(schemaProblem(shown.object(),
                     Schema{{"id", QJsonValue::String}, {"owner", QJsonValue::String}, {"scopes", QJsonValue::Array},
                         {"state", QJsonValue::String}, {"square", QJsonValue::Array}, {"uses", QJsonValue::Double}}),
            QString());
        QVERIFY(!shown.out.contains(key.right(49)));
        const Outcome good = m_place->carma({"keys", "check", "anna.key", "--operation", "write", "-n", "letters", "--json"});
        COMPARE_EXIT(good, 0);
        QCOMPARE(good.object().value("accepted"), QJsonValue(true));
        const Outcome refused = m_place->carma({"keys", "check", "anna.key", "--operation", "heal", "--json"});
        COMPARE_EXIT(refused, 1);
        QCOMPARE(refused.object().value("refusal"), QJsonValue("scope"));
        QCOMPARE(m_place->carma({"keys", "list", "--json"}).array().at(0).toObject().value("uses"), QJsonValue(1));
        const Outcome audit = m_place->carma({"audit", "list", "--action", "key", "--json"});
        QVERIFY(audit.out.contains("key.create") && audit.out.contains("refused"));
        QVERIFY(!audit.out.contains(key.right(49)));
    }

    void creditsAndClassesAreChanged()
    {
        const QString id = make("bot.key", {"--owner", "bot", "--credits", "1"});
        COMPARE_EXIT(m_place->carma({"keys", "check", "bot.key"}), 0);
        COMPARE_EXIT(m_place->carma({"keys", "check", "bot.key"}), 1);
        COMPARE_EXIT(m_place->carma({"keys", "credit", id}), 2);
        COMPARE_EXIT(m_place->carma({"keys", "credit", id, "--add", "0"}), 2);
        COMPARE_EXIT(m_place->carma({"keys", "credit", id, "--add", "5", "--dry-run"}), 0);
        COMPARE_EXIT(m_place->carma({"keys", "check", "bot.key"}), 1);
        const Outcome given = m_place->carma({"keys", "credit", id, "--add", "5", "--json"});
        COMPARE_EXIT(given, 0);
        QCOMPARE(given.object().value("credits"), QJsonValue(5));
        COMPARE_EXIT(m_place->carma({"keys", "check", "bot.key"}), 0);

        const QStringList limits{"--read", "100/1s/200", "--write", "20/1s", "--heavy", "1/1m"};
        COMPARE_EXIT(m_place->carma({"keys", "class", "partner"}), 2);
        COMPARE_EXIT(m_place->carma(QStringList{"keys", "class", "global"} + limits), 2);
        COMPARE_EXIT(m_place->carma({"keys", "class", "partner", "--read", "0/1s", "--write", "1/1s", "--heavy", "1/1s"}), 2);
        COMPARE_EXIT(m_place->carma(QStringList{"keys", "class", "partner", "--dry-run"} + limits), 0);
        QCOMPARE(m_place->carma({"keys", "classes", "--json"}).array().size(), 4);
        COMPARE_EXIT(m_place->carma(QStringList{"keys", "class", "partner"} + limits), 0);
        const QJsonObject own = m_place->carma({"keys", "classes", "--json"}).array().at(4).toObject();
        QCOMPARE(own.value("name").toString(), QString("partner"));
        QCOMPARE(own.value("read").toObject().value("burst"), QJsonValue(200));
        QCOMPARE(own.value("heavy").toObject().value("period_us"), QJsonValue(60'000'000));
        make("partner.key", {"--owner", "p", "--rate", "partner"});
        COMPARE_EXIT(m_place->carma({"keys", "class-remove", "partner"}), 2); // a key has it
        COMPARE_EXIT(m_place->carma({"keys", "class-remove", "nobody"}), 3);
        const Outcome compacted = m_place->carma({"keys", "compact", "--dry-run", "--json"});
        COMPARE_EXIT(compacted, 0);
        QVERIFY(compacted.object().value("events").toInt() > 0);
        COMPARE_EXIT(m_place->carma({"keys", "compact"}), 0);
        COMPARE_EXIT(m_place->carma({"keys", "check", "bot.key"}), 0);
        const QByteArray audit = m_place->carma({"audit", "list", "--action", "key", "--json"}).out;
        QVERIFY2(audit.contains("key.credits") && audit.contains("key.class"), audit);
    }

    void aSecretGoesNowhereElse()
    {
        COMPARE_EXIT(m_place->carma({"keys", "create", "--owner", "anna"}), 2); // a pipe
        COMPARE_EXIT(m_place->carma({"keys", "create", "--owner", "anna", "--json"}), 2);
        m_place->write("there", "mine");
        COMPARE_EXIT(m_place->carma({"keys", "create", "--owner", "anna", "--out", "there"}), 1);
        QCOMPARE(m_place->read("there"), QByteArray("mine"));
        QCOMPARE(m_place->carma({"keys", "list", "--json"}).array().size(), 0);
        make("anna.key", {"--owner", "anna"});
        const QByteArray key = m_place->read("anna.key").trimmed();
        for (const char* action : {"check", "square", "show", "revoke"}) {
            const Outcome told = m_place->carma({"keys", action, key});
            COMPARE_EXIT(told, 2);
            QVERIFY2(told.err.contains("stands on the command line"), told.err);
            QVERIFY(!told.err.contains(key.right(49)));
        }
        COMPARE_EXIT(m_place->carma({"keys", "create", "--owner", "anna", "--perm", "custom", "--out", "x.key"}), 2);
        COMPARE_EXIT(m_place->carma({"keys", "create", "--owner", "a\nb", "--out", "x.key"}), 2);
        QVERIFY(!QFileInfo::exists(m_place->path("x.key"))); // no key, no file
    }

    void theTerminalSeesTheKeyOnce()
    {
        TerminalRun run(*m_place, {"-s", m_place->store(), "keys", "create", "--owner", "anna"});
        QVERIFY(run.waitFor("shown this once"));
        QCOMPARE(run.finish(), 0);
        QCOMPARE(run.screen().count("_quantum_"), 1);
    }

    void rotateSuspendResumeExpireRevoke()
    {
        const QString id = make("1.key", {"--owner", "anna"});
        COMPARE_EXIT(m_place->carma({"keys", "rotate", id, "--grace", "8d", "--out", "2.key"}), 2);
        COMPARE_EXIT(m_place->carma({"keys", "rotate", id, "--dry-run"}), 0);
        const Outcome rotated = m_place->carma({"keys", "rotate", id, "--grace", "2h", "--out", "2.key", "--json"});
        COMPARE_EXIT(rotated, 0);
        const QString second = rotated.object().value("id").toString();
        COMPARE_EXIT(m_place->carma({"keys", "check", "1.key"}), 0);
        COMPARE_EXIT(m_place->carma({"keys", "check", "2.key"}), 0);
        COMPARE_EXIT(m_place->carma({"keys", "suspend", second, "--dry-run"}), 0);
        COMPARE_EXIT(m_place->carma({"keys", "check", "2.key"}), 0);
        COMPARE_EXIT(m_place->carma({"keys", "suspend", second, "--reason", "holiday"}), 0);
        COMPARE_EXIT(m_place->carma({"keys", "check", "2.key"}), 1);
        COMPARE_EXIT(m_place->carma({"keys", "resume", second}), 0);
        COMPARE_EXIT(m_place->carma({"keys", "check", "2.key"}), 0);
        COMPARE_EXIT(m_place->carma({"keys", "expire", second, "--at", "sometime"}), 2);
        COMPARE_EXIT(m_place->carma({"keys", "expire", second, "--at", "90d"}), 0);
        COMPARE_EXIT(m_place->carma({"keys", "expire", second, "--at", "2020-01-01"}), 0);
        COMPARE_EXIT(m_place->carma({"keys", "check", "2.key"}), 1);
        COMPARE_EXIT(m_place->carma({"keys", "revoke", id}), 2); // nobody to ask
        COMPARE_EXIT(m_place->carma({"keys", "revoke", id, "--yes", "--reason", "leaked"}), 0);
        COMPARE_EXIT(m_place->carma({"keys", "check", "1.key"}), 1);
        COMPARE_EXIT(m_place->carma({"keys", "resume", id}), 2);
        COMPARE_EXIT(m_place->carma({"keys", "show", "0000000000000000000000000A"}), 3);
        QCOMPARE(m_place->carma({"keys", "list", "--state", "revoked", "--json"}).array().size(), 1);
    }

    void badKeysAreToldWithTheirPlace()
    {
        make("anna.key", {"--owner", "anna"});
        const QByteArray key = m_place->read("anna.key").trimmed();
        QByteArray typo = key;
        typo[typo.size() - 20] = typo[typo.size() - 20] == 'a' ? 'b' : 'a';
        for (const QStringList& how : {QStringList{}, QStringList{"--offline"}}) {
            Outcome told = m_place->carma(QStringList{"keys", "check", "-", "--json"} + how, typo);
            COMPARE_EXIT(told, 1);
            QVERIFY2(told.object().value("why").toString().contains("the check, character"), told.out);
            told = m_place->carma(QStringList{"keys", "check", "-", "--json"} + how, QByteArray("carma_00\0ffee", 13));
            COMPARE_EXIT(told, 1);
            QVERIFY2(told.object().value("why").toString().contains("the user, character 9"), told.out);
        }
        COMPARE_EXIT(m_place->run({"keys", "check", "-", "--offline"}, key), 0); // needs no store
        COMPARE_EXIT(m_place->carma({"keys", "check", "-"}, ""), 2);
        COMPARE_EXIT(m_place->carma({"keys", "check", "none"}), 3);
    }

    void leakedKeysAreFound()
    {
        const QString id = make("anna.key", {"--owner", "anna"});
        QDir(m_place->path()).mkpath("tree/src");
        m_place->write("tree/src/config.py", "\n  TOKEN = '" + m_place->read("anna.key").trimmed() + "'\n");
        const Outcome found = m_place->carma({"keys", "scan", "tree", "--match", "--json"});
        COMPARE_EXIT(found, 1);
        const QJsonObject first = found.object().value("found").toArray().at(0).toObject();
        QCOMPARE(first.value("line"), QJsonValue(2));
        QCOMPARE(first.value("column"), QJsonValue(12));
        QCOMPARE(first.value("key"), QJsonValue(id));
        QVERIFY(!found.out.contains(m_place->read("anna.key").trimmed().right(49)));
        COMPARE_EXIT(m_place->run({"keys", "scan", "-"}, m_place->read("tree/src/config.py")), 1);
        COMPARE_EXIT(m_place->run({"keys", "scan", "-"}, "nothing here"), 0);
        COMPARE_EXIT(m_place->run({"keys", "scan", "nowhere"}), 3);
        const Outcome pattern = m_place->run({"keys", "scan", "--pattern"});
        COMPARE_EXIT(pattern, 0);
        QVERIFY(QRegularExpression(pattern.out.trimmed()).match(m_place->read("anna.key")).hasMatch());
    }

    void squaresOfKeyAndStoreAreTheSame()
    {
        const QString id = make("anna.key", {"--owner", "anna"});
        const Outcome fromKey = m_place->run({"keys", "square", "anna.key"});
        const Outcome fromStore = m_place->carma({"keys", "square", "--id", id});
        COMPARE_EXIT(fromKey, 0);
        QCOMPARE(fromKey.out, fromStore.out);
        COMPARE_EXIT(m_place->carma({"keys", "square", "--id", id, "--svg", "--out", "square.svg"}), 0);
        QVERIFY(m_place->read("square.svg").startsWith("<svg "));
    }

    void manyKeysAtOnceAndWhatTheyMayDo()
    {
        const Outcome made = m_place->carma({"keys", "create", "--owner", "bot", "--count", "50", "--scope", "read:letters", "--allow",
            "10.1.0.0/16", "--quota", "2", "--out", "bots.keys", "--json"});
        COMPARE_EXIT(made, 0);
        QCOMPARE(made.array().size(), 50);
        const QByteArrayList keys = m_place->read("bots.keys").trimmed().split('\n');
        QCOMPARE(QSet<QByteArray>(keys.begin(), keys.end()).size(), 50);
        const QStringList check{"keys", "check", "-", "-n", "letters", "--from"};
        COMPARE_EXIT(m_place->carma(check + QStringList{"10.2.0.1"}, keys[7]), 1);
        COMPARE_EXIT(m_place->carma(check + QStringList{"10.1.0.1"}, keys[7]), 0);
        COMPARE_EXIT(m_place->carma(check + QStringList{"10.1.0.1"}, keys[7]), 0);
        const Outcome spent = m_place->carma(check + QStringList{"10.1.0.1", "--json"}, keys[7]);
        COMPARE_EXIT(spent, 1);
        QCOMPARE(spent.object().value("refusal"), QJsonValue("quota")); // over three runs of the program
        COMPARE_EXIT(m_place->carma({"keys", "create", "--owner", "b", "--allow", "10.1.0.1/16", "--dry-run"}), 2);
        COMPARE_EXIT(m_place->carma({"keys", "create", "--owner", "b", "--dry-run"}), 0);
        QCOMPARE(m_place->carma({"keys", "list", "--json"}).array().size(), 50);
    }

private:
    /// Makes a key into a file; gives its id.
    QString make(const QString& file, const QStringList& options)
    {
        const Outcome made = m_place->carma(QStringList{"keys", "create", "--out", file, "--json"} + options);
        return made.exit == 0 ? made.object().value("id").toString() : QString::fromUtf8(made.told());
    }

    std::unique_ptr<Workplace> m_place;
};

CARMA_TEST_CLASS(TestKeysCommands, "test_keys_commands")

#include "test_keys_commands.moc"
