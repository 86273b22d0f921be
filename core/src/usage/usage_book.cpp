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

Result<void> UsageBook::follow(journal::Journal& journal)
{
    const Sequence end = journal.end();
    if (end <= m_next) {
        return {};
    }
    CARMA_TRY(journal.read(log::RecordType::Usage, m_next, [&](const journal::Entry& entry) -> Result<bool> {
        if (entry.sequence >= end) {
            return false;
        }
        const auto decoded = decodeEvents(
            entry.body, [&](std::uint32_t index, const EventView& view) { take(entry.sequence, index, view); });
        m_lost += decoded.has_value() && !entry.lost ? 0 : 1;
        return true;
    }));
    m_next = end;
    return {};
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
    std::vector<std::pair<std::uint32_t, std::uint32_t>> list;
    for (const auto& [name, value] : view.dimensions) {
        const std::uint32_t number = numberOf(name);
        list.emplace_back(number, numberOf(value));
    }
    const auto [found, added] = m_dimensionNumbers.try_emplace(list, static_cast<std::uint32_t>(m_dimensions.size()));
    if (added) {
        m_dimensions.push_back(std::move(list));
    }
    return found->second;
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

void UsageBook::take(Sequence place, std::uint32_t index, const EventView& view)
{
    const auto number = static_cast<std::uint32_t>(m_events.size());
    const EventKey key = keyOf(view.source, view.id);
    if (!m_byKey.try_emplace(key, number).second) {
        return; // counted once, whatever is in the log
    }
    StoredEvent event;
    event.value = view.value;
    event.key = key;
    event.content = contentOf(view);
    event.timeUs = view.timeUs;
    event.place = place;
    event.index = index;
    event.customer = numberOf(view.customer);
    event.meter = numberOf(view.meter);
    event.dimensions = dimensionsOf(view);
    event.takesBack = !view.reverses.empty();
    m_events.push_back(event);
    Series& series = m_series[{event.customer, event.meter}];
    series.sorted = series.sorted && (series.events.empty() || m_events[series.events.back()].timeUs < event.timeUs);
    series.events.push_back(number);
    m_ends[event.customer] = place + 1;
    if (event.takesBack) {
        const EventKey target = keyOf(view.source, view.reverses);
        const auto found = m_byKey.find(target);
        if (found != m_byKey.end()) {
            takeBack(number, found->second);
        } else {
            m_waiting.try_emplace(target, Waiting{number});
        }
    } else if (const auto waiting = m_waiting.find(key); waiting != m_waiting.end()) {
        takeBack(waiting->second.event, number);
        m_waiting.erase(waiting);
    }
}

const StoredEvent* UsageBook::find(const EventKey& key) const
{
    const auto found = m_byKey.find(key);
    return found == m_byKey.end() ? nullptr : &m_events[found->second];
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

UsageBook::Series* UsageBook::series(std::string_view customer, std::string_view meter)
{
    const auto found = m_series.find({numberIn(m_textNumbers, customer), numberIn(m_textNumbers, meter)});
    if (found == m_series.end()) {
        return nullptr;
    }
    sort(found->second);
    return &found->second;
}

/// By time, then by key: the order does not depend on when events arrived.
void UsageBook::sort(Series& series)
{
    if (!series.sorted) {
        std::ranges::sort(series.events, [&](std::uint32_t a, std::uint32_t b) {
            const StoredEvent& left = m_events[a];
            const StoredEvent& right = m_events[b];
            return left.timeUs != right.timeUs ? left.timeUs < right.timeUs : left.key < right.key;
        });
        series.sorted = true;
    }
}

std::vector<StoredEvent> UsageBook::select(const UsageFilter& filter, const Places& places)
{
    std::vector<StoredEvent> found;
    for (auto& [key, series] : m_series) {
        const bool wanted = (filter.customer.empty() || m_texts[key.first] == filter.customer) &&
            (filter.meter.empty() || m_texts[key.second] == filter.meter);
        if (!wanted) {
            continue;
        }
        sort(series);
        for (std::size_t i = firstAt(series, filter.fromUs); i < series.events.size(); ++i) {
            const StoredEvent& event = m_events[series.events[i]];
            if (event.timeUs >= filter.toUs) {
                break;
            }
            if (event.place >= places.from && event.place < places.to) {
                found.push_back(event);
            }
        }
    }
    std::ranges::stable_sort(found, {}, &StoredEvent::timeUs);
    return found;
}

} // namespace carma::usage
