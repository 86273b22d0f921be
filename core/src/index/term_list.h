// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "index/compaction.h"

#include <carma/bytes.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace carma::index {

struct Posting {
    Slot slot = 0;
    std::uint16_t count = 0;
    std::uint16_t inTitle = 0;
    std::uint32_t place = 0; ///< of a single word its position, of several where theirs begin among the list's bytes
};

/// A term's postings by rising slot, not owned; they can be gone through as such.
class Postings {
public:
    Postings() = default;
    Postings(std::span<const Posting> list, ByteView positions) : m_list(list), m_positions(positions) {}

    [[nodiscard]] auto begin() const { return m_list.begin(); }
    [[nodiscard]] auto end() const { return m_list.end(); }
    [[nodiscard]] std::size_t size() const { return m_list.size(); }
    [[nodiscard]] bool empty() const { return m_list.empty(); }
    [[nodiscard]] const Posting& operator[](std::size_t i) const { return m_list[i]; }
    /// In how many passages the word is: these and those with its stems in other languages.
    [[nodiscard]] std::size_t frequency() const { return std::max(m_frequency, size()); }
    void setFrequency(std::size_t passages) { m_frequency = passages; }
    /// The first posting from `from` on whose slot is `slot` or above; near ones are found fast.
    [[nodiscard]] std::size_t seek(std::size_t from, Slot slot) const;
    /// Visits the rising positions of a posting of this list.
    template <typename Visit> void eachPosition(const Posting& posting, Visit visit) const
    {
        if (posting.count == 1) {
            visit(posting.place);
            return;
        }
        std::size_t at = posting.place;
        std::uint32_t position = 0;
        for (std::uint32_t i = 0; i < posting.count; ++i) {
            std::uint32_t distance = 0;
            for (unsigned shift = 0;; shift += 7) {
                const auto byte = static_cast<std::uint32_t>(m_positions[at++]);
                distance |= (byte & 0x7FU) << shift;
                if ((byte & 0x80U) == 0) {
                    break;
                }
            }
            position += distance;
            visit(position);
        }
    }

private:
    std::span<const Posting> m_list;
    ByteView m_positions;
    std::size_t m_frequency = 0;
};

/// The postings of one term and the positions of its words. Positions of a posting with several words are kept as distances, seven bits
/// a byte (varint.h), one after the other.
class TermList {
public:
    /// Adds a passage above all that are there. REQUIRES: 1 to 65,535 rising positions
    void add(Slot slot, std::uint16_t inTitle, std::span<const std::uint32_t> positions);
    /// Drops the leavers and what they leave behind in memory.
    void compact(Renumbering newSlots);
    void reserve(std::size_t postings) { m_postings.reserve(postings); }

    [[nodiscard]] Postings view() const { return {m_postings, m_positions}; }
    [[nodiscard]] std::size_t size() const { return m_postings.size(); }
    [[nodiscard]] bool empty() const { return m_postings.empty(); }
    [[nodiscard]] std::size_t memoryBytes() const { return m_postings.capacity() * sizeof(Posting) + m_positions.capacity(); }

private:
    std::vector<Posting> m_postings;
    Bytes m_positions;
};

} // namespace carma::index
