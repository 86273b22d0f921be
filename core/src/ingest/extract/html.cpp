// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The parser builds a tree as browsers do (https://html.spec.whatwg.org/multipage/parsing.html). Its memory comes from
// an arena that is dropped at once, because freeing its tree node by node goes as deep as the page nests.
#include "ingest/dates.h"
#include "ingest/encoding.h"
#include "ingest/extract/extract.h"
#include "ingest/text_check.h"

#include <gumbo.h>

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

namespace carma::ingest {

namespace {

class Arena {
public:
    static void* allocate(void* self, std::size_t size) { return static_cast<Arena*>(self)->take(size); }
    static void release(void* /*self*/, void* /*pointer*/) {}

private:
    static constexpr std::size_t kChunkBytes = 256U << 10U;

    void* take(std::size_t size)
    {
        size = (size + 15U) & ~std::size_t{15};
        if (size > kChunkBytes / 4) {
            m_chunks.push_back(std::make_unique<std::byte[]>(size));
            return m_chunks.back().get();
        }
        if (m_left < size) {
            m_chunks.push_back(std::make_unique<std::byte[]>(kChunkBytes));
            m_next = m_chunks.back().get();
            m_left = kChunkBytes;
        }
        std::byte* const place = m_next;
        m_next += size;
        m_left -= size;
        return place;
    }

    std::vector<std::unique_ptr<std::byte[]>> m_chunks;
    std::byte* m_next = nullptr;
    std::size_t m_left = 0;
};

bool isElement(const GumboNode& node) { return node.type == GUMBO_NODE_ELEMENT || node.type == GUMBO_NODE_TEMPLATE; }

std::string_view attribute(const GumboNode& node, const char* name)
{
    const GumboAttribute* const found = gumbo_get_attribute(&node.v.element.attributes, name);
    return found != nullptr ? std::string_view(found->value) : std::string_view();
}

/// What the page says its encoding is, in its first bytes.
std::string charsetIn(std::string_view page)
{
    const std::string head = lowerAscii(page.substr(0, 4096));
    const auto at = std::min(head.find("charset="), head.find("encoding="));
    if (at == std::string::npos) {
        return {};
    }
    const auto begin = head.find_first_not_of(" \"'", head.find('=', at) + 1);
    const auto end = std::min(head.find_first_of(" \"'/>;?", begin), head.size());
    return begin < end ? head.substr(begin, end - begin) : std::string();
}

/// Walks the tree and hands blocks to the sink.
class Page {
public:
    Page(Sink& sink, bool isWhole) : m_sink(sink), m_isWhole(isWhole) {}

    void walk(const GumboNode& root)
    {
        struct Frame {
            const GumboNode* node;
            unsigned next;
        };
        std::vector<Frame> stack; // not the call stack: pages nest as deep as they like
        stack.push_back({&root, 0});
        while (!stack.empty() && !m_sink.full()) {
            Frame& top = stack.back();
            const GumboVector& children = top.node->v.element.children;
            if (top.next >= children.length) {
                leave(*top.node);
                stack.pop_back();
                continue;
            }
            const auto* const child = static_cast<const GumboNode*>(children.data[top.next++]);
            if (child->type == GUMBO_NODE_TEXT || child->type == GUMBO_NODE_WHITESPACE || child->type == GUMBO_NODE_CDATA) {
                append(child->v.text.text);
            } else if (isElement(*child) && enter(*child)) {
                stack.push_back({child, 0});
            }
        }
        flush(false);
    }

private:
    static bool isBlock(GumboTag tag)
    {
        constexpr std::array kTags = {GUMBO_TAG_P, GUMBO_TAG_DIV, GUMBO_TAG_SECTION, GUMBO_TAG_ARTICLE, GUMBO_TAG_HEADER, GUMBO_TAG_FOOTER,
            GUMBO_TAG_MAIN, GUMBO_TAG_ASIDE, GUMBO_TAG_NAV, GUMBO_TAG_UL, GUMBO_TAG_OL, GUMBO_TAG_DL, GUMBO_TAG_DT, GUMBO_TAG_DD,
            GUMBO_TAG_TABLE, GUMBO_TAG_BLOCKQUOTE, GUMBO_TAG_FIGURE, GUMBO_TAG_FIGCAPTION, GUMBO_TAG_HR, GUMBO_TAG_PRE, GUMBO_TAG_FORM,
            GUMBO_TAG_ADDRESS, GUMBO_TAG_BODY, GUMBO_TAG_CAPTION};
        return std::find(kTags.begin(), kTags.end(), tag) != kTags.end();
    }
    static int headingLevel(GumboTag tag)
    {
        return tag >= GUMBO_TAG_H1 && tag <= GUMBO_TAG_H6 ? static_cast<int>(tag) - static_cast<int>(GUMBO_TAG_H1) + 1 : 0;
    }

