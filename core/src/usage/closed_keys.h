// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace carma::usage {

/// Names an event: the first half of the SHA-256 of source and id. Whoever picks ids cannot make two of them equal.
using EventKey = std::array<std::uint64_t, 2>;

/// Which events there were, and in which record each is: 12 bytes an event. Half of a key is kept, so an answer is a hint that the record
/// confirms. Sorted runs of growing length, as few as the logarithm of the events. Not thread-safe.
class ClosedKeys {
public:
    void add(const EventKey& key, std::uint32_t record);
    /// Numbers of records that may hold the event, in their order; mostly none.
    [[nodiscard]] std::vector<std::uint32_t> find(const EventKey& key) const;
    [[nodiscard]] std::size_t size() const;

private:
    void settle();
    struct Slot {
        std::uint32_t high = 0, low = 0, record = 0;
        [[nodiscard]] std::uint64_t name() const { return (static_cast<std::uint64_t>(high) << 32U) | low; }
    };
    static bool isBefore(const Slot& a, const Slot& b);

    std::vector<std::vector<Slot>> m_runs; ///< sorted, the longest first
    std::vector<Slot> m_added;
};

} // namespace carma::usage
