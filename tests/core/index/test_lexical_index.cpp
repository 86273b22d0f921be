// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/lexical_index.h"
#include "index/word_detail.h"
#include "support/test_main.h"

#include "index/word_match.h"

#include <QTest>
#include <cmath>
#include <random>
#include <set>

using namespace carma;
using namespace carma::index;

namespace {

struct Text {
    std::string title;
    std::string text;
};

void append(LexicalIndex& index, const std::vector<Text>& texts)
{
    WordReader reader;
    std::vector<PassageTerms> passages;
    for (const Text& text : texts) {
        passages.push_back(countTerms(reader, text.title, text.text));
    }
    index.append(passages, reader);
}

std::vector<float> score(const LexicalIndex& index, std::string_view query)
{
    std::vector<float> scores(index.size());
    index.score(index.lookUp(query).terms, Bm25{}, scores);
    return scores;
}

double bm25(double n, double df, double count, double length, double meanLength, double k1, double b)
{
    return std::log(1 + (n - df + 0.5) / (df + 0.5)) * count * (k1 + 1) / (count + k1 * (1 - b + b * length / meanLength));
}

bool near(float value, double expected) { return std::abs(static_cast<double>(value) - expected) < 1e-5; }

using Numbers = std::vector<std::uint32_t>;
using Floats = std::vector<float>;

Numbers positionsOf(const Postings& postings, std::size_t at)
{
    Numbers positions;
    postings.eachPosition(postings[at], [&](std::uint32_t position) { positions.push_back(position); });
    return positions;
}

std::string manyWords(std::size_t count)
{
    std::string text;
    for (std::size_t i = 0; i < count; ++i) {
        text += "w" + std::to_string(i) + " ";
    }
    return text;
}

const std::vector<Text> kTexts{{"pipe", "boiler boiler tap"}, {"", "tap river"}, {"river", "gate"}, {"", ""}};

std::vector<std::uint32_t> termsOfGroups(const LexicalIndex& index, std::span<const std::uint32_t> groupOf)
{
    std::vector<std::uint32_t> terms(*std::ranges::max_element(groupOf) + 1);
    for (Slot slot = 0; slot < groupOf.size(); ++slot) {
        terms[groupOf[slot]] += index.textTerms(slot);
    }
    return terms;
}

} // namespace

class TestLexicalIndex : public QObject {
    Q_OBJECT
private slots:
    void countsTitleAndText()
    {
        WordReader reader;
        const auto [terms, positions, parts] = countTerms(reader, "tap river", "river tap tap pump");
        QCOMPARE(terms.size(), std::size_t{3});
        QCOMPARE(reader.term(terms[0].term), std::string_view("tap"));
        QCOMPARE(terms[0].count, std::uint16_t{3});
        QCOMPARE(terms[0].inTitle, std::uint16_t{1});
        QCOMPARE(terms[2].count, std::uint16_t{1});
        QCOMPARE(terms[2].inTitle, std::uint16_t{0});
        QCOMPARE(positions, (std::vector<std::uint32_t>{0, 67, 68, 1, 66, 69})); // a gap between title and text
        QVERIFY(parts.empty());
    }

    void scoresPassagesByBm25()
    {
        LexicalIndex index;
        append(index, kTexts);
        const double mean = (4 + 2 + 2 + 0) / 4.0;
        const auto scores = score(index, "boiler tap tap unheard");
        QVERIFY(near(scores[0], bm25(4, 1, 2, 4, mean, 0.9, 0.4) + bm25(4, 2, 1, 4, mean, 0.9, 0.4)));
        QVERIFY(near(scores[1], bm25(4, 2, 1, 2, mean, 0.9, 0.4)));
        QCOMPARE(scores[2], 0.0F);
        QCOMPARE(scores[3], 0.0F);
        QVERIFY(score(index, "pipe")[0] > 0); // the title counts
    }

    void scoresGroupsAsOnePassageWithoutTitles()
    {
        LexicalIndex index;
        append(index, kTexts);
        const std::vector<std::uint32_t> groupOf{0, 1, 1, 0};
        std::vector<float> scores(2);
        index.scoreGroups(index.lookUp("tap river pipe"), Bm25{1.2F, 0.75F}, groupOf, termsOfGroups(index, groupOf), scores);
        const double mean = 3;
        QVERIFY(near(scores[0], bm25(2, 2, 1, 3, mean, 1.2, 0.75)));
        QVERIFY(near(scores[1], bm25(2, 2, 1, 3, mean, 1.2, 0.75) + bm25(2, 1, 1, 3, mean, 1.2, 0.75)));
    }

