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
        const auto hitOf = [&](const Outcome& answer) {
            for (const QJsonValue& hit : answer.object().value("hits").toArray()) {
                if (hit.toObject().value("id").toString() == id) {
                    return hit.toObject();
                }
            }
            return QJsonObject();
        };
        const QJsonObject plain = hitOf(place.carma({"query", "larch", "-k", "100", "--json"}));
        QVERIFY(!plain.contains("hypothesis") && plain.value("text").toString().isEmpty());
        const QJsonObject guessed = hitOf(place.carma({"query", "larch", "-k", "100", "--json", "--include-hypotheses"}));
        QVERIFY(guessed.value("text").toString().isEmpty());
        QVERIFY(guessed.value("hypothesis").toObject().value("text").toString().contains("larch", Qt::CaseInsensitive));
        QVERIFY(guessed.value("hypothesis").toObject().contains("confidence"));
        QVERIFY(place.carma({"query", "larch", "-k", "100", "--include-hypotheses"}).out.contains("[hypothesis: "));
        QVERIFY(!place.carma({"query", "larch", "-k", "100"}).out.contains("[hypothesis: "));
        const Outcome tried = place.carma({"hypotheses", "accept", id, "--dry-run"});
        COMPARE_EXIT(tried, 0);
        QVERIFY(tried.out.contains("hypothesis, ") && tried.out.contains("--dry-run"));
        COMPARE_EXIT(place.carma({"hypotheses", "accept", id}), 0);
        QVERIFY(place.carma({"list"}).out.contains(first.value("proven").toBool() ? "Recovered: " : "Hypothesis: "));
    }

    void lostPassagesComeBackFromTheirFiles()
    {
        Workplace place;
        COMPARE_EXIT(place.run({"init", place.store()}), 0);
        for (int i = 0; i < 60; ++i) {
            place.write(QString("in/%1.txt").arg(i), "Alder number " + QByteArray::number(i) + " stands in the wet meadow.\n");
        }
        COMPARE_EXIT(place.carma({"ingest", "in"}), 0);
        COMPARE_EXIT(place.carma({"seal"}), 0);
        for (const char* folder : {"0", "4", "5"}) {
            QDir(place.store() + "/shards/" + folder).removeRecursively();
        }
        COMPARE_EXIT(place.carma({"heal", "--files", "in", "--from", "in"}), 2);
        COMPARE_EXIT(place.carma({"heal", "--files", "not-there"}), 3);
        const Outcome healed = place.carma({"heal", "--files", "in", "--json"});
        QVERIFY(healed.object().value("lost").toArray().isEmpty());
        const QJsonArray restored = healed.object().value("restored").toArray();
        QVERIFY(!restored.isEmpty());
        const Schema schema{{"document", QJsonValue::String}, {"namespace", QJsonValue::String}, {"path", QJsonValue::String},
            {"source", QJsonValue::String}, {"passages", QJsonValue::Double}, {"pieces", QJsonValue::Double},
            {"problem", QJsonValue::Null}};
        QCOMPARE(schemaProblem(restored.at(0).toObject(), schema), QString());
        COMPARE_EXIT(place.carma({"export", "out"}), 0);
        QVERIFY(place.carma({"audit", "list"}).out.contains("memory.restore"));
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
