// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "billing_fixture.h"
#include "support/test_main.h"

#include <QFile>
#include <QTest>

using namespace carma;
using namespace carma::test;

namespace {

const std::string kQueries = "'charges':[{'meter':'queries','model':'per_unit','price':'0.10'}]";
const std::string kTax = "'tax':{'name':'VAT','percent':'19'}";

/// Compares with tests/core/billing/data; CARMA_GOLDEN=write makes the files anew.
std::string differsFromGolden(const std::string& name, const std::string& text)
{
    QFile file(QString(CARMA_SOURCE_DIR "/tests/core/billing/data/") + name.c_str());
    if (qgetenv("CARMA_GOLDEN") == "write" && file.open(QIODevice::WriteOnly)) {
        file.write(text.data(), static_cast<qint64>(text.size()));
        return {};
    }
    const std::string golden = file.open(QIODevice::ReadOnly) ? file.readAll().toStdString() : "there is no " + name;
    return golden == text ? std::string() : text;
}

std::string golden(const std::string& name, const Result<Invoice>& invoice)
{
    if (!invoice.has_value()) {
        return invoice.error().message;
    }
    return differsFromGolden(name + ".json", *exportInvoice(*invoice, InvoiceForm::Json)) +
        differsFromGolden(name + ".csv", *exportInvoice(*invoice, InvoiceForm::Csv));
}

const InvoiceLine* lineOf(const Invoice& invoice, LineKind kind)
{
    const auto found = std::ranges::find(invoice.lines, kind, &InvoiceLine::kind);
    return found == invoice.lines.end() ? nullptr : &*found;
}

std::vector<std::string> eventIds(billing::Engine& engine, const Invoice& invoice, LineKind kind)
{
    std::vector<std::string> ids;
    const auto line = static_cast<std::size_t>(lineOf(invoice, kind) - invoice.lines.data());
    (void)engine
        .eventsOf(invoice, line,
            [&](const UsageEvent& each) -> Result<bool> {
                ids.push_back(each.id);
                return true;
            })
        .has_value();
    return ids;
}

} // namespace

/// Invoices from the draft to the credit note.
class TestInvoices : public QObject {
    Q_OBJECT

private slots:
    void aWholeInvoiceIsAsItAlwaysWas()
    {
        BillingFixture fixture;
        VERIFY_OK(fixture.begin(planJson("'text':'Team','flat':'49.00','minimum':'60','credit':'5.00'," + kTax +
            ",'charges':[{'meter':'queries','text':'Queries','model':'graduated','included':100,'tiers':"
            "[{'from':0,'up_to':1000,'price':'0.0035'},{'from':1000,'price':'0.001'}]},"
            "{'meter':'stored_gb','text':'Storage','model':'per_unit','price':'0.00014'}]")));
        VERIFY_OK(fixture.record({used("a", "2026-10-05", "1750.5"), used("b", "2026-10-10", "12.5", "stored_gb")}));
        QCOMPARE(golden("team", fixture.engine.finalise("anna", kOctober, "")), std::string());
    }

    void yenHaveNoDigitsAndDinarsThree()
    {
        for (const auto& [currency, price] : {std::pair("JPY", "12.5"), {"BHD", "0.0125"}}) {
            BillingFixture fixture;
            VERIFY_OK(fixture.begin(
                planJson("'flat':'1000'," + kTax + ",'charges':[{'meter':'queries','model':'per_unit','price':'" + price + "'}]", "basic",
                    currency)));
            VERIFY_OK(fixture.engine.unsubscribe("anna", at("2026-10-08"), false)); // 7 of 31 days
            VERIFY_OK(fixture.record(used("a", "2026-10-05", "3")));
            QCOMPARE(golden(currency, fixture.engine.finalise("anna", kOctober, "")), std::string());
        }
    }

