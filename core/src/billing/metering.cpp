// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "billing/metering.h"

#include <carma/random.h>

#include <algorithm>

namespace carma::billing {

namespace {

constexpr std::size_t kUnrecordedMax = 100'000; // events that are kept while nothing can be recorded; older ones go first
constexpr unsigned kGigabyteDigits = 9;

} // namespace

bool Metering::isOn()
{
    if (m_options.readOnly && !m_options.leave) {
        return false;
    }
    if (const int known = m_engine.knownMetering(); known >= 0) {
        return known != 0;
    }
    return m_engine.isMetered().value_or(false);
}

Result<void> Metering::admit(std::string_view space, Measure measure)
{
    return m_engine.admit(space, builtInMeters()[static_cast<std::size_t>(measure)].id);
}

/// REQUIRES: m_mutex is held
Metering::Counts& Metering::current(std::string_view space)
{
    const std::int64_t minute = std::max<std::int64_t>(0, m_journal.clock().wallTimeUs() / kMinuteUs);
    return m_minutes[minute][std::string(space)];
}

void Metering::count(std::string_view space, Measure measure, std::uint64_t amount)
{
    if (amount > 0 && isOn()) {
        {
            const std::lock_guard lock(m_mutex);
            current(space).amounts[static_cast<std::size_t>(measure)] += amount;
        }
        if (m_options.readOnly) {
            settle(); // no change will come
        }
    }
}

void Metering::changed(std::string_view space)
{
    if (isOn()) {
        const std::lock_guard lock(m_mutex);
        current(space).changed = true;
    }
}

bool Metering::isDue()
{
    const std::lock_guard lock(m_mutex);
    return !m_minutes.empty() && m_minutes.begin()->first < m_journal.clock().wallTimeUs() / kMinuteUs;
}

void Metering::settle()
{
    if (isDue()) {
        (void)flush().has_value(); // kept, and tried again
    }
}

/// REQUIRES: m_mutex is held
std::vector<UsageEvent> Metering::toEvents(const std::map<std::int64_t, Minute>& minutes)
{
    std::vector<UsageEvent> events;
    const auto add = [&](const std::string& space, std::size_t meter, const Decimal& value, std::int64_t timeUs) {
        UsageEvent event;
        event.source = m_options.source;
        event.id = m_prefix + "-" + std::to_string(m_number++);
        event.customer = space;
        event.meter = builtInMeters()[meter].id;
        event.value = value;
        event.timeUs = timeUs;
        events.push_back(std::move(event));
    };
    for (const auto& [minute, spaces] : minutes) {
        for (const auto& [space, counts] : spaces) {
            for (std::size_t i = 0; i < kMeasures; ++i) {
                if (counts.amounts[i] > 0) {
                    add(space, i, Decimal(static_cast<std::int64_t>(counts.amounts[i])), minute * kMinuteUs);
                }
            }
            const auto bytes = counts.changed && m_options.storedBytes ? m_options.storedBytes(space) : std::nullopt;
            const auto gigabytes = Decimal::make(bytes.value_or(0), kGigabyteDigits);
            if (counts.changed && gigabytes.has_value() && (!m_stored.contains(space) || m_stored[space] != bytes.value_or(0))) {
                m_stored[space] = bytes.value_or(0);
                add(space, kMeasures, *gigabytes, minute * kMinuteUs);
            }
        }
    }
    return events;
}

Result<void> Metering::recordKept(std::span<const UsageEvent> events)
{
    std::vector<UsageEvent> kept(events.begin(), events.end());
    std::erase_if(kept,
        [&](const UsageEvent& event) { return event.customer != kStoreItself && m_options.isGone && m_options.isGone(event.customer); });
    return kept.empty() ? Result<void>() : m_engine.recordMetered(kept);
}

Result<void> Metering::recordOrLeave(std::span<const UsageEvent> events)
{
    return m_options.readOnly ? m_options.leave(events) : recordKept(events);
}

Result<void> Metering::flush()
{
    std::map<std::int64_t, Minute> minutes;
    std::vector<UsageEvent> events;
    {
        const std::lock_guard lock(m_mutex);
        if (m_prefix.empty()) {
            std::array<std::byte, 8> bytes{};
            m_journal.random().fill(bytes);
            m_prefix = toHex(bytes);
        }
        minutes.swap(m_minutes);
        events.swap(m_unrecorded);
        std::ranges::move(toEvents(minutes), std::back_inserter(events));
    }
    Result<void> done;
    if (!events.empty()) {
        done = recordOrLeave(events);
    }
    if (!done.has_value()) {
        const std::lock_guard lock(m_mutex);
        m_unrecorded.insert(m_unrecorded.begin(), events.begin(), events.end());
        if (m_unrecorded.size() > kUnrecordedMax) {
            m_unrecorded.erase(m_unrecorded.begin(), m_unrecorded.end() - kUnrecordedMax);
        }
        return done;
    }
    if (!m_options.readOnly && m_options.takeIn) {
        return m_options.takeIn([this](std::span<const UsageEvent> left) { return recordKept(left); });
    }
    return {};
}

} // namespace carma::billing
