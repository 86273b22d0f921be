// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ingest/extract/mime.h"

#include "ingest/encoding.h"
#include "ingest/text_check.h"

#include <algorithm>
#include <array>
#include <chrono>

namespace carma::ingest {

namespace {

int hexDigit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/// One line without its end; `text` moves behind it.
std::string_view takeLine(std::string_view& text)
{
    const auto newline = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, newline);
    text.remove_prefix(std::min(newline + 1, text.size()));
    if (line.ends_with('\r')) {
        line.remove_suffix(1);
    }
    return line;
}

/// An encoded word's bytes as UTF-8; `text` begins behind "=?" and then behind the word. No value if it is none.
std::optional<std::string> encodedWord(std::string_view& text)
{
    constexpr std::size_t kWordBytesMax = 4096; // RFC 2047 allows 75; without a bound broken words take quadratic time
    const std::string_view near = text.substr(0, kWordBytesMax);
    const auto first = near.find('?');
    const auto second = first != std::string_view::npos ? near.find('?', first + 1) : first;
    const auto end = second != std::string_view::npos ? near.find("?=", second + 1) : second;
    if (end == std::string_view::npos || second != first + 2) {
        return std::nullopt;
    }
    std::string_view charset = near.substr(0, first);
    charset = charset.substr(0, charset.find('*')); // a language may follow (RFC 2231)
    const char kind = near[first + 1];
    const std::string_view word = near.substr(second + 1, end - second - 1);
    const bool base64 = kind == 'B' || kind == 'b';
    if (!base64 && kind != 'Q' && kind != 'q') {
        return std::nullopt;
    }
    const std::string bytes = base64 ? decodedBase64(word) : decodedQuotedPrintable(word, true);
    auto decoded = decodeText(asBytes(bytes), charset);
    text.remove_prefix(end + 2);
    return decoded.has_value() ? std::move(decoded->text) : std::string();
}

} // namespace

std::string_view MimeEntity::header(std::string_view name) const
{
    const auto found = std::find_if(headers.begin(), headers.end(), [&](const auto& pair) { return pair.first == name; });
    return found != headers.end() ? std::string_view(found->second) : std::string_view();
}

MimeEntity parseEntity(std::string_view text)
{
    MimeEntity entity;
    for (std::size_t lines = 0; !text.empty() && lines < kHeaderLinesMax; ++lines) {
        std::string_view rest = text;
        const std::string_view line = takeLine(rest);
        const auto colon = line.find(':');
        if (line.empty()) {
            text = rest;
            break;
        }
        if (isBlank(line.front()) && !entity.headers.empty()) {
            entity.headers.back().second += " ";
            entity.headers.back().second += trimmed(line);
        } else if (colon != std::string_view::npos && colon > 0 && line.substr(0, colon).find(' ') == std::string_view::npos) {
            entity.headers.emplace_back(lowerAscii(line.substr(0, colon)), trimmed(line.substr(colon + 1)));
        } else if (!entity.headers.empty()) {
            break; // the body, without the empty line that should come first
        }
        text = rest;
    }
    entity.body = text;
    return entity;
}

std::string mediaTypeOf(std::string_view value) { return lowerAscii(trimmed(value.substr(0, value.find(';')))); }

std::string parameterOf(std::string_view value, std::string_view name)
{
    const std::string lower = lowerAscii(value);
    for (auto at = lower.find(';'); at != std::string::npos; at = lower.find(';', at + 1)) {
        const auto begin = lower.find_first_not_of(" \t", at + 1);
        if (begin == std::string::npos || lower.compare(begin, name.size(), name) != 0) {
            continue;
        }
        auto after = begin + name.size();
        const bool extended = lower.compare(after, 2, "*=") == 0;
        after += extended ? 1 : 0;
        if (after >= lower.size() || lower[after] != '=') {
            continue;
        }
        std::string_view found = value.substr(after + 1);
        if (found.starts_with('"')) {
            found.remove_prefix(1);
            return std::string(found.substr(0, found.find('"')));
        }
        found = trimmed(found.substr(0, found.find(';')));
        if (extended) { // charset'language'percent-encoded
            const auto second = found.find('\'', std::min(found.find('\'') + 1, found.size()));
            std::string bytes(second != std::string_view::npos ? found.substr(second + 1) : found);
            std::replace(bytes.begin(), bytes.end(), '%', '=');
            bytes = decodedQuotedPrintable(bytes);
            const auto decoded = decodeText(asBytes(bytes), found.substr(0, found.find('\'')));
            return decoded.has_value() ? decoded->text : bytes;
        }
        return std::string(found);
    }
    return {};
}

std::string decodedHeader(std::string_view value)
{
    std::string text;
    bool afterWord = false;
    while (!value.empty()) {
        const auto mark = std::min(value.find("=?"), value.size());
        const std::string_view plain = value.substr(0, mark);
        if (!(afterWord && trimmed(plain).empty() && mark < value.size())) { // blanks between encoded words are none
            const auto decoded = decodeText(asBytes(plain));
            text += decoded.has_value() ? decoded->text : std::string();
        }
        value.remove_prefix(std::min(mark + 2, value.size()));
        if (!value.empty()) {
            const auto word = encodedWord(value);
            afterWord = word.has_value();
            text += word ? *word : "=?";
        }
    }
    return text;
}

