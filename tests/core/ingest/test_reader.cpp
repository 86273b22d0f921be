// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/support.h"
#include "ingest/breaker.h"
#include "ingest/tree_builder.h"
#include "support/test_main.h"

#include <QTest>

#include <filesystem>
#include <fstream>
#include <iterator>

using namespace carma;
using namespace carma::ingest;
using namespace carma::ingest::test;

class TestReader : public QObject {
    Q_OBJECT

private:
    static std::string message(const Result<Draft>& result) { return result ? "no error" : result.error().message; }
    static std::string fault(std::string_view path, std::string_view text)
    {
        const auto draft = read(path, text);
        if (!draft) {
            return draft.error().message;
        }
        return draft->textIsOriginal && draft->text != text ? "the text is not the file" : treeFault(*draft);
    }

private slots:
    void refusesWhatIsNoText()
    {
        COMPARE_ERROR(read("a.txt", ""), ErrorCode::InvalidArgument);
        QCOMPARE(message(read("a.txt", "")), std::string("is empty"));
        QCOMPARE(message(read("a", std::string("ab\0cd", 5))), std::string("is binary: there is a zero byte at offset 2"));
        QCOMPARE(message(read("a", "abc\x81\x8D\x01\x02")), std::string("is not UTF-8: the byte 0x81 at offset 3 belongs to no character"));
        QCOMPARE(message(read("a", "\xFF\xFE\xFF\xFF\x01")), std::string("is not UTF-8 but UTF-16, by its byte order mark at offset 0"));
        QVERIFY(message(read("a", "\x01\x02 some words")).starts_with("is binary: 2 of its"));
        VERIFY_OK(read("a", "\x01" + std::string(200, 'a')));
        COMPARE_ERROR(read("a.pdf", "%PDF-1.7"), ErrorCode::Unsupported);
        QCOMPARE(message(read("a.odt", "PK\x03\x04")), std::string("is an ODT document, which is read by the program carma-parse only"));
        QCOMPARE(message(read("a.zip", "PK\x03\x04")), std::string("is a ZIP archive, which this build cannot read"));
    }

    void checksUtf8Strictly()
    {
        for (const std::string_view bad : {"\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80", "\xF4\x90\x80\x80",
                 "\xF5\x80\x80\x80", "\x80", "\xE2\x82", "\xC3", "\xF0\x9F\x98"}) {
            for (std::size_t before = 0; before < 20; ++before) {
                QCOMPARE(validUtf8Prefix(std::string(before, 'a') + std::string(bad)), before);
                QCOMPARE(validUtf8Prefix(std::string(before, 'a') + std::string(bad) + std::string(20, 'b')), before);
            }
        }
        for (const std::string_view good : {"\u0080", "\u07FF", "\u0800", "\uD7FF", "\uE000", "\uFFFF", "\U00010000", "\U0010FFFF"}) {
            QCOMPARE(validUtf8Prefix(good), good.size());
        }
    }

    void countsControlCharactersInWholeWords()
    {
        QCOMPARE(checkText(asBytes("aaa\x7F\x7F"
                                   "aaaaaaaaaaaa"))
                     .has_value(),
            false);
        const auto traits = checkText(asBytes(std::string(800, 'a') + "\x7F\x01\x1B[0m\t\r\n\f"));
        VERIFY_OK(traits);
        QCOMPARE(traits->controls, std::uint64_t{2});
        QVERIFY(traits->ascii);
        QVERIFY(!checkText(asBytes("\u00E9"))->ascii);
    }

    void keepsByteOrderMarkAndLineEnds()
    {
        const std::string text = "\xEF\xBB\xBF# Title\r\n\r\nText.\r\n";
        for (const std::string_view path : {"a.md", "a.txt"}) {
            QCOMPARE(fault(path, text), std::string());
        }
        QCOMPARE(read("a.md", text)->title, std::string("Title"));
    }

    void namesTextAfterItsFile()
    {
        QCOMPARE(read("x/edmund-to_gisela.txt", "Hello.")->title, std::string("edmund to gisela"));
        QCOMPARE(read("text_check.cpp", "int a;")->title, std::string("text_check.cpp"));
        QCOMPARE(read("a.pdf", "no PDF at all")->mediaType, std::string("text/plain"));
        QCOMPARE(read(".profile", "a")->title, std::string(".profile"));
    }

