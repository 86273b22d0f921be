// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A conversation of ChatGPT is a tree: each answer that was asked for again is a branch. What the user saw last is the
// path from the root to "current_node"; it alone is read.
#include "ingest/dates.h"
#include "ingest/entries.h"
#include "ingest/formats.h"
#include "ingest/text_check.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace carma::ingest {

namespace {

using Json = nlohmann::json;

const Json* member(const Json& object, std::string_view name)
{
    const auto found = object.is_object() ? object.find(name) : object.end();
    return object.is_object() && found != object.end() && !found->is_null() ? &*found : nullptr;
}

std::string textOf(const Json& object, std::string_view name)
{
    const Json* const value = member(object, name);
    return value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
}

std::int64_t timeOf(const Json& object, std::string_view name)
{
    const Json* const value = member(object, name);
    if (value == nullptr) {
        return 0;
    }
    const auto time = value->is_number() ? dateOfNumber(value->get<double>())
        : value->is_string()             ? parseDate(value->get_ref<const std::string&>())
                                         : std::nullopt;
    return time.value_or(0);
}

/// The strings of a list of parts.
std::string partsOf(const Json& parts)
{
    std::string joined;
    for (const Json& part : parts) {
        const std::string text = part.is_string() ? part.get<std::string>() : textOf(part, "text");
        joined += joined.empty() || text.empty() ? "" : "\n";
        joined += text;
    }
    return joined;
}

void addBranch(const Json& conversation, const Json& mapping, EntryWriter& writer)
{
    std::vector<const Json*> path;
    std::set<std::string> seen; // a file may say that a message follows itself
    for (std::string id = textOf(conversation, "current_node"); !id.empty() && seen.insert(id).second;) {
        const Json* const node = member(mapping, id);
        if (node == nullptr) {
            break;
        }
        path.push_back(node);
        id = textOf(*node, "parent");
    }
    for (auto node = path.rbegin(); node != path.rend(); ++node) {
        const Json* const message = member(**node, "message");
        const Json* const author = message != nullptr ? member(*message, "author") : nullptr;
        const Json* const content = message != nullptr ? member(*message, "content") : nullptr;
        const Json* const parts = content != nullptr ? member(*content, "parts") : nullptr;
        if (author != nullptr && content != nullptr && textOf(*author, "role") != "system") {
            Entry entry;
            entry.speaker = textOf(*author, "role");
            entry.timeUs = timeOf(*message, "create_time");
            entry.text = parts != nullptr && parts->is_array() ? partsOf(*parts) : textOf(*content, "text");
            writer.add(entry, {});
        }
    }
}

void addMessages(const Json& messages, EntryWriter& writer)
{
    for (const Json& message : messages) {
        Entry entry;
        entry.speaker = textOf(message, "sender");
        entry.timeUs = timeOf(message, "created_at");
        entry.text = textOf(message, "text");
        const Json* const content = member(message, "content");
        if (trimmed(entry.text).empty() && content != nullptr && content->is_array()) {
            entry.text = partsOf(*content);
        }
        writer.add(entry, {});
    }
}

/// Whether it is a conversation of either kind.
bool addConversation(const Json& conversation, EntryWriter& writer)
{
    const Json* const mapping = member(conversation, "mapping");
    const Json* const messages = member(conversation, "chat_messages");
    if (mapping != nullptr && mapping->is_object()) {
        writer.session(textOf(conversation, "title"), timeOf(conversation, "create_time"));
        addBranch(conversation, *mapping, writer);
        return true;
    }
    if (messages != nullptr && messages->is_array()) {
        writer.session(textOf(conversation, "name"), timeOf(conversation, "created_at"));
        addMessages(*messages, writer);
        return true;
    }
    return false;
}

/// Deeper than any export: checked before a parser sees it.
bool nestsTooDeep(std::string_view json)
{
    std::size_t depth = 0;
    for (std::size_t at = 0; at < json.size(); ++at) {
        if (json[at] == '"') {
            for (++at; at < json.size() && json[at] != '"'; ++at) {
                at += json[at] == '\\' ? 1U : 0U;
            }
        } else if (json[at] == '[' || json[at] == '{') {
            if (++depth > kJsonDepthMax) {
                return true;
            }
        } else if ((json[at] == ']' || json[at] == '}') && depth > 0) {
            --depth;
        }
    }
    return false;
}

std::string at(std::size_t number) { return "conversation " + std::to_string(number); }

} // namespace