std::string decodedBase64(std::string_view text)
{
    std::string bytes;
    bytes.reserve(text.size() / 4 * 3 + 3);
    std::uint32_t bits = 0;
    int count = 0;
    for (const char c : text) {
        const int value = c >= 'A' && c <= 'Z' ? c - 'A'
            : c >= 'a' && c <= 'z'             ? c - 'a' + 26
            : c >= '0' && c <= '9'             ? c - '0' + 52
            : c == '+' || c == '-'             ? 62
            : c == '/' || c == '_'             ? 63
                                               : -1;
        if (c == '=') {
            break;
        }
        if (value < 0) {
            continue; // line ends, and what a mail program put in by mistake
        }
        bits = (bits << 6U) | static_cast<std::uint32_t>(value);
        if (++count == 4) {
            bytes += {static_cast<char>(bits >> 16U), static_cast<char>((bits >> 8U) & 0xFFU), static_cast<char>(bits & 0xFFU)};
            bits = 0;
            count = 0;
        }
    }
    if (count >= 2) {
        bits <<= 6U * static_cast<unsigned>(4 - count);
        bytes += static_cast<char>((bits >> 16U) & 0xFFU);
        if (count == 3) {
            bytes += static_cast<char>((bits >> 8U) & 0xFFU);
        }
    }
    return bytes;
}

std::string decodedQuotedPrintable(std::string_view text, bool isHeader)
{
    std::string bytes;
    bytes.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (c == '_' && isHeader) {
            bytes += ' ';
        } else if (c != '=') {
            bytes += c;
        } else if (at + 2 < text.size() && hexDigit(text[at + 1]) >= 0 && hexDigit(text[at + 2]) >= 0) {
            bytes += static_cast<char>(hexDigit(text[at + 1]) * 16 + hexDigit(text[at + 2]));
            at += 2;
        } else if (at + 1 >= text.size()) {
            break;
        } else {
            const auto next = text.find_first_not_of(" \t\r", at + 1);
            if (next != std::string_view::npos && text[next] == '\n') {
                at = next; // a soft line break
            } else {
                bytes += c;
            }
        }
    }
    return bytes;
}

std::string decodedBody(std::string_view body, std::string_view transferEncoding)
{
    const std::string encoding = lowerAscii(trimmed(transferEncoding));
    return encoding == "base64" ? decodedBase64(body) : encoding == "quoted-printable" ? decodedQuotedPrintable(body) : std::string(body);
}

std::vector<std::string_view> multipartBodies(std::string_view body, std::string_view boundary, std::size_t partsMax)
{
    std::vector<std::string_view> parts;
    const std::string mark = "--" + std::string(boundary);
    std::size_t begin = std::string_view::npos;
    for (std::size_t at = 0; at < body.size() && parts.size() < partsMax;) {
        const auto newline = std::min(body.find('\n', at), body.size());
        const std::string_view line = body.substr(at, newline - at);
        if (!boundary.empty() && line.starts_with(mark)) {
            if (begin != std::string_view::npos) {
                parts.push_back(body.substr(begin, at - begin));
            }
            begin = std::min(newline + 1, body.size());
            if (line.substr(mark.size()).starts_with("--")) {
                return parts;
            }
        }
        at = newline + 1;
    }
    if (begin != std::string_view::npos && begin < body.size()) {
        parts.push_back(body.substr(begin)); // cut off
    }
    return parts;
}

std::optional<std::int64_t> parseMailDate(std::string_view text)
{
    constexpr std::array<std::string_view, 12> kMonths = {
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"};
    if (const auto comma = text.find(','); comma != std::string_view::npos) {
        text.remove_prefix(comma + 1);
    }
    std::vector<std::string> words;
    std::string word;
    for (const char c : std::string(text.substr(0, 60)) + " ") {
        if (c == ' ' || c == ':') {
            if (!word.empty()) {
                words.push_back(std::exchange(word, {}));
            }
        } else {
            word += c;
        }
    }
    const auto number = [&](std::size_t index) {
        int value = 0;
        for (const char c : index < words.size() ? words[index] : std::string("x")) {
            if (c < '0' || c > '9' || value > 99'999) {
                return -1;
            }
            value = value * 10 + (c - '0');
        }
        return value;
    };
    const auto month = words.size() > 4 ? std::find(kMonths.begin(), kMonths.end(), lowerAscii(words[1]).substr(0, 3)) : kMonths.end();
    const int year = number(2);
    const bool seconds = number(5) >= 0 && words.size() > 5 && words[5].size() == 2;
    if (month == kMonths.end() || number(0) < 1 || number(0) > 31 || year < 0 || number(3) < 0 || number(3) > 24 || number(4) < 0) {
        return std::nullopt;
    }
    const auto date = std::chrono::year_month_day(std::chrono::year(year < 70 ? year + 2000
                                                          : year < 100        ? year + 1900
                                                                              : year),
        std::chrono::month(static_cast<unsigned>(month - kMonths.begin()) + 1), std::chrono::day(static_cast<unsigned>(number(0))));
    if (!date.ok()) {
        return std::nullopt;
    }
    std::int64_t time = std::chrono::sys_days(date).time_since_epoch().count() * std::int64_t{86'400};
    time += number(3) * 3600 + number(4) * 60 + (seconds ? number(5) : 0);
    const std::string zone = words.size() > (seconds ? 6U : 5U) ? words[seconds ? 6 : 5] : "";
    if (zone.size() == 5 && (zone[0] == '+' || zone[0] == '-') &&
        std::all_of(zone.begin() + 1, zone.end(), [](char c) { return c >= '0' && c <= '9'; })) {
        const int offset = ((zone[1] - '0') * 10 + zone[2] - '0') * 3600 + ((zone[3] - '0') * 10 + zone[4] - '0') * 60;
        time += zone[0] == '-' ? offset : -offset;
    }
    return time * 1'000'000;
}

} // namespace carma::ingest
