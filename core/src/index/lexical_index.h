// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/byte_io.h"
#include "index/compaction.h"
#include "index/words.h"

#include <carma/result.h>

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace carma::index {

/// One term of one passage; counts stop at 65,535.
struct TermCount {
    std::uint32_t term = 0;  ///< of the WordReader that read it
    std::uint16_t count = 0; ///< in title and text
    std::uint16_t inTitle = 0;
};
using PassageTerms = std::vector<TermCount>;

/// Reads a passage: each term once.
PassageTerms countTerms(WordReader& reader, std::string_view title, std::string_view text);

struct Posting {
    Slot slot = 0;
    std::uint16_t count = 0;
    std::uint16_t inTitle = 0;
};
using Postings = std::span<const Posting>;

/// Okapi BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009) with the inverse
/// document frequency ln(1 + (n - df + 0.5) / (df + 0.5)), which is never negative.
struct Bm25 {
    float k1 = 0.9F;
    float b = 0.4F;
};

/// Which passages hold which terms. A passage counts with its title; a group of passages (all of one parent) counts as
/// one long passage without titles. Not synchronised.
class LexicalIndex {
public:
    /// Adds the next slots. The terms' numbers are those of `reader`.
    void append(std::span<const PassageTerms> passages, const WordReader& reader);
    void compact(Renumbering newSlots);

    /// The postings of each term of `query` that is known, each term once. Valid until the index changes.
    [[nodiscard]] std::vector<Postings> lookUp(std::string_view query) const;
    /// BM25 of every passage. REQUIRES: scores.size() == size()
    void score(std::span<const Postings> terms, const Bm25& parameters, std::span<float> scores) const;
    /// BM25 of every group; `groupOf` names each slot's group. REQUIRES: groupOf.size() == size(), each below
    /// scores.size()
    void scoreGroups(
        std::span<const Postings> terms, const Bm25& parameters, std::span<const std::uint32_t> groupOf, std::span<float> scores) const;

    [[nodiscard]] std::size_t size() const { return m_lengths.size(); }
    [[nodiscard]] std::size_t termCount() const { return m_postings.size(); }
    [[nodiscard]] std::size_t memoryBytes() const;

    void encode(Bytes& out) const;
    /// Reads the postings of `passageCount` passages. Corruption for anything that encode does not write.
    static Result<LexicalIndex> decode(ByteReader& reader, std::size_t passageCount);

private:
    struct Length {
        std::uint32_t all = 0;
        std::uint32_t title = 0;
    };

    void addPosting(std::vector<Posting>& list, const Posting& posting);
    Result<void> decodeTerm(ByteReader& reader, std::string& previous);

    TextMap<std::vector<Posting>> m_postings; ///< by rising slot, never empty
    std::vector<Length> m_lengths;            ///< terms of each passage
    std::uint64_t m_lengthSum = 0;            ///< of `all`
};

} // namespace carma::index
