// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/ids.h>
#include <carma/money.h>
#include <carma/plan.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What customers used: events, each counted once, and their roll-ups.
namespace carma {

/// Something that was used. `source` and `id` together name it for ever: whatever comes with the same two again changes nothing.
struct UsageEvent {
    std::string source;   ///< who counts: a service, a store; 1 to 128 bytes
    std::string id;       ///< 1 to 128 bytes
    std::string customer; ///< 1 to 128 bytes
    std::string meter;    ///< as Meter::id
    Decimal value{1};
    std::int64_t timeUs = 0;                                     ///< when it was used, UTC; not when it arrived
    std::vector<std::pair<std::string, std::string>> dimensions; ///< at most 16 names with values of up to 128 bytes
    /// Not empty: takes back the event of the same source with this id, as if it had never been. Customer and meter are the same; value
    /// is not looked at; the time that counts is that of the event which is taken back.
    std::string reverses;
    bool operator==(const UsageEvent&) const = default;
};

inline constexpr std::size_t kUsageTextMax = 128;
inline constexpr std::size_t kDimensionsMax = 16;
/// Clocks differ: an event may be so far in the future when it is recorded, and no further.
inline constexpr std::int64_t kUsageAheadUs = kHourUs;

struct UsageReport {
    std::uint64_t recorded = 0;
    std::uint64_t duplicates = 0; ///< were there already
    std::uint64_t differing = 0;  ///< of those, how many said something else than what was recorded first, which stays
    std::uint64_t late = 0;       ///< recorded into a period whose invoice is final: the next invoice adjusts
};

struct UsageFilter {
    std::string customer;                                         ///< empty: all
    std::string meter;                                            ///< empty: all
    std::int64_t fromUs = 0;                                      ///< this and later
    std::int64_t toUs = std::numeric_limits<std::int64_t>::max(); ///< before this
    bool operator==(const UsageFilter&) const = default;
};

enum class RollupStep : std::uint8_t { Minute, Hour, Day, Month };
std::string_view name(RollupStep step); ///< "minute", "hour", "day", "month"

/// All events of a customer and meter in one step of UTC. Hours are made of minutes, days of hours, months of days; all can be made
/// again from the log at any time and come out the same, whatever order events arrived in.
struct UsageRollup {
    std::string customer, meter;
    std::int64_t fromUs = 0, toUs = 0;
    std::uint64_t count = 0;
    Decimal sum, max, latest;
    std::uint64_t unique = 0; ///< values of the meter's dimension; 0 for meters without
    Decimal valueHours;       ///< time-weighted, with what held before; to 9 digits after the point
};

/// Events as JSON, one object a line: source, id, customer, meter, value, time, dimensions {name: value}, reverses. InvalidArgument
/// begins with the pointer "/LINE/field", lines counted from 0; LimitExceeded for more than 100,000 lines.
Result<std::vector<UsageEvent>> parseUsageLines(std::string_view text);
std::string toJsonLine(const UsageEvent& event);

struct UsageAlert {
    std::string customer;
    Month period;
    std::string what;     ///< a meter's id, or "budget"
    unsigned percent = 0; ///< 80 or 100
    std::string used, of; ///< quantities, or amounts of money
    std::int64_t raisedUs = 0;
};

} // namespace carma
