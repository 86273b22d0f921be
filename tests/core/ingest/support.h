// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ingest/reader.h"
#include "ingest/text_check.h"

#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace carma::ingest::test {

/// What is wrong with a draft's tree; empty if nothing is.
inline std::string treeFault(const Draft& draft)
{
    if (draft.nodes.size() < 3 || draft.nodes[0].level != Level::Document || draft.nodes[0].bytes != draft.text.size()) {
        return "the document node is wrong";
    }
    if (validUtf8Prefix(draft.text) != draft.text.size()) {
        return "the text is not UTF-8";
    }
    std::vector<std::uint32_t> children(draft.nodes.size());
    std::vector<std::uint64_t> childEnd(draft.nodes.size());
    std::string joined;
    for (std::size_t i = 1; i < draft.nodes.size(); ++i) {
        const Node& node = draft.nodes[i];
        const std::string at = " at node " + std::to_string(i);
        if (node.parent >= i || node.bytes == 0) {
            return "parent or size" + at;
        }
        const Node& parent = draft.nodes[node.parent];
        if (static_cast<int>(parent.level) + 1 != static_cast<int>(node.level)) {
            return "level" + at;
        }
        if (node.order != children[node.parent]++) {
            return "order" + at;
        }
        if (node.offset < parent.offset || node.offset + node.bytes > parent.offset + parent.bytes || node.offset < childEnd[node.parent]) {
            return "range" + at;
        }
        childEnd[node.parent] = node.offset + node.bytes;
        if ((static_cast<unsigned char>(draft.text[node.offset]) & 0xC0U) == 0x80) {
            return "cut inside a character" + at;
        }
        if (validUtf8Prefix(node.title) != node.title.size()) {
            return "title" + at;
        }
        if (node.level == Level::Passage) {
            if (node.bytes > kPassageBytesMax || node.offset != joined.size()) {
                return "passage size or hole" + at;
            }
            joined += std::string_view(draft.text).substr(node.offset, node.bytes);
        }
    }
    return joined == draft.text ? "" : "the passages do not make the text";
}

inline Result<Draft> read(std::string_view path, std::string_view text) { return readDocument(path, asBytes(text)); }

inline std::vector<Node> nodesOf(const Draft& draft, Level level)
{
    std::vector<Node> found;
    for (const Node& node : draft.nodes) {
        if (node.level == level) {
            found.push_back(node);
        }
    }
    return found;
}

inline std::string textOf(const Draft& draft, const Node& node) { return draft.text.substr(node.offset, node.bytes); }

inline std::string repeated(std::string_view piece, std::size_t count)
{
    std::string text;
    text.reserve(piece.size() * count);
    for (std::size_t i = 0; i < count; ++i) {
        text += piece;
    }
    return text;
}

/// Text of random pieces that readers care about.
inline std::string randomText(std::mt19937_64& random, std::size_t pieces)
{
    static const std::vector<std::string> kPieces = {"The river rose. ", "Mr. Hill came at 3.15 and left. ", "Really?! ", "\n", "\n\n",
        "\r\n", "\r\n\r\n", "# Garden\n", "\n## Beds *and* `paths`\n", "\n- one\n- two\n  - three\n", "```\ncode. More code.\n```\n",
        "> quoted\n> text\n", "Title\n=====\n", "\n\n\n\n", "\f", "\t", "  ", "1. first\n2. second\n", "| a | b |\n|---|---|\n",
        "<!-- x\n-->\n", "<div>\n", "---\n", "***\n", "\u00E9t\u00E9. \u00C9cole. ", "\u65E5\u672C\u8A9E\u3002\u6587\u3067\u3059\u3002",
        "\u0645\u0631\u062D\u0628\u0627\u061F ", "e\u0301\u0301", " \u0301", "\U0001F468\u200D\U0001F469\u200D\U0001F467",
        "\U0001F1E9\U0001F1EA\U0001F1EB\U0001F1F7", "[a]: http://b\n", "x", "word ", "{\"a\": 1}\n", "\\", "*", "_", "`", "~~~\n", "&amp;",
        "\u00A0", "\u3000", std::string(300, 'y'), std::string(1500, 'z') + " ", "\u201CQuoted.\u201D Next. "};
    std::string text;
    for (std::size_t i = 0; i < pieces; ++i) {
        text += kPieces[random() % kPieces.size()];
    }
    return text.empty() ? "x" : text;
}

} // namespace carma::ingest::test
