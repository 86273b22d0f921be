// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "anomaly/anomaly_body.h"
#include "core/audit/audit_fixture.h"
#include "support/test_main.h"

#include <QTest>

using namespace carma;
using namespace carma::test;

namespace {

constexpr std::int64_t kMinute = 60'000'000;
constexpr std::int64_t kHour = 60 * kMinute;

AnomalyEvent denial(std::string source)
{
    AnomalyEvent event;
    event.source = std::move(source);
    event.denied = true;
    return event;
}

std::vector<anomaly::Item> itemsOfEachKind()
{
    Anomaly found;
    found.timeUs = 5;
    found.kind = AnomalyKind::Errors;
    found.action = AnomalyAction::Challenge;
    found.subject = "key:k1";
    found.score = 7.5;
    found.expiresUs = 50;
    found.reasons = {{"error share", 0.5, 0.01, 0.75}, {"requests", 200, 100, 0.25}};
    const anomaly::Prefix prefix = anomaly::parsePrefix("192.0.2.0/24").value_or(anomaly::Prefix{});
    return {found, anomaly::Block{prefix, BlockOrigin::Manual, 5, 6, 7, "because"}, anomaly::Unblock{prefix, "done"}, AnomalyPolicy{},
        anomaly::Lift{"key:k1", "test"}};
}

/// 8 days of 100 requests an hour by the key "k1"; the clock ends up at the ninth.
Result<void> quietDays(StoreFixture& fixture, Store& store)
{
    for (int hour = 0; hour < 8 * 24; ++hour) {
        for (int i = 0; i < 100; ++i) {
            AnomalyEvent event;
            event.key = "k1";
            event.bytes = 1000;
            CARMA_TRY(store.anomalies().observe(event));
        }
        fixture.clock.advance(kHour);
    }
    return {};
}

Result<AnomalyVerdict> flood(Store& store)
{
    AnomalyEvent event;
    event.key = "k1";
    for (int i = 0; i < 2000; ++i) {
        CARMA_TRY(store.anomalies().observe(event));
    }
    return store.anomalies().observe(event);
}

} // namespace

class TestAnomalyStore : public QObject {
    Q_OBJECT

private slots:
    void bodiesSurviveAndTornOnesAreRefused()
    {
        for (const anomaly::Item& item : itemsOfEachKind()) {
            const Bytes bytes = anomaly::encodeItem(item);
            const auto back = anomaly::decodeItem(bytes);
            VERIFY_OK(back);
            QCOMPARE(back->index(), item.index());
            QVERIFY(anomaly::encodeItem(*back) == bytes);
            for (std::size_t size = 0; size < bytes.size(); ++size) {
                QVERIFY(!anomaly::decodeItem(ByteView(bytes).first(size)).has_value());
            }
            Bytes longer = bytes;
            longer.push_back(std::byte{0});
            COMPARE_ERROR(anomaly::decodeItem(longer), ErrorCode::Corruption);
            Bytes newer = bytes;
            newer[0] = std::byte{2};
            COMPARE_ERROR(anomaly::decodeItem(newer), ErrorCode::Unsupported);
            SeededRandom random(3);
            for (int i = 0; i < 2000; ++i) {
                Bytes wild = bytes;
                wild[1 + random.below(wild.size() - 1)] = static_cast<std::byte>(random.below(256));
                const auto read = anomaly::decodeItem(wild);
                QVERIFY(!read.has_value() || anomaly::encodeItem(*read).size() <= wild.size());
            }
        }
    }

