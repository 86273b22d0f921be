// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "index/compaction.h"
#include "index/snapshot_reader.h"

#include <carma/ids.h>
#include <carma/result.h>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

namespace carma::index {

/// A passage without its text.
struct PassageRow {
    FragmentId id;
    FragmentId document;
    FragmentId parent;
    std::uint32_t order = 0;
    Sequence sequence = 0;
    std::int64_t timeUs = 0; ///< since 1970-01-01 UTC
};

/// Who the passages of a namespace are and how they hang together, by slot. Not synchronised.
class PassageTable {
public:
    static constexpr std::size_t kReach = 2; ///< neighbours on each side

    struct Parent {
        FragmentId id;
        std::vector<Slot> slots; ///< of its passages, by order; never empty
    };

    /// Adds the next slots. REQUIRES: no id is there already or twice in `rows`
    void append(std::span<const PassageRow> rows);
    void compact(Renumbering newSlots);
    /// Of a table from a snapshot, before it is changed. False if an id is there twice.
    bool makeMaps();
    /// Where each slot goes when `ids` leave; empty if none of them is there.
    [[nodiscard]] std::vector<Slot> renumberingWithout(std::span<const FragmentId> ids);

    [[nodiscard]] std::size_t size() const { return m_ids.size(); }
    /// Looks at every passage as long as a table from a snapshot was not changed.
    [[nodiscard]] std::optional<Slot> find(const FragmentId& id) const;
    [[nodiscard]] const FragmentId& id(Slot slot) const { return m_ids[slot]; }
    [[nodiscard]] const FragmentId& document(Slot slot) const { return m_documents[slot]; }
    [[nodiscard]] Sequence sequence(Slot slot) const { return m_sequences[slot]; }
    [[nodiscard]] std::int64_t timeUs(Slot slot) const { return m_times[slot]; }
    [[nodiscard]] std::uint32_t order(Slot slot) const { return m_orders[slot]; }
    /// The passages beside one in its parent, at most kReach on each side: by how much their order is greater, 0 where there is none. A
    /// gap, where one was forgotten, counts.
    struct Neighbours {
        std::array<Slot, 2 * kReach> slots{};
        std::array<std::int16_t, 2 * kReach> steps{};
    };
    [[nodiscard]] const Neighbours& neighbours(Slot slot) const { return m_neighbours[slot]; }
    /// For each slot the index of its parent in parents().
    [[nodiscard]] std::span<const std::uint32_t> parentOf() const { return m_parentOf; }
    [[nodiscard]] std::span<const Parent> parents() const { return m_parents; }
    /// How many passages each parent has; floats, because they weigh scores.
    [[nodiscard]] std::span<const float> parentSizes() const { return m_parentSizes; }
    [[nodiscard]] std::size_t memoryBytes() const;

    void encode(Bytes& out) const;
    /// Corruption for anything that encode does not write.
    static Result<PassageTable> decode(SnapshotReader& reader);

private:
    std::uint32_t parentIndex(const FragmentId& id);
    void arrange(std::uint32_t parent);
    void findNeighbours(const Parent& parent);

    std::vector<FragmentId> m_ids;
    std::vector<FragmentId> m_documents;
    std::vector<std::uint32_t> m_orders;
    std::vector<Sequence> m_sequences;
    std::vector<std::int64_t> m_times;
    std::vector<std::uint32_t> m_parentOf;
    std::vector<Neighbours> m_neighbours; ///< looked up for every candidate of a search: one line of the cache each
    std::vector<Parent> m_parents;
    std::vector<float> m_parentSizes;
    bool m_hasMaps = true; ///< a query that comes alone does without: making them takes longer than the rest of it
    std::unordered_map<FragmentId, Slot> m_slotOf;
    std::unordered_map<FragmentId, std::uint32_t> m_parentIndexOf;
};

} // namespace carma::index
