// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/carma_process.h"
#include "formats/sample_files.h"
#include "support/test_main.h"

#include <QDir>
#include <QTest>

#include <csignal>

using carma::test::docxOf;
using carma::test::epubOf;
using carma::test::lockedPdf;
using carma::test::loopingPdf;
using carma::test::odtOf;
using carma::test::Outcome;
using carma::test::pdfOf;
using carma::test::Workplace;
using carma::test::zipOf;

/// Folders of every format, good and bad, through the built program.
class TestFormatsFolder : public QObject {
    Q_OBJECT

private:
    std::unique_ptr<Workplace> m_place;

    void put(const QString& name, const std::string& bytes) const { m_place->write("in/" + name, QByteArray::fromStdString(bytes)); }
    static std::string repeated(const std::string& piece, std::size_t count)
    {
        std::string text;
        for (std::size_t i = 0; i < count; ++i) {
            text += piece;
        }
        return text;
    }

    /// The reason why a file was refused; empty if it was not.
    static QString reason(const QJsonObject& report, const QString& name)
    {
        for (const auto& one : report["refused"].toArray()) {
            const QJsonObject problem = one.toObject();
            if (problem["path"].toString() == "in/" + name) {
                return problem["reason"].toString();
            }
        }
        return {};
    }
    QString firstPlace(const QString& words) const
    {
        const Outcome outcome = m_place->carma({"query", words, "-k", "1", "--json"});
        const QJsonObject hit = outcome.object()["hits"].toArray().at(0).toObject();
        return hit["path"].toString() + " | " + hit["place"].toString();
    }

private slots:
    void init()
    {
        m_place = std::make_unique<Workplace>();
        COMPARE_EXIT(m_place->run({"init", m_place->store()}), 0);
    }

    void everyFormatIsFoundWithItsPlaceAndGivenBack()
    {
        put("plot.pdf",
            pdfOf({"Introduction\n\nWords before.", "Soil\n\nChalk lies under the quince tree."},
                {.title = {}, .outline = {"Introduction", "Soil"}, .encrypt = {}}));
        put("report.docx",
            docxOf("<w:p><w:pPr><w:pStyle w:val=\"berschrift1\"/></w:pPr><w:r><w:t>Roof</w:t></w:r></w:p>"
                   "<w:p><w:r><w:t>The slater mends the chimney flashing.</w:t></w:r></w:p>"));
        put("letter.odt", odtOf("<text:h>Weather</text:h><text:p>Hail broke the greenhouse panes.</text:p>"));
        put("river.epub", epubOf({"<h1>Source</h1><p>A kingfisher nests by the sluice.</p>"}));
        put("page.html", "<!doctype html><title>Recipes</title><h2>Bread</h2><p>Rye and caraway rise overnight.</p>");
        put("mail.eml", "From: Ines <i@example.org>\nSubject: Ferry\n\nThe ferry to Roscoff leaves at eleven.\n");
        put("table.csv", "name;instrument\nTomasz;bassoon\nKenji;shamisen\n");
        put("tool.py", "import os\n\ndef gauge(level):\n    return 'floodgate ' + level\n");
        put("WhatsApp Chat with Ines.txt", "14.05.24, 19:30 - Ines: Bring the accordion\n14.05.24, 19:31 - Mara: Yes, and cake\n");
        put("conversations.json",
            R"([{"title":"Beekeeping","create_time":1715700000,"current_node":"b","mapping":{"a":{"message":{"author":{"role":"user"},)"
            R"("content":{"parts":["How do drones overwinter?"]}}},"b":{"parent":"a","message":{"author":{"role":"assistant"},)"
            R"("content":{"parts":["They do not: workers evict them."]}}}}}])");
        const Outcome outcome = m_place->carma({"ingest", "in", "--json"});
        COMPARE_EXIT(outcome, 0);
        QCOMPARE(outcome.object()["files"].toInt(), 10);
        QCOMPARE(firstPlace("chalk quince"), QString("plot.pdf | page 2, Soil, passage 2 of 2"));
        QCOMPARE(firstPlace("chimney flashing"), QString("report.docx | Roof, passage 1 of 1"));
        QCOMPARE(firstPlace("greenhouse panes"), QString("letter.odt | Weather, passage 1 of 1"));
        QCOMPARE(firstPlace("kingfisher sluice"), QString("river.epub | Source, passage 1 of 1"));
        QCOMPARE(firstPlace("caraway overnight"), QString("page.html | Bread, passage 1 of 1"));
        QCOMPARE(firstPlace("Roscoff eleven"), QString("mail.eml | Ferry, Ines <i@example.org>, passage 1 of 1"));
        QCOMPARE(firstPlace("shamisen"), QString("table.csv | row 2, passage 1 of 1"));
        QCOMPARE(firstPlace("floodgate"), QString("tool.py | def gauge(level), line 3, passage 2 of 2"));
        QCOMPARE(firstPlace("accordion"), QString("WhatsApp Chat with Ines.txt | 2024-05-14, Ines, passage 1 of 2"));
        QCOMPARE(firstPlace("drones overwinter"), QString("conversations.json | Beekeeping, user, passage 1 of 2"));
        COMPARE_EXIT(m_place->carma({"export", "out", "--namespace", "default"}), 0);
        for (const QString& name : QDir(m_place->path("in")).entryList(QDir::Files)) {
            QVERIFY2(m_place->read("in/" + name) == m_place->read("out/" + name), qPrintable(name));
        }
    }

