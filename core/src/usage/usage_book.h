// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "journal/journal.h"
#include "usage/bucket.h"
#include "usage/closed_keys.h"
#include "usage/event_body.h"

#include <map>
#include <set>
#include <unordered_map>

/// What the usage events of a log come to. Made from the log alone; not thread-safe.
///
/// Only events of the last hours are in memory one by one, some 200 bytes each. What is older is closed: the events of an hour become one
/// bucket of their customer and meter, the hours of a past day one bucket of the day, and of each event 12 bytes stay, so that it counts
/// once for ever. A bucket says what its events say, whatever order they came in:
///
///   - An event that comes late into a closed hour or day is added to its bucket. Where the order in time matters (what value held how
///     long), the bucket is stale until somebody asks for that, and is then made again from the log.
///   - An event that takes back a closed one makes the bucket stale.
///   - Stretches that do not end at borders of buckets, lists of events, and steps below the day in what is closed are read from the log.
namespace carma::usage {

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
    std::uint32_t record = 0;      ///< number of the record among those of usage
    std::uint32_t customer = 0, meter = 0, dimensions = 0;
    bool takesBack = false;
    [[nodiscard]] bool counts() const { return !takesBack && backAt == kNoSequence; }
};

/// Events recorded in [fromPlace, toPlace).
struct Places {
    Sequence from = 0, to = kNoSequence;
};

class UsageBook {
public:
    /// The name of a customer who stands under a pseudonym; anything else comes back as it is.
    using NameOf = std::function<std::string(std::string_view)>;
    struct Limits {
        std::size_t open = 100'000;   ///< events one by one; with more, what is old enough is closed
        std::size_t atOnce = 500'000; ///< events that are in memory while stale buckets are made again
    };
    UsageBook() : UsageBook(NameOf(), Limits()) {}
    UsageBook(NameOf nameOf, Limits limits) : m_nameOf(std::move(nameOf)), m_limits(limits) {}

    /// Takes in what the journal has before `end` beyond what was read before.
    Result<void> follow(journal::Journal& journal, Sequence end = kNoSequence);
    /// Records that could not be read. What they hold is missing in every quantity.
    [[nodiscard]] std::uint64_t lost() const { return m_lost; }

    using Found = std::unordered_map<EventKey, StoredEvent, KeyHash>;
    /// Those of the events that there are.
    Result<Found> find(journal::Journal& journal, std::span<const EventKey> keys);
    [[nodiscard]] const std::string& textOf(std::uint32_t number) const { return m_texts[number]; }
    /// The place after the last event of a customer; 0 without events.
    [[nodiscard]] Sequence endOf(std::string_view customer) const;
    [[nodiscard]] std::vector<std::string> customers() const;
    [[nodiscard]] std::vector<std::string> metersOf(std::string_view customer) const;

    struct Stretch {
        std::int64_t fromUs = 0, toUs = 0;
        std::int64_t untilUs = 0; ///< time-weighted ones are counted up to then
    };
    /// The quantity of a meter in a stretch of time.
    Result<Decimal> quantity(journal::Journal& journal, std::string_view customer, const Meter& meter, const Stretch& stretch);
    /// Of one customer and meter, steps in order. Of the filter only the times count.
    Result<std::vector<UsageRollup>> rollUps(
        journal::Journal& journal, const UsageFilter& filter, const Meter& meter, RollupStep step, std::int64_t untilUs);
    /// Events with all but their texts, in the order of time. Copies: the book may go on meanwhile.
    Result<std::vector<StoredEvent>> select(journal::Journal& journal, const UsageFilter& filter, const Places& places);

    [[nodiscard]] std::size_t openCount() const { return m_events.size(); }
    [[nodiscard]] std::size_t closedCount() const { return m_closed.size(); }
    [[nodiscard]] std::size_t bucketCount() const;

private:
    using SeriesKey = std::pair<std::uint32_t, std::uint32_t>; ///< customer, meter
    /// An hour or a day that is closed.
    struct Piece {
        std::int64_t toUs = 0;
        Bucket bucket;
        std::uint64_t events = 0; ///< also those that were taken back
    };
    struct Series {
        std::vector<std::uint32_t> events; ///< open ones
        bool sorted = true;
        std::map<std::int64_t, Piece> pieces; ///< by their beginning; all before m_closedBefore
        std::set<std::uint32_t> dimensions;   ///< those that somebody asked for: their values are kept
    };
    struct Arrival {
        StoredEvent event;
        EventKey target{}; ///< that is taken back
    };
    struct RecordSpan {
        Sequence place = 0;
        std::int64_t firstUs = 0, lastUs = 0;
        bool takesBack = false; ///< holds events that take back
    };
    using PieceName = std::pair<SeriesKey, std::int64_t>;
    using Spans = std::map<SeriesKey, std::vector<std::pair<std::int64_t, std::int64_t>>>; ///< stretches of time, in order
    using Dimensions = std::vector<std::pair<std::uint32_t, std::uint64_t>>;               ///< name, and part of the value's SHA-256

