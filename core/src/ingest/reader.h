// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/bytes.h>
#include <carma/result.h>

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Turns files into document trees. Pure functions of their input: no disk, no clock, no threads of their own; thread-safe.
namespace carma::ingest {

class Extractor;

/// Level in the tree. Part of the stored format, do not renumber.
enum class Level : std::uint8_t { Document = 0, Section = 1, Passage = 2, Sentences = 3 };

/// A node of the tree in depth-first order; node 0 is the document, its parent is itself. `offset` and `bytes` are a range of
/// Draft::text. Children of a node lie inside it, in order, and passages partition the text without holes, so that joining the
/// passages in order gives the text byte for byte.
struct Node {
    Level level = Level::Document;
    std::uint32_t parent = 0;
    std::uint32_t order = 0; ///< among the children of its parent; passages count through within their section
    std::uint64_t offset = 0;
    std::uint64_t bytes = 0;
    std::string title;       ///< heading, speaker, "line 12"; may be empty
    std::int64_t timeUs = 0; ///< of a message or entry that is dated; 0 if none
};

struct Draft {
    std::string mediaType; ///< "text/plain", "text/markdown", "application/jsonl", "application/x-messages+json"
    std::string title;
    std::string text;            ///< valid UTF-8, what the passages partition
    bool textIsOriginal = false; ///< the text is the file, byte for byte: no separate copy of the original is needed
    std::vector<Node> nodes;     ///< see Node; at most kNodesMax
    std::vector<std::pair<std::string, std::string>> metadata; ///< for instance author, date, participants
    std::vector<std::string> tags;
};

inline constexpr std::size_t kNodesMax = 2'000'000;
inline constexpr std::size_t kPassageBytesMax = 64U << 10U; ///< a fragment's text
inline constexpr std::size_t kPassageBytesGoal = 900;       ///< passages end at a paragraph or sentence near this size

/// Reads one file. `path` chooses the format by its extension, then by its content.
/// Errors, each one sentence without the path: InvalidArgument (empty, binary, in no known encoding, malformed
/// JSON with its line), LimitExceeded (nesting, nodes), Unsupported (a known format that this build cannot read, by name).
/// `stop` ends the wait for the extractor. Text in other encodings than UTF-8 is converted. Formats that can be hostile are given to
/// `extractor`; without one they are refused.
Result<Draft> readDocument(std::string_view path, ByteView bytes, Extractor* extractor = nullptr, const std::stop_token& stop = {});

/// A draft of one note: a document with one section and as many passages as the text needs.
Result<Draft> draftNote(std::string_view title, std::string_view text);

} // namespace carma::ingest
