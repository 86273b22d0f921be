// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "index/compaction.h"
#include "index/hnsw.h"
#include "index/sign_codes.h"
#include "index/snapshot_reader.h"

#include <carma/result.h>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace carma::index {

/// A unit vector in 16-bit fixed point: 32,767 is 1. Half the size of float32 and true to 1e-5 in a cosine, where
/// float16 is true to 1e-3. The product of two has at most 2^30 by the Cauchy-Schwarz inequality, so that a cosine is a
/// plain sum of 32-bit whole numbers, the same on every machine.
using FixedVector = std::vector<std::int16_t>;
inline constexpr std::int32_t kFixedOne = 32767;
inline constexpr float kFixedDotOne = static_cast<float>(kFixedOne) * static_cast<float>(kFixedOne);

/// `vector` scaled to length 1 and rounded into `out`; all zeroes stay. False, with zeroes, if a number is not finite.
/// REQUIRES: out.size() == vector.size()
bool toFixed(std::span<const float> vector, std::span<std::int16_t> out);
/// Whether the vector can be one of toFixed(): of length 1 but for the rounding, or zero.
bool isUnitOrZero(std::span<const std::int16_t> vector);

/// What nearest() needs besides the index; kept by the caller so that searching allocates nothing once it is warm.
struct NearScratch {
    HnswScratch graph;
    SignScratch signs;
    std::vector<Slot> slots; ///< to be compared exactly
    std::vector<std::int32_t> dots;
    std::vector<float> cosines; ///< of what was compared
    std::vector<Slot> places;   ///< in that
};

/// The vectors of a namespace's passages by slot: exact ones for scanning and for the last word; codes of one bit a number that find the
/// nearest among some tens of thousands, and a graph over bytes that finds them among more. Not synchronised, but link() may run beside
/// searches.
class VectorIndex {
public:
    explicit VectorIndex(std::size_t dimension) : m_dimension(dimension) {}

    /// Adds the vectors of the next slots. REQUIRES: vectors.size() is a multiple of the dimension
    void append(std::span<const std::int16_t> vectors);
    void compact(Renumbering newSlots);
    /// Cosine of each vector with `query`, kFixedDotOne being 1. Zero for zero vectors. REQUIRES: dots.size() == size()
    void dots(std::span<const std::int16_t> query, std::span<std::int32_t> dots) const;
    /// The same for some slots. REQUIRES: dots.size() == slots.size()
    void dotsOf(std::span<const std::int16_t> query, std::span<const Slot> slots, std::span<std::int32_t> dots) const;
    /// False for the zero vector of a passage without a known token.
    [[nodiscard]] bool has(Slot slot) const { return m_present[slot] != 0; }
    [[nodiscard]] std::span<const std::int16_t> at(Slot slot) const;
    [[nodiscard]] std::size_t size() const { return m_present.size(); }
    [[nodiscard]] std::size_t dimension() const { return m_dimension; }
    [[nodiscard]] std::size_t memoryBytes() const;

    /// Makes the codes; `sample` is int16 [n, dimension], vectors that stand for all. Nothing if that was done.
    void prepareCodes(std::span<const std::int16_t> sample);
    [[nodiscard]] bool hasCodes() const { return m_codes.has_value(); }
    /// Makes the byte vectors and takes up the links that were decoded; codes stay, for the next snapshot. Nothing if that was done.
    void prepareGraph();
    [[nodiscard]] bool hasGraph() const { return m_graph.has_value(); }
    /// Links up to `count` slots into the graph. One thread at a time; beside any number of searches. REQUIRES: hasGraph()
    void link(std::size_t count, HnswScratch& scratch) { m_graph->link(std::min(size(), m_graph->linked() + count), scratch); }
    [[nodiscard]] std::size_t unlinked() const { return m_graph ? size() - m_graph->linked() : 0; }
    /// About the `count` nearest allowed slots with exact products, in no order. All codes are scanned, or the graph is
    /// searched with a pool of three times `count`, and what it does not hold yet, or all that is allowed if that is little, is
    /// scanned by bytes. REQUIRES: hasCodes() or hasGraph(); count > 0
    void nearest(
        std::span<const std::int16_t> query, std::size_t count, AllowedSlots allowed, NearScratch& scratch, std::vector<Near>& found) const;

    /// What nearest() just estimated of all slots' products with its query, less scratch.signs.meanProduct; empty where it searched the
    /// graph.
    [[nodiscard]] std::span<const float> estimates(const NearScratch& scratch) const;

    void encode(Bytes& out) const;
    /// Takes `count` vectors from a snapshot, which are read when they are looked at. Corruption for bytes that end too early. Links are
    /// left where they are until prepareGraph(), which builds the graph anew if they are unsound.
    static Result<VectorIndex> decode(SnapshotReader& reader, std::size_t dimension, std::size_t count);

private:
    void nearestByGraph(
        std::span<const std::int16_t> query, std::size_t count, AllowedSlots allowed, HnswScratch& scratch, std::vector<Near>& found) const;
    std::size_t m_dimension;
    StoredColumn<std::int16_t> m_values; ///< [size, dimension]
    std::vector<std::uint8_t> m_present; ///< 0 for zero vectors
    std::optional<SignCodes> m_codes;
    std::optional<Hnsw> m_graph;
    StoredColumn<std::byte> m_storedLinks; ///< of a snapshot, until they are needed
};

} // namespace carma::index
