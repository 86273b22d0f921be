// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/lexical_index.h"

#include "base/byte_io.h"
#include "index/text_parts.h"

#include <algorithm>
#include <limits>

namespace carma::index {

namespace {

constexpr std::uint32_t kCountMax = std::numeric_limits<std::uint16_t>::max();

constexpr std::size_t kFormBytesMax = 512; ///< of a term; those that come later are left out
constexpr std::uint32_t kBetween = 64;     // positions between title and text

} // namespace

PassageTerms countTerms(WordReader& reader, std::string_view title, std::string_view text)
{
    std::vector<PlacedTerm> words;
    std::uint32_t position = 0;
    reader.read(title, words, position);
    position += position > 0 ? kBetween : 0;
    const std::uint32_t textBegin = position;
    PassageTerms terms;
    const auto readPart = [&](std::string_view part, std::size_t before) {
        terms.parts.push_back({position, 0});
        reader.read(part, words, position);
        terms.parts.back().terms = static_cast<std::uint32_t>(words.size() - before);
    };
    for (const std::string_view part : textParts(text)) {
        readPart(part, words.size());
    }
    if (terms.parts.empty()) {
        reader.read(text, words, position);
    }
    std::ranges::sort(words, [](const PlacedTerm& a, const PlacedTerm& b) {
        return (std::uint64_t{a.term} << 32U | a.position) < (std::uint64_t{b.term} << 32U | b.position);
    });
    terms.positions.reserve(words.size());
    for (const PlacedTerm& word : words) {
        if (terms.counts.empty() || terms.counts.back().term != word.term) {
            terms.counts.push_back({word.term, 0, 0});
        }
        TermCount& count = terms.counts.back();
        if (count.count == kCountMax) {
            continue;
        }
        ++count.count;
        count.inTitle = static_cast<std::uint16_t>(count.inTitle + (word.position < textBegin ? 1 : 0));
        terms.positions.push_back(word.position);
    }
    return terms;
}

void LexicalIndex::addPosting(TermList& list, Slot slot, std::uint16_t inTitle, std::span<const std::uint32_t> positions)
{
    list.add(slot, inTitle, positions);
    m_lengths[slot].all += static_cast<std::uint32_t>(positions.size());
    m_lengths[slot].title += inTitle;
    m_lengthSum += positions.size();
}

void LexicalIndex::addParts(std::span<const PartBound> parts)
{
    m_parts.insert(m_parts.end(), parts.begin(), parts.end());
    m_partBegins.push_back(static_cast<std::uint32_t>(m_parts.size()));
}

std::span<const PartBound> LexicalIndex::parts(Slot slot) const
{
    return std::span(m_parts).subspan(m_partBegins[slot], m_partBegins[slot + 1] - m_partBegins[slot]);
}

void LexicalIndex::addForms(Term& term, std::string_view text, const std::vector<std::string>& forms)
{
    std::string line;
    for (const std::string& form : forms) {
        line.assign("\n").append(form == text ? std::string_view("=") : form);
        const std::size_t at = term.forms.find(line);
        const bool isThere = at != std::string::npos && (at + line.size() == term.forms.size() || term.forms[at + line.size()] == '\n');
        if (!isThere && term.forms.size() + line.size() <= kFormBytesMax) {
            term.forms += line;
        }
    }
}

void LexicalIndex::append(std::span<const PassageTerms> passages, const WordReader& reader)
{
    std::vector<TermList*> lists(reader.termCount(), nullptr); // values of a map do not move
    for (const PassageTerms& terms : passages) {
        const auto slot = static_cast<Slot>(m_lengths.size());
        m_lengths.emplace_back();
        std::span<const std::uint32_t> positions(terms.positions);
        for (const TermCount& term : terms.counts) {
            if (lists[term.term] == nullptr) {
                const std::string_view text = reader.term(term.term);
                Term& known = m_terms.at(text);
                addForms(known, textOfTerm(text), reader.forms(term.term));
                m_languages |= 1U << static_cast<unsigned>(languageOfTerm(text));
                lists[term.term] = &known.list;
            }
            addPosting(*lists[term.term], slot, term.inTitle, positions.first(term.count));
            positions = positions.subspan(term.count);
        }
        addParts(terms.parts);
    }
}

void LexicalIndex::compact(Renumbering newSlots)
{
    m_terms.compact(newSlots);
    compactParts(newSlots);
    compactColumn(m_lengths, newSlots);
    m_lengthSum = 0;
    for (const Length& length : m_lengths) {
        m_lengthSum += length.all;
    }
}

void LexicalIndex::compactParts(Renumbering newSlots)
{
    std::vector<PartBound> kept;
    std::vector<std::uint32_t> begins{0};
    for (Slot slot = 0; slot < newSlots.size(); ++slot) {
        if (newSlots[slot] != kGone) {
            const auto own = parts(slot);
            kept.insert(kept.end(), own.begin(), own.end());
            begins.push_back(static_cast<std::uint32_t>(kept.size()));
        }
    }
    std::ranges::fill(m_parts, PartBound{});
    m_parts = std::move(kept);
    m_partBegins = std::move(begins);
}

std::size_t LexicalIndex::memoryBytes() const
{
    return m_terms.memoryBytes() + m_lengths.capacity() * sizeof(Length) + m_partBegins.capacity() * sizeof(std::uint32_t) +
        m_parts.capacity() * sizeof(PartBound);
}

// Languages u32 (a bit each), parts u32; columns: for each slot its terms and those of its title u32, where its parts begin u32 (with the
// end of the last), for each part its begin and its terms u32; then the terms.
void LexicalIndex::encode(Bytes& out) const
{
    ByteWriter writer(out);
    writer.number(m_languages);
    writer.number(static_cast<std::uint32_t>(m_parts.size()));
    writeColumn(out, m_lengths);
    writeColumn(out, m_partBegins);
    writeColumn(out, m_parts);
    m_terms.encode(out);
}

Result<LexicalIndex> LexicalIndex::decode(SnapshotReader& reader, std::size_t passageCount)
{
    const Error bad{ErrorCode::Corruption, "the snapshot's parts of passages contradict themselves"};
    LexicalIndex index;
    index.m_languages = reader.number<std::uint32_t>();
    const std::size_t parts = reader.number<std::uint32_t>();
    index.m_lengths = reader.copy<Length>(passageCount);
    index.m_partBegins = reader.copy<std::uint32_t>(passageCount + 1);
    index.m_parts = reader.copy<PartBound>(parts);
    if (reader.failed() || index.m_partBegins.front() != 0 || index.m_partBegins.back() != parts) {
        return bad;
    }
    for (std::size_t slot = 0; slot < passageCount; ++slot) {
        const std::uint32_t begin = index.m_partBegins[slot];
        const std::uint32_t end = index.m_partBegins[slot + 1];
        if (begin > end || end > parts || end - begin > kPartsMax || end - begin == 1) {
            return bad;
        }
        for (std::uint32_t i = begin + 1; i < end; ++i) {
            if (index.m_parts[i].begin < index.m_parts[i - 1].begin) {
                return bad;
            }
        }
        index.m_lengthSum += index.m_lengths[slot].all;
    }
    CARMA_TRY_ASSIGN(index.m_terms, TermDictionary::decode(reader, passageCount));
    return index;
}

} // namespace carma::index
