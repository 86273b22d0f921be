// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
// DOCX (ECMA-376), ODT (OpenDocument 1.3) and EPUB 3 are ZIP packages of XML. Of the XML only what is text and structure
// is looked at. External entities are not known to the XML parser, so none is ever expanded.
#include "ingest/dates.h"
#include "ingest/extract/extract.h"
#include "ingest/extract/zip_package.h"
#include "ingest/text_check.h"

#include <pugixml.hpp>

#include <algorithm>
#include <map>
#include <utility>

namespace carma::ingest {

namespace {

using Styles = std::map<std::string, int, std::less<>>;

Result<pugi::xml_document> parseXml(const ZipPackage& package, std::string_view name)
{
    const std::string* const content = package.member(name);
    if (content == nullptr) {
        return {ErrorCode::InvalidArgument, "lacks its part " + std::string(name.substr(0, 100))};
    }
    pugi::xml_document document;
    const auto result = document.load_buffer(content->data(), content->size(), pugi::parse_default | pugi::parse_ws_pcdata);
    if (!result) {
        return {ErrorCode::InvalidArgument, "has malformed XML in its part " + std::string(name.substr(0, 100))};
    }
    return document;
}

/// Visits all below `root` in document order without recursion: XML nests as deep as it likes.
template <typename Enter, typename Leave> void walk(const pugi::xml_node& root, Enter enter, Leave leave)
{
    pugi::xml_node node = root.first_child();
    while (node) {
        if (enter(node) && node.first_child()) {
            node = node.first_child();
            continue;
        }
        leave(node);
        while (node && !node.next_sibling()) {
            node = node.parent();
            if (node == root) {
                return;
            }
            leave(node);
        }
        node = node.next_sibling();
    }
}

/// The first element of that name anywhere below.
std::string textOfFirst(const pugi::xml_node& root, std::string_view name)
{
    std::string text;
    walk(
        root,
        [&](const pugi::xml_node& node) {
            if (text.empty() && name == node.name()) {
                text = trimmed(node.text().get());
            }
            return text.empty();
        },
        [](const pugi::xml_node&) {});
    return text;
}

/// Dublin Core, as all three have it.
void readCore(Sink& sink, const pugi::xml_node& root)
{
    sink.found.title = oneLine(cleaned(textOfFirst(root, "dc:title")), 300);
    std::string author = textOfFirst(root, "dc:creator");
    author = author.empty() ? textOfFirst(root, "meta:initial-creator") : author;
    sink.metadata("author", author);
    sink.metadata("language", textOfFirst(root, "dc:language"));
    sink.metadata("description", textOfFirst(root, "dc:description"));
    for (const std::string_view name : {"dcterms:created", "meta:creation-date", "dc:date"}) {
        const auto time = parseDate(textOfFirst(root, name));
        if (time && sink.found.timeUs == 0) {
            sink.found.timeUs = *time;
            sink.metadata("date", dayOf(*time));
        }
    }
}

/// Which styles of a DOCX are headings: by outline level, or by the name that every language keeps ("heading 1").
Styles headingStyles(const ZipPackage& package)
{
    Styles styles;
    const auto document = parseXml(package, "word/styles.xml");
    if (!document.has_value()) {
        return styles;
    }
    for (const pugi::xml_node& style : document->document_element().children("w:style")) {
        const std::string name = lowerAscii(style.child("w:name").attribute("w:val").value());
        const pugi::xml_attribute outline = style.child("w:pPr").child("w:outlineLvl").attribute("w:val");
        int level = outline ? outline.as_int(9) + 1 : 0;
        if (name.starts_with("heading ") && name.size() > 8 && name[8] >= '1' && name[8] <= '9') {
            level = name[8] - '0';
        } else if (name == "title") {
            level = 1;
        }
        if (level >= 1 && level <= 9) {
            styles.emplace(style.attribute("w:styleId").value(), level);
        }
    }
    return styles;
}

class WordBody {
public:
    WordBody(Sink& sink, const Styles& styles) : m_sink(sink), m_styles(styles) {}