Result<bool> readConversations(std::string_view file, Draft& draft)
{
    const std::size_t begin = skipBlanks(file, file.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0);
    const std::string_view head = file.substr(std::min(begin, file.size()), 64U << 10U);
    const bool either = head.find("\"mapping\"") != std::string_view::npos || head.find("\"chat_messages\"") != std::string_view::npos;
    if (!either || (!head.starts_with('[') && !head.starts_with('{'))) {
        return false;
    }
    const bool isList = head.starts_with('[');
    EntryWriter writer(draft);
    std::size_t number = 0;
    for (std::size_t place = isList ? skipBlanks(file, begin + 1) : begin; place < file.size() && file[place] != ']' && !writer.full();) {
        const auto end = skipValue(file, place);
        ++number;
        if (!end) {
            return Error{ErrorCode::InvalidArgument, at(number) + " is malformed JSON: it does not end"};
        }
        const std::string_view json = file.substr(place, *end - place);
        if (json.size() > kEntryBytesMax || nestsTooDeep(json)) {
            return Error{ErrorCode::LimitExceeded, at(number) + " is larger or nests deeper than any export"};
        }
        const Json conversation = Json::parse(json, nullptr, false);
        if (conversation.is_discarded()) {
            return Error{ErrorCode::InvalidArgument, at(number) + " is malformed JSON"};
        }
        if (!addConversation(conversation, writer) && number == 1) {
            return false;
        }
        place = skipBlanks(file, *end);
        place = place < file.size() && file[place] == ',' ? skipBlanks(file, place + 1) : place;
        if (!isList) {
            break;
        }
    }
    if (writer.count() == 0) {
        return Error{ErrorCode::InvalidArgument, "has no conversation with text"};
    }
    addMetadata(draft, "conversations", std::to_string(number));
    draft.mediaType = "application/x-conversations+json";
    CARMA_TRY(writer.finish());
    return true;
}

namespace {

/// "14.05.24, 19:30", "5/14/24, 7:30 PM" and the like, as it stands before a message.
struct Stamp {
    int first = 0; ///< day or month
    int second = 0;
    int year = 0;
    int hour = 0;
    int minute = 0;
    int seconds = 0;
    char separator = '/';
};

class StampReader {
public:
    explicit StampReader(std::string_view line) : m_rest(line) {}

    std::optional<Stamp> read()
    {
        Stamp stamp;
        m_bracket = take('[');
        stamp.first = number(4);
        stamp.separator = m_rest.empty() ? ' ' : m_rest.front();
        if (std::string_view("./-").find(stamp.separator) == std::string_view::npos || !take(stamp.separator)) {
            return std::nullopt;
        }
        stamp.second = number(2);
        const bool dated = take(stamp.separator);
        stamp.year = number(4);
        take(',');
        blanks();
        stamp.hour = number(2);
        const bool timed = take(':') || take('.');
        stamp.minute = number(2);
        if (take(':') || take('.')) {
            stamp.seconds = number(2);
        }
        blanks();
        half(stamp);
        const bool closed = m_bracket ? take(']') : dash();
        blanks();
        if (stamp.first > 31) { // the year comes first
            stamp = {stamp.year, stamp.second, stamp.first, stamp.hour, stamp.minute, stamp.seconds, '.'};
        }
        stamp.year += stamp.year < 100 ? 2000 : 0;
        return m_sound && dated && timed && closed ? std::optional(stamp) : std::nullopt;
    }
    [[nodiscard]] std::string_view rest() const { return m_rest; }

private:
    bool take(char c)
    {
        const bool there = m_rest.starts_with(c);
        m_rest.remove_prefix(there ? 1 : 0);
        return there;
    }
    void blanks()
    {
        while (true) {
            if (m_rest.starts_with(' ')) {
                m_rest.remove_prefix(1);
            } else if (m_rest.starts_with("\u202F") || m_rest.starts_with("\u200E")) { // as some versions write them
                m_rest.remove_prefix(3);
            } else if (m_rest.starts_with("\u00A0")) {
                m_rest.remove_prefix(2);
            } else {
                return;
            }
        }
    }
    int number(std::size_t digitsMax)
    {
        int value = 0;
        std::size_t digits = 0;
        while (digits < digitsMax && !m_rest.empty() && m_rest.front() >= '0' && m_rest.front() <= '9') {
            value = value * 10 + (m_rest.front() - '0');
            m_rest.remove_prefix(1);
            ++digits;
        }
        m_sound = m_sound && digits > 0;
        return value;
    }
    void half(Stamp& stamp)
    {
        const std::string mark = lowerAscii(m_rest.substr(0, 2));
        if (mark == "am" || mark == "pm") {
            stamp.hour = stamp.hour % 12 + (mark == "pm" ? 12 : 0);
            m_rest.remove_prefix(2);
            blanks();
        }
    }
    bool dash()
    {
        const bool there = m_rest.starts_with("- ");
        m_rest.remove_prefix(there ? 2 : 0);
        return there;
    }

