// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "usage/closed_keys.h"

#include <algorithm>

namespace carma::usage {

bool ClosedKeys::isBefore(const Slot& a, const Slot& b) { return a.name() != b.name() ? a.name() < b.name() : a.record < b.record; }

void ClosedKeys::add(const EventKey& key, std::uint32_t record)
{
    constexpr std::size_t kAddedMax = 64; // are looked through one by one
    m_added.push_back({static_cast<std::uint32_t>(key[0] >> 32U), static_cast<std::uint32_t>(key[0]), record});
    if (m_added.size() >= kAddedMax) {
        settle();
    }
}

void ClosedKeys::settle()
{
    if (m_added.empty()) {
        return;
    }
    std::ranges::sort(m_added, isBefore);
    m_runs.emplace_back(m_added.begin(), m_added.end());
    m_added.clear();
    while (m_runs.size() > 1 && m_runs[m_runs.size() - 2].size() < 2 * m_runs.back().size()) {
        std::vector<Slot> merged(m_runs[m_runs.size() - 2].size() + m_runs.back().size());
        std::ranges::merge(m_runs[m_runs.size() - 2], m_runs.back(), merged.begin(), isBefore);
        m_runs.pop_back();
        m_runs.back() = std::move(merged);
    }
}

std::vector<std::uint32_t> ClosedKeys::find(const EventKey& key) const
{
    std::vector<std::uint32_t> records;
    for (const std::vector<Slot>& run : m_runs) {
        const auto first = std::ranges::lower_bound(run, key[0], {}, &Slot::name);
        for (auto at = first; at != run.end() && at->name() == key[0]; ++at) {
            records.push_back(at->record);
        }
    }
    for (const Slot& slot : m_added) {
        if (slot.name() == key[0]) {
            records.push_back(slot.record);
        }
    }
    std::ranges::sort(records);
    return records;
}

std::size_t ClosedKeys::size() const
{
    std::size_t count = m_added.size();
    for (const std::vector<Slot>& run : m_runs) {
        count += run.size();
    }
    return count;
}

} // namespace carma::usage