    void read(const pugi::xml_node& root)
    {
        walk(
            root, [this](const pugi::xml_node& node) { return enter(node); }, [this](const pugi::xml_node& node) { leave(node); });
    }

private:
    bool enter(const pugi::xml_node& node)
    {
        const std::string_view name = node.name();
        if (name == "w:t") {
            m_text += node.text().get();
        } else if (name == "w:tab") {
            m_text += '\t';
        } else if (name == "w:br" || name == "w:cr") {
            m_text += '\n';
        } else if (name == "w:pStyle") {
            const auto style = m_styles.find(std::string_view(node.attribute("w:val").value()));
            m_level = style != m_styles.end() ? style->second : 0;
        } else if (name == "w:numPr") {
            m_isItem = true;
        } else if (name == "w:tr") {
            m_cells += 1;
            m_row.clear();
        }
        return !m_sink.full() && name != "w:del" && name != "w:instrText" && name != "mc:Fallback";
    }

    void leave(const pugi::xml_node& node)
    {
        const std::string_view name = node.name();
        if (name == "w:tr" && m_cells > 0) {
            m_cells -= 1;
            m_sink.text(m_row, true);
            m_row.clear();
        }
        if (name != "w:p") {
            return;
        }
        if (m_cells > 0) {
            m_row += m_row.empty() || trimmed(m_text).empty() ? "" : " | ";
            m_row += trimmed(m_text);
        } else if (m_level > 0) {
            m_sink.heading(m_level, m_text);
        } else {
            m_sink.text(m_isItem ? "- " + m_text : m_text, m_isItem);
        }
        m_text.clear();
        m_level = 0;
        m_isItem = false;
    }

    Sink& m_sink;
    const Styles& m_styles;
    std::string m_text;
    std::string m_row;
    int m_level = 0;
    int m_cells = 0; ///< rows of tables in tables that are open
    bool m_isItem = false;
};

Result<void> extractDocx(Sink& sink, const ZipPackage& package, bool isWhole)
{
    CARMA_TRY_ASSIGN(const pugi::xml_document document, parseXml(package, "word/document.xml"));
    if (isWhole) {
        sink.found.mediaType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
        if (const auto core = parseXml(package, "docProps/core.xml"); core.has_value()) {
            readCore(sink, *core);
        }
    }
    const Styles styles = headingStyles(package);
    WordBody(sink, styles).read(document);
    for (const std::string_view notes : {"word/footnotes.xml", "word/endnotes.xml"}) {
        if (const auto part = package.member(notes) != nullptr ? parseXml(package, notes) : Result<pugi::xml_document>(Error{}); part) {
            sink.heading(1, notes == "word/footnotes.xml" ? "Footnotes" : "Endnotes");
            WordBody(sink, styles).read(*part);
        }
    }
    return sink.check();
}

class OpenText {
public:
    explicit OpenText(Sink& sink) : m_sink(sink) {}

    void read(const pugi::xml_node& root)
    {
        walk(
            root, [this](const pugi::xml_node& node) { return enter(node); }, [this](const pugi::xml_node& node) { leave(node); });
    }

private:
    bool enter(const pugi::xml_node& node)
    {
        const std::string_view name = node.name();
        if (node.type() == pugi::node_pcdata || node.type() == pugi::node_cdata) {
            if (m_paragraphs > 0) {
                m_text += node.value();
            }
        } else if (name == "text:p" || name == "text:h") {
            ++m_paragraphs;
            m_level = name == "text:h" ? node.attribute("text:outline-level").as_int(1) : m_level;
        } else if (name == "text:s") {
            m_text.append(std::min(node.attribute("text:c").as_uint(1), 80U), ' ');
        } else if (name == "text:tab") {
            m_text += '\t';
        } else if (name == "text:line-break") {
            m_text += '\n';
        } else if (name == "text:list-item") {
            ++m_items;
        } else if (name == "table:table-row") {
            ++m_rows;
            m_row.clear();
        }
        return !m_sink.full() && name != "text:tracked-changes" && name != "office:annotation";
    }

    void leave(const pugi::xml_node& node)
    {
        const std::string_view name = node.name();
        if (name == "text:list-item") {
            --m_items;
        } else if (name == "table:table-row") {
            --m_rows;
            m_sink.text(m_row, true);
            m_row.clear();
        }
        if ((name != "text:p" && name != "text:h") || --m_paragraphs > 0) {
            return; // a paragraph in a note in a paragraph belongs to the outer one
        }
        if (m_rows > 0) {
            m_row += m_row.empty() || trimmed(m_text).empty() ? "" : " | ";
            m_row += trimmed(m_text);
        } else if (m_level > 0) {
            m_sink.heading(m_level, m_text);
        } else {
            m_sink.text(m_items > 0 ? "- " + m_text : m_text, m_items > 0);
        }
        m_text.clear();
        m_level = 0;
    }

