// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/word_detail.h"

#include <carma/assert.h>

#include <algorithm>

namespace carma::index {

namespace {

constexpr std::size_t kRough = 3;              // times fewer looks where they are an estimate only
constexpr std::size_t kApart = 24;             // postings between two looks
constexpr std::size_t kUneven = 2'654'435'761; // 2^32 over the golden ratio

} // namespace

PartScorer::PartScorer(const LexicalIndex& index, std::span<const Postings> terms, const Bm25& parameters)
    : m_index(index), m_parameters(parameters)
{
    for (const Postings& term : terms) {
        m_cursors.push_back({&term, 0, inverseFrequency(index.size(), term.frequency())});
    }
}

float PartScorer::operator()(Slot slot)
{
    const auto parts = m_index.parts(slot);
    CARMA_ASSERT(!parts.empty());
    m_scores.assign(parts.size(), 0.0F);
    m_counts.assign(parts.size(), 0);
    for (Cursor& cursor : m_cursors) {
        cursor.at = cursor.term->seek(cursor.at, slot);
        if (cursor.at < cursor.term->size() && (*cursor.term)[cursor.at].slot == slot) {
            addTerm(cursor, parts, m_index.titleTerms(slot));
        }
    }
    return *std::ranges::max_element(m_scores);
}

void PartScorer::addTerm(const Cursor& cursor, std::span<const PartBound> parts, std::uint32_t titleTerms)
{
    const Posting& posting = (*cursor.term)[cursor.at];
    std::size_t part = 0;
    cursor.term->eachPosition(posting, [&](std::uint32_t position) {
        while (part + 1 < parts.size() && position >= parts[part + 1].begin) {
            ++part;
        }
        m_counts[part] += position >= parts[0].begin ? 1 : 0;
    });
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (const std::uint32_t count = m_counts[i] + posting.inTitle; count > 0) {
            const float relativeLength = static_cast<float>(parts[i].terms + titleTerms) * m_index.perMeanLength();
            m_scores[i] += cursor.idf * m_parameters.saturate(static_cast<float>(count), relativeLength);
        }
        m_counts[i] = 0;
    }
}

std::uint32_t countAdjacent(
    const Postings& first, const Posting& inFirst, const Postings& second, const Posting& inSecond, std::uint32_t distance)
{
    if (inFirst.count == 1 && inSecond.count == 1) { // most are
        return inFirst.place + distance == inSecond.place ? 1 : 0;
    }
    thread_local std::vector<std::uint32_t> positions;
    positions.clear();
    first.eachPosition(inFirst, [](std::uint32_t position) { positions.push_back(position); });
    std::size_t at = 0;
    std::uint32_t count = 0;
    second.eachPosition(inSecond, [&](std::uint32_t position) {
        while (at < positions.size() && positions[at] + distance < position) {
            ++at;
        }
        count += at < positions.size() && positions[at] + distance == position ? 1 : 0;
    });
    return count;
}

PairScorer::PairScorer(const LexicalIndex& index, const QueryWords& words, const Bm25& parameters, std::size_t most)
    : m_index(index), m_words(words), m_parameters(parameters)
{
    std::vector<Sample> samples;
    for (const WordPair& pair : words.pairs) {
        measure(pair, most, samples);
    }
    addUp(samples);
}

void PairScorer::measure(const WordPair& pair, std::size_t most, std::vector<Sample>& samples)
{
    Cursor cursor{&m_words.terms[pair.first], &m_words.terms[pair.second], 0, 0, 0};
    const bool firstIsRarer = cursor.first->size() <= cursor.second->size();
    const Postings& rarer = firstIsRarer ? *cursor.first : *cursor.second;
    const Postings& other = firstIsRarer ? *cursor.second : *cursor.first;
    // All of a rare pair, because it says most; of others some, the more the longer the list.
    const std::size_t looks = rarer.size() <= most ? rarer.size() : std::clamp(rarer.size() / kApart, most / kRough, most);
    const float weight = static_cast<float>(rarer.size()) / static_cast<float>(looks);
    const std::size_t before = samples.size();
    std::size_t at = 0;
    for (std::size_t i = 0; i < looks; ++i) {
        // One out of each stretch, not always the same: texts repeat themselves in even distances.
        const Posting& inRarer = rarer[(i * rarer.size() + i * kUneven % rarer.size()) / looks];
        at = other.seek(at, inRarer.slot);
        if (at == other.size()) {
            break;
        }
        if (other[at].slot != inRarer.slot) {
            continue;
        }
        const std::uint32_t count = firstIsRarer ? countAdjacent(rarer, inRarer, other, other[at])
                                                 : countAdjacent(other, other[at], rarer, inRarer);
        if (count > 0) {
            samples.push_back(
                {inRarer.slot, m_parameters.saturate(static_cast<float>(count), m_index.relativeLength(inRarer.slot)), weight});
        }
    }
    if (const std::size_t found = samples.size() - before; found > 0) {
        cursor.idf = inverseFrequency(m_index.size(), static_cast<std::size_t>(static_cast<float>(found) * weight + 0.5F));
        for (Sample& sample : std::span(samples).subspan(before)) {
            sample.value *= cursor.idf;
        }
        m_cursors.push_back(cursor);
    }
}

void PairScorer::addUp(std::vector<Sample>& samples)
{
    std::ranges::sort(samples, {}, &Sample::slot);
    for (std::size_t i = 0; i < samples.size();) {
        const Slot slot = samples[i].slot;
        m_seen.push_back(slot);
        float value = 0;
        float weight = 0;
        for (; i < samples.size() && samples[i].slot == slot; ++i) {
            value += samples[i].value;
            weight = std::max(weight, samples[i].weight);
        }
        m_sum += static_cast<double>(weight * value);
        m_squares += static_cast<double>(weight * value * value);
    }
}

float PairScorer::operator()(Slot slot)
{
    float score = 0;
    for (Cursor& cursor : m_cursors) {
        const Postings& first = *cursor.first;
        const Postings& second = *cursor.second;
        cursor.firstAt = first.seek(cursor.firstAt, slot);
        cursor.secondAt = second.seek(cursor.secondAt, slot);
        if (cursor.firstAt == first.size() || cursor.secondAt == second.size() || first[cursor.firstAt].slot != slot ||
            second[cursor.secondAt].slot != slot) {
            continue;
        }
        if (const std::uint32_t count = countAdjacent(first, first[cursor.firstAt], second, second[cursor.secondAt]); count > 0) {
            score += cursor.idf * m_parameters.saturate(static_cast<float>(count), m_index.relativeLength(slot));
        }
    }
    return score;
}

} // namespace carma::index
