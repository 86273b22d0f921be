// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "billing_fixture.h"
#include "core/audit/audit_fixture.h"
#include "support/test_main.h"

#include <QTest>

using namespace carma;
using namespace carma::test;

namespace {

/// What is metered of anna's queries, as a writer sees it.
Result<std::string> queriesOf(Store& store)
{
    UsageFilter filter;
    filter.customer = "anna";
    filter.meter = "queries";
    CARMA_TRY_ASSIGN(const auto rollUps, store.billing().rollUps(filter, RollupStep::Month));
    return rollUps.empty() ? std::string("0") : toString(rollUps.front().sum);
}

std::vector<std::string> leftIn(const disk::SimDisk& disk)
{
    std::vector<std::string> paths;
    for (const auto& [path, bytes] : disk.files()) {
        if (path.starts_with("usage/")) {
            paths.push_back(path);
        }
    }
    return paths;
}

/// A store that meters, with something of anna's in it.
class SpoolFixture : public StoreFixture {
public:
    Result<void> begin()
    {
        clock.setWallTimeUs(at("2026-10-05T12:00:00Z"));
        CARMA_TRY(create());
        CARMA_TRY_ASSIGN(const auto store, open());
        CARMA_TRY(store->billing().setMetering(true));
        CARMA_TRY(store->memory().remember("anna", {memoryOf("a red boat on the lake")}));
        return store->close();
    }
    /// A reader that asks so often and ends.
    Result<void> ask(int times)
    {
        CARMA_TRY_ASSIGN(const auto store, open(true));
        for (int i = 0; i < times; ++i) {
            CARMA_TRY(store->memory().query("boat", queryOf("anna")));
        }
        return store->close();
    }
};

} // namespace

/// Usage of stores that are open for reading only.
class TestUsageSpool : public QObject {
    Q_OBJECT

private slots:
    void readersQueriesAreCountedAndCostNoRecordEach()
    {
        SpoolFixture fixture;
        VERIFY_OK(fixture.begin());
        const auto shards = fixture.disk.fingerprint("shards");
        for (int reader = 0; reader < 10; ++reader) {
            VERIFY_OK(fixture.ask(20));
        }
        QCOMPARE(leftIn(fixture.disk).size(), std::size_t{10});
        QVERIFY(fixture.disk.fingerprint("shards") == shards); // readers wrote nothing to the log
        for (const auto& [path, bytes] : fixture.disk.files()) {
            QVERIFY(!path.starts_with("usage/") || asText(bytes).find("anna") == std::string_view::npos);
        }
        auto store = fixture.open();
        VERIFY_OK(store);
        const Sequence before = coreOf(**store).log->end();
        QCOMPARE(*queriesOf(**store), std::string("200"));
        QCOMPARE(coreOf(**store).log->end(), before + 1); // one record for all
        QVERIFY(leftIn(fixture.disk).empty());
        QCOMPARE(*queriesOf(**store), std::string("200"));
    }

    void aLongReaderLeavesOnceAMinuteAndAWriterBesideItTakesItIn()
    {
        SpoolFixture fixture;
        VERIFY_OK(fixture.begin());
        auto writer = fixture.open();
        VERIFY_OK(writer);
        auto reader = fixture.open(true);
        VERIFY_OK(reader);
        for (int i = 0; i < 100; ++i) {
            VERIFY_OK((*reader)->memory().query("boat", queryOf("anna")));
        }
        QVERIFY(leftIn(fixture.disk).empty());
        fixture.clock.advance(kMinuteUs);
        VERIFY_OK((*reader)->memory().query("boat", queryOf("anna")));
        QCOMPARE(leftIn(fixture.disk).size(), std::size_t{1});
        QCOMPARE(*queriesOf(**writer), std::string("101"));
        VERIFY_OK((*reader)->memory().query("boat", queryOf("anna")));
        fixture.disk.killProcess(); // the last minute of a killed process is what is lost
    }

    void aCrashBetweenRecordingAndDeletingCountsNothingTwice()
    {
        SpoolFixture fixture;
        VERIFY_OK(fixture.begin());
        VERIFY_OK(fixture.ask(3));
        {
            auto store = fixture.open();
            VERIFY_OK(store);
            fixture.disk.failOps({.on = disk::SimOp::Write, .persistent = true, .below = "usage"});
            (void)queriesOf(**store).has_value();
            QCOMPARE(leftIn(fixture.disk).size(), std::size_t{1});
            fixture.disk.clearFailures();
        }
        auto store = fixture.open();
        VERIFY_OK(store);
        QCOMPARE(*queriesOf(**store), std::string("3"));
        QVERIFY(leftIn(fixture.disk).empty());
    }

    void whatIsDamagedOrForgedIsSetAsideAndTheRestCounts()
    {
        SpoolFixture fixture;
        VERIFY_OK(fixture.begin());
        VERIFY_OK(fixture.ask(1));
        const std::string damaged = leftIn(fixture.disk).at(0);
        VERIFY_OK(fixture.disk.flipBit(damaged, 30, 3));
        VERIFY_OK(fixture.ask(2));
        auto files = fixture.disk.files();
        files["usage/forged.usage"] = toBytes(asBytes("not sealed by anybody who knows the key"));
        files["usage/empty.usage"] = {};
        files["usage/half.usage.part"] = toBytes(asBytes("somebody is writing"));
        fixture.disk.load(files);
        fixture.notices.clear();
        auto store = fixture.open();
        VERIFY_OK(store);
        QCOMPARE(*queriesOf(**store), std::string("2"));
        QCOMPARE(leftIn(fixture.disk), std::vector<std::string>{"usage/half.usage.part"});
        QCOMPARE(fixture.notices.size(), std::size_t{3});
        QVERIFY(fixture.disk.files().contains("quarantine/" + ("usage-" + damaged.substr(6))));
    }

    void aFolderThatCannotBeWrittenToStopsNoQuery()
    {
        SpoolFixture fixture;
        VERIFY_OK(fixture.begin());
        fixture.disk.failOps({.on = disk::SimOp::Write, .persistent = true, .below = "usage"});
        VERIFY_OK(fixture.ask(2));
        fixture.disk.clearFailures();
        auto store = fixture.open();
        VERIFY_OK(store);
        QCOMPARE(*queriesOf(**store), std::string("0"));
        VERIFY_OK((*store)->billing().setMetering(false));
        VERIFY_OK((*store)->close());
        VERIFY_OK(fixture.ask(2));
        QVERIFY(leftIn(fixture.disk).empty()); // nothing is counted while metering is off
    }

    void whatCouldNotBeRecordedKeepsItsIds()
    {
        SpoolFixture fixture;
        VERIFY_OK(fixture.begin());
        auto store = fixture.open();
        VERIFY_OK(store);
        VERIFY_OK((*store)->memory().query("boat", queryOf("anna")));
        fixture.disk.failOps({.on = disk::SimOp::Sync, .below = "shards"}); // told to fail, and may be there all the same
        (void)queriesOf(**store).has_value();
        fixture.disk.clearFailures();
        VERIFY_OK((*store)->memory().query("boat", queryOf("anna")));
        QCOMPARE(*queriesOf(**store), std::string("2"));
    }
};

CARMA_TEST_CLASS(TestUsageSpool, "test_usage_spool")
#include "test_usage_spool.moc"
