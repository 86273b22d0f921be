// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/support.h"
#include "formats/sample_files.h"
#include "ingest/extract/extract.h"
#include "ingest/extract/mime.h"
#include "ingest/extract/zip_package.h"
#include "support/test_main.h"

#include <QTest>

using namespace carma;
using namespace carma::ingest;
using namespace carma::ingest::test;
using namespace carma::test;

/// The parsers of carma-parse, called directly.
class TestExtract : public QObject {
    Q_OBJECT

private:
    /// As the two programs do it: parsed, sent, checked, made into a tree.
    static Result<Draft> draft(std::string_view name, const std::string& file)
    {
        CARMA_TRY_ASSIGN(const Extracted found, extractFile({name, asBytes(file)}));
        CARMA_TRY_ASSIGN(Extracted received, decodeExtracted(encodeExtracted(found)));
        return draftOf(std::move(received), "fallback");
    }
    static std::string refusal(std::string_view name, const std::string& file)
    {
        const auto made = draft(name, file);
        return made.has_value() ? "read: " + made->text : made.error().message;
    }
    static std::vector<std::string> titles(const Draft& draft, Level level)
    {
        std::vector<std::string> found;
        for (const Node& node : nodesOf(draft, level)) {
            found.push_back(node.title);
        }
        return found;
    }
    static std::string value(const Draft& draft, std::string_view key)
    {
        for (const auto& [name, text] : draft.metadata) {
            if (name == key) {
                return text;
            }
        }
        return {};
    }
    using List = std::vector<std::string>;

private slots:
    void htmlGivesTextHeadingsAndWhatItSaysAboutItself()
    {
        const auto page = draft("a.html",
            "<!doctype html><html lang=de><head><meta charset=utf-8><title>\u00DCber uns</title><meta name=author content=Mara>"
            "<meta name=date content=2024-05-14><meta name=keywords content='garden, "
            "river'></head><body><script>bad()</script><h1>Garten</h1>"
            "<p>Rosen   bl&uuml;hen<br>im Mai.<ul><li>eins<li>zwei</ul><h2>Beete</h2><table><tr><td>a<td>b</table><pre>x  y</pre>");
        VERIFY_OK(page);
        QCOMPARE(treeFault(*page), std::string());
        QCOMPARE(page->text, std::string("Garten\n\nRosen bl\u00FChen\nim Mai.\n\n- eins\n- zwei\nBeete\n\na | b\nx  y\n\n"));
        QCOMPARE(page->title, std::string("\u00DCber uns"));
        QCOMPARE(titles(*page, Level::Section), (List{"Garten", "Garten > Beete"}));
        QCOMPARE(value(*page, "author"), std::string("Mara"));
        QCOMPARE(page->tags, (List{"garden", "river"}));
        QCOMPARE(page->nodes[0].timeUs, std::int64_t{1'715'644'800'000'000});
    }

    void htmlIsReadInItsOwnEncoding()
    {
        const auto page = draft("a.htm", "<html><head><meta charset=\"windows-1251\"></head><body>\xCF\xF0\xE8\xE2\xE5\xF2</body></html>");
        VERIFY_OK(page);
        QCOMPARE(page->text, std::string("\u041F\u0440\u0438\u0432\u0435\u0442\n\n"));
        QCOMPARE(value(*page, "encoding"), std::string("windows-1251"));
    }

    void htmlNestsWithoutHarm()
    {
        VERIFY_OK(draft("a.html", repeated("<b>", 3000) + "deep"));
        VERIFY_OK(draft("a.html", repeated("<div>", 3000) + "deep"));
    }

    void pdfHasPagesSectionsAndItsAuthor()
    {
        const auto book = draft("a.pdf",
            pdfOf({"Introduction\n\nThe beds are dug in March and the har-\nvest comes late.", "Soil\n\nChalk lies under it."},
                {.title = "Plot 14", .outline = {"Introduction", "Soil"}, .encrypt = {}}));
        VERIFY_OK(book);
        QCOMPARE(treeFault(*book), std::string());
        QCOMPARE(book->title, std::string("Plot 14"));
        QCOMPARE(titles(*book, Level::Section), (List{"page 1", "page 2"}));
        QCOMPARE(titles(*book, Level::Passage), (List{"Introduction", "Soil"}));
        QVERIFY(book->text.find("the harvest comes late") != std::string::npos);
        QCOMPARE(value(*book, "author"), std::string("Mara Holm"));
        QCOMPARE(value(*book, "pages"), std::string("2"));
        const auto numbered = draft("a.pdf", pdfOf({"3.2 Beds\n\nDug in March."}));
        QCOMPARE(titles(*numbered, Level::Passage), List{"3.2 Beds"});
        QCOMPARE(numbered->title, std::string("fallback"));
    }

    void badPdfsAreNamed()
    {
        QCOMPARE(refusal("a.pdf", pdfOf({"x"}).substr(0, 150)), std::string("is a damaged PDF document"));
        QCOMPARE(refusal("a.pdf", lockedPdf()), std::string("is a PDF document that is protected by a password"));
        QVERIFY(refusal("a.pdf", pdfOf({""})).starts_with("is a PDF document without text"));
        QVERIFY(!refusal("a.pdf", loopingPdf()).starts_with("read"));
    }

    void docxHasHeadingsListsAndTables()
    {
        const auto word = draft("a.docx",
            docxOf("<w:p><w:pPr><w:pStyle w:val=\"berschrift1\"/></w:pPr><w:r><w:t>Kapitel</w:t></w:r></w:p><w:p><w:r><w:t>Der "
                   "</w:t></w:r><w:del><w:r><w:t>alte</w:t></w:r></w:del><w:r><w:t>Text</w:t><w:tab/><w:t>hier.</w:t></w:r></w:p>"
                   "<w:p><w:pPr><w:numPr/></w:pPr><w:r><w:t>eins</w:t></w:r></w:p>"
                   "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>b</w:t></w:r></w:p></w:tc></w:tr></"
                   "w:tbl>"));
        VERIFY_OK(word);
        QCOMPARE(treeFault(*word), std::string());
        QCOMPARE(word->text, std::string("Kapitel\n\nDer Text\thier.\n\n- eins\na | b\n"));
        QCOMPARE(word->title, std::string("Plot 14"));
        QCOMPARE(titles(*word, Level::Section), List{"Kapitel"});
        QCOMPARE(value(*word, "date"), std::string("2024-05-14"));
    }

    void odtAndEpubAreRead()
    {
        const auto letter = draft("a.odt",
            odtOf("<text:h text:outline-level=\"2\">Garden</text:h><text:p>One<text:s text:c=\"2\"/>two<text:line-break/>three</text:p>"
                  "<text:list><text:list-item><text:p>item</text:p></text:list-item></text:list>"));
        VERIFY_OK(letter);
        QCOMPARE(letter->text, std::string("Garden\n\nOne  two\nthree\n\n- item\n"));
        QCOMPARE(value(*letter, "author"), std::string("In\u00E8s"));
        const auto book = draft("a.epub", epubOf({"<h1>Source</h1><p>It springs.</p>", "<p>No heading.</p>"}));
        VERIFY_OK(book);
        QCOMPARE(book->title, std::string("The River"));
        QCOMPARE(titles(*book, Level::Section), (List{"Source", ""}));
        QCOMPARE(book->text, std::string("Source\n\nIt springs.\n\nNo heading.\n\n"));
    }

    void badPackagesAreNamed()
    {
        const std::string good = docxOf("<w:p><w:r><w:t>x</w:t></w:r></w:p>");
        QCOMPARE(refusal("a.docx", good.substr(0, good.size() / 3)), std::string("is a damaged or cut-off ZIP package"));
        QVERIFY(refusal("a.docx", zipOf({{"content.txt", "x"}})).starts_with("is a ZIP package without a document"));
        QCOMPARE(refusal("a.odt", odtOf("<text:p>x</text:p>", "<manifest:encryption-data/>")), std::string("is protected by a password"));
        QVERIFY(refusal("a.odt", zipOf({{"content.xml", "<a><b>"}})).starts_with("has malformed XML"));
        std::string locked = zipOf({{"content.xml", "<a/>"}}, true);
        for (const std::string_view mark : {std::string_view("PK\x03\x04"), std::string_view("PK\x01\x02")}) {
            locked[locked.find(mark) + (mark[2] == '\x03' ? 6 : 8)] |= 1; // general purpose bit 0: encrypted
        }
        QCOMPARE(refusal("a.odt", locked), std::string("is protected by a password"));
    }

    void bombsAreNotUnpacked()
    {
        const std::string zeros(ZipPackage::kMemberBytesMax + 1, ' ');
        QVERIFY(refusal("a.odt", zipOf({{"content.xml", zeros}})).starts_with("unpacks to more than"));
        ZipMembers many;
        for (std::size_t i = 0; i <= ZipPackage::kMembersMax; ++i) {
            many.emplace_back("m" + std::to_string(i), "");
        }
        QVERIFY(refusal("a.docx", zipOf(many, true)).starts_with("has more than"));
        const auto deep = draft(
            "a.odt", odtOf(repeated("<text:span>", 200'000) + repeated("</text:span>", 200'000) + "<text:p>x</text:p>"));
        VERIFY_OK(deep);
    }

    void mailHasItsHeadBodyAndAttachments()
    {
        const std::string mail =
            "From: =?utf-8?q?M=C3=A4rz?= <m@example.org>\r\nSubject: =?ISO-8859-1?Q?Gr=FC=DFe?=\r\n =?utf-8?B?IQ==?=\r\n"
            "Date: Tue, 14 May 2024 19:30:00 +0200\r\nContent-Type: multipart/mixed; boundary=\"B\"\r\n\r\n--B\r\n"
            "Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
            "Es gr=FC=DFt=\r\n der B=E4r.\r\n--B\r\nContent-Type: text/plain\r\n"
            "Content-Disposition: attachment; filename=\"code.txt\"\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            "VGhlIGNvZGUu\r\n--B\r\nContent-Type: image/png; name=a.png\r\n\r\nxxx\r\n--B--\r\n";
        const auto read = draft("a.eml", mail);
        VERIFY_OK(read);
        QCOMPARE(treeFault(*read), std::string());
        QCOMPARE(read->title, std::string("Gr\u00FC\u00DFe!"));
        QVERIFY(read->text.find("Es gr\u00FC\u00DFt der B\u00E4r.") != std::string::npos);
        QCOMPARE(titles(*read, Level::Section), (List{"Gr\u00FC\u00DFe!", "Gr\u00FC\u00DFe!, attachment code.txt"}));
        QCOMPARE(nodesOf(*read, Level::Section)[0].timeUs, std::int64_t{1'715'707'800'000'000});
        QVERIFY(read->text.find("The code.") != std::string::npos);
        QVERIFY(read->text.find("Attachment: a.png") != std::string::npos);
    }

    void mailboxHasASectionAMessage()
    {
        const auto box = draft("a.mbox",
            "From a@b Tue May 14\nFrom: a@b\nSubject: One\n\nFirst.\n>From here on.\n\nFrom c@d Tue May 14\nFrom: c@d\nSubject: Two\n"
            "Content-Type: multipart/alternative; boundary=x\n\n--x\nContent-Type: text/plain\n\nSecond.\n--x\nContent-Type: text/html\n\n"
            "<p>Second.\n--x--\n");
        VERIFY_OK(box);
        QCOMPARE(titles(*box, Level::Section), (List{"One", "Two"}));
        QVERIFY(box->text.find("First.\nFrom here on.") != std::string::npos);
        QCOMPARE(box->text.find("Second."), box->text.rfind("Second."));
        QCOMPARE(value(*box, "messages"), std::string("2"));
    }

    void mailNestsWithinBounds()
    {
        std::string mail = "Subject: x\n";
        for (int i = 0; i < 100; ++i) {
            const std::string boundary = "b" + std::to_string(1000 + i);
            mail += "Content-Type: multipart/mixed; boundary=" + boundary + "\n\n--" + boundary + "\n";
        }
        QVERIFY(refusal("a.eml", mail + "\ntext").starts_with("nests more than"));
        std::string inner = "Subject: inner\n\ntext\n";
        for (int i = 0; i < 10; ++i) {
            inner = "Subject: outer\nContent-Type: message/rfc822\n\n" + inner;
        }
        QVERIFY(refusal("a.eml", inner).find("nests more than 4 documents") != std::string::npos);
    }

    void encodedTextIsDecoded()
    {
        QCOMPARE(decodedBase64("QQ=="), std::string("A"));
        QCOMPARE(decodedBase64("QU\nI="), std::string("AB"));
        QCOMPARE(decodedQuotedPrintable("a=3D=\n=C3=A9=x="), std::string("a=\u00E9=x"));
        QCOMPARE(decodedHeader("=?utf-8?q?a_b?= =?utf-8?q?c?= d"), std::string("a bc d"));
        QCOMPARE(decodedHeader("=?broken"), std::string("=?broken"));
        QCOMPARE(parameterOf("text/plain; name*=utf-8''%C3%A9.txt", "name"), std::string("\u00E9.txt"));
        QVERIFY(!parseMailDate("tomorrow"));
        QVERIFY(!parseMailDate("99 May 2024 10:00:00"));
        QVERIFY(!parseMailDate("Tue, 9999999999999999999999 May 2024 99:99:99"));
    }

    void answersOfAParserAreChecked()
    {
        Extracted found;
        found.blocks.push_back({.kind = BlockKind::Text, .level = 0, .timeUs = 0, .text = "text", .label = {}});
        const Bytes good = encodeExtracted(found);
        VERIFY_OK(decodeExtracted(good));
        for (std::size_t i = 0; i < good.size(); ++i) {
            COMPARE_ERROR(decodeExtracted(ByteView(good).first(i)), ErrorCode::InvalidArgument);
        }
        found.blocks[0].text = "\xFF";
        COMPARE_ERROR(decodeExtracted(encodeExtracted(found)), ErrorCode::InvalidArgument);
        found.blocks[0] = {.kind = static_cast<BlockKind>(9), .level = 0, .timeUs = 0, .text = "x", .label = {}};
        COMPARE_ERROR(decodeExtracted(encodeExtracted(found)), ErrorCode::InvalidArgument);
    }

    void survivesGarbage()
    {
        const std::vector<std::pair<std::string, std::string>> seeds{{"a.html", "<html><p>x<table><b>y</p></table>"},
            {"a.eml", "Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--\n"}, {"a.pdf", pdfOf({"text"})},
            {"a.docx", docxOf("<w:p><w:r><w:t>x</w:t></w:r></w:p>")}, {"a.epub", epubOf({"<p>x"})}};
        for (std::uint64_t seed = 0; seed < 150; ++seed) {
            std::mt19937_64 random(seed);
            auto [name, file] = seeds[seed % seeds.size()];
            for (std::size_t i = random() % 8 + 1; i > 0; --i) {
                file[random() % file.size()] = static_cast<char>(random());
            }
            const auto made = draft(name, file);
            QVERIFY2(!made.has_value() || treeFault(*made).empty(), (name + ", seed " + std::to_string(seed)).c_str());
        }
    }
};

CARMA_TEST_CLASS(TestExtract, "test_extract")

#include "test_extract.moc"
