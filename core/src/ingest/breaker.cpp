// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ingest/breaker.h"

#include "ingest/text_check.h"

#include <carma/assert.h>

#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/utext.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace carma::ingest {

namespace {

enum Kind : std::uint8_t { kOrdinary = 0, kStop = 1, kLine = 2 };

/// What the sentence rules look at.
constexpr std::array<std::uint8_t, 256> kKinds = [] {
    std::array<std::uint8_t, 256> kinds{};
    kinds['.'] = kinds['!'] = kinds['?'] = kStop;
    kinds['\n'] = kLine;
    return kinds;
}();

std::uint8_t byteAt(std::string_view text, std::size_t at) { return static_cast<std::uint8_t>(text[at]); }

/// The character at `at` of checked text. (ICU's macros for this do not compile without conversion warnings.)
UChar32 characterAt(std::string_view text, std::size_t at)
{
    const std::uint8_t lead = byteAt(text, at);
    const std::size_t count = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    constexpr std::array<std::uint32_t, 5> kLeadBits = {0, 0x7F, 0x1F, 0x0F, 0x07};
    std::uint32_t c = lead & kLeadBits[count];
    for (std::size_t i = 1; i < count && at + i < text.size(); ++i) {
        c = (c << 6U) | (byteAt(text, at + i) & 0x3FU);
    }
    return static_cast<UChar32>(c);
}

/// Whether the character at `at` clings to what precedes it.
bool extendsGrapheme(std::string_view text, std::size_t at)
{
    if (byteAt(text, at) < 0x80) {
        return false;
    }
    const int value = u_getIntPropertyValue(characterAt(text, at), UCHAR_GRAPHEME_CLUSTER_BREAK);
    return value == U_GCB_EXTEND || value == U_GCB_SPACING_MARK || value == U_GCB_ZWJ;
}

/// Past quotes, brackets and further stops that belong to the sentence whose stop is before `at`.
std::size_t skipClosers(std::string_view text, std::size_t at, std::size_t end)
{
    constexpr std::string_view kClosers = "\"')]}*_.!?";
    while (at < end) {
        if (kClosers.find(text[at]) != std::string_view::npos) {
            ++at;
        } else if (text.substr(at, 3) == "\u201D" || text.substr(at, 3) == "\u2019") {
            at += 3;
        } else if (text.substr(at, 2) == "\u00BB") {
            at += 2;
        } else {
            break;
        }
    }
    return std::min(at, end);
}

/// Whether the full stop at `at` ends an initial ("J.") or a common abbreviation rather than a sentence.
bool isAbbreviation(std::string_view text, std::size_t begin, std::size_t at)
{
    constexpr std::array<std::string_view, 17> kKnown = {
        "Mr", "Mrs", "Ms", "Dr", "Prof", "St", "vs", "Fig", "e.g", "i.e", "cf", "ca", "Jr", "Sr", "z.B", "bzw", "Nr"};
    std::size_t word = at;
    while (word > begin && at - word < 6 && !isBlank(text[word - 1]) && text[word - 1] != '(' && text[word - 1] != '"') {
        --word;
    }
    const std::string_view name = text.substr(word, at - word);
    if (name.size() == 1) {
        return name[0] >= 'A' && name[0] <= 'Z' && name[0] != 'I'; // "and I." ends a sentence more often than not
    }
    return std::find(kKnown.begin(), kKnown.end(), name) != kKnown.end();
}

bool isLower(std::string_view text, std::size_t at)
{
    const std::uint8_t c = byteAt(text, at);
    return c < 0x80 ? c >= 'a' && c <= 'z' : u_islower(characterAt(text, at)) != 0;
}

/// Whether the line that begins with the blanks before `at` is an entry of its own: a list item, a table row, a dated
/// log line, code.
bool beginsEntry(char first)
{
    return (first >= '0' && first <= '9') || std::string_view("-*+|#<>={}[").find(first) != std::string_view::npos;
}

/// ICU ends a sentence at every line end. Whether the one before `start` is an end of a sentence in wrapped text, too.
bool endsAtLine(std::string_view text, std::size_t begin, std::size_t start)
{
    const std::size_t content = contentEnd(text, begin, start);
    if (content == begin ||
        std::count(text.begin() + static_cast<std::ptrdiff_t>(content), text.begin() + static_cast<std::ptrdiff_t>(start), '\n') > 1) {
        return content > begin;
    }
    const UChar32 last = characterAt(text, characterStart(text, content - 1));
    const int kind = u_getIntPropertyValue(last, UCHAR_SENTENCE_BREAK);
    return kind == U_SB_STERM || kind == U_SB_ATERM || kind == U_SB_CLOSE || beginsEntry(text[start]);
}

/// The start of the sentence after the one that holds `at`, or `end`. `begin` is where the look back for abbreviations
/// stops.
std::size_t nextSentence(std::string_view text, std::size_t begin, std::size_t at, std::size_t end)
{
    while (true) {
        while (at < end && kKinds[byteAt(text, at)] == kOrdinary) {
            ++at;
        }
        if (at >= end) {
            return end;
        }
        const bool line = text[at] == '\n';
        const std::size_t stop = at;
        std::size_t next = line ? at : skipClosers(text, at + 1, end);
        std::size_t lines = 0;
        const std::size_t blanks = next;
        while (next < end && isBlank(text[next])) {
            lines += text[next] == '\n' ? 1U : 0U;
            ++next;
        }
        if (next >= end) {
            return end;
        }
        at = std::max(next, stop + 1);
        if (next == blanks || extendsGrapheme(text, next)) {
            continue; // "3.14", "a.out"
        }
        if (lines >= 2 || (lines >= 1 && beginsEntry(text[next]))) {
            return next;
        }
        if (!line && !isLower(text, next) && !(text[stop] == '.' && isAbbreviation(text, begin, stop))) {
            return next;
        }
    }
}

} // namespace

