// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
// cmark-gfm finds the blocks; the ranges of the file are ours. Only where blocks begin is asked of it, and its inline
// parser needs more than linear time for some texts, so it is shown a copy of the part in which everything that could
// be inline markup is masked. The copy has one line for each line of the part, which makes its line numbers ours. A
// heading's text is parsed a second time, unmasked and short.
#include "ingest/formats.h"
#include "ingest/tree_builder.h"

#include <cmark-gfm.h>

#include <algorithm>
#include <memory>

namespace carma::ingest {

namespace {

constexpr std::size_t kMaskedLineBytesMax = 4096; ///< what a line begins with decides about blocks
constexpr std::size_t kIndentMax = 64;            ///< markers further in are text to us: bounds the depth of cmark's tree
constexpr std::size_t kTailBytes = 24;            ///< of a line's words: what is left of a number and its dot, and then some
constexpr std::size_t kHeadingSourceMax = 512;

struct NodeFree {
    void operator()(cmark_node* node) const { cmark_node_free(node); }
};
struct ParserFree {
    void operator()(cmark_parser* parser) const { cmark_parser_free(parser); }
};
using NodePointer = std::unique_ptr<cmark_node, NodeFree>;

bool isAlnum(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// Whether a line is "***", "_ _ _" or the like, or the rule of a heading.
bool isRuleLine(std::string_view content)
{
    if (content.empty() || std::string_view("*_-=").find(content[0]) == std::string_view::npos) {
        return false;
    }
    return std::all_of(content.begin(), content.end(), [&](char c) { return c == content[0] || isBlank(c); });
}

/// Whether `c` at `at` of `line` is one that block structure needs. Everything before the first letter or digit is
/// `leading`.
bool isKept(std::string_view line, std::size_t at, bool leading)
{
    const char c = line[at];
    const char next = at + 1 < line.size() ? line[at + 1] : '\n';
    switch (c) {
    case '*': return leading && isBlank(next);
    case '`':
    case '~': {
        const auto first = line.find_first_not_of(" >\t");
        return first != std::string_view::npos && line.substr(first).starts_with(std::string(3, c));
    }
    case '<':
        // Four blanks before it make it inline, where "<!--" is sought an end for again and again.
        return next == '/' || (at < 4 && trimmed(line.substr(0, at)).empty() && (isAlnum(next) || next == '!' || next == '?'));
    case '[':
    case ']': return false;
    case '#':
    case '+': return leading;
    case '>': return at < kIndentMax || (at > 0 && (line[at - 1] == '-' || line[at - 1] == '?' || isAlnum(line[at - 1])));
    case '-':
    case '=':
    case '.':
    case ')':
    case '/':
    case '?':
    case '!': return true;
    default: return isAlnum(c) || c == ' ' || c == '\t';
    }
}

void maskLine(std::string_view line, std::string& masked)
{
    line = line.substr(0, kMaskedLineBytesMax);
    if (isRuleLine(line)) {
        for (const char c : line.substr(0, kIndentMax)) {
            masked += isBlank(c) ? ' ' : c;
        }
        masked += '\n';
        return;
    }
    // Behind its first words only the end of an HTML block and a fence can matter, and the less the parser sees, the
    // faster it is.
    std::size_t words = 0;
    while (words < line.size() && words < kIndentMax && !isAlnum(line[words])) {
        ++words;
    }
    const bool matters = std::any_of(line.begin(), line.end(), [](char c) { return c == '<' || c == '>' || c == '`' || c == '~'; });
    const std::size_t size = matters ? line.size() : std::min(line.size(), words + kTailBytes);
    for (std::size_t i = 0; i < size; ++i) {
        masked += isKept(line, i, i < words) ? line[i] : isBlank(line[i]) ? ' ' : 'x';
    }
    masked += '\n';
}

NodePointer parse(std::string_view source)
{
    const std::unique_ptr<cmark_parser, ParserFree> parser(cmark_parser_new(CMARK_OPT_DEFAULT));
    cmark_parser_feed(parser.get(), source.data(), source.size());
    return NodePointer(cmark_parser_finish(parser.get()));
}

/// The lines of the heading that begins at `source`: one with number signs, or all down to the rule under them.
std::string_view headingLines(std::string_view source)
{
    source = clipped(source, kHeadingSourceMax);
    const bool oneLiner = trimmed(source).starts_with('#');
    for (std::size_t at = 0; at < source.size();) {
        const std::size_t end = std::min(source.find('\n', at), source.size());
        if (oneLiner || (at > 0 && isRuleLine(trimmed(source.substr(at, end - at))))) {
            return source.substr(0, end);
        }
        at = end + 1;
    }
    return source;
}

/// The text of a heading's lines, without its markup.
std::string headingText(std::string_view source)
{
    const std::string_view content = trimmed(source);
    if (content.starts_with('#') && content.find_first_of("*_`[]<>&\\!~") == std::string_view::npos) {
        const auto begin = std::min(content.find_first_not_of('#'), content.size());
        const auto last = content.find_last_not_of("# \t");
        if (last == std::string_view::npos) {
            return {};
        }
        const bool closed = last + 1 < content.size() && isBlank(content[last + 1]);
        return oneLine(content.substr(begin, (closed ? last + 1 : content.size()) - begin), TreeBuilder::kTitleBytesMax);
    }
    std::string text;
    const NodePointer document = parse(source);
    cmark_node* const heading = document ? cmark_node_first_child(document.get()) : nullptr;
    if (heading == nullptr) {
        return text;
    }
    cmark_iter* const iterator = cmark_iter_new(heading);
    for (cmark_event_type event = cmark_iter_next(iterator); event != CMARK_EVENT_DONE; event = cmark_iter_next(iterator)) {
        cmark_node* const node = cmark_iter_get_node(iterator);
        const cmark_node_type type = cmark_node_get_type(node);
        if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK) {
            text += ' ';
        } else if (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE) {
            const char* const literal = cmark_node_get_literal(node);
            text += literal != nullptr ? literal : "";
        }
    }
    cmark_iter_free(iterator);
    return oneLine(text, TreeBuilder::kTitleBytesMax);
}

/// Appends the lines (1-based, of the part) at which blocks begin: children of lists and quotations instead of
/// themselves.
void collect(cmark_node* parent, int depth, std::vector<std::pair<std::size_t, cmark_node*>>& found)
{
    for (cmark_node* node = cmark_node_first_child(parent); node != nullptr; node = cmark_node_next(node)) {
        const cmark_node_type type = cmark_node_get_type(node);
        const bool container = type == CMARK_NODE_LIST || type == CMARK_NODE_BLOCK_QUOTE;
        if (container && depth < 2 && cmark_node_first_child(node) != nullptr) {
            collect(node, depth + 1, found);
            continue;
        }
        const int line = cmark_node_get_start_line(node);
        if (line >= 1) {
            found.emplace_back(static_cast<std::size_t>(line), depth == 0 && type == CMARK_NODE_HEADING ? node : nullptr);
        }
    }
}

} // namespace

void markdownBlocks(std::string_view part, std::size_t base, std::vector<MarkdownBlock>& blocks)
{
    std::vector<std::size_t> lineStarts;
    std::string masked;
    const std::size_t begin = part.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
    for (std::size_t at = begin; at < part.size();) {
        const auto newline = part.find('\n', at);
        const std::size_t end = newline == std::string_view::npos ? part.size() : newline;
        lineStarts.push_back(at);
        maskLine(part.substr(at, end - at), masked);
        at = end + 1;
    }
    const NodePointer document = parse(masked);
    if (!document) {
        return; // without blocks the part is one paragraph
    }
    std::vector<std::pair<std::size_t, cmark_node*>> found;
    collect(document.get(), 0, found);
    std::size_t last = 0;
    for (const auto& [line, heading] : found) {
        if (line > lineStarts.size() || line <= last) {
            continue; // "- - a" begins several blocks in one line
        }
        last = line;
        const std::size_t offset = lineStarts[line - 1];
        MarkdownBlock block{.offset = base + (line == 1 ? 0 : offset), .headingLevel = 0, .heading = {}};
        if (heading != nullptr) {
            block.headingLevel = cmark_node_get_heading_level(heading);
            block.heading = headingText(headingLines(part.substr(offset)));
        }
        blocks.push_back(std::move(block));
    }
}

} // namespace carma::ingest
