// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/term_dictionary.h"

#include "base/byte_io.h"
#include "index/varint.h"

#include <algorithm>
#include <limits>

namespace carma::index {

namespace {

constexpr std::uint32_t kCountMax = std::numeric_limits<std::uint16_t>::max();
constexpr std::uint32_t kPositionMax = 1U << 30U;

// The distance to the slot before (the first one to -1), twice the count plus one if the title has some, if so how many, and the
// positions, each as the distance to the one before: varints.
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

/// False for anything that encodePostings does not write for some of `slots` passages.
bool decodePostings(ByteReader& reader, std::size_t slots, TermList& list)
{
    std::uint64_t next = 0;
    std::vector<std::uint32_t> positions;
    while (!reader.rest().empty()) {
        const std::uint64_t slot = next + readVarint(reader);
        const std::uint32_t counts = readVarint(reader);
        const std::uint32_t inTitle = (counts & 1U) != 0 ? readVarint(reader) : 0;
        const std::uint32_t all = counts / 2;
        const bool titleSound = (counts & 1U) == 0 || (inTitle != 0 && inTitle <= all);
        if (reader.failed() || slot >= slots || all == 0 || all > kCountMax || !titleSound || !readPositions(reader, all, positions)) {
            return false;
        }
        list.add(static_cast<Slot>(slot), static_cast<std::uint16_t>(inTitle), positions);
        next = slot + 1;
    }
    return true;
}

} // namespace

TermDictionary::Stored::Entry TermDictionary::Stored::entry(std::size_t i) const
{
    const auto bounds = textBegins.rows(i, 2);
    if (bounds[0] >= bounds[1] || bounds[1] > texts.size()) {
        pages->setFailed();
        return {};
    }
    const auto bytes = texts.rows(bounds[0], bounds[1] - bounds[0]);
    const std::string_view both(bytes.data(), bytes.size());
    const std::size_t end = std::min(both.find('\n', 1), both.size()); // the first byte may be a language's
    return {both.substr(0, end), both.substr(end)};
}

TermList TermDictionary::Stored::list(std::size_t i) const
{
    const auto bounds = postingBegins.rows(i, 2);
    const std::size_t count = passages.rows(i, 1).front();
    TermList read;
    bool isSound = bounds[0] <= bounds[1] && bounds[1] <= postings.size() && count <= slots;
    if (isSound) {
        ByteReader reader(postings.rows(bounds[0], bounds[1] - bounds[0]));
        read.reserve(count);
        isSound = decodePostings(reader, slots, read) && read.size() == count;
    }
    if (!isSound) {
        pages->setFailed();
        return {};
    }
    return read;
}

const Term* TermDictionary::find(std::string_view text) const
{
    if (!m_stored) {
        const auto found = m_terms.find(text);
        return found == m_terms.end() ? nullptr : &found->second;
    }
    const std::lock_guard guard(*m_mutex);
    if (const auto found = m_terms.find(text); found != m_terms.end()) {
        return &found->second;
    }
    std::size_t low = 0;
    std::size_t high = m_stored->count();
    while (low < high) {
        const std::size_t middle = low + (high - low) / 2;
        if (m_stored->entry(middle).text < text) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == m_stored->count() || m_stored->entry(low).text != text) {
        return nullptr;
    }
    TermList list = m_stored->list(low);
    if (list.empty()) {
        return nullptr;
    }
    return &m_terms.try_emplace(std::string(text), Term{std::move(list), std::string(m_stored->entry(low).forms)}).first->second;
}

void TermDictionary::eachWord(const std::function<void(std::string_view, std::string_view, std::size_t)>& visit) const
{
    if (!m_stored) {
        for (const auto& [text, term] : m_terms) {
            visit(text, term.forms, term.list.size());
        }
        return;
    }
    const auto counts = m_stored->passages.span();
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const Stored::Entry entry = m_stored->entry(i);
        visit(entry.text, entry.forms, counts[i]);
    }
}

