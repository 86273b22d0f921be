// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "excerpt.h"

#include "text.h"

#include <algorithm>
#include <cwctype>

namespace carma::cli {

namespace {

constexpr std::size_t kEndingMax = 3; // letters that an inflection adds: -s, -ed, -ing
constexpr std::size_t kPrefixMin = 4; // shorter words match only themselves
constexpr std::size_t kLeadIn = 60;   // bytes shown before the first match

bool isWordCharacter(char32_t code)
{
    return code >= 0x80 ? code != 0xFFFD && std::iswpunct(static_cast<wint_t>(code)) == 0 && code > 0xBF
                        : (code >= '0' && code <= '9') || (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z');
}

struct Word {
    std::size_t begin = 0, end = 0;
    std::string folded; ///< lower case
};

std::vector<Word> wordsOf(std::string_view text)
{
    std::vector<Word> words;
    bool inside = false;
    for (std::size_t at = 0; at < text.size();) {
        const auto [code, bytes] = characterAt(text, at);
        if (isWordCharacter(code)) {
            if (!inside) {
                words.push_back({at, at, {}});
            }
            appendUtf8(words.back().folded, static_cast<char32_t>(std::towlower(static_cast<wint_t>(code))));
            words.back().end = at + bytes;
        }
        inside = isWordCharacter(code);
        at += bytes;
    }
    return words;
}

bool sameWord(const std::string& a, const std::string& b)
{
    if (a == b) {
        return true;
    }
    const std::string& shorter = a.size() < b.size() ? a : b;
    const std::string& longer = a.size() < b.size() ? b : a;
    return shorter.size() >= kPrefixMin && longer.starts_with(shorter) && longer.size() - shorter.size() <= kEndingMax;
}

} // namespace

std::vector<std::string> queryWords(std::string_view query)
{
    std::vector<std::string> words;
    for (Word& word : wordsOf(query)) {
        words.push_back(std::move(word.folded));
    }
    return words;
}

std::vector<std::pair<std::size_t, std::size_t>> matches(std::string_view text, const std::vector<std::string>& words)
{
    std::vector<std::pair<std::size_t, std::size_t>> found;
    for (const Word& word : wordsOf(text)) {
        if (std::ranges::any_of(words, [&](const std::string& wanted) { return sameWord(word.folded, wanted); })) {
            found.emplace_back(word.begin, word.end);
        }
    }
    return found;
}

std::vector<std::string> excerpt(std::string_view text, const std::vector<std::string>& words, std::size_t width, std::size_t lines)
{
    std::string line = escapeLine(text);
    if (columns(line) > width * lines) {
        const auto found = matches(line, words);
        if (!found.empty() && found.front().first > kLeadIn && found.front().first > width * lines / 2) {
            std::size_t begin = line.find(' ', found.front().first - kLeadIn);
            begin = begin == std::string::npos || begin > found.front().first ? found.front().first : begin + 1;
            line = "\u2026 " + line.substr(begin);
        }
    }
    std::vector<std::string> wrapped = wrap(line, width);
    if (wrapped.size() > lines) {
        wrapped.resize(lines);
        wrapped.back() = cut(wrapped.back() + " \u2026", width);
    }
    return wrapped;
}

} // namespace carma::cli
