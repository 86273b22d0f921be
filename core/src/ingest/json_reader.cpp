// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ingest/dates.h"
#include "ingest/entries.h"
#include "ingest/formats.h"
#include "ingest/text_check.h"

#include <algorithm>

namespace carma::ingest {

namespace {

/// So many entries of a list may lack a speaker or a text before it is taken for something else than messages.
constexpr std::size_t kUndecidedMax = 16;

Error entryError(std::string_view place, std::string_view what, ErrorCode code)
{
    return {code, std::string(place) + " " + std::string(what)};
}

std::string place(std::string_view file, std::size_t offset)
{
    return "line " + std::to_string(lineOf(file, std::min(offset, file.size())));
}

/// A list of messages under way: its elements are cut out by brackets and parsed one by one, so that memory stays that
/// of the text.
class MessageList {
public:
    MessageList(std::string_view file, Draft& draft) : m_file(file), m_writer(draft) {}

    /// Reads the list that begins at `at`; the place behind it, or no value if this is no list of messages.
    Result<std::optional<std::size_t>> read(std::size_t at)
    {
        at = skipBlanks(m_file, at + 1);
        for (std::size_t index = 0; at < m_file.size() && m_file[at] != ']'; ++index) {
            const auto end = skipValue(m_file, at);
            if (!end) {
                return broken(at, "is a message that does not end");
            }
            CARMA_TRY_ASSIGN(const bool goesOn, take(at, *end, index));
            if (!goesOn || m_writer.full()) {
                return std::optional<std::size_t>();
            }
            at = skipBlanks(m_file, *end);
            if (at < m_file.size() && m_file[at] == ',') {
                at = skipBlanks(m_file, at + 1);
            } else if (at < m_file.size() && m_file[at] != ']') {
                return broken(at, "is malformed JSON: a comma is missing");
            }
        }
        if (at >= m_file.size()) {
            return broken(at, "is malformed JSON: the list of messages does not end");
        }
        return m_writer.count() > 0 ? std::optional(at + 1) : std::nullopt;
    }

    /// An error once messages were found; before that the file is simply something else.
    Result<std::optional<std::size_t>> broken(std::size_t at, std::string_view what) const
    {
        if (m_writer.count() == 0) {
            return std::optional<std::size_t>();
        }
        return entryError(place(m_file, at), what, ErrorCode::InvalidArgument);
    }
    [[nodiscard]] bool full() const { return m_writer.full(); }
    Result<void> finish() { return m_writer.finish(); }

private:
    /// Whether the list may still be one of messages.
    Result<bool> take(std::size_t at, std::size_t end, std::size_t index)
    {
        if (m_file[at] != '{') {
            return m_writer.count() > 0;
        }
        const EntryResult parsed = parseEntry(m_file.substr(at, end - at), true);
        if (parsed.error) {
            if (m_writer.count() == 0) {
                return false;
            }
            return entryError(place(m_file, at + parsed.error->offset), parsed.error->what, parsed.error->code);
        }
        if (parsed.entry && (!parsed.entry->speaker.empty() || m_writer.count() > 0)) {
            m_writer.add(*parsed.entry, {});
        }
        return m_writer.count() > 0 || index < kUndecidedMax;
    }

