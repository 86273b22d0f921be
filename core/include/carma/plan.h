// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/money.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// What is counted and what it costs. Plans are written as JSON: core/docs/billing.md has every field.
namespace carma {

/// How events of a meter become one quantity of a period. Part of the stored format, do not renumber.
enum class Aggregate : std::uint8_t {
    Count = 0,        ///< how many events
    Sum = 1,          ///< their values added
    Max = 2,          ///< the largest value; 0 without events
    Unique = 3,       ///< how many different values of one dimension
    Latest = 4,       ///< the last value, also one of an earlier period
    TimeWeighted = 5, ///< each value times the hours that it held, also one of an earlier period: GB-hours
};
std::string_view name(Aggregate aggregate); ///< "count", "sum", "max", "unique", "latest", "time_weighted"

struct Meter {
    std::string id; ///< what events name: 1 to 64 of a-z, 0-9, '_', '.', '-'
    Aggregate aggregate = Aggregate::Sum;
    std::string unit;      ///< for people: "query", "GB h"
    std::string dimension; ///< of events, whose values Unique counts
    bool operator==(const Meter&) const = default;
};
/// What a store measures itself; the customer is the namespace. Plans may define more. Static storage.
///   queries          sum  one a query
///   fragments        sum  passages that were kept
///   ingested_bytes   sum  bytes of notes and files that were kept
///   forgotten        sum  passages that were forgotten
///   exported_bytes   sum  bytes that were written by an export
///   heals            sum  repairs; its customer is "(store)", because a repair is for all
///   stored_gb        time-weighted  text kept, in 10^9 bytes: GB-hours
std::span<const Meter> builtInMeters();

struct Tier {
    Decimal from;
    std::optional<Decimal> upTo; ///< exclusive; none: without end
    Decimal price;               ///< a unit
    Decimal flat;                ///< once, if the tier is reached
    bool operator==(const Tier&) const = default;
};

/// Part of the stored format, do not renumber.
enum class PriceModel : std::uint8_t {
    PerUnit = 0,   ///< quantity x price
    Graduated = 1, ///< each unit at the price of the tier that it falls in
    Volume = 2,    ///< all units at the price of the tier that the quantity falls in
    Package = 3,   ///< begun packages x price
};
std::string_view name(PriceModel model); ///< "per_unit", "graduated", "volume", "package"

struct Charge {
    Meter meter;
    std::string text; ///< on the invoice; default: the meter's id
    PriceModel model = PriceModel::PerUnit;
    Decimal price;                ///< PerUnit, Package
    Decimal packageSize;          ///< Package
    std::vector<Tier> tiers;      ///< Graduated, Volume
    Decimal included;             ///< units that cost nothing, counted from the first
    std::optional<Decimal> quota; ///< units a month at which alerts count 100 %
    bool hardStop = false;        ///< what would go beyond the quota is refused
    bool operator==(const Charge&) const = default;
};

/// One version of a plan. A later version of the same id counts from its own first day on.
struct Plan {
    std::string id;   ///< 1 to 64 of a-z, 0-9, '_', '.', '-'
    std::string text; ///< for people
    Currency currency;
    std::int64_t fromUs = 0;                                      ///< effective from this day on
    std::int64_t toUs = std::numeric_limits<std::int64_t>::max(); ///< and before this one
    Decimal flat;                                                 ///< a month
    std::optional<Decimal> minimum, cap;                          ///< of flat and usage together, a month
    bool prorate = true;                                          ///< flat, minimum and cap by the part of the month that was subscribed
    std::uint32_t trialDays = 0;                                  ///< from the subscription's beginning on: nothing costs anything
    std::int64_t credit = 0;                                      ///< prepaid with the subscription, minor units
    std::string taxName;                                          ///< "VAT"; empty: no tax
    Decimal taxPercent;
    std::optional<std::int64_t> budget; ///< minor units a month before tax at which alerts count 100 %
    bool hardStop = false;              ///< what comes after the budget is spent is refused
    std::vector<Charge> charges;
    std::string json; ///< the document it was read from
};

inline constexpr std::size_t kPlanBytesMax = 1U << 20U;
inline constexpr std::size_t kChargesMax = 256;
inline constexpr std::size_t kTiersMax = 256;

/// Reads a plan. InvalidArgument begins with the JSON pointer of what is wrong: "/charges/1/tiers/2/from: ...". Refused are fields that
/// are not known or stand twice, tiers that overlap, leave a gap or do not begin at 0, negative prices, unknown meters and currencies.
Result<Plan> parsePlan(std::string_view json);

/// The exact price of a quantity in major units, not rounded. A quantity below zero costs nothing.
Result<Decimal> priceOf(const Charge& charge, const Decimal& quantity);

} // namespace carma
