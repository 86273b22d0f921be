// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "billing_fixture.h"
#include "support/test_main.h"

#include <QTest>

#include <array>

using namespace carma;
using namespace carma::test;

namespace {

constexpr std::array kAggregates{
    Aggregate::Count, Aggregate::Sum, Aggregate::Max, Aggregate::Unique, Aggregate::Latest, Aggregate::TimeWeighted};
constexpr std::array kSteps{RollupStep::Minute, RollupStep::Hour, RollupStep::Day, RollupStep::Month};

/// Events of two customers and two meters over eight days: some at the same moment, some taken back, some told of twice.
std::vector<UsageEvent> someEvents(SeededRandom& random, std::size_t count)
{
    std::vector<UsageEvent> events;
    for (std::size_t i = 0; i < count; ++i) {
        UsageEvent made = used("e" + std::to_string(i), "2026-10-01");
        made.customer = random.below(4) == 0 ? "otto" : "anna";
        made.meter = random.below(3) == 0 ? "n" : "m";
        made.timeUs += static_cast<std::int64_t>(i * static_cast<std::uint64_t>(8 * kDayUs) / count);
        made.timeUs -= made.timeUs % (random.below(3) == 0 ? kHourUs : 1);
        made.value = *Decimal::make(static_cast<std::int64_t>(random.below(2000)) - 300, 2);
        made.dimensions = {{"user", "u" + std::to_string(random.below(5))}, {"place", "p" + std::to_string(random.below(3))}};
        events.push_back(made);
        if (random.below(6) == 0) {
            UsageEvent back = made;
            back.id = "back" + std::to_string(i);
            back.reverses = made.id;
            back.timeUs += static_cast<std::int64_t>(random.below(5)) * kHourUs;
            events.push_back(back);
        }
        if (random.below(8) == 0) {
            events.push_back(events[random.below(events.size())]);
        }
    }
    return events;
}

/// Moves some events to another place: they come late, or before what they belong to.
void disturb(std::vector<UsageEvent>& events, SeededRandom& random, std::size_t moves)
{
    for (std::size_t i = 0; i < moves; ++i) {
        std::swap(events[random.below(events.size())], events[random.below(events.size())]);
    }
}

/// Books over the journal of one fixture.
class Books {
public:
    Books(BillingFixture& fixture, const usage::UsageBook::Limits& limits)
        : m_fixture(fixture), m_book([this](std::string_view customer) { return m_names.nameOf(customer); }, limits)
    {
    }
    Result<void> follow()
    {
        CARMA_TRY(m_names.follow(m_fixture.journal));
        return m_book.follow(m_fixture.journal);
    }
    /// All that can be asked, as text.
    Result<std::string> answers(std::uint64_t seed)
    {
        SeededRandom random(seed);
        std::string text;
        const std::int64_t begin = at("2026-10-01");
        for (int i = 0; i < 30; ++i) {
            const std::int64_t unit = i % 3 == 0 ? kDayUs : i % 3 == 1 ? kHourUs : 7 * kMinuteUs + 1;
            const std::int64_t from = begin + static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(9 * kDayUs / unit))) * unit;
            const std::int64_t to = from + static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(4 * kDayUs / unit))) * unit;
            for (const char* customer : {"anna", "otto"}) {
                CARMA_TRY(addAnswers(customer, from, to, text));
            }
        }
        return text;
    }
    usage::UsageBook& book() { return m_book; }

private:
    Result<void> addAnswers(const std::string& customer, std::int64_t from, std::int64_t to, std::string& text)
    {
        for (const Aggregate aggregate : kAggregates) {
            const Meter meter{"m", aggregate, {}, aggregate == Aggregate::Unique ? (from % 2 == 0 ? "user" : "place") : ""};
            CARMA_TRY_ASSIGN(
                const Decimal quantity, m_book.quantity(m_fixture.journal, customer, meter, {from, to, at("2026-10-09T05:00:00Z")}));
            text += toString(quantity) + " ";
        }
        for (const RollupStep step : kSteps) {
            const Meter meter{"m", Aggregate::Unique, {}, "user"};
            CARMA_TRY_ASSIGN(
                const auto rollups, m_book.rollUps(m_fixture.journal, {customer, "", from, to}, meter, step, at("2026-10-09T05:00:00Z")));
            for (const UsageRollup& each : rollups) {
                text += formatUtc(each.fromUs) + " " + std::to_string(each.count) + " " + toString(each.sum) + " " + toString(each.max) +
                    " " + toString(each.latest) + " " + std::to_string(each.unique) + " " + toString(each.valueHours) + "\n";
            }
        }
        CARMA_TRY_ASSIGN(const auto found, m_book.select(m_fixture.journal, {customer, "", from, to}, {}));
        for (const usage::StoredEvent& each : found) {
            text += std::to_string(each.key[0] % 1000) + (each.counts() ? "+" : "-") + std::to_string(each.place) + " ";
        }
        text += "\n";
        return {};
    }

    BillingFixture& m_fixture;
    billing::BillingBook m_names;
    usage::UsageBook m_book;
};

} // namespace

