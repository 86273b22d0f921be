// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ingest/extract/extract.h"

#include "ingest/encoding.h"
#include "ingest/text_check.h"

#include <algorithm>

namespace carma::ingest {

namespace {

constexpr std::size_t kNameBytesMax = 300;
constexpr std::size_t kFieldsMax = 64;

} // namespace

std::string cleaned(std::string_view text)
{
    std::string clean;
    clean.reserve(text.size());
    while (!text.empty()) {
        const std::size_t valid = validUtf8Prefix(text);
        for (const char c : text.substr(0, valid)) {
            const auto byte = static_cast<unsigned char>(c);
            if (byte >= 0x20 ? byte != 0x7F : isBlank(c)) {
                clean += c == '\f' || c == '\v' ? '\n' : c;
            }
        }
        text.remove_prefix(valid);
        if (!text.empty()) {
            clean += "\uFFFD";
            text.remove_prefix(1);
        }
    }
    return clean;
}

void Sink::add(Block&& block)
{
    if (!full()) {
        m_bytes += block.text.size() + block.label.size() + sizeof(Block);
        found.blocks.push_back(std::move(block));
    }
}

void Sink::text(std::string_view text, bool tight)
{
    std::string clean = cleaned(trimmed(text));
    if (!clean.empty()) {
        add({.kind = BlockKind::Text,
            .level = static_cast<std::uint8_t>(tight ? 1 : 0),
            .timeUs = 0,
            .text = std::move(clean),
            .label = {}});
    }
}

void Sink::heading(int level, std::string_view text)
{
    std::string clean = cleaned(trimmed(text));
    if (!clean.empty()) {
        const auto bounded = static_cast<std::uint8_t>(std::clamp(level, 1, 6));
        add({.kind = BlockKind::Heading, .level = bounded, .timeUs = 0, .text = std::move(clean), .label = {}});
    }
}

void Sink::page(std::string name) { add({.kind = BlockKind::Page, .level = 0, .timeUs = 0, .text = std::move(name), .label = {}}); }

void Sink::part(std::string_view name, std::string_view label, std::int64_t timeUs)
{
    add({.kind = BlockKind::Part,
        .level = 0,
        .timeUs = timeUs,
        .text = oneLine(cleaned(name), kNameBytesMax),
        .label = oneLine(cleaned(label), kNameBytesMax)});
}

void Sink::metadata(std::string_view key, std::string_view value)
{
    std::string line = oneLine(cleaned(value), kNameBytesMax);
    if (!line.empty() && found.metadata.size() < kFieldsMax) {
        found.metadata.emplace_back(key, std::move(line));
    }
}

void Sink::paragraphs(std::string_view text)
{
    while (!text.empty() && !full()) {
        std::size_t end = 0;
        std::size_t next = text.size();
        for (end = text.find('\n'); end != std::string_view::npos; end = text.find('\n', end + 1)) {
            const auto content = text.find_first_not_of(" \t\r", end + 1);
            if (content == std::string_view::npos || text[content] == '\n') {
                next = content == std::string_view::npos ? text.size() : content + 1;
                break;
            }
        }
        this->text(text.substr(0, end));
        text.remove_prefix(next);
    }
}

Result<void> Sink::check() const
{
    if (full()) {
        return {ErrorCode::LimitExceeded, "has more text in it than " + std::to_string(kExtractedBytesMax >> 20U) + " MiB"};
    }
    return {};
}

Result<void> extractInto(Sink& sink, const ParserInput& input, int depth)
{
    if (depth > kContainersMax) {
        return {ErrorCode::LimitExceeded, "nests more than " + std::to_string(kContainersMax) + " documents in each other"};
    }
    const std::string_view start = asText(input.bytes).substr(0, 512);
    const std::string extension = extensionOf(fileName(input.name));
    const std::string_view format = extractedFormat(extension, start);
    const bool isWhole = depth == 0;
    if (format == "a PDF document") {
        return extractPdf(sink, input.bytes, isWhole);
    }
    if (format == "an HTML page") {
        return extractHtml(sink, input.bytes, {.charset = {}, .isWhole = isWhole});
    }
    if (format == "a mail") {
        return extractMail(sink, input.bytes, depth);
    }
    if (format == "a mailbox") {
        return extractMailbox(sink, input.bytes, depth);
    }
    if (!format.empty()) {
        return extractOffice(sink, input, isWhole);
    }
    CARMA_TRY_ASSIGN(const DecodedText decoded, decodeText(input.bytes)); // an attachment
    sink.paragraphs(decoded.text);
    return sink.check();
}

Result<Extracted> extractFile(const ParserInput& input)
{
    Sink sink;
    CARMA_TRY(extractInto(sink, input, 0));
    return std::move(sink.found);
}

} // namespace carma::ingest