    void lateAndReversedEventsAdjustTheNextInvoiceInTheirOwnPeriod()
    {
        BillingFixture fixture;
        VERIFY_OK(fixture.begin(planJson(kTax + "," + kQueries)));
        VERIFY_OK(fixture.record({used("a", "2026-10-05", "100"), used("b", "2026-10-06", "300")}));
        const auto first = fixture.engine.finalise("anna", kOctober, "");
        VERIFY_OK(first);
        const std::string bytes = jsonOf(first);
        UsageEvent back = used("back", "2026-11-03");
        back.reverses = "b";
        const auto report = fixture.record({back, used("late", "2026-10-31T23:59:59Z", "20"), used("c", "2026-11-02", "50")});
        QCOMPARE(report->late, std::uint64_t{1});
        QCOMPARE(jsonOf(fixture.engine.invoice(1, false)), bytes); // immutable
        COMPARE_ERROR(fixture.engine.draft("anna", kOctober), ErrorCode::AlreadyExists);
        fixture.clock.setWallTimeUs(at("2026-12-02T09:30:00Z"));
        const auto second = fixture.engine.finalise("anna", kNovember, "");
        QCOMPARE(golden("adjusted", second), std::string());
        const InvoiceLine* adjustment = lineOf(*second, LineKind::Adjustment);
        QVERIFY(adjustment != nullptr && adjustment->text.starts_with("2026-10: "));
        QCOMPARE(adjustment->amount, std::int64_t{-2800});
        QCOMPARE(toString(adjustment->quantity), std::string("-280"));
        QCOMPARE(eventIds(fixture.engine, *second, LineKind::Adjustment), (std::vector<std::string>{"back", "late"}));
        QCOMPARE(eventIds(fixture.engine, *second, LineKind::Usage), std::vector<std::string>{"c"});
        QCOMPARE(eventIds(fixture.engine, *first, LineKind::Usage), (std::vector<std::string>{"a", "b"}));
        fixture.clock.setWallTimeUs(at("2027-01-02"));
        QVERIFY(fixture.engine.draft("anna", {2026, 12})->lines.empty()); // billed once
    }

    void lateEventsCountInTheirOwnTiers()
    {
        BillingFixture fixture;
        VERIFY_OK(fixture.begin(planJson("'charges':[{'meter':'queries','model':'graduated','tiers':"
                                         "[{'from':0,'up_to':100,'price':'1'},{'from':100,'price':'0.5'}]}]")));
        VERIFY_OK(fixture.record(used("a", "2026-10-05", "90")));
        QCOMPARE(fixture.engine.finalise("anna", kOctober, "")->total, std::int64_t{9000});
        VERIFY_OK(fixture.record(used("late", "2026-10-05", "20")));
        fixture.clock.setWallTimeUs(at("2026-12-02"));
        QCOMPARE(fixture.engine.draft("anna", kNovember)->total, std::int64_t{10 * 100 + 10 * 50});
    }

    void summerTimeMovesNoBorder()
    {
        // In Berlin the clocks go back on the 25th of October 2026 at 01:00 UTC: the hour from 2 to 3 comes twice there.
        std::string expected;
        for (const char* zone : {"UTC", "Europe/Berlin", "America/New_York", "Pacific/Kiritimati"}) {
            ::setenv("TZ", zone, 1);
            ::tzset();
            BillingFixture fixture;
            VERIFY_OK(fixture.begin(planJson("'charges':[{'meter':'stored_gb','model':'per_unit','price':'0.01'},"
                                             "{'meter':'queries','model':'per_unit','price':'1'}]")));
            VERIFY_OK(fixture.record({used("a", "2026-10-24T22:00:00Z", "1", "stored_gb"),
                used("b", "2026-10-25T22:00:00Z", "0", "stored_gb"), used("c", "2026-10-25T00:30:00Z"), used("d", "2026-10-25T01:30:00Z"),
                used("e", "2026-10-31T23:30:00Z"), used("f", "2026-11-01T00:00:00Z")}));
            const auto invoice = fixture.engine.finalise("anna", kOctober, "");
            QCOMPARE(golden("summertime", invoice), std::string()); // 24 GB hours, three queries
            expected = expected.empty() ? jsonOf(invoice) : expected;
            QCOMPARE(jsonOf(invoice), expected);
        }
        ::unsetenv("TZ");
        ::tzset();
    }

