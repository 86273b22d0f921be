// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ingest/breaker.h"
#include "ingest/reader.h"
#include "ingest/tree_builder.h"

#include <carma/result.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What JSONL and message lists have in common: entries that become text.
namespace carma::ingest {

/// How deep JSON may nest. Real exports stay below ten; the cap is checked before anything is parsed.
inline constexpr std::size_t kJsonDepthMax = 64;
/// How large one entry may be: parsing takes several times its size.
inline constexpr std::size_t kEntryBytesMax = 16U << 20U;

/// One line or message.
struct Entry {
    std::string title;
    std::string id;
    std::string speaker;
    std::string text;
    std::vector<std::string> tags;
    std::int64_t timeUs = 0; ///< 0 if not dated
};

/// Parses one JSON value. `isMessage`: only the names of a message's fields count, and an object without text gives an
/// empty text; otherwise such an object gives its strings joined. No entry for a value that is neither an object nor a
/// string. InvalidArgument if malformed, with the offset in `json` where it breaks; LimitExceeded if it nests too deep
/// or is too large.
struct EntryError {
    ErrorCode code = ErrorCode::InvalidArgument;
    std::size_t offset = 0;
    std::string what; ///< "is malformed", "nests deeper than ..."
};
struct EntryResult {
    std::optional<Entry> entry;
    std::optional<EntryError> error;
};
EntryResult parseEntry(std::string_view json, bool isMessage);

/// The string that a JSON string literal stands for; no value if `json` is something else.
std::optional<std::string> parseString(std::string_view json);

/// The end of the JSON value that begins at `at`, by brackets and quotes alone; no value if it does not end.
std::optional<std::size_t> skipValue(std::string_view json, std::size_t at);
/// Past blanks.
std::size_t skipBlanks(std::string_view json, std::size_t at);

/// Appends entries to a draft's text and tree.
class EntryWriter {
public:
    explicit EntryWriter(Draft& draft);

    /// Appends as "Speaker: text" or "Title" and text, with a line end. An entry without text is left out. `title`
    /// names the passages.
    void add(const Entry& entry, std::string title);
    /// What follows belongs to a new section of this title, however soon after what was before.
    void session(const std::string& title, std::int64_t timeUs);
    [[nodiscard]] std::size_t count() const { return m_count; }
    [[nodiscard]] bool full() const { return m_tree.full(); }
    /// Closes the tree; names the participants. REQUIRES: count() > 0
    Result<void> finish();

private:
    [[nodiscard]] bool beginsSession(const Entry& entry) const;
    void meet(const std::string& speaker);

    Draft& m_draft;
    Breaker m_breaker;
    TreeBuilder m_tree;
    PassagePacker m_packer;
    std::vector<std::string> m_speakers; ///< in order of appearance, the first kSpeakersMax
    std::size_t m_count = 0;
    std::optional<std::string> m_sessionTitle; ///< announced, or under way
    std::size_t m_inSession = 0;
    std::int64_t m_lastUs = 0;
    std::int64_t m_firstUs = 0;
    std::int64_t m_sessionUs = 0;
};

} // namespace carma::ingest
