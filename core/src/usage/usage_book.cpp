// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "usage/usage_book.h"

#include "base/byte_io.h"
#include "base/hash.h"
#include "crypto/crypto.h"
#include "usage/decimal_io.h"

#include <algorithm>

namespace carma::usage {

namespace {

template <typename Event> std::uint64_t hashOf(const Event& event)
{
    Bytes bytes;
    ByteWriter writer(bytes);
    writer.text(event.customer);
    writer.text(event.meter);
    writer.text(event.reverses);
    writeDecimal(writer, event.value);
    writer.number(event.timeUs);
    for (const auto& [name, value] : event.dimensions) {
        writer.text(name);
        writer.text(value);
    }
    return hash64(bytes, 0);
}

std::uint32_t numberIn(const std::unordered_map<std::string, std::uint32_t>& numbers, std::string_view text)
{
    constexpr std::uint32_t kNone = ~0U;
    const auto found = numbers.find(std::string(text));
    return found == numbers.end() ? kNone : found->second;
}

} // namespace

EventKey keyOf(std::string_view source, std::string_view id)
{
    std::array<std::byte, 4> length{};
    storeLe(length, static_cast<std::uint32_t>(source.size()));
    const crypto::Digest digest = crypto::sha256({length, asBytes(source), asBytes(id)});
    return {loadLe<std::uint64_t>(digest), loadLe<std::uint64_t>(ByteView(digest).subspan(8))};
}

std::uint64_t contentOf(const EventView& event) { return hashOf(event); }

std::uint64_t contentOf(const UsageEvent& event) { return hashOf(event); }

Result<void> UsageBook::follow(journal::Journal& journal, Sequence end)
{
    end = std::min(end, journal.end());
    if (end <= m_next) {
        return settleDoubts(journal);
    }
    CARMA_TRY(journal.read(log::RecordType::Usage, m_next, [&](const journal::Entry& entry) -> Result<bool> {
        if (entry.sequence >= end) {
            return false;
        }
        m_next = entry.sequence + 1;
        if (entry.purged) {
            return true;
        }
        const auto record = static_cast<std::uint32_t>(m_records.size());
        constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
        m_records.push_back({entry.sequence, kNever, -kNever, false});
        const auto decoded = decodeEvents(entry.body, [&](std::uint32_t index, const EventView& view) {
            RecordSpan& span = m_records.back();
            span.firstUs = std::min(span.firstUs, view.timeUs);
            span.lastUs = std::max(span.lastUs, view.timeUs);
            span.takesBack = span.takesBack || !view.reverses.empty();
            arrive(arrivalOf(record, index, view));
        });
        m_lost += decoded.has_value() && !entry.lost ? 0 : 1;
        closeOld();
        return true;
    }));
    m_next = end;
    return settleDoubts(journal);
}

std::uint32_t UsageBook::numberOf(std::string_view text)
{
    const auto [found, added] = m_textNumbers.try_emplace(std::string(text), static_cast<std::uint32_t>(m_texts.size()));
    if (added) {
        m_texts.emplace_back(text);
    }
    return found->second;
}

std::uint32_t UsageBook::dimensionsOf(const EventView& view)
{
    if (view.dimensions.empty()) {
        return 0;
    }
    Dimensions list;
    for (const auto& [name, value] : view.dimensions) {
        list.emplace_back(numberOf(name), loadLe<std::uint64_t>(crypto::sha256(asBytes(value))));
    }
    const auto [found, added] = m_dimensionNumbers.try_emplace(list, static_cast<std::uint32_t>(m_dimensions.size()));
    if (added) {
        m_dimensions.push_back(std::move(list));
    }
    return found->second;
}

UsageBook::Arrival UsageBook::arrivalOf(std::uint32_t record, std::uint32_t index, EventView view)
{
    const std::string customer = m_nameOf ? m_nameOf(view.customer) : std::string(view.customer);
    view.customer = customer;
    Arrival arrival;
    StoredEvent& event = arrival.event;
    event.value = view.value;
    event.key = keyOf(view.source, view.id);
    event.content = contentOf(view);
    event.timeUs = view.timeUs;
    event.place = m_records[record].place;
    event.index = index;
    event.record = record;
    event.customer = numberOf(view.customer);
    event.meter = numberOf(view.meter);
    event.dimensions = dimensionsOf(view);
    event.takesBack = !view.reverses.empty();
    if (event.takesBack) {
        arrival.target = keyOf(view.source, view.reverses);
    }
    return arrival;
}

/// Counted once, whatever is in the log.
void UsageBook::arrive(const Arrival& arrival)
{
    if (m_byKey.contains(arrival.event.key)) {
        return;
    }
    if (!m_closed.find(arrival.event.key).empty()) {
        m_doubtful.push_back(arrival);
        return;
    }
    accept(arrival);
}

void UsageBook::accept(const Arrival& arrival)
{
    const StoredEvent& event = arrival.event;
    m_series.try_emplace({event.customer, event.meter});
    Sequence& end = m_ends[event.customer];
    end = std::max(end, event.place + 1);
    if (event.takesBack) {
        acceptTaker(arrival);
    } else {
        m_newestUs = std::max(m_newestUs, event.timeUs);
        acceptUse(arrival);
    }
}

std::uint32_t UsageBook::addOpen(const StoredEvent& event)
{
    const auto number = static_cast<std::uint32_t>(m_events.size());
    m_events.push_back(event);
    m_byKey.try_emplace(event.key, number);
    Series& series = m_series[{event.customer, event.meter}];
    series.sorted = series.sorted && (series.events.empty() || m_events[series.events.back()].timeUs < event.timeUs);
    series.events.push_back(number);
    return number;
}

void UsageBook::acceptUse(const Arrival& arrival)
{
    const StoredEvent& event = arrival.event;
    const auto waiting = m_waiting.find(event.key);
    if (event.timeUs >= m_closedBefore) {
        const std::uint32_t number = addOpen(event);
        if (waiting != m_waiting.end()) {
            takeBack(waiting->second, number);
            m_waiting.erase(waiting);
        }
        return;
    }
    m_closed.add(event.key, event.record);
    if (waiting != m_waiting.end()) {
        StoredEvent& taker = m_events[waiting->second];
        const bool fits = taker.customer == event.customer && taker.meter == event.meter;
        m_waiting.erase(waiting);
        if (fits) {
            taker.timeUs = event.timeUs;
            m_series[{taker.customer, taker.meter}].sorted = false;
            return; // it comes to nothing
        }
    }
    addLate(event);
}

void UsageBook::acceptTaker(const Arrival& arrival)
{
    const auto found = m_byKey.find(arrival.target);
    if (found != m_byKey.end()) {
        const std::uint32_t taken = found->second;
        takeBack(addOpen(arrival.event), taken);
    } else if (!m_closed.find(arrival.target).empty()) {
        m_backLater.push_back(arrival);
    } else {
        m_waiting.try_emplace(arrival.target, addOpen(arrival.event));
    }
}

/// Only an event of the same customer and meter is taken back: `record` refuses others where it can see both.
void UsageBook::takeBack(std::uint32_t taker, std::uint32_t taken)
{
    StoredEvent& reverse = m_events[taker];
    StoredEvent& event = m_events[taken];
    if (event.takesBack || event.customer != reverse.customer || event.meter != reverse.meter) {
        return;
    }
    event.backAt = std::min(event.backAt, reverse.place);
    reverse.timeUs = event.timeUs;
    m_series[{reverse.customer, reverse.meter}].sorted = false;
}

void UsageBook::takeBackClosed(const Arrival& taker, const StoredEvent& taken)
{
    m_closed.add(taker.event.key, taker.event.record);
    if (!taken.takesBack && taken.customer == taker.event.customer && taken.meter == taker.event.meter) {
        const SeriesKey key{taken.customer, taken.meter};
        const auto piece = pieceAt(m_series[key], taken.timeUs);
        ++piece->second.events;
        m_stale.insert({key, piece->first});
    }
}

/// What met a hint of a closed event: the record says whether it is the same.
Result<void> UsageBook::settleDoubts(journal::Journal& journal)
{
    while (!m_doubtful.empty() || !m_backLater.empty()) {
        std::vector<EventKey> keys;
        for (const Arrival& each : m_doubtful) {
            keys.push_back(each.event.key);
        }
        for (const Arrival& each : m_backLater) {
            keys.push_back(each.target);
        }
        CARMA_TRY_ASSIGN(Found known, find(journal, keys));
        for (const Arrival& each : std::exchange(m_doubtful, {})) {
            if (known.try_emplace(each.event.key, each.event).second) {
                accept(each);
            }
        }
        for (const Arrival& each : std::exchange(m_backLater, {})) {
            const auto taken = known.find(each.target);
            if (m_byKey.contains(each.event.key) || known.contains(each.event.key)) {
                continue; // said twice
            }
            if (const auto open = m_byKey.find(each.target); open != m_byKey.end()) {
                const std::uint32_t number = open->second;
                takeBack(addOpen(each.event), number);
            } else if (taken != known.end()) {
                takeBackClosed(each, taken->second);
                known.try_emplace(each.event.key, each.event);
            } else {
                m_waiting.try_emplace(each.target, addOpen(each.event));
            }
        }
    }
    return {};
}

Result<UsageBook::Found> UsageBook::find(journal::Journal& journal, std::span<const EventKey> keys)
{
    Found found;
    std::map<std::uint32_t, std::set<EventKey>> hints;
    for (const EventKey& key : keys) {
        if (const auto open = m_byKey.find(key); open != m_byKey.end()) {
            found.try_emplace(key, m_events[open->second]);
            continue;
        }
        for (const std::uint32_t record : m_closed.find(key)) {
            hints[record].insert(key);
        }
    }
    std::vector<std::uint32_t> records;
    for (const auto& [record, some] : hints) {
        records.push_back(record);
    }
    CARMA_TRY(visitRecords(journal, records, [&](std::uint32_t record, std::uint32_t index, EventView& view) {
        const auto hint = hints.find(record);
        if (hint != hints.end() && hint->second.contains(keyOf(view.source, view.id))) {
            const Arrival arrival = arrivalOf(record, index, view);
            found.try_emplace(arrival.event.key, arrival.event);
        }
    }));
    return found;
}

Sequence UsageBook::endOf(std::string_view customer) const
{
    const auto found = m_ends.find(numberIn(m_textNumbers, customer));
    return found == m_ends.end() ? 0 : found->second;
}

std::vector<std::string> UsageBook::customers() const
{
    std::vector<std::string> names;
    for (const auto& [customer, end] : m_ends) {
        names.push_back(m_texts[customer]);
    }
    std::ranges::sort(names);
    return names;
}

std::vector<std::string> UsageBook::metersOf(std::string_view customer) const
{
    std::vector<std::string> names;
    const std::uint32_t number = numberIn(m_textNumbers, customer);
    for (auto at = m_series.lower_bound({number, 0}); at != m_series.end() && at->first.first == number; ++at) {
        names.push_back(m_texts[at->first.second]);
    }
    std::ranges::sort(names);
    return names;
}

} // namespace carma::usage