    void otherEncodingsComeThroughUnharmed()
    {
        const QString japanese = QString::fromUtf8("\u5EAD\u306B\u306F\u8594\u8587\u304C\u54B2\u3044\u3066\u3044\u307E\u3059");
        put("utf16.txt",
            std::string("\xFF\xFE") + QByteArray(reinterpret_cast<const char*>(japanese.utf16()), 2 * japanese.size()).toStdString());
        put("latin1.txt", "O\xF9 est la biblioth\xE8que? Elle est pr\xE8s de la rivi\xE8re, \xE0 c\xF4t\xE9 du caf\xE9.");
        put("koi8.txt",
            "\xF7 \xD3\xC1\xC4\xD5 \xC3\xD7\xC5\xD4\xD5\xD4 \xD2\xCF\xDA\xD9, \xC1 \xD5 \xD2\xC5\xCB\xC9 \xD3\xD4\xCF\xC9\xD4 "
            "\xC4\xCF\xCD.");
        put("arabic.txt", "\u0641\u064A \u0627\u0644\u062D\u062F\u064A\u0642\u0629 \u0648\u0631\u062F \u0623\u062D\u0645\u0631.");
        COMPARE_EXIT(m_place->carma({"ingest", "in"}), 0);
        QVERIFY(QString::fromUtf8(m_place->carma({"show", "utf16.txt"}).out).contains(japanese));
        QVERIFY(
            m_place->carma({"show", "latin1.txt"}).out.contains("O\u00F9 est la biblioth\u00E8que? Elle est pr\u00E8s de la rivi\u00E8re"));
        QVERIFY(m_place->carma({"show", "koi8.txt"})
                    .out.contains("\u0412 \u0441\u0430\u0434\u0443 \u0446\u0432\u0435\u0442\u0443\u0442 \u0440\u043E\u0437\u044B"));
        QVERIFY(m_place->carma({"show", "arabic.txt"}).out.contains("\u0648\u0631\u062F \u0623\u062D\u0645\u0631"));
        QCOMPARE(firstPlace(QString::fromUtf8("\u0440\u043E\u0437\u044B")).section(" | ", 0, 0), QString("koi8.txt"));
    }

