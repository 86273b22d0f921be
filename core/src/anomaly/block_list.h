// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "anomaly/address.h"

#include <carma/anomaly.h>

#include <array>
#include <list>
#include <map>
#include <optional>
#include <set>
#include <vector>

namespace carma::anomaly {

struct BlockOptions {
    unsigned failuresToBlock = 5;                  ///< that come closer together than they are forgiven
    std::int64_t forgiveFailureUs = 60'000'000;    ///< one failure is forgiven in this time
    std::int64_t forgiveStrikeUs = 86'400'000'000; ///< one strike, in so much time without a block or a failure
    std::int64_t firstUs = 60'000'000;             ///< length of the first block; doubled with each strike
    std::int64_t longestUs = 7LL * 86'400'000'000; ///< and never more than this
    std::uint8_t ipv6Bits = 64;                    ///< what one customer of a provider has at least
    std::size_t sourcesMax = 65'536;               ///< with failures or strikes
    std::size_t manualMax = 65'536;                ///< entries by hand, of each sort
};

/// What is stored of a block.
struct Block {
    Prefix prefix;
    BlockOrigin origin{};
    std::int64_t sinceUs = 0;
    std::int64_t lastsUs = 0; ///< 0: until it is removed
    std::uint32_t strikes = 0;
    std::string reason;
};

/// Which sources are refused. A source that fails again and again is blocked for a time that doubles with each block, from a minute to a
/// week; strikes are forgiven one a day. Blocks end by themselves. What is allowed is never blocked.
///
/// Time is what the caller says and must not run backwards while the process lives. A block that was stored by a clock ahead of the one
/// now lasts no longer than it was made for, counted from now; a clock that was set back therefore neither ends a block early nor keeps it
/// for ever.
///
/// Bounded: one entry a source, of which the one longest without a block and without a failure goes first. A flood of sources can so make
/// others be forgotten that are not blocked; of blocked ones, only when all entries are blocks, and then the one that ends first.
///
/// Not thread-safe.
class BlockList {
public:
    explicit BlockList(const BlockOptions& options) : m_options(options) {}

    /// Whether the source is blocked, and until when (INT64_MAX: until removed).
    [[nodiscard]] std::optional<BlockEntry> blocked(const Prefix& source, std::int64_t nowUs) const;
    /// A failure of this source. Gives the block that it brings, if it does.
    std::optional<Block> fail(const Prefix& source, std::int64_t nowUs);
    /// Puts in what is stored, or what somebody adds by hand. LimitExceeded if there are too many by hand.
    Result<void> put(const Block& block, std::int64_t nowUs);
    /// Whether remove would find something.
    [[nodiscard]] bool knows(const Prefix& prefix) const;
    /// False if there was neither a block nor an allowance nor a strike.
    bool remove(const Prefix& prefix);
    [[nodiscard]] bool allows(const Prefix& source, std::int64_t nowUs) const { return m_allowed.covering(source, nowUs) != nullptr; }
    [[nodiscard]] std::vector<BlockEntry> entries(std::int64_t nowUs) const;
    [[nodiscard]] std::size_t sources() const { return m_sources.size(); }
    /// The source as it is counted: an IPv4 address, or the prefix of an IPv6 one.
    [[nodiscard]] Prefix counted(const Prefix& source) const;

private:
    struct Source {
        Prefix prefix;
        double failures = 0; ///< less what was forgiven by `seenUs`
        std::int64_t seenUs = 0;
        std::uint32_t strikes = 0;
        std::int64_t strikesUs = 0; ///< up to when strikes were forgiven
        std::int64_t sinceUs = 0, untilUs = 0;
    };
    using Order = std::list<Source>; ///< the most recently seen first
    /// Entries by hand, looked up once for each length of prefix that there is.
    struct ByHand {
        std::map<Prefix, Block> blocks;
        std::array<std::uint32_t, 129> lengths{}; ///< how many there are of each

        /// The widest entry that covers the source and has not ended; null for none.
        [[nodiscard]] const Block* covering(const Prefix& source, std::int64_t nowUs) const;
        void put(const Block& block);
        bool remove(const Prefix& prefix);
        void dropEnded(std::int64_t nowUs);
    };

    Source& find(const Prefix& prefix, std::int64_t nowUs);
    void makeRoom(std::int64_t nowUs);
    void forgive(Source& source, std::int64_t nowUs) const;
    void dropEnded(std::int64_t nowUs);
    void setBlock(Source& source, std::int64_t sinceUs, std::int64_t untilUs);

    BlockOptions m_options;
    Order m_free, m_held; ///< not blocked when last looked at; blocked then
    std::map<Prefix, Order::iterator> m_sources;
    std::set<std::pair<std::int64_t, Prefix>> m_ends; ///< of what is in m_held
    ByHand m_manual, m_allowed;
};

} // namespace carma::anomaly