    void minimumCapTrialAndCreditBound()
    {
        BillingFixture fixture;
        VERIFY_OK(fixture.begin(planJson("'minimum':'31','cap':'62','credit':'10','trial_days':10," + kQueries)));
        VERIFY_OK(fixture.record({used("trial", "2026-10-05", "5000"), used("a", "2026-10-15", "10")}));
        const auto october = fixture.engine.finalise("anna", kOctober, "");
        VERIFY_OK(october); // 21 of 31 days: at least 21.00, less 10.00 of credit
        QCOMPARE(october->total, std::int64_t{1100});
        QCOMPARE(lineOf(*october, LineKind::Minimum)->amount, std::int64_t{2000});
        QCOMPARE(lineOf(*october, LineKind::Credit)->amount, std::int64_t{-1000});
        VERIFY_OK(fixture.record(used("b", "2026-11-05", "10000")));
        VERIFY_OK(fixture.engine.grant("anna", 100, "goodwill", false));
        fixture.clock.setWallTimeUs(at("2026-12-02"));
        const auto november = fixture.engine.draft("anna", kNovember);
        VERIFY_OK(november);
        QCOMPARE(november->total, std::int64_t{6200 - 100});
        QCOMPARE(lineOf(*november, LineKind::Cap)->amount, std::int64_t{6200 - 100'000});
        QCOMPARE(*fixture.engine.creditOf("anna"), std::int64_t{100});
    }

    void wholeMonthsAreNotCut()
    {
        BillingFixture fixture;
        VERIFY_OK(fixture.engine.addPlan(planJson("'flat':'30','whole_months':true"), false));
        VERIFY_OK(fixture.subscribe("basic", "2026-10-30"));
        VERIFY_OK(fixture.subscribe("basic", "2026-10-31"));
        QCOMPARE(fixture.engine.draft("anna", kOctober)->total, std::int64_t{3000});
    }

    void sumsOfLinesAreTotals()
    {
        SeededRandom random(23);
        for (int round = 0; round < 150; ++round) {
            BillingFixture fixture;
            const auto number = [&](std::uint64_t below, unsigned scale) {
                return toString(*Decimal::make(static_cast<std::int64_t>(random.below(below)), scale));
            };
            const std::string minimum = toString(Decimal(static_cast<std::int64_t>(random.below(40))));
            VERIFY_OK(fixture.begin(planJson("'flat':'" + number(1'000'000, 4) + "','minimum':'" + minimum + "','cap':'" +
                std::to_string(40 + random.below(100)) + "','credit':'" + number(30, 0) + "','tax':{'name':'T','percent':'" +
                number(25'000, 3) + "'},'charges':[{'meter':'queries','model':'per_unit','price':'" + number(1'000'000, 7) +
                "','included':'" + number(99, 1) + "'}]")));
            for (int i = 0; i < 20; ++i) {
                const std::string day = std::to_string(10 + random.below(20));
                VERIFY_OK(fixture.record(used(std::to_string(i), "2026-10-" + day, number(10'000, 2))));
            }
            const auto invoice = fixture.engine.finalise("anna", kOctober, "");
            VERIFY_OK(invoice);
            QCOMPARE(invoice->total, sumOf(*invoice));
            const auto stored = fixture.engine.invoice(1, false);
            QVERIFY(stored.has_value() && *stored == *invoice);
            std::int64_t tax = 0;
            while (fixture.engine.invoice(1, false)->total > -tax && random.below(8) != 0) { // credit it in pieces
                const auto note = fixture.engine.credit(
                    1, std::min<std::int64_t>(invoice->total + tax, 1 + static_cast<std::int64_t>(random.below(900))), "x", false);
                if (!note.has_value()) {
                    break;
                }
                QCOMPARE(note->total, sumOf(*note));
                tax += note->total;
            }
        }
    }

    void numbersHaveNoGapAndStatesGoOneWay()
    {
        BillingFixture fixture;
        VERIFY_OK(fixture.engine.addPlan(planJson("'flat':'10'," + kTax), false));
        for (const char* customer : {"anna", "otto", "zoe"}) {
            VERIFY_OK(fixture.subscribe("basic", "2026-10-01", customer));
        }
        QCOMPARE(*fixture.engine.customersOf(kOctober), (std::vector<std::string>{"anna", "otto", "zoe"}));
        QCOMPARE(fixture.engine.finalise("anna", kOctober, "")->number, std::uint64_t{1});
        fixture.journal.failNext(1, ErrorCode::Io);
        COMPARE_ERROR(fixture.engine.finalise("otto", kOctober, ""), ErrorCode::Io);
        COMPARE_ERROR(fixture.engine.finalise("otto", kOctober, "0000"), ErrorCode::InvalidArgument); // another draft was looked at
        QCOMPARE(fixture.engine.finalise("otto", kOctober, digestOf(*fixture.engine.draft("otto", kOctober)))->number, std::uint64_t{2});
        COMPARE_ERROR(fixture.engine.finalise("otto", kOctober, ""), ErrorCode::AlreadyExists);
        COMPARE_ERROR(fixture.engine.finalise("otto", kNovember, ""), ErrorCode::InvalidArgument); // not over
        COMPARE_ERROR(fixture.engine.finalise("nobody", kOctober, ""), ErrorCode::NotFound);

        COMPARE_ERROR(fixture.engine.cancel(2, "", false), ErrorCode::InvalidArgument); // no reason
        VERIFY_OK(fixture.engine.cancel(2, "wrong address", true));
        QCOMPARE(fixture.engine.invoice(2, false)->state, InvoiceState::Final); // a dry run
        VERIFY_OK(fixture.engine.cancel(2, "wrong address", false));
        COMPARE_ERROR(fixture.engine.pay(2, "", false), ErrorCode::InvalidArgument);
        COMPARE_ERROR(fixture.engine.credit(2, {}, "x", false), ErrorCode::InvalidArgument);
        const auto again = fixture.engine.finalise("otto", kOctober, "");
        VERIFY_OK(again); // what the void one billed is billed again, under a new number
        QCOMPARE(again->number, std::uint64_t{3});
        QCOMPARE(again->total, std::int64_t{1190});

        VERIFY_OK(fixture.engine.pay(1, "bank", false));
        COMPARE_ERROR(fixture.engine.cancel(1, "late", false), ErrorCode::InvalidArgument);
        COMPARE_ERROR(fixture.engine.pay(9, "", false), ErrorCode::NotFound);
        const auto note = fixture.engine.credit(1, 595, "half of it", false);
        VERIFY_OK(note);
        QCOMPARE(golden("creditnote", note), std::string());
        COMPARE_ERROR(fixture.engine.credit(1, 596, "too much", false), ErrorCode::InvalidArgument);
        QCOMPARE(fixture.engine.credit(1, {}, "the rest", false)->total, std::int64_t{-595});
        COMPARE_ERROR(fixture.engine.credit(1, {}, "more", false), ErrorCode::InvalidArgument);
        QCOMPARE(title(*fixture.engine.invoice(2, true)), std::string("CN-000002"));
        QCOMPARE(fixture.engine.invoices({})->size(), std::size_t{5});
        QVERIFY(fixture.refusals() >= 10);
    }

    void aFailureAnywhereLeavesTheOldOrTheNew()
    {
        for (std::uint64_t seed = 0; seed < 1500; ++seed) {
            SeededRandom random(seed);
            BillingFixture fixture;
            VERIFY_OK(fixture.begin(planJson("'flat':'10'," + kTax + "," + kQueries)));
            VERIFY_OK(fixture.subscribe("basic", "2026-10-01", "otto"));
            for (int step = 0; step < 6; ++step) {
                const auto before = fixture.engine.invoices({});
                const bool fails = random.below(3) == 0;
                fixture.journal.failNext(fails ? 1 : 0, random.below(2) == 0 ? ErrorCode::Io : ErrorCode::NoSpace);
                const std::uint64_t number = 1 + random.below(3);
                Result<Invoice> done = Error{};
                switch (random.below(5)) {
                case 0: done = fixture.engine.finalise("anna", kOctober, ""); break;
                case 1: done = fixture.engine.finalise("otto", kOctober, ""); break;
                case 2: done = fixture.engine.pay(number, "bank", false); break;
                case 3: done = fixture.engine.cancel(number, "wrong", false); break;
                default: done = fixture.engine.credit(number, 1 + static_cast<std::int64_t>(random.below(2000)), "x", false);
                }
                fixture.journal.failNext(0, ErrorCode::Io);
                billing::Engine reopened(fixture.journal); // what a new process reads
                const auto after = reopened.invoices({});
                QVERIFY(*after == *fixture.engine.invoices({}));
                QVERIFY(done.has_value() || *after == *before);
                std::uint64_t next = 1;
                for (const Invoice& each : *after) { // no gap, no half
                    next = each.creditNote && each.number == 1 ? 1 : next;
                    QCOMPARE(each.number, next++);
                    QVERIFY(each.total == sumOf(each) && !each.lines.empty());
                }
            }
        }
    }

    void aClockThatGoesBackOverTheEndOfAMonthIsTold()
    {
        BillingFixture fixture;
        VERIFY_OK(fixture.begin(planJson("'flat':'10'")));
        VERIFY_OK(fixture.subscribe("basic", "2026-10-01", "otto"));
        VERIFY_OK(fixture.engine.finalise("anna", kOctober, ""));
        const Sequence end = fixture.journal.end();
        fixture.clock.setWallTimeUs(at("2026-10-31T23:59:59Z"));
        const auto early = fixture.engine.finalise("otto", kOctober, "");
        COMPARE_ERROR(early, ErrorCode::InvalidArgument);
        QVERIFY2(holds(early.error().message, "not over before 2026-11-01"), early.error().message.c_str());
        fixture.clock.setWallTimeUs(at("2026-11-01T08:00:00Z"));
        const auto back = fixture.engine.finalise("otto", kOctober, "");
        COMPARE_ERROR(back, ErrorCode::InvalidArgument);
        QVERIFY2(
            holds(back.error().message, "the clock stands at 2026-11-01T08:00:00Z, before the last invoice"), back.error().message.c_str());
        COMPARE_ERROR(fixture.record(used("f", "2026-11-02")), ErrorCode::InvalidArgument); // in the future now
        QCOMPARE(fixture.engine.invoices({})->size(), std::size_t{1});
        QCOMPARE(fixture.journal.end(), end + 3); // an entry each
    }

    void monthsAreBilledInTheirOrder()
    {
        BillingFixture fixture;
        VERIFY_OK(fixture.begin(planJson("'flat':'10'")));
        fixture.clock.setWallTimeUs(at("2026-12-02"));
        const auto early = fixture.engine.finalise("anna", kNovember, "");
        COMPARE_ERROR(early, ErrorCode::InvalidArgument);
        QVERIFY2(early.error().message.starts_with("2026-10 of 'anna' comes first"), early.error().message.c_str());
        VERIFY_OK(fixture.engine.finalise("anna", kOctober, ""));
        VERIFY_OK(fixture.engine.finalise("anna", kNovember, ""));
    }

    void lostRecordsStopBilling()
    {
        BillingFixture fixture;
        VERIFY_OK(fixture.begin(planJson(kQueries)));
        const Sequence place = fixture.journal.end();
        VERIFY_OK(fixture.record(used("a", "2026-10-05", "100")));
        fixture.journal.lose(place);
        billing::Engine again(fixture.journal);
        COMPARE_ERROR(again.draft("anna", kOctober), ErrorCode::Corruption);
        COMPARE_ERROR(again.finalise("anna", kOctober, ""), ErrorCode::Corruption);
    }

    void pdfIsTheSameEachTimeAndHoldsWhatIsBilled()
    {
        BillingFixture fixture;
        VERIFY_OK(fixture.begin(planJson("'text':'Caf\u00e9 \u20ac (\u6f22)','flat':'10'," + kQueries)));
        VERIFY_OK(fixture.record(used("a", "2026-10-05", "123")));
        auto invoice = *fixture.engine.finalise("anna", kOctober, "");
        const auto pdf = exportInvoice(invoice, InvoiceForm::Pdf);
        VERIFY_OK(pdf);
        QVERIFY(pdf->starts_with("%PDF-") && holds(*pdf, "INV-000001") && holds(*pdf, "22.30") && !holds(*pdf, "CreationDate"));
        QCOMPARE(*exportInvoice(invoice, InvoiceForm::Pdf), *pdf);
        for (int i = 0; i < 200; ++i) { // goes over to further pages
            invoice.lines.push_back(invoice.lines.front());
        }
        const auto pages = exportInvoice(invoice, InvoiceForm::Pdf);
        QVERIFY(pages.has_value() && holds(*pages, "/Count 5"));
    }

    void alertsComeAt80And100PercentAndHardStopsRefuse()
    {
        BillingFixture fixture;
        fixture.clock.setWallTimeUs(at("2026-10-20"));
        VERIFY_OK(fixture.engine.admit("anna", "queries"));
        VERIFY_OK(fixture.begin(planJson("'budget':'20','charges':[{'meter':'queries','model':'per_unit','price':'0.10','quota':100,"
                                         "'hard_stop':true}]")));
        VERIFY_OK(fixture.record(used("a", "2026-10-05", "79")));
        QVERIFY(fixture.engine.alerts(kOctober)->empty());
        VERIFY_OK(fixture.record(used("b", "2026-10-06", "1")));
        const auto soon = fixture.engine.alerts(kOctober);
        QCOMPARE(soon->size(), std::size_t{1});
        QCOMPARE(soon->front().percent, 80U);
        VERIFY_OK(fixture.engine.admit("anna", "queries"));
        VERIFY_OK(fixture.record(used("c", "2026-10-07", "120")));
        const Sequence end = fixture.journal.end();
        const auto all = fixture.engine.alerts(kOctober);
        QCOMPARE(all->size(), std::size_t{2}); // quota and budget, both at 100
        QCOMPARE(fixture.journal.end(), end + 4);
        VERIFY_OK(fixture.engine.alerts(kOctober));
        QCOMPARE(fixture.journal.end(), end + 4); // told once
        COMPARE_ERROR(fixture.engine.admit("anna", "queries"), ErrorCode::LimitExceeded);
        VERIFY_OK(fixture.engine.admit("anna", "fragments"));
        VERIFY_OK(fixture.engine.admit("otto", "queries"));
        fixture.clock.setWallTimeUs(at("2026-11-01"));
        VERIFY_OK(fixture.engine.admit("anna", "queries"));
    }
};

CARMA_TEST_CLASS(TestInvoices, "test_invoices")
#include "test_invoices.moc"
