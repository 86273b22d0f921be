// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "scrub/beacon_state.h"
#include "support/manual_clock.h"
#include "support/test_main.h"

#include <carma/beacon.h>

#include <QTest>
#include <algorithm>
#include <map>

using namespace carma;
using namespace carma::test;

namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kHour = 3600 * kSecond;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::uint64_t kSegment = 24U << 20U;

/// Time that passes only by resting and reading.
class World final : public BeaconWorld {
public:
    Clock& clock() override { return time; }
    void rest(std::int64_t microseconds, const std::stop_token& /*stop*/) override
    {
        time.advance(microseconds);
        rested += microseconds;
        if (time.monotonicUs() >= endUs) {
            stop.request_stop();
        }
    }
    double ioStall() override { return stall ? stall(time.monotonicUs()) : 0; }
    std::int64_t utcOffsetSeconds(std::int64_t /*wallTimeUs*/) override { return offset; }

    ManualClock time{1'700'006'400'000'000}; // midnight, UTC
    std::stop_source stop;
    std::int64_t endUs = 100 * kDay;
    std::int64_t rested = 0;
    std::int64_t offset = 0;
    std::function<double(std::int64_t)> stall;
};

/// A store of some segments. Reading one takes half a second.
class Host final : public BeaconHost {
public:
    Host(World& world, std::uint64_t segments) : m_world(world), m_segments(segments) {}

    Result<ScrubStep> scrubSome(const ScrubPosition& from, const Task& /*task*/) override
    {
        if (failures > 0) {
            --failures;
            return Error{ErrorCode::Io, "the disk is away"};
        }
        using Part = ScrubPosition::Part;
        ScrubStep step;
        step.unitsTotal = m_segments + 3;
        visits[{from.part, from.next}].push_back(m_world.time.monotonicUs());
        switch (from.part) {
        case Part::Heads: step.next = {Part::Segments, 0}; break;
        case Part::Segments:
            step.next = from.next + 1 < m_segments ? ScrubPosition{Part::Segments, from.next + 1} : ScrubPosition{Part::Tails, 0};
            break;
        case Part::Tails: step.next = {Part::Caches, 0}; break;
        case Part::Caches: step.roundEnded = true; break;
        }
        step.unitsDone = from.part == Part::Heads ? 1 : from.part == Part::Segments ? from.next + 2 : m_segments + 2;
        step.damage.bytesRead = from.part == Part::Segments ? kSegment : 4096;
        if (damageAt == from) {
            step.damage.faultsCount = 1;
            step.damage.faults.push_back({.kind = FaultKind::BadSector, .file = "shards/1/x", .sector = 3});
        }
        bytes += step.damage.bytesRead;
        m_world.time.advance(kSecond / 2);
        return step;
    }
    Result<HealReport> heal(const Task& /*task*/) override
    {
        ++heals;
        if (busy > 0) {
            --busy;
            return Error{ErrorCode::Busy, "carma ingest holds the store"};
        }
        damageAt.reset();
        HealReport report;
        report.healed = 1;
        return report;
    }
    Result<std::vector<FolderAlert>> alerts() override { return std::vector<FolderAlert>{{"shards/1", "it fails", "replace it"}}; }
    Result<BeaconState> load() override { return scrub::decodeState(note); }
    Result<void> save(const BeaconState& state) override
    {
        note = scrub::encodeState(state);
        return {};
    }

    std::map<std::pair<ScrubPosition::Part, Sequence>, std::vector<std::int64_t>> visits;
    std::optional<ScrubPosition> damageAt;
    std::uint64_t bytes = 0;
    int failures = 0;
    int busy = 0;
    int heals = 0;
    std::string note;

private:
    World& m_world;
    std::uint64_t m_segments;
};

struct Run {
    Result<void> result;
    std::vector<BeaconNews> news;
    [[nodiscard]] auto count(BeaconNews::Kind kind) const
    {
        return std::ranges::count_if(news, [&](const BeaconNews& one) { return one.kind == kind; });
    }
};

Run run(Host& host, World& world, const BeaconOptions& options)
{
    Run done;
    done.result = runBeacon(
        host, world, options, [&](const BeaconNews& news) { done.news.push_back(news); }, world.stop.get_token());
    return done;
}

using Kind = BeaconNews::Kind;

} // namespace

