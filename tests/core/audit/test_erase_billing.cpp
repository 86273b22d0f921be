// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "audit_fixture.h"
#include "support/test_main.h"

#include <QTest>

using namespace carma;
using namespace carma::test;

namespace {

constexpr Month kOctober{2026, 10};
constexpr std::string_view kPlan = R"({"carma_plan":1,"id":"basic","currency":"EUR","effective_from":"2026-01-01","flat":"10",
"meters":[{"id":"calls","aggregate":"sum"}],"charges":[{"meter":"calls","model":"per_unit","price":"0.10","quota":10}]})";
const std::string kAnna = "anna the customer";
const std::string kBert = "bert the customer";

UsageEvent usedBy(const std::string& customer, const std::string& id, std::int64_t value = 20)
{
    UsageEvent event;
    event.source = "test";
    event.id = id;
    event.customer = customer;
    event.meter = "calls";
    event.value = Decimal(value);
    event.timeUs = kOctober.fromUs() + kDayUs;
    return event;
}

Result<void> record(Store& store, const UsageEvent& event)
{
    CARMA_TRY(store.billing().record(std::span(&event, 1), false));
    return {};
}

/// Two customers with memories, subscriptions, credit, usage and alerts.
Result<std::unique_ptr<Store>> fill(StoreFixture& fixture)
{
    fixture.clock.setWallTimeUs(*parseUtc("2026-11-05T12:00:00Z"));
    CARMA_TRY(fixture.create());
    CARMA_TRY_ASSIGN(auto store, fixture.open());
    CARMA_TRY(store->billing().addPlan(kPlan, false));
    for (const std::string& customer : {kAnna, kBert}) {
        CARMA_TRY(store->billing().subscribe({customer, "basic", kOctober.fromUs(), Subscription{}.toUs}, false)); // no namespace yet
        CARMA_TRY(store->memory().remember(customer, {memoryOf(textAbout("the garden", 20))}));
        CARMA_TRY(store->billing().grant(customer, 500, "for " + customer, false));
        CARMA_TRY(record(*store, usedBy(customer, "of " + std::to_string(customer.size()) + customer.substr(0, 1))));
    }
    CARMA_TRY(store->billing().alerts(kOctober));
    return store;
}

/// Numbers of records that say the name, but for those of invoices.
std::string tellBesideInvoices(Store& store, const std::string& name)
{
    log::Log& log = *coreOf(store).log;
    std::string found;
    for (Sequence sequence = 0; sequence < log.end(); ++sequence) {
        const auto read = log.read(sequence);
        if (!read.has_value() || asText(read->body).find(name) == std::string_view::npos) {
            continue;
        }
        const auto item = billing::decodeItem(read->body);
        if (read->header.type != log::RecordType::Billing || !item.has_value() || !std::holds_alternative<Invoice>(*item)) {
            found += std::to_string(sequence) + " of type " + std::to_string(static_cast<int>(read->header.type)) + "; ";
        }
    }
    return found;
}

std::vector<UsageEvent> eventsOf(Store& store)
{
    std::vector<UsageEvent> events;
    (void)store.billing()
        .events({"", "calls"},
            [&](const UsageEvent& event) -> Result<bool> {
                events.push_back(event);
                return true;
            })
        .has_value();
    return events;
}

} // namespace