    void aSourceThatFailsIsBlockedAuditedAndRemembered()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        {
            auto store = fixture.open();
            VERIFY_OK(store);
            for (int i = 0; i < 4; ++i) {
                const auto verdict = (*store)->anomalies().observe(denial("192.0.2.7"));
                VERIFY_OK(verdict);
                QVERIFY(!verdict->blocked);
            }
            const auto verdict = (*store)->anomalies().observe(denial("192.0.2.7"));
            VERIFY_OK(verdict);
            QVERIFY(verdict->blocked);
            QCOMPARE(verdict->untilUs, fixture.clock.wallTimeUs() + kMinute);
            fixture.clock.setWallTimeUs(fixture.clock.wallTimeUs() + 10 * kHour); // nobody's clock unblocks while the store is open
            QVERIFY((*store)->anomalies().check("", "192.0.2.7")->blocked);
            fixture.clock.setWallTimeUs(fixture.clock.wallTimeUs() - 10 * kHour);
            const auto actions = actionsOf(**store);
            VERIFY_OK(actions);
            QCOMPARE(countOf(*actions, "block.add"), std::size_t{1});
            VERIFY_OK((*store)->close());
        }
        {
            auto store = fixture.open(true);
            VERIFY_OK(store);
            QVERIFY((*store)->anomalies().check("", "192.0.2.7")->blocked);
            QCOMPARE((*store)->anomalies().blocks()->size(), std::size_t{1});
            COMPARE_ERROR((*store)->anomalies().observe(denial("192.0.2.7")), ErrorCode::Busy);
            COMPARE_ERROR((*store)->anomalies().removeBlock("192.0.2.7", "x"), ErrorCode::Busy);
            VERIFY_OK((*store)->close());
        }
        fixture.clock.setWallTimeUs(fixture.clock.wallTimeUs() - 1000 * kHour);
        auto store = fixture.open();
        VERIFY_OK(store);
        QVERIFY((*store)->anomalies().check("", "192.0.2.7")->blocked);
        fixture.clock.advance(kMinute);
        QVERIFY(!(*store)->anomalies().check("", "192.0.2.7")->blocked);
    }

    void blocksByHandAndAllowances()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        auto opened = fixture.open();
        VERIFY_OK(opened);
        Anomalies& anomalies = (*opened)->anomalies();
        VERIFY_OK(anomalies.addBlock({.prefix = "198.51.100.0/24", .reason = "scans", .lastsUs = kHour}));
        VERIFY_OK(anomalies.addBlock({.prefix = "2001:db8::/32", .reason = "ours", .allow = true}));
        QVERIFY(anomalies.check("", "198.51.100.9")->blocked);
        for (int i = 0; i < 20; ++i) {
            QVERIFY(!anomalies.observe(denial("2001:db8::1"))->blocked);
        }
        COMPARE_ERROR(anomalies.addBlock({.prefix = "2001:db8:5::/48", .reason = "x"}), ErrorCode::InvalidArgument);
        COMPARE_ERROR(anomalies.addBlock({.prefix = "198.51.100.1", .reason = ""}), ErrorCode::InvalidArgument);
        COMPARE_ERROR(anomalies.addBlock({.prefix = "0.0.0.0/0", .reason = "x"}), ErrorCode::InvalidArgument);
        COMPARE_ERROR(anomalies.addBlock({.prefix = "::/0", .reason = "x"}), ErrorCode::InvalidArgument);
        COMPARE_ERROR(anomalies.addBlock({.prefix = "example.org", .reason = "x"}), ErrorCode::InvalidArgument);
        COMPARE_ERROR(anomalies.removeBlock("203.0.113.1", "x"), ErrorCode::NotFound);
        VERIFY_OK(anomalies.removeBlock("198.51.100.0/24", "mistake"));
        QVERIFY(!anomalies.check("", "198.51.100.9")->blocked);
        const auto actions = actionsOf(**opened);
        VERIFY_OK(actions);
        QCOMPARE(countOf(*actions, "block.allow"), std::size_t{1});
        QCOMPARE(countOf(*actions, "block.remove"), std::size_t{1});
    }

    void anAnomalyBringsTheActionOfThePolicyAndEnds()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        auto opened = fixture.open();
        VERIFY_OK(opened);
        Store& store = **opened;
        AnomalyPolicy policy;
        policy.rules[0] = {4, AnomalyAction::Throttle, 2 * kHour};
        VERIFY_OK(store.anomalies().setPolicy(policy));
        QVERIFY(*store.anomalies().policy() == policy);
        VERIFY_OK(quietDays(fixture, store));
        const auto verdict = flood(store);
        VERIFY_OK(verdict);
        QCOMPARE(verdict->action, AnomalyAction::Throttle);
        QVERIFY(!verdict->blocked);
        std::vector<Anomaly> found;
        VERIFY_OK(store.anomalies().list({}, [&](const Anomaly& anomaly) -> Result<bool> {
            found.push_back(anomaly);
            return true;
        }));
        QVERIFY(!found.empty());
        QCOMPARE(found.front().subject, std::string("key:k1"));
        QCOMPARE(found.front().kind, AnomalyKind::Rate);
        QCOMPARE(found.front().reasons.front().feature, std::string("requests"));
        QCOMPARE(store.anomalies().show(found.front().sequence)->score, found.front().score);
        COMPARE_ERROR(store.anomalies().show(0), ErrorCode::NotFound);
        const auto actions = actionsOf(store);
        VERIFY_OK(actions);
        QCOMPARE(countOf(*actions, "anomaly.throttle"), std::size_t{1});
        VERIFY_OK(store.close());
        opened = fixture.open();
        VERIFY_OK(opened);
        QCOMPARE((*opened)->anomalies().check("k1", "")->action, AnomalyAction::Throttle);
        fixture.clock.advance(2 * kHour);
        QCOMPARE((*opened)->anomalies().check("k1", "")->action, AnomalyAction::Observe);
    }

    void whatHoldsIsLiftedBeforeItsTime()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        auto opened = fixture.open();
        VERIFY_OK(opened);
        Store& store = **opened;
        AnomalyPolicy policy;
        policy.rules.fill({4, AnomalyAction::Suspend, 2 * kHour});
        VERIFY_OK(store.anomalies().setPolicy(policy));
        COMPARE_ERROR(store.anomalies().lift("key:k1", "nothing is wrong", false), ErrorCode::NotFound);
        VERIFY_OK(quietDays(fixture, store));
        VERIFY_OK(flood(store));
        QCOMPARE(store.anomalies().check("k1", "")->action, AnomalyAction::Suspend);
        COMPARE_ERROR(store.anomalies().lift("key:k1", "", false), ErrorCode::InvalidArgument);
        COMPARE_ERROR(store.anomalies().lift("key:k2", "another", false), ErrorCode::NotFound);
        VERIFY_OK(store.anomalies().lift("key:k1", "only looking", true));
        QCOMPARE(store.anomalies().check("k1", "")->action, AnomalyAction::Suspend);
        const auto ended = store.anomalies().lift("key:k1", "a load test", false);
        VERIFY_OK(ended);
        QCOMPARE(ended->action, AnomalyAction::Suspend);
        QCOMPARE(store.anomalies().check("k1", "")->action, AnomalyAction::Observe);
        AuditFilter filter;
        filter.action = "anomaly.lift";
        const auto entries = entriesOf(store, filter);
        VERIFY_OK(entries);
        QCOMPARE(entries->size(), std::size_t{3}); // two of them refused
        QCOMPARE(entries->back().reason, std::string("a load test"));
        VERIFY_OK(store.close());
        opened = fixture.open(true);
        VERIFY_OK(opened);
        QCOMPARE((*opened)->anomalies().check("k1", "")->action, AnomalyAction::Observe);
        COMPARE_ERROR((*opened)->anomalies().lift("key:k1", "x", false), ErrorCode::NotFound);
    }

    void policiesOutOfRangeAreRefused()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        auto opened = fixture.open();
        VERIFY_OK(opened);
        for (const AnomalyRule& rule : {AnomalyRule{1, AnomalyAction::Throttle, kHour}, AnomalyRule{NAN, AnomalyAction::Throttle, kHour},
                 AnomalyRule{5, AnomalyAction::Suspend, 0}, AnomalyRule{5, AnomalyAction::Suspend, 31 * 24 * kHour}}) {
            AnomalyPolicy policy;
            policy.rules[3] = rule;
            COMPARE_ERROR((*opened)->anomalies().setPolicy(policy), ErrorCode::InvalidArgument);
        }
    }

    void aFloodOfSourcesWritesAFewRecordsOnly()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        auto opened = fixture.open();
        VERIFY_OK(opened);
        Store& store = **opened;
        for (int source = 0; source < 1000; ++source) {
            const std::string address = "10.1." + std::to_string(source / 250) + "." + std::to_string(source % 250);
            for (int i = 0; i < 5; ++i) {
                VERIFY_OK(store.anomalies().observe(denial(address)));
            }
            QVERIFY(store.anomalies().check("", address)->blocked); // stored or not
        }
        const auto actions = actionsOf(store);
        VERIFY_OK(actions);
        QCOMPARE(countOf(*actions, "block.add"), std::size_t{256});
        fixture.clock.advance(kMinute / 2);
        for (int i = 0; i < 5; ++i) {
            VERIFY_OK(store.anomalies().observe(denial("10.2.0.1")));
        }
        const auto entries = entriesOf(store);
        VERIFY_OK(entries);
        QVERIFY(entries->back().detail.find("744 before it") != std::string::npos);
    }
};

CARMA_TEST_CLASS(TestAnomalyStore, "test_anomaly_store")

#include "test_anomaly_store.moc"