std::size_t TermDictionary::memoryBytes() const
{
    // A node of the map holds its key, its value, a hash and a link.
    constexpr std::size_t kNodeBytes = sizeof(std::string) + sizeof(Term) + 2 * sizeof(void*);
    constexpr std::size_t kShortText = 15; // lies in the string itself
    const std::lock_guard guard(*m_mutex);
    std::size_t bytes = m_terms.bucket_count() * sizeof(void*);
    for (const auto& [text, term] : m_terms) {
        bytes += kNodeBytes + term.list.memoryBytes() + (term.forms.size() > kShortText ? term.forms.capacity() : 0);
    }
    if (m_stored) {
        bytes += m_stored->textBegins.memoryBytes() + m_stored->postingBegins.memoryBytes() + m_stored->passages.memoryBytes() +
            m_stored->texts.memoryBytes() + m_stored->postings.memoryBytes();
    }
    return bytes;
}

/// Takes all terms into memory.
void TermDictionary::own()
{
    const std::unique_ptr<Stored> stored = std::move(m_stored);
    for (std::size_t i = 0; stored && i < stored->count(); ++i) {
        const Stored::Entry entry = stored->entry(i);
        if (!m_terms.contains(entry.text)) {
            if (TermList list = stored->list(i); !list.empty()) {
                m_terms.try_emplace(std::string(entry.text), Term{std::move(list), std::string(entry.forms)});
            }
        }
    }
}

Term& TermDictionary::at(std::string_view text)
{
    own();
    const auto found = m_terms.find(text);
    return found != m_terms.end() ? found->second : m_terms.try_emplace(std::string(text)).first->second;
}

void TermDictionary::compact(Renumbering newSlots)
{
    own();
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
}

// Terms u32 n, bytes of texts u32, of postings u64; then columns: where each text begins u32, where its postings begin u64 (both with the
// end of the last), in how many passages it is u32, texts with forms, postings.
void TermDictionary::encode(Bytes& out) const
{
    std::vector<std::uint32_t> textBegins{0};
    std::vector<std::uint64_t> postingBegins{0};
    std::vector<std::uint32_t> passages;
    std::string texts;
    Bytes postings;
    const auto add = [&](std::string_view text, std::string_view forms, const TermList& list) {
        texts.append(text).append(forms);
        encodePostings(postings, list.view());
        textBegins.push_back(static_cast<std::uint32_t>(texts.size()));
        postingBegins.push_back(postings.size());
        passages.push_back(static_cast<std::uint32_t>(list.size()));
    };
    if (m_stored) {
        for (std::size_t i = 0; i < m_stored->count(); ++i) {
            const Stored::Entry entry = m_stored->entry(i);
            add(entry.text, entry.forms, m_stored->list(i));
        }
    } else {
        std::vector<const TextMap<Term>::value_type*> terms;
        terms.reserve(m_terms.size());
        for (const auto& entry : m_terms) {
            terms.push_back(&entry);
        }
        std::ranges::sort(terms, {}, [](const auto* entry) -> std::string_view { return entry->first; });
        for (const auto* entry : terms) {
            add(entry->first, entry->second.forms, entry->second.list);
        }
    }
    ByteWriter writer(out);
    writer.number(static_cast<std::uint32_t>(passages.size()));
    writer.number(static_cast<std::uint32_t>(texts.size()));
    writer.number(static_cast<std::uint64_t>(postings.size()));
    writeColumn(out, textBegins);
    writeColumn(out, postingBegins);
    writeColumn(out, passages);
    writeColumn(out, std::span<const char>(texts));
    writeColumn(out, std::span<const std::byte>(postings));
}

Result<TermDictionary> TermDictionary::decode(SnapshotReader& reader, std::size_t slots)
{
    const std::size_t terms = reader.number<std::uint32_t>();
    const std::size_t textBytes = reader.number<std::uint32_t>();
    const std::size_t postingBytes = reader.number<std::uint64_t>();
    auto stored = std::make_unique<Stored>();
    stored->pages = reader.pages();
    stored->slots = slots;
    stored->textBegins = reader.column<std::uint32_t>(terms + 1);
    stored->postingBegins = reader.column<std::uint64_t>(terms + 1);
    stored->passages = reader.column<std::uint32_t>(terms);
    stored->texts = reader.column<char>(textBytes);
    stored->postings = reader.column<std::byte>(postingBytes);
    if (reader.failed()) {
        return {ErrorCode::Corruption, "the snapshot ends within its words"};
    }
    TermDictionary dictionary;
    dictionary.m_stored = std::move(stored);
    return dictionary;
}

} // namespace carma::index