    // Taking in: usage_book.cpp
    std::uint32_t numberOf(std::string_view text);
    std::uint32_t dimensionsOf(const EventView& view);
    Arrival arrivalOf(std::uint32_t record, std::uint32_t index, EventView view);
    void arrive(const Arrival& arrival);
    void accept(const Arrival& arrival);
    void acceptUse(const Arrival& arrival);
    void acceptTaker(const Arrival& arrival);
    std::uint32_t addOpen(const StoredEvent& event);
    void takeBack(std::uint32_t taker, std::uint32_t taken);
    Result<void> settleDoubts(journal::Journal& journal);
    void takeBackClosed(const Arrival& taker, const StoredEvent& taken);

    // Closing: usage_periods.cpp
    void closeOld();
    void foldBefore(std::int64_t border);
    void forgetBefore(std::int64_t border);
    void mergeDays(std::int64_t border);
    std::map<std::int64_t, Piece>::iterator pieceAt(Series& series, std::int64_t timeUs);
    void addLate(const StoredEvent& event);
    [[nodiscard]] Bucket bucketWith(const StoredEvent& event, const std::set<std::uint32_t>& dimensions) const;
    Result<void> refresh(journal::Journal& journal, bool held);
    Result<void> refreshSome(journal::Journal& journal, std::set<PieceName>& names);

    // Reading again: usage_reading.cpp
    using Visit = std::function<void(std::uint32_t record, std::uint32_t index, EventView& view)>;
    Result<void> visitRecords(journal::Journal& journal, std::span<const std::uint32_t> records, const Visit& visit);
    Result<std::vector<StoredEvent>> collect(journal::Journal& journal, const Spans& spans);
    [[nodiscard]] bool isFirst(const EventKey& key, std::uint32_t record) const;
    [[nodiscard]] std::vector<std::uint32_t> recordsWithin(const Spans& spans) const;

    // Quantities: quantities.cpp
    std::map<SeriesKey, Series>::iterator seriesOf(std::string_view customer, std::string_view meter);
    std::optional<std::uint32_t> wanted(const SeriesKey& key, Series& series, const Meter& meter);
    void sort(Series& series);
    Result<Bucket> fold(journal::Journal& journal, const SeriesKey& key, const Series& series, const Stretch& stretch);
    Result<Decimal> valueBefore(journal::Journal& journal, const SeriesKey& key, const Series& series, std::int64_t timeUs);
    [[nodiscard]] std::size_t firstAt(const Series& series, std::int64_t timeUs) const;

    const NameOf m_nameOf;
    const Limits m_limits;
    Sequence m_next = 0;
    std::uint64_t m_lost = 0;
    std::vector<RecordSpan> m_records;
    std::vector<StoredEvent> m_events; ///< open ones
    std::unordered_map<EventKey, std::uint32_t, KeyHash> m_byKey;
    std::unordered_map<EventKey, std::uint32_t, KeyHash> m_waiting; ///< open events that take back others that are not known yet, by those
    ClosedKeys m_closed;
    std::vector<Arrival> m_doubtful;  ///< may be closed already
    std::vector<Arrival> m_backLater; ///< take back what may be closed
    std::int64_t m_newestUs = 0;
    std::int64_t m_closedBefore = std::numeric_limits<std::int64_t>::min(); ///< an hour's beginning
    std::int64_t m_mergedBefore = std::numeric_limits<std::int64_t>::min(); ///< a day's
    std::set<PieceName> m_stale;                                            ///< nothing of them counts
    std::set<PieceName> m_staleHeld;                                        ///< what held how long does not count
    std::vector<std::string> m_texts;
    std::unordered_map<std::string, std::uint32_t> m_textNumbers;
    std::vector<Dimensions> m_dimensions{{}};
    std::map<Dimensions, std::uint32_t> m_dimensionNumbers{{{}, 0}};
    std::map<SeriesKey, Series> m_series;
    std::unordered_map<std::uint32_t, Sequence> m_ends; ///< by customer
};

} // namespace carma::usage
