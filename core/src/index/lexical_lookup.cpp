// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "embed/utf8.h"
#include "index/lexical_index.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace carma::index {

namespace {

constexpr std::uint32_t kUnknown = ~std::uint32_t{0};
constexpr std::size_t kSpellingMax = 32; ///< letters of a word that is compared with others

/// A query in one language: its term at each position, kUnknown for stop words.
struct Reading {
    WordReader reader{WordReader::Purpose::Query};
    std::vector<std::uint32_t> termAt;

    Reading(std::string_view query, Language language)
    {
        std::vector<PlacedTerm> placed;
        std::uint32_t position = 0;
        reader.setLanguage(language);
        reader.read(query, placed, position);
        termAt.assign(position, kUnknown);
        for (const PlacedTerm& one : placed) {
            termAt[one.position] = one.term;
        }
    }
};

using Letters = std::vector<UChar32>;
Letters lettersOf(std::string_view text)
{
    Letters letters;
    for (std::size_t at = 0; at < text.size();) {
        letters.push_back(embed::nextCodePoint(text, at));
    }
    return letters;
}

/// Edits from one word to the other, two letters that change places counted once (optimal string alignment); `most` + 1 for more.
/// REQUIRES: both have at most kSpellingMax letters
std::size_t distance(const Letters& a, const Letters& b, std::size_t most)
{
    if (std::max(a.size(), b.size()) - std::min(a.size(), b.size()) > most) {
        return most + 1;
    }
    using Row = std::array<std::size_t, kSpellingMax + 1>;
    Row before{};
    Row last{};
    Row row{};
    std::iota(last.begin(), last.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        std::size_t least = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                row[j] = std::min(row[j], before[j - 2] + 1);
            }
            least = std::min(least, row[j]);
        }
        if (least > most) {
            return most + 1;
        }
        before = last;
        last = row;
    }
    return last[b.size()];
}

template <typename Visit> void eachForm(std::string_view forms, std::string_view text, Visit visit)
{
    while (!forms.empty()) {
        forms.remove_prefix(1); // the line feed
        const std::string_view form = forms.substr(0, forms.find('\n'));
        visit(form == "=" ? text : form);
        forms.remove_prefix(form.size());
    }
}

} // namespace

std::vector<Language> LexicalIndex::languages() const
{
    std::vector<Language> found;
    for (unsigned number = 0; number < kLanguages; ++number) {
        if ((m_languages >> number & 1U) != 0) {
            found.push_back(static_cast<Language>(number));
        }
    }
    return found;
}

QueryWords LexicalIndex::lookUp(std::string_view query) const
{
    std::vector<std::unique_ptr<Reading>> readings;
    for (const Language language : languages()) {
        readings.push_back(std::make_unique<Reading>(query, language));
    }
    QueryWords found;
    std::vector<const TermList*> lists;                               // of found.terms
    std::vector<std::vector<std::uint32_t>> placeAt(readings.size()); // for each reading and position the place in found.terms
    std::size_t length = 0;
    for (std::size_t i = 0; i < readings.size(); ++i) {
        placeAt[i].assign(readings[i]->termAt.size(), kUnknown);
        length = std::max(length, readings[i]->termAt.size());
    }
    for (std::size_t position = 0; position < length; ++position) {
        const std::size_t before = found.terms.size();
        std::size_t passages = 0;
        std::string word;
        bool isKnown = false;
        for (std::size_t i = 0; i < readings.size(); ++i) {
            const std::uint32_t term = position < readings[i]->termAt.size() ? readings[i]->termAt[position] : kUnknown;
            if (term == kUnknown) {
                isKnown = true; // a function word in one language is no spelling mistake in another
                continue;
            }
            word = word.empty() ? readings[i]->reader.forms(term).front() : word;
            const Term* const known = m_terms.find(readings[i]->reader.term(term));
            if (known == nullptr) {
                continue;
            }
            isKnown = true;
            const auto same = std::ranges::find(lists, &known->list);
            placeAt[i][position] = static_cast<std::uint32_t>(same - lists.begin());
            if (same == lists.end()) {
                lists.push_back(&known->list);
                found.terms.push_back(lists.back()->view());
                found.words.push_back(word);
                found.word.push_back(static_cast<std::uint32_t>(position));
                passages += lists.back()->size();
            }
        }
        for (std::size_t i = before; i < found.terms.size(); ++i) {
            found.terms[i].setFrequency(passages); // a passage has one language, so that no one is counted twice
        }
        if (!isKnown && !word.empty() && std::ranges::find(found.unknown, word) == found.unknown.end()) {
            found.unknown.push_back(word);
        }
    }
    for (const auto& places : placeAt) {
        for (std::size_t i = 1; i < places.size(); ++i) {
            if (places[i - 1] != kUnknown && places[i] != kUnknown) {
                found.pairs.push_back({places[i - 1], places[i]});
            }
        }
    }
    std::ranges::sort(found.pairs);
    found.pairs.erase(std::unique(found.pairs.begin(), found.pairs.end()), found.pairs.end());
    return found;
}

Postings LexicalIndex::find(std::string_view term) const
{
    const Term* const known = m_terms.find(term);
    return known == nullptr ? Postings() : known->list.view();
}

std::vector<Postings> LexicalIndex::withPrefix(std::string_view prefix) const
{
    std::vector<Postings> found;
    if (prefix.empty()) {
        return found;
    }
    std::vector<std::string> terms; // looked up when the dictionary is not gone through any more
    m_terms.eachWord([&](std::string_view term, std::string_view forms, std::size_t) {
        bool begins = textOfTerm(term).starts_with(prefix);
        if (!begins) {
            eachForm(forms, textOfTerm(term), [&](std::string_view form) { begins = begins || form.starts_with(prefix); });
        }
        if (begins) {
            terms.emplace_back(term);
        }
    });
    for (const std::string& term : terms) {
        found.push_back(find(term));
    }
    return found;
}

std::optional<std::string> LexicalIndex::nearestWord(std::string_view word) const
{
    constexpr std::size_t kLongWord = 6;
    constexpr std::size_t kShortWord = 3; // too many words are near a shorter one
    const Letters letters = lettersOf(word);
    if (letters.size() < kShortWord || letters.size() > kSpellingMax - 2) {
        return std::nullopt;
    }
    std::size_t least = letters.size() < kLongWord ? 1 : 2;
    std::size_t passages = 0;
    std::string nearest;
    m_terms.eachWord([&](std::string_view term, std::string_view forms, std::size_t holding) {
        eachForm(forms, textOfTerm(term), [&](std::string_view form) {
            if (form.size() > word.size() + 8 || form.size() + 8 < word.size()) { // letters have four bytes at most
                return;
            }
            const Letters other = lettersOf(form);
            if (other.size() > kSpellingMax) {
                return;
            }
            const std::size_t edits = distance(letters, other, least);
            const bool isBetter = edits < least || (edits == least && (holding > passages || (holding == passages && form < nearest)));
            if (edits > 0 && isBetter) {
                least = edits;
                passages = holding;
                nearest = form;
            }
        });
    });
    return nearest.empty() ? std::nullopt : std::optional(nearest);
}

} // namespace carma::index
