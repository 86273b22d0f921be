// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/fractal_engine.h"

#include "index/words.h"

#include <algorithm>
#include <shared_mutex>

/// What an engine can tell of one passage.
namespace carma::query {

using index::Slot;

namespace {

std::vector<float> toFloats(std::span<const std::int16_t> vector)
{
    std::vector<float> floats(vector.size());
    std::ranges::transform(vector, floats.begin(), [](std::int16_t v) { return static_cast<float>(v) / index::kFixedOne; });
    return floats;
}

} // namespace

std::optional<Traces> FractalEngine::tracesOf(const FragmentId& id) const
{
    const std::shared_lock<Gate> lock(m_mutex);
    const auto slot = m_indexes.passages().find(id);
    if (!slot) {
        return std::nullopt;
    }
    Traces traces;
    traces.step = 1.0F / index::kFixedOne;
    if (m_indexes.vectors().has(*slot)) {
        traces.whole = toFloats(m_indexes.vectors().at(*slot));
    }
    const std::size_t dimension = m_indexes.vectors().dimension();
    for (auto rows = m_indexes.parts().of(*slot); !rows.empty(); rows = rows.subspan(dimension)) {
        traces.parts.push_back(toFloats(rows.first(dimension)));
    }
    return hasFailed() ? std::nullopt : std::optional(std::move(traces)); // it may be what could not be read
}

std::optional<TextPlaces> FractalEngine::placesOf(const FragmentId& id, std::string_view vocabulary) const
{
    const std::shared_lock<Gate> lock(m_mutex);
    const index::LexicalIndex& lexical = m_indexes.lexical();
    const auto slot = m_indexes.passages().find(id);
    if (!slot) {
        return std::nullopt;
    }
    TextPlaces found;
    for (const index::PartBound& part : lexical.parts(*slot)) {
        found.partBegins.push_back(part.begin);
    }
    index::WordReader reader;
    std::vector<index::PlacedTerm> terms;
    std::uint32_t position = 0;
    for (const index::Language language : lexical.languages()) {
        reader.setLanguage(language);
        reader.read(vocabulary, terms, position);
    }
    for (std::uint32_t term = 0; term < reader.termCount(); ++term) {
        const index::Postings postings = lexical.find(reader.term(term));
        const std::size_t at = postings.seek(0, *slot);
        if (at == postings.size() || postings[at].slot != *slot || postings[at].count == postings[at].inTitle) {
            continue;
        }
        WordPlaces& word = found.words.emplace_back();
        word.forms = reader.forms(term);
        std::size_t seen = 0;
        postings.eachPosition(postings[at], [&](std::uint32_t place) {
            if (seen++ >= postings[at].inTitle) {
                word.positions.push_back(place);
            }
        });
    }
    return hasFailed() ? std::nullopt : std::optional(std::move(found));
}

std::vector<Hit> FractalEngine::nearest(const FragmentId& id, std::size_t count) const
{
    thread_local index::NearScratch scratch;
    thread_local std::vector<index::Near> found;
    const std::shared_lock<Gate> lock(m_mutex);
    const index::VectorIndex& vectors = m_indexes.vectors();
    const auto slot = m_indexes.passages().find(id);
    if (!slot || !vectors.has(*slot)) {
        return {};
    }
    found.clear();
    if (vectors.hasGraph() || vectors.hasCodes()) {
        vectors.nearest(vectors.at(*slot), count + 1, {}, scratch, found);
    } else {
        scratch.dots.resize(vectors.size());
        vectors.dots(vectors.at(*slot), scratch.dots);
        for (Slot other = 0; other < vectors.size(); ++other) {
            if (vectors.has(other)) {
                found.push_back({scratch.dots[other], other});
            }
        }
    }
    const std::size_t kept = std::min(found.size(), count + 1);
    std::partial_sort(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(kept), found.end(),
        [](const index::Near& a, const index::Near& b) { return a.dot != b.dot ? a.dot > b.dot : a.slot < b.slot; });
    found.resize(kept);
    std::vector<Hit> hits;
    for (const index::Near& near : found) {
        if (near.slot != *slot && hits.size() < count) {
            hits.push_back(hitOf({static_cast<float>(near.dot) / index::kFixedDotOne, near.slot}));
        }
    }
    return hits;
}

} // namespace carma::query
