// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <carma/assert.h>
#include <carma/money.h>

#include <limits>

namespace carma {

namespace {

/// Codes of ISO 4217 list one that name money in use, by the digits of their minor unit.
constexpr std::string_view kNoDigits = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF ";
constexpr std::string_view kThreeDigits = "BHD IQD JOD KWD LYD OMR TND ";
constexpr std::string_view kTwoDigits =
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK DKK "
    "DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR "
    "LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR "
    "SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD YER ZAR ZMW "
    "ZWG ";

bool lists(std::string_view codes, std::string_view code)
{
    for (std::size_t at = 0; at < codes.size(); at += 4) {
        if (codes.substr(at, 3) == code) {
            return true;
        }
    }
    return false;
}

Int128 powerOfTen(unsigned exponent)
{
    Int128 power = 1;
    for (unsigned i = 0; i < exponent; ++i) {
        power *= 10;
    }
    return power;
}

Error tooMuch() { return {ErrorCode::LimitExceeded, "an amount of money is larger than 92 quadrillion minor units"}; }

Result<std::int64_t> narrowed(Int128 minor)
{
    if (minor > std::numeric_limits<std::int64_t>::max() / 100 || minor < std::numeric_limits<std::int64_t>::min() / 100) {
        return tooMuch();
    }
    return static_cast<std::int64_t>(minor);
}

} // namespace

Result<Currency> currencyOf(std::string_view code)
{
    if (lists(kTwoDigits, code)) {
        return Currency{std::string(code), 2};
    }
    if (lists(kNoDigits, code)) {
        return Currency{std::string(code), 0};
    }
    if (lists(kThreeDigits, code)) {
        return Currency{std::string(code), 3};
    }
    return Error{ErrorCode::InvalidArgument, "'" + std::string(code.substr(0, 16)) + "' is no currency of ISO 4217"};
}

Result<std::int64_t> toMinor(const Decimal& amount, const Currency& currency) { return toMinor(amount, currency, 1, 1); }

Result<std::int64_t> toMinor(const Decimal& amount, const Currency& currency, std::int64_t part, std::int64_t whole)
{
    CARMA_ASSERT(whole > 0 && part >= 0 && part <= whole);
    Int128 numerator = 0;
    Int128 denominator = 0;
    if (__builtin_mul_overflow(amount.units(), powerOfTen(currency.exponent), &numerator) ||
        __builtin_mul_overflow(numerator, static_cast<Int128>(part), &numerator) ||
        __builtin_mul_overflow(powerOfTen(amount.scale()), static_cast<Int128>(whole), &denominator)) {
        return tooMuch();
    }
    return narrowed(divideHalfEven(numerator, denominator));
}

Result<std::int64_t> addMinor(std::int64_t a, std::int64_t b) { return narrowed(static_cast<Int128>(a) + b); }

std::string formatMinor(std::int64_t minor, const Currency& currency)
{
    const bool negative = minor < 0;
    std::string digits = std::to_string(negative ? 0 - static_cast<std::uint64_t>(minor) : static_cast<std::uint64_t>(minor));
    if (digits.size() <= currency.exponent) {
        digits.insert(0, currency.exponent + 1 - digits.size(), '0');
    }
    if (currency.exponent > 0) {
        digits.insert(digits.size() - currency.exponent, ".");
    }
    return (negative ? "-" : "") + digits;
}

Result<std::int64_t> parseMinor(std::string_view text, const Currency& currency)
{
    CARMA_TRY_ASSIGN(const Decimal amount, Decimal::parse(text));
    if (amount.scale() > currency.exponent) {
        return Error{ErrorCode::InvalidArgument,
            "'" + std::string(text.substr(0, 40)) + "' has more than " + std::to_string(currency.exponent) + " digits after the point, " +
                currency.code + " has no more"};
    }
    return toMinor(amount, currency);
}

} // namespace carma