    void beginsSectionsAtHeadingsGapsAndPages()
    {
        const std::string long1 = repeated("This is a sentence of the first part. ", 30);
        const auto draft = read("a.txt", "Intro\n=====\n\none\n\nSecond\n------\ntwo\n\fpage\n" + long1 + "\n\n\n\nafter a gap\n");
        VERIFY_OK(draft);
        QCOMPARE(treeFault(*draft), std::string());
        const auto sections = nodesOf(*draft, Level::Section);
        QCOMPARE(sections.size(), std::size_t{4});
        QCOMPARE(sections[0].title, std::string("Intro"));
        QCOMPARE(textOf(*draft, sections[0]), std::string("Intro\n=====\n\none\n\n"));
        QCOMPARE(textOf(*draft, sections[1]), std::string("Second\n------\ntwo\n\f"));
        QVERIFY(textOf(*draft, sections[2]).ends_with("\n\n\n\n"));
        QCOMPARE(textOf(*draft, sections[3]), std::string("after a gap\n"));
    }

    void continuesSectionsAfterTwelvePassages()
    {
        const auto draft = read("a.txt", repeated(repeated("Forty bytes of prose are in this line.\n", 22) + "\n", 25));
        VERIFY_OK(draft);
        const auto sections = nodesOf(*draft, Level::Section);
        QCOMPARE(sections.size(), std::size_t{3});
        QCOMPARE(nodesOf(*draft, Level::Passage).size(), std::size_t{25});
    }

    void joinsParagraphsAndSplitsLongOnes()
    {
        const auto draft = read("a.txt", "One.\n\nTwo.\n\n" + repeated("A sentence of some forty bytes is here. ", 100) + "\n\nEnd.\n");
        VERIFY_OK(draft);
        const auto passages = nodesOf(*draft, Level::Passage);
        QVERIFY(textOf(*draft, passages[0]).starts_with("One.\n\nTwo.\n\nA sentence"));
        for (const Node& passage : passages) {
            QVERIFY(passage.bytes <= kPassageBytesGoal * 4 / 3 + 8);
            QVERIFY(passage.bytes > kPassageBytesGoal / 3);
            QVERIFY(textOf(*draft, passage).ends_with(". ") || textOf(*draft, passage).ends_with("\n"));
        }
    }

    void givesTrailingBlanksToThePassageBefore()
    {
        const auto draft = read("a.txt", repeated(std::string(700, 'x') + repeated("\n \t", 1000) + "\n", 4));
        VERIFY_OK(draft);
        QCOMPARE(nodesOf(*draft, Level::Passage).size(), std::size_t{4});
        for (const Node& passage : nodesOf(*draft, Level::Passage)) {
            QCOMPARE(draft->text[passage.offset], 'x');
        }
    }

    void groupsSentences()
    {
        const auto draft = read("a.txt",
            "The first sentence stands here. Mr. J. Hill wrote 3.14 and e.g. more of it. "
            "Is a third one asked? \"Yes, it is!\" she said. The fifth "
            "came last of all.");
        VERIFY_OK(draft);
        QCOMPARE(treeFault(*draft), std::string());
        const auto groups = nodesOf(*draft, Level::Sentences);
        QCOMPARE(groups.size(), std::size_t{2});
        QVERIFY(textOf(*draft, groups[0]).starts_with("The first"));
        QVERIFY(textOf(*draft, groups[1]).ends_with("last of all."));
        QVERIFY(nodesOf(*read("a.txt", "One long sentence here. Two long sentences here. Three long sentences here."), Level::Sentences)
                    .empty());
    }

    void findsSentencesOfOtherScripts()
    {
        Breaker breaker;
        std::vector<std::size_t> starts;
        const std::string text = "\u65E5\u672C\u8A9E\u306E\u6587\u3067\u3059\u3002\u4E8C\u3064\u76EE\u306E\u6587\u3067\u3059\u3002";
        breaker.sentences(text, 0, text.size(), starts);
        QCOMPARE(starts, std::vector<std::size_t>{24});
        starts.clear();
        const std::string accents = "Voil\u00E0 une phrase. \u00C9crite hier, dit-il. \u00E9t\u00E9 reste l\u00E0.";
        breaker.sentences(accents, 0, accents.size(), starts);
        QCOMPARE(starts.size(), std::size_t{1});
    }

