// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/language/query_language.h"
#include "support/test_main.h"

#include <QTest>
#include <random>

using namespace carma;
using namespace carma::query;
using Kind = WordCondition::Kind;
using Field = FieldCondition::Field;

namespace {

constexpr std::int64_t kDayUs = 86'400'000'000;
constexpr std::int64_t kNowUs = 20'000 * kDayUs;

ParsedQuery parse(std::string_view text)
{
    auto parsed = parseQuery(text, kNowUs);
    ParsedQuery failed;
    failed.text = parsed ? std::string() : "(" + parsed.error().message + ")";
    return parsed ? *std::move(parsed) : failed;
}

std::string errorOf(const std::string& text)
{
    const auto parsed = parseQuery(text, kNowUs);
    return parsed || parsed.error().code != ErrorCode::InvalidArgument ? std::string() : parsed.error().message;
}

bool saysColumn(const std::string& message, int column) { return message.ends_with("(column " + std::to_string(column) + ")"); }

} // namespace

class TestQueryLanguage : public QObject {
    Q_OBJECT
private slots:
    void plainTextStaysAsItIs()
    {
        for (const char* text : {"where is the well key", "it's the surveyor's   map", "note: this and title: that", "C++ and C#",
                 "https://host.example/tag:x?a=b", "std::path::iterator it = path::begin();", "printf(\"hello %d\\n\", x);", "-5 degrees",
                 "a - b", "--flag -- x", "x = y * z", "5'10\" tall", "tag:", "foo:bar Before:noon", "+49 170", "\xff\xfe bytes", "*",
                 "a*"}) {
            const ParsedQuery parsed = parse(text);
            QVERIFY2(parsed.isPlain(), text);
            QCOMPARE(parsed.text, std::string(text));
        }
    }

    void quotesDemandWordsSideBySide()
    {
        const ParsedQuery parsed = parse("pump \"boiler room\" -\"old pipe\"");
        QCOMPARE(parsed.text, std::string("pump boiler room"));
        QCOMPARE(parsed.words.size(), std::size_t{2});
        QVERIFY(parsed.words[0].kind == Kind::Words && !parsed.words[0].negated && parsed.words[0].text == "boiler room");
        QVERIFY(parsed.words[1].negated && parsed.words[1].text == "old pipe");
        QVERIFY(parse("pump \"\" \" \"").words.empty());
    }

    void signsDemandAndExclude()
    {
        const ParsedQuery parsed = parse("+pump leak -draft +rôle");
        QCOMPARE(parsed.text, std::string("pump leak rôle"));
        QCOMPARE(parsed.words.size(), std::size_t{3});
        QVERIFY(!parsed.words[0].negated && parsed.words[1].negated && parsed.words[1].text == "draft");
    }

    void aStarIsTheRestOfAWord()
    {
        const ParsedQuery parsed = parse("boil* +pum* -dra*");
        QCOMPARE(parsed.prefixes, (std::vector<std::string>{"boil", "pum"}));
        QCOMPARE(parsed.words.size(), std::size_t{2});
        QVERIFY(parsed.words[0].kind == Kind::Prefix && !parsed.words[0].negated);
        QVERIFY(parsed.words[1].kind == Kind::Prefix && parsed.words[1].negated);
    }

    void fieldsAreConditions()
    {
        const ParsedQuery parsed = parse("pump title:\"garden plan\" tag:house -path:old/ speaker:Ann -tag:\"not this\"");
        QCOMPARE(parsed.text, std::string("pump"));
        QVERIFY(parsed.words.at(0).kind == Kind::Title && parsed.words[0].text == "garden plan");
        QCOMPARE(parsed.fields.size(), std::size_t{4});
        QVERIFY(parsed.fields[0].field == Field::Tag && parsed.fields[0].value == "house" && !parsed.fields[0].negated);
        QVERIFY(parsed.fields[1].field == Field::Path && parsed.fields[1].negated);
        QVERIFY(parsed.fields[2].field == Field::Speaker);
        QCOMPARE(parsed.fields[3].value, std::string("not this"));
    }

    void timesLimitBothEnds()
    {
        const ParsedQuery parsed = parse("pump after:7d before:1d after:9d -before:5d");
        QCOMPARE(*parsed.fromUs, kNowUs - 5 * kDayUs);
        QCOMPARE(*parsed.toUs, kNowUs - kDayUs);
        QCOMPARE(*parse("pump after:2024-05-14T00:00Z").fromUs, std::int64_t{19'857} * kDayUs);
    }

    void mistakesNameTheirColumn()
    {
        QVERIFY(saysColumn(errorOf("pump \"boiler room"), 6));
        QVERIFY(saysColumn(errorOf("ärger -\"boiler"), 8));
        QVERIFY(saysColumn(errorOf("pump tag:\"\""), 10));
        QVERIFY(saysColumn(errorOf("pump tag:\"house"), 10));
        QVERIFY(saysColumn(errorOf("pump before:breakfast"), 13));
        QVERIFY(saysColumn(errorOf(""), 1));
        QVERIFY(saysColumn(errorOf(" \n\t"), 1));
        QVERIFY(saysColumn(errorOf("-draft tag:house"), 1));
        QVERIFY(saysColumn(errorOf(std::string(kQueryBytesMax + 1, 'x')), 65537));
        QVERIFY(errorOf(std::string(kQueryBytesMax, 'x')).empty());
    }

    void anyBytesAreAQueryOrAMistake()
    {
        std::mt19937 random(5);
        constexpr std::string_view kSigns = "\"+-*: \ntag:before:x1\xc3\xa9";
        for (int round = 0; round < 20000; ++round) {
            std::string text(random() % 24, '\0');
            for (char& c : text) {
                c = kSigns[random() % kSigns.size()];
            }
            const auto parsed = parseQuery(text, kNowUs);
            QVERIFY(parsed.has_value() || parsed.error().message.find("(column ") != std::string::npos);
            QVERIFY(!parsed.has_value() || parsed->text.size() <= text.size());
        }
    }
};

CARMA_TEST_CLASS(TestQueryLanguage, "test_query_language")
#include "test_query_language.moc"