/// ICU's iterators, for the root locale: what a file's language is, nobody says.
struct Breaker::Icu {
    UBreakIterator* sentence = nullptr;
    UBreakIterator* grapheme = nullptr;

    Icu()
    {
        UErrorCode status = U_ZERO_ERROR;
        sentence = ubrk_open(UBRK_SENTENCE, "", nullptr, 0, &status);
        grapheme = ubrk_open(UBRK_CHARACTER, "", nullptr, 0, &status);
        CARMA_ASSERT(U_SUCCESS(status)); // the rules are part of the library
    }
    ~Icu()
    {
        ubrk_close(sentence);
        ubrk_close(grapheme);
    }
    Icu(const Icu&) = delete;
    Icu& operator=(const Icu&) = delete;

    /// Lets `iterator` read `text`, runs `visit` and takes the text away again.
    template <typename Visit> static void over(UBreakIterator* iterator, std::string_view text, Visit visit)
    {
        UErrorCode status = U_ZERO_ERROR;
        UText* source = utext_openUTF8(nullptr, text.data(), static_cast<std::int64_t>(text.size()), &status);
        CARMA_ASSERT(U_SUCCESS(status));
        ubrk_setUText(iterator, source, &status);
        CARMA_ASSERT(U_SUCCESS(status));
        visit(iterator);
        utext_close(source);
    }
};

Breaker::Breaker() = default;
Breaker::~Breaker() = default;

bool Breaker::needsIcu(std::string_view text, std::size_t begin, std::size_t end) const
{
    if (m_ascii) {
        return false;
    }
    // Lead bytes from 0xD8 are Arabic and the scripts after it. General punctuation (0xE2), emoji (0xF0 0x9F),
    // variation selectors and the byte order mark (0xEF 0xB8, 0xEF 0xBB) stand in every text and end no sentences.
    for (std::size_t i = begin; i < end; ++i) {
        const std::uint8_t c = byteAt(text, i);
        if (c < 0xD8 || c == 0xE2) {
            continue;
        }
        const std::uint8_t second = i + 1 < end ? byteAt(text, i + 1) : 0;
        if (!(c == 0xF0 && second == 0x9F) && !(c == 0xEF && (second == 0xB8 || second == 0xBB))) {
            return true;
        }
    }
    return false;
}

void Breaker::icuSentences(std::string_view text, std::size_t begin, std::size_t end, std::vector<std::size_t>& starts)
{
    if (!m_icu) {
        m_icu = std::make_unique<Icu>();
    }
    Icu::over(m_icu->sentence, text.substr(begin, end - begin), [&](UBreakIterator* iterator) {
        for (std::int32_t at = ubrk_next(iterator); at != UBRK_DONE; at = ubrk_next(iterator)) {
            const std::size_t start = begin + static_cast<std::size_t>(at);
            if (start < end && (text[start - 1] != '\n' || endsAtLine(text, begin, start))) {
                starts.push_back(start);
            }
        }
    });
}

