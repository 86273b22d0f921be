// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <archive.h>
#include <archive_entry.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

/// The smallest files of each format, good and bad, made here so that nothing binary is kept.
namespace carma::test {

struct PdfOptions {
    std::string title;
    std::vector<std::string> outline; ///< titles, all at the top level
    std::string encrypt;              ///< put into the trailer as it is
};

/// The objects numbered from 1, with a table of where they are; object 1 is the catalog.
inline std::string pdfOfObjects(const std::vector<std::string>& objects, const std::string& trailer = {})
{
    std::string file = "%PDF-1.4\n";
    std::string table;
    for (std::size_t i = 0; i < objects.size(); ++i) {
        std::string offset = std::to_string(file.size());
        table += std::string(10 - offset.size(), '0') + offset + " 00000 n \n";
        file += std::to_string(i + 1) + " 0 obj\n" + objects[i] + "\nendobj\n";
    }
    const std::string start = std::to_string(file.size());
    const std::string count = std::to_string(objects.size() + 1);
    return file + "xref\n0 " + count + "\n0000000000 65535 f \n" + table + "trailer\n<< /Size " + count + " /Root 1 0 R " + trailer +
        " >>\nstartxref\n" + start + "\n%%EOF\n";
}

/// A page a text; lines end with '\n', an empty line leaves a gap.
inline std::string pdfOf(const std::vector<std::string>& pages, const PdfOptions& options = {})
{
    const std::size_t first = 6; // catalog, pages, font, info, outline root
    std::vector<std::string> objects(first - 1);
    std::string kids;
    for (std::size_t i = 0; i < pages.size(); ++i) {
        kids += std::to_string(first + 2 * i) + " 0 R ";
        std::string content = "BT /F1 12 Tf 72 720 Td 14 TL ";
        std::string line;
        for (const char c : pages[i] + "\n") {
            if (c == '\n') {
                content += line.empty() ? "0 -40 Td " : "(" + line + ") Tj T* ";
                line.clear();
            } else {
                line += c == '(' || c == ')' ? ' ' : c;
            }
        }
        content += "ET";
        objects.push_back("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents " + std::to_string(first + 2 * i + 1) +
            " 0 R /Resources << /Font << /F1 3 0 R >> >> >>");
        objects.push_back("<< /Length " + std::to_string(content.size()) + " >>\nstream\n" + content + "\nendstream");
    }
    const std::size_t items = objects.size() + 1;
    for (std::size_t i = 0; i < options.outline.size(); ++i) {
        const std::string next = i + 1 < options.outline.size() ? " /Next " + std::to_string(items + i + 1) + " 0 R" : "";
        objects.push_back("<< /Title (" + options.outline[i] + ") /Parent 5 0 R" + next + " >>");
    }
    const bool outlined = !options.outline.empty();
    objects[0] = std::string("<< /Type /Catalog /Pages 2 0 R") + (outlined ? " /Outlines 5 0 R" : "") + " >>";
    objects[1] = "<< /Type /Pages /Kids [" + kids + "] /Count " + std::to_string(pages.size()) + " >>";
    objects[2] = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>";
    objects[3] = "<< /Title (" + options.title + ") /Author (Mara Holm) /CreationDate (D:20240514193000Z) >>";
    const std::string last = std::to_string(items + options.outline.size() - 1);
    objects[4] = outlined ? "<< /Type /Outlines /First " + std::to_string(items) + " 0 R /Last " + last + " 0 R >>" : "<< >>";
    return pdfOfObjects(objects, "/Info 4 0 R " + options.encrypt);
}

inline std::string lockedPdf()
{
    const std::string zeros(64, '0');
    return pdfOf({"nobody reads this"},
        {.title = {},
            .outline = {},
            .encrypt = "/ID [<00> <00>] /Encrypt << /Filter /Standard /V 1 /R 2 /O <" + zeros + "> /U <" + zeros + "> /P -4 >>"});
}

/// A form that draws itself, a page tree that contains itself, and a table whose predecessor is itself.
inline std::string loopingPdf()
{
    const std::string form = "<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /F 5 0 R >> >> /Length 11 >>\n"
                             "stream\n/F Do /F Do\nendstream";
    return pdfOfObjects({"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [2 0 R 3 0 R 2 0 R] /Count 2000000000 >>",
                            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R /Resources << /XObject << /F 5 0 R >> >> >>",
                            "<< /Length 4 >>\nstream\n/F Do\nendstream", form},
        "/Prev 9");
}

using ZipMembers = std::vector<std::pair<std::string, std::string>>;

/// A ZIP file; packed unless `stored`.
inline std::string zipOf(const ZipMembers& members, bool stored = false)
{
    std::size_t room = 1U << 16U;
    for (const auto& [name, content] : members) {
        room += content.size() + content.size() / 100 + 1000;
    }
    std::string file(room, '\0');
    std::size_t used = 0;
    archive* const writer = archive_write_new();
    archive_write_set_format_zip(writer);
    archive_write_set_bytes_in_last_block(writer, 1);
    archive_write_set_options(writer, stored ? "zip:compression=store" : "zip:compression=deflate");
    archive_write_open_memory(writer, file.data(), file.size(), &used);
    for (const auto& [name, content] : members) {
        archive_entry* const entry = archive_entry_new();
        archive_entry_set_pathname(entry, name.c_str());
        archive_entry_set_size(entry, static_cast<la_int64_t>(content.size()));
        archive_entry_set_filetype(entry, AE_IFREG);
        archive_entry_set_perm(entry, 0644);
        archive_write_header(writer, entry);
        archive_write_data(writer, content.data(), content.size());
        archive_entry_free(entry);
    }
    archive_write_close(writer);
    archive_write_free(writer);
    file.resize(used);
    return file;
}

inline std::string docxOf(const std::string& body)
{
    return zipOf({{"[Content_Types].xml", "<Types/>"},
        {"word/document.xml", "<?xml version=\"1.0\"?><w:document xmlns:w=\"w\"><w:body>" + body + "</w:body></w:document>"},
        {"word/styles.xml",
            "<w:styles xmlns:w=\"w\"><w:style w:styleId=\"berschrift1\"><w:name w:val=\"heading 1\"/></w:style></w:styles>"},
        {"docProps/core.xml",
            "<cp xmlns:dc=\"d\" xmlns:dcterms=\"t\"><dc:title>Plot 14</dc:title><dc:creator>Mara Holm</dc:creator>"
            "<dcterms:created>2024-05-14T19:30:00Z</dcterms:created></cp>"}});
}

inline std::string odtOf(const std::string& body, const std::string& manifest = "<m/>")
{
    return zipOf({{"mimetype", "application/vnd.oasis.opendocument.text"}, {"META-INF/manifest.xml", manifest},
        {"content.xml", "<office:document-content><office:body>" + body + "</office:body></office:document-content>"},
        {"meta.xml", "<office:meta><dc:title>Letter</dc:title><dc:creator>In\u00E8s</dc:creator></office:meta>"}});
}

inline std::string epubOf(const std::vector<std::string>& chapters)
{
    ZipMembers members{{"mimetype", "application/epub+zip"},
        {"META-INF/container.xml", "<container><rootfiles><rootfile full-path=\"OEBPS/book.opf\"/></rootfiles></container>"}};
    std::string manifest;
    std::string spine;
    for (std::size_t i = 0; i < chapters.size(); ++i) {
        const std::string number = std::to_string(i);
        manifest += "<item id=\"c" + number + "\" href=\"text/c%20" + number + ".xhtml#top\"/>";
        spine += "<itemref idref=\"c" + number + "\"/>";
        members.emplace_back("OEBPS/text/c " + number + ".xhtml", "<html><body>" + chapters[i] + "</body></html>");
    }
    members.emplace_back("OEBPS/book.opf",
        "<package><metadata><dc:title>The River</dc:title><dc:creator>Edmund</dc:creator></metadata><manifest>" + manifest +
            "</manifest><spine>" + spine + "</spine></package>");
    return zipOf(members);
}

} // namespace carma::test
