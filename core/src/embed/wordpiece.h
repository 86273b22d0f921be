// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/result.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace carma::embed {

/// The uncased WordPiece tokenizer of BERT models. Text is cleaned of control characters, lower-cased and stripped of
/// accents, split at white space, at punctuation and around CJK ideographs; each word is then covered greedily by the
/// longest known pieces from the left. Immutable after parsing, hence thread-safe.
class WordPiece {
public:
    /// `vocabulary` holds one token a line, the line's number is its id, and "##" starts a piece that continues a word.
    /// Corruption if "[UNK]" is missing, LimitExceeded beyond kVocabularyBytesMax.
    static Result<WordPiece> parse(std::string vocabulary);

    /// The ids of the first `idsMax` tokens of `text`, replacing what `ids` held. Words that no pieces cover, and words
    /// of more than 100 characters, are one unknown() each. Bytes that are no UTF-8 are skipped.
    void encode(std::string_view text, std::size_t idsMax, std::vector<std::uint32_t>& ids) const;

    /// The id of the line that reads exactly `token`, for instance "[CLS]".
    [[nodiscard]] std::optional<std::uint32_t> idOf(std::string_view token) const;
    /// REQUIRES: id < size(). Valid while this object lives.
    [[nodiscard]] std::string_view token(std::uint32_t id) const;
    [[nodiscard]] std::uint32_t unknown() const { return m_unknown; }
    [[nodiscard]] std::size_t size() const { return m_lineStarts.size() - 1; }

    /// Bounds a vocabulary file: the largest multilingual ones have a million tokens of about ten bytes.
    static constexpr std::size_t kVocabularyBytesMax = 16U << 20U;

private:
    enum class Place : std::uint8_t { Start, Continuation };
    struct Entry {
        std::uint32_t hash = 0;
        std::uint32_t idPlusOne = 0; ///< 0 marks a free entry
    };

    WordPiece();
    void indexLines();
    void insert(std::uint32_t id);
    [[nodiscard]] std::string_view piece(std::uint32_t id, Place place) const;
    [[nodiscard]] std::optional<std::uint32_t> find(std::string_view text, Place place) const;
    void cover(std::string_view word, std::size_t characters, std::vector<std::uint32_t>& ids) const;
    void coverKnown(std::string_view word, std::size_t characters, std::vector<std::uint32_t>& ids) const;

    std::string m_vocabulary;
    std::vector<std::uint32_t> m_lineStarts; ///< one more than there are lines
    std::vector<Entry> m_entries;            ///< open addressing, a power of two, at most half full
    std::size_t m_pieceBytesMax = 0;
    std::uint32_t m_unknown = 0;
    std::uint64_t m_seed; ///< of this vocabulary's words among those that a thread remembers
};

} // namespace carma::embed