class TestBeacon : public QObject {
    Q_OBJECT

private slots:
    void inAFewWeeksNoSectorIsLeftForLongerThanThePeriod()
    {
        World world;
        world.endUs = 29 * kDay;
        Host host(world, 1000);
        VERIFY_OK(run(host, world, {}).result);
        QCOMPARE(host.visits.size(), std::size_t{1003});
        for (const auto& [place, times] : host.visits) {
            QVERIFY(times.size() >= 4);
            QVERIFY(times.front() <= 7 * kDay);
            for (std::size_t i = 1; i < times.size(); ++i) {
                QVERIFY2(times[i] - times[i - 1] <= 7 * kDay, qPrintable(QString::number((times[i] - times[i - 1]) / kHour)));
            }
        }
        const double share = static_cast<double>(host.bytes) / (29.0 * 1000 * static_cast<double>(kSegment) / 7);
        QVERIFY2(share < 1.25, qPrintable(QString::number(share))); // no more is read than it takes
    }

    void theBudgetIsKeptWithinAFewPercent()
    {
        World world;
        Host host(world, 500);
        BeaconOptions options;
        options.rounds = 1; // as fast as the budget allows
        options.budget.bytesPerSecond = 8U << 20U;
        options.budget.share = 1;
        VERIFY_OK(run(host, world, options).result);
        const double seconds = static_cast<double>(world.time.monotonicUs()) / 1e6;
        const double rate = static_cast<double>(host.bytes) / seconds;
        QVERIFY2(rate <= 1.0 * (8U << 20U) && rate >= 0.95 * (8U << 20U), qPrintable(QString::number(rate)));
    }

    void theShareOfTheTimeIsKept()
    {
        World world;
        Host host(world, 100);
        BeaconOptions options;
        options.rounds = 1;
        options.budget.bytesPerSecond = 1ULL << 40U;
        options.budget.share = 0.1;
        VERIFY_OK(run(host, world, options).result);
        const double busy = 103 * 0.5e6;
        QVERIFY(busy / static_cast<double>(world.time.monotonicUs()) <= 0.101);
        QVERIFY(busy / static_cast<double>(world.time.monotonicUs()) >= 0.095);
    }

    void workIsDoneInTheHoursAllowedOnly()
    {
        World world;
        world.offset = 3600;
        world.endUs = 14 * kDay;
        Host host(world, 3000);
        BeaconOptions options;
        options.budget.fromHour = 22;
        options.budget.toHour = 6;
        const Run done = run(host, world, options);
        VERIFY_OK(done.result);
        QVERIFY(done.count(Kind::Paused) >= 13);
        QVERIFY(host.visits.size() == 3003);
        for (const auto& [place, times] : host.visits) {
            for (const std::int64_t time : times) {
                const std::int64_t hour = (time + 1 * kHour) % kDay / kHour;
                QVERIFY2(hour >= 22 || hour < 6, qPrintable(QString::number(hour)));
            }
        }
    }

    void itPausesWhileOthersWaitForTheDisk()
    {
        World world;
        Host host(world, 10);
        world.stall = [](std::int64_t now) { return now < kHour ? 90.0 : 1.0; };
        BeaconOptions options;
        options.rounds = 1;
        const Run done = run(host, world, options);
        VERIFY_OK(done.result);
        QCOMPARE(done.count(Kind::Paused), 1);
        QCOMPARE(done.count(Kind::Resumed), 1);
        QVERIFY(host.visits.begin()->second.front() >= kHour);
    }

    void damageIsHealedAndAlertsAreTold()
    {
        World world;
        Host host(world, 10);
        host.damageAt = ScrubPosition{ScrubPosition::Part::Segments, 4};
        BeaconOptions options;
        options.rounds = 1;
        const Run done = run(host, world, options);
        VERIFY_OK(done.result);
        QCOMPARE(host.heals, 1);
        QCOMPARE(done.count(Kind::Damage), 1);
        QCOMPARE(done.count(Kind::Healed), 1);
        QCOMPARE(done.count(Kind::Alert), 1);
    }

    void healingWaitsForAnotherWriter()
    {
        World world;
        Host host(world, 10);
        host.damageAt = ScrubPosition{ScrubPosition::Part::Segments, 4};
        host.busy = 3;
        BeaconOptions options;
        options.rounds = 1;
        const Run done = run(host, world, options);
        VERIFY_OK(done.result);
        QCOMPARE(host.heals, 4);
        QCOMPARE(done.count(Kind::Trouble), 3);
        QCOMPARE(done.count(Kind::Healed), 1);
    }

    void withoutHealingItOnlyTells()
    {
        World world;
        Host host(world, 10);
        host.damageAt = ScrubPosition{};
        BeaconOptions options;
        options.rounds = 1;
        options.heal = false;
        QCOMPARE(run(host, world, options).count(Kind::Damage), 1);
        QCOMPARE(host.heals, 0);
    }

