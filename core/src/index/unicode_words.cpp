// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/unicode_words.h"

#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>

namespace carma::index {

namespace {

std::u16string normalized(const UNormalizer2* normalizer, const std::u16string& text)
{
    if (normalizer == nullptr) {
        return text;
    }
    std::u16string out(text.size() * 2 + 16, u'\0');
    for (;;) {
        UErrorCode status = U_ZERO_ERROR;
        const std::int32_t size = unorm2_normalize(
            normalizer, text.data(), static_cast<std::int32_t>(text.size()), out.data(), static_cast<std::int32_t>(out.size()), &status);
        if (status == U_BUFFER_OVERFLOW_ERROR) {
            out.resize(static_cast<std::size_t>(size));
            continue;
        }
        out.resize(U_SUCCESS(status) ? static_cast<std::size_t>(size) : 0);
        return out;
    }
}

UChar32 nextCharacter(std::u16string_view text, std::int32_t& at)
{
    UChar32 c = 0;
    U16_NEXT(text.data(), at, static_cast<std::int32_t>(text.size()), c);
    return c;
}

bool isPaired(UChar32 c)
{
    UErrorCode status = U_ZERO_ERROR;
    switch (uscript_getScript(c, &status)) {
    case USCRIPT_HAN:
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
    case USCRIPT_HANGUL: return true;
    default: return c == 0x30FC; // the mark of long vowels belongs to both kinds of kana
    }
}

} // namespace

std::u16string caseFolded(std::string_view text)
{
    std::u16string wide(text.size(), u'\0'); // UTF-16 never takes more units than UTF-8 takes bytes
    std::int32_t size = 0;
    UErrorCode status = U_ZERO_ERROR;
    u_strFromUTF8WithSub(wide.data(), static_cast<std::int32_t>(wide.size()), &size, text.data(), static_cast<std::int32_t>(text.size()),
        0xFFFD, nullptr, &status);
    wide.resize(U_SUCCESS(status) ? static_cast<std::size_t>(size) : 0);
    status = U_ZERO_ERROR;
    return normalized(unorm2_getNFKCCasefoldInstance(&status), wide);
}

std::u16string withoutAccents(const std::u16string& text)
{
    UErrorCode status = U_ZERO_ERROR;
    std::u16string bare = normalized(unorm2_getNFDInstance(&status), text);
    std::erase_if(bare, [](char16_t c) { return c >= 0x0300 && c <= 0x036F; });
    status = U_ZERO_ERROR;
    return normalized(unorm2_getNFCInstance(&status), bare);
}

std::string toUtf8(std::u16string_view text)
{
    std::string out(text.size() * 3, '\0'); // no UTF-16 unit takes more than three bytes
    std::int32_t written = 0;
    UErrorCode status = U_ZERO_ERROR;
    u_strToUTF8WithSub(out.data(), static_cast<std::int32_t>(out.size()), &written, text.data(), static_cast<std::int32_t>(text.size()),
        0xFFFD, nullptr, &status);
    out.resize(U_SUCCESS(status) ? static_cast<std::size_t>(written) : 0);
    return out;
}

bool hasPairedScript(std::string_view text)
{
    const std::u16string wide = caseFolded(text);
    for (std::int32_t at = 0; at < static_cast<std::int32_t>(wide.size());) {
        if (isPaired(nextCharacter(wide, at))) {
            return true;
        }
    }
    return false;
}

UnicodeCutter::~UnicodeCutter()
{
    if (m_breaks != nullptr) {
        ubrk_close(m_breaks);
    }
}

UnicodeCutter::Script UnicodeCutter::scriptAt(std::u16string_view text, std::int32_t& at)
{
    const UChar32 c = nextCharacter(text, at);
    if (isPaired(c)) {
        return Script::Paired;
    }
    const auto lineBreak = static_cast<ULineBreak>(u_getIntPropertyValue(c, UCHAR_LINE_BREAK));
    return lineBreak == U_LB_COMPLEX_CONTEXT ? Script::Dictionary : Script::Spaced;
}

std::vector<UnicodeCutter::Word> UnicodeCutter::words(std::string_view run, bool keepAccents, bool singles)
{
    const std::u16string folded = caseFolded(run);
    const std::u16string text = keepAccents ? folded : withoutAccents(folded);
    std::vector<Word> words;
    const auto length = static_cast<std::int32_t>(text.size());
    for (std::int32_t begin = 0; begin < length;) {
        std::int32_t end = begin;
        const Script script = scriptAt(text, end);
        for (std::int32_t next = end; next < length && scriptAt(text, next) == script;) {
            end = next;
        }
        const auto part = std::u16string_view(text).substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
        switch (script) {
        case Script::Spaced: words.push_back({toUtf8(part), false}); break;
        case Script::Paired: addPairs(part, singles, words); break;
        case Script::Dictionary: addSegments(part, words); break;
        }
        begin = end;
    }
    return words;
}

void UnicodeCutter::addPairs(std::u16string_view text, bool singles, std::vector<Word>& words)
{
    const auto length = static_cast<std::int32_t>(text.size());
    for (std::int32_t begin = 0; begin < length;) {
        std::int32_t middle = begin;
        nextCharacter(text, middle);
        std::int32_t end = middle;
        const bool isPair = middle < length;
        if (isPair) {
            nextCharacter(text, end);
            words.push_back({toUtf8(text.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin))), false});
        }
        if (singles || (!isPair && begin == 0)) {
            words.push_back({toUtf8(text.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(middle - begin))), isPair});
        } else if (!isPair) {
            words.push_back({{}, false}); // nothing, at the place of the last character
        }
        begin = middle;
    }
}

void UnicodeCutter::addSegments(std::u16string_view text, std::vector<Word>& words)
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
        words.push_back({toUtf8(text), false});
        return;
    }
    std::int32_t begin = ubrk_first(m_breaks);
    for (std::int32_t end = ubrk_next(m_breaks); end != UBRK_DONE; end = ubrk_next(m_breaks)) {
        words.push_back({toUtf8(text.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin))), false});
        begin = end;
    }
}

} // namespace carma::index