    void forgottenPassagesLeaveNoTrace()
    {
        LexicalIndex index;
        append(index, kTexts);
        index.compact(std::vector<Slot>{kGone, 0, 1, 2});
        LexicalIndex fresh;
        append(fresh, {kTexts[1], kTexts[2], kTexts[3]});
        QCOMPARE(index.size(), std::size_t{3});
        QCOMPARE(index.termCount(), fresh.termCount());
        QVERIFY(index.lookUp("boiler").terms.empty());
        QCOMPARE(score(index, "tap river gate"), score(fresh, "tap river gate"));
        Bytes bytes;
        Bytes freshBytes;
        index.encode(bytes);
        fresh.encode(freshBytes);
        // The forms of words that a leaver had are forgotten, too, even where others have them: who had them is not kept.
        QCOMPARE(std::ranges::count(asText(bytes), '=') + 1, std::ranges::count(asText(freshBytes), '='));
        QVERIFY(asText(bytes).find("boiler") == std::string_view::npos);
        QVERIFY(asText(bytes).find("pipe") == std::string_view::npos);
    }

    void wordsOfOneStemBeginAsTheyAreWritten()
    {
        LexicalIndex index;
        append(index, {{"", "running"}, {"", "run"}, {"", "ruins happy"}, {"", "runner"}});
        const auto beginning = [&](std::string_view prefix) {
            std::set<Slot> held;
            for (const Postings& postings : index.withPrefix(prefix)) {
                for (const Posting& posting : postings) {
                    held.insert(posting.slot);
                }
            }
            return held;
        };
        QCOMPARE(beginning("runn"), (std::set<Slot>{0, 1, 3})); // run and running are one term
        QCOMPARE(beginning("runne"), (std::set<Slot>{3}));
        QCOMPARE(beginning("rui"), (std::set<Slot>{2}));
        QCOMPARE(beginning("happy"), (std::set<Slot>{2}));
        Bytes bytes;
        index.encode(bytes);
        SnapshotReader reader(std::make_shared<SnapshotPages>(bytes));
        const auto back = LexicalIndex::decode(reader, index.size());
        VERIFY_OK(back);
        QCOMPARE(back->withPrefix("runn").size(), index.withPrefix("runn").size());
    }

    void knowsTheNearestSpelling()
    {
        LexicalIndex index;
        append(index, {{"", "boiler boilers pump"}, {"", "boiler gate"}, {"", "broiler"}, {"", "Bäcker straße"}});
        QCOMPARE(index.nearestWord("biolers").value_or(""), std::string("boilers")); // two letters changed places
        QCOMPARE(index.nearestWord("boilr").value_or(""), std::string("boiler"));
        QCOMPARE(index.nearestWord("boxler").value_or(""), std::string("boiler")); // the more frequent of two
        QCOMPARE(index.nearestWord("gats").value_or(""), std::string("gate"));
        QCOMPARE(index.nearestWord("backr").value_or(""), std::string("backer"));
        QVERIFY(!index.nearestWord("gx"));
        QVERIFY(!index.nearestWord("harbour"));
        QVERIFY(!index.nearestWord(std::string(1000, 'g')));
    }

    void eachLanguageHasItsStems()
    {
        LexicalIndex index;
        WordReader reader;
        std::vector<PassageTerms> passages;
        reader.setLanguage(Language::German);
        passages.push_back(countTerms(reader, "", "Die alten Häuser in den Gärten und die Organisation"));
        reader.setLanguage(Language::English);
        passages.push_back(countTerms(reader, "", "They die in the gardens of the organ"));
        index.append(passages, reader);
        const auto slotsOf = [&](std::string_view query) {
            std::set<Slot> held;
            for (const Postings& postings : index.lookUp(query).terms) {
                for (const Posting& posting : postings) {
                    held.insert(posting.slot);
                }
            }
            return held;
        };
        QCOMPARE(slotsOf("Haus"), (std::set<Slot>{0}));
        QCOMPARE(slotsOf("hauser"), (std::set<Slot>{0}));
        QCOMPARE(slotsOf("die"), (std::set<Slot>{1})); // a stop word in one language only
        QCOMPARE(slotsOf("organ"), (std::set<Slot>{1}));
        QCOMPARE(slotsOf("organisationen"), (std::set<Slot>{0}));
        QVERIFY(slotsWithWords(index, "alte Haus", false).value_or(SlotBits{0})[0] == 1);
        QVERIFY(slotsWithWords(index, "gardens of the organs", false).value_or(SlotBits{0})[0] == 2);
        const QueryWords words = index.lookUp("in"); // a stop word in both
        QVERIFY(words.terms.empty() && words.unknown.empty());
        QVERIFY(index.lookUp("how").unknown.empty()); // a stop word in one of them
        QCOMPARE(index.lookUp("harbour Haus").unknown, (std::vector<std::string>{"harbour"}));
    }

