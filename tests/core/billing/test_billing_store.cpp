// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "billing_fixture.h"
#include "core/store/store_fixture.h"
#include "support/test_main.h"

#include <QDir>
#include <QTest>

using namespace carma;
using namespace carma::test;

namespace {

const std::string kPlan =
    "'flat':'10','charges':[{'meter':'queries','model':'per_unit','price':'0.10','quota':3,'hard_stop':true},"
    "{'meter':'fragments','model':'per_unit','price':'0.01'},{'meter':'stored_gb','model':'per_unit','price':'1000'}]";

NewMemory note(std::string text)
{
    NewMemory memory;
    memory.text = std::move(text);
    return memory;
}

Result<std::map<std::string, std::string>> sums(Store& store)
{
    std::map<std::string, std::string> found;
    CARMA_TRY_ASSIGN(const auto rollUps, store.billing().rollUps({}, RollupStep::Month));
    for (const UsageRollup& each : rollUps) {
        found[each.customer + " " + each.meter] = toString(each.sum);
    }
    return found;
}

} // namespace

/// Billing in a real store: what it meters of itself, and what a crash leaves of an invoice.
class TestBillingStore : public QObject {
    Q_OBJECT

private slots:
    void operationsAreMeteredForTheirNamespace()
    {
        StoreFixture fixture;
        fixture.clock.setWallTimeUs(at("2026-10-05T12:00:00Z"));
        VERIFY_OK(fixture.create());
        {
            auto store = fixture.open();
            VERIFY_OK(store);
            VERIFY_OK((*store)->memory().remember("anna", {note("not metered: there is no plan yet")}));
            VERIFY_OK((*store)->billing().addPlan(planJson(kPlan), false));
            const auto ids = (*store)->memory().remember("anna", {note("one and twenty"), note("two")});
            VERIFY_OK(ids);
            QueryOptions query;
            query.space = "anna";
            VERIFY_OK((*store)->memory().query("one", query));
            VERIFY_OK((*store)->memory().query("two", query));
            VERIFY_OK((*store)->memory().forget({ids->back()}, {}, Task{}));
            VERIFY_OK((*store)->memory().exportTo(fixture.catalogFolder / "out", {}, Task{}));
            const auto found = sums(**store);
            VERIFY_OK(found);
            QCOMPARE(found->at("anna queries"), std::string("2"));
            QCOMPARE(found->at("anna fragments"), std::string("2"));
            QCOMPARE(found->at("anna ingested_bytes"), std::string("17"));
            QCOMPARE(found->at("anna forgotten"), std::string("1"));
            QVERIFY(found->contains("anna exported_bytes") && found->contains("anna stored_gb"));
            VERIFY_OK((*store)->memory().query("three", query)); // recorded on closing
            VERIFY_OK((*store)->close());
        }
        auto store = fixture.open(true);
        VERIFY_OK(store);
        QueryOptions query;
        query.space = "anna";
        VERIFY_OK((*store)->memory().query("what a reader asks is told when a writer comes", query));
        QCOMPARE(sums(**store)->at("anna queries"), std::string("3"));
        COMPARE_ERROR((*store)->billing().addPlan(planJson("", "other"), false), ErrorCode::Busy);
    }

    void aHardStopRefusesBeforeAnythingIsDone()
    {
        StoreFixture fixture;
        fixture.clock.setWallTimeUs(at("2026-10-05T12:00:00Z"));
        VERIFY_OK(fixture.create());
        auto store = fixture.open();
        VERIFY_OK(store);
        VERIFY_OK((*store)->billing().addPlan(planJson(kPlan), false));
        VERIFY_OK((*store)->billing().subscribe({"anna", "basic", at("2026-10-01"), Subscription{}.toUs}, false));
        VERIFY_OK((*store)->memory().remember("anna", {note("something")}));
        QueryOptions query;
        query.space = "anna";
        for (int i = 0; i < 3; ++i) {
            VERIFY_OK((*store)->memory().query("something", query));
        }
        fixture.clock.advance(kMinuteUs);
        VERIFY_OK((*store)->memory().remember("otto", {note("the next change records what is counted")}));
        COMPARE_ERROR((*store)->memory().query("something", query), ErrorCode::LimitExceeded);
        query.space = "otto";
        VERIFY_OK((*store)->memory().query("something", query));
    }