    std::string_view m_rest;
    bool m_bracket = false;
    bool m_sound = true;
};

struct ChatLine {
    Stamp stamp;
    std::string_view speaker;
    std::string_view text;
};

std::optional<ChatLine> chatLine(std::string_view line)
{
    if (line.starts_with("\u200E")) {
        line.remove_prefix(3);
    }
    StampReader reader(line);
    const auto stamp = reader.read();
    if (!stamp) {
        return std::nullopt;
    }
    constexpr std::size_t kSpeakerBytesMax = 100;
    const auto colon = reader.rest().find(": ");
    const bool spoken = colon != std::string_view::npos && colon > 0 && colon <= kSpeakerBytesMax;
    return ChatLine{
        *stamp, spoken ? reader.rest().substr(0, colon) : std::string_view(), spoken ? reader.rest().substr(colon + 2) : reader.rest()};
}

std::int64_t timeOf(const Stamp& stamp, bool monthFirst)
{
    const auto two = [](int value) { return std::string(value < 10 ? "0" : "") + std::to_string(value); };
    const int month = monthFirst ? stamp.first : stamp.second;
    const int day = monthFirst ? stamp.second : stamp.first;
    const std::string text = std::to_string(stamp.year) + "-" + two(month) + "-" + two(day) + "T" + two(stamp.hour) + ":" +
        two(stamp.minute) + ":" + two(stamp.seconds);
    return parseDate(text).value_or(0);
}

std::vector<std::string_view> linesOf(std::string_view text)
{
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const auto newline = std::min(text.find('\n'), text.size());
        lines.push_back(text.substr(0, newline));
        text.remove_prefix(std::min(newline + 1, text.size()));
    }
    return lines;
}

} // namespace

Result<bool> readChatText(std::string_view file, Draft& draft)
{
    file.remove_prefix(file.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0);
    if (!chatLine(file.substr(0, std::min(file.find('\n'), file.size())))) {
        return false;
    }
    std::size_t spoken = 0;
    bool monthFirst = false;
    bool settled = false;
    const auto lines = linesOf(file);
    for (const std::string_view line : lines) {
        const auto found = chatLine(line);
        spoken += found && !found->speaker.empty() ? 1U : 0U;
        if (found && !settled && found->stamp.separator == '/' && (found->stamp.first > 12) != (found->stamp.second > 12)) {
            monthFirst = found->stamp.second > 12;
            settled = true;
        }
    }
    if (spoken < 2 || spoken * 20 < lines.size()) {
        return false;
    }
    EntryWriter writer(draft);
    Entry entry;
    for (const std::string_view line : lines) {
        if (const auto found = chatLine(line)) {
            writer.add(entry, {});
            entry = {};
            entry.speaker = found->speaker;
            entry.text = trimmed(found->text);
            entry.timeUs = timeOf(found->stamp, monthFirst);
        } else {
            entry.text += "\n" + std::string(contentEnd(line, 0, line.size()) > 0 ? line.substr(0, contentEnd(line, 0, line.size())) : "");
        }
    }
    writer.add(entry, {});
    draft.mediaType = "text/x-chat";
    CARMA_TRY(writer.finish());
    return true;
}

} // namespace carma::ingest
