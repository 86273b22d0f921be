// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/passage_table.h"

#include "base/byte_io.h"

#include <carma/assert.h>

#include <algorithm>
#include <cstdlib>

namespace carma::index {

std::uint32_t PassageTable::parentIndex(const FragmentId& id)
{
    const auto [entry, isNew] = m_parentIndexOf.try_emplace(id, static_cast<std::uint32_t>(m_parents.size()));
    if (isNew) {
        m_parents.push_back({id, {}});
    }
    return entry->second;
}

/// After passages came to a parent.
void PassageTable::arrange(std::uint32_t index)
{
    Parent& parent = m_parents[index];
    const auto order = [this](Slot slot) { return m_orders[slot]; };
    if (!std::ranges::is_sorted(parent.slots, {}, order)) {
        std::ranges::stable_sort(parent.slots, {}, order);
    }
    m_parentSizes[index] = static_cast<float>(parent.slots.size());
    findNeighbours(parent);
}

void PassageTable::findNeighbours(const Parent& parent)
{
    const std::vector<Slot>& slots = parent.slots;
    for (std::size_t at = 0; at < slots.size(); ++at) {
        Neighbours& found = m_neighbours[slots[at]] = {};
        std::size_t count = 0;
        for (std::size_t i = at - std::min(at, kReach); i < std::min(slots.size(), at + kReach + 1); ++i) {
            const std::int64_t step = std::int64_t{m_orders[slots[i]]} - std::int64_t{m_orders[slots[at]]};
            if (step != 0 && std::abs(step) <= static_cast<std::int64_t>(kReach)) {
                found.slots[count] = slots[i];
                found.steps[count++] = static_cast<std::int16_t>(step);
            }
        }
    }
}

bool PassageTable::makeMaps()
{
    if (m_hasMaps) {
        return true;
    }
    m_hasMaps = true;
    m_slotOf.reserve(size());
    for (Slot slot = 0; slot < size(); ++slot) {
        m_slotOf.try_emplace(m_ids[slot], slot);
    }
    for (std::uint32_t i = 0; i < m_parents.size(); ++i) {
        m_parentIndexOf.try_emplace(m_parents[i].id, i);
    }
    return m_slotOf.size() == m_ids.size() && m_parentIndexOf.size() == m_parents.size();
}

std::optional<Slot> PassageTable::find(const FragmentId& id) const
{
    if (m_hasMaps) {
        const auto found = m_slotOf.find(id);
        return found == m_slotOf.end() ? std::nullopt : std::optional(found->second);
    }
    const auto found = std::ranges::find(m_ids, id);
    return found == m_ids.end() ? std::nullopt : std::optional(static_cast<Slot>(found - m_ids.begin()));
}

void PassageTable::append(std::span<const PassageRow> rows)
{
    makeMaps();
    std::vector<std::uint32_t> grown;
    for (const PassageRow& row : rows) {
        const auto slot = static_cast<Slot>(m_ids.size());
        const bool isNew = m_slotOf.try_emplace(row.id, slot).second;
        CARMA_ASSERT(isNew);
        m_ids.push_back(row.id);
        m_documents.push_back(row.document);
        m_orders.push_back(row.order);
        m_sequences.push_back(row.sequence);
        m_times.push_back(row.timeUs);
        m_parentOf.push_back(parentIndex(row.parent));
        m_parents[m_parentOf.back()].slots.push_back(slot);
        grown.push_back(m_parentOf.back());
    }
    m_neighbours.resize(m_ids.size());
    m_parentSizes.resize(m_parents.size());
    std::ranges::sort(grown);
    grown.erase(std::unique(grown.begin(), grown.end()), grown.end());
    for (const std::uint32_t parent : grown) {
        arrange(parent);
    }
}

std::vector<Slot> PassageTable::renumberingWithout(std::span<const FragmentId> ids)
{
    makeMaps();
    std::vector<Slot> leavers;
    for (const FragmentId& id : ids) {
        if (const auto found = m_slotOf.find(id); found != m_slotOf.end()) {
            leavers.push_back(found->second);
        }
    }
    if (leavers.empty()) {
        return {};
    }
    std::vector<Slot> newSlots(size(), 0);
    for (const Slot slot : leavers) {
        newSlots[slot] = kGone;
    }
    Slot next = 0;
    for (Slot& slot : newSlots) {
        if (slot != kGone) {
            slot = next++;
        }
    }
    return newSlots;
}

void PassageTable::compact(Renumbering newSlots)
{
    for (Slot slot = 0; slot < newSlots.size(); ++slot) {
        if (newSlots[slot] == kGone) {
            m_slotOf.erase(m_ids[slot]);
        } else {
            m_slotOf[m_ids[slot]] = newSlots[slot];
        }
    }
    compactColumn(m_ids, newSlots);
    compactColumn(m_documents, newSlots);
    compactColumn(m_orders, newSlots);
    compactColumn(m_sequences, newSlots);
    compactColumn(m_times, newSlots);
    compactColumn(m_parentOf, newSlots);
    for (Parent& parent : m_parents) {
        for (Slot& slot : parent.slots) {
            slot = newSlots[slot];
        }
        std::erase(parent.slots, kGone);
    }
    std::erase_if(m_parents, [](const Parent& parent) { return parent.slots.empty(); });
    m_parentIndexOf.clear();
    m_neighbours.resize(m_ids.size());
    m_parentSizes.resize(m_parents.size());
    for (std::uint32_t i = 0; i < m_parents.size(); ++i) {
        m_parentIndexOf.emplace(m_parents[i].id, i);
        for (const Slot slot : m_parents[i].slots) {
            m_parentOf[slot] = i;
        }
        arrange(i);
    }
}

std::size_t PassageTable::memoryBytes() const
{
    constexpr std::size_t kNodeBytes = sizeof(FragmentId) + 4 * sizeof(void*); // key, value, link, bucket, allocation
    std::size_t bytes = m_ids.capacity() * sizeof(FragmentId) + m_documents.capacity() * sizeof(FragmentId) +
        m_orders.capacity() * sizeof(std::uint32_t) + m_sequences.capacity() * sizeof(Sequence) +
        m_times.capacity() * sizeof(std::int64_t) + m_parentOf.capacity() * sizeof(std::uint32_t) +
        m_neighbours.capacity() * sizeof(Neighbours) + m_parents.capacity() * sizeof(Parent) + m_parentSizes.capacity() * sizeof(float) +
        (m_slotOf.size() + m_parentIndexOf.size()) * kNodeBytes;
    for (const Parent& parent : m_parents) {
        bytes += parent.slots.capacity() * sizeof(Slot);
    }
    return bytes;
}

// Passages u32 n, parents u32 m, then columns: m parent ids; n ids, n documents, n parent indexes u32, n orders u32,
// n sequences u64, n times u64.
void PassageTable::encode(Bytes& out) const
{
    ByteWriter writer(out);
    writer.number(static_cast<std::uint32_t>(size()));
    writer.number(static_cast<std::uint32_t>(m_parents.size()));
    std::vector<FragmentId> parents;
    parents.reserve(m_parents.size());
    for (const Parent& parent : m_parents) {
        parents.push_back(parent.id);
    }
    writeColumn(out, parents);
    writeColumn(out, m_ids);
    writeColumn(out, m_documents);
    writeColumn(out, m_parentOf);
    writeColumn(out, m_orders);
    writeColumn(out, m_sequences);
    writeColumn(out, m_times);
}

Result<PassageTable> PassageTable::decode(SnapshotReader& reader)
{
    const Error bad{ErrorCode::Corruption, "the snapshot's table of passages contradicts itself"};
    const std::size_t count = reader.number<std::uint32_t>();
    const std::size_t parentCount = reader.number<std::uint32_t>();
    PassageTable table;
    table.m_hasMaps = false;
    const auto parentIds = reader.copy<FragmentId>(parentCount);
    table.m_ids = reader.copy<FragmentId>(count);
    table.m_documents = reader.copy<FragmentId>(count);
    table.m_parentOf = reader.copy<std::uint32_t>(count);
    table.m_orders = reader.copy<std::uint32_t>(count);
    table.m_sequences = reader.copy<Sequence>(count);
    table.m_times = reader.copy<std::int64_t>(count);
    if (reader.failed() || std::ranges::any_of(table.m_parentOf, [&](std::uint32_t parent) { return parent >= parentCount; })) {
        return bad;
    }
    table.m_neighbours.resize(count);
    for (const FragmentId& id : parentIds) {
        table.m_parents.push_back({id, {}});
    }
    for (Slot slot = 0; slot < count; ++slot) {
        table.m_parents[table.m_parentOf[slot]].slots.push_back(slot);
    }
    table.m_parentSizes.resize(parentCount);
    for (std::uint32_t parent = 0; parent < parentCount; ++parent) {
        if (table.m_parents[parent].slots.empty()) {
            return bad;
        }
        table.arrange(parent);
    }
    return table;
}

} // namespace carma::index
