// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/part_vectors.h"
#include "index/text_parts.h"
#include "index/vector_index.h"
#include "support/test_main.h"

#include <QTest>

#include <array>
#include <string>

using namespace carma;
using namespace carma::index;

namespace {

std::string sentences(std::size_t count, const std::string& end = ". ")
{
    std::string text;
    for (std::size_t i = 0; i < count; ++i) {
        text += "The river rose by " + std::to_string(100 + i) + " millimetres that night" + end;
    }
    return text;
}

/// The text of all parts, without white space.
std::string joined(const std::vector<std::string_view>& parts)
{
    std::string all;
    for (const std::string_view part : parts) {
        all += part;
    }
    std::erase_if(all, [](char c) { return c == ' ' || c == '\n'; });
    return all;
}

FixedVector unit(std::size_t axis, float slant = 0)
{
    FixedVector out(4);
    std::array<float, 4> floats{};
    floats[axis] = 1;
    floats[3] += slant;
    toFixed(floats, out);
    return out;
}

} // namespace

class TestParts : public QObject {
    Q_OBJECT

private slots:
    void aShortTextIsOnePart()
    {
        QVERIFY(textParts("").empty());
        QVERIFY(textParts("   \n ").empty());
        QVERIFY(textParts(sentences(5)).empty());
        QVERIFY(textParts(std::string(300, 'x')).empty());
    }

    void partsAreWholeSentencesAndTogetherTheText()
    {
        const std::string text = sentences(30);
        const auto parts = textParts(text);
        QVERIFY(parts.size() >= 4);
        std::string bare = text;
        std::erase(bare, ' ');
        QCOMPARE(joined(parts), bare);
        for (const std::string_view part : parts) {
            QVERIFY(part.starts_with("The river"));
            QVERIFY(part.ends_with("night."));
            QVERIFY(part.size() >= kPartBytes / 3 && part.size() < 2 * kPartBytes);
        }
    }

    void linesAndWideMarksEndSentences()
    {
        QVERIFY(textParts(sentences(30, "\n")).size() >= 4);
        std::string wide;
        for (int i = 0; i < 30; ++i) {
            wide += "\xE6\xB2\xB3\xE6\xB0\xB4\xE6\xB6\xA8\xE4\xBA\x86\xE5\xBE\x88\xE5\xA4\x9A\xE3\x80\x82";
        }
        const auto parts = textParts(wide);
        QVERIFY(parts.size() >= 2);
        for (const std::string_view part : parts) {
            QVERIFY(part.ends_with("\xE3\x80\x82"));
        }
    }

    void withoutSentencesSpacesCut()
    {
        std::string text;
        for (int i = 0; i < 400; ++i) {
            text += "word ";
        }
        for (const std::string_view part : textParts(text)) {
            QVERIFY(part.size() <= 2 * kPartBytes + kPartBytes / 3 + 5);
        }
        QVERIFY(textParts(text).size() >= 3);
    }

    void aLongTextHasNotMorePartsThanCanBeCounted()
    {
        const std::string text = sentences(20'000);
        const auto parts = textParts(text);
        QCOMPARE(parts.size(), kPartsMax);
        QVERIFY(parts.back().ends_with("night."));
    }

    void theBestPartCounts()
    {
        PartVectors parts(4);
        FixedVector rows = unit(0);
        const FixedVector second = unit(1);
        rows.insert(rows.end(), second.begin(), second.end());
        parts.append(std::array<std::uint8_t, 3>{0, 2, 0}, rows);
        QCOMPARE(parts.size(), std::size_t{3});
        QVERIFY(!parts.has(0) && parts.has(1) && !parts.has(2));
        QVERIFY(parts.best(unit(1), 1) > 0.99 * kFixedDotOne);
        QCOMPARE(parts.best(unit(2), 1), 0);
        std::array<std::int32_t, 3> dots{7, 8, 9};
        parts.bests(unit(0), dots);
        QCOMPARE(dots[0], 7);
        QVERIFY(dots[1] > 0.99 * kFixedDotOne);
        QCOMPARE(dots[2], 9);
    }

    void slotsThatLeaveTakeTheirPartsAlong()
    {
        PartVectors parts(4);
        FixedVector rows = unit(0);
        for (const std::size_t axis : {1U, 2U, 0U}) {
            const FixedVector more = unit(axis);
            rows.insert(rows.end(), more.begin(), more.end());
        }
        parts.append(std::array<std::uint8_t, 3>{2, 0, 2}, rows);
        const std::array<Slot, 3> newSlots{kGone, 0, 1};
        parts.compact(newSlots);
        QCOMPARE(parts.size(), std::size_t{2});
        QCOMPARE(parts.parts(), std::size_t{2});
        QVERIFY(!parts.has(0) && parts.has(1));
        QVERIFY(parts.best(unit(2), 1) > 0.99 * kFixedDotOne);
        QCOMPARE(parts.best(unit(1), 1), 0);
    }

    void bytesGiveBackTheSame()
    {
        PartVectors parts(4);
        FixedVector rows = unit(0, 0.5F);
        const FixedVector more = unit(1, 0.25F);
        rows.insert(rows.end(), more.begin(), more.end());
        parts.append(std::array<std::uint8_t, 2>{0, 2}, rows);
        Bytes bytes;
        parts.encode(bytes);
        SnapshotReader reader(std::make_shared<SnapshotPages>(bytes));
        auto read = PartVectors::decode(reader, 4, 2);
        VERIFY_OK(read);
        QVERIFY(reader.atEnd());
        Bytes again;
        read->encode(again);
        QVERIFY(again == bytes);
        for (std::size_t size = 0; size < bytes.size(); ++size) {
            SnapshotReader cut(std::make_shared<SnapshotPages>(ByteView(bytes).first(size)));
            COMPARE_ERROR(PartVectors::decode(cut, 4, 2), ErrorCode::Corruption);
        }
        bytes[4] = std::byte{3}; // parts that end behind those of the next passage
        SnapshotReader crossed(std::make_shared<SnapshotPages>(bytes));
        COMPARE_ERROR(PartVectors::decode(crossed, 4, 2), ErrorCode::Corruption);
    }
};

CARMA_TEST_CLASS(TestParts, "test_parts")

#include "test_parts.moc"
