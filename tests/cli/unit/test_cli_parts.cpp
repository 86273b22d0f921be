// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "arguments.h"
#include "excerpt.h"
#include "exit_codes.h"
#include "progress_line.h"
#include "support/test_main.h"
#include "text.h"

#include <QTest>
#include <algorithm>
#include <clocale>

using namespace carma::cli;

/// The parts of the command line that need no process: text, numbers, parsing, the table of exit codes.
class TestCliParts : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() { std::setlocale(LC_CTYPE, "C.UTF-8"); }

    void controlCharactersAreShownAndNotObeyed();
    void invalidUtf8BecomesTheReplacementCharacter();
    void widthsCountColumnsNotBytes();
    void linesAreWrappedAtSpacesAndLongWordsAnywhere();
    void cutTextFitsItsWidth();
    void sizesTimesAndCountsReadWell();
    void sizesAreParsedAndNonsenseIsRefused();
    void slipsOfTheFingerAreNear();
    void queryWordsMatchInflectedForms();
    void excerptShowsTheFirstMatch();
    void progressTellsRateAndTimeLeft();
    void everyErrorCodeHasItsExitCode();
    void optionsAreFilledInFromBothSidesOfTheCommand();
};

void TestCliParts::controlCharactersAreShownAndNotObeyed()
{
    QCOMPARE(escapeBlock("a\x1b[2J\tb\nc\r\nd\x7f"), std::string("a\\x1b[2J\tb\nc\nd\\x7f"));
    QCOMPARE(escapeBlock("x\ry"), std::string("x\\x0dy"));
    QCOMPARE(escapeLine("  a \t\n b\x1b "), std::string("a b\\x1b"));
    QCOMPARE(escapeLine("\xc2\x9b"
                        "31m"),
        std::string("\\x9b"
                    "31m")); // the one-character form of ESC [
    QCOMPARE(escapeLine("a\xe2\x80\xae"
                        "b"),
        std::string("a\\u202eb"));
}

void TestCliParts::invalidUtf8BecomesTheReplacementCharacter()
{
    const std::string replacement = "\xef\xbf\xbd";
    QCOMPARE(escapeBlock("\xff"), replacement);
    QCOMPARE(escapeBlock("\xc3"), replacement);                                     // cut off
    QCOMPARE(escapeBlock("\xc0\xaf"), replacement + replacement);                   // longer than it need be
    QCOMPARE(escapeBlock("\xed\xa0\x80"), replacement + replacement + replacement); // half a surrogate pair
    QCOMPARE(escapeBlock("\xf4\x90\x80\x80").size(), std::size_t{12});              // beyond the last character
    QCOMPARE(escapeBlock("\xf0\x9f\x8c\xb1"), std::string("\xf0\x9f\x8c\xb1"));
}

void TestCliParts::widthsCountColumnsNotBytes()
{
    QCOMPARE(columns("abc"), std::size_t{3});
    QCOMPARE(columns("\xc3\xa4\xc3\xb6"), std::size_t{2});
    QCOMPARE(columns("\xe6\xbc\xa2"), std::size_t{2}); // a wide character
    QCOMPARE(padRight("\xc3\xa4", 3), std::string("\xc3\xa4  "));
    QCOMPARE(padLeft("12", 4), std::string("  12"));
}

void TestCliParts::linesAreWrappedAtSpacesAndLongWordsAnywhere()
{
    QCOMPARE(wrap("one two three", 7), (std::vector<std::string>{"one two", "three"}));
    QCOMPARE(wrap("abcdefgh", 3), (std::vector<std::string>{"abc", "def", "gh"}));
    QCOMPARE(wrap("", 5), (std::vector<std::string>{""}));
    for (std::size_t width = 1; width < 20; ++width) {
        for (const std::string& line : wrap("a few words, some extraordinarily long, and a bit of \xc3\xa4\xc3\xb6\xc3\xbc", width)) {
            QVERIFY(columns(line) <= width);
        }
    }
}

