// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/lexical_index.h"

#include "index/varint.h"

#include <carma/assert.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace carma::index {

namespace {

constexpr std::uint32_t kCountMax = std::numeric_limits<std::uint16_t>::max();

float inverseFrequency(std::size_t all, std::size_t holding)
{
    const auto n = static_cast<double>(all);
    const auto df = static_cast<double>(holding);
    return static_cast<float>(std::log(1.0 + (n - df + 0.5) / (df + 0.5)));
}

float saturate(const Bm25& parameters, float count, float relativeLength)
{
    const float norm = parameters.k1 * (1.0F - parameters.b + parameters.b * relativeLength);
    return count * (parameters.k1 + 1.0F) / (count + norm);
}

} // namespace

PassageTerms countTerms(WordReader& reader, std::string_view title, std::string_view text)
{
    std::vector<std::uint32_t> words;
    reader.read(title, words);
    const auto titleEnd = static_cast<std::ptrdiff_t>(words.size());
    reader.read(text, words);
    std::sort(words.begin(), words.begin() + titleEnd);
    std::sort(words.begin() + titleEnd, words.end());

    PassageTerms terms;
    auto inTitle = words.cbegin();
    auto inText = words.cbegin() + titleEnd;
    const auto titleStop = inText;
    const auto take = [](auto& at, auto stop, std::uint32_t term) {
        std::uint32_t count = 0;
        for (; at != stop && *at == term; ++at) {
            ++count;
        }
        return count;
    };
    while (inTitle != titleStop || inText != words.cend()) {
        const std::uint32_t term = inTitle == titleStop ? *inText : inText == words.cend() ? *inTitle : std::min(*inTitle, *inText);
        const std::uint32_t title_ = take(inTitle, titleStop, term);
        const std::uint32_t all = title_ + take(inText, words.cend(), term);
        terms.push_back(
            {term, static_cast<std::uint16_t>(std::min(all, kCountMax)), static_cast<std::uint16_t>(std::min(title_, kCountMax))});
    }
    return terms;
}

void LexicalIndex::addPosting(std::vector<Posting>& list, const Posting& posting)
{
    list.push_back(posting);
    m_lengths[posting.slot].all += posting.count;
    m_lengths[posting.slot].title += posting.inTitle;
    m_lengthSum += posting.count;
}

void LexicalIndex::append(std::span<const PassageTerms> passages, const WordReader& reader)
{
    std::vector<std::vector<Posting>*> lists(reader.termCount(), nullptr);
    for (const PassageTerms& terms : passages) {
        const auto slot = static_cast<Slot>(m_lengths.size());
        m_lengths.emplace_back();
        for (const TermCount& term : terms) {
            if (lists[term.term] == nullptr) {
                lists[term.term] = &m_postings.try_emplace(std::string(reader.term(term.term))).first->second;
            }
            addPosting(*lists[term.term], {slot, term.count, term.inTitle});
        }
    }
}

void LexicalIndex::compact(Renumbering newSlots)
{
    for (auto at = m_postings.begin(); at != m_postings.end();) {
        std::vector<Posting>& list = at->second;
        std::size_t kept = 0;
        for (const Posting& posting : list) {
            if (const Slot slot = newSlots[posting.slot]; slot != kGone) {
                list[kept++] = {slot, posting.count, posting.inTitle};
            }
        }
        std::fill(list.begin() + static_cast<std::ptrdiff_t>(kept), list.end(), Posting{});
        list.resize(kept);
        at = list.empty() ? m_postings.erase(at) : std::next(at);
    }
    compactColumn(m_lengths, newSlots);
    m_lengthSum = 0;
    for (const Length& length : m_lengths) {
        m_lengthSum += length.all;
    }
}

std::vector<Postings> LexicalIndex::lookUp(std::string_view query) const
{
    WordReader reader;
    std::vector<std::uint32_t> words;
    reader.read(query, words);
    std::vector<Postings> found;
    for (std::uint32_t number = 0; number < reader.termCount(); ++number) {
        if (const auto list = m_postings.find(reader.term(number)); list != m_postings.end()) {
            found.emplace_back(list->second);
        }
    }
    return found;
}

void LexicalIndex::score(std::span<const Postings> terms, const Bm25& parameters, std::span<float> scores) const
{
    CARMA_ASSERT(scores.size() == size());
    std::ranges::fill(scores, 0.0F);
    const float perMean = static_cast<float>(size()) / static_cast<float>(std::max<std::uint64_t>(m_lengthSum, 1));
    for (const Postings& postings : terms) {
        const float idf = inverseFrequency(size(), postings.size());
        for (const Posting& posting : postings) {
            const float relativeLength = static_cast<float>(m_lengths[posting.slot].all) * perMean;
            scores[posting.slot] += idf * saturate(parameters, posting.count, relativeLength);
        }
    }
}