    std::string_view m_file;
    EntryWriter m_writer;
};

/// {"title": ..., "messages": [...]}: the place behind the object, or no value.
Result<std::optional<std::size_t>> readMessagesObject(std::string_view file, std::size_t at, Draft& draft, MessageList& list)
{
    bool found = false;
    at = skipBlanks(file, at + 1);
    while (at < file.size() && file[at] != '}') {
        const auto keyEnd = skipValue(file, at);
        const auto key = keyEnd ? parseString(file.substr(at, *keyEnd - at)) : std::nullopt;
        const std::size_t colon = keyEnd ? skipBlanks(file, *keyEnd) : file.size();
        if (!key || colon >= file.size() || file[colon] != ':') {
            return list.broken(at, "is malformed JSON: a name is missing");
        }
        const std::size_t value = skipBlanks(file, colon + 1);
        std::optional<std::size_t> end;
        if (*key == "messages" && !found && value < file.size() && file[value] == '[') {
            CARMA_TRY_ASSIGN(end, list.read(value));
            if (!end) {
                return std::optional<std::size_t>();
            }
            found = true;
        } else {
            end = skipValue(file, value);
            const auto text = end ? parseString(file.substr(value, *end - value)) : std::nullopt;
            if (text && *key == "title" && !trimmed(*text).empty()) {
                draft.title = oneLine(*text, TreeBuilder::kTitleBytesMax);
            } else if (text) {
                addMetadata(draft, *key, *text);
            }
        }
        if (!end) {
            return list.broken(value, "is malformed JSON: a value does not end");
        }
        at = skipBlanks(file, *end);
        if (at < file.size() && file[at] == ',') {
            at = skipBlanks(file, at + 1);
        } else if (at < file.size() && file[at] != '}') {
            return list.broken(at, "is malformed JSON: a comma is missing");
        }
    }
    if (at >= file.size()) {
        return list.broken(at, "is malformed JSON: the object does not end");
    }
    return found ? std::optional(at + 1) : std::nullopt;
}

} // namespace

std::size_t skipBlanks(std::string_view json, std::size_t at)
{
    while (at < json.size() && isBlank(json[at])) {
        ++at;
    }
    return at;
}

std::optional<std::size_t> skipValue(std::string_view json, std::size_t at)
{
    std::size_t depth = 0;
    for (; at < json.size(); ++at) {
        const char c = json[at];
        if (c == '"') {
            for (++at; at < json.size() && json[at] != '"'; ++at) {
                at += json[at] == '\\' ? 1U : 0U;
            }
            if (at >= json.size()) {
                return std::nullopt;
            }
        } else if (c == '[' || c == '{') {
            ++depth;
            continue;
        } else if (c == ']' || c == '}') {
            if (depth == 0) {
                return std::nullopt; // where a value should begin
            }
            --depth;
        } else if (depth == 0) {
            const auto end = json.find_first_of(",]}: \t\r\n", at);
            return end == std::string_view::npos ? json.size() : std::max(end, at + 1);
        }
        if (depth == 0) {
            return at + 1;
        }
    }
    return std::nullopt;
}

Result<bool> readMessages(std::string_view file, Draft& draft)
{
    const std::size_t at = skipBlanks(file, file.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0);
    if (at >= file.size() || (file[at] != '[' && file[at] != '{')) {
        return false;
    }
    MessageList list(file, draft);
    CARMA_TRY_ASSIGN(const auto end, file[at] == '[' ? list.read(at) : readMessagesObject(file, at, draft, list));
    if (list.full()) {
        return list.finish().error();
    }
    if (!end) {
        return false;
    }
    if (const std::size_t rest = skipBlanks(file, *end); rest < file.size()) {
        CARMA_TRY(list.broken(rest, "goes on after the end of the JSON value"));
    }
    draft.mediaType = "application/x-messages+json";
    CARMA_TRY(list.finish());
    return true;
}

Result<void> readJsonLines(std::string_view file, Draft& draft)
{
    EntryWriter writer(draft);
    std::size_t number = 0;
    for (std::size_t at = file.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0; at < file.size() && !writer.full();) {
        const auto newline = std::min(file.find('\n', at), file.size());
        const std::string_view line = file.substr(at, newline - at);
        at = newline + 1;
        const std::string place = "line " + std::to_string(++number);
        if (trimmed(line).empty()) {
            continue;
        }
        const EntryResult parsed = parseEntry(line, false);
        if (parsed.error) {
            const bool malformed = parsed.error->code == ErrorCode::InvalidArgument;
            return entryError(place, parsed.error->what + (malformed ? " at its byte " + std::to_string(parsed.error->offset + 1) : ""),
                parsed.error->code);
        }
        if (!parsed.entry) {
            return entryError(place, "is neither an object nor a string", ErrorCode::InvalidArgument);
        }
        const Entry& entry = *parsed.entry;
        writer.add(entry, !entry.title.empty() ? entry.title : !entry.id.empty() ? entry.id : place);
    }
    if (writer.count() == 0) {
        return {ErrorCode::InvalidArgument, "has no line with text"};
    }
    return writer.finish();
}

} // namespace carma::ingest