void TestCliParts::cutTextFitsItsWidth()
{
    QCOMPARE(cut("short", 10), std::string("short"));
    QCOMPARE(cut("much too long", 6), std::string("much \xe2\x80\xa6"));
    QCOMPARE(cut("x", 0), std::string());
}

void TestCliParts::sizesTimesAndCountsReadWell()
{
    QCOMPARE(grouped(0), std::string("0"));
    QCOMPARE(grouped(999), std::string("999"));
    QCOMPARE(grouped(1234567), std::string("1,234,567"));
    QCOMPARE(humanBytes(1023), std::string("1023 B"));
    QCOMPARE(humanBytes(1536), std::string("1.5 KiB"));
    QCOMPARE(humanBytes(1048575), std::string("1.0 MiB"));
    QCOMPARE(humanBytes(200U << 20U), std::string("200 MiB"));
    QCOMPARE(humanDuration(850), std::string("850 us"));
    QCOMPARE(humanDuration(12'999), std::string("12 ms"));
    QCOMPARE(humanDuration(125'000'000), std::string("2 min 5 s"));
    QCOMPARE(humanDuration(7'260'000'000), std::string("2 h 1 min"));
    QCOMPARE(counted(1, "file"), std::string("1 file"));
    QCOMPARE(counted(2000, "file"), std::string("2,000 files"));
    QCOMPARE(counted(3, "file was", "files were"), std::string("3 files were"));
    QCOMPARE(localTime(0), std::string("-"));
}

void TestCliParts::sizesAreParsedAndNonsenseIsRefused()
{
    QCOMPARE(parseBytes("300").value(), std::uint64_t{300});
    QCOMPARE(parseBytes("64K").value(), std::uint64_t{65536});
    QCOMPARE(parseBytes("1.5GiB").value(), std::uint64_t{1610612736});
    QCOMPARE(parseBytes("2MB").value(), std::uint64_t{2097152});
    for (const char* bad : {"", "K", "-1", "12Q", "1KiBx", "nan", "1e30", "1 K", "iB"}) {
        COMPARE_ERROR(parseBytes(bad), carma::ErrorCode::InvalidArgument);
    }
}

void TestCliParts::slipsOfTheFingerAreNear()
{
    QCOMPARE(editDistance("query", "query"), std::size_t{0});
    QCOMPARE(editDistance("qurey", "query"), std::size_t{1}); // a swap is one slip
    QCOMPARE(editDistance("", "heal"), std::size_t{4});
}

void TestCliParts::queryWordsMatchInflectedForms()
{
    const auto words = queryWords("\"Garden\", GATE? \xc3\x84pfel");
    QCOMPARE(words, (std::vector<std::string>{"garden", "gate", "\xc3\xa4pfel"}));
    const std::string text = "Gardens have gates; gateways do not. \xc3\xa4pfel";
    QCOMPARE(matches(text, words).size(), std::size_t{3}); // not the gateways
    QCOMPARE(matches(text, words)[0], (std::pair<std::size_t, std::size_t>{0, 7}));
    QVERIFY(matches("the a of", queryWords("them")).empty()); // short words match only themselves
}

void TestCliParts::excerptShowsTheFirstMatch()
{
    const std::string far = std::string(900, 'x') + " and " + std::string(300, 'y') + " the well key hangs here";
    std::string spaced;
    for (int i = 0; i < 200; ++i) {
        spaced += "filler ";
    }
    spaced += "the well key hangs here";
    const auto lines = excerpt(spaced, queryWords("well"), 60, 3);
    QVERIFY(lines.size() <= 3);
    QVERIFY(lines[0].starts_with("\xe2\x80\xa6 "));
    QVERIFY(std::ranges::any_of(lines, [](const std::string& line) { return line.find("well") != std::string::npos; }));
    for (const std::string& line : excerpt(far, queryWords("well"), 60, 3)) {
        QVERIFY(columns(line) <= 60);
    }
    QCOMPARE(excerpt("short", {}, 60, 3), (std::vector<std::string>{"short"}));
}

void TestCliParts::progressTellsRateAndTimeLeft()
{
    const carma::Progress half{.phase = "reading", .done = 50, .total = 100, .unit = "files"};
    QCOMPARE(progressText(half, 0, 5.0), std::string("reading: 50 %, 50 of 100 files, 10 files/s, 5.0 s left"));
    QCOMPARE(progressText(half, 0, 0.1), std::string("reading: 50 %, 50 of 100 files"));
    const carma::Progress open{.phase = "reading", .done = 2048, .total = 0, .unit = "bytes"};
    QCOMPARE(progressText(open, 0, 1.0), std::string("reading: 2.0 KiB, 2.0 KiB/s"));
}

void TestCliParts::everyErrorCodeHasItsExitCode()
{
    using carma::ErrorCode;
    QCOMPARE(exitCodeFor(ErrorCode::InvalidArgument), ExitCode::Usage);
    QCOMPARE(exitCodeFor(ErrorCode::NotFound), ExitCode::NotFound);
    QCOMPARE(exitCodeFor(ErrorCode::Corruption), ExitCode::Unhealed);
    QCOMPARE(exitCodeFor(ErrorCode::AuthenticationFailed), ExitCode::Failed);
    QCOMPARE(exitCodeFor(ErrorCode::WrongKey), ExitCode::WrongKey);
    QCOMPARE(exitCodeFor(ErrorCode::Busy), ExitCode::Busy);
    QCOMPARE(exitCodeFor(ErrorCode::Cancelled), ExitCode::Cancelled);
    QCOMPARE(exitCodeFor(ErrorCode::LimitExceeded), ExitCode::LimitExceeded);
    QCOMPARE(exitCodeFor(ErrorCode::DamagedStore), ExitCode::DamagedStore);
    for (std::size_t i = 0; i < exitCodes().size(); ++i) {
        QCOMPARE(static_cast<std::size_t>(exitCodes()[i].code), i);
    }
}

void TestCliParts::optionsAreFilledInFromBothSidesOfTheCommand()
{
    std::string store;
    bool json = false;
    std::uint64_t limit = 10;
    std::vector<std::string> words;
    std::vector<std::string> tags;
    std::optional<double> least;
    Arguments global;
    global.option("-s,--store", store, "DIR", "");
    global.flag("--json", json, "");
    Arguments query;
    query.option("-k", limit, "N", "");
    query.option("--min-score", least, "X", "");
    query.option("--tag", tags, "TAG", "");
    query.positional("WORDS", words, "");
    const Arguments none;
    const std::vector<ParserEntry> commands{{"query", &query}, {"list", &none}};
    const std::vector<const char*> line{
        "carma", "-s", "a", "query", "list", "--tag", "x", "of", "-k", "3", "--tag", "y", "--json", "--min-score", "-1.5", "--", "--odd"};
    const auto parsed = parseArguments(static_cast<int>(line.size()), line.data(), global, commands);
    VERIFY_OK(parsed);
    QCOMPARE(parsed->command.value(), std::size_t{0});
    QCOMPARE(store, std::string("a"));
    QVERIFY(json);
    QCOMPARE(limit, std::uint64_t{3});
    QCOMPARE(least.value(), -1.5);
    QCOMPARE(words, (std::vector<std::string>{"list", "of", "--odd"}));
    QCOMPARE(tags, (std::vector<std::string>{"x", "y"}));
    VERIFY_OK(checkRequired(query));
    const std::vector<const char*> tooMany{"carma", "list", "--", "x"};
    COMPARE_ERROR(parseArguments(static_cast<int>(tooMany.size()), tooMany.data(), global, commands), carma::ErrorCode::InvalidArgument);
    words.clear();
    COMPARE_ERROR(checkRequired(query), carma::ErrorCode::InvalidArgument);
}

CARMA_TEST_CLASS(TestCliParts, "test_cli_parts")
#include "test_cli_parts.moc"