    void countingWithoutAPlanWritesNothing()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        auto store = fixture.open();
        VERIFY_OK(store);
        VERIFY_OK((*store)->memory().remember("anna", {note("something")}));
        QVERIFY(sums(**store)->empty());
        VERIFY_OK((*store)->billing().setMetering(true));
        VERIFY_OK((*store)->memory().remember("anna", {note("something else")}));
        QCOMPARE(sums(**store)->at("anna fragments"), std::string("1"));
        VERIFY_OK((*store)->billing().setMetering(false));
        VERIFY_OK((*store)->memory().remember("anna", {note("and more")}));
        QCOMPARE(sums(**store)->at("anna fragments"), std::string("1"));
    }

    void aCrashWhileAnInvoiceIsMadeFinalLeavesItWholeOrNotAtAll()
    {
        // The catalog is made anew for each seed; in memory, where that is quick.
        if (QDir("/dev/shm").exists() && !qEnvironmentVariableIsSet("TMPDIR")) {
            qputenv("TMPDIR", "/dev/shm");
        }
        StoreFixture fixture;
        qunsetenv("TMPDIR");
        fixture.clock.setWallTimeUs(at("2026-11-05T12:00:00Z"));
        VERIFY_OK(fixture.create());
        Invoice draft;
        {
            auto store = fixture.open();
            VERIFY_OK(store);
            VERIFY_OK((*store)->billing().addPlan(planJson(kPlan), false));
            VERIFY_OK((*store)->billing().subscribe({"anna", "basic", at("2026-10-01"), Subscription{}.toUs}, false));
            const UsageEvent event = used("a", "2026-10-05", "50");
            VERIFY_OK((*store)->billing().record(std::span(&event, 1), false));
            draft = *(*store)->billing().draft("anna", kOctober);
            VERIFY_OK((*store)->close());
        }
        const auto before = fixture.disk.snapshot();
        VERIFY_OK(before);
        std::uint64_t finals = 0;
        std::uint64_t acknowledged = 0;
        constexpr std::uint64_t kSeeds = 120; // on a whole store; test_invoices does a thousand on its journal
        for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
            disk::SimDisk disk(seed);
            disk.load(*before);
            fixture.environment.disk = &disk;
            bool done = false;
            fixture.deleteCatalog();
            {
                auto store = fixture.open();
                VERIFY_OK(store);
                disk.cutPowerAfter(seed / 2);
                done = (*store)->billing().finalise("anna", kOctober, "").has_value();
                disk.crash();
            }
            fixture.deleteCatalog();
            auto store = fixture.open();
            VERIFY_OK(store);
            const auto invoices = (*store)->billing().invoices({});
            VERIFY_OK(invoices);
            QVERIFY2(invoices->size() == (done ? 1U : invoices->size()) && invoices->size() <= 1, std::to_string(seed).c_str());
            if (!invoices->empty()) {
                QCOMPARE(invoices->front().number, std::uint64_t{1});
                QCOMPARE(digestOf(invoices->front()), digestOf(draft));
            } else {
                QCOMPARE(digestOf(*(*store)->billing().draft("anna", kOctober)), digestOf(draft));
            }
            finals += invoices->size();
            acknowledged += done ? 1 : 0;
        }
        fixture.environment.disk = &fixture.disk;
        QVERIFY2(acknowledged > 0 && finals >= acknowledged && finals < kSeeds,
            (std::to_string(acknowledged) + " of " + std::to_string(finals)).c_str());
    }
};

CARMA_TEST_CLASS(TestBillingStore, "test_billing_store")
#include "test_billing_store.moc"
