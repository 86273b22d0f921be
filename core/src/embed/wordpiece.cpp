// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "embed/wordpiece.h"

#include "base/hash.h"
#include "embed/utf8.h"

#include <algorithm>
#include <array>
#include <bit>
#include <random>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/utf16.h>
#include <unicode/utf8.h>

namespace carma::embed {

namespace {

constexpr std::size_t kWordCharactersMax = 100; // of the BERT tokenizers: longer words are unknown as a whole
constexpr std::string_view kContinuationMark = "##";

enum class Kind : std::uint8_t { Letter, Space, Punctuation, Removed };

constexpr std::array<Kind, 128> asciiKinds()
{
    std::array<Kind, 128> kinds{};
    for (std::size_t c = 0; c < kinds.size(); ++c) {
        const bool alphanumeric = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
            kinds[c] = Kind::Space;
        } else if (c < ' ' || c == 127) {
            kinds[c] = Kind::Removed;
        } else {
            kinds[c] = alphanumeric ? Kind::Letter : Kind::Punctuation;
        }
    }
    return kinds;
}

constexpr std::array<Kind, 128> kAsciiKinds = asciiKinds();

constexpr char asciiLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// The blocks that BERT's tokenizers treat as ideographs, one token each; kana and hangul are not among them.
bool isIdeograph(UChar32 c)
{
    return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x20000 && c <= 0x2A6DF) ||
        (c >= 0x2A700 && c <= 0x2B73F) || (c >= 0x2B740 && c <= 0x2B81F) || (c >= 0x2B920 && c <= 0x2CEAF) ||
        (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x2F800 && c <= 0x2FA1F);
}

Kind kindOf(UChar32 c)
{
    if (c < 128) {
        return kAsciiKinds[static_cast<unsigned char>(c)];
    }
    const auto mask = U_GET_GC_MASK(c);
    if (c == 0xFFFD || (mask & U_GC_C_MASK) != 0) {
        return Kind::Removed;
    }
    if (u_isUWhiteSpace(c)) {
        return Kind::Space;
    }
    return (mask & U_GC_P_MASK) != 0 ? Kind::Punctuation : Kind::Letter;
}

/// Collects one word after another and hands each to `OnWord`(word, number of characters).
template <typename OnWord> class WordCollector {
public:
    explicit WordCollector(OnWord onWord) : m_onWord(onWord) {}

    void addAscii(char c)
    {
        switch (kAsciiKinds[static_cast<unsigned char>(c)]) {
        case Kind::Letter:
            m_word.push_back(asciiLower(c));
            ++m_characters;
            break;
        case Kind::Space: finish(); break;
        case Kind::Punctuation:
            finish();
            m_onWord(std::string_view(&c, 1), std::size_t{1});
            break;
        case Kind::Removed: break;
        }
    }

    void addWide(UChar32 c)
    {
        const Kind kind = kindOf(c);
        if (kind == Kind::Removed) {
            return;
        }
        if (kind == Kind::Space) {
            finish();
            return;
        }
        const bool alone = isIdeograph(c);
        if (alone) {
            finish();
        }
        addDecomposed(c);
        if (alone) {
            finish();
        }
    }

    void finish()
    {
        if (m_characters > 0) {
            m_onWord(std::string_view(m_word), m_characters);
            m_word.clear();
            m_characters = 0;
        }
    }

private:
    /// Non-spacing marks are dropped, so the order that NFD gives them does not matter and one character is
    /// decomposed at a time.
    void addDecomposed(UChar32 c)
    {
        UErrorCode status = U_ZERO_ERROR;
        static const UNormalizer2* const nfd = unorm2_getNFDInstance(&status);
        std::array<UChar, 32> parts{}; // the longest canonical decomposition has four characters
        const std::int32_t length =
            nfd == nullptr ? -1 : unorm2_getDecomposition(nfd, c, parts.data(), static_cast<std::int32_t>(parts.size()), &status);
        if (length < 0 || U_FAILURE(status)) {
            addPart(c);
            return;
        }
        for (std::int32_t i = 0; i < length;) {
            UChar32 part = 0;
            U16_NEXT(parts.data(), i, length, part);
            addPart(part);
        }
    }

    void addPart(UChar32 c)
    {
        if (u_charType(c) == U_NON_SPACING_MARK) {
            return;
        }
        c = u_tolower(c);
        const Kind kind = kindOf(c);
        if (kind == Kind::Space || kind == Kind::Punctuation) {
            finish();
        }
        if (kind == Kind::Letter || kind == Kind::Punctuation) {
            std::array<char, U8_MAX_LENGTH> bytes{};
            std::size_t size = 0;
            U8_APPEND_UNSAFE(bytes.data(), size, c);
            m_word.append(bytes.data(), size);
            ++m_characters;
        }
        if (kind == Kind::Punctuation) {
            finish();
        }
    }

    OnWord m_onWord;
    std::string m_word;
    std::size_t m_characters = 0;
};

