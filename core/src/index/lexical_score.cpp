// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/hash.h"
#include "index/lexical_index.h"

#include <carma/assert.h>

#include <algorithm>
#include <numeric>
#include <utility>

namespace carma::index {

void LexicalIndex::score(std::span<const Postings> terms, const Bm25& parameters, std::span<float> scores) const
{
    CARMA_ASSERT(scores.size() == size());
    std::ranges::fill(scores, 0.0F);
    const float perMean = perMeanLength();
    for (const Postings& postings : terms) {
        const float idf = inverseFrequency(size(), postings.frequency());
        for (const Posting& posting : postings) {
            const float relativeLength = static_cast<float>(m_lengths[posting.slot].all) * perMean;
            scores[posting.slot] += idf * parameters.saturate(posting.count, relativeLength);
        }
    }
}

void LexicalIndex::scoreGroups(const QueryWords& words, const Bm25& parameters, std::span<const std::uint32_t> groupOf,
    std::span<const std::uint32_t> groupTerms, std::span<float> scores) const
{
    CARMA_ASSERT(groupOf.size() == size() && groupTerms.size() == scores.size());
    std::ranges::fill(scores, 0.0F);
    const std::uint64_t termSum = std::accumulate(groupTerms.begin(), groupTerms.end(), std::uint64_t{0});
    const float perMean = static_cast<float>(scores.size()) / static_cast<float>(std::max<std::uint64_t>(termSum, 1));
    thread_local std::vector<std::uint32_t> counts; // all zero between words
    thread_local std::vector<std::uint32_t> holding;
    counts.resize(std::max(counts.size(), scores.size()));
    holding.resize(scores.size() + 1); // one more is written than counts
    std::size_t held = 0;
    for (std::size_t i = 0; i < words.terms.size(); ++i) {
        for (const Posting& posting : words.terms[i]) {
            const auto count = static_cast<std::uint32_t>(posting.count - posting.inTitle);
            const std::uint32_t group = groupOf[posting.slot];
            const std::uint32_t before = counts[group];
            holding[held] = group;
            held += before == 0 && count != 0 ? 1 : 0; // no branch: nobody can foretell it
            counts[group] = before + count;
        }
        if (i + 1 < words.terms.size() && words.word[i + 1] == words.word[i]) {
            continue; // the same word in another language
        }
        const float idf = inverseFrequency(scores.size(), held);
        for (const std::uint32_t group : std::span(holding).first(held)) {
            const float relativeLength = static_cast<float>(groupTerms[group]) * perMean;
            scores[group] += idf * parameters.saturate(static_cast<float>(counts[group]), relativeLength);
            counts[group] = 0;
        }
        held = 0;
    }
}

float LexicalIndex::perMeanLength() const
{
    return static_cast<float>(size()) / static_cast<float>(std::max<std::uint64_t>(m_lengthSum, 1));
}

std::vector<Postings> LexicalIndex::someTerms(std::size_t count) const
{
    std::vector<std::pair<std::uint64_t, std::string>> chosen; // by the hash of the term, which says nothing about its use
    m_terms.eachWord([&](std::string_view text, std::string_view, std::size_t passages) {
        if (passages > 1 && passages <= size() / 2 + 1) {
            chosen.emplace_back(hash64(asBytes(text), 0), text);
        }
    });
    count = std::min(count, chosen.size());
    std::partial_sort(chosen.begin(), chosen.begin() + static_cast<std::ptrdiff_t>(count), chosen.end());
    std::vector<Postings> terms;
    for (const auto& one : std::span(chosen).first(count)) {
        terms.push_back(find(one.second));
    }
    return terms;
}

} // namespace carma::index
