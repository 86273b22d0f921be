// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "anomaly/watch.h"
#include "support/anomaly_month.h"
#include "support/test_main.h"

#include <QTest>

using namespace carma;
using namespace carma::anomaly;
using namespace carma::test;

namespace {

constexpr std::int64_t kHourUs = 3'600'000'000;
constexpr std::int64_t kMonday = 1'772'409'600'000'000;

/// `days` of a key with 100 requests an hour, and then whatever a test adds.
std::vector<Finding> quietDays(Watch& watch, int days)
{
    std::vector<Finding> found;
    for (int hour = 0; hour < days * 24; ++hour) {
        for (int i = 0; i < 100; ++i) {
            AnomalyEvent event;
            event.timeUs = kMonday + hour * kHourUs + i * 36'000'000LL;
            event.key = "k1";
            event.source = "192.0.2.1";
            event.endpoint = i % 3 == 0 ? "query" : "show";
            event.object = "f" + std::to_string(i % 8);
            event.bytes = 1000;
            watch.observe(event, found);
        }
    }
    return found;
}

struct Burst {
    int requests = 0, failedOneIn = 0, endpoints = 0;
    std::uint64_t bytes = 1000;
    bool allIds = false;
};

std::vector<Finding> burst(Watch& watch, int day, const Burst& asked)
{
    std::vector<Finding> found;
    for (int i = 0; i < asked.requests; ++i) {
        AnomalyEvent event;
        event.timeUs = kMonday + day * 24 * kHourUs + 10 * kHourUs + i * 1000;
        event.key = "k1";
        event.endpoint = i < asked.endpoints ? "new " + std::to_string(i) : "query";
        event.object = "f" + std::to_string(asked.allIds ? i : i % 8);
        event.bytes = asked.bytes;
        event.failed = asked.failedOneIn > 0 && i % asked.failedOneIn == 0;
        watch.observe(event, found);
    }
    AnomalyEvent later;
    later.timeUs = kMonday + day * 24 * kHourUs + 11 * kHourUs;
    later.key = "k1";
    watch.observe(later, found);
    return found;
}

bool has(const std::vector<Finding>& found, AnomalyKind kind)
{
    return std::ranges::any_of(found, [&](const Finding& finding) { return finding.kind == kind && finding.subject == "key:k1"; });
}

} // namespace

class TestAnomalyWatch : public QObject {
    Q_OBJECT

private slots:
    void aCleanMonthRaisesHardlyAnAlarm()
    {
        constexpr int kKeys = 100;
        constexpr int kDays = 30;
        Watch watch({.start = 1});
        Month month(7, kKeys);
        std::vector<Finding> found;
        for (int hour = 0; hour < kDays * 24; ++hour) {
            for (int key = 0; key < kKeys; ++key) {
                const auto totals = month.window(static_cast<std::size_t>(key), hour);
                watch.observeWindow("key:" + std::to_string(key), month.startUs(hour), totals, found);
            }
        }
        const double aDay = 1000.0 * static_cast<double>(found.size()) / kKeys / kDays;
        qInfo("%zu findings: %.3f for 1,000 keys and a day", found.size(), aDay);
        QVERIFY(aDay <= 5);
    }

    void seasonsAreHoursAndDays()
    {
        QCOMPARE(seasonOf(0).hour, 0U);
        QCOMPARE(seasonOf(0).dayOfWeek, 0U);
        QCOMPARE(seasonOf(kMonday + 13 * kHourUs).hour, 13U);
        QCOMPARE(seasonOf(kMonday).dayOfWeek, 4U);
        QCOMPARE(seasonOf(kMonday - kHourUs).hour, 47U); // Sunday, 23 h
        QCOMPARE(seasonOf(-1).dayOfWeek, 6U);
    }

    void baselinesFollowDayAndNight()
    {
        SeasonalBaseline baseline;
        for (int hour = 0; hour < 24 * 14; ++hour) {
            baseline.learn(seasonOf(kMonday + hour * kHourUs), hour % 24 < 8 ? 1.0 : 5.0, 0.01);
        }
        const Season night = seasonOf(kMonday + 14 * 24 * kHourUs + 3 * kHourUs);
        const Season noon = seasonOf(kMonday + 14 * 24 * kHourUs + 12 * kHourUs);
        QVERIFY(std::abs(baseline.expected(night) - 1) < 0.3);
        QVERIFY(std::abs(baseline.expected(noon) - 5) < 0.3);
        QVERIFY(baseline.read(night, 5, 0.01).z > 6);
        QVERIFY(std::abs(baseline.read(noon, 5, 0.01).z) < 3);
    }