/// What a thread knows of words: most words of a text came before. Words are told apart by a hash, so that numbers stay in memory and no
/// text.
struct KnownWord {
    std::uint64_t hash = 0; ///< 0: free
    std::uint8_t count = 0;
    std::array<std::uint32_t, 3> ids{};
};
constexpr std::size_t kKnownWords = 1U << 14U;

std::vector<KnownWord>& knownWords()
{
    thread_local std::vector<KnownWord> known(kKnownWords);
    return known;
}

} // namespace

/// Drawn, so that nobody can write a word that is taken for another one. Ids do not depend on it.
WordPiece::WordPiece()
{
    std::random_device device;
    m_seed = std::uint64_t{device()} << 32U | device();
}

Result<WordPiece> WordPiece::parse(std::string vocabulary)
{
    if (vocabulary.size() > kVocabularyBytesMax) {
        return {ErrorCode::LimitExceeded, "the vocabulary is larger than 16 MiB"};
    }
    WordPiece result;
    result.m_vocabulary = std::move(vocabulary);
    result.indexLines();
    const auto unknown = result.idOf("[UNK]");
    if (!unknown) {
        return {ErrorCode::Corruption, "the vocabulary has no [UNK] token"};
    }
    result.m_unknown = *unknown;
    return result;
}

void WordPiece::indexLines()
{
    std::erase(m_vocabulary, '\r');
    if (!m_vocabulary.empty() && m_vocabulary.back() != '\n') {
        m_vocabulary.push_back('\n');
    }
    m_lineStarts.push_back(0);
    for (std::size_t i = 0; i < m_vocabulary.size(); ++i) {
        if (m_vocabulary[i] == '\n') {
            m_lineStarts.push_back(static_cast<std::uint32_t>(i + 1));
        }
    }
    m_entries.resize(std::bit_ceil(std::max<std::size_t>(size() * 2, 2)));
    for (std::uint32_t id = 0; id < size(); ++id) {
        insert(id);
    }
}

void WordPiece::insert(std::uint32_t id)
{
    const std::string_view line = token(id);
    if (line.empty()) {
        return;
    }
    const bool continuation = line.size() > kContinuationMark.size() && line.starts_with(kContinuationMark);
    const Place place = continuation ? Place::Continuation : Place::Start;
    const std::string_view text = piece(id, place);
    m_pieceBytesMax = std::max(m_pieceBytesMax, text.size());
    const auto hash = static_cast<std::uint32_t>(hash64(asBytes(text), static_cast<std::uint64_t>(place)));
    std::size_t at = hash & (m_entries.size() - 1);
    while (m_entries[at].idPlusOne != 0) {
        const std::string_view other = token(m_entries[at].idPlusOne - 1);
        if (other == line) {
            break; // a repeated line: the later one counts
        }
        at = (at + 1) & (m_entries.size() - 1);
    }
    m_entries[at] = {hash, id + 1};
}

