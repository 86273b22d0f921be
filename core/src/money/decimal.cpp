// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <carma/assert.h>
#include <carma/money.h>

#include <algorithm>

namespace carma {

namespace {

constexpr unsigned kTen = 10;

Int128 powerOfTen(unsigned exponent)
{
    Int128 power = 1;
    for (unsigned i = 0; i < exponent; ++i) {
        power *= kTen;
    }
    return power;
}

const Int128 kUnitsMax = powerOfTen(Decimal::kDigitsMax);

Error tooLarge() { return {ErrorCode::LimitExceeded, "a number has more than 36 digits, or more than 18 after the point"}; }

bool isDigit(char c) { return c >= '0' && c <= '9'; }

/// Both numbers with the larger scale of the two.
struct Aligned {
    Int128 a = 0, b = 0;
    unsigned scale = 0;
};
Result<Aligned> align(const Decimal& a, const Decimal& b)
{
    Aligned aligned{a.units(), b.units(), std::max(a.scale(), b.scale())};
    if (__builtin_mul_overflow(aligned.a, powerOfTen(aligned.scale - a.scale()), &aligned.a) ||
        __builtin_mul_overflow(aligned.b, powerOfTen(aligned.scale - b.scale()), &aligned.b)) {
        return tooLarge();
    }
    return aligned;
}

} // namespace

Result<Decimal> Decimal::make(Int128 units, unsigned scale)
{
    while (scale > 0 && units % kTen == 0) {
        units /= kTen;
        --scale;
    }
    if (units <= -kUnitsMax || units >= kUnitsMax || scale > kScaleMax) {
        return tooLarge();
    }
    Decimal made;
    made.m_units = units;
    made.m_scale = static_cast<std::uint8_t>(scale);
    return made;
}

Result<Decimal> Decimal::parse(std::string_view text)
{
    const Error wrong{ErrorCode::InvalidArgument, "'" + std::string(text.substr(0, 40)) + "' is no decimal number, as 12 or 0.0004"};
    const bool negative = text.starts_with('-');
    const std::string_view digits = text.substr(negative ? 1 : 0);
    const std::size_t point = digits.find('.');
    if (digits.empty() || !isDigit(digits.front()) || !isDigit(digits.back())) {
        return wrong;
    }
    if (digits.size() > kDigitsMax + 1) {
        return tooLarge();
    }
    Int128 units = 0;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i == point) {
            continue;
        }
        if (!isDigit(digits[i])) {
            return wrong;
        }
        units = units * kTen + (digits[i] - '0');
    }
    const std::size_t scale = point == std::string_view::npos ? 0 : digits.size() - point - 1;
    return make(negative ? -units : units, static_cast<unsigned>(scale));
}

std::strong_ordering Decimal::operator<=>(const Decimal& other) const
{
    if (const auto aligned = align(*this, other)) {
        return aligned->a <=> aligned->b;
    }
    // Only where one has many whole digits and the other many after the point: the whole parts decide.
    return m_units / powerOfTen(m_scale) <=> other.m_units / powerOfTen(other.m_scale);
}

std::string toString(const Decimal& number)
{
    const bool negative = number.units() < 0;
    Int128 rest = negative ? -number.units() : number.units();
    std::string text;
    for (unsigned i = 0; i <= number.scale() || rest > 0; ++i) {
        if (i > 0 && i == number.scale()) {
            text += '.';
        }
        text += static_cast<char>('0' + static_cast<int>(rest % kTen));
        rest /= kTen;
    }
    text += negative ? "-" : "";
    std::ranges::reverse(text);
    return text;
}

Result<Decimal> add(const Decimal& a, const Decimal& b)
{
    CARMA_TRY_ASSIGN(const Aligned aligned, align(a, b));
    Int128 sum = 0;
    if (__builtin_add_overflow(aligned.a, aligned.b, &sum)) {
        return tooLarge();
    }
    return Decimal::make(sum, aligned.scale);
}

Result<Decimal> subtract(const Decimal& a, const Decimal& b)
{
    CARMA_TRY_ASSIGN(const Decimal negated, Decimal::make(-b.units(), b.scale()));
    return add(a, negated);
}

Result<Decimal> multiply(const Decimal& a, const Decimal& b)
{
    Int128 product = 0;
    if (__builtin_mul_overflow(a.units(), b.units(), &product)) {
        return tooLarge();
    }
    return Decimal::make(product, a.scale() + b.scale());
}

Result<Decimal> packagesOf(const Decimal& quantity, const Decimal& size)
{
    CARMA_ASSERT(size > Decimal() && quantity >= Decimal());
    CARMA_TRY_ASSIGN(const Aligned aligned, align(quantity, size));
    return Decimal::make((aligned.a / aligned.b) + (aligned.a % aligned.b == 0 ? 0 : 1), 0);
}

Int128 divideHalfEven(Int128 numerator, Int128 denominator)
{
    CARMA_ASSERT(denominator > 0);
    Int128 quotient = numerator / denominator;
    const Int128 rest = numerator % denominator;
    const Int128 distance = rest < 0 ? -rest : rest;
    const Int128 other = denominator - distance; // compared instead of doubling, which could overflow
    if (distance > other || (distance == other && quotient % 2 != 0)) {
        quotient += numerator < 0 ? -1 : 1;
    }
    return quotient;
}

} // namespace carma
