// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/words.h"

#include "base/hash.h"
#include "embed/utf8.h"

#include <carma/assert.h>

#include <algorithm>
#include <array>
#include <libstemmer.h>
#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>
#include <unordered_set>

namespace carma::index {

namespace {

using embed::isAscii;
using embed::isTrailByte;
using embed::nextCodePoint;

constexpr std::uint32_t kStopWord = ~std::uint32_t{0};
constexpr std::size_t kWordBytesMax = 64; // longer runs are codes that nobody types: their start stands for them

/// English function words: they match nearly every passage and tell passages apart by chance only.
const std::unordered_set<std::string_view>& stopWords()
{
    static const std::unordered_set<std::string_view> words{// articles, conjunctions, particles
        "a", "an", "the", "and", "or", "if", "so", "not", "no",
        // prepositions
        "of", "to", "in", "on", "at", "for", "with", "by", "from", "about", "as",
        // forms of to be, to have, to do, and modal verbs
        "am", "is", "are", "was", "were", "be", "been", "being", "have", "has", "had", "having", "do", "does", "did", "will", "would",
        "can", "could", "shall", "should",
        // pronouns and possessives
        "i", "me", "my", "you", "your", "he", "him", "his", "she", "her", "it", "its", "we", "us", "our", "they", "them", "their", "this",
        "that", "these", "those",
        // question words
        "who", "whom", "whose", "what", "which", "when", "where", "how"};
    return words;
}

constexpr std::array<char, 128> asciiWordCharacters()
{
    std::array<char, 128> lower{}; // 0 for what separates words
    for (char c = '0'; c <= '9'; ++c) {
        lower[static_cast<std::size_t>(c)] = c;
    }
    for (char c = 'a'; c <= 'z'; ++c) {
        lower[static_cast<std::size_t>(c)] = c;
        lower[static_cast<std::size_t>(c - 'a' + 'A')] = c;
    }
    return lower;
}

constexpr std::array<char, 128> kAsciiLower = asciiWordCharacters();

/// The end of the ASCII word characters that start at `at`.
std::size_t asciiRunEnd(std::string_view text, std::size_t at)
{
    while (at < text.size() && isAscii(text[at]) && kAsciiLower[static_cast<std::size_t>(text[at])] != 0) {
        ++at;
    }
    return at;
}

bool isWordCharacter(UChar32 c) { return c >= 0 && (U_GET_GC_MASK(c) & (U_GC_L_MASK | U_GC_M_MASK | U_GC_N_MASK)) != 0; }

/// The end of the word characters of any script that start at `at`.
std::size_t runEnd(std::string_view text, std::size_t at)
{
    while (at < text.size()) {
        std::size_t next = at;
        const UChar32 c = nextCodePoint(text, next);
        if (!isWordCharacter(c)) {
            break;
        }
        at = next;
    }
    return at;
}

/// Scripts that put no spaces between words.
bool needsDictionary(UChar32 c)
{
    const auto lineBreak = static_cast<ULineBreak>(u_getIntPropertyValue(c, UCHAR_LINE_BREAK));
    return lineBreak == U_LB_IDEOGRAPHIC || lineBreak == U_LB_COMPLEX_CONTEXT || lineBreak == U_LB_CONDITIONAL_JAPANESE_STARTER;
}

std::string_view cut(std::string_view word)
{
    std::size_t size = std::min(word.size(), kWordBytesMax);
    while (size < word.size() && size > 0 && isTrailByte(word[size])) {
        --size;
    }
    return word.substr(0, size);
}

std::string toUtf8(const UChar* text, std::int32_t length)
{
    std::string out(static_cast<std::size_t>(length) * 3, '\0'); // no UTF-16 unit takes more than three bytes
    std::int32_t written = 0;
    UErrorCode status = U_ZERO_ERROR;
    u_strToUTF8WithSub(out.data(), static_cast<std::int32_t>(out.size()), &written, text, length, 0xFFFD, nullptr, &status);
    out.resize(U_SUCCESS(status) ? static_cast<std::size_t>(written) : 0);
    return out;
}

} // namespace

/// The slow path's tools, made when the first word beyond ASCII comes.
class WordReader::Unicode {
public:
    ~Unicode()
    {
        if (m_breaks != nullptr) {
            ubrk_close(m_breaks);
        }
    }

