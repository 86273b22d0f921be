// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "index/lexical_index.h"
#include "index/passage_table.h"
#include "index/vector_index.h"

#include <carma/result.h>

#include <span>
#include <vector>

namespace carma::query {

/// The indexes of one namespace, which agree on the slots of its passages. Not synchronised.
class Indexes {
public:
    explicit Indexes(std::size_t dimension) : m_vectors(dimension) {}

    /// What add() prepares outside of any lock.
    struct Batch {
        std::vector<index::PassageRow> rows; ///< no id twice
        std::vector<index::PassageTerms> terms;
        std::vector<std::int16_t> vectors;
        index::WordReader words;
    };

    /// Adds or replaces the passages of `batch`.
    void add(const Batch& batch);
    void remove(std::span<const FragmentId> ids);

    [[nodiscard]] const index::PassageTable& passages() const { return m_passages; }
    [[nodiscard]] const index::LexicalIndex& lexical() const { return m_lexical; }
    [[nodiscard]] const index::VectorIndex& vectors() const { return m_vectors; }
    /// For each parent the length of the sum of its passages' vectors, in the unit of fixed-point vectors.
    [[nodiscard]] std::span<const float> parentLengths() const { return m_parentLengths; }
    [[nodiscard]] std::size_t memoryBytes() const;

    void encode(Bytes& out) const;
    static Result<Indexes> decode(ByteReader& reader, std::size_t dimension);

private:
    [[nodiscard]] float sumLength(std::span<const index::Slot> slots) const;
    void measureAllParents();

    index::PassageTable m_passages;
    index::LexicalIndex m_lexical;
    index::VectorIndex m_vectors;
    std::vector<float> m_parentLengths;
};

} // namespace carma::query
