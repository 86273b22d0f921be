// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/result.h>

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

/// Exact numbers for money and usage, and the calendar that bills follow. Nothing here is a binary fraction, nothing rounds unless its
/// name says so, and what does not fit is LimitExceeded.
namespace carma {

__extension__ using Int128 = __int128;

/// units / 10^scale, without trailing zeros. At most kDigitsMax digits, at most kScaleMax of them after the point.
class Decimal {
public:
    static constexpr unsigned kScaleMax = 18;
    static constexpr unsigned kDigitsMax = 36;

    Decimal() = default;
    explicit Decimal(std::int64_t whole) : m_units(whole) {}
    /// LimitExceeded if it has too many digits.
    static Result<Decimal> make(Int128 units, unsigned scale);
    /// "12", "-0.0004": digits with at most one point between digits. InvalidArgument for all else, exponents included.
    static Result<Decimal> parse(std::string_view text);

    [[nodiscard]] Int128 units() const { return m_units; }
    [[nodiscard]] unsigned scale() const { return m_scale; }
    [[nodiscard]] bool isZero() const { return m_units == 0; }
    [[nodiscard]] bool isNegative() const { return m_units < 0; }
    [[nodiscard]] bool isWhole() const { return m_scale == 0; }

    bool operator==(const Decimal&) const = default;
    std::strong_ordering operator<=>(const Decimal& other) const;

private:
    Int128 m_units = 0;
    std::uint8_t m_scale = 0;
};

std::string toString(const Decimal& number); ///< "-0.0004", as Decimal::parse reads it
Result<Decimal> add(const Decimal& a, const Decimal& b);
Result<Decimal> subtract(const Decimal& a, const Decimal& b);
Result<Decimal> multiply(const Decimal& a, const Decimal& b);
/// The least whole number of packages of `size` that hold `quantity`. REQUIRES: size > 0, quantity >= 0
Result<Decimal> packagesOf(const Decimal& quantity, const Decimal& size);

/// numerator / denominator to the nearest whole, a half to the even one. REQUIRES: denominator > 0
Int128 divideHalfEven(Int128 numerator, Int128 denominator);

/// Of ISO 4217. `exponent` digits of the major unit are the minor one: EUR 2, JPY 0, BHD 3.
struct Currency {
    std::string code;
    unsigned exponent = 2;
    bool operator==(const Currency&) const = default;
};
/// InvalidArgument for a code that ISO 4217 has not, or that names no money (XAU, XXX).
Result<Currency> currencyOf(std::string_view code);

/// An amount in major units as minor units, rounded half to even: the one rounding of a line.
Result<std::int64_t> toMinor(const Decimal& amount, const Currency& currency);
/// `amount` x `part` / `whole` in minor units, rounded half to even. REQUIRES: 0 <= part <= whole, whole > 0
Result<std::int64_t> toMinor(const Decimal& amount, const Currency& currency, std::int64_t part, std::int64_t whole);
Result<std::int64_t> addMinor(std::int64_t a, std::int64_t b); ///< LimitExceeded instead of an overflow
/// "1234.50" for 123450 of an exponent of 2; "-0.005" for -5 of BHD.
std::string formatMinor(std::int64_t minor, const Currency& currency);
/// The reverse; InvalidArgument if there are more digits than the currency has.
Result<std::int64_t> parseMinor(std::string_view text, const Currency& currency);

/// A calendar month in UTC: what bills are for. No local time, so that no change of a clock moves a border.
struct Month {
    std::int32_t year = 1970;                       ///< 1970..9999
    std::uint32_t month = 1;                        ///< 1..12
    auto operator<=>(const Month&) const = default; // NOLINT(modernize-use-nullptr): a false finding of clang-tidy 14

    [[nodiscard]] std::int64_t fromUs() const; ///< its first microsecond
    [[nodiscard]] std::int64_t toUs() const;   ///< the first of the next month
    [[nodiscard]] Month next() const;
    static Month of(std::int64_t timeUs);
    static Result<Month> parse(std::string_view text); ///< "2026-10"
};
std::string toString(const Month& month);

inline constexpr std::int64_t kSecondUs = 1'000'000;
inline constexpr std::int64_t kMinuteUs = 60 * kSecondUs;
inline constexpr std::int64_t kHourUs = 60 * kMinuteUs;
inline constexpr std::int64_t kDayUs = 24 * kHourUs;

/// "2026-10-25" or "2026-10-25T01:30:00Z", with up to six digits of a second. InvalidArgument for days that do not exist and for local
/// times.
Result<std::int64_t> parseUtc(std::string_view text);
/// "2026-10-25T01:30:00Z", with a fraction where there is one; "2026-10-25" for the first microsecond of a day.
std::string formatUtc(std::int64_t timeUs);

} // namespace carma
