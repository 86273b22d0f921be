// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "billing_fixture.h"
#include "support/test_main.h"

#include <QTest>

using namespace carma;
using namespace carma::test;

namespace {

std::string charge(std::string_view fields) { return "'charges':[{'meter':'queries'," + std::string(fields) + "}]"; }

std::string tiers(std::string_view list, std::string_view model = "graduated")
{
    return charge("'model':'" + std::string(model) + "','tiers':[" + std::string(list) + "]");
}

std::string price(const Charge& charge, std::string_view quantity)
{
    return toString(priceOf(charge, dec(quantity)).value_or(Decimal(-1)));
}

Charge chargeOf(const std::string& more)
{
    const auto plan = parsePlan(planJson(more));
    return plan.has_value() ? plan->charges.front() : Charge{};
}

} // namespace

/// Plans: what they may say, and what things cost by them.
class TestPlans : public QObject {
    Q_OBJECT

private slots:
    void mistakesAreToldWithTheirPlace()
    {
        const std::vector<std::pair<std::string, std::string>> wrong{
            {tiers("{'from':0,'up_to':100,'price':'1'},{'from':90,'price':'2'}"), "/charges/0/tiers/1/from: overlaps"},
            {tiers("{'from':0,'up_to':100,'price':'1'},{'from':110,'price':'2'}"), "/charges/0/tiers/1/from: leaves a gap"},
            {tiers("{'from':5,'price':'1'}"), "/charges/0/tiers/0/from: the first tier begins at 0"},
            {tiers("{'from':0,'up_to':100,'price':'1'}"), "/charges/0/tiers/0/up_to: the last tier has no end"},
            {tiers("{'from':0,'price':'1'},{'from':100,'price':'1'}"), "/charges/0/tiers/0/up_to: is missing"},
            {tiers("{'from':0,'up_to':0,'price':'1'},{'from':0,'price':'1'}"), "/charges/0/tiers/0/up_to: is not above"},
            {tiers("{'from':0,'price':'-1'}"), "/charges/0/tiers/0/price: a price is never negative"},
            {tiers(""), "/charges/0/tiers: at least one"},
            {charge("'model':'per_unit','price':'-0.01'"), "/charges/0/price: a price is never negative"},
            {charge("'model':'per_unit','price':0.01"), "/charges/0/price: write numbers with a point as text"},
            {charge("'model':'per_unit'"), "/charges/0/price: is missing"},
            {charge("'model':'per_unit','prize':'1','price':'1'"), "/charges/0/prize: there is no such field"},
            {charge("'model':'cheap','price':'1'"), "/charges/0/model: 'cheap' is none of"},
            {charge("'model':'package','price':'1','size':0"), "/charges/0/size: "},
            {charge("'model':'per_unit','price':'1','hard_stop':true"), "/charges/0/hard_stop: needs a quota"},
            {"'charges':[{'meter':'nothing','model':'per_unit','price':'1'}]", "/charges/0/meter: there is no meter 'nothing'"},
            {"'charges':{}", "/charges: is no list"},
            {"'charges':[7]", "/charges/0: is no object"},
            {"'flat':'-1'", "/flat: a price is never negative"},
            {"'minimum':'10','cap':'9'", "/cap: is below the minimum"},
            {"'credit':'0.001'", "/credit: "},
            {"'hard_stop':true", "/hard_stop: needs a budget"},
            {"'effective_to':'2025-01-01'", "/effective_to: is not after"},
            {"'trial_days':'1.5'", "/trial_days: "},
            {"'tax':{'name':'VAT','percent':'101'}", "/tax/percent: "},
            {"'tax':{'name':'VAT'}", "/tax/percent: is missing"},
            {"'meters':[{'id':'tokens','aggregate':'unique'}]", "/meters/0/dimension: "},
            {"'meters':[{'id':'queries','aggregate':'sum'}]", "/meters/0/id: there is a meter"},
            {"'meters':[{'id':'a b','aggregate':'sum'}]", "/meters/0/id: an id is"},
            {"'text':'a','text':'b'", "the field 'text' stands twice"},
        };
        for (const auto& [more, message] : wrong) {
            const auto plan = parsePlan(planJson(more));
            COMPARE_ERROR(plan, ErrorCode::InvalidArgument);
            QVERIFY2(plan.error().message.starts_with(message), plan.error().message.c_str());
        }
        for (const char* code : {"EURO", "XAU", "eur"}) {
            const auto plan = parsePlan(planJson("", "basic", code));
            QVERIFY2(!plan.has_value() && plan.error().message.starts_with("/currency: "), code);
        }
        COMPARE_ERROR(parsePlan("{"), ErrorCode::InvalidArgument);
        COMPARE_ERROR(parsePlan("[]"), ErrorCode::InvalidArgument);
        COMPARE_ERROR(parsePlan(""), ErrorCode::InvalidArgument);
        COMPARE_ERROR(parsePlan(std::string(200'000, '[')), ErrorCode::InvalidArgument);
        COMPARE_ERROR(parsePlan(std::string(kPlanBytesMax + 1, ' ')), ErrorCode::LimitExceeded);
    }

    void anyByteChangedGivesAPlanOrAnError()
    {
        const std::string good = planJson("'flat':'10','tax':{'name':'VAT','percent':'19'}," +
            tiers("{'from':0,'up_to':'10.5','price':'1','flat':'2'},{'from':'10.5','price':'0.5'}"));
        VERIFY_OK(parsePlan(good));
        SeededRandom random(5);
        for (int i = 0; i < 5000; ++i) {
            std::string bad = good;
            for (std::uint64_t edits = random.below(3) + 1; edits > 0; --edits) {
                bad[random.below(bad.size())] = static_cast<char>(random.below(256));
            }
            const auto plan = parsePlan(bad);
            QVERIFY(plan.has_value() || !plan.error().message.empty());
        }
    }

    void aRefusedPlanChangesNothingAndIsAudited()
    {
        BillingFixture fixture;
        const Sequence before = fixture.journal.end();
        COMPARE_ERROR(fixture.engine.addPlan(planJson("'flat':'-1'"), true), ErrorCode::InvalidArgument);
        QCOMPARE(fixture.journal.end(), before); // a dry run tells nobody
        COMPARE_ERROR(fixture.engine.addPlan(planJson("'flat':'-1'"), false), ErrorCode::InvalidArgument);
        QVERIFY(fixture.engine.plans()->empty());
        QCOMPARE(fixture.refusals(), std::size_t{1});
        QCOMPARE(fixture.journal.notes().back().action, std::string("plan.add"));
        QVERIFY(fixture.journal.notes().back().reason.starts_with("/flat: "));
    }

    void modelsCostWhatTheySay()
    {
        const Charge perUnit = chargeOf(charge("'model':'per_unit','price':'0.002','included':1000"));
        QCOMPARE(price(perUnit, "1000"), std::string("0"));
        QCOMPARE(price(perUnit, "1500"), std::string("1"));
        QCOMPARE(price(perUnit, "-5"), std::string("0"));
        const std::string two = "{'from':0,'up_to':100,'price':'0.10','flat':'1'},{'from':100,'price':'0.05','flat':'2'}";
        const Charge graduated = chargeOf(tiers(two));
        QCOMPARE(price(graduated, "0"), std::string("0"));
        QCOMPARE(price(graduated, "100"), std::string("11"));
        QCOMPARE(price(graduated, "101"), std::string("13.05"));
        const Charge volume = chargeOf(tiers(two, "volume"));
        QCOMPARE(price(volume, "0"), std::string("0"));
        QCOMPARE(price(volume, "99"), std::string("10.9"));
        QCOMPARE(price(volume, "100"), std::string("7"));
        const Charge package = chargeOf(charge("'model':'package','size':1000,'price':'5'"));
        QCOMPARE(price(package, "0"), std::string("0"));
        QCOMPARE(price(package, "0.001"), std::string("5"));
        QCOMPARE(price(package, "1000"), std::string("5"));
        QCOMPARE(price(package, "1000.5"), std::string("10"));
    }

    void graduatedPricesAreTheIntegralOfTheUnitPrice()
    {
        SeededRandom random(11);
        for (int round = 0; round < 200; ++round) {
            Charge charge;
            charge.model = PriceModel::Graduated;
            std::vector<std::int64_t> unitPrices; // of each whole unit, in millionths
            Decimal from;
            const std::uint64_t count = random.below(4) + 1;
            for (std::uint64_t i = 0; i < count; ++i) {
                const auto width = static_cast<std::int64_t>(random.below(50)) + 1;
                const auto millionths = static_cast<std::int64_t>(random.below(3'000'000));
                Tier tier;
                tier.from = from;
                tier.price = *Decimal::make(millionths, 6);
                from = *add(from, Decimal(width));
                tier.upTo = i + 1 == count ? std::nullopt : std::optional(from);
                charge.tiers.push_back(tier);
                unitPrices.insert(unitPrices.end(), i + 1 == count ? 100 : static_cast<std::size_t>(width), millionths);
            }
            std::int64_t integral = 0;
            for (std::size_t units = 0; units <= unitPrices.size(); ++units) {
                QVERIFY(*priceOf(charge, Decimal(static_cast<std::int64_t>(units))) == *Decimal::make(integral, 6));
                integral += units < unitPrices.size() ? unitPrices[units] : 0;
            }
        }
    }

    void partsOfAMonthAddUpToTheWhole()
    {
        SeededRandom random(17);
        for (int round = 0; round < 300; ++round) {
            BillingFixture fixture;
            fixture.clock.setWallTimeUs(at("2026-12-01"));
            const std::string flat = toString(*Decimal::make(static_cast<std::int64_t>(random.below(10'000'000)) + 1, 4));
            VERIFY_OK(fixture.engine.addPlan(planJson("'flat':'" + flat + "'"), false));
            for (int day = 1; day <= 31; day += 1 + static_cast<int>(random.below(9))) { // the same plan, again and again
                VERIFY_OK(fixture.subscribe("basic", "2026-10-" + std::string(day < 10 ? "0" : "") + std::to_string(day)));
            }
            const auto draft = fixture.engine.draft("anna", kOctober);
            VERIFY_OK(draft);
            QCOMPARE(draft->total, *toMinor(dec(flat), *currencyOf("EUR")));
            QCOMPARE(draft->total, sumOf(*draft));
        }
    }

    void versionsCountFromTheirDayOnAndNeverInABilledMonth()
    {
        BillingFixture fixture;
        VERIFY_OK(fixture.begin(planJson("'flat':'31'")));
        const std::string second = quoted("{'carma_plan':1,'id':'basic','currency':'EUR','effective_from':'2026-10-11','flat':'62'}");
        VERIFY_OK(fixture.engine.addPlan(second, false));
        COMPARE_ERROR(fixture.engine.addPlan(second, false), ErrorCode::AlreadyExists);
        const auto invoice = fixture.engine.finalise("anna", kOctober, "");
        VERIFY_OK(invoice);
        QCOMPARE(invoice->total, std::int64_t{1000 + 21 * 200});
        const std::string third = quoted("{'carma_plan':1,'id':'basic','currency':'EUR','effective_from':'2026-10-20','flat':'1'}");
        const auto refused = fixture.engine.addPlan(third, false);
        COMPARE_ERROR(refused, ErrorCode::InvalidArgument);
        QVERIFY2(refused.error().message.starts_with("/effective_from: 2026-10 has a final invoice"), refused.error().message.c_str());
        COMPARE_ERROR(fixture.subscribe("basic", "2026-10-20"), ErrorCode::InvalidArgument);
        COMPARE_ERROR(fixture.engine.unsubscribe("anna", at("2026-10-20"), false), ErrorCode::InvalidArgument);
        const std::string yen = quoted("{'carma_plan':1,'id':'basic','currency':'JPY','effective_from':'2027-01-01'}");
        COMPARE_ERROR(fixture.engine.addPlan(yen, false), ErrorCode::InvalidArgument);
        VERIFY_OK(fixture.engine.addPlan(planJson("", "yen", "JPY"), false));
        COMPARE_ERROR(fixture.subscribe("yen", "2026-12-01"), ErrorCode::InvalidArgument);
        COMPARE_ERROR(fixture.subscribe("nothing", "2026-12-01"), ErrorCode::NotFound);
        VERIFY_OK(fixture.engine.unsubscribe("anna", at("2026-11-16"), false));
        fixture.clock.setWallTimeUs(at("2026-12-01"));
        QCOMPARE(fixture.engine.draft("anna", kNovember)->total, std::int64_t{3100});
    }
};

CARMA_TEST_CLASS(TestPlans, "test_plans")
#include "test_plans.moc"
