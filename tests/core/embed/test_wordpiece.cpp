// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "embed/wordpiece.h"
#include "support/test_main.h"

#include <QTest>
#include <random>

using carma::ErrorCode;
using carma::embed::WordPiece;

namespace {

// Ids in order: 0 [UNK], 1 [CLS], 2 un, 3 ##break, 4 ##able, 5 unb, 6 naive, 7 ',', 8 cafe, 9 日, 10 本, 11 ##s, 12 a,
// 13 ##a, 14 ά without its accent, 15 ;
const char* const kVocabulary = "[UNK]\n[CLS]\nun\n##break\n##able\nunb\nnaive\n,\ncafe\n日\n本\n##s\na\n##a\nα\n;\n";

std::vector<std::uint32_t> encode(std::string_view text, std::size_t idsMax = 512)
{
    static const auto tokenizer = WordPiece::parse(kVocabulary);
    std::vector<std::uint32_t> ids{99};
    tokenizer->encode(text, idsMax, ids);
    return ids;
}

using Ids = std::vector<std::uint32_t>;

} // namespace

class TestWordpiece : public QObject {
    Q_OBJECT
private slots:
    void coversAWordByTheLongestPiecesFromTheLeft()
    {
        QCOMPARE(encode("unable"), (Ids{2, 4}));
        QCOMPARE(encode("unbable"), (Ids{5, 4}));
        // "unb" is taken first and nothing continues with "reakable": the greedy rule does not go back.
        QCOMPARE(encode("unbreakable"), (Ids{0}));
    }

    void wordsAreRememberedForOneVocabulary()
    {
        const auto other = WordPiece::parse("[UNK]\nable\n##able\nun\n");
        for (int round = 0; round < 3; ++round) {
            Ids ids;
            other->encode("unable able", 512, ids);
            QCOMPARE(ids, (Ids{3, 2, 1}));
            QCOMPARE(encode("unable able"), (Ids{2, 4, 0}));
        }
    }

    void aContinuationNeverStartsAWord()
    {
        QCOMPARE(encode("able"), (Ids{0}));
        QCOMPARE(encode("##able"), (Ids{0, 0, 0}));
        QCOMPARE(encode("aa a"), (Ids{12, 13, 12}));
    }

    void ignoresCaseAccentsAndControlCharacters()
    {
        QCOMPARE(encode("NAÏVE Cafe\u0301s"), (Ids{6, 8, 11}));
        QCOMPARE(encode(std::string_view("ca\0f\x07\u200be", 9)), (Ids{8}));
        QCOMPARE(encode("Ά"), (Ids{14}));
    }

    void splitsAtPunctuationSpaceAndIdeographs()
    {
        QCOMPARE(encode("cafe,naive\u00a0a"), (Ids{8, 7, 6, 12}));
        QCOMPARE(encode("a日本a"), (Ids{12, 9, 10, 12}));
        QCOMPARE(encode("a\u037Ea"), (Ids{12, 15, 12})); // the Greek question mark decomposes to a semicolon
    }

    void wordsOverAHundredCharactersAreUnknown()
    {
        QCOMPARE(encode(std::string(100, 'a')).size(), std::size_t{100});
        QCOMPARE(encode(std::string(101, 'a')), (Ids{0}));
    }

    void stopsAtTheGivenNumberOfTokens()
    {
        QCOMPARE(encode("a cafe cafes naive", 3), (Ids{12, 8, 8}));
        QCOMPARE(encode("aaaa", 2), (Ids{12, 13}));
        QCOMPARE(encode("a", 0), (Ids{}));
    }

    void skipsBytesThatAreNoUtf8()
    {
        QCOMPARE(encode("ca\xff\xc3"
                        "fe"),
            (Ids{8}));
        std::mt19937 random(7);
        for (int round = 0; round < 2000; ++round) {
            std::string text(random() % 64, '\0');
            for (char& c : text) {
                c = static_cast<char>(random());
            }
            for (const std::uint32_t id : encode(text)) {
                QVERIFY(id < 16);
            }
        }
    }

    void findsTokensByTheirLine()
    {
        const auto tokenizer = WordPiece::parse("[UNK]\r\n[CLS]\r\n##s");
        VERIFY_OK(tokenizer);
        QCOMPARE(tokenizer->size(), std::size_t{3});
        QCOMPARE(tokenizer->idOf("[CLS]"), std::optional<std::uint32_t>(1));
        QCOMPARE(tokenizer->idOf("##s"), std::optional<std::uint32_t>(2));
        QVERIFY(!tokenizer->idOf("s"));
        QVERIFY(!tokenizer->idOf(""));
        QCOMPARE(tokenizer->token(1), std::string_view("[CLS]"));
    }

    void refusesAVocabularyWithoutTheUnknownToken()
    {
        COMPARE_ERROR(WordPiece::parse("a\nb\n"), ErrorCode::Corruption);
        COMPARE_ERROR(WordPiece::parse(""), ErrorCode::Corruption);
        COMPARE_ERROR(WordPiece::parse(std::string(WordPiece::kVocabularyBytesMax + 1, 'x')), ErrorCode::LimitExceeded);
    }
};

CARMA_TEST_CLASS(TestWordpiece, "test_wordpiece")
#include "test_wordpiece.moc"