    void hostileFilesAreNamedAndTheRestIsIngested()
    {
        put("aa-good.md", "# Good\n\nThe first file is fine.\n");
        put("cut.pdf", pdfOf({"text"}).substr(0, 180));
        put("locked.pdf", lockedPdf());
        put("loop.pdf", loopingPdf());
        put("cut.docx", docxOf("<w:p/>").substr(0, 60));
        put("bomb.odt", zipOf({{"content.xml", std::string(80U << 20U, ' ')}}));
        put("deep.json", repeated("[", 100'000));
        put("deep.html", repeated("<p><i>", 2000) + "a shallow end");
        put("picture.txt", std::string("\x89PNG\r\n\x1A\n") + std::string(50, '\0'));
        put("program.md", std::string("\x7F") + "ELF" + std::string(50, '\0'));
        put("zip.zip", zipOf({{"a", "b"}}));
        put("old.docx", "\xD0\xCF\x11\xE0 and so on");
        put("truth.pdf", "this is text and no PDF");
        put("empty.eml", "");
        put("line.txt", repeated("all in one line without an end ", 300'000));
        QFile huge(m_place->path("in/huge.txt"));
        QVERIFY(huge.open(QIODevice::WriteOnly) && huge.resize(qint64{2} << 30));
        huge.close();
        put("zz-good.txt", "The last file is fine, too.\n");
        const Outcome outcome = m_place->carma({"ingest", "in", "--json"});
        COMPARE_EXIT(outcome, 1);
        const QJsonObject report = outcome.object();
        QCOMPARE(reason(report, "cut.pdf"), QString("is a damaged PDF document"));
        QCOMPARE(reason(report, "locked.pdf"), QString("is a PDF document that is protected by a password"));
        QVERIFY2(!reason(report, "loop.pdf").isEmpty(), outcome.told());
        QCOMPARE(reason(report, "cut.docx"), QString("is a damaged or cut-off ZIP package"));
        QVERIFY(reason(report, "bomb.odt").startsWith("unpacks to more than"));
        QVERIFY(reason(report, "picture.txt").contains("PNG"));
        QVERIFY(reason(report, "program.md").contains("ELF"));
        QVERIFY(reason(report, "zip.zip").contains("ZIP archive"));
        QVERIFY(reason(report, "old.docx").contains("password"));
        QCOMPARE(reason(report, "empty.eml"), QString("is empty"));
        QCOMPARE(reason(report, "huge.txt"), QString("is larger than 256 MiB"));
        QCOMPARE(report["files"].toInt() + report["refused"].toArray().size(), 17);
        for (const char* const good : {"aa-good.md", "zz-good.txt", "deep.html", "line.txt", "truth.pdf"}) {
            QVERIFY2(reason(report, good).isEmpty(), good);
            COMPARE_EXIT(m_place->carma({"show", good, "--quiet"}), 0);
        }
    }

    void withoutTheParserFormatsAreRefusedByName()
    {
        put("a.pdf", pdfOf({"text"}));
        put("b.txt", "text\n");
        m_place->set("CARMA_PARSER", "/nonexistent");
        const Outcome outcome = m_place->carma({"ingest", "in", "--json"});
        COMPARE_EXIT(outcome, 1);
        QCOMPARE(reason(outcome.object(), "a.pdf"), QString("is read by the program carma-parse, which is not installed beside this one"));
        QCOMPARE(outcome.object()["files"].toInt(), 1);
    }

    void ignoreFilesAreObeyed()
    {
        put(".gitignore", "*.log\n!keep.log\nbuild/\n/only-here.txt\n");
        put("sub/.carmaignore", "secret*\n");
        for (const char* const name :
            {"a.txt", "a.log", "keep.log", "build/x.txt", "only-here.txt", "sub/only-here.txt", "sub/secret.txt"}) {
            put(name, std::string("text of ") + name + "\n");
        }
        const QJsonObject report = m_place->carma({"ingest", "in", "--json"}).object();
        QCOMPARE(report["files"].toInt(), 3);
        QCOMPARE(report["ignored"].toInt(), 4);
        QCOMPARE(m_place->carma({"ingest", "in", "--no-ignore", "--json"}).object()["files"].toInt(), 4);
    }

    void dryRunWritesNothingAndSinceLeavesOutWhatIsOlder()
    {
        put("new.txt", "new\n");
        put("old.txt", "old\n");
        QFile old(m_place->path("in/old.txt"));
        QVERIFY(old.open(QIODevice::ReadWrite) &&
            old.setFileTime(QDateTime(QDate(2020, 1, 2), QTime(3, 4), Qt::UTC), QFileDevice::FileModificationTime));
        old.close();
        const QJsonObject dry = m_place->carma({"ingest", "in", "--dry-run", "--namespace", "none", "--json"}).object();
        QCOMPARE(dry["files"].toInt(), 2);
        QVERIFY(dry["dry_run"].toBool());
        COMPARE_EXIT(m_place->carma({"list", "--namespace", "none"}), 3);
        const QJsonObject recent = m_place->carma({"ingest", "in", "--since", "2021-06-01", "--json"}).object();
        QCOMPARE(recent["files"].toInt(), 1);
        QCOMPARE(recent["older"].toInt(), 1);
        COMPARE_EXIT(m_place->carma({"ingest", "in", "--since", "yesterday"}), 2);
        COMPARE_EXIT(m_place->carma({"ingest", "in", "--since", "2021-02-30"}), 2);
    }

    void watchIngestsWhatChangesAndEndsWithCtrlC()
    {
        put("a.txt", "one\n");
        QProcess process;
        m_place->start(process, {"-s", m_place->store(), "ingest", "in", "--watch"});
        const auto told = [&](const QByteArray& text, QByteArray& all) {
            while (!all.contains(text) && process.waitForReadyRead(60'000)) {
                all += process.readAllStandardOutput();
            }
            return all.contains(text);
        };
        QByteArray first;
        QVERIFY2(told("1 file ingested", first), first);
        put("later/b.txt", "two, in a folder that is new\n");
        QByteArray second;
        QVERIFY2(told("1 file ingested", second), second);
        put("a.txt", "one, changed\n");
        QByteArray third;
        QVERIFY2(told("as new version", third), third);
        ::kill(static_cast<pid_t>(process.processId()), SIGINT);
        QVERIFY(process.waitForFinished(60'000));
        QCOMPARE(process.exitCode(), 0);
        COMPARE_EXIT(m_place->carma({"show", "later/b.txt"}), 0);
    }

    void changedFilesKeepTheirOldVersion()
    {
        put("page.html", "<html><p>the first version");
        COMPARE_EXIT(m_place->carma({"ingest", "in"}), 0);
        put("page.html", "<html><p>the second version");
        QCOMPARE(m_place->carma({"ingest", "in", "--json"}).object()["updated"].toInt(), 1);
        QVERIFY(m_place->carma({"show", "page.html"}).out.contains("the second version"));
        const QJsonArray all = m_place->carma({"list", "--versions", "--json"}).array();
        QCOMPARE(all.size(), 2);
        QCOMPARE(m_place->carma({"show", all.at(0).toObject()["id"].toString(), "--quiet"}).out.contains("the first version"), true);
    }
};

CARMA_TEST_CLASS(TestFormatsFolder, "test_formats_folder")

#include "test_formats_folder.moc"
