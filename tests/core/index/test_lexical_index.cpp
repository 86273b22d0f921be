// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/lexical_index.h"
#include "support/test_main.h"

#include <QTest>
#include <cmath>
#include <random>

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
    index.score(index.lookUp(query), Bm25{}, scores);
    return scores;
}

double bm25(double n, double df, double count, double length, double meanLength, double k1, double b)
{
    return std::log(1 + (n - df + 0.5) / (df + 0.5)) * count * (k1 + 1) / (count + k1 * (1 - b + b * length / meanLength));
}

bool near(float value, double expected) { return std::abs(static_cast<double>(value) - expected) < 1e-5; }

const std::vector<Text> kTexts{{"pipe", "boiler boiler tap"}, {"", "tap river"}, {"river", "gate"}, {"", ""}};

} // namespace

class TestLexicalIndex : public QObject {
    Q_OBJECT
private slots:
    void countsTitleAndText()
    {
        WordReader reader;
        const PassageTerms terms = countTerms(reader, "tap river", "river tap tap pump");
        QCOMPARE(terms.size(), std::size_t{3});
        QCOMPARE(reader.term(terms[0].term), std::string_view("tap"));
        QCOMPARE(terms[0].count, std::uint16_t{3});
        QCOMPARE(terms[0].inTitle, std::uint16_t{1});
        QCOMPARE(terms[2].count, std::uint16_t{1});
        QCOMPARE(terms[2].inTitle, std::uint16_t{0});
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
        index.scoreGroups(index.lookUp("tap river pipe"), Bm25{1.2F, 0.75F}, groupOf, scores);
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
        QVERIFY(index.lookUp("boiler").empty());
        QCOMPARE(score(index, "tap river gate"), score(fresh, "tap river gate"));
        Bytes bytes;
        Bytes freshBytes;
        index.encode(bytes);
        fresh.encode(freshBytes);
        QCOMPARE(toHex(bytes), toHex(freshBytes));
    }

    void anEmptyIndexScoresNothing()
    {
        const LexicalIndex index;
        QVERIFY(index.lookUp("boiler").empty());
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
        QCOMPARE(index.lookUp("tap")[0][0].count, std::uint16_t{65535});
        QCOMPARE(index.lookUp("tap")[0][0].inTitle, std::uint16_t{65535});
    }

    void readsBackWhatItWrote()
    {
        LexicalIndex index;
        append(index, kTexts);
        Bytes bytes;
        index.encode(bytes);
        ByteReader reader(bytes);
        const auto decoded = LexicalIndex::decode(reader, index.size());
        VERIFY_OK(decoded);
        QVERIFY(reader.atEnd());
        QCOMPARE(score(*decoded, "boiler tap river"), score(index, "boiler tap river"));
    }

    void refusesPostingsThatContradictThemselves()
    {
        LexicalIndex index;
        append(index, kTexts);
        Bytes bytes;
        index.encode(bytes);
        for (std::size_t size = 0; size < bytes.size(); ++size) {
            ByteReader reader(ByteView(bytes).first(size));
            COMPARE_ERROR(LexicalIndex::decode(reader, index.size()), ErrorCode::Corruption);
        }
        ByteReader fewer(bytes);
        COMPARE_ERROR(LexicalIndex::decode(fewer, 2), ErrorCode::Corruption); // slots beyond the passages
    }
};

CARMA_TEST_CLASS(TestLexicalIndex, "test_lexical_index")
#include "test_lexical_index.moc"