    void neverCutsGraphemes()
    {
        Breaker breaker;
        const std::string family = "\U0001F468\u200D\U0001F469\u200D\U0001F467";
        const std::string text = repeated(family, 400);
        for (std::size_t limit = family.size(); limit < 200; ++limit) {
            QCOMPARE(breaker.graphemeCut(text, 0, limit) % family.size(), std::size_t{0});
        }
        const std::string flags = repeated("\U0001F1E9\U0001F1EA", 1000);
        const auto draft = read("a.txt", flags);
        VERIFY_OK(draft);
        for (const Node& passage : nodesOf(*draft, Level::Passage)) {
            QCOMPARE(passage.bytes % 8, std::uint64_t{0});
        }
        QCOMPARE(fault("a.txt", "e" + repeated("\u0301", 100'000)), std::string());
    }

    void makesNotes()
    {
        const auto note = draftNote(
            "", "Buy string for the beans, and ask at the shop about the long poles we saw there in spring.\n\nMore.");
        VERIFY_OK(note);
        QCOMPARE(treeFault(*note), std::string());
        QCOMPARE(nodesOf(*note, Level::Section).size(), std::size_t{1});
        QVERIFY(note->title.starts_with("Buy string for the beans") && note->title.ends_with("\u2026") && note->title.size() < 90);
        QVERIFY(nodesOf(*draftNote("T", repeated("A sentence of some forty bytes is here. ", 1000)), Level::Section).size() == 1);
        QCOMPARE(draftNote("T", "x")->title, std::string("T"));
        COMPARE_ERROR(draftNote("T", " \n"), ErrorCode::InvalidArgument);
        COMPARE_ERROR(draftNote("\xFF", "x"), ErrorCode::InvalidArgument);
        COMPARE_ERROR(draftNote("T", "\xFF"), ErrorCode::InvalidArgument);
    }

    void partitionsRandomTexts()
    {
        for (std::uint64_t seed = 0; seed < 400; ++seed) {
            std::mt19937_64 random(seed);
            const std::string text = randomText(random, 1 + random() % 200);
            for (const std::string_view path : {"a.md", "a.txt"}) {
                const std::string found = fault(path, text);
                QVERIFY2(found.empty(), (std::string(path) + ", seed " + std::to_string(seed) + ": " + found).c_str());
            }
        }
    }

    void survivesGarbage()
    {
        for (std::uint64_t seed = 0; seed < 1500; ++seed) {
            std::mt19937_64 random(seed);
            static constexpr std::string_view kAlphabet = "{}[]\":,\\ntruefals0123e-. \n#>-*`\xC3\xA9\x01";
            std::string text;
            for (std::size_t i = random() % 300; i > 0; --i) {
                text += seed % 3 == 0 ? static_cast<char>(random()) : kAlphabet[random() % kAlphabet.size()];
            }
            for (const std::string_view path : {"a.md", "a.txt", "a.json", "a.jsonl", "a"}) {
                const auto draft = read(path, text);
                QVERIFY2(!draft || treeFault(*draft).empty(), std::to_string(seed).c_str());
            }
        }
    }

    void takesHostileSizesInLinearTime()
    {
        for (const std::string& text :
            {std::string(8U << 20U, 'x'), std::string(4U << 20U, '\n'), repeated("a ", 2U << 20U), repeated("a\n\n", 1U << 20U),
                repeated(". ", 2U << 20U), repeated("\u00E9", 2U << 20U), std::string(1U << 20U, ' ') + "x"}) {
            QCOMPARE(fault("a.txt", text), std::string());
        }
        for (const std::string_view piece : {">", "[", "*a_ ", "`", "<!--", "- ", "a\n", "![", "<a\n", "     <!--\n", "**x", "\\", "1. ",
                 "```\n", "&#", "# a\n", "~~~\na\n"}) {
            const std::string found = fault("a.md", repeated(piece, (1U << 20U) / piece.size()));
            QVERIFY2(found.empty(), (std::string(piece) + ": " + found).c_str());
        }
    }

    void refusesTooManyNodes() { COMPARE_ERROR(read("a.txt", repeated("abc\n---\n\n", kNodesMax / 2 + 10)), ErrorCode::LimitExceeded); }

    void readsTheSampleCorpus()
    {
        const std::filesystem::path corpus = std::string(CARMA_SOURCE_DIR) + "/resources/samples/corpus";
        if (!std::filesystem::exists(corpus)) {
            QSKIP("no sample corpus");
        }
        std::size_t count = 0;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(corpus)) {
            if (!entry.is_regular_file()) {
                continue;
            }
            std::ifstream in(entry.path(), std::ios::binary);
            const std::string text{std::istreambuf_iterator<char>(in), {}};
            const std::string found = fault(entry.path().string(), text);
            QVERIFY2(found.empty(), (entry.path().string() + ": " + found).c_str());
            const auto draft = read(entry.path().string(), text);
            const bool json = entry.path().extension() == ".json";
            QVERIFY2(!json || draft->mediaType == "application/x-messages+json", entry.path().c_str());
            ++count;
        }
        QVERIFY(count > 0);
    }
};

CARMA_TEST_CLASS(TestReader, "test_reader")
#include "test_reader.moc"
