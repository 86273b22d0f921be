// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/manual_clock.h"
#include "support/test_main.h"

#include <carma/limits.h>

#include <QTest>

using namespace carma;
using namespace carma::test;

namespace {

constexpr std::int64_t kSecondUs = 1'000'000;
constexpr std::int64_t kDayUs = 24LL * 3600 * kSecondUs;
constexpr RateLimit kTenASecond{10, kSecondUs, 20};
constexpr RateLimit kThousandADay{1000, kDayUs, 1000};

LimitKey keyOf(std::uint8_t number, LimitKind kind = LimitKind::Read)
{
    LimitKey key;
    key.subject[0] = number;
    key.kind = kind;
    return key;
}

/// How many demands of one are allowed now.
unsigned allowedNow(Limiter& limiter, const LimitKey& key, const RateLimit& limit, unsigned most = 100'000)
{
    unsigned allowed = 0;
    while (allowed < most) {
        const auto decision = limiter.take(key, limit);
        if (!decision.has_value() || !decision->allowed) {
            break;
        }
        ++allowed;
    }
    return allowed;
}

} // namespace

class TestLimiter : public QObject {
    Q_OBJECT

private slots:
    void theBurstComesAtOnceAndTheRateAfterIt()
    {
        ManualClock clock;
        Limiter limiter(clock);
        QCOMPARE(allowedNow(limiter, keyOf(1), kTenASecond), 20U);
        const auto refused = limiter.take(keyOf(1), kTenASecond);
        VERIFY_OK(refused);
        QVERIFY(!refused->allowed);
        QCOMPARE(refused->retryAfterUs, std::int64_t{100'000});
        QCOMPARE(refused->resetUs, std::int64_t{2'000'000});
        clock.advance(refused->retryAfterUs - 1);
        QCOMPARE(allowedNow(limiter, keyOf(1), kTenASecond), 0U);
        clock.advance(1);
        QCOMPARE(allowedNow(limiter, keyOf(1), kTenASecond), 1U);
        clock.advance(kSecondUs);
        QCOMPARE(allowedNow(limiter, keyOf(1), kTenASecond), 10U);
        clock.advance(100 * kSecondUs);
        QCOMPARE(allowedNow(limiter, keyOf(1), kTenASecond), 20U);
    }

    void oneASecondIsOneASecond()
    {
        ManualClock clock;
        Limiter limiter(clock);
        const RateLimit& limit = findRateClass("global")->of(LimitKind::Write);
        unsigned allowed = 0;
        for (unsigned step = 0; step < 1000; ++step, clock.advance(10'000)) {
            allowed += allowedNow(limiter, keyOf(1), limit);
        }
        QCOMPARE(allowed, 10U);
    }

    void subjectsAndKindsDoNotShare()
    {
        ManualClock clock;
        Limiter limiter(clock);
        QCOMPARE(allowedNow(limiter, keyOf(1), kTenASecond), 20U);
        QCOMPARE(allowedNow(limiter, keyOf(2), kTenASecond), 20U);
        QCOMPARE(allowedNow(limiter, keyOf(1, LimitKind::Write), kTenASecond), 20U);
    }

    void costsCountAndTooLargeOnesNeverPass()
    {
        ManualClock clock;
        Limiter limiter(clock);
        const auto first = limiter.take(keyOf(1), kTenASecond, 15);
        VERIFY_OK(first);
        QVERIFY(first->allowed);
        QCOMPARE(first->remaining, std::uint64_t{5});
        const auto second = limiter.take(keyOf(1), kTenASecond, 6);
        VERIFY_OK(second);
        QVERIFY(!second->allowed);
        QCOMPARE(second->retryAfterUs, std::int64_t{100'000});
        QCOMPARE(limiter.look(keyOf(1), kTenASecond).remaining, std::uint64_t{4});
        QCOMPARE(limiter.look(keyOf(1), kTenASecond).remaining, std::uint64_t{4});
        const auto never = limiter.take(keyOf(1), kTenASecond, 21);
        VERIFY_OK(never);
        QCOMPARE(never->retryAfterUs, LimitDecision::kNever);
    }

    void aRestartKeepsWhatWasUsed()
    {
        ManualClock clock;
        std::vector<LimitDebt> debts;
        {
            Limiter limiter(clock);
            QCOMPARE(allowedNow(limiter, keyOf(1), kThousandADay), 1000U);
            debts = limiter.debts();
        }
        clock.advance(kDayUs / 10);
        Limiter limiter(clock);
        limiter.restore(debts);
        QCOMPARE(allowedNow(limiter, keyOf(1), kThousandADay), 100U);
    }

    void aCrashGivesNoFreeBurst()
    {
        ManualClock clock;
        std::vector<LimitDebt> durable;
        LimiterOptions options;
        options.reserve = [&](const LimitDebt& debt) -> Result<void> {
            durable.assign(1, debt);
            return {};
        };
        unsigned allowed = 0;
        unsigned shortAllowed = 0;
        for (unsigned crash = 0; crash < 50; ++crash) {
            Limiter limiter(clock, options); // its memory is lost each time
            limiter.restore(durable);
            limiter.beginAfterCrash();
            allowed += allowedNow(limiter, keyOf(1), kThousandADay, 37);
            shortAllowed += allowedNow(limiter, keyOf(2), kTenASecond);
            clock.advance(1);
        }
        QVERIFY2(allowed <= 1000, qPrintable(QString::number(allowed)));
        QVERIFY2(allowed >= 300, qPrintable(QString::number(allowed))); // what was reserved and not used is lost, not more
        QCOMPARE(shortAllowed, 0U);
        Limiter limiter(clock, options);
        limiter.beginAfterCrash();
        clock.advance(kSecondUs);
        QCOMPARE(allowedNow(limiter, keyOf(2), kTenASecond), 10U);
    }

    void whatCannotBeMadeDurableIsNotAllowed()
    {
        ManualClock clock;
        LimiterOptions options;
        options.reserve = [](const LimitDebt&) -> Result<void> { return Error{ErrorCode::NoSpace, "full"}; };
        Limiter limiter(clock, options);
        COMPARE_ERROR(limiter.take(keyOf(1), kThousandADay), ErrorCode::NoSpace);
        QCOMPARE(limiter.subjects(), std::size_t{0});
        QCOMPARE(allowedNow(limiter, keyOf(1), kTenASecond), 20U); // short bursts need nothing
    }

    void reservingIsRare()
    {
        ManualClock clock;
        unsigned reserved = 0;
        LimiterOptions options;
        options.reserve = [&](const LimitDebt&) -> Result<void> {
            ++reserved;
            return {};
        };
        Limiter limiter(clock, options);
        QCOMPARE(allowedNow(limiter, keyOf(1), kThousandADay), 1000U);
        QVERIFY2(reserved <= 11, qPrintable(QString::number(reserved)));
    }

    void aWallClockThatGoesBackCostsAtMostOneBurst()
    {
        ManualClock clock;
        Limiter before(clock);
        QCOMPARE(allowedNow(before, keyOf(1), kTenASecond), 20U);
        const auto debts = before.debts();
        clock.setWallTimeUs(clock.wallTimeUs() - 365 * kDayUs);
        Limiter limiter(clock);
        limiter.restore(debts);
        QCOMPARE(allowedNow(limiter, keyOf(1), kTenASecond), 0U);
        clock.advance(2 * kSecondUs);
        QCOMPARE(allowedNow(limiter, keyOf(1), kTenASecond), 20U);
        // Within a process it does nothing at all.
        clock.setWallTimeUs(0);
        clock.advance(kSecondUs);
        QCOMPARE(allowedNow(limiter, keyOf(1), kTenASecond), 10U);
    }

    void hostileDebtsAreBounded()
    {
        ManualClock clock;
        Limiter limiter(clock);
        limiter.restore(std::vector<LimitDebt>{
            {keyOf(1), std::numeric_limits<std::int64_t>::max()}, {keyOf(2), std::numeric_limits<std::int64_t>::min()}, {keyOf(3), 0}});
        QCOMPARE(limiter.subjects(), std::size_t{1});
        QCOMPARE(allowedNow(limiter, keyOf(1), kTenASecond), 0U);
        clock.advance(2 * kSecondUs);
        QVERIFY(allowedNow(limiter, keyOf(1), kTenASecond) <= 20U);
        QCOMPARE(allowedNow(limiter, keyOf(2), kTenASecond), 20U);
    }

    void theTableIsBoundedAndFullMeansNo()
    {
        ManualClock clock;
        LimiterOptions options;
        options.subjectsMax = 640;
        Limiter limiter(clock, options);
        LimitKey key;
        unsigned allowed = 0;
        for (unsigned i = 0; i < 10'000; ++i) {
            key.subject[1] = static_cast<std::uint8_t>(i);
            key.subject[2] = static_cast<std::uint8_t>(i >> 8U);
            const auto decision = limiter.take(key, kTenASecond);
            VERIFY_OK(decision);
            allowed += decision->allowed ? 1 : 0;
        }
        QCOMPARE(allowed, 640U);
        QCOMPARE(limiter.subjects(), std::size_t{640});
        clock.advance(2 * kSecondUs);
        VERIFY_OK(limiter.take(keyOf(200, LimitKind::Heavy), kTenASecond)); // debts that are paid make room
        QCOMPARE(allowedNow(limiter, keyOf(201, LimitKind::Heavy), kTenASecond), 20U);
    }

    void limitsThatMakeNoSenseAreRefused()
    {
        VERIFY_OK(checkLimit(kTenASecond));
        for (const RateClass& known : rateClasses()) {
            for (const LimitKind kind : {LimitKind::Read, LimitKind::Write, LimitKind::Heavy}) {
                VERIFY_OK(checkLimit(known.of(kind)));
            }
        }
        COMPARE_ERROR(checkLimit({0, kSecondUs, 1}), ErrorCode::InvalidArgument);
        COMPARE_ERROR(checkLimit({1, 0, 1}), ErrorCode::InvalidArgument);
        COMPARE_ERROR(checkLimit({1, kSecondUs, 0}), ErrorCode::InvalidArgument);
        COMPARE_ERROR(checkLimit({1, 500 * kDayUs, 1}), ErrorCode::InvalidArgument);
        COMPARE_ERROR(checkLimit({2'000'000'000, kSecondUs, 1}), ErrorCode::InvalidArgument);
        COMPARE_ERROR(checkLimit({1, kDayUs, 1ULL << 60U}), ErrorCode::InvalidArgument);
        QVERIFY(findRateClass("no such") == nullptr);
    }
};

CARMA_TEST_CLASS(TestLimiter, "test_limiter")

#include "test_limiter.moc"
