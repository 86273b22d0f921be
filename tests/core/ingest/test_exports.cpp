// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/support.h"
#include "support/test_main.h"

#include <QTest>

using namespace carma;
using namespace carma::ingest;
using namespace carma::ingest::test;

/// Chats, tables and source code.
class TestExports : public QObject {
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
    using List = std::vector<std::string>;

private slots:
    void chatGptShowsTheBranchThatWasSeenLast()
    {
        const auto draft = read("conversations.json",
            R"([{"title":"Bees","create_time":1715700000.5,
            "current_node":"c","mapping":{
            "r":{"id":"r","message":null,"parent":null},
            "s":{"message":{"author":{"role":"system"},"content":{"parts":["be kind"]}},"parent":"r"},
            "a":{"message":{"author":{"role":"user"},"create_time":1715700001,"content":{"parts":["Question?"]}},"parent":"s"},
            "b":{"message":{"author":{"role":"assistant"},"content":{"parts":["Dropped answer."]}},"parent":"a"},
            "c":{"message":{"author":{"role":"assistant"},"content":{"parts":["Kept answer.",{"x":1}]}},"parent":"a"}}},
            {"title":"Loop","current_node":"x",
            "mapping":{"x":{"parent":"x","message":{"author":{"role":"user"},"content":{"parts":["once"]}}}}}])");
        VERIFY_OK(draft);
        QCOMPARE(treeFault(*draft), std::string());
        QCOMPARE(draft->text, std::string("user: Question?\nassistant: Kept answer.\nuser: once\n"));
        QCOMPARE(titles(*draft, Level::Section), (List{"Bees", "Loop"}));
        QCOMPARE(nodesOf(*draft, Level::Section)[0].timeUs, std::int64_t{1'715'700'001'000'000});
    }

    void claudeExportsHaveSendersAndTimes()
    {
        const auto draft = read("c.json",
            R"([{"uuid":"1","name":"Tea","created_at":"2024-05-14T19:30:00Z","chat_messages":[{"sender":"human","text":"Which tea?",
            "created_at":"2024-05-14T19:31:00Z"},{"sender":"assistant","text":"","content":[{"type":"text","text":"Green."}]}]}])");
        VERIFY_OK(draft);
        QCOMPARE(draft->text, std::string("human: Which tea?\nassistant: Green.\n"));
        QCOMPARE(titles(*draft, Level::Section), List{"Tea"});
        QCOMPARE(titles(*draft, Level::Passage), (List{"human", "assistant"}));
        COMPARE_ERROR(read("c.json", R"([{"chat_messages":[{"sender":"human","text":"x"}]},{"a":)"), ErrorCode::InvalidArgument);
        COMPARE_ERROR(read("c.json", R"([{"mapping":)" + repeated("[", 10'000) + repeated("]", 10'000) + "}]"), ErrorCode::LimitExceeded);
        QCOMPARE(read("c.json", R"({"mapping": 3})")->mediaType, std::string("text/plain"));
    }

    void whatsAppLinesAreMessages()
    {
        const auto draft = read("chat.txt",
            "14.05.24, 19:30 - Messages are encrypted\n14.05.24, 19:31 - Mara: Hallo\nzweite Zeile\n15.05.24, 08:00 - Ines: Ja\n");
        VERIFY_OK(draft);
        QCOMPARE(draft->mediaType, std::string("text/x-chat"));
        QCOMPARE(draft->text, std::string("Messages are encrypted\nMara: Hallo\nzweite Zeile\nInes: Ja\n"));
        QCOMPARE(nodesOf(*draft, Level::Passage)[1].timeUs, std::int64_t{1'715'715'060'000'000});
        const auto american = read("chat.txt",
            "[5/14/24, 7:30:05\u202FPM] Mara: Hi\n[5/15/24, 8:00:00\u202F"
            "AM] Ines: Yes\n");
        QCOMPARE(nodesOf(*american, Level::Passage)[0].timeUs, std::int64_t{1'715'715'005'000'000});
        QCOMPARE(read("a.txt", "14.05.24, 19:30 - one line that looks like a message\nand a diary that goes on.\n")->mediaType,
            std::string("text/plain"));
    }

    void tablesNameTheirColumns()
    {
        const auto draft = read("a.csv", "name,note\r\nMara,\"a, \"\"b\"\"\nc\"\r\n\r\nInes,\r\n");
        VERIFY_OK(draft);
        QCOMPARE(treeFault(*draft), std::string());
        QCOMPARE(draft->text, std::string("name: Mara; note: a, \"b\" c\nname: Ines\n"));
        QCOMPARE(titles(*draft, Level::Passage), List{"row 2"});
        QCOMPARE(read("a.csv", "one\ntwo\n")->mediaType, std::string("text/plain"));
        const auto rows = read("a.tsv", "a\tb\n" + repeated("some words here\tmore words there\n", 200));
        VERIFY_OK(rows);
        QVERIFY(nodesOf(*rows, Level::Passage).size() > 5);
        VERIFY_OK(read("a.csv", "a,b\n1,\"never closed" + std::string(100'000, ',')));
        VERIFY_OK(read("a.csv", "a,b\n" + std::string(300'000, ',') + "x\n1,2\n"));
    }

    void sourceIsSplitAtItsDefinitions()
    {
        const auto python = read("a.py",
            "import os\n\n# Adds.\n# Both.\ndef add(a, b):\n    return a\n\n    # inside\n\n@cached\nclass Plot:\n    def dig(self):\n     "
            "   "
            "\"\"\"\nfake(\n\ndef not_one():\n\"\"\"\n");
        VERIFY_OK(python);
        QCOMPARE(treeFault(*python), std::string());
        QVERIFY(python->textIsOriginal);
        QCOMPARE(titles(*python, Level::Section), (List{"", "def add(a, b)", "class Plot"}));
        QVERIFY(textOf(*python, nodesOf(*python, Level::Section)[1]).starts_with("# Adds."));
        QVERIFY(textOf(*python, nodesOf(*python, Level::Section)[2]).starts_with("@cached"));
        QCOMPARE(titles(*python, Level::Passage).at(1), std::string("line 3"));
        const auto cpp = read(
            "a.cpp", "#include <x>\nint a;\n\nint f(int b)\n{\n\n    return b;\n}\nstruct S {\n    int c;\n};\n\n/* g(\n\nint no()\n*/\n");
        VERIFY_OK(cpp);
        QCOMPARE(titles(*cpp, Level::Section), (List{"", "int f(int b)", "struct S"}));
        QCOMPARE(cpp->metadata.at(0).second, std::string("C++"));
    }

    void survivesGarbage()
    {
        for (std::uint64_t seed = 0; seed < 600; ++seed) {
            std::mt19937_64 random(seed);
            static constexpr std::string_view kAlphabet = "{}[]\":,;\t\n\n/*#'\"().24-: abc\xC3\xA9";
            std::string text;
            for (std::size_t i = random() % 400; i > 0; --i) {
                text += kAlphabet[random() % kAlphabet.size()];
            }
            for (const std::string_view path : {"a.csv", "a.py", "a.cpp", "a.txt", "Makefile"}) {
                const auto draft = read(path, text);
                QVERIFY2(!draft || treeFault(*draft).empty(), (std::string(path) + std::to_string(seed) + treeFault(*draft)).c_str());
            }
        }
    }
};

CARMA_TEST_CLASS(TestExports, "test_exports")

#include "test_exports.moc"