/// Closed hours and days: memory is bounded, and what they say is what their events say.
class TestUsagePeriods : public QObject {
    Q_OBJECT

private slots:
    void rollUpsEqualWhatIsRecomputedFromTheLog()
    {
        std::size_t closed = 0;
        for (std::uint64_t seed = 1; seed <= 40; ++seed) {
            SeededRandom random(seed);
            BillingFixture fixture;
            auto events = someEvents(random, 120);
            disturb(events, random, seed % 4 * 15);
            Books small(fixture, {.open = 1 + random.below(30), .atOnce = 1 + random.below(50)});
            for (std::size_t begin = 0; begin < events.size();) {
                const std::size_t count = std::min<std::size_t>(events.size() - begin, random.below(20) + 1);
                VERIFY_OK(fixture.engine.record(std::span(events).subspan(begin, count), false));
                VERIFY_OK(small.follow());
                if (random.below(4) == 0) {
                    VERIFY_OK(small.answers(begin)); // asking in between changes nothing
                }
                begin += count;
            }
            Books whole(fixture, {});
            VERIFY_OK(whole.follow());
            QCOMPARE(whole.book().closedCount(), std::size_t{0});
            closed += small.book().closedCount();
            const auto expected = whole.answers(seed);
            VERIFY_OK(expected);
            for (int round = 0; round < 2; ++round) {
                const auto found = small.answers(seed);
                VERIFY_OK(found);
                QVERIFY2(*found == *expected, ("seed " + std::to_string(seed) + "\n" + *found + "\nnot\n" + *expected).c_str());
            }
            Books again(fixture, {.open = 10, .atOnce = 40});
            VERIFY_OK(again.follow());
            QCOMPARE(*again.answers(seed), *expected);
        }
        QVERIFY2(closed > 2000, std::to_string(closed).c_str());
    }

    void closedEventsCountOnceForEver()
    {
        BillingFixture fixture;
        billing::Engine engine(fixture.journal, {.open = 20, .atOnce = 50});
        SeededRandom random(3);
        auto events = someEvents(random, 400);
        const auto first = engine.record(events, false);
        VERIFY_OK(first);
        const Sequence end = fixture.journal.end();
        disturb(events, random, 500);
        const auto again = engine.record(events, false);
        VERIFY_OK(again);
        QCOMPARE(again->recorded, std::uint64_t{0});
        QCOMPARE(again->duplicates, std::uint64_t{events.size()});
        QCOMPARE(again->differing, std::uint64_t{0});
        QCOMPARE(fixture.journal.end(), end);
        UsageEvent other = events.front();
        other.value = dec("12345");
        QCOMPARE(engine.record(std::span(&other, 1), false)->differing, std::uint64_t{1});
        other = used("wrong", "2026-10-02", "1", "m", "somebody else");
        other.reverses = "e0";
        COMPARE_ERROR(engine.record(std::span(&other, 1), false), ErrorCode::InvalidArgument); // it is another's
    }

    void memoryIsBoundedByBucketsNotByEvents()
    {
        BillingFixture fixture;
        constexpr std::size_t kEvents = 20'000;
        constexpr std::size_t kOpen = 1'000;
        Books books(fixture, {.open = kOpen, .atOnce = kOpen});
        for (std::size_t begin = 0; begin < kEvents; begin += 500) {
            std::vector<UsageEvent> events;
            for (std::size_t i = begin; i < begin + 500; ++i) {
                UsageEvent made = used("e" + std::to_string(i), "2026-10-01");
                made.timeUs += static_cast<std::int64_t>(i) * (30 * kDayUs / static_cast<std::int64_t>(kEvents));
                made.dimensions = {{"request", std::to_string(i)}};
                events.push_back(std::move(made));
            }
            VERIFY_OK(fixture.record(events));
            VERIFY_OK(books.follow());
            QVERIFY(books.book().openCount() <= kOpen + 500);
        }
        QVERIFY(books.book().bucketCount() <= 30 + 24);
        QCOMPARE(books.book().openCount() + books.book().closedCount(), kEvents);
        const Meter meter{"queries", Aggregate::Count, {}, {}};
        QCOMPARE(toString(*books.book().quantity(fixture.journal, "anna", meter, {at("2026-10-01"), at("2026-11-01"), at("2026-11-01")})),
            std::to_string(kEvents));
    }

    void aLostRecordIsToldWhereItIsReadAgain()
    {
        BillingFixture fixture;
        Books books(fixture, {.open = 5, .atOnce = 5});
        SeededRandom random(9);
        const auto events = someEvents(random, 60);
        VERIFY_OK(fixture.record(events));
        VERIFY_OK(books.follow());
        for (Sequence sequence = 0; sequence < fixture.journal.end(); ++sequence) {
            fixture.journal.lose(sequence);
        }
        const Meter meter{"m", Aggregate::Unique, {}, "user"}; // nobody has asked for it before
        COMPARE_ERROR(books.book().quantity(fixture.journal, "anna", meter, {at("2026-10-01"), at("2026-11-01"), at("2026-11-01")}),
            ErrorCode::Corruption);
    }
};

CARMA_TEST_CLASS(TestUsagePeriods, "test_usage_periods")
#include "test_usage_periods.moc"
