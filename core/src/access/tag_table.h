// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/byte_io.h"
#include "crypto/crypto.h"

#include <carma/assert.h>

#include <cstdint>
#include <limits>
#include <vector>

namespace carma::access {

/// From tags to positions in a list: open addressing, at most half full. The tags are evenly spread MACs, so their own bytes are the hash.
/// The table holds 8 bytes of each; the caller compares the whole in constant time.
class TagTable {
public:
    static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

    void insert(const crypto::Digest& tag, std::uint32_t position)
    {
        if ((m_count + 1) * 2 > m_slots.size()) {
            grow();
        }
        place({prefixOf(tag), position});
        ++m_count;
    }

    /// The first position for which `matches` is true; kNone.
    template <typename Matches> [[nodiscard]] std::uint32_t find(const crypto::Digest& tag, Matches matches) const
    {
        if (m_slots.empty()) {
            return kNone;
        }
        const std::uint64_t prefix = prefixOf(tag);
        for (std::size_t at = prefix & (m_slots.size() - 1);; at = (at + 1) & (m_slots.size() - 1)) {
            const Slot& slot = m_slots[at];
            if (slot.position == kNone) {
                return kNone;
            }
            if (slot.prefix == prefix && matches(slot.position)) {
                return slot.position;
            }
        }
    }

private:
    struct Slot {
        std::uint64_t prefix = 0;
        std::uint32_t position = kNone;
    };
    static constexpr std::size_t kSlotsMin = 64;

    static std::uint64_t prefixOf(const crypto::Digest& tag) { return loadLe<std::uint64_t>(tag); }

    void place(const Slot& slot)
    {
        std::size_t at = slot.prefix & (m_slots.size() - 1);
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
