// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

/// Where a text may be cut. Offsets are of the whole text that a call is given; a cut is never inside a grapheme
/// (https://www.unicode.org/reports/tr29/) shorter than the bound, and never inside a character.
namespace carma::ingest {

/// Finds sentence ends and cuts. Texts in scripts that end sentences as English does are read by a few rules over
/// bytes; ranges in other scripts are given to ICU. One thread at a time; calls do not depend on each other.
class Breaker {
public:
    Breaker();
    ~Breaker();
    Breaker(const Breaker&) = delete;
    Breaker& operator=(const Breaker&) = delete;

    /// Tells that the texts to come have no byte above 0x7F, which saves looking.
    void assumeAscii(bool ascii) { m_ascii = ascii; }

    /// Appends the start of each sentence of text[begin, end) but the first. Blanks after a sentence belong to it, and
    /// a sentence shorter than kSentenceBytesMin is joined with the next.
    void sentences(std::string_view text, std::size_t begin, std::size_t end, std::vector<std::size_t>& starts);

    /// Where the passage that begins at `begin` is to end, for text[begin, end) longer than `goal`: at a sentence or
    /// line end near `goal`, else between words, else between graphemes. In (begin, end]; at most `bytesMax` from
    /// `begin`. REQUIRES: goal * kReach <= bytesMax
    std::size_t cut(std::string_view text, std::size_t begin, std::size_t end, std::size_t goal, std::size_t bytesMax);

    /// The last grapheme boundary in (begin, limit], or the last character boundary if one grapheme fills all of it.
    std::size_t graphemeCut(std::string_view text, std::size_t begin, std::size_t limit);

    static constexpr std::size_t kSentenceBytesMin = 16; ///< shorter ones are mostly initials, numbers and interjections
    static constexpr std::size_t kReach = 4;             ///< a sentence may make a passage this many times as long as its goal

private:
    struct Icu;

    bool needsIcu(std::string_view text, std::size_t begin, std::size_t end) const;
    void icuSentences(std::string_view text, std::size_t begin, std::size_t end, std::vector<std::size_t>& starts);

    std::unique_ptr<Icu> m_icu;        ///< opened when first needed
    std::vector<std::size_t> m_starts; ///< kept for its memory
    bool m_ascii = false;
};

} // namespace carma::ingest
