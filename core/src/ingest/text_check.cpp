// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ingest/text_check.h"

#include <algorithm>
#include <cstring>

namespace carma::ingest {

namespace {

std::uint8_t byteAt(std::string_view text, std::size_t at) { return static_cast<std::uint8_t>(text[at]); }

/// Bytes of the character at `at`, 0 if there is no valid one.
std::size_t characterBytes(std::string_view text, std::size_t at)
{
    const std::uint8_t lead = byteAt(text, at);
    if (lead < 0x80) {
        return 1;
    }
    std::size_t count = 0;
    std::uint8_t low = 0x80; // the second byte's range excludes overlong forms, surrogates and what is above U+10FFFF
    std::uint8_t high = 0xBF;
    if (lead >= 0xC2 && lead <= 0xDF) {
        count = 2;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
        count = 3;
        low = lead == 0xE0 ? 0xA0 : 0x80;
        high = lead == 0xED ? 0x9F : 0xBF;
    } else if (lead >= 0xF0 && lead <= 0xF4) {
        count = 4;
        low = lead == 0xF0 ? 0x90 : 0x80;
        high = lead == 0xF4 ? 0x8F : 0xBF;
    }
    if (count == 0 || text.size() - at < count || byteAt(text, at + 1) < low || byteAt(text, at + 1) > high) {
        return 0;
    }
    for (std::size_t i = 2; i < count; ++i) {
        if ((byteAt(text, at + i) & 0xC0U) != 0x80) {
            return 0;
        }
    }
    return count;
}

bool isControl(std::uint8_t c) { return (c < 0x20 && !(c >= 0x09 && c <= 0x0D) && c != 0x1B) || c == 0x7F; }

struct Scan {
    std::size_t end = 0; ///< where validity ends
    TextTraits traits;
};

/// Eight bytes at a time where they are plain ASCII without control characters, which is most of most text.
Scan scanText(std::string_view text)
{
    constexpr std::uint64_t kHigh = 0x8080808080808080ULL;
    constexpr std::uint64_t kSpace = 0x2020202020202020ULL;
    constexpr std::uint64_t kOnes = 0x0101010101010101ULL;
    Scan scan;
    std::size_t at = 0;
    while (at < text.size()) {
        if (text.size() - at >= 8) {
            std::uint64_t word;
            std::memcpy(&word, text.data() + at, sizeof word);
            if (((word | (word - kSpace) | (word + kOnes)) & kHigh) == 0) { // 0x7F + 1 has the high bit, too
                at += 8;
                continue;
            }
        }
        const std::size_t stop = std::min(text.size(), at + 8);
        while (at < stop) {
            const std::uint8_t c = byteAt(text, at);
            if (c < 0x80) {
                scan.traits.controls += isControl(c) ? 1U : 0U;
                ++at;
                continue;
            }
            const std::size_t count = characterBytes(text, at);
            if (count == 0) {
                scan.end = at;
                return scan;
            }
            scan.traits.ascii = false;
            at += count;
        }
    }
    scan.end = at;
    return scan;
}

std::string hexByte(std::uint8_t byte)
{
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    return {'0', 'x', kDigits[byte >> 4U], kDigits[byte & 15U]};
}

} // namespace

Result<TextTraits> checkText(ByteView bytes)
{
    const std::string_view text = asText(bytes);
    if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
        return {ErrorCode::InvalidArgument, "is not UTF-8 but UTF-16, by its byte order mark at offset 0"};
    }
    if (const auto zero = text.find('\0'); zero != std::string_view::npos) {
        return {ErrorCode::InvalidArgument, "is binary: there is a zero byte at offset " + std::to_string(zero)};
    }
    const Scan scan = scanText(text);
    if (scan.end < text.size()) {
        return {ErrorCode::InvalidArgument,
            "is not UTF-8: the byte " + hexByte(byteAt(text, scan.end)) + " at offset " + std::to_string(scan.end) +
                " belongs to no character"};
    }
    if (scan.traits.controls * 100 > text.size()) {
        return {ErrorCode::InvalidArgument,
            "is binary: " + std::to_string(scan.traits.controls) + " of its " + std::to_string(text.size()) +
                " bytes are control characters"};
    }
    return scan.traits;
}

std::size_t validUtf8Prefix(std::string_view text) { return scanText(text).end; }

std::size_t characterStart(std::string_view text, std::size_t at)
{
    while (at > 0 && at < text.size() && (byteAt(text, at) & 0xC0U) == 0x80) {
        --at;
    }
    return at;
}

std::string_view clipped(std::string_view text, std::size_t bytesMax)
{
    return text.size() <= bytesMax ? text : text.substr(0, characterStart(text, bytesMax));
}

std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && isBlank(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && isBlank(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

std::string oneLine(std::string_view text, std::size_t bytesMax)
{
    std::string line;
    bool gap = false;
    for (const char c : text) {
        if (isBlank(c) || static_cast<std::uint8_t>(c) < 0x20 || c == 0x7F) {
            gap = !line.empty();
            continue;
        }
        if (gap) {
            line += ' ';
            gap = false;
        }
        line += c;
        if (line.size() > bytesMax + 4) {
            break;
        }
    }
    line.resize(clipped(line, bytesMax).size());
    return line;
}

std::size_t contentEnd(std::string_view text, std::size_t begin, std::size_t end)
{
    while (end > begin && isBlank(text[end - 1])) {
        --end;
    }
    return end;
}

std::size_t lineOf(std::string_view text, std::size_t offset)
{
    return 1 + static_cast<std::size_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
}

std::string lowerAscii(std::string_view text)
{
    std::string lower(text);
    for (char& c : lower) {
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return lower;
}

} // namespace carma::ingest
