// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ingest/breaker.h"
#include "ingest/reader.h"
#include "ingest/text_check.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// One reader a format. Each gets checked, non-empty UTF-8 text and a draft whose title is the file's name, which it
/// may better.
namespace carma::ingest {

/// draft.text holds the file. Sections end at form feeds, underlined headings, gaps of blank lines and after some
/// passages.
Result<void> readPlainText(Draft& draft, const TextTraits& traits);

/// draft.text holds the file. A section a heading.
Result<void> readMarkdown(Draft& draft, const TextTraits& traits);

/// Fills draft.text from the lines of `file`.
Result<void> readJsonLines(std::string_view file, Draft& draft);

/// Fills draft.text from `file` and returns true if that is a list of messages; otherwise false, and the draft is not
/// to be used. InvalidArgument and LimitExceeded only for a file that begins as a list of messages.
Result<bool> readMessages(std::string_view file, Draft& draft);

/// The same for the exports of ChatGPT (conversations.json) and Claude: lists of conversations, each a section.
Result<bool> readConversations(std::string_view file, Draft& draft);

/// The same for a chat as WhatsApp exports it: "14.05.24, 19:30 - Mara: text" or "[14/05/2024, 19:30:05] Mara: text".
Result<bool> readChatText(std::string_view file, Draft& draft);

/// The same for a table: rows as "column: value; column: value". False if it has a single column.
Result<bool> readTable(std::string_view file, Draft& draft);

/// The language of a source file by its name; empty if it is none.
std::string_view languageOf(std::string_view name, std::string_view extension);
/// draft.text holds the file. A section a top-level definition, with the comment above it.
Result<void> readSource(Draft& draft, std::string_view language);

/// A Markdown block: what begins at a line.
struct MarkdownBlock {
    std::size_t offset = 0; ///< of the first line's first byte, in the file
    int headingLevel = 0;   ///< 0: no heading
    std::string heading;    ///< its text without markup
};

/// The blocks of a part of a Markdown file that begins at `base` in it, in order, list items and quoted blocks one by
/// one.
void markdownBlocks(std::string_view part, std::size_t base, std::vector<MarkdownBlock>& blocks);

/// What the block of "key: value" lines between two lines "---" at the start of a Markdown file says; its size with
/// both lines in bytes, 0 if there is none. Sets title, tags, metadata and the time of the document's node.
std::size_t readFrontMatter(std::string_view text, Draft& draft, std::int64_t& timeUs);

inline constexpr std::size_t kMetadataMax = 64;        ///< entries of Draft::metadata: more is data, not a description
inline constexpr std::size_t kMetadataBytesMax = 1000; ///< of a value
inline constexpr std::size_t kTagsMax = 256;
inline constexpr std::size_t kTagBytesMax = 100;

/// Adds with the bounds above; empty and known ones are left out.
void addTag(Draft& draft, std::string_view tag);
void addMetadata(Draft& draft, std::string_view key, std::string_view value);

} // namespace carma::ingest