    /// The words of one run of word characters, case-folded and without the accents of Latin, Greek and Cyrillic.
    std::vector<std::string> words(std::string_view run)
    {
        const std::u16string text = fold(run);
        const auto length = static_cast<std::int32_t>(text.size());
        bool dictionary = false;
        for (std::int32_t i = 0; i < length && !dictionary;) {
            UChar32 c = 0;
            U16_NEXT(text.data(), i, length, c);
            dictionary = needsDictionary(c);
        }
        if (!dictionary) {
            return {toUtf8(text.data(), length)};
        }
        return segments(text);
    }

private:
    static std::u16string normalized(const UNormalizer2* normalizer, const std::u16string& text)
    {
        if (normalizer == nullptr) {
            return text;
        }
        std::u16string out(text.size() * 2 + 16, u'\0');
        for (;;) {
            UErrorCode status = U_ZERO_ERROR;
            const std::int32_t size = unorm2_normalize(normalizer, text.data(), static_cast<std::int32_t>(text.size()), out.data(),
                static_cast<std::int32_t>(out.size()), &status);
            if (status == U_BUFFER_OVERFLOW_ERROR) {
                out.resize(static_cast<std::size_t>(size));
                continue;
            }
            out.resize(U_SUCCESS(status) ? static_cast<std::size_t>(size) : 0);
            return out;
        }
    }

    static std::u16string fold(std::string_view run)
    {
        std::u16string text(run.size(), u'\0'); // UTF-16 never takes more units than UTF-8 takes bytes
        std::int32_t size = 0;
        UErrorCode status = U_ZERO_ERROR;
        u_strFromUTF8WithSub(text.data(), static_cast<std::int32_t>(text.size()), &size, run.data(), static_cast<std::int32_t>(run.size()),
            0xFFFD, nullptr, &status);
        text.resize(U_SUCCESS(status) ? static_cast<std::size_t>(size) : 0);
        status = U_ZERO_ERROR;
        text = normalized(unorm2_getNFKCCasefoldInstance(&status), text);
        status = U_ZERO_ERROR;
        text = normalized(unorm2_getNFDInstance(&status), text);
        std::erase_if(text, [](char16_t c) { return c >= 0x0300 && c <= 0x036F; });
        status = U_ZERO_ERROR;
        return normalized(unorm2_getNFCInstance(&status), text);
    }

    std::vector<std::string> segments(const std::u16string& text)
    {
        const auto length = static_cast<std::int32_t>(text.size());
        UErrorCode status = U_ZERO_ERROR;
        if (m_breaks == nullptr) {
            m_breaks = ubrk_open(UBRK_WORD, "", nullptr, 0, &status);
        }
        if (U_SUCCESS(status)) {
            ubrk_setText(m_breaks, text.data(), length, &status);
        }
        if (U_FAILURE(status)) {
            return {toUtf8(text.data(), length)};
        }
        std::vector<std::string> words;
        std::int32_t begin = ubrk_first(m_breaks);
        for (std::int32_t end = ubrk_next(m_breaks); end != UBRK_DONE; end = ubrk_next(m_breaks)) {
            words.push_back(toUtf8(text.data() + begin, end - begin));
            begin = end;
        }
        return words;
    }

