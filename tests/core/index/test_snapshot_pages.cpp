// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/snapshot_reader.h"
#include "support/test_main.h"

#include <QTest>

#include <array>
#include <atomic>
#include <numeric>
#include <thread>

using namespace carma;
using namespace carma::index;

namespace {

constexpr std::size_t kBlock = 100;
constexpr std::size_t kSize = 25 * kBlock + 7;

/// Byte i is i % 251. Counts what was asked for.
class CountingSource final : public SnapshotPages::Source {
public:
    CountingSource(std::vector<std::atomic<int>>& reads, std::size_t damaged) : m_reads(reads), m_damaged(damaged) {}

    bool read(std::size_t first, ByteSpan out) override
    {
        bool isGood = true;
        for (std::size_t i = 0; i < out.size(); ++i) {
            const std::size_t at = first * kBlock + i;
            if (at % kBlock == 0) {
                ++m_reads[at / kBlock];
                isGood = isGood && at / kBlock != m_damaged;
            }
            out[i] = static_cast<std::byte>(at % 251);
        }
        return isGood;
    }

private:
    std::vector<std::atomic<int>>& m_reads;
    const std::size_t m_damaged;
};

struct Fixture {
    explicit Fixture(std::size_t damaged = ~std::size_t{0})
        : pages(std::make_shared<SnapshotPages>(std::make_unique<CountingSource>(reads, damaged), kSize, kBlock))
    {
    }
    [[nodiscard]] int readBlocks() const
    {
        return std::accumulate(reads.begin(), reads.end(), 0, [](int sum, const std::atomic<int>& count) { return sum + count.load(); });
    }

    std::vector<std::atomic<int>> reads = std::vector<std::atomic<int>>(26);
    std::shared_ptr<SnapshotPages> pages;
};

bool isRight(ByteView bytes, std::size_t offset)
{
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (bytes[i] != static_cast<std::byte>((offset + i) % 251)) {
            return false;
        }
    }
    return true;
}

} // namespace

class TestSnapshotPages : public QObject {
    Q_OBJECT
private slots:
    void readsWhatIsTouchedOnce()
    {
        Fixture fixture;
        QVERIFY(isRight(fixture.pages->get(350, 120), 350));
        QCOMPARE(fixture.readBlocks(), 2);
        QVERIFY(isRight(fixture.pages->get(399, 2), 399));
        QVERIFY(isRight(fixture.pages->get(kSize, 0), kSize));
        QCOMPARE(fixture.readBlocks(), 2);
        QVERIFY(isRight(fixture.pages->get(kSize - 3, 3), kSize - 3));
        QCOMPARE(fixture.readBlocks(), 3);
        fixture.pages->touchAll();
        QVERIFY(isRight(fixture.pages->get(0, kSize), 0));
        QCOMPARE(fixture.readBlocks(), 26);
        QVERIFY(!fixture.pages->failed());
    }

    void aDamagedBlockIsZeroAndToldOf()
    {
        Fixture fixture(7);
        QVERIFY(isRight(fixture.pages->get(100, 500), 100));
        QVERIFY(!fixture.pages->failed());
        const ByteView bad = fixture.pages->get(700, 50);
        QVERIFY(std::ranges::all_of(bad, [](std::byte byte) { return byte == std::byte{0}; }));
        QVERIFY(fixture.pages->failed());
    }

    void threadsReadEachBlockOnce()
    {
        for (int round = 0; round < 50; ++round) {
            Fixture fixture;
            std::atomic<int> wrong = 0;
            {
                std::vector<std::jthread> threads;
                for (std::size_t t = 0; t < 4; ++t) {
                    threads.emplace_back([&, t] {
                        for (std::size_t i = 0; i < 26; ++i) {
                            const std::size_t at = (i * 7 + t) % 26 * kBlock;
                            wrong += isRight(fixture.pages->get(at, std::min(2 * kBlock, kSize - at)), at) ? 0 : 1;
                        }
                    });
                }
            }
            QCOMPARE(wrong.load(), 0);
            QCOMPARE(fixture.readBlocks(), 26);
        }
    }

    void columnsAreReadByTheRowAndChangedInMemory()
    {
        Bytes bytes{std::byte{1}};
        std::vector<std::uint32_t> numbers(200);
        std::iota(numbers.begin(), numbers.end(), 5U);
        writeColumn(bytes, numbers);
        writeColumn(bytes, std::vector<float>{0.5F, -2.0F});
        SnapshotReader reader(std::make_shared<SnapshotPages>(bytes));
        QCOMPARE(reader.number<std::uint8_t>(), std::uint8_t{1});
        auto column = reader.column<std::uint32_t>(200);
        QCOMPARE(column.rows(150, 3)[2], 157U);
        QVERIFY(column.isStored());
        column.resize(201);
        QVERIFY(!column.isStored());
        column.mutableData()[0] = 9;
        QCOMPARE(column.span()[0], 9U);
        QCOMPARE(column.span()[199], 204U);
        SnapshotReader tooLarge = reader;
        QVERIFY(tooLarge.floats(2, 1.0F).size() == 2 && tooLarge.failed());
        QCOMPARE(reader.floats(2, 2.0F), (std::vector<float>{0.5F, -2.0F}));
        QVERIFY(reader.atEnd());
        QVERIFY(reader.column<std::uint64_t>(std::size_t{1} << 62U).size() == 0 && reader.failed());
    }
};

CARMA_TEST_CLASS(TestSnapshotPages, "test_snapshot_pages")
#include "test_snapshot_pages.moc"
