// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

struct UBreakIterator;

namespace carma::index {

/// Case-folded, in composed form (NFKC).
std::u16string caseFolded(std::string_view text);
/// Without the accents of Latin, Greek and Cyrillic.
std::u16string withoutAccents(const std::u16string& text);
std::string toUtf8(std::u16string_view text);
/// Whether there are characters of scripts that UnicodeCutter gives in pairs.
bool hasPairedScript(std::string_view text);

/// Cuts runs of word characters into words. Scripts with spaces between words give the run as it is; Thai, Khmer and the like are cut by
/// ICU's dictionaries; Chinese, Japanese and Korean give their characters in pairs that overlap, since dictionaries cut the same words
/// differently in different places (Nie, Gao, Zhang, Zhou: On the use of words and n-grams for Chinese information retrieval, 2000).
/// Not thread-safe.
class UnicodeCutter {
public:
    struct Word {
        std::string text;
        bool isMore = false; ///< stands at the place of the word before it
    };

    UnicodeCutter() = default;
    ~UnicodeCutter();
    UnicodeCutter(const UnicodeCutter&) = delete;
    UnicodeCutter& operator=(const UnicodeCutter&) = delete;

    /// Of `run`, case-folded; with `singles` each of a pair's characters, too: a query of one character finds it.
    std::vector<Word> words(std::string_view run, bool keepAccents, bool singles);

private:
    enum class Script : std::uint8_t { Spaced, Paired, Dictionary };
    static Script scriptAt(std::u16string_view text, std::int32_t& at);
    static void addPairs(std::u16string_view text, bool singles, std::vector<Word>& words);
    void addSegments(std::u16string_view text, std::vector<Word>& words);

    UBreakIterator* m_breaks = nullptr; ///< owned
};

} // namespace carma::index
