// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "billing_fixture.h"
#include "support/test_main.h"

#include <QTest>
#include <cstdlib>
#include <ctime>

using namespace carma;
using namespace carma::test;

/// Exact numbers and the calendar.
class TestMoney : public QObject {
    Q_OBJECT

private slots:
    void decimalsAreReadAndWrittenExactly()
    {
        for (const auto& [text, written] : {std::pair("0", "0"), {"12", "12"}, {"-0.0004", "-0.0004"}, {"1.500", "1.5"}, {"00.10", "0.1"},
                 {"-0", "0"}, {"0.000000000000000001", "0.000000000000000001"}, {"99999999999999999999999", "99999999999999999999999"}}) {
            const auto number = Decimal::parse(text);
            VERIFY_OK(number);
            QCOMPARE(toString(*number), std::string(written));
        }
    }

    void whatIsNoDecimalIsRefused()
    {
        for (const char* text : {"", "-", ".", "1.", ".5", "1.2.3", "1e5", "+1", " 1", "1 ", "0x10", "1,5", "--1", "inf"}) {
            COMPARE_ERROR(Decimal::parse(text), ErrorCode::InvalidArgument);
        }
        COMPARE_ERROR(Decimal::parse("0.0000000000000000001"), ErrorCode::LimitExceeded);
        COMPARE_ERROR(Decimal::parse("1000000000000000000000000000000000000"), ErrorCode::LimitExceeded);
        COMPARE_ERROR(Decimal::parse(std::string(1000, '9')), ErrorCode::LimitExceeded);
    }

    void arithmeticIsExactAndNeverOverflows()
    {
        QCOMPARE(toString(*add(dec("0.1"), dec("0.2"))), std::string("0.3"));
        QCOMPARE(toString(*subtract(dec("1"), dec("0.000001"))), std::string("0.999999"));
        QCOMPARE(toString(*multiply(dec("0.0000004"), dec("2500000"))), std::string("1"));
        QVERIFY(dec("0.10") == dec("0.1") && dec("-1") < dec("0.5") && dec("10") > dec("9.999"));
        const Decimal large = dec("99999999999999999999999999999999999");
        COMPARE_ERROR(multiply(large, large), ErrorCode::LimitExceeded);
        COMPARE_ERROR(multiply(large, dec("11")), ErrorCode::LimitExceeded);
        COMPARE_ERROR(add(large, dec("0.001")), ErrorCode::LimitExceeded);
        QVERIFY(large > dec("0.000000000000000001"));
    }

    void halvesGoToTheEvenNeighbour()
    {
        const Currency euro = *currencyOf("EUR");
        for (const auto& [amount, minor] : {std::pair("0.005", 0), {"0.015", 2}, {"0.025", 2}, {"-0.005", 0}, {"-0.015", -2},
                 {"0.0149999", 1}, {"0.0250001", 3}, {"1.999", 200}}) {
            QCOMPARE(*toMinor(dec(amount), euro), static_cast<std::int64_t>(minor));
        }
        QCOMPARE(*toMinor(dec("0.5"), *currencyOf("JPY")), std::int64_t{0});
        QCOMPARE(*toMinor(dec("1.5"), *currencyOf("JPY")), std::int64_t{2});
        QCOMPARE(*toMinor(dec("0.0005"), *currencyOf("BHD")), std::int64_t{0});
        QCOMPARE(*toMinor(dec("0.0015"), *currencyOf("BHD")), std::int64_t{2});
        COMPARE_ERROR(toMinor(dec("99999999999999999999"), euro), ErrorCode::LimitExceeded);
    }

    void currenciesHaveTheirDigits()
    {
        QCOMPARE(formatMinor(123450, *currencyOf("EUR")), std::string("1234.50"));
        QCOMPARE(formatMinor(-5, *currencyOf("BHD")), std::string("-0.005"));
        QCOMPARE(formatMinor(1500, *currencyOf("JPY")), std::string("1500"));
        QCOMPARE(*parseMinor("1234.5", *currencyOf("EUR")), std::int64_t{123450});
        COMPARE_ERROR(parseMinor("0.5", *currencyOf("JPY")), ErrorCode::InvalidArgument);
        for (const char* code : {"EURO", "eur", "XAU", "XXX", "", "EU", "UR "}) {
            COMPARE_ERROR(currencyOf(code), ErrorCode::InvalidArgument);
        }
    }

    void timesAreUtcWhateverTheMachineSays()
    {
        QCOMPARE(formatUtc(at("2026-10-25T01:30:00Z")), std::string("2026-10-25T01:30:00Z"));
        QCOMPARE(formatUtc(at("2024-02-29")), std::string("2024-02-29"));
        QCOMPARE(formatUtc(at("2026-10-25T01:30:00.25Z")), std::string("2026-10-25T01:30:00.250000Z"));
        for (const char* text : {"2023-02-29", "2026-13-01", "2026-10-25T01:30:00", "2026-10-25T01:30:00+02:00", "2026-10-25T24:00:00Z",
                 "2026-1-1", "", "1969-12-31", "2026-10-25T01:30:00.Z"}) {
            COMPARE_ERROR(parseUtc(text), ErrorCode::InvalidArgument);
        }
        const std::int64_t utc = kOctober.toUs() - kOctober.fromUs();
        QCOMPARE(utc, 31 * kDayUs);
        ::setenv("TZ", "Europe/Berlin", 1); // its clocks go back within October
        ::tzset();
        QCOMPARE(kOctober.toUs() - kOctober.fromUs(), utc);
        QVERIFY(Month::of(at("2026-10-31T23:30:00Z")) == kOctober); // November in Berlin
        ::unsetenv("TZ");
        ::tzset();
        QCOMPARE(toString(Month{2026, 12}.next()), std::string("2027-01"));
        COMPARE_ERROR(Month::parse("2026-00"), ErrorCode::InvalidArgument);
    }

    void divisionRoundsAsAWholeNumberOfTinyParts()
    {
        SeededRandom random(3);
        for (int i = 0; i < 20'000; ++i) {
            const auto numerator = static_cast<std::int64_t>(random.below(2'000'001)) - 1'000'000;
            const auto denominator = static_cast<std::int64_t>(random.below(1000)) + 1;
            const auto rounded = static_cast<std::int64_t>(divideHalfEven(numerator, denominator));
            const std::int64_t distance = std::abs(numerator - rounded * denominator);
            QVERIFY(2 * distance <= denominator);
            QVERIFY(2 * distance != denominator || rounded % 2 == 0);
        }
    }
};

CARMA_TEST_CLASS(TestMoney, "test_money")
#include "test_money.moc"