    void aWordCountsOnceInSeveralLanguages()
    {
        // The same passages, once read in one language and once in two: names weigh the same.
        const auto scoresOf = [](Language second) {
            LexicalIndex index;
            WordReader reader;
            std::vector<PassageTerms> passages;
            passages.push_back(countTerms(reader, "", "berlin tap"));
            reader.setLanguage(second);
            passages.push_back(countTerms(reader, "", "berlin berlin pump"));
            passages.push_back(countTerms(reader, "", "river"));
            index.append(passages, reader);
            std::vector<float> scores = score(index, "berlin");
            const std::vector<std::uint32_t> groupOf{0, 0, 1};
            std::vector<float> groups(2);
            index.scoreGroups(index.lookUp("berlin"), Bm25{1.2F, 0.75F}, groupOf, termsOfGroups(index, groupOf), groups);
            scores.push_back(groups[0]);
            return scores;
        };
        const auto one = scoresOf(Language::English);
        const auto two = scoresOf(Language::German);
        for (std::size_t i = 0; i < one.size(); ++i) {
            QVERIFY(std::abs(one[i] - two[i]) < 1e-5F);
        }
    }

    void keepsWhereTheWordsOfAPassageStand()
    {
        LexicalIndex index;
        append(index, {{"", "tap the tap"}, {"tap", "boiler " + manyWords(200) + "tap"}, {"", "tap"}});
        const Postings taps = index.lookUp("tap").terms.at(0);
        QCOMPARE(positionsOf(taps, 0), (Numbers{0, 2}));
        QCOMPARE(positionsOf(taps, 1), (Numbers{0, 266}));
        QCOMPARE(positionsOf(taps, 2), (Numbers{0}));
        index.compact(std::vector<Slot>{kGone, 0, 1});
        QCOMPARE(positionsOf(index.lookUp("tap").terms.at(0), 0), (Numbers{0, 266}));
        QCOMPARE(positionsOf(index.lookUp("tap").terms.at(0), 1), (Numbers{0}));
    }

    void findsPostingsBySlot()
    {
        LexicalIndex index;
        std::vector<Text> texts(100);
        for (std::size_t i = 0; i < texts.size(); i += 3) {
            texts[i].text = "tap";
        }
        append(index, texts);
        const Postings taps = index.lookUp("tap").terms.at(0);
        for (std::size_t from = 0; from < taps.size(); ++from) {
            for (Slot slot = 0; slot < 110; ++slot) {
                std::size_t expected = from;
                while (expected < taps.size() && taps[expected].slot < slot) {
                    ++expected;
                }
                QCOMPARE(taps.seek(from, slot), expected);
            }
        }
    }

    void thePartThatHoldsMostOfTheWordsCounts()
    {
        LexicalIndex index;
        const std::string filler = manyWords(60) + ". ";
        append(index,
            {{"pipe", "boiler tap. " + filler + "boiler river. " + filler}, {"", "boiler"},
                {"", manyWords(90) + ". tap boiler tap. " + filler}});
        QVERIFY(index.hasParts(0));
        QVERIFY(!index.hasParts(1));
        const QueryWords words = index.lookUp("boiler tap");
        PartScorer scorer(index, words.terms, Bm25{});
        const float both = scorer(0);
        const auto part = index.parts(0)[0];
        const double mean = 1.0 / static_cast<double>(index.perMeanLength());
        const double length = part.terms + 1.0; // with the title
        QVERIFY(near(both, bm25(3, 3, 1, length, mean, 0.9, 0.4) + bm25(3, 2, 1, length, mean, 0.9, 0.4)));
        QVERIFY(scorer(2) > both);
        const QueryWords apart = index.lookUp("tap river");
        PartScorer one(index, apart.terms, Bm25{});
        QVERIFY(one(0) < score(index, "tap river")[0]); // they stand in two parts
    }

