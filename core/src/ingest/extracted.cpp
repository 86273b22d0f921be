// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ingest/extracted.h"

#include "base/byte_io.h"
#include "ingest/formats.h"
#include "ingest/heading_path.h"
#include "ingest/text_check.h"
#include "ingest/tree_builder.h"

#include <algorithm>
#include <array>

namespace carma::ingest {

namespace {

constexpr std::size_t kSectionPassages = 48; ///< as for Markdown

struct Kind {
    std::string_view extension;
    std::string_view name;
};
constexpr std::array kKinds = {Kind{".pdf", "a PDF document"}, Kind{".docx", "a DOCX document"}, Kind{".odt", "an ODT document"},
    Kind{".epub", "an EPUB book"}, Kind{".html", "an HTML page"}, Kind{".htm", "an HTML page"}, Kind{".xhtml", "an HTML page"},
    Kind{".eml", "a mail"}, Kind{".mbox", "a mailbox"}, Kind{".mbx", "a mailbox"}};

/// Builds the tree while blocks come.
class BlockTree {
public:
    explicit BlockTree(Draft& draft) : m_draft(draft), m_tree(draft, m_breaker, kSectionPassages), m_packer(draft.text, m_tree, m_breaker)
    {
    }

    void add(const Block& block)
    {
        switch (block.kind) {
        case BlockKind::Heading: heading(block); break;
        case BlockKind::Page:
        case BlockKind::Part: part(block); break;
        case BlockKind::Text:
            append(block.text, block.level == 0 ? "\n\n" : "\n");
            m_anyBody = true;
            break;
        }
    }

    Result<void> finish()
    {
        m_packer.flush();
        return m_tree.finish();
    }

private:
    void append(std::string_view text, std::string_view end)
    {
        text = trimmed(text);
        if (text.empty() || m_tree.full()) {
            return;
        }
        m_draft.text += text;
        m_draft.text += end;
        m_packer.block(m_draft.text.size());
    }

    void heading(const Block& block)
    {
        const std::string title = oneLine(block.text, TreeBuilder::kTitleBytesMax);
        if (title.empty()) {
            return;
        }
        const bool continues = !m_anyBody && block.level > m_lastLevel && m_lastLevel > 0;
        if (!continues) {
            m_packer.flush();
        }
        m_path.enter(block.level, title);
        if (m_inPages) {
            m_packer.label(m_path.text(), m_timeUs); // the section is the page
        } else {
            m_tree.section(m_prefix.empty() ? m_path.text() : m_prefix + " > " + m_path.text(), m_timeUs);
        }
        m_lastLevel = block.level;
        m_anyBody = false;
        append(block.text, "\n\n");
    }

    void part(const Block& block)
    {
        m_packer.flush();
        const std::string title = oneLine(block.text, TreeBuilder::kTitleBytesMax);
        if (block.kind == BlockKind::Page) {
            m_inPages = true;
            m_tree.section(m_prefix.empty() ? title : m_prefix + ", " + title, m_timeUs);
        } else {
            m_inPages = false;
            m_path.clear();
            m_prefix = title;
            m_timeUs = block.timeUs;
            m_packer.label(oneLine(block.label, TreeBuilder::kTitleBytesMax), m_timeUs);
            m_tree.section(title, m_timeUs);
        }
        m_lastLevel = 0;
        m_anyBody = false;
    }

