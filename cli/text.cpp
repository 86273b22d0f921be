// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cwchar>
#include <fmt/format.h>

namespace carma::cli {

namespace {

constexpr char32_t kReplacement = 0xFFFD;

bool isControl(char32_t code) { return code < 0x20 || (code >= 0x7F && code < 0xA0); }

/// Characters that change the direction or the order of what stands around them.
bool isReordering(char32_t code)
{
    return code == 0x200E || code == 0x200F || code == 0x061C || (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) ||
        code == 0x2028 || code == 0x2029;
}

bool isSpace(char32_t code) { return code == ' ' || (code >= 0x09 && code <= 0x0D) || code == 0x85 || code == 0x2028 || code == 0x2029; }

void appendEscaped(std::string& out, char32_t code)
{
    if (isControl(code)) {
        out += fmt::format("\\x{:02x}", static_cast<unsigned>(code));
    } else if (isReordering(code)) {
        out += fmt::format("\\u{:04x}", static_cast<unsigned>(code));
    } else {
        appendUtf8(out, code);
    }
}

std::size_t columnsOf(char32_t code)
{
    if (code < 0x7F) {
        return 1;
    }
    const int width = ::wcwidth(static_cast<wchar_t>(code));
    return width < 0 ? 1 : static_cast<std::size_t>(width); // unknown to the locale: most are one column wide
}

} // namespace

Character characterAt(std::string_view text, std::size_t at)
{
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned first = byte(at);
    if (first < 0x80) {
        return {first, 1};
    }
    const std::size_t length = first >= 0xF0 && first < 0xF5 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 0;
    if (length == 0 || first >= 0xF5 || at + length > text.size()) {
        return {kReplacement, 1};
    }
    char32_t code = first & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(at + i) & 0xC0U) != 0x80U) {
            return {kReplacement, 1};
        }
        code = (code << 6U) | (byte(at + i) & 0x3FU);
    }
    constexpr std::array<char32_t, 5> kSmallest{0, 0, 0x80, 0x800, 0x10000};
    if (code < kSmallest[length] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) {
        return {kReplacement, 1};
    }
    return {code, length};
}

void appendUtf8(std::string& out, char32_t code)
{
    const auto put = [&](char32_t value) { out += static_cast<char>(static_cast<unsigned char>(value)); };
    if (code < 0x80) {
        put(code);
    } else if (code < 0x800) {
        put(0xC0U | (code >> 6U));
        put(0x80U | (code & 0x3FU));
    } else if (code < 0x10000) {
        put(0xE0U | (code >> 12U));
        put(0x80U | ((code >> 6U) & 0x3FU));
        put(0x80U | (code & 0x3FU));
    } else {
        put(0xF0U | (code >> 18U));
        put(0x80U | ((code >> 12U) & 0x3FU));
        put(0x80U | ((code >> 6U) & 0x3FU));
        put(0x80U | (code & 0x3FU));
    }
}

std::string escapeBlock(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const auto [code, bytes] = characterAt(text, at);
        if (code == '\n' || code == '\t') {
            out += static_cast<char>(code);
        } else if (code == '\r' && at + 1 < text.size() && text[at + 1] == '\n') {
            // A carriage return before a line feed is how some systems end lines: nothing to warn of.
        } else {
            appendEscaped(out, code);
        }
        at += bytes;
    }
    return out;
}

std::string escapeLine(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const auto [code, bytes] = characterAt(text, at);
        if (!isSpace(code)) {
            appendEscaped(out, code);
        } else if (!out.empty() && out.back() != ' ') {
            out += ' ';
        }
        at += bytes;
    }
    while (!out.empty() && out.back() == ' ') {
        out.pop_back();
    }
    return out;
}

std::size_t columns(std::string_view text)
{
    std::size_t sum = 0;
    for (std::size_t at = 0; at < text.size();) {
        const auto [code, bytes] = characterAt(text, at);
        sum += columnsOf(code);
        at += bytes;
    }
    return sum;
}

std::string cut(std::string_view text, std::size_t width)
{
    if (columns(text) <= width) {
        return std::string(text);
    }
    std::size_t used = 0;
    std::size_t at = 0;
    while (at < text.size()) {
        const auto [code, bytes] = characterAt(text, at);
        if (used + columnsOf(code) + 1 > width) {
            break;
        }
        used += columnsOf(code);
        at += bytes;
    }
    return width == 0 ? std::string() : std::string(text.substr(0, at)) + "\u2026";
}

std::vector<std::string> wrap(std::string_view text, std::size_t width)
{
    width = std::max<std::size_t>(width, 1);
    std::vector<std::string> lines;
    std::string line;
    std::size_t used = 0;
    const auto finish = [&] {
        lines.push_back(std::move(line));
        line.clear();
        used = 0;
    };
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find(' ', at), text.size());
        std::string_view word = text.substr(at, end - at);
        at = end + 1;
        if (used != 0 && used + 1 + columns(word) > width) {
            finish();
        }
        if (used != 0) {
            line += ' ';
            ++used;
        }
        while (!word.empty()) {
            const auto [code, bytes] = characterAt(word, 0);
            if (used != 0 && used + columnsOf(code) > width) {
                finish();
            }
            line += word.substr(0, bytes);
            used += columnsOf(code);
            word.remove_prefix(bytes);
        }
    }
    if (!line.empty() || lines.empty()) {
        lines.push_back(std::move(line));
    }
    return lines;
}

std::string padRight(std::string_view text, std::size_t width)
{
    const std::size_t used = columns(text);
    return std::string(text) + std::string(width > used ? width - used : 0, ' ');
}

std::string padLeft(std::string_view text, std::size_t width)
{
    const std::size_t used = columns(text);
    return std::string(width > used ? width - used : 0, ' ') + std::string(text);
}

std::size_t editDistance(std::string_view a, std::string_view b)
{
    std::vector<std::vector<std::size_t>> cost(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i) {
        for (std::size_t j = 0; j <= b.size(); ++j) {
            if (i == 0 || j == 0) {
                cost[i][j] = i + j;
                continue;
            }
            const std::size_t change = cost[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            cost[i][j] = std::min({change, cost[i - 1][j] + 1, cost[i][j - 1] + 1});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
            }
        }
    }
    return cost[a.size()][b.size()];
}

} // namespace carma::cli