    UBreakIterator* m_breaks = nullptr; ///< owned
};

WordReader::WordReader() : m_stemmer(sb_stemmer_new("english", "UTF_8")), m_known(64) { CARMA_ASSERT(m_stemmer != nullptr); }

WordReader::~WordReader() { sb_stemmer_delete(static_cast<sb_stemmer*>(m_stemmer)); }

void WordReader::read(std::string_view text, std::vector<PlacedTerm>& terms, std::uint32_t& position)
{
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t asciiEnd = asciiRunEnd(text, i);
        std::size_t end = asciiEnd;
        if (asciiEnd < text.size() && !isAscii(text[asciiEnd])) {
            end = runEnd(text, asciiEnd);
        }
        if (end > asciiEnd) {
            addUnicodeRun(text.substr(i, end - i), terms, position);
            i = end;
        } else if (asciiEnd > i) {
            const std::string_view word = cut(text.substr(i, asciiEnd - i));
            m_lower.assign(word);
            for (char& c : m_lower) {
                c = kAsciiLower[static_cast<std::size_t>(c)];
            }
            addWord(m_lower, terms, position);
            i = asciiEnd;
        } else {
            nextCodePoint(text, i); // a separator, or bytes that are no UTF-8
        }
    }
}

void WordReader::addUnicodeRun(std::string_view run, std::vector<PlacedTerm>& terms, std::uint32_t& position)
{
    if (!m_unicode) {
        m_unicode = std::make_unique<Unicode>();
    }
    // ICU counts in 32-bit numbers; a run that long has no spaces at all, and its parts are as good as the whole.
    constexpr std::size_t kRunBytesMax = 1U << 20U;
    while (!run.empty()) {
        std::size_t size = std::min(run.size(), kRunBytesMax);
        while (size < run.size() && isTrailByte(run[size])) {
            --size;
        }
        for (const std::string& word : m_unicode->words(run.substr(0, size))) {
            if (!word.empty()) {
                addWord(cut(word), terms, position);
            }
        }
        run.remove_prefix(size);
    }
}

void WordReader::addWord(std::string_view word, std::vector<PlacedTerm>& terms, std::uint32_t& position)
{
    const std::uint32_t number = numberOf(word);
    if (number != kStopWord) {
        terms.push_back({number, position});
    }
    ++position;
}

std::uint32_t WordReader::numberOf(std::string_view word)
{
    const auto hash = static_cast<std::uint32_t>(hash64(asBytes(word), 0));
    const std::size_t mask = m_known.size() - 1;
    std::size_t at = hash & mask;
    for (; m_known[at].length != 0; at = (at + 1) & mask) {
        const KnownWord& known = m_known[at];
        if (known.hash == hash && std::string_view(m_knownText).substr(known.textAt, known.length) == word) {
            return known.number;
        }
    }
    const std::uint32_t number = stopWords().contains(word) ? kStopWord : newTerm(word);
    m_known[at] = {m_knownText.size(), hash, number, static_cast<std::uint32_t>(word.size())};
    m_knownText += word;
    if (++m_knownCount * 2 > m_known.size()) {
        growKnown();
    }
    return number;
}

std::uint32_t WordReader::newTerm(std::string_view word)
{
    auto* stemmer = static_cast<sb_stemmer*>(m_stemmer);
    const auto* stem = sb_stemmer_stem(stemmer, reinterpret_cast<const sb_symbol*>(word.data()), static_cast<int>(word.size()));
    CARMA_ASSERT(stem != nullptr); // only without memory
    const auto [entry, isNew] = m_byTerm.try_emplace(
        std::string(reinterpret_cast<const char*>(stem), static_cast<std::size_t>(sb_stemmer_length(stemmer))),
        static_cast<std::uint32_t>(m_terms.size()));
    if (isNew) {
        m_terms.push_back(&entry->first);
    }
    return entry->second;
}

void WordReader::growKnown()
{
    std::vector<KnownWord> larger(m_known.size() * 4);
    const std::size_t mask = larger.size() - 1;
    for (const KnownWord& known : m_known) {
        if (known.length != 0) {
            std::size_t at = known.hash & mask;
            while (larger[at].length != 0) {
                at = (at + 1) & mask;
            }
            larger[at] = known;
        }
    }
    m_known = std::move(larger);
}

} // namespace carma::index
