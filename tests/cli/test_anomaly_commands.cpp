// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/carma_process.h"
#include "support/test_main.h"

#include <QTest>

using carma::test::Outcome;
using carma::test::Schema;
using carma::test::schemaProblem;
using carma::test::Workplace;

/// Anomalies and the block list through the built program.
class TestAnomalyCommands : public QObject {
    Q_OBJECT

private slots:
    void init()
    {
        m_place = std::make_unique<Workplace>();
        COMPARE_EXIT(m_place->run({"init", m_place->store()}), 0);
    }

    void aBlockIsAddedSeenAndRemoved()
    {
        COMPARE_EXIT(m_place->carma({"blocklist", "add", "192.0.2.0/24", "--reason", "scans", "--for", "2d"}), 0);
        const Outcome listed = m_place->carma({"blocklist", "list", "--json"});
        COMPARE_EXIT(listed, 0);
        QCOMPARE(listed.array().size(), 1);
        const QJsonObject entry = listed.array().at(0).toObject();
        QCOMPARE(schemaProblem(entry,
                     Schema{{"prefix", QJsonValue::String}, {"origin", QJsonValue::String}, {"reason", QJsonValue::String},
                         {"since_us", QJsonValue::Double}, {"until_us", QJsonValue::Double}, {"strikes", QJsonValue::Double}}),
            QString());
        QCOMPARE(entry.value("until_us").toDouble() - entry.value("since_us").toDouble(), 2 * 86'400e6);
        const Outcome blocked = m_place->carma({"blocklist", "check", "192.0.2.9", "--json"});
        COMPARE_EXIT(blocked, 1);
        QCOMPARE(blocked.object().value("blocked"), QJsonValue(true));
        COMPARE_EXIT(m_place->carma({"blocklist", "check", "192.0.3.9"}), 0);
        COMPARE_EXIT(m_place->carma({"blocklist", "remove", "192.0.2.0/24", "--reason", "talked"}), 0);
        COMPARE_EXIT(m_place->carma({"blocklist", "check", "192.0.2.9"}), 0);
        const QByteArray audit = m_place->carma({"audit", "list", "--action", "block", "--json"}).out;
        QVERIFY2(audit.contains("192.0.2.0/24"), audit);
    }

    void whatIsAllowedIsNotBlocked()
    {
        COMPARE_EXIT(m_place->carma({"blocklist", "add", "198.51.100.7", "--reason", "ours", "--allow"}), 0);
        COMPARE_EXIT(m_place->carma({"blocklist", "check", "198.51.100.7"}), 0);
        QCOMPARE(m_place->carma({"blocklist", "list", "--json"}).array().at(0).toObject().value("origin"), QJsonValue("allowed"));
    }

    void aDryRunChangesNothing()
    {
        COMPARE_EXIT(m_place->carma({"blocklist", "add", "192.0.2.7", "--reason", "scans", "--dry-run"}), 0);
        QCOMPARE(m_place->carma({"blocklist", "list", "--json"}).array().size(), 0);
        COMPARE_EXIT(m_place->carma({"anomalies", "policy", "--set", "rate=throttle,6,2h", "--dry-run"}), 0);
        const QJsonObject rate = m_place->carma({"anomalies", "policy", "--json"}).object().value("rate").toObject();
        QCOMPARE(rate.value("action"), QJsonValue("observe"));
    }

    void aRuleIsKept()
    {
        COMPARE_EXIT(m_place->carma({"anomalies", "policy", "--set", "rate=throttle,6,2h"}), 0);
        const QJsonObject policy = m_place->carma({"anomalies", "policy", "--json"}).object();
        QCOMPARE(policy.size(), 6);
        const QJsonObject rate = policy.value("rate").toObject();
        QCOMPARE(rate.value("action"), QJsonValue("throttle"));
        QCOMPARE(rate.value("threshold"), QJsonValue(6));
        QCOMPARE(rate.value("lasts_us"), QJsonValue(7'200'000'000.0));
    }

    void wrongWordsAreRefused()
    {
        COMPARE_EXIT(m_place->carma({"anomalies"}), 2);
        COMPARE_EXIT(m_place->carma({"anomalies", "show", "x"}), 2);
        COMPARE_EXIT(m_place->carma({"anomalies", "show", "1"}), 3);
        COMPARE_EXIT(m_place->carma({"anomalies", "lift", "key:k"}), 2); // without a reason
        COMPARE_EXIT(m_place->carma({"anomalies", "lift", "key:k", "--reason", "x"}), 3);
        COMPARE_EXIT(m_place->carma({"anomalies", "lift", "key:k", "--reason", "x", "--dry-run"}), 3);
        QCOMPARE(m_place->carma({"audit", "list", "--action", "anomaly.lift", "--outcome", "refused", "--json"}).array().size(), 1);
        COMPARE_EXIT(m_place->carma({"blocklist", "add", "192.0.2.7"}), 2);
        for (const char* rule : {"rate", "rate=throttle", "rate=throttle,6", "rate=shoot,6,2h", "speed=throttle,6,2h",
                 "rate=throttle,six,2h", "rate=throttle,6,2x", "rate=throttle,1e9,2h"}) {
            COMPARE_EXIT(m_place->carma({"anomalies", "policy", "--set", rule}), 2);
        }
        COMPARE_EXIT(m_place->carma({"blocklist", "add", "no-address", "--reason", "x"}), 2);
        COMPARE_EXIT(m_place->carma({"blocklist", "remove", "192.0.2.7", "--reason", "x"}), 3);
        QCOMPARE(m_place->carma({"anomalies", "list", "--json"}).array().size(), 0);
    }

    void aReplayNeedsNoStore()
    {
        QByteArray rows = "time,key,bytes,label\n";
        for (int i = 0; i < 3000; ++i) {
            const bool isAttack = i >= 1000 && i % 700 == 0;
            rows += QByteArray::number(1'700'000'000 + i) + ",k" + QByteArray::number(i % 7) + "," +
                QByteArray::number(isAttack ? 90'000 : 900 + i * 37 % 200) + "," + (isAttack ? "1" : "0") + "\n";
        }
        m_place->write("traffic.csv", rows);
        const Outcome replay = m_place->run({"anomalies", "replay", m_place->path("traffic.csv"), "--json"});
        COMPARE_EXIT(replay, 0);
        QCOMPARE(replay.object().value("events"), QJsonValue(3000));
        QVERIFY(replay.object().value("labels").toObject().value("auc_forest").toDouble() > 0.99);
        m_place->write("wrong.csv", "time,bytes\n1,2\n2,x\n");
        const Outcome wrong = m_place->run({"anomalies", "replay", m_place->path("wrong.csv")});
        COMPARE_EXIT(wrong, 2);
        QVERIFY2(wrong.err.contains("line 3") && wrong.err.contains("bytes"), wrong.told());
        COMPARE_EXIT(m_place->run({"anomalies", "replay", m_place->path("missing.csv")}), 3);
    }

private:
    std::unique_ptr<Workplace> m_place;
};

CARMA_TEST_CLASS(TestAnomalyCommands, "test_anomaly_commands")

#include "test_anomaly_commands.moc"
