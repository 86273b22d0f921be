// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "journal/journal.h"
#include "usage/bucket.h"
#include "usage/event_body.h"

#include <array>
#include <map>
#include <unordered_map>

/// All usage events of a log, in memory, about 150 bytes each. Made from the log alone; not thread-safe.
namespace carma::usage {

/// Names an event: the first half of the SHA-256 of source and id. Whoever picks ids cannot make two of them equal.
using EventKey = std::array<std::uint64_t, 2>;
EventKey keyOf(std::string_view source, std::string_view id);
/// Of everything that an event says, to tell a repetition from something else under the same name.
std::uint64_t contentOf(const EventView& event);
std::uint64_t contentOf(const UsageEvent& event);

struct KeyHash {
    std::size_t operator()(const EventKey& key) const noexcept { return key[0]; }
};

struct StoredEvent {
    Decimal value;
    EventKey key{};
    std::uint64_t content = 0;
    std::int64_t timeUs = 0;       ///< of an event that takes back: that of the event it takes back, once it is known
    Sequence place = 0;            ///< of its record
    Sequence backAt = kNoSequence; ///< place of the event that takes it back
    std::uint32_t index = 0;       ///< in its record
    std::uint32_t customer = 0, meter = 0, dimensions = 0;
    bool takesBack = false;
};

/// Events recorded in [fromPlace, toPlace).
struct Places {
    Sequence from = 0, to = kNoSequence;
};

class UsageBook {
public:
    /// Takes in what the journal has beyond what was read before.
    Result<void> follow(journal::Journal& journal);
    /// Records that could not be read. What they hold is missing in every quantity.
    [[nodiscard]] std::uint64_t lost() const { return m_lost; }

    [[nodiscard]] const StoredEvent* find(const EventKey& key) const;
    [[nodiscard]] const std::string& textOf(std::uint32_t number) const { return m_texts[number]; }
    /// The place after the last event of a customer; 0 without events.
    [[nodiscard]] Sequence endOf(std::string_view customer) const;
    [[nodiscard]] std::vector<std::string> customers() const;
    [[nodiscard]] std::vector<std::string> metersOf(std::string_view customer) const;

    /// The quantity of a meter in [fromUs, toUs), of events recorded before `end`. Time-weighted ones are counted up to `untilUs`.
    Result<Decimal> quantity(
        std::string_view customer, const Meter& meter, std::int64_t fromUs, std::int64_t toUs, std::int64_t untilUs, Sequence end);
    /// Of one customer and meter, steps in order.
    Result<std::vector<UsageRollup>> rollUps(
        std::string_view customer, const Meter& meter, const UsageFilter& filter, RollupStep step, std::int64_t untilUs);
    /// Events with all they say, in the order of time, source and id. Copies: the book may go on meanwhile.
    [[nodiscard]] std::vector<StoredEvent> select(const UsageFilter& filter, const Places& places);

private:
    using SeriesKey = std::pair<std::uint32_t, std::uint32_t>; ///< customer, meter
    struct Series {
        std::vector<std::uint32_t> events;
        bool sorted = true;
    };
    struct Waiting {
        std::uint32_t event = 0; ///< that takes back one that is not known yet
    };

    std::uint32_t numberOf(std::string_view text);
    std::uint32_t dimensionsOf(const EventView& view);
    void take(Sequence place, std::uint32_t index, const EventView& view);
    void takeBack(std::uint32_t taker, std::uint32_t taken);
    Series* series(std::string_view customer, std::string_view meter);
    void sort(Series& series);
    [[nodiscard]] bool counts(const StoredEvent& event, Sequence end) const
    {
        return !event.takesBack && event.place < end && event.backAt >= end;
    }
    Result<Bucket> fold(const Series& series, const Meter& meter, std::int64_t fromUs, std::int64_t toUs, Sequence end) const;
    [[nodiscard]] Decimal valueBefore(const Series& series, std::int64_t timeUs, Sequence end) const;
    [[nodiscard]] std::optional<std::uint32_t> dimensionValue(const StoredEvent& event, std::uint32_t name) const;
    [[nodiscard]] std::size_t firstAt(const Series& series, std::int64_t timeUs) const;
    Result<void> addTo(Bucket& bucket, const StoredEvent& event, std::uint32_t dimension) const;

    Sequence m_next = 0;
    std::uint64_t m_lost = 0;
    std::vector<StoredEvent> m_events;
    std::unordered_map<EventKey, std::uint32_t, KeyHash> m_byKey;
    std::unordered_map<EventKey, Waiting, KeyHash> m_waiting; ///< by the event that is to be taken back
    std::vector<std::string> m_texts;
    std::unordered_map<std::string, std::uint32_t> m_textNumbers;
    std::vector<std::vector<std::pair<std::uint32_t, std::uint32_t>>> m_dimensions{{}};
    std::map<std::vector<std::pair<std::uint32_t, std::uint32_t>>, std::uint32_t> m_dimensionNumbers{{{}, 0}};
    std::map<SeriesKey, Series> m_series;
    std::unordered_map<std::uint32_t, Sequence> m_ends; ///< by customer
};

} // namespace carma::usage
