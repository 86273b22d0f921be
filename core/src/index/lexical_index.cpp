// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/lexical_index.h"

#include "index/text_parts.h"
#include "index/varint.h"

#include <algorithm>
#include <limits>

namespace carma::index {

namespace {

constexpr std::uint32_t kCountMax = std::numeric_limits<std::uint16_t>::max();

constexpr std::size_t kFormBytesMax = 512; ///< of a term; those that come later are left out
constexpr std::uint32_t kBetween = 64;     // positions between title and text
constexpr std::uint32_t kPositionMax = 1U << 30U;

void encodePostings(Bytes& out, const Postings& postings)
{
    Slot next = 0;
    for (const Posting& posting : postings) {
        writeVarint(out, posting.slot - next);
        writeVarint(out, posting.count * 2U + (posting.inTitle != 0 ? 1U : 0U));
        if (posting.inTitle != 0) {
            writeVarint(out, posting.inTitle);
        }
        std::uint32_t before = 0;
        postings.eachPosition(posting, [&](std::uint32_t position) {
            writeVarint(out, position - before);
            before = position;
        });
        next = posting.slot + 1;
    }
}

/// False if there are fewer than `count`, or if they do not rise.
bool readPositions(ByteReader& reader, std::uint32_t count, std::vector<std::uint32_t>& positions)
{
    positions.clear();
    std::uint64_t position = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
        const std::uint32_t distance = readVarint(reader);
        position += distance;
        if (reader.failed() || (i > 0 && distance == 0) || position > kPositionMax) {
            return false;
        }
        positions.push_back(static_cast<std::uint32_t>(position));
    }
    return true;
}

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
                Term& known = m_terms.try_emplace(std::string(text)).first->second;
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
    for (auto at = m_terms.begin(); at != m_terms.end();) {
        Term& term = at->second;
        const std::size_t before = term.list.size();
        term.list.compact(newSlots);
        if (term.list.size() != before) {
            std::ranges::fill(term.forms, '\0'); // some may be words of the leavers only
            term.forms.clear();
        }
        at = term.list.empty() ? m_terms.erase(at) : std::next(at);
    }
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
    // A node of the map holds its key, its value, a hash and a link.
    constexpr std::size_t kNodeBytes = sizeof(std::string) + sizeof(Term) + 2 * sizeof(void*);
    constexpr std::size_t kShortText = 15; // lies in the string itself
    std::size_t bytes = m_lengths.capacity() * sizeof(Length) + m_partBegins.capacity() * sizeof(std::uint32_t) +
        m_parts.capacity() * sizeof(PartBound) + m_terms.bucket_count() * sizeof(void*);
    for (const auto& [text, term] : m_terms) {
        bytes += kNodeBytes + term.list.memoryBytes() + (term.forms.size() > kShortText ? term.forms.capacity() : 0);
    }
    return bytes;
}

// Terms rise in byte order, so that equal indexes are equal bytes: count u32, then for each term its text (u32 and
// bytes), its forms (their size as varint, and bytes), the number of its postings, and the postings, as varints: the distance to the slot
// before (the first one to -1), twice the count plus one if the title has some, if so how many, and the positions, each as the distance to
// the one before. Then, as varints, for each slot the number of its parts, and for each of them the distance of its begin to that of the
// part before and the number of its terms.
void LexicalIndex::encode(Bytes& out) const
{
    std::vector<const TextMap<Term>::value_type*> terms;
    terms.reserve(m_terms.size());
    for (const auto& entry : m_terms) {
        terms.push_back(&entry);
    }
    std::ranges::sort(terms, {}, [](const auto* entry) -> std::string_view { return entry->first; });
    ByteWriter writer(out);
    writer.number(static_cast<std::uint32_t>(terms.size()));
    for (const auto* entry : terms) {
        writer.text(entry->first);
        writeVarint(out, static_cast<std::uint32_t>(entry->second.forms.size()));
        writer.raw(asBytes(entry->second.forms));
        writeVarint(out, static_cast<std::uint32_t>(entry->second.list.size()));
        encodePostings(out, entry->second.list.view());
    }
    for (Slot slot = 0; slot < size(); ++slot) {
        writeVarint(out, static_cast<std::uint32_t>(parts(slot).size()));
        std::uint32_t before = 0;
        for (const PartBound& part : parts(slot)) {
            writeVarint(out, part.begin - before);
            writeVarint(out, part.terms);
            before = part.begin;
        }
    }
}

Result<LexicalIndex> LexicalIndex::decode(ByteReader& reader, std::size_t passageCount)
{
    LexicalIndex index;
    index.m_lengths.resize(passageCount);
    const auto termCount = reader.number<std::uint32_t>();
    std::string previous;
    // A term takes eight bytes at least, which bounds what a false count can reserve.
    index.m_terms.reserve(std::min<std::size_t>(termCount, reader.rest().size() / 8));
    for (std::uint32_t i = 0; i < termCount; ++i) {
        CARMA_TRY(index.decodeTerm(reader, previous));
    }
    CARMA_TRY(index.decodeParts(reader));
    return index;
}

Result<void> LexicalIndex::decodeTerm(ByteReader& reader, std::string& previous)
{
    const Error bad{ErrorCode::Corruption, "the snapshot's postings contradict themselves"};
    std::string term = reader.text();
    const std::size_t formBytes = readVarint(reader);
    if (reader.failed() || formBytes > kFormBytesMax) {
        return bad;
    }
    std::string forms(asText(reader.raw(formBytes)));
    const std::size_t count = readVarint(reader);
    // A posting takes three bytes at least.
    if (reader.failed() || term <= previous || count == 0 || count > m_lengths.size() || count > reader.rest().size() / 3) {
        return bad;
    }
    Term& known = m_terms[term];
    known.forms = std::move(forms);
    m_languages |= 1U << static_cast<unsigned>(languageOfTerm(term));
    TermList& list = known.list;
    list.reserve(count);
    std::uint64_t next = 0;
    std::vector<std::uint32_t> positions;
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint64_t slot = next + readVarint(reader);
        const std::uint32_t counts = readVarint(reader);
        const std::uint32_t inTitle = (counts & 1U) != 0 ? readVarint(reader) : 0;
        const std::uint32_t all = counts / 2;
        const bool titleSound = (counts & 1U) == 0 || (inTitle != 0 && inTitle <= all);
        if (reader.failed() || slot >= m_lengths.size() || all == 0 || all > kCountMax || !titleSound ||
            !readPositions(reader, all, positions)) {
            return bad;
        }
        addPosting(list, static_cast<Slot>(slot), static_cast<std::uint16_t>(inTitle), positions);
        next = slot + 1;
    }
    previous = std::move(term);
    return {};
}

Result<void> LexicalIndex::decodeParts(ByteReader& reader)
{
    const Error bad{ErrorCode::Corruption, "the snapshot's parts of passages contradict themselves"};
    std::vector<PartBound> own;
    for (std::size_t slot = 0; slot < m_lengths.size(); ++slot) {
        const std::uint32_t count = readVarint(reader);
        if (count == 1 || count > kPartsMax) {
            return bad;
        }
        own.clear();
        std::uint64_t begin = 0;
        for (std::uint32_t i = 0; i < count && !reader.failed(); ++i) {
            begin += readVarint(reader);
            own.push_back({static_cast<std::uint32_t>(begin), readVarint(reader)});
            if (begin > kPositionMax) {
                return bad;
            }
        }
        addParts(own);
    }
    return reader.failed() ? Result<void>(bad) : Result<void>();
}

} // namespace carma::index
