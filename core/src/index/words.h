// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "index/language.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace carma::index {

/// Lets a map of strings be searched by string_view.
struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
};
template <typename T> using TextMap = std::unordered_map<std::string, T, TextHash, std::equal_to<>>;

/// A word of a text and its place: the number of words before it, stop words included.
struct PlacedTerm {
    std::uint32_t term = 0;
    std::uint32_t position = 0;
};

/// A term of another language than English begins with a byte that tells it, so that the stems of two languages do not mix.
[[nodiscard]] Language languageOfTerm(std::string_view term);
/// Without that byte.
[[nodiscard]] std::string_view textOfTerm(std::string_view term);
/// Lower-case and without accents, as the forms of words are kept.
std::string foldWord(std::string_view word);

class UnicodeCutter;

/// Cuts text into the terms that the lexical index counts: runs of letters and digits, lower-case, without accents,
/// stop words left out, reduced to their stem in the language that is set (English at first). Scripts without spaces between words: see
/// unicode_words.h. Terms are numbered in order of appearance, so that one reader serves a batch of passages and each
/// word is stemmed once. Not thread-safe.
class WordReader {
public:
    enum class Purpose : std::uint8_t { Index, Query };

    explicit WordReader(Purpose purpose = Purpose::Index);
    ~WordReader();
    WordReader(const WordReader&) = delete;
    WordReader& operator=(const WordReader&) = delete;

    /// Of what is read from now on.
    void setLanguage(Language language) { m_language = language; }
    /// Appends the terms of `text`, in order, repeated ones included. `position` is the place of its first word and becomes that after its
    /// last.
    void read(std::string_view text, std::vector<PlacedTerm>& terms, std::uint32_t& position);
    [[nodiscard]] std::size_t termCount() const { return m_terms.size(); }
    /// REQUIRES: number < termCount(). Valid while this object lives.
    [[nodiscard]] std::string_view term(std::uint32_t number) const { return *m_terms[number]; }
    /// The words that were read as this term, folded. REQUIRES: number < termCount()
    [[nodiscard]] const std::vector<std::string>& forms(std::uint32_t number) const { return m_forms[number]; }

private:
    struct KnownWord {
        std::size_t textAt = 0; ///< in m_knownText
        std::uint32_t hash = 0;
        std::uint32_t number = 0; ///< of its term, or kStopWord
        std::uint16_t length = 0; ///< bytes; 0 marks a free entry
        Language language = Language::English;
    };

    void addWord(std::string_view word, std::vector<PlacedTerm>& terms, std::uint32_t& position);
    void addUnicodeRun(std::string_view run, std::vector<PlacedTerm>& terms, std::uint32_t& position);
    std::uint32_t numberOf(std::string_view word);
    std::uint32_t newTerm(std::string_view word);
    void growKnown();

    const Purpose m_purpose;
    Language m_language = Language::English;
    std::unique_ptr<UnicodeCutter> m_unicode; ///< made when the first word beyond ASCII comes
    std::vector<KnownWord> m_known;           ///< words before stemming; open addressing, a power of two, at most half full
    std::size_t m_knownCount = 0;
    std::string m_knownText;
    TextMap<std::uint32_t> m_byTerm;
    std::vector<const std::string*> m_terms; ///< the keys of m_byTerm, which do not move
    std::vector<std::vector<std::string>> m_forms;
    std::string m_lower;
};

} // namespace carma::index
