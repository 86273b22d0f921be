// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ingest/reader.h"

#include "ingest/formats.h"
#include "ingest/tree_builder.h"

#include <algorithm>
#include <array>
#include <limits>

namespace carma::ingest {

namespace {

enum class Format { Text, Markdown, JsonLines, Json };

std::string_view fileName(std::string_view path)
{
    const auto slash = path.rfind('/');
    return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

/// ".md"; empty for names without one. A name that only begins with a dot has none.
std::string extensionOf(std::string_view name)
{
    const auto dot = name.rfind('.');
    return dot == std::string_view::npos || dot == 0 ? std::string() : lowerAscii(name.substr(dot));
}

Format formatOf(std::string_view extension, std::string_view text)
{
    if (extension == ".md" || extension == ".markdown" || extension == ".mkd" || extension == ".mdown") {
        return Format::Markdown;
    }
    if (extension == ".jsonl" || extension == ".ndjson") {
        return Format::JsonLines;
    }
    const std::string_view content = trimmed(text.substr(0, 4096));
    const bool brackets = content.starts_with('{') || content.starts_with('[');
    return extension == ".json" || (extension.empty() && brackets) ? Format::Json : Format::Text;
}

/// The name of a format that is known and not read, by how its files begin; empty otherwise.
std::string_view foreignFormat(std::string_view start, std::string_view extension)
{
    struct Mark {
        std::string_view bytes;
        std::string_view name;
    };
    using namespace std::string_view_literals;
    constexpr std::array kMarks = {Mark{"%PDF-"sv, "a PDF document"}, Mark{"\x89PNG\r\n"sv, "a PNG image"},
        Mark{"\xFF\xD8\xFF"sv, "a JPEG image"}, Mark{"GIF8"sv, "a GIF image"}, Mark{"\x1F\x8B"sv, "a gzip archive"},
        Mark{"\xFD"
             "7zXZ\0"sv,
            "an xz archive"},
        Mark{"\x28\xB5\x2F\xFD"sv, "a zstd archive"}, Mark{"7z\xBC\xAF\x27\x1C"sv, "a 7z archive"},
        Mark{"\x7F"
             "ELF"sv,
            "a program (ELF)"},
        Mark{"SQLite format 3\0"sv, "an SQLite database"}, Mark{"\xD0\xCF\x11\xE0"sv, "an old Office document"}};
    if (start.starts_with("PK\x03\x04"sv)) {
        return extension == ".docx" ? "a DOCX document"
            : extension == ".odt"   ? "an ODT document"
            : extension == ".epub"  ? "an EPUB book"
                                    : "a ZIP archive";
    }
    const auto found = std::find_if(kMarks.begin(), kMarks.end(), [&](const Mark& mark) { return start.starts_with(mark.bytes); });
    return found != kMarks.end() ? found->name : std::string_view();
}

/// A title for a file that names none: its name, for prose without extension and with spaces for '-' and '_'.
std::string titleOf(std::string_view name, std::string_view extension)
{
    constexpr std::array<std::string_view, 11> kProse = {
        ".txt", ".text", ".md", ".markdown", ".mkd", ".mdown", ".rst", ".jsonl", ".ndjson", ".json", ""};
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

Result<Draft> readText(std::string_view text, std::string title, const TextTraits& traits, bool markdown)
{
    Draft draft;
    draft.mediaType = markdown ? "text/markdown" : "text/plain";
    draft.title = std::move(title);
    draft.text = text;
    draft.textIsOriginal = true;
    CARMA_TRY(markdown ? readMarkdown(draft, traits) : readPlainText(draft, traits));
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

Result<Draft> readDocument(std::string_view path, ByteView bytes)
{
    if (bytes.empty()) {
        return {ErrorCode::InvalidArgument, "is empty"};
    }
    const std::string_view text = asText(bytes);
    const std::string_view name = fileName(path);
    const std::string extension = extensionOf(name);
    if (const auto foreign = foreignFormat(text.substr(0, 64), extension); !foreign.empty()) {
        return {ErrorCode::Unsupported, "is " + std::string(foreign) + ", which this build cannot read"};
    }
    CARMA_TRY_ASSIGN(const TextTraits traits, checkText(bytes));
    const Format format = formatOf(extension, text);
    std::string title = titleOf(name, extension);
    if (format == Format::JsonLines || format == Format::Json) {
        Draft draft;
        draft.title = title;
        if (format == Format::JsonLines) {
            draft.mediaType = "application/jsonl";
            CARMA_TRY(readJsonLines(text, draft));
            return draft;
        }
        CARMA_TRY_ASSIGN(const bool isMessages, readMessages(text, draft));
        if (isMessages) {
            return draft;
        }
    }
    return readText(text, std::move(title), traits, format == Format::Markdown);
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
        at = std::min(draft.text.find_first_not_of("\n", at), draft.text.size());
        packer.block(at);
    }
    packer.block(draft.text.size());
    packer.flush();
    CARMA_TRY(tree.finish());
    return draft;
}

} // namespace carma::ingest