/// What of billing an erasure reaches: all but what the law has kept.
class TestEraseBilling : public QObject {
    Q_OBJECT

private slots:
    void invoicesStayAndUsageLosesItsName()
    {
        StoreFixture fixture;
        auto opened = fill(fixture);
        VERIFY_OK(opened);
        Billing& billing = (*opened)->billing();
        const auto annas = billing.finalise(kAnna, kOctober, "");
        VERIFY_OK(annas);
        const auto berts = billing.finalise(kBert, kOctober, "");
        VERIFY_OK(berts);
        VERIFY_OK(billing.credit(1, 100, "a complaint", false));
        const std::string before = *exportInvoice(*annas, InvoiceForm::Json);
        const auto plan = (*opened)->subjects().plan(kAnna);
        VERIFY_OK(plan);
        QCOMPARE(plan->billingRecords, std::uint64_t{4}); // subscription, credit, alert, pseudonym
        QVERIFY((plan->invoicesKept == std::vector<std::string>{"INV-000001", "CN-000001"}));
        QVERIFY(!tellBesideInvoices(**opened, kAnna).empty());

        const auto report = (*opened)->subjects().erase(kAnna, Task{});
        VERIFY_OK(report);
        QVERIFY(report->invoicesKept == plan->invoicesKept);
        QVERIFY(report->certificate.find("INV-000001") != std::string::npos);
        QVERIFY(report->certificate.find("pseudonym") != std::string::npos);
        for (int round = 0; round < 2; ++round) {
            Store& store = **opened;
            QCOMPARE(tellBesideInvoices(store, kAnna), std::string());
            QCOMPARE(*exportInvoice(*store.billing().invoice(1, false), InvoiceForm::Json), before);
            const auto nothing = [](const UsageEvent&) -> Result<bool> { return true; };
            COMPARE_ERROR(store.billing().eventsOf(*store.billing().invoice(1, false), 1, nothing), ErrorCode::NotFound);
            VERIFY_OK(store.billing().eventsOf(*store.billing().invoice(2, false), 1, nothing));
            const auto events = eventsOf(store);
            QCOMPARE(events.size(), std::size_t{2}); // what was used is still known
            const auto isHidden = [](const UsageEvent& event) { return event.customer.starts_with("pseudonym:"); };
            QCOMPARE(std::ranges::count_if(events, isHidden), 1);
            QCOMPARE(std::ranges::count(events, kBert, &UsageEvent::customer), 1);
            QCOMPARE(store.billing().subscriptions()->size(), std::size_t{1});
            QCOMPARE(*store.billing().creditOf(kBert), std::int64_t{0}); // used by the invoice
            const auto verified = store.audit().verify({}, Task{});
            VERIFY_OK(verified);
            QVERIFY2(verified->intact(), verified->problems.empty() ? "" : verified->problems.front().c_str());
            const Month november{2026, 11};
            const auto draft = store.billing().draft(kAnna, november);
            QVERIFY(!draft.has_value() || draft->lines.empty()); // nothing is taken back of what was billed
            VERIFY_OK(store.billing().draft(kBert, november));
            VERIFY_OK(store.close());
            opened = fixture.open();
            VERIFY_OK(opened);
        }
        VERIFY_OK((*opened)->billing().pay(1, "by bank", false)); // the debt is still one
    }

    void withoutInvoicesNothingOfTheNameIsLeft()
    {
        StoreFixture fixture;
        auto opened = fill(fixture);
        VERIFY_OK(opened);
        VERIFY_OK((*opened)->memory().query("garden", queryOf(kAnna))); // counted, and not recorded yet
        VERIFY_OK((*opened)->subjects().erase(kAnna, Task{}));
        for (int round = 0; round < 3; ++round) {
            QCOMPARE(recordsThatTell(**opened, kAnna), std::string());
            fixture.clock.advance(kHourUs);
            VERIFY_OK((*opened)->memory().query("garden", queryOf(kBert)));
            VERIFY_OK((*opened)->billing().alerts(kOctober));
            VERIFY_OK((*opened)->close());
            opened = fixture.open();
            VERIFY_OK(opened);
        }
        // Somebody new of the same name is somebody else.
        VERIFY_OK((*opened)->memory().remember(kAnna, {memoryOf("new here")}));
        VERIFY_OK(record(**opened, usedBy(kAnna, "new", 1)));
        const auto events = eventsOf(**opened);
        QCOMPARE(events.size(), std::size_t{3});
        QCOMPARE(std::ranges::count(events, kAnna, &UsageEvent::customer), 1);
    }

    void whatReadersCountedForTheErasedIsDropped()
    {
        StoreFixture fixture;
        auto opened = fill(fixture);
        VERIFY_OK(opened);
        auto reader = fixture.open(true);
        VERIFY_OK(reader);
        VERIFY_OK((*reader)->memory().query("garden", queryOf(kAnna)));
        VERIFY_OK((*opened)->subjects().erase(kAnna, Task{}));
        VERIFY_OK((*reader)->close()); // leaves what it counted
        fixture.clock.advance(kHourUs);
        VERIFY_OK((*opened)->billing().alerts(kOctober));
        VERIFY_OK((*opened)->close());
        opened = fixture.open();
        VERIFY_OK(opened);
        QCOMPARE(recordsThatTell(**opened, kAnna), std::string());
    }

    void aCustomerWithNeitherMemoryNorKeysIsErasedToo()
    {
        StoreFixture fixture;
        auto opened = fill(fixture);
        VERIFY_OK(opened);
        const std::string carl = "carl who only pays";
        VERIFY_OK(record(**opened, usedBy(carl, "c")));
        QCOMPARE((*opened)->subjects().plan(carl)->billingRecords, std::uint64_t{1});
        VERIFY_OK((*opened)->subjects().erase(carl, Task{}));
        QCOMPARE(recordsThatTell(**opened, carl), std::string());
        QVERIFY(!(*opened)->subjects().plan(carl).has_value());
    }

    void nobodyIsCalledLikeAPseudonym()
    {
        StoreFixture fixture;
        auto opened = fill(fixture);
        VERIFY_OK(opened);
        COMPARE_ERROR(record(**opened, usedBy("pseudonym:00", "p")), ErrorCode::InvalidArgument);
    }
};

CARMA_TEST_CLASS(TestEraseBilling, "test_erase_billing")

#include "test_erase_billing.moc"
