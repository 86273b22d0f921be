// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/words.h"

#include "base/hash.h"
#include "embed/utf8.h"
#include "index/unicode_words.h"

#include <carma/assert.h>

#include <algorithm>
#include <array>
#include <libstemmer.h>
#include <unicode/uchar.h>

namespace carma::index {

namespace {

using embed::isAscii;
using embed::isTrailByte;
using embed::nextCodePoint;

constexpr std::uint32_t kStopWord = ~std::uint32_t{0};
constexpr std::size_t kWordBytesMax = 64; // longer runs are codes that nobody types: their start stands for them

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

std::string_view cut(std::string_view word)
{
    std::size_t size = std::min(word.size(), kWordBytesMax);
    while (size < word.size() && size > 0 && isTrailByte(word[size])) {
        --size;
    }
    return word.substr(0, size);
}

} // namespace

namespace {

/// Made when a thread first needs it, and kept: making one takes longer than all else that a query's words need.
sb_stemmer* stemmerOf(Language language)
{
    struct Delete {
        void operator()(sb_stemmer* stemmer) const { sb_stemmer_delete(stemmer); }
    };
    thread_local std::array<std::unique_ptr<sb_stemmer, Delete>, kLanguages> stemmers;
    auto& stemmer = stemmers[static_cast<std::size_t>(language)];
    if (stemmer == nullptr) {
        stemmer.reset(sb_stemmer_new(std::string(name(language)).c_str(), "UTF_8"));
        CARMA_ASSERT(stemmer != nullptr); // only without memory, or with a library that lacks the language
    }
    return stemmer.get();
}

/// The first byte of a term that is not English; below all characters of words.
char tagOf(Language language) { return static_cast<char>(language); }

} // namespace

Language languageOfTerm(std::string_view term)
{
    const auto first = static_cast<unsigned char>(term.empty() ? '\0' : term.front());
    return first < kLanguages ? static_cast<Language>(first) : Language::English;
}

std::string_view textOfTerm(std::string_view term) { return languageOfTerm(term) == Language::English ? term : term.substr(1); }

std::string foldWord(std::string_view word) { return toUtf8(withoutAccents(caseFolded(word))); }

WordReader::WordReader(Purpose purpose) : m_purpose(purpose), m_known(64) {}

WordReader::~WordReader() = default;

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
        m_unicode = std::make_unique<UnicodeCutter>();
    }
    // ICU counts in 32-bit numbers; a run that long has no spaces at all, and its parts are as good as the whole.
    constexpr std::size_t kRunBytesMax = 1U << 20U;
    while (!run.empty()) {
        std::size_t size = std::min(run.size(), kRunBytesMax);
        while (size < run.size() && isTrailByte(run[size])) {
            --size;
        }
        // English words lose their accents before they are stemmed, others need them for it.
        const auto words = m_unicode->words(run.substr(0, size), m_language != Language::English, m_purpose == Purpose::Index);
        for (const UnicodeCutter::Word& word : words) {
            position -= word.isMore ? 1 : 0;
            addWord(cut(word.text), terms, position);
        }
        run.remove_prefix(size);
    }
}

void WordReader::addWord(std::string_view word, std::vector<PlacedTerm>& terms, std::uint32_t& position)
{
    const std::uint32_t number = word.empty() ? kStopWord : numberOf(word);
    if (number != kStopWord) {
        terms.push_back({number, position});
    }
    ++position;
}

std::uint32_t WordReader::numberOf(std::string_view word)
{
    const auto hash = static_cast<std::uint32_t>(hash64(asBytes(word), static_cast<std::uint64_t>(m_language)));
    const std::size_t mask = m_known.size() - 1;
    std::size_t at = hash & mask;
    for (; m_known[at].length != 0; at = (at + 1) & mask) {
        const KnownWord& known = m_known[at];
        if (known.hash == hash && known.language == m_language &&
            std::string_view(m_knownText).substr(known.textAt, known.length) == word) {
            return known.number;
        }
    }
    const std::uint32_t number = isStopWord(m_language, word) ? kStopWord : newTerm(word);
    m_known[at] = {m_knownText.size(), hash, number, static_cast<std::uint16_t>(word.size()), m_language};
    m_knownText += word;
    if (++m_knownCount * 2 > m_known.size()) {
        growKnown();
    }
    return number;
}

std::uint32_t WordReader::newTerm(std::string_view word)
{
    sb_stemmer* const stemmer = stemmerOf(m_language);
    const auto* stem = sb_stemmer_stem(stemmer, reinterpret_cast<const sb_symbol*>(word.data()), static_cast<int>(word.size()));
    CARMA_ASSERT(stem != nullptr); // only without memory
    std::string term(reinterpret_cast<const char*>(stem), static_cast<std::size_t>(sb_stemmer_length(stemmer)));
    if (m_language != Language::English) {
        term = tagOf(m_language) + (std::ranges::all_of(term, isAscii) ? term : foldWord(term));
    }
    const auto [entry, isNew] = m_byTerm.try_emplace(std::move(term), static_cast<std::uint32_t>(m_terms.size()));
    if (isNew) {
        m_terms.push_back(&entry->first);
        m_forms.emplace_back();
    }
    m_forms[entry->second].push_back(std::ranges::all_of(word, isAscii) ? std::string(word) : foldWord(word));
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