    void oneWildHourMovesABaselineLittle()
    {
        SeasonalBaseline baseline;
        for (int hour = 0; hour < 24 * 14; ++hour) {
            baseline.learn(seasonOf(kMonday + hour * kHourUs), 3 + 0.1 * (hour % 5), 0.01);
        }
        const Season next = seasonOf(kMonday + 14 * 24 * kHourUs);
        const double before = baseline.expected(next);
        baseline.learn(next, 1000, 0.01);
        QVERIFY(std::abs(baseline.expected(next) - before) < 0.2);
    }

    void eachKindIsFoundAndExplained_data()
    {
        QTest::addColumn<int>("requests");
        QTest::addColumn<int>("failedOneIn");
        QTest::addColumn<int>("endpoints");
        QTest::addColumn<qulonglong>("bytes");
        QTest::addColumn<bool>("allIds");
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("reason");
        QTest::newRow("rate") << 2000 << 0 << 0 << 50ULL << false << 0 << "requests";
        QTest::newRow("volume") << 100 << 0 << 0 << 100'000ULL << false << 1 << "bytes";
        QTest::newRow("errors") << 100 << 2 << 0 << 1000ULL << false << 2 << "error share";
        QTest::newRow("endpoints") << 100 << 0 << 20 << 1000ULL << false << 3 << "new endpoints";
        QTest::newRow("spread") << 100 << 0 << 0 << 1000ULL << true << 4 << "id spread";
    }
    void eachKindIsFoundAndExplained()
    {
        QFETCH(int, requests);
        QFETCH(int, failedOneIn);
        QFETCH(int, endpoints);
        QFETCH(qulonglong, bytes);
        QFETCH(bool, allIds);
        QFETCH(int, kind);
        QFETCH(QString, reason);
        Watch watch({.start = 1});
        QVERIFY(quietDays(watch, 8).empty());
        const auto found = burst(watch, 8, {requests, failedOneIn, endpoints, bytes, allIds});
        QVERIFY(has(found, static_cast<AnomalyKind>(kind)));
        for (const Finding& finding : found) {
            QVERIFY(!finding.reasons.empty() && finding.reasons.size() <= 3);
            if (finding.kind == static_cast<AnomalyKind>(kind)) {
                QCOMPARE(QString::fromStdString(finding.reasons.front().feature), reason);
            }
        }
    }

    void aFloodIsFoundBeforeItsHourIsOver()
    {
        Watch watch({.start = 1});
        (void)quietDays(watch, 8);
        std::vector<Finding> found;
        int needed = 0;
        for (; found.empty() && needed < 100'000; ++needed) {
            AnomalyEvent event;
            event.timeUs = kMonday + 8 * 24 * kHourUs + needed;
            event.key = "k1";
            event.endpoint = "query";
            watch.observe(event, found);
        }
        QVERIFY(needed <= 512);
        QCOMPARE(found.front().kind, AnomalyKind::Rate);
    }

    void aSilentWeekAndABackwardClockAreNoTrouble()
    {
        Watch watch({.start = 1});
        (void)quietDays(watch, 8);
        QVERIFY(burst(watch, 400, {100, 0, 0, 1000, false}).size() <= 5);
        std::vector<Finding> found;
        AnomalyEvent event;
        event.key = "k1";
        for (const std::int64_t time : {std::int64_t{1}, kMonday, std::int64_t{0}}) {
            event.timeUs = time;
            watch.observe(event, found);
        }
        QCOMPARE(watch.subjects() + watch.strangers(), std::size_t{2});
    }

    void aFloodOfSourcesKeepsMemoryAndKnownSubjects()
    {
        Watch watch({.start = 1, .subjectsMax = 100, .strangersMax = 1000});
        (void)quietDays(watch, 8);
        std::vector<Finding> found;
        for (int i = 0; i < 200'000; ++i) {
            AnomalyEvent event;
            event.timeUs = kMonday + 8 * 24 * kHourUs + i;
            event.source = "2001:db8::" + std::to_string(i);
            watch.observe(event, found);
        }
        QCOMPARE(watch.strangers(), std::size_t{1000});
        QCOMPARE(watch.subjects(), std::size_t{2});
        QVERIFY(has(burst(watch, 8, {2000, 0, 0, 50, false}), AnomalyKind::Rate)); // the key is still known
    }
};

CARMA_TEST_CLASS(TestAnomalyWatch, "test_anomaly_watch")

#include "test_anomaly_watch.moc"
