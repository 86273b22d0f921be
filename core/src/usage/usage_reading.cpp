// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "usage/usage_book.h"

#include <algorithm>

/// Events that are closed, read from the log again.
namespace carma::usage {

namespace {

constexpr std::uint32_t kStrangersMax = 4; // records that a pass over the log may step over at a time

bool holds(const std::vector<std::pair<std::int64_t, std::int64_t>>& stretches, std::int64_t timeUs)
{
    return std::ranges::any_of(stretches, [&](const auto& each) { return timeUs >= each.first && timeUs < each.second; });
}

} // namespace

Result<void> UsageBook::visitRecords(journal::Journal& journal, std::span<const std::uint32_t> records, const Visit& visit)
{
    for (std::size_t begin = 0; begin < records.size();) {
        std::size_t end = begin + 1;
        while (end < records.size() && records[end] - records[end - 1] <= kStrangersMax) {
            ++end;
        }
        const Sequence last = m_records[records[end - 1]].place;
        std::size_t next = begin;
        CARMA_TRY(journal.read(log::RecordType::Usage, m_records[records[begin]].place, [&](const journal::Entry& entry) -> Result<bool> {
            if (next < end && entry.sequence == m_records[records[next]].place) {
                const std::uint32_t record = records[next++];
                CARMA_TRY(decodeEvents(entry.body, [&](std::uint32_t index, const EventView& view) {
                    EventView copy = view;
                    visit(record, index, copy);
                }));
            }
            return entry.sequence < last;
        }));
        if (next != end) {
            return Error{ErrorCode::Corruption, "a usage event cannot be read any more: heal the store"};
        }
        begin = end;
    }
    return {};
}

/// Of an event that is in the log twice, the first counts.
bool UsageBook::isFirst(const EventKey& key, std::uint32_t record) const
{
    if (const auto open = m_byKey.find(key); open != m_byKey.end()) {
        return m_events[open->second].record == record;
    }
    const auto closed = m_closed.find(key);
    return closed.empty() || closed.front() == record;
}

std::vector<std::uint32_t> UsageBook::recordsWithin(const Spans& spans) const
{
    std::int64_t fromUs = std::numeric_limits<std::int64_t>::max();
    std::int64_t toUs = std::numeric_limits<std::int64_t>::min();
    for (const auto& [key, stretches] : spans) {
        for (const auto& [from, to] : stretches) {
            fromUs = std::min(fromUs, from);
            toUs = std::max(toUs, to);
        }
    }
    std::vector<std::uint32_t> records;
    for (std::uint32_t i = 0; i < m_records.size(); ++i) {
        const RecordSpan& span = m_records[i];
        if (span.takesBack || (span.firstUs < toUs && span.lastUs >= fromUs)) {
            records.push_back(i);
        }
    }
    return records;
}

/// All events of the stretches, those that take back and are taken back included, by time and then key.
Result<std::vector<StoredEvent>> UsageBook::collect(journal::Journal& journal, const Spans& spans)
{
    std::vector<StoredEvent> found;
    std::vector<Arrival> takers;
    std::unordered_map<EventKey, std::size_t, KeyHash> at;
    CARMA_TRY(visitRecords(journal, recordsWithin(spans), [&](std::uint32_t record, std::uint32_t index, EventView& view) {
        const std::uint32_t customer = numberOf(m_nameOf ? m_nameOf(view.customer) : std::string(view.customer));
        const auto stretches = spans.find({customer, numberOf(view.meter)});
        if (stretches == spans.end() || (view.reverses.empty() && !holds(stretches->second, view.timeUs))) {
            return;
        }
        const Arrival arrival = arrivalOf(record, index, view);
        if (!isFirst(arrival.event.key, record)) {
            return;
        }
        if (arrival.event.takesBack) {
            takers.push_back(arrival);
        } else if (at.try_emplace(arrival.event.key, found.size()).second) {
            found.push_back(arrival.event);
        }
    }));
    std::set<EventKey> taken;
    for (Arrival& taker : takers) {
        const auto target = at.find(taker.target);
        if (!taken.insert(taker.event.key).second) {
            continue;
        }
        if (target != at.end()) {
            StoredEvent& event = found[target->second];
            event.backAt = std::min(event.backAt, taker.event.place);
            taker.event.timeUs = event.timeUs;
            found.push_back(taker.event);
        } else if (!m_byKey.contains(taker.target) && m_closed.find(taker.target).empty() &&
            holds(spans.at({taker.event.customer, taker.event.meter}), taker.event.timeUs)) {
            found.push_back(taker.event); // takes back what nobody has told of yet
        }
    }
    std::ranges::sort(
        found, [](const StoredEvent& a, const StoredEvent& b) { return a.timeUs != b.timeUs ? a.timeUs < b.timeUs : a.key < b.key; });
    return found;
}

Result<std::vector<StoredEvent>> UsageBook::select(journal::Journal& journal, const UsageFilter& filter, const Places& places)
{
    std::vector<StoredEvent> found;
    Spans spans;
    const std::int64_t openFrom = std::max(filter.fromUs, m_closedBefore);
    for (auto& [key, series] : m_series) {
        if ((!filter.customer.empty() && m_texts[key.first] != filter.customer) ||
            (!filter.meter.empty() && m_texts[key.second] != filter.meter)) {
            continue;
        }
        if (filter.fromUs < std::min(filter.toUs, m_closedBefore)) {
            spans[key].emplace_back(filter.fromUs, std::min(filter.toUs, m_closedBefore));
        }
        sort(series);
        for (std::size_t i = firstAt(series, openFrom); i < series.events.size(); ++i) {
            const StoredEvent& event = m_events[series.events[i]];
            if (event.timeUs >= filter.toUs) {
                break;
            }
            found.push_back(event);
        }
    }
    if (!spans.empty()) {
        CARMA_TRY_ASSIGN(const auto closed, collect(journal, spans));
        found.insert(found.end(), closed.begin(), closed.end());
    }
    std::erase_if(found, [&](const StoredEvent& event) { return event.place < places.from || event.place >= places.to; });
    std::ranges::sort(found, [](const StoredEvent& a, const StoredEvent& b) {
        return std::tie(a.timeUs, a.customer, a.meter, a.key) < std::tie(b.timeUs, b.customer, b.meter, b.key);
    });
    return found;
}

} // namespace carma::usage
