// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/hypothesis_words.h"

#include "index/lexical_index.h"

#include <algorithm>

namespace carma::store {

namespace {

constexpr std::string_view kContinuation = "##";
constexpr std::size_t kVocabularyBytesMax = 16U << 20U;

bool isLetter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80U;
}

/// The position of a text's first word behind its title, as the index counts.
std::uint32_t textBegin(std::string_view title)
{
    index::WordReader reader;
    const index::PassageTerms terms = index::countTerms(reader, title, "zebra");
    return terms.positions.empty() ? 0 : std::ranges::max(terms.positions);
}

} // namespace

WordEvidence::WordEvidence(const embed::TokenTable& table)
{
    index::WordReader reader;
    std::vector<index::PlacedTerm> terms;
    for (std::uint32_t token = 0; token < table.tokenCount(); ++token) {
        const std::string_view text = table.token(token);
        if (text.starts_with(kContinuation)) {
            continue;
        }
        std::uint32_t position = 0;
        terms.clear();
        reader.read(text, terms, position);
        if (!terms.empty()) {
            add(text);
        } else if (text.size() < 2 || text.front() != '[') { // [UNK] and its like are no words
            m_untold.push_back(token);
        }
    }
}

void WordEvidence::add(std::string_view word)
{
    if (m_vocabulary.size() < kVocabularyBytesMax && m_known.emplace(word).second) {
        m_vocabulary.append(word).append(" ");
    }
}

void WordEvidence::learn(std::string_view text)
{
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t begin = at;
        while (at < text.size() && isLetter(text[at])) {
            ++at;
        }
        if (at > begin) {
            add(text.substr(begin, at - begin));
        } else {
            ++at;
        }
    }
}

std::vector<std::vector<heal::FoundWord>> WordEvidence::wordsOf(
    const query::SearchEngine& engine, const FragmentId& id, std::string_view title)
{
    const auto places = engine.placesOf(id, m_vocabulary);
    if (!places || places->words.empty()) {
        return {};
    }
    std::vector<std::uint32_t> begins = places->partBegins;
    if (begins.empty()) {
        begins.push_back(textBegin(title));
    }
    std::vector<std::vector<heal::FoundWord>> parts(begins.size());
    for (const query::WordPlaces& word : places->words) {
        std::vector<std::string> forms = word.forms;
        std::ranges::sort(forms);
        forms.erase(std::unique(forms.begin(), forms.end()), forms.end());
        for (const std::uint32_t position : word.positions) {
            const auto after = std::ranges::upper_bound(begins, position);
            if (after == begins.begin()) {
                continue;
            }
            const auto part = static_cast<std::size_t>(after - begins.begin()) - 1;
            auto& words = parts[part];
            const auto same = std::ranges::find(words, forms, &heal::FoundWord::forms);
            heal::FoundWord& found = same == words.end() ? words.emplace_back(heal::FoundWord{forms, {}}) : *same;
            found.places.push_back(position - begins[part]);
        }
    }
    return parts;
}

} // namespace carma::store