    Sink& m_sink;
    std::string m_text;
    std::string m_row;
    int m_paragraphs = 0;
    int m_level = 0;
    int m_items = 0;
    int m_rows = 0;
};

Result<void> extractOdt(Sink& sink, const ZipPackage& package, bool isWhole)
{
    const std::string* const manifest = package.member("META-INF/manifest.xml");
    if (manifest != nullptr && manifest->find("encryption-data") != std::string::npos) {
        return {ErrorCode::Unsupported, "is protected by a password"};
    }
    CARMA_TRY_ASSIGN(const pugi::xml_document document, parseXml(package, "content.xml"));
    if (isWhole) {
        sink.found.mediaType = "application/vnd.oasis.opendocument.text";
        if (const auto meta = parseXml(package, "meta.xml"); meta.has_value()) {
            readCore(sink, *meta);
        }
    }
    OpenText(sink).read(document);
    return sink.check();
}

/// "a%20b#c" -> "a b".
std::string linkTarget(std::string_view link)
{
    link = link.substr(0, link.find('#'));
    std::string path;
    for (std::size_t i = 0; i < link.size(); ++i) {
        constexpr std::string_view kDigits = "0123456789abcdef";
        const std::string code = lowerAscii(link.substr(i, 3));
        const auto high = code.size() == 3 && code[0] == '%' ? kDigits.find(code[1]) : std::string_view::npos;
        const auto low = code.size() == 3 ? kDigits.find(code[2]) : std::string_view::npos;
        const bool escaped = high != std::string_view::npos && low != std::string_view::npos;
        path += escaped ? static_cast<char>(high * 16 + low) : link[i];
        i += escaped ? 2 : 0;
    }
    return path;
}

Result<void> extractEpub(Sink& sink, const ZipPackage& package, bool isWhole)
{
    if (package.member("META-INF/rights.xml") != nullptr) {
        return {ErrorCode::Unsupported, "is protected against being read by other programs"};
    }
    CARMA_TRY_ASSIGN(const pugi::xml_document container, parseXml(package, "META-INF/container.xml"));
    const std::string root = container.document_element().child("rootfiles").child("rootfile").attribute("full-path").value();
    CARMA_TRY_ASSIGN(const pugi::xml_document book, parseXml(package, root));
    if (isWhole) {
        sink.found.mediaType = "application/epub+zip";
        readCore(sink, book);
    }
    const std::string folder = root.find('/') == std::string::npos ? std::string() : root.substr(0, root.rfind('/') + 1);
    std::map<std::string, std::string> items;
    for (const pugi::xml_node& item : book.document_element().child("manifest").children("item")) {
        items.emplace(item.attribute("id").value(), item.attribute("href").value());
    }
    for (const pugi::xml_node& itemref : book.document_element().child("spine").children("itemref")) {
        const auto item = items.find(itemref.attribute("idref").value());
        const std::string* const chapter = item != items.end() ? package.member(folder + linkTarget(item->second)) : nullptr;
        if (chapter != nullptr && !sink.full()) {
            sink.part("", "", 0);
            CARMA_TRY(extractHtml(sink, asBytes(*chapter), {.charset = {}, .isWhole = false}));
        }
    }
    return sink.check();
}

} // namespace

Result<void> extractOffice(Sink& sink, const ParserInput& input, bool isWhole)
{
    using namespace std::string_view_literals;
    const std::string_view content = asText(input.bytes);
    if (content.starts_with("\xD0\xCF\x11\xE0"sv)) {
        return {ErrorCode::Unsupported, "is an old Office document, or a newer one that is protected by a password"};
    }
    if (!content.starts_with("PK"sv)) {
        return {ErrorCode::InvalidArgument, "has the name of a ZIP package and is none"};
    }
    CARMA_TRY_ASSIGN(const ZipPackage package, ZipPackage::open(input.bytes));
    // What is in it counts for more than its name.
    if (package.member("word/document.xml") != nullptr) {
        return extractDocx(sink, package, isWhole);
    }
    if (package.member("META-INF/container.xml") != nullptr) {
        return extractEpub(sink, package, isWhole);
    }
    if (package.member("content.xml") != nullptr) {
        return extractOdt(sink, package, isWhole);
    }
    return {ErrorCode::InvalidArgument, "is a ZIP package without a document in it"};
}

} // namespace carma::ingest
