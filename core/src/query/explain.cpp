// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/explain.h"

#include <algorithm>

namespace carma::query {

Term explainWords(
    const Indexes& indexes, const index::QueryWords& words, index::Slot slot, float whole, float weight, const Moments& moments)
{
    const float scale = weight * moments.perDeviation;
    Term term{"bm25", whole, weight * moments.z(whole)};
    const index::LexicalIndex& lexical = indexes.lexical();
    for (std::size_t i = 0; i < words.terms.size(); ++i) {
        const index::Postings& postings = words.terms[i];
        const std::size_t at = postings.seek(0, slot);
        if (at < postings.size() && postings[at].slot == slot) {
            const float raw = index::inverseFrequency(lexical.size(), postings.frequency()) *
                kPassageBm25.saturate(postings[at].count, lexical.relativeLength(slot));
            term.parts.push_back({words.words[i], raw, scale * raw});
        }
    }
    term.parts.push_back({"mean", moments.mean, -scale * moments.mean});
    return term;
}

Term explainNeighbour(const index::PassageTable& passages, index::Slot slot, index::Slot neighbour, float own, float weight)
{
    const std::uint32_t here = passages.order(slot);
    const std::uint32_t there = passages.order(neighbour);
    const std::string name = std::to_string(std::max(here, there) - std::min(here, there)) + (there < here ? " before" : " after");
    return {name, own, weight * contextValue(own)};
}

} // namespace carma::query
