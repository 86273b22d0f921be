// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "anomaly_fixture.h"
#include "support/anomaly_traffic.h"
#include "support/test_main.h"

#include <QTest>

#include <fstream>

using namespace carma;
using namespace carma::test;

namespace {

std::string trafficCsv(std::uint64_t start, int events)
{
    HttpTraffic traffic(start);
    std::string csv = "time,key,duration,request,answer,label\n";
    for (int i = 0; i < events; ++i) {
        const HttpEvent event = traffic.next();
        csv += std::to_string(1'772'409'600 + i) + ",k" + std::to_string(i % 7);
        for (const double value : event.features) {
            csv += "," + std::to_string(static_cast<long long>(value));
        }
        csv += event.kind == HttpKind::Usual ? ",0\n" : ",1\n";
    }
    return csv;
}

} // namespace

class TestAnomalyReplay : public QObject {
    Q_OBJECT

private slots:
    void aFileIsReplayedAndExplained()
    {
        std::vector<ReplayAlarm> alarms;
        const auto report = replayOf(trafficCsv(2, 40'000), &alarms);
        VERIFY_OK(report);
        QCOMPARE(report->events, std::uint64_t{40'000});
        QVERIFY(report->labels.has_value());
        QVERIFY(report->labels->aucForest >= 0.995); // of so few events; test_anomaly_detectors asks for more of more
        QVERIFY(report->labels->aucHalfSpace >= 0.98);
        QCOMPARE(report->features, (std::vector<std::string>{"duration", "request", "answer"}));
        QCOMPARE(alarms.size(), report->alarms + report->windows);
        QVERIFY(report->alarms > 0 && report->labels->rightAlarms * 2 > report->alarms);
        for (const ReplayAlarm& alarm : alarms) {
            QVERIFY(!alarm.reasons.empty() && alarm.reasons.size() <= 3);
            QVERIFY(alarm.subject.starts_with("key:k"));
        }
        std::vector<ReplayAlarm> again;
        VERIFY_OK(replayOf(trafficCsv(2, 40'000), &again));
        QVERIFY(std::ranges::equal(alarms, again, [](const auto& a, const auto& b) { return a.line == b.line && a.forest == b.forest; }));
    }

    /// The data set is no part of this source: tests/eval/shuttle_csv.py writes it where the package r-cran-mlbench is installed.
    void shuttleIsToldApart()
    {
        const QByteArray path = qgetenv("CARMA_SHUTTLE_CSV");
        if (path.isEmpty()) {
            QSKIP("CARMA_SHUTTLE_CSV names no file");
        }
        std::ifstream file(path.toStdString(), std::ios::binary);
        const std::string text{std::istreambuf_iterator<char>(file), {}};
        for (const std::uint64_t start : {1U, 2U, 3U}) {
            const auto report = replayOf(text, nullptr, start);
            VERIFY_OK(report);
            QVERIFY(report->labels.has_value());
            qInfo("start %u: forest %.5f, half-space trees %.5f, combined %.5f", static_cast<unsigned>(start), report->labels->aucForest,
                report->labels->aucHalfSpace, report->labels->aucCombined);
            QVERIFY(report->labels->aucForest >= 0.995);
            QVERIFY(report->labels->aucHalfSpace >= 0.985);
        }
    }

    void hostileFilesGiveOneClearError_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("message");
        QTest::newRow("empty") << ""
                               << "the file is empty";
        QTest::newRow("no numbers") << "time,key\n1,a\n"
                                    << "line 1 names no column of numbers: it must be a heading such as time,key,bytes,label";
        QTest::newRow("twice") << "a,b,a\n"
                               << "line 1 names the column 'a' twice";
        QTest::newRow("word") << "a,b\n1,2\n\n1,x y\n"
                              << "line 4, column 'b': 'x y' is no finite number";
        QTest::newRow("nan") << "a,b\nnan,2\n"
                             << "line 2, column 'a': 'nan' is no finite number";
        QTest::newRow("infinite") << "a,b\n1,1e999\n"
                                  << "line 2, column 'b': '1e999' is no finite number";
        QTest::newRow("missing") << "a,b\n1,\n"
                                 << "line 2, column 'b': '' is missing";
        QTest::newRow("few columns") << "a,b\n1\n"
                                     << "line 2 has 1 columns, and the heading has 2";
        QTest::newRow("many columns") << "a,b\n1,2,3\n"
                                      << "line 2 has 3 columns, and the heading has 2";
        QTest::newRow("label") << "a,label\n1,yes\n"
                               << "line 2, column 'label': 'yes' is neither 0 nor 1";
        QTest::newRow("time") << "time,key,a\n-5,k,1\n"
                              << "line 2, column 'time': '-5' is no time in seconds since 1970";
        QTest::newRow("quote") << "a,b\n1,\"2\n3\n"
                               << "line 2 has a quote that is never closed";
        QTest::newRow("long line") << "a,b\n1," + QString(70'000, '1') + "\n"
                                   << "line 2 is longer than 64 KiB";
        QTest::newRow("long heading") << QString(70'000, 'a') << "line 1 is longer than 64 KiB";
        QTest::newRow("wide") << QString("a") + QString(300, ',') + "\n"
                              << "line 1 has more than 256 columns";
        QTest::newRow("control characters") << "a\n\x1b[31m\n"
                                            << "line 2, column 'a': '?[31m' is no finite number";
    }
    void hostileFilesGiveOneClearError()
    {
        QFETCH(QString, text);
        QFETCH(QString, message);
        const auto report = replayOf(text.toStdString());
        QVERIFY(!report.has_value());
        QCOMPARE(QString::fromStdString(report.error().message), message);
    }

    void anEndlessLineEndsAfter64KiB()
    {
        std::uint64_t given = 0;
        const ReplayRead endless = [&](std::span<char> out) -> Result<std::size_t> {
            std::ranges::fill(out, '7');
            given += out.size();
            return out.size();
        };
        COMPARE_ERROR(replayAnomalies(
                          endless, {}, [](const ReplayAlarm&) {}, Task{}),
            ErrorCode::LimitExceeded);
        QVERIFY(given <= 256U << 10U);
    }

    void quotedFieldsAndLineEndsOfAnyKindAreRead()
    {
        for (const std::size_t piece : {1U, 2U, 3U, 1000U}) {
            const std::string text = "\xEF\xBB\xBF\"time\",\"a,\"\"b\"\"\",label\r\n1,\"2\",0\r\n\r\n3,-4e1,1";
            const auto report = replayAnomalies(
                readerOf(text, piece), {}, [](const ReplayAlarm&) {}, Task{});
            VERIFY_OK(report);
            QCOMPARE(report->features, std::vector<std::string>{"a,\"b\""});
            QCOMPARE(report->events, std::uint64_t{2});
        }
    }

    void columnsCanBeChosen()
    {
        ReplayOptions options;
        options.features = {"b"};
        const auto report = replayAnomalies(
            readerOf("a,b,c\nword,2,\n"), options, [](const ReplayAlarm&) {}, Task{});
        VERIFY_OK(report);
        QCOMPARE(report->features, std::vector<std::string>{"b"});
        options.features = {"d"};
        COMPARE_ERROR(replayAnomalies(
                          readerOf("a,b,c\n1,2,3\n"), options, [](const ReplayAlarm&) {}, Task{}),
            ErrorCode::InvalidArgument);
    }
};

CARMA_TEST_CLASS(TestAnomalyReplay, "test_anomaly_replay")

#include "test_anomaly_replay.moc"