    Draft& m_draft;
    Breaker m_breaker;
    TreeBuilder m_tree;
    PassagePacker m_packer;
    HeadingPath m_path{TreeBuilder::kTitleBytesMax};
    std::string m_prefix; ///< the part's title
    std::int64_t m_timeUs = 0;
    std::uint8_t m_lastLevel = 0;
    bool m_inPages = false;
    bool m_anyBody = false; ///< since the last heading
};

bool isSound(std::string_view text) { return validUtf8Prefix(text) == text.size() && text.find('\0') == std::string_view::npos; }

} // namespace

std::string_view fileName(std::string_view path)
{
    const auto slash = path.rfind('/');
    return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string extensionOf(std::string_view name)
{
    const auto dot = name.rfind('.');
    return dot == std::string_view::npos || dot == 0 ? std::string() : lowerAscii(name.substr(dot));
}

std::string_view extractedFormat(std::string_view extension, std::string_view start)
{
    using namespace std::string_view_literals;
    // What a file begins with counts for more than its name.
    if (start.starts_with("%PDF-") || (extension == ".pdf" && start.find("%PDF-") != std::string_view::npos)) {
        return "a PDF document";
    }
    const auto named = std::find_if(kKinds.begin(), kKinds.end(), [&](const Kind& kind) { return kind.extension == extension; });
    const bool zipped = extension == ".docx" || extension == ".odt" || extension == ".epub";
    if (start.starts_with("PK\x03\x04"sv)) {
        return zipped ? named->name : start.find("application/epub+zip") != std::string_view::npos ? "an EPUB book" : "";
    }
    const std::string head = lowerAscii(trimmed(start.substr(0, 256)));
    if (head.starts_with("<!doctype html") || head.starts_with("<html")) {
        return "an HTML page";
    }
    return named != kKinds.end() && !zipped && extension != ".pdf" ? named->name : "";
}

Result<Draft> draftOf(Extracted&& found, std::string fallbackTitle)
{
    Draft draft;
    draft.mediaType = std::move(found.mediaType);
    draft.title = oneLine(found.title, TreeBuilder::kTitleBytesMax);
    draft.title = draft.title.empty() ? std::move(fallbackTitle) : draft.title;
    for (const auto& [key, value] : found.metadata) {
        addMetadata(draft, key, value);
    }
    for (const std::string& tag : found.tags) {
        addTag(draft, tag);
    }
    BlockTree tree(draft);
    for (Block& block : found.blocks) {
        tree.add(block);
        block = {};
    }
    if (draft.text.empty()) {
        return {ErrorCode::InvalidArgument, "has no text in it"};
    }
    CARMA_TRY(tree.finish());
    draft.nodes.front().timeUs = found.timeUs;
    return draft;
}

Bytes encodeExtracted(const Extracted& found)
{
    Bytes payload;
    ByteWriter writer(payload);
    writer.text(found.mediaType);
    writer.text(found.title);
    writer.number(found.timeUs);
    writer.number(static_cast<std::uint32_t>(found.metadata.size()));
    for (const auto& [key, value] : found.metadata) {
        writer.text(key);
        writer.text(value);
    }
    writer.number(static_cast<std::uint32_t>(found.tags.size()));
    for (const std::string& tag : found.tags) {
        writer.text(tag);
    }
    writer.number(static_cast<std::uint32_t>(found.blocks.size()));
    for (const Block& block : found.blocks) {
        writer.number(static_cast<std::uint8_t>(block.kind));
        writer.number(block.level);
        writer.number(block.timeUs);
        writer.text(block.text);
        writer.text(block.label);
    }
    return payload;
}

Result<Extracted> decodeExtracted(ByteView payload)
{
    ByteReader reader(payload);
    Extracted found;
    bool sound = true;
    const auto text = [&] {
        std::string value = reader.text();
        sound = sound && isSound(value);
        return value;
    };
    found.mediaType = text();
    found.title = text();
    found.timeUs = reader.number<std::int64_t>();
    for (auto left = reader.number<std::uint32_t>(); left > 0 && !reader.failed(); --left) {
        std::string key = text();
        found.metadata.emplace_back(std::move(key), text());
    }
    for (auto left = reader.number<std::uint32_t>(); left > 0 && !reader.failed(); --left) {
        found.tags.push_back(text());
    }
    const auto count = reader.number<std::uint32_t>();
    sound = sound && count <= kBlocksMax;
    for (std::uint32_t i = 0; i < count && sound && !reader.failed(); ++i) {
        Block block;
        const auto kind = reader.number<std::uint8_t>();
        block.kind = static_cast<BlockKind>(kind);
        block.level = reader.number<std::uint8_t>();
        block.timeUs = reader.number<std::int64_t>();
        block.text = text();
        block.label = text();
        sound = sound && kind <= static_cast<std::uint8_t>(BlockKind::Part) && block.level <= 6;
        found.blocks.push_back(std::move(block));
    }
    if (!sound || !reader.atEnd()) {
        return {ErrorCode::InvalidArgument, "its parser answered with nonsense"};
    }
    return found;
}

} // namespace carma::ingest
