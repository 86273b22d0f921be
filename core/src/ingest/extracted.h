// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ingest/reader.h"

#include <carma/bytes.h>
#include <carma/result.h>

#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What a parser found in a file: blocks in reading order. Parsers of formats that can be hostile run in the program
/// carma-parse and hand this over a pipe; the tree is built from it on the near side.
namespace carma::ingest {

/// Part of the frames of carma-parse.
enum class BlockKind : std::uint8_t {
    Text = 0,    ///< a paragraph; with level 1 a line that belongs with the next (list item, table row)
    Heading = 1, ///< level 1..6
    Page = 2,    ///< a page begins; text is its name ("page 7") and no part of the document's text
    Part = 3,    ///< a message or an attachment begins; text is its name, label who speaks; no part of the document's text
};

struct Block {
    BlockKind kind = BlockKind::Text;
    std::uint8_t level = 0;
    std::int64_t timeUs = 0; ///< of a part
    std::string text;
    std::string label; ///< of a part
};

struct Extracted {
    std::string mediaType;
    std::string title;
    std::int64_t timeUs = 0; ///< of the document; 0 if it has none
    std::vector<std::pair<std::string, std::string>> metadata;
    std::vector<std::string> tags;
    std::vector<Block> blocks;
};

inline constexpr std::size_t kBlocksMax = 1'000'000;
inline constexpr std::size_t kExtractedBytesMax = 64U << 20U; ///< of all blocks: a book has two, an encyclopedia fewer

/// A file for a parser. Name and bytes are not owned.
struct ParserInput {
    std::string_view name; ///< chooses the format, with the content
    ByteView bytes;
    std::stop_token stop{}; ///< ends the wait for a parser that takes its time
};

/// Parses one file elsewhere. Thread-safe.
class Extractor {
public:
    virtual ~Extractor() = default;
    /// Errors are one sentence without the path: InvalidArgument (malformed), LimitExceeded (size, nesting, time, memory),
    /// Unsupported (protected by a password, parser program absent), Cancelled, Internal (the parser ended).
    virtual Result<Extracted> extract(const ParserInput& input) = 0;
};

/// Whether a file is read by an Extractor: its format in words ("a PDF document"), or empty.
std::string_view extractedFormat(std::string_view extension, std::string_view start);

/// The lower-case extension with its dot; empty for names without one. A name that only begins with a dot has none.
std::string extensionOf(std::string_view name);
/// What follows the last '/'.
std::string_view fileName(std::string_view path);

/// The tree of what was found; `fallbackTitle` where it names none. InvalidArgument if there is no text in it.
Result<Draft> draftOf(Extracted&& found, std::string fallbackTitle);

/// Frames between the two programs. Numbers are little-endian, texts are preceded by their length as u32.
///   request:  u32 magic, u32 name bytes, u64 file bytes, name, file
///   response: u32 magic, u8 error code + 1 or 0, 3 zero bytes, u64 payload bytes, payload (a message or an Extracted)
inline constexpr std::uint32_t kParserMagic = 0x31505243; ///< "CRP1"
inline constexpr std::size_t kFrameHeadBytes = 16;
inline constexpr std::size_t kParserNameBytesMax = 4096;
/// A response's payload is refused beyond this before a byte of it is stored.
inline constexpr std::uint64_t kPayloadBytesMax = kExtractedBytesMax + (32U << 20U);

/// The exit status of carma-parse that could not get the memory it needed.
inline constexpr int kParserOutOfMemory = 3;

Bytes encodeExtracted(const Extracted& found);
/// Checks everything: bounds, UTF-8, kinds. InvalidArgument otherwise.
Result<Extracted> decodeExtracted(ByteView payload);

} // namespace carma::ingest