    void wordsSideBySideArePairs()
    {
        LexicalIndex index;
        append(
            index, {{"", "tap boiler river tap boiler"}, {"", "boiler tap"}, {"tap", "boiler"}, {"", "tap of boiler"}, {"", "tap boiler"}});
        const QueryWords words = index.lookUp("tap boiler tap boiler");
        QCOMPARE(words.pairs, (std::vector<WordPair>{{0, 1}, {1, 0}}));
        QVERIFY(index.lookUp("tap of boiler").pairs.empty());
        PairScorer pairs(index, words, Bm25{}, 100);
        Floats scores;
        for (Slot slot = 0; slot < index.size(); ++slot) {
            scores.push_back(pairs(slot));
        }
        const double mean = 1.0 / static_cast<double>(index.perMeanLength());
        QVERIFY(near(scores[0], bm25(5, 2, 2, 5, mean, 0.9, 0.4)));
        QVERIFY(near(scores[1], bm25(5, 1, 1, 2, mean, 0.9, 0.4)));
        QCOMPARE(scores[2], 0.0F);
        QCOMPARE(scores[3], 0.0F);
        QVERIFY(near(scores[4], bm25(5, 2, 1, 2, mean, 0.9, 0.4)));
        QVERIFY(std::abs(pairs.sum() - static_cast<double>(scores[0] + scores[1] + scores[4])) < 1e-4);
    }

    void pairsOfFrequentWordsAreCountedInASample()
    {
        LexicalIndex index;
        std::vector<Text> texts;
        for (int i = 0; i < 1000; ++i) {
            texts.push_back({"", i % 4 == 0 ? "tap boiler" : "boiler tap"});
        }
        append(index, texts);
        const QueryWords words = index.lookUp("tap boiler");
        const PairScorer all(index, words, Bm25{}, 1000);
        const PairScorer some(index, words, Bm25{}, 100);
        QVERIFY(std::abs(all.sum() / some.sum() - 1) < 0.3);
        QVERIFY(std::abs(all.squares() / some.squares() - 1) < 0.5);
    }

    void anEmptyIndexScoresNothing()
    {
        const LexicalIndex index;
        QVERIFY(index.lookUp("boiler").terms.empty());
        QVERIFY(score(index, "boiler").empty());
    }

    void countsStopAtTheirLargestNumber()
    {
        LexicalIndex index;
        std::string text;
        for (int i = 0; i < 70000; ++i) {
            text += "tap ";
        }
        append(index, {{text, text}});
        QCOMPARE(index.lookUp("tap").terms[0][0].count, std::uint16_t{65535});
        QCOMPARE(index.lookUp("tap").terms[0][0].inTitle, std::uint16_t{65535});
    }

    void readsBackWhatItWrote()
    {
        LexicalIndex index;
        std::vector<Text> texts = kTexts;
        texts.push_back({"tap", manyWords(300)});
        append(index, texts);
        Bytes bytes;
        index.encode(bytes);
        SnapshotReader reader(std::make_shared<SnapshotPages>(bytes));
        const auto decoded = LexicalIndex::decode(reader, index.size());
        VERIFY_OK(decoded);
        QVERIFY(reader.atEnd());
        QCOMPARE(score(*decoded, "boiler tap river"), score(index, "boiler tap river"));
        QVERIFY(std::ranges::equal(decoded->parts(4), index.parts(4)) && index.parts(4).size() > 1);
        Bytes again;
        decoded->encode(again);
        QCOMPARE(toHex(again), toHex(bytes));
    }

    void refusesPostingsThatContradictThemselves()
    {
        LexicalIndex index;
        append(index, kTexts);
        Bytes bytes;
        index.encode(bytes);
        for (std::size_t size = 0; size < bytes.size(); ++size) {
            SnapshotReader reader(std::make_shared<SnapshotPages>(ByteView(bytes).first(size)));
            COMPARE_ERROR(LexicalIndex::decode(reader, index.size()), ErrorCode::Corruption);
        }
        const auto pages = std::make_shared<SnapshotPages>(bytes);
        bytes.back() = std::byte{0xFF}; // a position that does not end
        const auto damaged = std::make_shared<SnapshotPages>(bytes);
        for (const auto& [from, isSound] : {std::pair(pages, true), std::pair(damaged, false)}) {
            SnapshotReader reader(from);
            const auto decoded = LexicalIndex::decode(reader, index.size());
            VERIFY_OK(decoded);
            QVERIFY(!from->failed());
            (void)decoded->someTerms(1000);
            (void)decoded->withPrefix("t");
            (void)decoded->withPrefix("z");
            (void)decoded->lookUp("boiler tap river water zebra");
            Bytes again;
            decoded->encode(again);
            QCOMPARE(!from->failed(), isSound); // seen when it is looked at
        }
    }
};

CARMA_TEST_CLASS(TestLexicalIndex, "test_lexical_index")
#include "test_lexical_index.moc"
