// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "index/lexical_index.h"
#include "index/part_vectors.h"
#include "index/passage_table.h"
#include "index/vector_index.h"
#include "index/vector_moments.h"

#include <carma/result.h>

#include <optional>
#include <span>
#include <vector>

namespace carma::query {

inline constexpr index::Bm25 kPassageBm25{0.9F, 0.4F};

/// The indexes of one namespace, which agree on the slots of its passages. Not synchronised.
class Indexes {
public:
    explicit Indexes(std::size_t dimension) : m_vectors(dimension), m_parts(dimension) {}

    /// What add() prepares outside of any lock.
    struct Batch {
        std::vector<index::PassageRow> rows; ///< no id twice
        std::vector<index::PassageTerms> terms;
        std::vector<std::int16_t> vectors;
        std::vector<std::uint8_t> partCounts; ///< of each row; 0 for those of one part
        std::vector<std::int16_t> partVectors;
        index::WordReader words;
    };

    /// Adds or replaces the passages of `batch`.
    void add(const Batch& batch);
    void remove(std::span<const FragmentId> ids);

    [[nodiscard]] const index::PassageTable& passages() const { return m_passages; }
    [[nodiscard]] const index::LexicalIndex& lexical() const { return m_lexical; }
    [[nodiscard]] const index::VectorIndex& vectors() const { return m_vectors; }
    [[nodiscard]] const index::PartVectors& parts() const { return m_parts; }
    /// For each parent the length of the sum of its passages' vectors, in the unit of fixed-point vectors.
    [[nodiscard]] std::span<const float> parentLengths() const { return m_parentLengths; }
    /// For each parent the terms of its passages without their titles.
    [[nodiscard]] std::span<const std::uint32_t> parentTerms() const { return m_parentTerms; }
    [[nodiscard]] std::size_t memoryBytes() const;

    /// Makes what a search needs that does not look at every passage: codes, the graph if wanted, the parents' mean vectors, the spread of
    /// cosines. It is kept up to date from then on. Nothing if that was done.
    void prepare(bool withGraph);
    [[nodiscard]] bool hasGraph() const { return m_vectors.hasGraph(); }
    [[nodiscard]] bool isPrepared() const { return m_moments.has_value(); }
    /// Links some more passages into the graph; one thread at a time, beside searches. REQUIRES: hasGraph()
    void link(std::size_t count, index::HnswScratch& scratch) { m_vectors.link(count, scratch); }
    /// The parent's mean vector scaled to length 1; empty where there is one passage only, or no direction. REQUIRES: isPrepared()
    [[nodiscard]] std::span<const std::int16_t> parentVector(std::uint32_t parent) const;
    [[nodiscard]] const index::VectorMoments& cosineMoments() const { return m_moments->passages; }
    [[nodiscard]] const index::VectorMoments& parentCosineMoments() const { return m_moments->parents; }
    /// How the cosines of passages' best parts lie beside those of the whole passages, whatever the query: their mean is `shift`
    /// deviations above, their deviation `ratio` times as large. REQUIRES: isPrepared()
    struct PartSpread {
        float shift = 0;
        float ratio = 1;
    };
    [[nodiscard]] const PartSpread& partSpread() const { return m_moments->parts; }

    /// How the BM25 of passages' best parts lies beside that of the whole passages, whatever the query: its mean and the mean of its square
    /// are so many times as large. REQUIRES: isPrepared()
    struct WordPartSpread {
        float mean = 1;
        float square = 1;
    };
    [[nodiscard]] const WordPartSpread& wordPartSpread() const { return m_moments->wordParts; }

    void encode(Bytes& out) const;
    /// What is prepared stays so. Vectors and postings are read when they are looked at: reader.pages() may fail later.
    static Result<Indexes> decode(index::SnapshotReader& reader, std::size_t dimension);
    /// Before the first change of what came from a snapshot. False if that contradicts itself.
    bool leaveSnapshot();

private:
    struct Moments {
        index::VectorMoments passages;
        index::VectorMoments parents; ///< each counted once a passage
        PartSpread parts;
        WordPartSpread wordParts;
        std::size_t size = 0; ///< passages when the sample was taken
    };

    void encodePrepared(Bytes& out) const;
    bool decodePrepared(index::SnapshotReader& reader);
    void measureParent(std::uint32_t parent);
    void measureAllParents();
    void countParentTerms(std::uint32_t parent);
    void keepParentVector(std::uint32_t parent, std::span<const std::int64_t> sum);
    void takeSample();
    [[nodiscard]] PartSpread measureParts() const;
    [[nodiscard]] WordPartSpread measureWordParts() const;

    index::PassageTable m_passages;
    index::LexicalIndex m_lexical;
    index::VectorIndex m_vectors;
    index::PartVectors m_parts;
    std::vector<float> m_parentLengths;
    std::vector<std::uint32_t> m_parentTerms;
    std::vector<std::uint32_t> m_parentRows; ///< in m_parentVectors; kGone for none; empty until prepared
    index::StoredColumn<std::int16_t> m_parentVectors;
    std::optional<Moments> m_moments; ///< once prepared
    bool m_prepared = false;
};

} // namespace carma::query
