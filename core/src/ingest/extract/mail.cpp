// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ingest/dates.h"
#include "ingest/encoding.h"
#include "ingest/extract/extract.h"
#include "ingest/extract/mime.h"
#include "ingest/text_check.h"

#include <algorithm>

namespace carma::ingest {

namespace {

constexpr int kMultipartsMax = 16; ///< multiparts in each other
constexpr std::size_t kPartsMax = 2000;
constexpr std::size_t kMessagesMax = 200'000;

/// A mail's parts under way.
class Mail {
public:
    Mail(Sink& sink, int depth) : m_sink(sink), m_depth(depth) {}

    Result<void> read(std::string_view text)
    {
        const MimeEntity mail = parseEntity(text);
        m_subject = oneLine(cleaned(decodedHeader(mail.header("subject"))), 300);
        m_from = oneLine(cleaned(decodedHeader(mail.header("from"))), 200);
        m_timeUs = parseMailDate(mail.header("date")).value_or(0);
        m_sink.part(m_subject.empty() ? "mail" : m_subject, m_from, m_timeUs);
        std::string head;
        for (const char* const name : {"from", "to", "cc", "date", "subject"}) {
            const std::string value = oneLine(cleaned(decodedHeader(mail.header(name))), 1000);
            const std::string label = std::string(1, static_cast<char>(name[0] - 'a' + 'A')) + (name + 1);
            head += value.empty() ? "" : label + ": " + value + "\n";
        }
        m_sink.text(head);
        return entity(mail, 0);
    }

    [[nodiscard]] const std::string& subject() const { return m_subject; }
    [[nodiscard]] const std::string& from() const { return m_from; }
    [[nodiscard]] std::int64_t timeUs() const { return m_timeUs; }

private:
    // NOLINTNEXTLINE(misc-no-recursion): bounded by kMultipartsMax
    Result<void> entity(const MimeEntity& part, int depth)
    {
        if (depth > kMultipartsMax) {
            return {ErrorCode::LimitExceeded, "nests more than " + std::to_string(kMultipartsMax) + " multiparts in each other"};
        }
        if (++m_parts > kPartsMax) {
            return {ErrorCode::LimitExceeded, "has a mail of more than " + std::to_string(kPartsMax) + " parts"};
        }
        const std::string_view typeField = part.header("content-type");
        const std::string type = typeField.empty() ? "text/plain" : mediaTypeOf(typeField);
        if (type.starts_with("multipart/")) {
            return multipart(part, type, depth);
        }
        std::string name = decodedHeader(parameterOf(part.header("content-disposition"), "filename"));
        name = name.empty() ? decodedHeader(parameterOf(typeField, "name")) : name;
        const bool attached = mediaTypeOf(part.header("content-disposition")) == "attachment" || !name.empty();
        const std::string bytes = decodedBody(part.body, part.header("content-transfer-encoding"));
        if (!attached && (type == "text/plain" || type == "text/html")) {
            return body(bytes, type, parameterOf(typeField, "charset"));
        }
        return attachment(bytes, type, name);
    }

    // NOLINTNEXTLINE(misc-no-recursion)
    Result<void> multipart(const MimeEntity& part, const std::string& type, int depth)
    {
        std::vector<MimeEntity> parts;
        for (const std::string_view text : multipartBodies(part.body, parameterOf(part.header("content-type"), "boundary"), kPartsMax)) {
            parts.push_back(parseEntity(text));
        }
        if (type == "multipart/alternative" && !parts.empty()) { // the same in several forms: plain text needs no guesses
            const auto plain = std::find_if(parts.begin(), parts.end(), [](const MimeEntity& one) {
                const std::string_view field = one.header("content-type");
                return (field.empty() || mediaTypeOf(field) == "text/plain") && !trimmed(one.body).empty();
            });
            return entity(plain != parts.end() ? *plain : parts.back(), depth + 1);
        }
        for (const MimeEntity& one : parts) {
            CARMA_TRY(entity(one, depth + 1));
        }
        return {};
    }

    Result<void> body(const std::string& bytes, const std::string& type, const std::string& charset)
    {
        if (trimmed(bytes).empty()) {
            return {};
        }
        if (type == "text/html") {
            const auto read = extractHtml(m_sink, asBytes(bytes), {.charset = charset, .isWhole = false});
            return read.has_value() || read.error().code != ErrorCode::InvalidArgument ? read : Result<void>{};
        }
        const auto decoded = decodeText(asBytes(bytes), charset);
        m_sink.paragraphs(decoded.has_value() ? decoded->text : cleaned(bytes));
        return m_sink.check();
    }

