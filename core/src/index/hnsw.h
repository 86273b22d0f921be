// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/byte_io.h"
#include "index/compaction.h"
#include "index/rotation.h"
#include "index/vector_memory.h"

#include <carma/result.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <span>
#include <vector>

namespace carma::index {

/// A slot that was found, with what the byte vectors say about it.
struct Near {
    std::int32_t dot = 0;
    Slot slot = 0;
};

/// Which slots may be answered: bit slot % 64 of word slot / 64. Empty: all.
using AllowedSlots = std::span<const std::uint64_t>;

/// What a search needs besides the graph; kept by the caller so that searching allocates nothing once it is warm.
struct HnswScratch {
    std::vector<std::uint64_t> visited;    ///< a bit a slot
    std::vector<std::uint64_t> pool;       ///< best first
    std::vector<std::uint64_t> found;      ///< best first, only with a filter
    std::vector<Near> candidates;          ///< of building
    std::vector<std::vector<Near>> chosen; ///< of building: the new slot's links, by level
    std::vector<Near> crowd;               ///< of building: a full list and one more
    std::vector<Near> rejected;            ///< of building
    std::vector<Slot> slots;               ///< to be compared exactly
    std::vector<std::int32_t> dots;
    std::vector<std::int8_t> query;
    std::vector<std::int8_t> other;
};

/// The graph of "Efficient and robust approximate nearest neighbor search using hierarchical navigable small world graphs"
/// (Malkov and Yashunin, 2018) over byte vectors with one scale, by inner product.
///
/// Slots that were appended are linked into the graph later, by any number of threads beside any number of searches; append,
/// compact and the assignments are exclusive. Links are read without locks: a search that meets a list while it is rewritten sees
/// some of the old and some of the new links. Linked by one thread in order, equal rows make equal graphs on every machine: a
/// slot's level comes from its number, all products are whole numbers, and ties go by slot.
class Hnsw {
public:
    static constexpr std::size_t kLinks = 16;       ///< a new slot gets at most so many on each level (M of the paper)
    static constexpr std::size_t kLinksBase = 32;   ///< a list of the lowest level holds at most so many
    static constexpr std::size_t kBuildWidth = 112; ///< candidates while linking (efConstruction)
    static constexpr std::size_t kLevelsMax = 12;   ///< above the lowest one; 16^12 slots
    static constexpr std::size_t kWidthMax = 4096;  ///< of a search

    explicit Hnsw(std::size_t dimension);
    Hnsw(Hnsw&& other) noexcept;
    Hnsw& operator=(Hnsw&& other) noexcept;
    ~Hnsw() = default;

    /// Adds the rows of the next slots, unit vectors in 16-bit fixed point.
    void append(std::span<const std::int16_t> vectors);
    void reserve(std::size_t slots);
    /// Links slots [linked(), to) one after the other. One thread at a time.
    void link(std::size_t to, HnswScratch& scratch);
    /// For building in parallel: links one slot; others may link other slots at the same time. When all below `to` are in,
    /// finishLinking(to).
    void linkOne(Slot slot, HnswScratch& scratch);
    void finishLinking(std::size_t to) { m_linked.store(to, std::memory_order_release); }
    /// Slots leave: the others move down, and lists that lost links are mended with the leavers' links.
    void compact(Renumbering newSlots);

    /// The `width` best slots below linked() that the greedy search finds, best first. REQUIRES: query.size() == dimension
    void search(
        std::span<const std::int16_t> query, std::size_t width, AllowedSlots allowed, HnswScratch& scratch, std::vector<Near>& found) const;
    /// The dots of each slot in [from, to) that is allowed, appended to `found`: the exact search with bytes.
    void scan(std::span<const std::int16_t> query, Slot from, Slot to, AllowedSlots allowed, HnswScratch& scratch,
        std::vector<Near>& found) const;

    [[nodiscard]] std::size_t size() const { return m_size; }
    [[nodiscard]] std::size_t linked() const { return m_linked.load(std::memory_order_acquire); }
    [[nodiscard]] std::size_t memoryBytes() const
    {
        return m_rows.memoryBytes() + m_base.memoryBytes() + m_levels.capacity() + m_isZero.capacity() +
            (m_upperAt.capacity() + m_upper.capacity()) * sizeof(std::uint32_t);
    }

    /// Links only; the rows come from append.
    void encodeLinks(Bytes& out) const;
    /// REQUIRES: as many slots were appended as when it was encoded, or more; none is linked
    Result<void> decodeLinks(ByteReader& reader);

private:
    struct Top {
        Slot slot = kGone;
        std::uint32_t level = 0;
    };

    [[nodiscard]] std::uint32_t* linksOf(Slot slot, std::uint32_t level) const;
    [[nodiscard]] Top top() const;
    void quantise(std::span<const std::int16_t> vector, std::int8_t* out) const;
    void rowAsQuery(Slot slot, std::vector<std::int8_t>& out) const;
    [[nodiscard]] Near descend(const std::vector<std::int8_t>& query, Near from, std::uint32_t fromLevel, std::uint32_t toLevel) const;
    [[nodiscard]] std::size_t spreadStarts(const std::vector<std::int8_t>& query, std::size_t below, std::span<Near> starts) const;
    void searchLevel(const std::vector<std::int8_t>& query, std::span<const Near> starts, std::uint32_t level, std::size_t width,
        AllowedSlots allowed, HnswScratch& scratch) const;
    [[nodiscard]] bool hasEqualEnough(const Near& candidate, std::span<const Near> kept, std::span<const Near> rejected) const;
    void choose(std::vector<Near>& candidates, std::size_t count, HnswScratch& scratch) const;
    void addLink(Slot from, Slot to, std::int32_t dot, std::uint32_t level, HnswScratch& scratch);
    void mendBase(Renumbering newSlots, HnswScratch& scratch);
    void moveUpper(Renumbering newSlots);

    std::size_t m_dimension;
    std::size_t m_width; ///< of a row in bytes
    float m_scale;       ///< from 16-bit fixed point to bytes
    double m_nearDot;    ///< of near copies
    Rotation m_rotation;
    std::size_t m_size = 0;
    std::atomic<std::size_t> m_linked = 0;
    PageColumn<std::uint8_t> m_rows;      ///< [size, width]; each number plus 128
    PageColumn<std::uint32_t> m_base;     ///< [size, kLinksBase]; a list ends at the first kGone
    std::vector<std::uint8_t> m_levels;   ///< the highest level of each slot
    std::vector<std::uint8_t> m_isZero;   ///< 1 for rows that say nothing and are not linked
    std::vector<std::uint32_t> m_upperAt; ///< where a slot's lists above the lowest begin in m_upper, kLinks a level
    std::vector<std::uint32_t> m_upper;
    mutable std::mutex m_topMutex;
    Top m_top;                                      ///< guarded by m_topMutex
    std::array<std::atomic_flag, 1024> m_listLocks; ///< of the list of slot % 1024, against other writers
};

} // namespace carma::index
