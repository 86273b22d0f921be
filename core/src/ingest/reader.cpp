// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ingest/reader.h"

#include "ingest/encoding.h"
#include "ingest/extracted.h"
#include "ingest/formats.h"
#include "ingest/tree_builder.h"

#include <algorithm>
#include <array>
#include <limits>

namespace carma::ingest {

namespace {

enum class Format { Text, Markdown, JsonLines, Json, Table, Source };

Format formatOf(std::string_view extension, std::string_view text)
{
    if (extension == ".md" || extension == ".markdown" || extension == ".mkd" || extension == ".mdown") {
        return Format::Markdown;
    }
    if (extension == ".jsonl" || extension == ".ndjson") {
        return Format::JsonLines;
    }
    if (extension == ".csv" || extension == ".tsv") {
        return Format::Table;
    }
    const std::string_view content = trimmed(text.substr(0, 4096));
    const bool brackets = content.starts_with('{') || content.starts_with('[');
    return extension == ".json" || (extension.empty() && brackets) ? Format::Json : Format::Text;
}

/// The name of a format that is known and not read, by how its files begin; empty otherwise.
std::string_view foreignFormat(std::string_view start)
{
    struct Mark {
        std::string_view bytes;
        std::string_view name;
    };
    using namespace std::string_view_literals;
    constexpr std::array kMarks = {Mark{"\x89PNG\r\n"sv, "a PNG image"}, Mark{"\xFF\xD8\xFF"sv, "a JPEG image"},
        Mark{"GIF8"sv, "a GIF image"}, Mark{"\x1F\x8B"sv, "a gzip archive"},
        Mark{"\xFD"
             "7zXZ\0"sv,
            "an xz archive"},
        Mark{"\x28\xB5\x2F\xFD"sv, "a zstd archive"}, Mark{"7z\xBC\xAF\x27\x1C"sv, "a 7z archive"},
        Mark{"\x7F"
             "ELF"sv,
            "a program (ELF)"},
        Mark{"SQLite format 3\0"sv, "an SQLite database"},
        Mark{"\xD0\xCF\x11\xE0"sv, "an old Office document, or a newer one that is protected by a password"}};
    if (start.starts_with("PK\x03\x04"sv)) {
        return "a ZIP archive";
    }
    const auto found = std::find_if(kMarks.begin(), kMarks.end(), [&](const Mark& mark) { return start.starts_with(mark.bytes); });
    return found != kMarks.end() ? found->name : std::string_view();
}

/// A title for a file that names none: its name, for prose without extension and with spaces for '-' and '_'.
std::string titleOf(std::string_view name, std::string_view extension)
{
    constexpr std::array<std::string_view, 22> kProse = {".pdf", ".docx", ".odt", ".epub", ".html", ".htm", ".xhtml", ".eml", ".mbox",
        ".csv", ".tsv", ".txt", ".text", ".md", ".markdown", ".mkd", ".mdown", ".rst", ".jsonl", ".ndjson", ".json", ""};
    std::string title(name);
    if (std::find(kProse.begin(), kProse.end(), extension) != kProse.end()) {
        title.resize(title.size() - extension.size());
        std::replace_if(
            title.begin(), title.end(), [](char c) { return c == '-' || c == '_'; }, ' ');
    }
    const bool readable = validUtf8Prefix(title) == title.size();
    return readable ? oneLine(title, TreeBuilder::kTitleBytesMax) : std::string();
}

/// A title for a note without one: what its first line begins with.
std::string titleOfNote(std::string_view text)
{
    constexpr std::size_t kTitleBytes = 80;
    const std::string_view content = trimmed(text);
    const std::string_view line = trimmed(content.substr(0, content.find('\n')));
    if (line.size() <= kTitleBytes) {
        return oneLine(line, kTitleBytes);
    }
    const auto space = line.rfind(' ', kTitleBytes);
    Breaker breaker;
    const std::size_t end = space != std::string_view::npos && space > kTitleBytes / 2 ? space : breaker.graphemeCut(line, 0, kTitleBytes);
    return oneLine(line.substr(0, end), kTitleBytes) + "\u2026";
}

/// Tries the readers that may find that a file is something else. Whether `draft` is filled.
Result<bool> readEntries(Format format, std::string_view text, Draft& draft)
{
    const auto attempt = [&](auto reader) -> Result<bool> {
        Draft fresh;
        fresh.title = draft.title;
        CARMA_TRY_ASSIGN(const bool filled, reader(text, fresh));
        if (filled) {
            draft = std::move(fresh);
        }
        return filled;
    };
    if (format == Format::JsonLines) {
        draft.mediaType = "application/jsonl";
        CARMA_TRY(readJsonLines(text, draft));
        return true;
    }
    if (format == Format::Json) {
        CARMA_TRY_ASSIGN(const bool isConversations, attempt(readConversations));
        return isConversations ? Result<bool>(true) : attempt(readMessages);
    }
    return format == Format::Table ? attempt(readTable) : format == Format::Text ? attempt(readChatText) : Result<bool>(false);
}

struct FileText {
    std::string_view text; ///< the file, or `converted`
    std::string converted;
    std::string encoding; ///< empty: the text is the file
    TextTraits traits;
};

/// The file's text in `file`, converted if it is not UTF-8.
Result<void> readFileText(ByteView bytes, FileText& file)
{
    file.text = asText(bytes);
    const auto traits = checkText(bytes);
    if (traits.has_value()) {
        file.traits = *traits;
        return {};
    }
    auto decoded = decodeText(bytes);
    const auto converted = decoded.has_value() ? checkText(asBytes(decoded->text)) : traits;
    if (!converted.has_value() || decoded->encoding == "UTF-8") {
        return traits.error();
    }
    file.converted = std::move(decoded->text);
    file.text = file.converted;
    file.encoding = std::move(decoded->encoding);
    file.traits = *converted;
    return {};
}

Result<Draft> readFormat(std::string_view name, std::string_view extension, const FileText& file)
{
    const std::string_view language = languageOf(name, extension);
    const Format format = language.empty() ? formatOf(extension, file.text) : Format::Source;
    Draft draft;
    draft.title = titleOf(name, extension);
    CARMA_TRY_ASSIGN(const bool filled, readEntries(format, file.text, draft));
    if (filled) {
        return draft;
    }
    draft.text = file.text;
    draft.textIsOriginal = file.encoding.empty();
    draft.mediaType = format == Format::Markdown ? "text/markdown" : "text/plain";
    if (format == Format::Source) {
        CARMA_TRY(readSource(draft, language));
    } else {
        CARMA_TRY(format == Format::Markdown ? readMarkdown(draft, file.traits) : readPlainText(draft, file.traits));
    }
    return draft;
}

} // namespace

void addTag(Draft& draft, std::string_view tag)
{
    std::string line = oneLine(tag, kTagBytesMax);
    if (!line.empty() && draft.tags.size() < kTagsMax && std::find(draft.tags.begin(), draft.tags.end(), line) == draft.tags.end()) {
        draft.tags.push_back(std::move(line));
    }
}

void addMetadata(Draft& draft, std::string_view key, std::string_view value)
{
    std::string name = oneLine(key, kTagBytesMax);
    std::string line = oneLine(value, kMetadataBytesMax);
    const bool known = std::any_of(draft.metadata.begin(), draft.metadata.end(), [&](const auto& pair) { return pair.first == name; });
    if (!name.empty() && !line.empty() && !known && draft.metadata.size() < kMetadataMax) {
        draft.metadata.emplace_back(std::move(name), std::move(line));
    }
}

Result<Draft> readDocument(std::string_view path, ByteView bytes, Extractor* extractor, const std::stop_token& stop)
{
    if (bytes.empty()) {
        return {ErrorCode::InvalidArgument, "is empty"};
    }
    constexpr std::size_t kStartBytes = 1024; // a PDF may have something before its mark
    const std::string_view start = asText(bytes).substr(0, kStartBytes);
    const std::string_view name = fileName(path);
    const std::string extension = extensionOf(name);
    if (const auto format = extractedFormat(extension, start); !format.empty()) {
        if (extractor == nullptr) {
            return {ErrorCode::Unsupported, "is " + std::string(format) + ", which is read by the program carma-parse only"};
        }
        CARMA_TRY_ASSIGN(Extracted found, extractor->extract({name, bytes, stop}));
        return draftOf(std::move(found), titleOf(name, extension));
    }
    if (const auto foreign = foreignFormat(start); !foreign.empty()) {
        return {ErrorCode::Unsupported, "is " + std::string(foreign) + ", which this build cannot read"};
    }
    FileText file;
    CARMA_TRY(readFileText(bytes, file));
    CARMA_TRY_ASSIGN(Draft draft, readFormat(name, extension, file));
    addMetadata(draft, "encoding", file.encoding);
    return draft;
}

Result<Draft> draftNote(std::string_view title, std::string_view text)
{
    if (trimmed(text).empty()) {
        return {ErrorCode::InvalidArgument, "is empty"};
    }
    CARMA_TRY_ASSIGN(const TextTraits traits, checkText(asBytes(text)));
    if (validUtf8Prefix(title) != title.size()) {
        return {ErrorCode::InvalidArgument, "has a title that is not UTF-8"};
    }
    Draft draft;
    draft.mediaType = "text/plain";
    draft.title = oneLine(title, TreeBuilder::kTitleBytesMax);
    draft.title = draft.title.empty() ? titleOfNote(text) : draft.title;
    draft.text = text;
    draft.textIsOriginal = true;
    Breaker breaker;
    breaker.assumeAscii(traits.ascii);
    TreeBuilder tree(draft, breaker, std::numeric_limits<std::size_t>::max());
    PassagePacker packer(draft.text, tree, breaker);
    for (std::size_t at = draft.text.find("\n\n"); at != std::string::npos; at = draft.text.find("\n\n", at)) {
        at = std::min(draft.text.find_first_not_of('\n', at), draft.text.size());
        packer.block(at);
    }
    packer.block(draft.text.size());
    packer.flush();
    CARMA_TRY(tree.finish());
    return draft;
}

} // namespace carma::ingest