    /// What can be read of an attachment follows as a part of its own; what cannot is named.
    // NOLINTNEXTLINE(misc-no-recursion)
    Result<void> attachment(const std::string& bytes, const std::string& type, const std::string& name)
    {
        const std::string file = !name.empty() ? name : type == "message/rfc822" ? "message.eml" : "attachment";
        const std::string title = oneLine(cleaned(file), 200);
        const bool readable = type.starts_with("text/") || type == "message/rfc822" ||
            !extractedFormat(extensionOf(file), bytes.substr(0, 512)).empty();
        if (!readable || trimmed(bytes).empty()) {
            m_sink.text("Attachment: " + title, true);
            return {};
        }
        m_sink.part((m_subject.empty() ? "mail" : m_subject) + ", attachment " + title, m_from, m_timeUs);
        const std::string named = type == "text/html" && extensionOf(file).empty() ? file + ".html" : file;
        auto read = extractInto(m_sink, {named, asBytes(bytes)}, m_depth + 1);
        if (!read.has_value()) {
            if (read.error().code == ErrorCode::LimitExceeded && m_sink.full()) {
                return read;
            }
            m_sink.text("Attachment: " + title + " (" + read.error().message + ")", true);
        }
        return {};
    }

    Sink& m_sink;
    const int m_depth;
    std::string m_subject;
    std::string m_from;
    std::int64_t m_timeUs = 0;
    std::size_t m_parts = 0;
};

/// Where the next message of a mailbox begins, at or behind `at`: a line "From " behind an empty one.
std::size_t nextMessage(std::string_view text, std::size_t at)
{
    for (auto found = text.find("\nFrom ", at); found != std::string_view::npos; found = text.find("\nFrom ", found + 1)) {
        const bool afterEmpty = found > 0 && (text[found - 1] == '\n' || (text[found - 1] == '\r' && found > 1 && text[found - 2] == '\n'));
        if (afterEmpty) {
            return found + 1;
        }
    }
    return text.size();
}

/// Takes the '>' away that was put before "From " at the start of a line.
std::string unquoted(std::string_view message)
{
    std::string text;
    text.reserve(message.size());
    for (std::size_t at = 0; at < message.size();) {
        const auto newline = std::min(message.find('\n', at), message.size() - 1);
        std::string_view line = message.substr(at, newline + 1 - at);
        at = newline + 1;
        const auto quotes = line.find_first_not_of('>');
        if (quotes != std::string_view::npos && quotes > 0 && line.substr(quotes).starts_with("From ")) {
            line.remove_prefix(1);
        }
        text += line;
    }
    return text;
}

} // namespace

Result<void> extractMail(Sink& sink, ByteView bytes, int depth)
{
    const std::string_view text = asText(bytes);
    if (text.starts_with("From ") && text.find('\n') != std::string_view::npos) {
        return extractMailbox(sink, bytes, depth);
    }
    Mail mail(sink, depth);
    if (parseEntity(text).headers.empty()) {
        return {ErrorCode::InvalidArgument, "has the name of a mail and no header"};
    }
    CARMA_TRY(mail.read(text));
    if (depth == 0) {
        sink.found.mediaType = "message/rfc822";
        sink.found.title = mail.subject();
        sink.found.timeUs = mail.timeUs();
        sink.metadata("author", mail.from());
        sink.metadata("date", mail.timeUs() != 0 ? dayOf(mail.timeUs()) : "");
    }
    return sink.check();
}

Result<void> extractMailbox(Sink& sink, ByteView bytes, int depth)
{
    const std::string_view text = asText(bytes);
    if (!text.starts_with("From ")) {
        return {ErrorCode::InvalidArgument, "has the name of a mailbox and does not begin with a message"};
    }
    std::size_t messages = 0;
    for (std::size_t at = 0; at < text.size() && !sink.full();) {
        const std::size_t end = nextMessage(text, at);
        const auto line = std::min(text.find('\n', at), end);
        if (++messages > kMessagesMax) {
            return {ErrorCode::LimitExceeded, "has more than " + std::to_string(kMessagesMax) + " messages"};
        }
        const std::string message = unquoted(text.substr(std::min(line + 1, end), end - std::min(line + 1, end)));
        const auto read = Mail(sink, depth).read(message);
        if (!read.has_value()) {
            sink.text("(" + read.error().message + ")", true); // one message, not the mailbox
        }
        at = end;
    }
    if (depth == 0) {
        sink.found.mediaType = "application/mbox";
        sink.metadata("messages", std::to_string(messages));
    }
    return sink.check();
}

} // namespace carma::ingest
