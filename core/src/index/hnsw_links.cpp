// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/hnsw.h"

#include "index/hnsw_kernel.h"

#include <carma/assert.h>

#include <cstring>

/// What happens to links when slots leave, and their stored form.
namespace carma::index {

/// Lists keep their links to those who stay; one that lost some is chosen anew among what it has left and what the leavers had.
void Hnsw::mendBase(Renumbering newSlots, HnswScratch& scratch)
{
    std::vector<std::uint32_t> mended(kLinksBase);
    for (Slot slot = 0; slot < m_size; ++slot) {
        std::uint32_t* list = linksOf(slot, 0);
        const bool lost = std::any_of(list, list + kLinksBase, [&](std::uint32_t id) { return id != kGone && newSlots[id] == kGone; });
        if (newSlots[slot] == kGone || !lost) {
            continue;
        }
        std::vector<std::uint32_t> ids;
        for (std::size_t i = 0; i < kLinksBase && list[i] != kGone; ++i) {
            if (newSlots[list[i]] != kGone) {
                ids.push_back(list[i]);
                continue;
            }
            const std::uint32_t* others = linksOf(list[i], 0);
            for (std::size_t k = 0; k < kLinksBase && others[k] != kGone; ++k) {
                if (newSlots[others[k]] != kGone && others[k] != slot) {
                    ids.push_back(others[k]);
                }
            }
        }
        std::ranges::sort(ids);
        ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
        std::vector<std::int32_t> dots(ids.size());
        rowAsQuery(slot, scratch.query);
        byteDots(m_rows.data(), m_width, ids.data(), ids.size(), scratch.query.data(), dots.data());
        std::int32_t bias = 0;
        for (const std::int8_t value : scratch.query) {
            bias += value * 128;
        }
        scratch.crowd.clear();
        for (std::size_t i = 0; i < ids.size(); ++i) {
            scratch.crowd.push_back({dots[i] - bias, ids[i]});
        }
        std::ranges::sort(scratch.crowd, [](const Near& a, const Near& b) { return a.dot != b.dot ? a.dot > b.dot : a.slot < b.slot; });
        choose(scratch.crowd, kLinksBase, scratch);
        for (std::size_t i = 0; i < kLinksBase; ++i) {
            list[i] = i < scratch.crowd.size() ? scratch.crowd[i].slot : kGone;
        }
    }
}

/// Lists above the lowest just lose their links to the leavers: they only lead to a good place to begin.
void Hnsw::moveUpper(Renumbering newSlots)
{
    std::vector<std::uint32_t> moved;
    Top best;
    for (Slot slot = 0; slot < m_size; ++slot) {
        if (newSlots[slot] == kGone) {
            continue;
        }
        const auto movedAt = static_cast<std::uint32_t>(moved.size());
        for (std::uint32_t level = 1; level <= m_levels[slot]; ++level) {
            const std::uint32_t* list = linksOf(slot, level);
            const std::size_t end = moved.size() + kLinks;
            for (std::size_t i = 0; i < kLinks && list[i] != kGone; ++i) {
                if (newSlots[list[i]] != kGone) {
                    moved.push_back(newSlots[list[i]]);
                }
            }
            moved.resize(end, kGone);
        }
        m_upperAt[slot] = movedAt;
        if (slot < linked() && m_isZero[slot] == 0 && (best.slot == kGone || m_levels[slot] > best.level)) {
            best = {newSlots[slot], m_levels[slot]};
        }
    }
    m_upper = std::move(moved);
    const std::lock_guard guard(m_topMutex);
    m_top = best;
}

void Hnsw::compact(Renumbering newSlots)
{
    CARMA_ASSERT(newSlots.size() == m_size);
    HnswScratch scratch;
    mendBase(newSlots, scratch);
    moveUpper(newSlots);
    std::size_t kept = 0;
    std::size_t keptLinked = 0;
    for (Slot slot = 0; slot < m_size; ++slot) {
        if (newSlots[slot] == kGone) {
            continue;
        }
        std::uint32_t* list = linksOf(slot, 0);
        for (std::size_t i = 0; i < kLinksBase && list[i] != kGone; ++i) {
            list[i] = newSlots[list[i]];
        }
        std::memmove(m_base.data() + kept * kLinksBase, list, kLinksBase * sizeof(std::uint32_t));
        std::memmove(m_rows.data() + kept * m_width, m_rows.data() + std::size_t{slot} * m_width, m_width);
        keptLinked += slot < linked() ? 1 : 0;
        ++kept;
    }
    m_base.resize(kept * kLinksBase);
    m_rows.resize(kept * m_width);
    compactColumn(m_levels, newSlots);
    compactColumn(m_isZero, newSlots);
    compactColumn(m_upperAt, newSlots);
    m_size = kept;
    finishLinking(keptLinked);
}

// Linked slots u32 n; the top's slot u32; n levels u8; n lists of kLinksBase u32; then the lists above, by slot and level.
void Hnsw::encodeLinks(Bytes& out) const
{
    ByteWriter writer(out);
    const std::size_t count = linked();
    writer.number(static_cast<std::uint32_t>(count));
    writer.number(top().slot);
    if (count == 0) {
        return;
    }
    writer.raw(std::as_bytes(std::span(m_levels).first(count)));
    writer.raw(std::as_bytes(m_base.span().first(count * kLinksBase)));
    for (Slot slot = 0; slot < count; ++slot) {
        if (m_levels[slot] > 0) {
            writer.raw(std::as_bytes(std::span(m_upper).subspan(m_upperAt[slot], m_levels[slot] * kLinks)));
        }
    }
}

Result<void> Hnsw::decodeLinks(ByteReader& reader)
{
    const Error bad{ErrorCode::Corruption, "the snapshot's links between vectors contradict themselves"};
    const std::size_t count = reader.number<std::uint32_t>();
    const Slot topSlot = reader.number<std::uint32_t>();
    if (reader.failed() || count > m_size || (topSlot != kGone && topSlot >= count)) {
        return bad;
    }
    const ByteView levels = reader.raw(count);
    const ByteView base = reader.raw(count * kLinksBase * sizeof(std::uint32_t));
    if (reader.failed()) {
        return bad;
    }
    if (count == 0) {
        return {};
    }
    std::memcpy(m_base.data(), base.data(), base.size());
    for (std::size_t i = 0; i < count * kLinksBase; ++i) {
        if (m_base[i] != kGone && (m_base[i] >= count || m_isZero[m_base[i]] != 0)) {
            return bad;
        }
    }
    m_upper.clear();
    for (Slot slot = 0; slot < m_size; ++slot) {
        m_upperAt[slot] = static_cast<std::uint32_t>(m_upper.size());
        if (slot >= count) {
            m_upper.resize(m_upper.size() + m_levels[slot] * kLinks, kGone);
            continue;
        }
        m_levels[slot] = static_cast<std::uint8_t>(levels[slot]);
        if (m_levels[slot] > kLevelsMax) {
            return bad;
        }
        const ByteView lists = reader.raw(m_levels[slot] * kLinks * sizeof(std::uint32_t));
        if (reader.failed()) {
            return bad;
        }
        m_upper.resize(m_upper.size() + m_levels[slot] * kLinks);
        if (!lists.empty()) {
            std::memcpy(m_upper.data() + m_upperAt[slot], lists.data(), lists.size());
        }
    }
    for (Slot slot = 0; slot < count; ++slot) {
        for (std::uint32_t level = 1; level <= m_levels[slot]; ++level) {
            const std::uint32_t* list = linksOf(slot, level);
            if (!std::all_of(list, list + kLinks,
                    [&](std::uint32_t id) { return id == kGone || (id < count && m_levels[id] >= level && m_isZero[id] == 0); })) {
                return bad; // following it would leave the tables
            }
        }
    }
    if (topSlot != kGone) {
        const std::lock_guard guard(m_topMutex);
        m_top = {topSlot, m_levels[topSlot]};
    }
    finishLinking(count);
    return {};
}

} // namespace carma::index