void Breaker::sentences(std::string_view text, std::size_t begin, std::size_t end, std::vector<std::size_t>& starts)
{
    const std::size_t first = starts.size();
    if (needsIcu(text, begin, end)) {
        icuSentences(text, begin, end, starts);
    } else {
        for (std::size_t at = nextSentence(text, begin, begin, end); at < end; at = nextSentence(text, begin, at, end)) {
            starts.push_back(at);
        }
    }
    std::size_t kept = first;
    std::size_t last = begin;
    for (std::size_t i = first; i < starts.size(); ++i) {
        if (starts[i] - last >= kSentenceBytesMin) {
            last = starts[kept++] = starts[i];
        }
    }
    if (kept > first && end - starts[kept - 1] < kSentenceBytesMin) {
        --kept;
    }
    starts.resize(kept);
}

std::size_t Breaker::cut(std::string_view text, std::size_t begin, std::size_t end, std::size_t goal, std::size_t bytesMax)
{
    const std::size_t least = begin + goal / 3; // earlier ends would leave crumbs
    const std::size_t wanted = characterStart(text, std::min(end, begin + goal));
    const std::size_t reach = characterStart(text, std::min(end, begin + goal * kReach));

    m_starts.clear();
    sentences(text, begin, std::min(reach, characterStart(text, wanted + goal / 8)), m_starts);
    for (auto start = m_starts.rbegin(); start != m_starts.rend() && *start >= least; ++start) {
        if (*start <= wanted) {
            return *start;
        }
    }
    for (std::size_t at = wanted; at > least; --at) {
        if (text[at - 1] == '\n' && (at == end || !isBlank(text[at]))) {
            return at;
        }
    }
    m_starts.clear();
    sentences(text, begin, reach, m_starts);
    const auto beyondStart = std::find_if(m_starts.begin(), m_starts.end(), [&](std::size_t at) { return at > wanted; });
    const std::size_t beyond = beyondStart != m_starts.end() ? *beyondStart : 0;
    if (beyond != 0) {
        return beyond;
    }
    const auto betweenWords = [&](std::size_t at) { return isBlank(text[at - 1]) && !isBlank(text[at]) && !extendsGrapheme(text, at); };
    for (std::size_t at = wanted; at > least; --at) {
        if (at < end && betweenWords(at)) {
            return at;
        }
    }
    for (std::size_t at = wanted; at < reach; ++at) {
        if (betweenWords(at)) {
            return at;
        }
    }
    const std::size_t atGrapheme = graphemeCut(text, begin, reach);
    return atGrapheme > least ? atGrapheme : graphemeCut(text, begin, std::min(end, begin + bytesMax));
}

std::size_t Breaker::graphemeCut(std::string_view text, std::size_t begin, std::size_t limit)
{
    if (limit >= text.size()) {
        return text.size();
    }
    const std::size_t character = characterStart(text, limit);
    if (byteAt(text, character) < 0x80 && byteAt(text, character - 1) < 0x80) {
        const bool insideLineEnd = text[character] == '\n' && text[character - 1] == '\r';
        return insideLineEnd && character - 1 > begin ? character - 1 : character;
    }
    if (!m_icu) {
        m_icu = std::make_unique<Icu>();
    }
    std::size_t boundary = begin;
    // A little of what follows is shown, too: whether the limit is a boundary depends on the character after it.
    const std::size_t window = std::min(text.size(), limit + 64) - begin;
    Icu::over(m_icu->grapheme, text.substr(begin, window), [&](UBreakIterator* iterator) {
        const auto at = static_cast<std::int32_t>(character - begin);
        if (ubrk_isBoundary(iterator, at) != 0) {
            boundary = character;
        } else if (const std::int32_t before = ubrk_preceding(iterator, at); before > 0) {
            boundary = begin + static_cast<std::size_t>(before);
        }
    });
    return boundary > begin ? boundary : std::max(character, begin + 1);
}

} // namespace carma::ingest
