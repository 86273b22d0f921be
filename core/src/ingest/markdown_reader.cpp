// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ingest/dates.h"
#include "ingest/formats.h"
#include "ingest/heading_path.h"
#include "ingest/tree_builder.h"

#include <algorithm>
#include <utility>

namespace carma::ingest {

namespace {

/// A heading's section goes on in a second one after so many passages: a section of thousands says nothing about any.
constexpr std::size_t kSectionPassages = 48;
/// The parser's tree is hundreds of times as large as the shortest blocks, so that a file is parsed in parts of about
/// this size.
constexpr std::size_t kPartBytes = 256U << 10U;
constexpr std::size_t kPathBytesMax = TreeBuilder::kTitleBytesMax;

/// Finds where a large file can be parsed in parts: before a heading outside of fenced code, or, if none comes, at any
/// line.
class Parts {
public:
    explicit Parts(std::string_view text) : m_text(text) {}

    /// The end of the part that begins at `begin`.
    std::size_t endOf(std::size_t begin)
    {
        if (m_text.size() - begin <= kPartBytes) {
            return m_text.size();
        }
        char fence = '\0';
        for (std::size_t at = begin; at < m_text.size();) {
            const std::string_view rest = m_text.substr(at, 8);
            const bool heading = rest.starts_with('#') && rest.find_first_not_of('#') != std::string_view::npos &&
                isBlank(rest[rest.find_first_not_of('#')]);
            if ((at - begin >= kPartBytes && heading && fence == '\0') || at - begin >= 2 * kPartBytes) {
                return at;
            }
            for (const char c : {'`', '~'}) {
                if (rest.starts_with(std::string(3, c)) && (fence == '\0' || fence == c)) {
                    fence = fence == '\0' ? c : '\0';
                    break;
                }
            }
            const auto newline = m_text.find('\n', at);
            at = newline == std::string_view::npos ? m_text.size() : newline + 1;
        }
        return m_text.size();
    }

private:
    std::string_view m_text;
};

class Markdown {
public:
    Markdown(Draft& draft, bool ascii) : m_draft(draft), m_tree(draft, m_breaker, kSectionPassages), m_packer(draft.text, m_tree, m_breaker)
    {
        m_breaker.assumeAscii(ascii);
    }

    Result<void> read()
    {
        const std::string_view text = m_draft.text;
        std::int64_t timeUs = 0;
        const std::string fileTitle = std::exchange(m_draft.title, {});
        const std::size_t body = readFrontMatter(text, m_draft, timeUs);
        m_anyBody = body > 0;
        m_titled = !m_draft.title.empty();

        Parts parts(text);
        std::vector<MarkdownBlock> blocks;
        for (std::size_t begin = body; begin < text.size() && !m_tree.full();) {
            const std::size_t end = parts.endOf(begin);
            blocks.clear();
            markdownBlocks(text.substr(begin, end - begin), begin, blocks);
            for (MarkdownBlock& block : blocks) {
                add(block);
            }
            begin = end;
        }
        m_packer.block(text.size());
        m_packer.flush();
        if (m_draft.title.empty()) {
            m_draft.title = fileTitle;
        }
        m_draft.nodes.front().timeUs = timeUs;
        return m_tree.finish();
    }

private:
    void add(MarkdownBlock& block)
    {
        if (block.offset > m_blockBegin && m_anyBlock) {
            m_packer.block(block.offset);
        } else if (block.offset > 0 && m_anyBody && !m_anyBlock) {
            m_packer.block(block.offset); // the front matter
            m_packer.flush();
        }
        m_blockBegin = block.offset;
        m_anyBlock = true;
        if (block.headingLevel == 0) {
            m_anyBody = true;
            return;
        }
        // A heading straight under a higher one continues its section: the path names both, and a passage of a heading
        // alone would answer nothing.
        const bool continues = !m_anyBody && block.headingLevel > m_lastLevel && m_tree.sectionPending();
        if (!continues) {
            m_packer.flush();
        }
        if (!m_titled && !block.heading.empty() && (m_draft.title.empty() || block.headingLevel == 1)) {
            m_draft.title = block.heading;
            m_titled = block.headingLevel == 1;
        }
        m_path.enter(block.headingLevel, std::move(block.heading));
        m_tree.section(m_path.text());
        m_lastLevel = block.headingLevel;
        m_anyBody = false;
    }

    Draft& m_draft;
    Breaker m_breaker;
    TreeBuilder m_tree;
    PassagePacker m_packer;
    HeadingPath m_path{kPathBytesMax};
    std::size_t m_blockBegin = 0;
    int m_lastLevel = 0;
    bool m_anyBlock = false;
    bool m_anyBody = false; ///< in this section, besides headings
    bool m_titled = false;
};

std::string_view unquoted(std::string_view value)
{
    value = trimmed(value);
    if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front()) {
        value = value.substr(1, value.size() - 2);
    }
    return value;
}

void addTagList(Draft& draft, std::string_view list)
{
    list = trimmed(list);
    if (list.size() >= 2 && list.front() == '[' && list.back() == ']') {
        list = list.substr(1, list.size() - 2);
    }
    while (!list.empty()) {
        const auto comma = std::min(list.find(','), list.size());
        addTag(draft, unquoted(list.substr(0, comma)));
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
}

void takeField(Draft& draft, std::string_view key, std::string_view value, std::int64_t& timeUs)
{
    if (key == "title") {
        draft.title = oneLine(unquoted(value), TreeBuilder::kTitleBytesMax);
    } else if (key == "tags" || key == "tag" || key == "keywords") {
        addTagList(draft, value);
    } else {
        if (key == "date" || (key == "created" && timeUs == 0)) {
            timeUs = parseDate(unquoted(value)).value_or(timeUs);
        }
        addMetadata(draft, key, unquoted(value));
    }
}

} // namespace

std::size_t readFrontMatter(std::string_view text, Draft& draft, std::int64_t& timeUs)
{
    constexpr std::size_t kFrontMatterBytesMax = 64U << 10U; // a rule at the start of a book is not the start of front matter
    const std::size_t begin = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
    std::vector<std::string_view> lines;
    for (std::size_t at = begin; at < text.size() && at < kFrontMatterBytesMax;) {
        const auto newline = text.find('\n', at);
        const std::size_t end = newline == std::string_view::npos ? text.size() : newline + 1;
        std::string_view line = text.substr(at, end - at);
        line = line.substr(0, contentEnd(line, 0, line.size()));
        if (at == begin && line != "---") {
            return 0;
        }
        at = end;
        if (lines.empty() || (line != "---" && line != "...")) {
            lines.push_back(line);
            continue;
        }
        std::string key;
        for (std::size_t i = 1; i < lines.size(); ++i) {
            const std::string_view content = trimmed(lines[i]);
            const auto colon = content.find(':');
            if (content.starts_with("- ") && (key == "tags" || key == "keywords")) {
                addTag(draft, unquoted(content.substr(2)));
            } else if (colon != std::string_view::npos && !lines[i].starts_with(' ') && !content.starts_with('#')) {
                key = lowerAscii(trimmed(content.substr(0, colon)));
                takeField(draft, key, content.substr(colon + 1), timeUs);
            }
        }
        return end;
    }
    return 0;
}

Result<void> readMarkdown(Draft& draft, const TextTraits& traits) { return Markdown(draft, traits.ascii).read(); }

} // namespace carma::ingest