void LexicalIndex::scoreGroups(
    std::span<const Postings> terms, const Bm25& parameters, std::span<const std::uint32_t> groupOf, std::span<float> scores) const
{
    CARMA_ASSERT(groupOf.size() == size());
    std::ranges::fill(scores, 0.0F);
    std::vector<std::uint32_t> lengths(scores.size());
    std::uint64_t lengthSum = 0;
    for (std::size_t slot = 0; slot < size(); ++slot) {
        const std::uint32_t length = m_lengths[slot].all - m_lengths[slot].title;
        lengths[groupOf[slot]] += length;
        lengthSum += length;
    }
    const float perMean = static_cast<float>(scores.size()) / static_cast<float>(std::max<std::uint64_t>(lengthSum, 1));
    std::vector<std::uint32_t> counts(scores.size());
    std::vector<std::uint32_t> holding;
    for (const Postings& postings : terms) {
        for (const Posting& posting : postings) {
            const auto count = static_cast<std::uint32_t>(posting.count - posting.inTitle);
            std::uint32_t& sum = counts[groupOf[posting.slot]];
            if (sum == 0 && count != 0) {
                holding.push_back(groupOf[posting.slot]);
            }
            sum += count;
        }
        const float idf = inverseFrequency(scores.size(), holding.size());
        for (const std::uint32_t group : holding) {
            const float relativeLength = static_cast<float>(lengths[group]) * perMean;
            scores[group] += idf * saturate(parameters, static_cast<float>(counts[group]), relativeLength);
            counts[group] = 0;
        }
        holding.clear();
    }
}

std::size_t LexicalIndex::memoryBytes() const
{
    // A node of the map holds its key, its value, a hash and a link.
    constexpr std::size_t kNodeBytes = sizeof(std::string) + sizeof(std::vector<Posting>) + 2 * sizeof(void*);
    std::size_t bytes = m_lengths.capacity() * sizeof(Length) + m_postings.bucket_count() * sizeof(void*);
    for (const auto& [term, list] : m_postings) {
        bytes += kNodeBytes + list.capacity() * sizeof(Posting);
    }
    return bytes;
}

// Terms rise in byte order, so that equal indexes are equal bytes: count u32, then for each term its text (u32 and
// bytes), the number of its postings, and the postings, as varints: the distance to the slot before (the first one to
// -1), twice the count plus one if the title has some, and if so how many.
void LexicalIndex::encode(Bytes& out) const
{
    std::vector<const TextMap<std::vector<Posting>>::value_type*> terms;
    terms.reserve(m_postings.size());
    for (const auto& entry : m_postings) {
        terms.push_back(&entry);
    }
    std::ranges::sort(terms, {}, [](const auto* entry) -> std::string_view { return entry->first; });
    ByteWriter writer(out);
    writer.number(static_cast<std::uint32_t>(terms.size()));
    for (const auto* entry : terms) {
        writer.text(entry->first);
        writeVarint(out, static_cast<std::uint32_t>(entry->second.size()));
        Slot next = 0;
        for (const Posting& posting : entry->second) {
            writeVarint(out, posting.slot - next);
            writeVarint(out, posting.count * 2U + (posting.inTitle != 0 ? 1U : 0U));
            if (posting.inTitle != 0) {
                writeVarint(out, posting.inTitle);
            }
            next = posting.slot + 1;
        }
    }
}

Result<LexicalIndex> LexicalIndex::decode(ByteReader& reader, std::size_t passageCount)
{
    LexicalIndex index;
    index.m_lengths.resize(passageCount);
    const auto termCount = reader.number<std::uint32_t>();
    std::string previous;
    // A term takes seven bytes at least, which bounds what a false count can reserve.
    index.m_postings.reserve(std::min<std::size_t>(termCount, reader.rest().size() / 7));
    for (std::uint32_t i = 0; i < termCount; ++i) {
        CARMA_TRY(index.decodeTerm(reader, previous));
    }
    if (reader.failed()) {
        return {ErrorCode::Corruption, "the snapshot ends within its postings"};
    }
    return index;
}

Result<void> LexicalIndex::decodeTerm(ByteReader& reader, std::string& previous)
{
    const Error bad{ErrorCode::Corruption, "the snapshot's postings contradict themselves"};
    std::string term = reader.text();
    const std::size_t count = readVarint(reader);
    // A posting takes two bytes at least.
    if (reader.failed() || term <= previous || count == 0 || count > m_lengths.size() || count > reader.rest().size() / 2) {
        return bad;
    }
    std::vector<Posting>& list = m_postings[term];
    list.reserve(count);
    std::uint64_t next = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint64_t slot = next + readVarint(reader);
        const std::uint32_t counts = readVarint(reader);
        const std::uint32_t inTitle = (counts & 1U) != 0 ? readVarint(reader) : 0;
        const std::uint32_t all = counts / 2;
        const bool titleSound = (counts & 1U) == 0 || (inTitle != 0 && inTitle <= all);
        if (reader.failed() || slot >= m_lengths.size() || all == 0 || all > kCountMax || !titleSound) {
            return bad;
        }
        addPosting(list, {static_cast<Slot>(slot), static_cast<std::uint16_t>(all), static_cast<std::uint16_t>(inTitle)});
        next = slot + 1;
    }
    previous = std::move(term);
    return {};
}

} // namespace carma::index
