// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "billing_fixture.h"
#include "core/log_record/doc_example.h"
#include "support/test_main.h"

#include <QTest>
#include <numeric>

using namespace carma;
using namespace carma::test;

namespace {

/// Events of three meters over October and a bit of November, in the order of time.
std::vector<UsageEvent> manyEvents(std::uint64_t seed, std::size_t count)
{
    SeededRandom random(seed);
    std::vector<UsageEvent> events;
    for (std::size_t i = 0; i < count; ++i) {
        UsageEvent made = used("e" + std::to_string(i), "2026-10-01");
        made.timeUs += static_cast<std::int64_t>(i * static_cast<std::uint64_t>(33 * kDayUs) / count);
        made.value = *Decimal::make(static_cast<std::int64_t>(random.below(100'000)), 3);
        made.meter = i % 3 == 0 ? "queries" : i % 3 == 1 ? "stored_gb" : "users";
        made.dimensions = {{"user", "u" + std::to_string(random.below(7))}};
        events.push_back(std::move(made));
    }
    return events;
}

const std::string kAllMeters = "'flat':'10','tax':{'name':'VAT','percent':'19'},"
                               "'meters':[{'id':'users','aggregate':'unique','dimension':'user'}],'charges':["
                               "{'meter':'queries','model':'graduated','tiers':[{'from':0,'up_to':1000,'price':'0.0031'},"
                               "{'from':1000,'price':'0.0017'}]},"
                               "{'meter':'stored_gb','model':'per_unit','price':'0.00013'},"
                               "{'meter':'users','model':'package','size':3,'price':'4.99'}]";

std::vector<std::string> idsOf(billing::Engine& engine, const UsageFilter& filter)
{
    std::vector<std::string> ids;
    (void)engine
        .events(filter,
            [&](const UsageEvent& each) -> Result<bool> {
                ids.push_back(each.id);
                return true;
            })
        .has_value();
    return ids;
}

template <typename T> void shuffle(std::vector<T>& list, SeededRandom& random)
{
    for (std::size_t i = list.size(); i > 1; --i) {
        std::swap(list[i - 1], list[random.below(i)]);
    }
}

Decimal quantity(BillingFixture& fixture, Aggregate aggregate, std::string_view from, std::string_view to)
{
    billing::BillingBook names;
    usage::UsageBook book([&](std::string_view customer) { return names.nameOf(customer); }, {});
    (void)(names.follow(fixture.journal).has_value() && book.follow(fixture.journal).has_value());
    const Meter meter{"m", aggregate, {}, aggregate == Aggregate::Unique ? "user" : ""};
    return book.quantity(fixture.journal, "anna", meter, {at(from), at(to), at("2027-01-01")}).value_or(Decimal(-999));
}

} // namespace

/// Events count once, and what they come to does not depend on how they arrived.
class TestUsage : public QObject {
    Q_OBJECT

private slots:
    void eachEventSentTenTimesChangesNothing()
    {
        const auto events = manyEvents(1, 600);
        BillingFixture once;
        VERIFY_OK(once.begin(planJson(kAllMeters)));
        QCOMPARE(once.record(events)->recorded, std::uint64_t{600});
        const std::string expected = jsonOf(once.engine.draft("anna", kOctober));
        QVERIFY2(holds(expected, "\"total\""), expected.c_str());

        BillingFixture tenTimes;
        VERIFY_OK(tenTimes.begin(planJson(kAllMeters)));
        std::vector<UsageEvent> repeated;
        for (int i = 0; i < 10; ++i) {
            repeated.insert(repeated.end(), events.begin(), events.end());
        }
        SeededRandom random(2);
        shuffle(repeated, random);
        UsageReport total;
        for (std::size_t begin = 0; begin < repeated.size(); begin += 500) {
            const auto report = tenTimes.engine.record(std::span(repeated).subspan(begin, 500), false);
            VERIFY_OK(report);
            total.recorded += report->recorded;
            total.duplicates += report->duplicates;
            total.differing += report->differing;
        }
        QCOMPARE(total.recorded, std::uint64_t{600});
        QCOMPARE(total.duplicates, std::uint64_t{5400});
        QCOMPARE(total.differing, std::uint64_t{0});
        QCOMPARE(jsonOf(tenTimes.engine.draft("anna", kOctober)), expected);
        const Sequence end = tenTimes.journal.end();
        VERIFY_OK(tenTimes.record(events));
        QCOMPARE(tenTimes.journal.end(), end); // nothing is even written
    }

    void repetitionsInTheLogItselfCountOnce()
    {
        BillingFixture fixture;
        VERIFY_OK(fixture.begin(planJson(kAllMeters)));
        const auto events = manyEvents(4, 100);
        VERIFY_OK(fixture.record(events));
        const std::string expected = jsonOf(fixture.engine.draft("anna", kOctober));
        Bytes body;
        QCOMPARE(usage::encodeEvents(events, body), events.size());
        const journal::NewEntry again{log::RecordType::Usage, {}, body};
        VERIFY_OK(fixture.journal.append(std::span(&again, 1)));
        QCOMPARE(jsonOf(billing::Engine(fixture.journal).draft("anna", kOctober)), expected);
    }

    void theSameNameWithOtherContentIsToldAndTheFirstStays()
    {
        BillingFixture fixture;
        VERIFY_OK(fixture.record(used("a", "2026-10-02", "5")));
        const auto report = fixture.record({used("a", "2026-10-02", "6"), used("b", "2026-10-02"), used("b", "2026-10-03")});
        VERIFY_OK(report);
        QCOMPARE(report->recorded, std::uint64_t{1});
        QCOMPARE(report->duplicates, std::uint64_t{2});
        QCOMPARE(report->differing, std::uint64_t{2});
        QCOMPARE(toString(fixture.engine.rollUps({}, RollupStep::Month)->front().sum), std::string("6"));
    }

    void sourcesKeepTheirIdsApart()
    {
        QVERIFY(usage::keyOf("a", "bc") != usage::keyOf("ab", "c"));
        QVERIFY(usage::keyOf("a", "b") != usage::keyOf("b", "a"));
    }

    void orderOfArrivalChangesNoByteOfADraft()
    {
        auto events = manyEvents(7, 400);
        UsageEvent back = used("back", "2026-10-20", "1", "queries");
        back.reverses = "e3";
        events.push_back(back);
        std::string expected;
        for (std::uint64_t seed = 0; seed < 12; ++seed) {
            SeededRandom random(seed);
            BillingFixture fixture;
            VERIFY_OK(fixture.begin(planJson(kAllMeters)));
            for (std::size_t begin = 0; begin < events.size();) {
                const std::size_t count = std::min<std::size_t>(events.size() - begin, random.below(90) + 1);
                VERIFY_OK(fixture.engine.record(std::span(events).subspan(begin, count), false));
                begin += count;
            }
            const std::string draft = jsonOf(fixture.engine.draft("anna", kOctober));
            expected = expected.empty() ? draft : expected;
            QCOMPARE(draft, expected);
            QCOMPARE(jsonOf(billing::Engine(fixture.journal).draft("anna", kOctober)), expected); // all again from the log
            shuffle(events, random);
        }
    }

    void rollUpsOfEveryStepAddUpToTheSame()
    {
        BillingFixture fixture;
        VERIFY_OK(fixture.begin(planJson(kAllMeters)));
        VERIFY_OK(fixture.record(manyEvents(9, 2000)));
        const UsageFilter october{"anna", "", kOctober.fromUs(), kOctober.toUs()};
        const auto whole = fixture.engine.rollUps(october, RollupStep::Month);
        VERIFY_OK(whole);
        QCOMPARE(whole->size(), std::size_t{3});
        for (const RollupStep step : {RollupStep::Minute, RollupStep::Hour, RollupStep::Day}) {
            const auto parts = fixture.engine.rollUps(october, step);
            VERIFY_OK(parts);
            for (const UsageRollup& month : *whole) {
                std::uint64_t count = 0;
                Decimal sum;
                Decimal max(-1);
                Decimal latest;
                for (const UsageRollup& part : *parts) {
                    if (part.meter == month.meter) {
                        count += part.count;
                        sum = *add(sum, part.sum);
                        max = std::max(max, part.max);
                        latest = part.latest;
                    }
                }
                QCOMPARE(count, month.count);
                QVERIFY(sum == month.sum && max == month.max && latest == month.latest);
            }
        }
    }

    void everyAggregateCountsWhatItSays()
    {
        BillingFixture fixture;
        std::vector<UsageEvent> events{
            used("a", "2026-10-01T06:00:00Z", "4", "m"), used("b", "2026-10-01T18:00:00Z", "10", "m"), used("c", "2026-10-03", "1", "m")};
        events[0].dimensions = {{"user", "x"}};
        events[1].dimensions = {{"user", "y"}};
        events[2].dimensions = {{"user", "x"}};
        VERIFY_OK(fixture.record(events));
        const auto is = [&](Aggregate aggregate, std::string_view from, std::string_view to, const char* expected) {
            const std::string found = toString(quantity(fixture, aggregate, from, to));
            return found == expected ? std::string() : found;
        };
        QCOMPARE(is(Aggregate::Count, "2026-10-01", "2026-11-01", "3"), std::string());
        QCOMPARE(is(Aggregate::Sum, "2026-10-01", "2026-11-01", "15"), std::string());
        QCOMPARE(is(Aggregate::Max, "2026-10-01", "2026-11-01", "10"), std::string());
        QCOMPARE(is(Aggregate::Unique, "2026-10-01", "2026-11-01", "2"), std::string());
        QCOMPARE(is(Aggregate::Latest, "2026-10-01", "2026-11-01", "1"), std::string());
        QCOMPARE(is(Aggregate::Latest, "2026-10-02", "2026-10-03", "10"), std::string()); // goes on from the day before
        QCOMPARE(is(Aggregate::Max, "2026-10-02", "2026-10-03", "0"), std::string());
        QCOMPARE(is(Aggregate::TimeWeighted, "2026-10-01", "2026-10-02", "108"), std::string()); // 4 x 12 h + 10 x 6 h
        QCOMPARE(is(Aggregate::TimeWeighted, "2026-10-02", "2026-10-03", "240"), std::string());
        QCOMPARE(is(Aggregate::TimeWeighted, "2026-10-01", "2026-10-04", "372"), std::string());
        QCOMPARE(is(Aggregate::TimeWeighted, "2026-09-01", "2026-10-01", "0"), std::string());
    }

    void anEventTakenBackIsAsIfItHadNeverBeen()
    {
        for (const bool backFirst : {false, true}) {
            BillingFixture fixture;
            UsageEvent back = used("back", "2026-11-02", "1", "m");
            back.reverses = "b";
            const UsageEvent taken = used("b", "2026-10-03", "10", "m");
            VERIFY_OK(fixture.record({used("a", "2026-10-02", "4", "m"), backFirst ? back : taken}));
            VERIFY_OK(fixture.record(backFirst ? taken : back));
            for (const Aggregate aggregate : {Aggregate::Sum, Aggregate::Max, Aggregate::Latest}) {
                QCOMPARE(toString(quantity(fixture, aggregate, "2026-10-01", "2026-11-01")), std::string("4"));
            }
            QCOMPARE(toString(quantity(fixture, Aggregate::Count, "2026-10-01", "2027-01-01")), std::string("1"));
        }
        BillingFixture fixture;
        VERIFY_OK(fixture.record(used("a", "2026-10-02", "4", "m")));
        UsageEvent other = used("back", "2026-10-02", "1", "m", "otto");
        other.reverses = "a";
        COMPARE_ERROR(fixture.record(other), ErrorCode::InvalidArgument);
    }

    void badEventsAreRefusedAsAWholeWithTheirPlace()
    {
        const auto changed = [](const std::function<void(UsageEvent&)>& change) {
            UsageEvent bad = used("x", "2026-10-02");
            change(bad);
            return bad;
        };
        const std::vector<std::pair<UsageEvent, std::string>> bad{
            {changed([](UsageEvent& each) { each.source.clear(); }), "/1/source: "},
            {changed([](UsageEvent& each) { each.id = std::string(129, 'x'); }), "/1/id: "},
            {changed([](UsageEvent& each) { each.customer = "a\nb"; }), "/1/customer: "},
            {changed([](UsageEvent& each) { each.meter = "A B"; }), "/1/meter: "},
            {changed([](UsageEvent& each) { each.value = dec("1000000000000001"); }), "/1/value: "},
            {changed([](UsageEvent& each) { each.value = dec("0.0000000001"); }), "/1/value: "},
            {changed([](UsageEvent& each) { each.timeUs = -1; }), "/1/time: "},
            {changed([](UsageEvent& each) { each.timeUs = at("2026-11-05T13:00:01Z"); }), "/1/time: "},
            {changed([](UsageEvent& each) {
                 each.dimensions.assign(17, {"a", "b"});
             }),
                "/1/dimensions: "},
            {changed([](UsageEvent& each) { each.reverses = each.id; }), "/1/reverses: "},
        };
        BillingFixture fixture;
        for (const auto& [each, message] : bad) {
            const auto report = fixture.record({used("good", "2026-10-02"), each});
            COMPARE_ERROR(report, ErrorCode::InvalidArgument);
            QVERIFY2(report.error().message.starts_with(message), report.error().message.c_str());
        }
        QVERIFY(idsOf(fixture.engine, {}).empty());
        QCOMPARE(fixture.refusals(), bad.size());
        fixture.journal.failNext(1, ErrorCode::NoSpace);
        COMPARE_ERROR(fixture.record(used("good", "2026-10-02")), ErrorCode::NoSpace);
        QVERIFY(idsOf(fixture.engine, {}).empty());
    }

    void eventsAreListedInTheOrderOfTimeWithAllTheySay()
    {
        BillingFixture fixture;
        auto events = manyEvents(12, 50);
        SeededRandom random(1);
        shuffle(events, random);
        VERIFY_OK(fixture.record(events));
        std::vector<UsageEvent> listed;
        VERIFY_OK(fixture.engine.events({}, [&](const UsageEvent& each) -> Result<bool> {
            listed.push_back(each);
            return true;
        }));
        std::ranges::sort(events, {}, &UsageEvent::timeUs);
        QVERIFY(listed == events);
        QCOMPARE(idsOf(fixture.engine, {"anna", "users", kOctober.fromUs(), kOctober.fromUs() + 2 * kDayUs}).front(), std::string("e2"));
    }

    void linesOfJsonAreReadBackAsWritten()
    {
        auto events = manyEvents(13, 20);
        events[3].reverses = "e1";
        std::string text = "\n";
        for (const UsageEvent& each : events) {
            text += toJsonLine(each);
        }
        const auto read = parseUsageLines(text);
        VERIFY_OK(read);
        QVERIFY(*read == events);
        const auto wrong = parseUsageLines(
            toJsonLine(events[0]) + quoted("{'source':'s','id':'i','customer':'c','meter':'m','time':'today'}\n"));
        COMPARE_ERROR(wrong, ErrorCode::InvalidArgument);
        QVERIFY2(wrong.error().message.starts_with("/1/time: "), wrong.error().message.c_str());
    }

    void examplesOfTheFormatPageAreWhatIsWritten()
    {
        UsageEvent one = used("1", "1970-01-01", "1.5", "m", "a");
        one.source = "s";
        one.timeUs = 1;
        Bytes body;
        usage::encodeEvents(std::span(&one, 1), body);
        QVERIFY(body == docExample("billing.md", 0));
        QVERIFY(billing::encodeItem(billing::Grant{"a", 500, "gift"}) == docExample("billing.md", 1));
    }

    void damagedBodiesAreErrors()
    {
        auto events = manyEvents(14, 5);
        Bytes good;
        usage::encodeEvents(events, good);
        std::size_t visited = 0;
        VERIFY_OK(usage::decodeEvents(
            good, [&](std::uint32_t index, const usage::EventView& view) { visited += usage::toEvent(view) == events[index] ? 1 : 0; }));
        QCOMPARE(visited, events.size());
        SeededRandom random(15);
        const auto ignore = [](std::uint32_t, const usage::EventView&) {};
        for (std::size_t size = 0; size < good.size(); ++size) {
            QVERIFY(!usage::decodeEvents(ByteView(good).first(size), ignore).has_value());
        }
        for (int i = 0; i < 20'000; ++i) {
            Bytes bad = good;
            bad[random.below(bad.size())] ^= static_cast<std::byte>(1U << random.below(8));
            (void)usage::decodeEvents(bad, ignore).has_value();
            (void)billing::decodeItem(bad).has_value();
        }
        good.front() = std::byte{2};
        COMPARE_ERROR(usage::decodeEvents(good, ignore), ErrorCode::Unsupported);
    }
};

CARMA_TEST_CLASS(TestUsage, "test_usage")
#include "test_usage.moc"
