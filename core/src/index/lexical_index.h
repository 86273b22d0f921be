// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "index/bm25.h"
#include "index/compaction.h"
#include "index/term_dictionary.h"
#include "index/words.h"

#include <carma/result.h>

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace carma::index {

/// One term of one passage; counts stop at 65,535.
struct TermCount {
    std::uint32_t term = 0;  ///< of the WordReader that read it
    std::uint16_t count = 0; ///< in title and text
    std::uint16_t inTitle = 0;
};

/// A group of sentences of a passage's text (text_parts.h).
struct PartBound {
    std::uint32_t begin = 0; ///< position of its first word
    std::uint32_t terms = 0; ///< that it holds
    friend bool operator==(const PartBound&, const PartBound&) = default;
};

/// The words of a passage. Those of the title come first; between title and text some positions stay empty, so that no phrase spans both.
struct PassageTerms {
    std::vector<TermCount> counts;        ///< each term once
    std::vector<std::uint32_t> positions; ///< rising ones for each of `counts`, as many as it counts
    std::vector<PartBound> parts;         ///< empty for a text of one part
};

PassageTerms countTerms(WordReader& reader, std::string_view title, std::string_view text);

/// Two terms of a query that follow each other in it: their places in QueryWords::terms.
struct WordPair {
    std::uint32_t first = 0;
    std::uint32_t second = 0;
    friend auto operator<=>(const WordPair&, const WordPair&) = default;
};

/// What a query's words are in an index. Valid until the index changes.
struct QueryWords {
    std::vector<Postings> terms;      ///< of those that are known, each once; those of one word in several languages follow each other
    std::vector<std::string> words;   ///< for each of `terms` the query's word
    std::vector<std::uint32_t> word;  ///< for each of `terms` a number that those of one word share
    std::vector<WordPair> pairs;      ///< each once
    std::vector<std::string> unknown; ///< words of the query that no passage has, in its order, each once
};

/// Which passages hold which terms, and where. A passage counts with its title; a group of passages (all of one parent) counts as
/// one long passage without titles. Not synchronised.
class LexicalIndex {
public:
    /// Adds the next slots. The terms' numbers are those of `reader`.
    void append(std::span<const PassageTerms> passages, const WordReader& reader);
    void compact(Renumbering newSlots);

    /// The query's words are looked for in all languages that are there: its own cannot be told by a few words.
    [[nodiscard]] QueryWords lookUp(std::string_view query) const;
    /// Those of the passages; English always.
    [[nodiscard]] std::vector<Language> languages() const;
    /// Of a term as WordReader gives it; empty if it is not there.
    [[nodiscard]] Postings find(std::string_view term) const;
    /// Of all words that begin so, and none for an empty prefix. `prefix` is folded (words.h). Words of one stem are not told apart.
    [[nodiscard]] std::vector<Postings> withPrefix(std::string_view prefix) const;
    /// The word of a passage that is spelt most like `word`, which is folded: at most two letters are other, too many, missing or have
    /// changed places (one in a word below six letters). Of equally near ones the most frequent. Nothing if there is none.
    [[nodiscard]] std::optional<std::string> nearestWord(std::string_view word) const;
    /// BM25 of every passage. REQUIRES: scores.size() == size()
    void score(std::span<const Postings> terms, const Bm25& parameters, std::span<float> scores) const;
    /// BM25 of every group; `groupOf` names each slot's group, `groupTerms` tells the sum of textTerms() of its slots.
    /// REQUIRES: groupOf.size() == size(), each below scores.size(), which is groupTerms.size()
    void scoreGroups(const QueryWords& words, const Bm25& parameters, std::span<const std::uint32_t> groupOf,
        std::span<const std::uint32_t> groupTerms, std::span<float> scores) const;
    /// Whether the passage's text is more than one part.
    [[nodiscard]] bool hasParts(Slot slot) const { return m_partBegins[slot] != m_partBegins[slot + 1]; }
    [[nodiscard]] std::size_t partCount() const { return m_parts.size(); }
    /// Empty for a text of one part.
    [[nodiscard]] std::span<const PartBound> parts(Slot slot) const;
    [[nodiscard]] std::uint32_t titleTerms(Slot slot) const { return m_lengths[slot].title; }
    /// Without its title's.
    [[nodiscard]] std::uint32_t textTerms(Slot slot) const { return m_lengths[slot].all - m_lengths[slot].title; }
    /// One over the mean number of terms of a passage with its title.
    [[nodiscard]] float perMeanLength() const;
    [[nodiscard]] float relativeLength(Slot slot) const { return static_cast<float>(m_lengths[slot].all) * perMeanLength(); }
    /// `count` terms that two passages to half of all hold; the same ones whenever the same passages are there.
    [[nodiscard]] std::vector<Postings> someTerms(std::size_t count) const;

    [[nodiscard]] std::size_t size() const { return m_lengths.size(); }
    [[nodiscard]] std::size_t termCount() const { return m_terms.size(); }
    [[nodiscard]] std::size_t memoryBytes() const;

    void encode(Bytes& out) const;
    /// Takes the words of `passageCount` passages from a snapshot; postings are read when they are looked up. Corruption for anything else
    /// that encode does not write.
    static Result<LexicalIndex> decode(SnapshotReader& reader, std::size_t passageCount);

private:
    struct Length {
        std::uint32_t all = 0;
        std::uint32_t title = 0;
    };

    static void addForms(Term& term, std::string_view text, const std::vector<std::string>& forms);
    void addPosting(TermList& list, Slot slot, std::uint16_t inTitle, std::span<const std::uint32_t> positions);
    void addParts(std::span<const PartBound> parts);
    void compactParts(Renumbering newSlots);

    TermDictionary m_terms;
    std::uint32_t m_languages = 1;              ///< a bit each
    std::vector<Length> m_lengths;              ///< terms of each passage
    std::uint64_t m_lengthSum = 0;              ///< of `all`
    std::vector<std::uint32_t> m_partBegins{0}; ///< [size + 1], in m_parts
    std::vector<PartBound> m_parts;
};

} // namespace carma::index
