// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

namespace carma::access {

/// From hashes to positions in a list: open addressing, at most half full, one line of memory for most questions. It keeps the hashes; what
/// they are of is with the caller, who compares it. What is not true any more need not be taken out: the caller's comparison fails.
class KeyIndex {
public:
    static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

    /// REQUIRES: the hash is evenly spread in its low bits
    void insert(std::uint64_t hash, std::uint32_t position)
    {
        if ((m_count + 1) * 2 > m_slots.size()) {
            grow();
        }
        place({hash, position});
        ++m_count;
    }

    /// The first position for which `matches` is true; kNone.
    template <typename Matches> [[nodiscard]] std::uint32_t find(std::uint64_t hash, Matches matches) const
    {
        if (m_slots.empty()) {
            return kNone;
        }
        for (std::size_t at = hash & (m_slots.size() - 1);; at = (at + 1) & (m_slots.size() - 1)) {
            const Slot& slot = m_slots[at];
            if (slot.position == kNone) {
                return kNone;
            }
            if (slot.hash == hash && matches(slot.position)) {
                return slot.position;
            }
        }
    }

private:
    struct Slot {
        std::uint64_t hash = 0;
        std::uint32_t position = kNone;
    };
    static constexpr std::size_t kSlotsMin = 64;

    void place(const Slot& slot)
    {
        std::size_t at = slot.hash & (m_slots.size() - 1);
        while (m_slots[at].position != kNone) {
            at = (at + 1) & (m_slots.size() - 1);
        }
        m_slots[at] = slot;
    }

    void grow()
    {
        std::vector<Slot> old(m_slots.empty() ? kSlotsMin : m_slots.size() * 2);
        old.swap(m_slots);
        for (const Slot& slot : old) {
            if (slot.position != kNone) {
                place(slot);
            }
        }
    }

    std::vector<Slot> m_slots; ///< their number is a power of two
    std::size_t m_count = 0;
};

} // namespace carma::access
