// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/carma_process.h"
#include "support/test_main.h"

#include <QDir>
#include <QTest>

using carma::test::Outcome;
using carma::test::Schema;
using carma::test::schemaProblem;
using carma::test::Workplace;

/// Guesses at lost passages through the built program.
class TestHypothesesCommand : public QObject {
    Q_OBJECT

private slots:
    void lostWordsAreShownAndKeptOnDemand()
    {
        Workplace place;
        COMPARE_EXIT(place.run({"init", place.store()}), 0);
        for (int i = 0; i < 80; ++i) {
            place.write(
                QString("in/%1.txt").arg(i), "Larch number " + QByteArray::number(i) + " stands by the river behind the old mill.\n");
        }
        COMPARE_EXIT(place.carma({"ingest", "in", "--no-originals"}), 0);
        COMPARE_EXIT(place.carma({"query", "larch"}), 0);
        COMPARE_EXIT(place.carma({"hypotheses", "list"}), 0);
        COMPARE_EXIT(place.carma({"seal"}), 0);
        for (const char* folder : {"0", "4", "5"}) {
            QDir(place.store() + "/shards/" + folder).removeRecursively();
        }
        COMPARE_EXIT(place.carma({"heal"}), 5);
        const Outcome listed = place.carma({"hypotheses", "list", "--json", "--limit", "3"});
        COMPARE_EXIT(listed, 0);
        QCOMPARE(listed.array().size(), 3);
        const QJsonObject first = listed.array().at(0).toObject();
        const Schema schema{{"id", QJsonValue::String}, {"document", QJsonValue::String}, {"namespace", QJsonValue::String},
            {"path", QJsonValue::String}, {"title", QJsonValue::String}, {"place", QJsonValue::String}, {"hypothesis", QJsonValue::Bool},
            {"standing", QJsonValue::String}, {"text", QJsonValue::String}, {"words", QJsonValue::Array}, {"proven", QJsonValue::Bool},
            {"fits", QJsonValue::Bool}, {"error", QJsonValue::Double}, {"evidence", QJsonValue::Array}, {"problem", QJsonValue::String}};
        QCOMPARE(schemaProblem(first, schema), QString());
        QVERIFY(first.value("fits").toBool());
        QVERIFY(first.value("words").toArray().contains("larch"));
        const QString id = first.value("id").toString();
        const Outcome tried = place.carma({"hypotheses", "accept", id, "--dry-run"});
        COMPARE_EXIT(tried, 0);
        QVERIFY(tried.out.contains("hypothesis, ") && tried.out.contains("--dry-run"));
        COMPARE_EXIT(place.carma({"hypotheses", "accept", id}), 0);
        QVERIFY(place.carma({"list"}).out.contains(first.value("proven").toBool() ? "Recovered: " : "Hypothesis: "));
    }

    void whatIsNotLostIsRefused()
    {
        Workplace place;
        COMPARE_EXIT(place.run({"init", place.store()}), 0);
        place.write("in/a.txt", "Still here.\n");
        COMPARE_EXIT(place.carma({"ingest", "in"}), 0);
        COMPARE_EXIT(place.carma({"hypotheses", "show", "nothing"}), 3);
        COMPARE_EXIT(place.carma({"hypotheses", "show", "a.txt"}), 3);
        COMPARE_EXIT(place.carma({"hypotheses"}), 2);
        COMPARE_EXIT(place.carma({"hypotheses", "show"}), 2);
        COMPARE_EXIT(place.carma({"hypotheses", "list", "--limit", "many"}), 2);
    }
};

CARMA_TEST_CLASS(TestHypothesesCommand, "test_hypotheses_command")
#include "test_hypotheses_command.moc"