std::string_view WordPiece::token(std::uint32_t id) const
{
    CARMA_ASSERT(id < size());
    return {m_vocabulary.data() + m_lineStarts[id], m_lineStarts[id + 1] - m_lineStarts[id] - 1};
}

std::string_view WordPiece::piece(std::uint32_t id, Place place) const
{
    const std::string_view line = token(id);
    return line.substr(place == Place::Continuation ? std::min(kContinuationMark.size(), line.size()) : 0);
}

std::optional<std::uint32_t> WordPiece::find(std::string_view text, Place place) const
{
    const auto hash = static_cast<std::uint32_t>(hash64(asBytes(text), static_cast<std::uint64_t>(place)));
    const std::string_view mark = place == Place::Continuation ? kContinuationMark : std::string_view();
    const std::size_t mask = m_entries.size() - 1;
    for (std::size_t at = hash & mask; m_entries[at].idPlusOne != 0; at = (at + 1) & mask) {
        const Entry& entry = m_entries[at];
        if (entry.hash != hash) {
            continue;
        }
        if (piece(entry.idPlusOne - 1, place) == text && token(entry.idPlusOne - 1).starts_with(mark)) {
            return entry.idPlusOne - 1;
        }
    }
    return std::nullopt;
}

std::optional<std::uint32_t> WordPiece::idOf(std::string_view token) const
{
    if (token.empty()) {
        return std::nullopt;
    }
    if (token.size() > kContinuationMark.size() && token.starts_with(kContinuationMark)) {
        return find(token.substr(kContinuationMark.size()), Place::Continuation);
    }
    return find(token, Place::Start);
}

void WordPiece::cover(std::string_view word, std::size_t characters, std::vector<std::uint32_t>& ids) const
{
    const std::size_t idsBefore = ids.size();
    bool covered = characters <= kWordCharactersMax;
    for (std::size_t start = 0; covered && start < word.size();) {
        const Place place = start == 0 ? Place::Start : Place::Continuation;
        std::size_t end = std::min(word.size(), start + m_pieceBytesMax);
        covered = false;
        for (; end > start; --end) {
            if (end < word.size() && isTrailByte(word[end])) {
                continue; // not the end of a character
            }
            if (const auto id = find(word.substr(start, end - start), place)) {
                ids.push_back(*id);
                covered = true;
                break;
            }
        }
        start = end;
    }
    if (!covered) {
        ids.resize(idsBefore);
        ids.push_back(m_unknown);
    }
}

void WordPiece::coverKnown(std::string_view word, std::size_t characters, std::vector<std::uint32_t>& ids) const
{
    const std::uint64_t hash = hash64(asBytes(word), m_seed) | 1U;
    KnownWord& known = knownWords()[hash >> 50U];
    if (known.hash != hash) {
        const std::size_t before = ids.size();
        cover(word, characters, ids);
        const std::size_t count = ids.size() - before;
        if (count <= known.ids.size()) {
            known.hash = hash;
            known.count = static_cast<std::uint8_t>(count);
            std::copy(ids.begin() + static_cast<std::ptrdiff_t>(before), ids.end(), known.ids.begin());
        }
        return;
    }
    ids.insert(ids.end(), known.ids.begin(), known.ids.begin() + known.count);
}

void WordPiece::encode(std::string_view text, std::size_t idsMax, std::vector<std::uint32_t>& ids) const
{
    ids.clear();
    WordCollector collector([&](std::string_view word, std::size_t characters) { coverKnown(word, characters, ids); });
    for (std::size_t i = 0; i < text.size() && ids.size() < idsMax;) {
        if (isAscii(text[i])) {
            collector.addAscii(text[i++]);
            continue;
        }
        const UChar32 c = nextCodePoint(text, i);
        if (c >= 0) {
            collector.addWide(c);
        }
    }
    collector.finish();
    ids.resize(std::min(ids.size(), idsMax));
}

} // namespace carma::embed
