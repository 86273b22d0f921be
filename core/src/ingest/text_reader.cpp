// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ingest/formats.h"
#include "ingest/tree_builder.h"

namespace carma::ingest {

namespace {

constexpr std::size_t kSectionPassages = 12;  ///< a text without headings gets sections of this many passages
constexpr std::size_t kGapLines = 3;          ///< so many blank lines begin a new section
constexpr std::size_t kHeadingBytesMax = 120; ///< a longer line over a rule is no heading

/// A file's lines, one at a time. A line ends behind its '\n'.
class Lines {
public:
    explicit Lines(std::string_view text) : m_text(text) {}

    struct Line {
        std::size_t begin = 0;
        std::size_t end = 0;
        std::string_view content; ///< without blanks at both ends
    };
    [[nodiscard]] Line at(std::size_t begin) const
    {
        const auto newline = m_text.find('\n', begin);
        const std::size_t end = newline == std::string_view::npos ? m_text.size() : newline + 1;
        return {begin, end, trimmed(m_text.substr(begin, end - begin))};
    }

private:
    std::string_view m_text;
};

/// A line of one character only, as under headings.
bool isRule(std::string_view content)
{
    constexpr std::string_view kRules = "=-~^*#+\"'`";
    return content.size() >= 3 && kRules.find(content[0]) != std::string_view::npos &&
        content.find_first_not_of(content[0]) == std::string_view::npos;
}

/// Whether a rule of that length under or over it makes `title` a heading.
bool underlines(std::string_view rule, std::string_view title)
{
    return isRule(rule) && !title.empty() && title.size() <= kHeadingBytesMax && !isRule(title) && rule.size() * 2 >= title.size() &&
        rule.size() <= title.size() * 2 + 8;
}

class PlainText {
public:
    PlainText(Draft& draft, bool ascii)
        : m_draft(draft), m_tree(draft, m_breaker, kSectionPassages), m_packer(draft.text, m_tree, m_breaker)
    {
        m_breaker.assumeAscii(ascii);
    }

    Result<void> read()
    {
        const std::string_view text = m_draft.text;
        const Lines lines(text);
        const std::size_t start = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
        for (auto line = lines.at(start); line.begin < text.size() && !m_tree.full();) {
            if (text[line.begin] == '\f') {
                beginSection(line.begin + 1, {});
            }
            if (line.content.empty()) {
                ++m_blankLines;
                line = lines.at(line.end);
                continue;
            }
            const auto next = lines.at(line.end);
            beginBlock(line, next, lines);
            m_blankLines = 0;
            m_anyContent = true;
            line = next;
        }
        m_packer.block(text.size());
        m_packer.flush();
        return m_tree.finish();
    }

private:
    /// Everything before `offset` is a finished section, unless there is nothing in it yet.
    void beginSection(std::size_t offset, std::string title)
    {
        if (m_anyContent) {
            m_packer.block(offset);
            m_packer.flush();
            m_sectionBegin = m_blockBegin = offset;
        }
        m_anyContent = false;
        m_tree.section(std::move(title));
    }

    /// Looks at a line with content: is it a heading, or the first line of a paragraph?
    void beginBlock(const Lines::Line& line, const Lines::Line& next, const Lines& lines)
    {
        if (m_blankLines == 0 && m_anyContent) {
            return; // goes on
        }
        if (underlines(next.content, line.content)) {
            beginSection(line.begin, oneLine(line.content, TreeBuilder::kTitleBytesMax));
        } else if (isRule(line.content) && underlines(line.content, next.content) && lines.at(next.end).content == line.content) {
            beginSection(line.begin, oneLine(next.content, TreeBuilder::kTitleBytesMax));
        } else if (m_blankLines >= kGapLines && line.begin - m_sectionBegin >= kPassageBytesGoal) {
            beginSection(line.begin, {}); // less than a passage before a gap would be a crumb of a section
        } else if (line.begin > m_blockBegin && m_anyContent) {
            m_packer.block(line.begin);
            m_blockBegin = line.begin;
        }
    }

    Draft& m_draft;
    Breaker m_breaker;
    TreeBuilder m_tree;
    PassagePacker m_packer;
    std::size_t m_sectionBegin = 0;
    std::size_t m_blockBegin = 0;
    std::size_t m_blankLines = 0;
    bool m_anyContent = false; ///< in this section
};

} // namespace

Result<void> readPlainText(Draft& draft, const TextTraits& traits) { return PlainText(draft, traits.ascii).read(); }

} // namespace carma::ingest
