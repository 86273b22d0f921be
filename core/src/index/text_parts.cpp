// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/text_parts.h"

namespace carma::index {

namespace {

constexpr std::size_t kRestMin = kPartBytes / 3;
constexpr std::size_t kBreathMax = 2 * kPartBytes; // a group without the end of a sentence is cut at a space from here on

bool isSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/// Whether the bytes before `at` end a sentence in a script that puts no space after it.
bool endsWide(std::string_view text, std::size_t at)
{
    if (at < 3) {
        return false;
    }
    const std::string_view last = text.substr(at - 3, 3);
    return last == "\xE3\x80\x82" || last == "\xEF\xBC\x81" || last == "\xEF\xBC\x9F"; // ideographic full stop, wide ! and ?
}

bool endsSentence(std::string_view text, std::size_t at)
{
    if (text[at] == '\n') {
        return true;
    }
    const char before = at > 0 ? text[at - 1] : '\0';
    return (isSpace(text[at]) && (before == '.' || before == '!' || before == '?')) || endsWide(text, at);
}

std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && isSpace(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && isSpace(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

} // namespace

std::vector<std::string_view> textParts(std::string_view text)
{
    std::vector<std::string_view> parts;
    text = trimmed(text);
    if (text.size() < kPartBytes + kRestMin) {
        return parts;
    }
    std::size_t begin = 0;
    for (std::size_t at = kPartBytes; at < text.size() && parts.size() + 1 < kPartsMax; ++at) {
        const std::size_t bytes = at - begin;
        if (bytes >= kPartBytes && (endsSentence(text, at) || (bytes >= kBreathMax && isSpace(text[at])))) {
            parts.push_back(trimmed(text.substr(begin, bytes)));
            begin = at;
        }
    }
    const std::string_view rest = trimmed(text.substr(begin));
    if (parts.empty()) {
        return parts;
    }
    if (rest.size() >= kRestMin) {
        parts.push_back(rest);
    } else {
        const auto lastBegin = static_cast<std::size_t>(parts.back().data() - text.data());
        parts.back() = text.substr(lastBegin);
    }
    if (parts.size() == 1) {
        parts.clear();
    }
    return parts;
}

} // namespace carma::index
