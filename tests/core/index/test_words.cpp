// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/words.h"
#include "support/test_main.h"

#include <QTest>
#include <random>

using carma::index::PlacedTerm;
using carma::index::WordReader;

namespace {

using Words = std::vector<std::string>;

Words read(std::string_view text)
{
    WordReader reader;
    std::vector<PlacedTerm> terms;
    std::uint32_t position = 0;
    reader.read(text, terms, position);
    Words words;
    for (const PlacedTerm& term : terms) {
        words.emplace_back(reader.term(term.term));
    }
    return words;
}

} // namespace

class TestWords : public QObject {
    Q_OBJECT
private slots:
    void lowersStemsAndKeepsTheOrder() { QCOMPARE(read("Boilers, leaking; LEAKED!"), (Words{"boiler", "leak", "leak"})); }

    void keepsNumbersAndMixedWords() { QCOMPARE(read("3.14 in room B12"), (Words{"3", "14", "room", "b12"})); }

    void leavesStopWordsOut()
    {
        QCOMPARE(read("What did the choir do on that day?"), (Words{"choir", "day"}));
        QCOMPARE(read("the of AND"), Words{});
    }

    void readsTheSameWordWithOrWithoutItsAccents()
    {
        QCOMPARE(read("Café CAFÉ cafe\u0301 cafe"), (Words{"cafe", "cafe", "cafe", "cafe"}));
        QCOMPARE(read("Straße STRASSE"), (Words{"strass", "strass"}));
        QCOMPARE(read("Łódź"), (Words{"łodz"}));
    }

    void readsOtherAlphabets()
    {
        QCOMPARE(read("Река, ЛУГ"), (Words{"река", "луг"}));
        QCOMPARE(read("नदी"), (Words{"नदी"})); // a vowel sign is no accent
    }

    void readsScriptsWithoutSpacesInPairs()
    {
        QCOMPARE(read("東京都に"), (Words{"東京", "東", "京都", "京", "都に", "都", "に"}));
        WordReader reader(WordReader::Purpose::Query);
        std::vector<PlacedTerm> terms;
        std::uint32_t position = 0;
        reader.read("東京都 木 X線", terms, position);
        QCOMPARE(terms.size(), std::size_t{5}); // 東京 京都 木 x 線
        QCOMPARE(terms[1].position, std::uint32_t{1});
        QCOMPARE(terms[2].position, std::uint32_t{3});
        QCOMPARE(position, std::uint32_t{6});
        QCOMPARE(read("정원의"), (Words{"정원", "정", "원의", "원", "의"}));
        QCOMPARE(read("コーヒー").front(), std::string("コー"));
        QVERIFY(read("ฉันรักแม่น้ำ").size() > 1); // by dictionary
    }

    void tellsTheLanguage()
    {
        using carma::index::detectLanguage;
        using carma::index::Language;
        QCOMPARE(detectLanguage("Der Brunnen im Garten ist tief."), Language::German);
        QCOMPARE(detectLanguage("Le puits du jardin est profond et froid."), Language::French);
        QCOMPARE(detectLanguage("Колодец в саду глубокий"), Language::Russian);
        QCOMPARE(detectLanguage("البئر في الحديقة عميقة"), Language::Arabic);
        QCOMPARE(detectLanguage("花园里的井很深"), Language::English); // no stems
        QCOMPARE(detectLanguage("ok"), Language::English);
        QCOMPARE(detectLanguage(""), Language::English);
        QCOMPARE(detectLanguage(std::string("\xff\xfe\0\x80", 4)), Language::English);
    }

    void stemsWordsInTheirLanguage()
    {
        using carma::index::Language;
        const auto stemOf = [](Language language, std::string_view word) {
            WordReader reader;
            reader.setLanguage(language);
            std::vector<PlacedTerm> terms;
            std::uint32_t position = 0;
            reader.read(word, terms, position);
            return terms.empty() ? std::string() : std::string(carma::index::textOfTerm(reader.term(terms.front().term)));
        };
        QCOMPARE(stemOf(Language::German, "Häuser"), stemOf(Language::German, "Haus"));
        QCOMPARE(stemOf(Language::French, "chevaux"), stemOf(Language::French, "cheval"));
        QCOMPARE(stemOf(Language::Spanish, "canciones"), stemOf(Language::Spanish, "canción"));
        QCOMPARE(stemOf(Language::Russian, "новый"), stemOf(Language::Russian, "новая")); // й is no accented и to the stemmer
        QCOMPARE(stemOf(Language::German, "für"), std::string());
        for (std::size_t i = 0; i < carma::index::kLanguages; ++i) {
            QVERIFY(!stemOf(static_cast<Language>(i), "xyzzy").empty());
        }
    }

    void typographicSignsSeparateWords()
    {
        QCOMPARE(read("river\u2019s \u201Cflood\u201D\u2014gate"), (Words{"river", "s", "flood", "gate"}));
    }

    void numbersEachTermOnce()
    {
        WordReader reader;
        std::vector<PlacedTerm> terms;
        std::uint32_t position = 0;
        reader.read("boiler tap boilers", terms, position);
        reader.read("tap", terms, position);
        std::vector<std::uint32_t> numbers;
        for (const PlacedTerm& term : terms) {
            numbers.push_back(term.term);
        }
        QCOMPARE(numbers, (std::vector<std::uint32_t>{0, 1, 0, 1}));
        QCOMPARE(reader.termCount(), std::size_t{2});
        QCOMPARE(position, std::uint32_t{4});
    }

    void stopWordsTakePlaces()
    {
        WordReader reader;
        std::vector<PlacedTerm> terms;
        std::uint32_t position = 5;
        reader.read("the state of the art", terms, position);
        QCOMPARE(terms.size(), std::size_t{2});
        QCOMPARE(terms[0].position, std::uint32_t{6});
        QCOMPARE(terms[1].position, std::uint32_t{9});
        QCOMPARE(position, std::uint32_t{10});
    }

    void cutsLongRunsAtTheEndOfACharacter()
    {
        QCOMPARE(read(std::string(1000, 'x')), (Words{std::string(64, 'x')}));
        std::string run = "x";
        for (int i = 0; i < 100; ++i) {
            run += "я";
        }
        const Words words = read(run);
        QCOMPARE(words.size(), std::size_t{1});
        QCOMPARE(words[0].size(), std::size_t{63});
    }

    void anyBytesAreReadToTheirEnd()
    {
        std::mt19937 random(3);
        for (int round = 0; round < 3000; ++round) {
            std::string text(random() % 80, '\0');
            for (char& c : text) {
                c = static_cast<char>(random());
            }
            text += " boiler";
            const Words words = read(text);
            QVERIFY(!words.empty());
            QCOMPARE(words.back(), std::string("boiler"));
        }
    }
};

CARMA_TEST_CLASS(TestWords, "test_words")
#include "test_words.moc"
