// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "index/compaction.h"
#include "index/snapshot_reader.h"

#include <carma/result.h>

#include <cstdint>
#include <span>
#include <vector>

namespace carma::index {

/// Vectors of the parts of passages, by slot: unit vectors in fixed point, as in VectorIndex. A passage of one part has none here; its
/// own vector says the same. Not synchronised.
class PartVectors {
public:
    explicit PartVectors(std::size_t dimension) : m_dimension(dimension) {}

    /// Adds the next slots: counts[i] vectors of `vectors` each. REQUIRES: vectors.size() is the dimension times the sum of the counts
    void append(std::span<const std::uint8_t> counts, std::span<const std::int16_t> vectors);
    void compact(Renumbering newSlots);

    [[nodiscard]] std::size_t size() const { return m_begins.size() - 1; } ///< slots
    [[nodiscard]] std::size_t parts() const { return m_begins.back(); }
    /// [parts of the slot, dimension]
    [[nodiscard]] std::span<const std::int16_t> of(Slot slot) const { return rows(slot); }
    [[nodiscard]] bool has(Slot slot) const { return m_begins[slot] != m_begins[slot + 1]; }
    /// The greatest product of a part with `query`. REQUIRES: has(slot)
    [[nodiscard]] std::int32_t best(std::span<const std::int16_t> query, Slot slot) const;
    /// Asks the processor for what best() reads, while something else is done. REQUIRES: has(slot)
    void prefetch(Slot slot) const;
    /// Replaces the products of the slots that have parts by the greatest of their parts'. REQUIRES: dots.size() == size()
    void bests(std::span<const std::int16_t> query, std::span<std::int32_t> dots) const;
    [[nodiscard]] std::size_t memoryBytes() const { return m_values.memoryBytes() + m_begins.capacity() * sizeof(std::uint32_t); }

    void encode(Bytes& out) const;
    /// Takes the parts of `slots` passages from a snapshot, which are read when they are looked at. Corruption for bytes that end too
    /// early.
    static Result<PartVectors> decode(SnapshotReader& reader, std::size_t dimension, std::size_t slots);

private:
    [[nodiscard]] std::span<const std::int16_t> rows(Slot slot) const;

    std::size_t m_dimension;
    std::vector<std::uint32_t> m_begins{0}; ///< [size + 1], in rows of m_values
    StoredColumn<std::int16_t> m_values;    ///< [parts, dimension]
};

} // namespace carma::index
