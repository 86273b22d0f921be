// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/support.h"
#include "ingest/dates.h"
#include "support/test_main.h"

#include <QTest>

using namespace carma;
using namespace carma::ingest;
using namespace carma::ingest::test;

class TestFormats : public QObject {
    Q_OBJECT

private:
    static std::vector<std::string> titles(const Draft& draft, Level level)
    {
        std::vector<std::string> found;
        for (const Node& node : nodesOf(draft, level)) {
            found.push_back(node.title);
        }
        return found;
    }
    static std::vector<std::string> texts(const Draft& draft)
    {
        std::vector<std::string> found;
        for (const Node& node : nodesOf(draft, Level::Passage)) {
            found.push_back(textOf(draft, node));
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
    void markdownHasASectionAHeading()
    {
        const auto draft = read("a.md",
            "before\n\n# Garden *plan*\n\n## Beds\n\nPotatoes.\n\n### Deep\nx\n\nSetext "
            "`one`\n---\ny\n\n```\n# no heading\n```\n\n> # quoted\n\n# Last #\nz\n\n# C#\n\n#\n#### ##\nw\n");
        VERIFY_OK(draft);
        QCOMPARE(treeFault(*draft), std::string());
        QCOMPARE(draft->mediaType, std::string("text/markdown"));
        QVERIFY(draft->textIsOriginal);
        QCOMPARE(draft->title, std::string("Garden plan"));
        QCOMPARE(titles(*draft, Level::Section),
            (List{"", "Garden plan > Beds", "Garden plan > Beds > Deep", "Garden plan > Setext one", "Last", "C#", ""}));
        QCOMPARE(textOf(*draft, nodesOf(*draft, Level::Section)[1]), std::string("# Garden *plan*\n\n## Beds\n\nPotatoes.\n\n"));
    }

    void markdownCutsLargeFilesInPartsOutsideOfFences()
    {
        const std::string part = "# Head\n\n" + repeated("A line of plain words that goes on for a while.\n\n", 3000) +
            "```\n# inside\n```\n\n";
        const auto draft = read("a.md", repeated(part, 6));
        VERIFY_OK(draft);
        QCOMPARE(treeFault(*draft), std::string());
        for (const std::string& title : titles(*draft, Level::Section)) {
            QCOMPARE(title, std::string("Head"));
        }
    }

    void markdownReadsFrontMatter()
    {
        const auto draft = read("a.md",
            "---\ntitle: \"The plan\"\ntags: [garden, 'spring work']\ndate: "
            "2024-05-14\nauthor: Mara\nkeywords:\n  - beds\n---\n\n# Head\n\ntext\n");
        VERIFY_OK(draft);
        QCOMPARE(treeFault(*draft), std::string());
        QCOMPARE(draft->title, std::string("The plan"));
        QCOMPARE(draft->tags, (List{"garden", "spring work", "beds"}));
        QCOMPARE(value(*draft, "author"), std::string("Mara"));
        QCOMPARE(value(*draft, "date"), std::string("2024-05-14"));
        QCOMPARE(draft->nodes[0].timeUs, *parseDate("2024-05-14"));
        QCOMPARE(titles(*draft, Level::Section), (List{"", "Head"}));
        QCOMPARE(read("a.md", "---\nno end\n")->tags, List{});
        QCOMPARE(treeFault(*read("a.md", "---\ntitle: x\n---\n")), std::string());
    }

    void linesBecomeEntries()
    {
        const auto draft = read("a.jsonl",
            "{\"text\":\"One.\",\"title\":\"First\",\"created\":\"2024-01-02\",\"tags\":[\"a\",\"b\"]}"
            "\n\n\"just a string\"\r\n"
            "{\"body\":\"Two.\",\"id\":7}\n{\"x\":\"p\",\"y\":{\"z\":[\"q\",1]}}\n{\"n\":5}");
        VERIFY_OK(draft);
        QCOMPARE(treeFault(*draft), std::string());
        QCOMPARE(draft->mediaType, std::string("application/jsonl"));
        QVERIFY(!draft->textIsOriginal);
        QCOMPARE(texts(*draft), (List{"First\nOne.\n", "just a string\n", "Two.\n", "p; q\n", "{\"n\":5}\n"}));
        QCOMPARE(titles(*draft, Level::Passage), (List{"First", "line 3", "7", "line 5", "line 6"}));
        QCOMPARE(draft->tags, (List{"a", "b"}));
        QCOMPARE(nodesOf(*draft, Level::Passage)[0].timeUs, *parseDate("2024-01-02"));
    }

    void badLinesAreNamed()
    {
        const auto message = [](std::string_view text) {
            const auto draft = read("a.jsonl", text);
            return draft ? std::string("no error") : draft.error().message;
        };
        QVERIFY2(message("{\"text\":\"a\"}\n{\"text\":}\n").starts_with("line 2 is malformed JSON at its byte"),
            message("{\"text\":\"a\"}\n{\"text\":}\n").c_str());
        QCOMPARE(message("\"a\"\n\n17\n"), std::string("line 3 is neither an object nor a string"));
        QCOMPARE(message("\n\n"), std::string("has no line with text"));
        QVERIFY(message("\"a\"\n\"\\ud800\"\n").starts_with("line 2 is malformed"));
        QCOMPARE(message("{\"a\":" + repeated("[", 100) + repeated("]", 100) + "}"), std::string("line 1 nests deeper than 64 levels"));
        COMPARE_ERROR(read("a.jsonl", repeated("[", 1'000'000)), ErrorCode::LimitExceeded);
    }

    void messagesKeepTheirSpeakers()
    {
        const auto draft = read("a.json",
            "{\"title\":\"Leak\",\"channel\":\"home\",\"messages\":[{\"speaker\":"
            "\"Mara\",\"content\":\"It drips.\",\"timestamp\":\"2024-03-01T08:00:00Z\"},"
            "{\"speaker\":\"Tomasz\",\"content\":[\"On\",{\"type\":\"text\",\"text\":"
            "\"my way.\"}],\"timestamp\":1709280060},"
            "{\"role\":\"Mara\",\"text\":\"Fixed?\",\"date\":\"2024-03-01T20:00:00Z\"},{"
            "\"speaker\":\"X\",\"content\":null}]}");
        VERIFY_OK(draft);
        QCOMPARE(treeFault(*draft), std::string());
        QCOMPARE(draft->mediaType, std::string("application/x-messages+json"));
        QVERIFY(!draft->textIsOriginal);
        QCOMPARE(draft->title, std::string("Leak"));
        QCOMPARE(texts(*draft), (List{"Mara: It drips.\n", "Tomasz: On\nmy way.\n", "Mara: Fixed?\n"}));
        QCOMPARE(titles(*draft, Level::Passage), (List{"Mara", "Tomasz", "Mara"}));
        QCOMPARE(titles(*draft, Level::Section), (List{"2024-03-01", "2024-03-01"})); // twelve hours lie between
        QCOMPARE(value(*draft, "participants"), std::string("Mara, Tomasz"));
        QCOMPARE(value(*draft, "channel"), std::string("home"));
        QCOMPARE(draft->nodes[0].timeUs, *parseDate("2024-03-01T08:00Z"));
    }

    void sessionsHoldAtMostFiftyMessages()
    {
        std::string text = "[";
        for (int i = 0; i < 120; ++i) {
            text += std::string(i > 0 ? "," : "") + "{\"from\":\"A\",\"message\":\"hello there\"}";
        }
        const auto draft = read("a.json", text + "]");
        VERIFY_OK(draft);
        QCOMPARE(nodesOf(*draft, Level::Section).size(), std::size_t{3});
        QCOMPARE(nodesOf(*draft, Level::Passage).size(), std::size_t{120});
    }

    void longMessagesBecomeSeveralPassages()
    {
        const auto draft = read(
            "a.json", "[{\"author\":{\"role\":\"user\"},\"text\":\"" + repeated("A sentence of some forty bytes is here. ", 100) + "\"}]");
        VERIFY_OK(draft);
        QCOMPARE(treeFault(*draft), std::string());
        QVERIFY(nodesOf(*draft, Level::Passage).size() > 3);
        QCOMPARE(nodesOf(*draft, Level::Passage).back().title, std::string("user"));
        QVERIFY(draft->text.starts_with("user: A sentence"));
    }

    void otherJsonIsPlainText()
    {
        for (const std::string& text : {std::string("{\"a\": 1}"), std::string("[]"), std::string("[1,2]"),
                 std::string("{\"messages\": []}"), std::string("// c\n{}"), std::string("[{\"name\":\"x\"}]"),
                 std::string("{\"messages\":[{\"role\":}"), repeated("[", 1'000'000), std::string("\"x\"")}) {
            const auto draft = read("a.json", text);
            VERIFY_OK(draft);
            QCOMPARE(draft->mediaType, std::string("text/plain"));
            QCOMPARE(draft->text, text);
            QVERIFY(draft->textIsOriginal && draft->metadata.empty());
        }
    }

    void brokenMessageListsAreNamed()
    {
        const std::string good = "[\n{\"role\":\"a\",\"content\":\"b\"}";
        const auto message = [&](std::string_view rest) {
            const auto draft = read("a.json", good + std::string(rest));
            return draft ? std::string("no error") : draft.error().message;
        };
        QCOMPARE(message("]"), std::string("no error"));
        QCOMPARE(message(",\n{\"role\":\"a\",\n\"content\":}]"), std::string("line 4 is malformed JSON"));
        QCOMPARE(message(""), std::string("line 2 is malformed JSON: the list of messages does not end"));
        QCOMPARE(message(",\n{\"role\""), std::string("line 3 is a message that does not end"));
        QCOMPARE(message("\n{}]"), std::string("line 3 is malformed JSON: a comma is missing"));
        QCOMPARE(message("]\nx"), std::string("line 3 goes on after the end of the JSON value"));
        QCOMPARE(message(",{\"a\":" + repeated("[", 100) + repeated("]", 100) + "}]"), std::string("line 2 nests deeper than 64 levels"));
    }

    void replacesZeroBytesInMessages()
    {
        const auto draft = read("a.json", "[{\"role\":\"a\\u0000b\",\"content\":\"x\\u0000y\"}]");
        VERIFY_OK(draft);
        QCOMPARE(draft->text, std::string("a b: x\uFFFDy\n"));
    }

    void readsDates()
    {
        QCOMPARE(*parseDate("1970-01-02"), 86'400'000'000LL);
        QCOMPARE(*parseDate("1970-01-01T01:00:00.25+01:00"), 250'000LL);
        QCOMPARE(*parseDate("1970/01/01 00:01"), 60'000'000LL);
        QCOMPARE(*parseDate("1970-01-01T00:00:01-0030"), 1'801'000'000LL);
        QCOMPARE(*parseDate("1969-12-31"), -86'400'000'000LL);
        for (const std::string_view bad : {"", "2024", "2024-02-30", "2024-13-01", "2024-01-01T25:00", "2024-01-01Tx",
                 "2024-01-01T10:00:00+9", "yesterday", "20240101", "0000-01-01"}) {
            QVERIFY2(!parseDate(bad), bad.data());
        }
        QCOMPARE(*dateOfNumber(1.5), 1'500'000LL);
        QCOMPARE(*dateOfNumber(1709280060000.0), 1709280060000000LL);
        QCOMPARE(*dateOfNumber(1709280060000000.0), 1709280060000000LL);
        QVERIFY(!dateOfNumber(-1) && !dateOfNumber(1e300));
        QCOMPARE(dayOf(*parseDate("2024-02-29T23:59")), std::string("2024-02-29"));
    }
};

CARMA_TEST_CLASS(TestFormats, "test_formats")
#include "test_formats.moc"
