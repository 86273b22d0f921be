// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/term_list.h"

#include "index/varint.h"

#include <algorithm>

namespace carma::index {

std::size_t Postings::seek(std::size_t from, Slot slot) const
{
    std::size_t step = 1;
    std::size_t low = from;
    while (low + step < m_list.size() && m_list[low + step].slot < slot) {
        low += step;
        step *= 2;
    }
    const std::size_t high = std::min(low + step, m_list.size());
    const auto found = std::lower_bound(m_list.begin() + static_cast<std::ptrdiff_t>(low),
        m_list.begin() + static_cast<std::ptrdiff_t>(high), slot,
        [](const Posting& posting, Slot wanted) { return posting.slot < wanted; });
    return static_cast<std::size_t>(found - m_list.begin());
}

void TermList::add(Slot slot, std::uint16_t inTitle, std::span<const std::uint32_t> positions)
{
    const auto count = static_cast<std::uint16_t>(positions.size());
    if (count == 1) {
        m_postings.push_back({slot, count, inTitle, positions.front()});
        return;
    }
    m_postings.push_back({slot, count, inTitle, static_cast<std::uint32_t>(m_positions.size())});
    std::uint32_t before = 0;
    for (const std::uint32_t position : positions) {
        writeVarint(m_positions, position - before);
        before = position;
    }
}

void TermList::compact(Renumbering newSlots)
{
    std::size_t kept = 0;
    Bytes positions;
    const auto endOf = [this](std::size_t i) { // of its positions: where those of the next posting begin that has some
        while (++i < m_postings.size() && m_postings[i].count == 1) {
        }
        return i < m_postings.size() ? m_postings[i].place : m_positions.size();
    };
    for (std::size_t i = 0; i < m_postings.size(); ++i) {
        Posting posting = m_postings[i];
        posting.slot = newSlots[posting.slot];
        if (posting.slot == kGone) {
            continue;
        }
        if (posting.count > 1) {
            const auto begin = m_positions.begin() + static_cast<std::ptrdiff_t>(posting.place);
            posting.place = static_cast<std::uint32_t>(positions.size());
            positions.insert(positions.end(), begin, m_positions.begin() + static_cast<std::ptrdiff_t>(endOf(i)));
        }
        m_postings[kept++] = posting;
    }
    std::fill(m_postings.begin() + static_cast<std::ptrdiff_t>(kept), m_postings.end(), Posting{});
    m_postings.resize(kept);
    std::ranges::fill(m_positions, std::byte{0});
    m_positions = std::move(positions);
}

} // namespace carma::index
