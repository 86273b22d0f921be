// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/record/record.h"

#include "core/log_record/text_random.h"
#include "support/test_main.h"

#include <QTest>

using namespace carma;
using namespace carma::log;
using carma::test::TextRandom;

namespace {

/// Texts that share words, each with a word of its own written many times.
std::vector<std::string> someTexts(std::uint64_t seed)
{
    TextRandom random(seed);
    std::vector<std::string> texts;
    for (int i = 0; i < 300; ++i) {
        std::string text = random.text(600);
        for (int k = 0; k < 20; ++k) {
            text += " secret" + std::to_string(i) + "word " + random.text(30);
        }
        texts.push_back(text);
    }
    return texts;
}

std::vector<std::string_view> viewsOf(const std::vector<std::string>& texts) { return {texts.begin(), texts.end()}; }

} // namespace

class TestDictionary : public QObject {
    Q_OBJECT

private slots:
    /// A text that does not become smaller ends its compression with an error. The next one must not be given the same dictionary.
    void aTextThatDoesNotShrinkLeavesNothingBehind()
    {
        const auto texts = someTexts(1);
        const auto bytes = trainDictionary(viewsOf(texts));
        VERIFY_OK(bytes);
        const auto dictionary = Dictionary::load(3, *bytes);
        VERIFY_OK(dictionary);
        TextRandom random(2);
        const crypto::AeadKey key(Bytes(32, std::byte{7}));
        Bytes noise(300);
        random.fill(noise);
        const std::string text = random.text(300);
        RecordHeader header;
        Bytes stored;
        VERIFY_OK(sealRecord(header, noise, key, dictionary->get(), random, true, stored));
        QCOMPARE(header.flags & kRecordCompressed, 0);
        VERIFY_OK(sealRecord(header, asBytes(text), key, nullptr, random, true, stored));
        QCOMPARE(header.dictionary, 0U);
    }

    void aDictionaryMakesShortTextsSmallerAndBringsThemBack()
    {
        const auto texts = someTexts(1);
        const auto bytes = trainDictionary(viewsOf(texts));
        VERIFY_OK(bytes);
        QVERIFY(bytes->size() <= kDictionaryBytesMax);
        const auto dictionary = Dictionary::load(3, *bytes);
        VERIFY_OK(dictionary);
        QCOMPARE((*dictionary)->number(), 3U);
        QVERIFY(std::ranges::equal((*dictionary)->bytes(), *bytes));

        TextRandom random(2);
        const crypto::AeadKey key(Bytes(32, std::byte{7}));
        const std::string text = random.text(300);
        Bytes with;
        Bytes without;
        RecordHeader header;
        VERIFY_OK(sealRecord(header, asBytes(text), key, nullptr, random, true, without));
        QCOMPARE(header.dictionary, 0U);
        VERIFY_OK(sealRecord(header, asBytes(text), key, dictionary->get(), random, true, with));
        QCOMPARE(header.dictionary, 3U);
        QVERIFY(with.size() < without.size());
        const auto record = parseRecord(with);
        VERIFY_OK(record);
        const auto opened = openRecord(*record, key, dictionary->get());
        VERIFY_OK(opened);
        QCOMPARE(toString(*opened), text);
        COMPARE_ERROR(openRecord(*record, key, nullptr), ErrorCode::Corruption);
        COMPARE_ERROR(openRecord(*record, key, Dictionary::load(4, *bytes)->get()), ErrorCode::Corruption);
        const auto plain = parseRecord(without);
        VERIFY_OK(openRecord(*plain, key, dictionary->get()));
    }

    void wordsOfFewerThanThreeTextsAreNotInIt()
    {
        const auto texts = someTexts(1);
        const auto bytes = trainDictionary(viewsOf(texts));
        VERIFY_OK(bytes);
        const std::string_view content = asText(*bytes);
        QVERIFY(content.find("river") != std::string_view::npos);
        QVERIFY(content.find("secret") == std::string_view::npos);
    }

    void trainingTwiceGivesTheSameBytes()
    {
        const auto texts = someTexts(1);
        QVERIFY(*trainDictionary(viewsOf(texts)) == *trainDictionary(viewsOf(texts)));
    }

    void textsWithoutAnythingInCommonGiveNoDictionary()
    {
        TextRandom random(3);
        std::vector<std::string> texts;
        for (int i = 0; i < 100; ++i) {
            texts.push_back(toString(random.bytes(300)));
        }
        COMPARE_ERROR(trainDictionary(viewsOf(texts)), ErrorCode::NotFound);
        COMPARE_ERROR(trainDictionary({}), ErrorCode::NotFound);
        const std::vector<std::string> few{"one text", "one text", "one text"};
        COMPARE_ERROR(trainDictionary(viewsOf(few)), ErrorCode::NotFound);
    }

    void bytesThatAreNoDictionaryAreRefused()
    {
        const auto texts = someTexts(1);
        const auto bytes = trainDictionary(viewsOf(texts));
        VERIFY_OK(bytes);
        COMPARE_ERROR(Dictionary::load(0, *bytes), ErrorCode::Corruption);
        COMPARE_ERROR(Dictionary::load(1, {}), ErrorCode::Corruption);
        COMPARE_ERROR(Dictionary::load(1, asBytes("just some words, and no dictionary at all")), ErrorCode::Corruption);
        COMPARE_ERROR(Dictionary::load(1, ByteView(*bytes).first(40)), ErrorCode::Corruption);
        Bytes large = *bytes;
        large.resize(kDictionaryBytesMax + 1);
        COMPARE_ERROR(Dictionary::load(1, large), ErrorCode::Corruption);
    }
};

CARMA_TEST_CLASS(TestDictionary, "test_dictionary")
#include "test_dictionary.moc"
