// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ingest/extracted.h"

#include <cstdint>
#include <string>
#include <string_view>

/// Parsers of formats that can be hostile. They run in the program carma-parse, which limits what they can do and take.
/// Linked by nothing else but tests.
namespace carma::ingest {

/// Gathers blocks and keeps the bounds. What it is given need not be UTF-8; what it keeps is.
class Sink {
public:
    Extracted found;

    void text(std::string_view text, bool tight = false);
    void heading(int level, std::string_view text);
    void page(std::string name);
    void part(std::string_view name, std::string_view label, std::int64_t timeUs);
    void metadata(std::string_view key, std::string_view value);
    /// Plain text: a block a paragraph.
    void paragraphs(std::string_view text);

    /// Whether a bound is reached; parsers stop then.
    [[nodiscard]] bool full() const { return m_bytes > kExtractedBytesMax || found.blocks.size() >= kBlocksMax; }
    /// LimitExceeded if full.
    [[nodiscard]] Result<void> check() const;

private:
    void add(Block&& block);

    std::size_t m_bytes = 0;
};

/// How far containers (a mail in a mail, a document in a mail) are followed.
inline constexpr int kContainersMax = 4;

/// Chooses the parser by name and content. Errors are those of Extractor.
Result<Extracted> extractFile(const ParserInput& input);
Result<void> extractInto(Sink& sink, const ParserInput& input, int depth);

/// One parser a format. `isWhole`: the file is the document, so that its title and metadata count.
Result<void> extractPdf(Sink& sink, ByteView bytes, bool isWhole);
Result<void> extractOffice(Sink& sink, const ParserInput& input, bool isWhole); ///< DOCX, ODT, EPUB
Result<void> extractMail(Sink& sink, ByteView bytes, int depth);
Result<void> extractMailbox(Sink& sink, ByteView bytes, int depth);
struct HtmlOptions {
    std::string_view charset; ///< as the container names it
    bool isWhole = true;
};
Result<void> extractHtml(Sink& sink, ByteView bytes, const HtmlOptions& options);

/// UTF-8 without zero bytes and control characters; what is neither becomes U+FFFD.
std::string cleaned(std::string_view text);

} // namespace carma::ingest