    /// Whether to go into it.
    bool enter(const GumboNode& node)
    {
        switch (node.v.element.tag) {
        case GUMBO_TAG_SCRIPT:
        case GUMBO_TAG_STYLE:
        case GUMBO_TAG_TEMPLATE:
        case GUMBO_TAG_SVG:
        case GUMBO_TAG_IFRAME: return false;
        case GUMBO_TAG_META: meta(node); return false;
        case GUMBO_TAG_BR: m_text += '\n'; return false;
        case GUMBO_TAG_TITLE:
        case GUMBO_TAG_LI:
        case GUMBO_TAG_TR: flush(true); break;
        case GUMBO_TAG_TD:
        case GUMBO_TAG_TH: m_text += trimmed(m_text).empty() ? "" : " | "; break;
        case GUMBO_TAG_PRE: ++m_preformatted; [[fallthrough]];
        default:
            if (isBlock(node.v.element.tag) || headingLevel(node.v.element.tag) > 0) {
                flush(m_items > 0);
            }
        }
        if (node.v.element.tag == GUMBO_TAG_LI) {
            ++m_items;
            m_text = "- ";
        }
        if (node.v.element.tag == GUMBO_TAG_HTML && m_isWhole) {
            m_sink.metadata("language", attribute(node, "lang"));
        }
        return true;
    }

    void leave(const GumboNode& node)
    {
        const GumboTag tag = node.v.element.tag;
        if (tag == GUMBO_TAG_TITLE) {
            if (m_isWhole && m_sink.found.title.empty()) {
                m_sink.found.title = oneLine(cleaned(m_text), 300);
            }
            m_text.clear();
        } else if (const int level = headingLevel(tag); level > 0) {
            m_sink.heading(level, oneLine(m_text, 2000));
            m_text.clear();
        } else if (tag == GUMBO_TAG_LI || tag == GUMBO_TAG_TR) {
            flush(true);
            m_items -= tag == GUMBO_TAG_LI && m_items > 0 ? 1 : 0;
        } else if (isBlock(tag)) {
            flush(m_items > 0);
            m_preformatted -= tag == GUMBO_TAG_PRE && m_preformatted > 0 ? 1 : 0;
        }
    }

    void meta(const GumboNode& node)
    {
        if (!m_isWhole) {
            return;
        }
        std::string name = lowerAscii(attribute(node, "name"));
        name = name.empty() ? lowerAscii(attribute(node, "property")) : name;
        const std::string_view content = attribute(node, "content");
        if (name == "author" || name == "description" || name == "article:author") {
            m_sink.metadata(name == "description" ? name : "author", content);
        } else if (name == "keywords") {
            for (std::string_view left = content; !left.empty() && m_sink.found.tags.size() < 64;) {
                const auto comma = std::min(left.find(','), left.size());
                m_sink.found.tags.push_back(oneLine(cleaned(left.substr(0, comma)), 100));
                left.remove_prefix(std::min(comma + 1, left.size()));
            }
        } else if (name == "date" || name == "article:published_time" || name == "dc.date" || name == "dcterms.created") {
            m_sink.metadata("date", content);
            m_sink.found.timeUs = parseDate(trimmed(content)).value_or(m_sink.found.timeUs);
        }
    }

    /// Runs of blanks are one space, as on the screen, but in preformatted text.
    void append(std::string_view text)
    {
        if (m_preformatted > 0) {
            m_text += text;
            return;
        }
        for (const char c : text) {
            if (!isBlank(c)) {
                m_text += c;
            } else if (!m_text.empty() && !isBlank(m_text.back())) {
                m_text += ' ';
            }
        }
    }

    void flush(bool tight)
    {
        if (trimmed(m_text) != "-") {
            m_sink.text(m_text, tight);
        }
        m_text.clear();
    }

    Sink& m_sink;
    const bool m_isWhole;
    std::string m_text;
    int m_preformatted = 0;
    int m_items = 0;
};

} // namespace

Result<void> extractHtml(Sink& sink, ByteView bytes, const HtmlOptions& options)
{
    const std::string inside = options.charset.empty() ? charsetIn(asText(bytes)) : std::string(options.charset);
    CARMA_TRY_ASSIGN(const DecodedText decoded, decodeText(bytes, inside));
    Arena arena;
    GumboOptions settings = kGumboDefaultOptions;
    settings.allocator = &Arena::allocate;
    settings.deallocator = &Arena::release;
    settings.userdata = &arena;
    settings.max_errors = 0;
    const GumboOutput* const output = gumbo_parse_with_options(&settings, decoded.text.data(), decoded.text.size());
    if (output == nullptr || output->root == nullptr) {
        return {ErrorCode::InvalidArgument, "is no HTML that can be read"};
    }
    if (options.isWhole) {
        sink.found.mediaType = "text/html";
        if (decoded.encoding != "UTF-8") {
            sink.metadata("encoding", decoded.encoding);
        }
    }
    Page(sink, options.isWhole).walk(*output->root);
    return sink.check();
}

} // namespace carma::ingest