    void aRestartGoesOnWhereItWas()
    {
        World world;
        Host host(world, 10'000);
        world.endUs = 2 * kDay;
        VERIFY_OK(run(host, world, {}).result);
        const std::size_t visited = host.visits.size();
        QVERIFY(visited > 100 && visited < 9000);
        World later;
        Host same(later, 10'000);
        same.note = host.note;
        later.endUs = kHour;
        VERIFY_OK(run(same, later, {}).result);
        QVERIFY(!same.visits.contains({ScrubPosition::Part::Heads, 0}));
        QVERIFY(same.visits.contains({ScrubPosition::Part::Segments, static_cast<Sequence>(visited - 1)}));
    }

    void garbageForAPositionBeginsAnew_data()
    {
        QTest::addColumn<QString>("note");
        QTest::newRow("empty") << "";
        QTest::newRow("words") << "who knows\n";
        QTest::newRow("too few") << "1 2 3\n";
        QTest::newRow("too many") << "1 1 3 4 5 6 7 8 9 10\n";
        QTest::newRow("no such part") << "1 9 3 4 5 6 7 8 9\n";
        QTest::newRow("newer") << "2 1 3 4 5 6 7 8 9\n";
        QTest::newRow("huge") << "1 1 99999999999999999999999 4 5 6 7 8 9\n";
    }
    void garbageForAPositionBeginsAnew()
    {
        QFETCH(QString, note);
        const BeaconState state = scrub::decodeState(note.toStdString());
        QVERIFY(state.position == ScrubPosition{});
        QCOMPARE(state.roundBeganUs, std::int64_t{0});
    }

    void positionsComeBackAsTheyWere()
    {
        BeaconState state;
        state.position = {ScrubPosition::Part::Tails, 77};
        state.roundBeganUs = 5;
        state.rounds = 9;
        state.lastRoundBytes = ~std::uint64_t{0};
        const BeaconState back = scrub::decodeState(scrub::encodeState(state));
        QVERIFY(back.position == state.position);
        QCOMPARE(back.rounds, state.rounds);
        QCOMPARE(back.lastRoundBytes, state.lastRoundBytes);
    }

    void troubleIsToldAndTriedAgain()
    {
        World world;
        Host host(world, 10);
        host.failures = 5;
        BeaconOptions options;
        options.rounds = 1;
        const Run done = run(host, world, options);
        VERIFY_OK(done.result);
        QCOMPARE(done.count(Kind::Trouble), 5);
        QCOMPARE(done.count(Kind::RoundEnded), 1);
    }

    void troubleThatLastsEndsTheBeacon()
    {
        World world;
        Host host(world, 10);
        host.failures = 1'000'000;
        COMPARE_ERROR(run(host, world, {}).result, ErrorCode::Io);
        QVERIFY(world.time.monotonicUs() >= kHour && world.time.monotonicUs() < 2 * kHour);
    }

    void aBudgetTooSmallForThePeriodIsToldOnce()
    {
        World world;
        world.endUs = kDay;
        Host host(world, 100'000);
        BeaconOptions options;
        options.budget.bytesPerSecond = 1U << 20U;
        const Run done = run(host, world, options);
        VERIFY_OK(done.result);
        QCOMPARE(done.count(Kind::Alert), 1);
    }

    void optionsOutOfRangeAreRefused()
    {
        World world;
        Host host(world, 1);
        const auto refused = [&](const auto& change) {
            BeaconOptions options;
            change(options);
            const auto result = run(host, world, options).result;
            return !result.has_value() && result.error().code == ErrorCode::InvalidArgument;
        };
        QVERIFY(refused([](BeaconOptions& options) { options.budget.bytesPerSecond = 0; }));
        QVERIFY(refused([](BeaconOptions& options) { options.budget.share = 0; }));
        QVERIFY(refused([](BeaconOptions& options) { options.budget.share = 1.5; }));
        QVERIFY(refused([](BeaconOptions& options) { options.budget.share = std::numeric_limits<double>::quiet_NaN(); }));
        QVERIFY(refused([](BeaconOptions& options) { options.budget.fromHour = 25; }));
        QVERIFY(refused([](BeaconOptions& options) { options.budget.ioStallMax = -1; }));
        QVERIFY(refused([](BeaconOptions& options) { options.periodUs = 0; }));
        QVERIFY(refused([](BeaconOptions& options) { options.periodUs = 10'000 * kDay; }));
        QVERIFY(host.visits.empty());
    }
};

CARMA_TEST_CLASS(TestBeacon, "test_beacon")
#include "test_beacon.moc"
