// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/log_tail/tail_fixture.h"
#include "support/test_main.h"

#include <QTest>
#include <numeric>

using namespace carma;
using namespace carma::log;
using carma::test::TailFixture;

namespace {

/// Three batches, the one in the middle of many sectors.
void fill(TailFixture& tail)
{
    tail.create();
    CARMA_ASSERT(tail.append({500, 600}).has_value());
    CARMA_ASSERT(tail.append({1000, 3000, 9000, 50, 60, 20000, 100, 7000}).has_value());
    CARMA_ASSERT(tail.append({700, 10, 4000}).has_value());
}

/// One batch that is the same in both copies, and one of two sectors that only the copy at hand has: the last record of each lies in its
/// second sector alone. Copy 0 is of the writing of `tail`, copy 1 of that of `other`, which was away.
void writeTwice(TailFixture& tail, TailFixture& other)
{
    for (TailFixture* writing : {&tail, &other}) {
        writing->create();
        CARMA_ASSERT(writing->append({500}).has_value());
    }
    CARMA_ASSERT(tail.allRecords() == other.allRecords());
    static_cast<void>(other.random.next());
    for (TailFixture* writing : {&tail, &other}) {
        CARMA_ASSERT(writing->append({2000, 3000, 500}).has_value());
        CARMA_ASSERT(writing->batches.back().sectorEnd - writing->batches.back().sector == 2);
    }
    CARMA_ASSERT(tail.disk.restore(tail.folders[1], *other.disk.snapshot(other.folders[1])).has_value());
}

/// Repairs, and checks that nothing is left to do and that the records stay the same.
void repairAndCheck(TailFixture& tail, const TailContents& contents)
{
    VERIFY_OK(tail.repair(contents));
    const auto after = tail.read();
    VERIFY_OK(after);
    QVERIFY(after->clean());
    QVERIFY(after->records == contents.records);
    QVERIFY(after->merged == contents.merged);
    QCOMPARE(after->lostSectors, contents.lostSectors);
    QCOMPARE(after->gaps.size(), contents.gaps.size());
    for (std::size_t i = 0; i < after->gaps.size(); ++i) {
        QCOMPARE(after->gaps[i].firstSequence, contents.gaps[i].firstSequence);
        QCOMPARE(after->gaps[i].recordCount, contents.gaps[i].recordCount);
    }
    const Hash128 before = tail.disk.fingerprint();
    const auto again = tail.repair(*after);
    VERIFY_OK(again);
    QCOMPARE(*again, std::uint64_t{0});
    QVERIFY(tail.disk.fingerprint() == before);
}

} // namespace

class TestTailDamage : public QObject {
    Q_OBJECT

private slots:
    void anySectorMayBeBadInAllButOneCopy()
    {
        TailFixture reference;
        fill(reference);
        const std::uint64_t count = reference.writer->fileBytes() / kSectorBytes;
        for (std::uint64_t sector = 0; sector < count; ++sector) {
            TailFixture tail;
            fill(tail);
            tail.ruin(0, sector);
            tail.ruin(2, sector);
            const auto contents = tail.read();
            VERIFY_OK(contents);
            QVERIFY(contents->records == tail.allRecords());
            QVERIFY(!contents->clean() && contents->gaps.empty() && contents->lostSectors.empty());
            QCOMPARE(contents->copies[0].badSectors, std::vector<std::uint64_t>{sector});
            QVERIFY(contents->copies[1].badSectors.empty());
            QCOMPARE(contents->copies[2].badSectors, std::vector<std::uint64_t>{sector});
            QVERIFY(contents->copies[0].flippedBits[0] > 8000);
            repairAndCheck(tail, *contents);
        }
    }

    void anySectorBadInAllCopiesLosesOnlyItsRecords()
    {
        TailFixture reference;
        fill(reference);
        const std::uint64_t count = reference.writer->fileBytes() / kSectorBytes;
        for (std::uint64_t sector = 0; sector < count; ++sector) {
            TailFixture tail;
            fill(tail);
            tail.ruinInAll(sector);
            const auto contents = tail.read();
            VERIFY_OK(contents);
            const auto sequences = TailFixture::sequencesOf(*contents);
            QCOMPARE(contents->tornSectors, std::uint64_t{0});
            if (sector < 2) { // one header is left
                QVERIFY(contents->records == tail.allRecords());
                QVERIFY(contents->lostSectors.empty());
            } else {
                QCOMPARE(contents->lostSectors, std::vector<std::uint64_t>{sector});
                for (const auto& batch : tail.batches) {
                    const auto kept = static_cast<std::size_t>(
                        std::ranges::count_if(sequences, [&](Sequence s) { return s >= batch.first && s < batch.first + batch.count; }));
                    const bool hit = sector >= batch.sector && sector < batch.sectorEnd;
                    // The sector holds at most a part of two long records, and a few short ones.
                    QVERIFY2(hit ? kept + 5 >= batch.count : kept == batch.count, qPrintable(QString::number(sector)));
                }
                const bool atTheEnd = sector + 1 == count;
                if (atTheEnd) {
                    QVERIFY(contents->gaps.size() == 1 && contents->gaps[0].recordCount == 0);
                } else {
                    QVERIFY(TailFixture::accountsForAll(*contents, tail.next));
                }
            }
            repairAndCheck(tail, *contents);
        }
    }

    void aLossIsStillNamedAfterRepairAndMoreBatches()
    {
        for (const std::size_t batch : {0U, 1U, 2U}) {
            TailFixture tail;
            fill(tail);
            for (std::uint64_t i = tail.batches[batch].sector; i < tail.batches[batch].sectorEnd; ++i) {
                tail.ruinInAll(i);
            }
            const auto contents = tail.read();
            VERIFY_OK(contents);
            QCOMPARE(contents->tornSectors, std::uint64_t{0});
            VERIFY_OK(tail.repair(*contents));
            auto writer = continueTail(tail.disk, *tail.executor, tail.folders, *contents);
            VERIFY_OK(writer);
            tail.writer = std::move(*writer);
            VERIFY_OK(tail.append({123, 456}));
            const auto after = tail.read();
            VERIFY_OK(after);
            QVERIFY(after->clean());
            QCOMPARE(after->gaps.size(), std::size_t{1});
            QCOMPARE(after->gaps[0].firstSequence, tail.batches[batch].first);
            QCOMPARE(after->gaps[0].recordCount, static_cast<std::uint32_t>(tail.batches[batch].count));
            QVERIFY(TailFixture::accountsForAll(*after, tail.next));
        }
    }

    void sixteenFlippedBitsOfASectorAreCorrectedEvenInTheOnlyCopy()
    {
        TailFixture tail(1);
        fill(tail);
        for (std::uint64_t sector = 0; sector < tail.writer->fileBytes() / kSectorBytes; ++sector) {
            for (unsigned i = 0; i < kCorrectableBits; ++i) {
                VERIFY_OK(tail.disk.flipBit(tail.path(0), sector * kSectorBytes + i * 255 + sector, i % 8));
            }
        }
        const auto contents = tail.read();
        VERIFY_OK(contents);
        QVERIFY(contents->records == tail.allRecords());
        QVERIFY(contents->lostSectors.empty());
        QCOMPARE(contents->copies[0].badSectors.size(), contents->merged.size() / kSectorBytes);
        for (const unsigned bits : contents->copies[0].flippedBits) {
            QCOMPARE(bits, kCorrectableBits);
        }
        repairAndCheck(tail, *contents);
    }

    void bitsOfAllCopiesAreOutvoted()
    {
        TailFixture tail;
        fill(tail);
        // Far more than the code corrects, in each copy at other places.
        for (std::size_t copy = 0; copy < 3; ++copy) {
            for (std::uint64_t i = 0; i < 600; ++i) {
                VERIFY_OK(tail.disk.flipBit(tail.path(copy), 5 * kSectorBytes + i * 6 + copy * 2, i % 8));
            }
        }
        const auto contents = tail.read();
        VERIFY_OK(contents);
        QVERIFY(contents->records == tail.allRecords());
        for (const TailCopy& copy : contents->copies) {
            QCOMPARE(copy.badSectors, std::vector<std::uint64_t>{5});
            QCOMPARE(copy.flippedBits, std::vector<unsigned>{600});
        }
        repairAndCheck(tail, *contents);
    }

    void everyFlippedBitIsCounted()
    {
        for (std::uint64_t seed = 1; seed <= 20; ++seed) {
            TailFixture tail(3, seed);
            fill(tail);
            const auto flips = tail.disk.flipRandomBits(40, tail.folders[seed % 3]);
            const auto contents = tail.read();
            VERIFY_OK(contents);
            unsigned counted = 0;
            for (const TailCopy& copy : contents->copies) {
                counted += std::accumulate(copy.flippedBits.begin(), copy.flippedBits.end(), 0U);
            }
            QCOMPARE(counted, static_cast<unsigned>(flips.size()));
            repairAndCheck(tail, *contents);
        }
    }

    void missingShortStaleAndEmptyCopiesAreFilledUp()
    {
        TailFixture tail;
        tail.create();
        VERIFY_OK(tail.append({500, 600}));
        const auto stale = tail.disk.snapshot(tail.folders[0]);
        VERIFY_OK(stale);
        VERIFY_OK(tail.append({9000, 3}));
        VERIFY_OK(tail.append({40}));
        for (int kind = 0; kind < 4; ++kind) {
            if (kind == 0) {
                VERIFY_OK(tail.disk.restore(tail.folders[0], *stale));
            } else if (kind == 1) {
                VERIFY_OK(tail.disk.deletePath(tail.path(0)));
            } else {
                VERIFY_OK(tail.disk.truncateFile(tail.path(0), kind == 2 ? 0 : 4 * kSectorBytes + 1000));
            }
            if (kind != 3) {
                VERIFY_OK(tail.disk.deletePath(tail.path(2)));
            }
            const auto contents = tail.read();
            VERIFY_OK(contents);
            QVERIFY(contents->records == tail.allRecords());
            QCOMPARE(contents->copies[0].missing, kind == 1);
            QVERIFY(contents->copies[0].sectorsMissing > 0 && contents->copies[0].badSectors.empty());
            QCOMPARE(contents->tornSectors, std::uint64_t{0});
            repairAndCheck(tail, *contents);
        }
    }

    void swappedAndMisdirectedSectorsAreSeen()
    {
        TailFixture tail;
        fill(tail);
        for (std::size_t copy = 0; copy < 2; ++copy) {
            VERIFY_OK(tail.disk.copySector(tail.path(copy), 4, 6, kSectorBytes));
            VERIFY_OK(tail.disk.copySector(tail.path(copy), 2, 0, kSectorBytes));
        }
        const auto contents = tail.read();
        VERIFY_OK(contents);
        QVERIFY(contents->records == tail.allRecords());
        QCOMPARE(contents->copies[0].badSectors, (std::vector<std::uint64_t>{0, 6}));
        repairAndCheck(tail, *contents);
    }

    void unreadableSectorsAreReadFromOtherCopiesAndWrittenAnew()
    {
        TailFixture tail;
        fill(tail);
        VERIFY_OK(tail.disk.makeUnreadable(tail.path(1), 5 * kSectorBytes, 512));
        const auto contents = tail.read();
        VERIFY_OK(contents);
        QVERIFY(contents->records == tail.allRecords());
        QVERIFY(contents->copies[1].readError);
        QCOMPARE(contents->copies[1].badSectors, std::vector<std::uint64_t>{5});
        repairAndCheck(tail, *contents);
    }

    void damagedBytesAreInQuarantineBeforeTheyAreOverwritten()
    {
        TailFixture tail;
        fill(tail);
        tail.ruin(1, 4);
        tail.ruin(1, 7);
        const Bytes damaged = tail.disk.files().at(tail.path(1));
        const auto contents = tail.read();
        VERIFY_OK(contents);
        // Power is cut at each operation of the repair: the damaged bytes are always somewhere, durable.
        for (std::uint64_t ops = 0;; ++ops) {
            disk::SimDisk copy(ops);
            copy.load(*tail.disk.snapshot());
            copy.cutPowerAfter(ops);
            const auto repaired = repairTail(copy, *contents, tail.folders, "quarantine");
            copy.crash(disk::SimCrash::KeepUnsynced);
            const auto files = copy.files();
            bool kept = files.at(tail.path(1)) == damaged;
            for (const auto& [path, bytes] : files) {
                if (path.starts_with("quarantine/") && bytes.size() == 2 * (8 + kSectorBytes)) {
                    kept = kept || std::equal(bytes.begin() + 8, bytes.begin() + 8 + kSectorBytes, damaged.begin() + 4 * kSectorBytes);
                }
            }
            QVERIFY(kept);
            if (repaired) {
                QVERIFY(ops > 4);
                break;
            }
            const auto again = readTail(copy, tail.header.store, TailFixture::kSegment, tail.folders);
            VERIFY_OK(again);
            QVERIFY(again->merged == contents->merged);
        }
        repairAndCheck(tail, *contents);
        tail.ruin(1, 4);
        VERIFY_OK(tail.repair(*tail.read()));
        QCOMPARE(tail.disk.list("quarantine")->size(), std::size_t{2});
    }

    void aCopyThatWasAwayDoesNotSpoilTheOthers()
    {
        TailFixture tail;
        tail.create();
        VERIFY_OK(tail.append({500}));
        const auto away = tail.disk.snapshot(tail.folders[0]);
        VERIFY_OK(away);
        // The folder that is away gets a batch that the rest of the store never saw ...
        TailFixture other(1);
        other.create();
        VERIFY_OK(other.append({500}));
        VERIFY_OK(other.append({9000, 9000}));
        VERIFY_OK(tail.append({3000, 50}));
        VERIFY_OK(tail.append({3000}));
        // ... and comes back.
        VERIFY_OK(tail.disk.restore(tail.folders[0], *other.disk.snapshot(other.folders[0])));
        const auto contents = tail.read();
        VERIFY_OK(contents);
        QVERIFY(contents->records == tail.allRecords());
        QVERIFY(contents->gaps.empty() && contents->lostSectors.empty());
        repairAndCheck(tail, *contents);
    }

    void theRestOfAnUnfinishedBatchInACopyThatWasAwayIsOutdoneByAWholeOne()
    {
        TailFixture tail(2);
        tail.create();
        VERIFY_OK(tail.append({500}));
        TailFixture other(1);
        other.create();
        VERIFY_OK(other.append({500}));
        VERIFY_OK(other.append({9000, 9000}));
        VERIFY_OK(tail.append({3000, 50, 8000}));
        // Every sector of the batch has two valid versions now, one in each copy.
        VERIFY_OK(other.disk.truncateFile(other.path(0), tail.writer->fileBytes()));
        VERIFY_OK(tail.disk.restore(tail.folders[0], *other.disk.snapshot(other.folders[0])));
        const auto contents = tail.read();
        VERIFY_OK(contents);
        QVERIFY(contents->records == tail.allRecords());
        repairAndCheck(tail, *contents);
    }

    void aWholeWritingIsBelievedBeforeOneMixedOfTwo()
    {
        TailFixture tail(2);
        TailFixture other(2);
        writeTwice(tail, other);
        tail.ruin(0, tail.batches.back().sector + 1);
        // The first sector of copy 0 goes with the second of copy 1 as far as their flags and lengths tell.
        const auto contents = tail.read();
        VERIFY_OK(contents);
        QVERIFY(contents->records == other.allRecords());
        QVERIFY(contents->gaps.empty());
        repairAndCheck(tail, *contents);
    }

    void sectorsOfTwoWritingsAreNotOneBatch()
    {
        for (const std::size_t lost : {0U, 1U}) {
            TailFixture tail(2);
            TailFixture other(2);
            writeTwice(tail, other);
            const std::uint64_t sector = tail.batches.back().sector;
            tail.ruin(lost, sector);
            tail.ruin(1 - lost, sector + 1);
            const auto contents = tail.read();
            VERIFY_OK(contents);
            // The trailer counts, so what is left of its own writing: the record behind it in its sector. The first sector is of the other.
            const Bytes& writing = (lost == 0 ? tail : other).batches.back().records;
            Bytes expected = tail.batches.front().records;
            expected.insert(expected.end(), writing.end() - static_cast<std::ptrdiff_t>(kRecordHeaderBytes + 500), writing.end());
            QVERIFY(contents->records == expected);
            QCOMPARE(contents->lostSectors, std::vector<std::uint64_t>{sector});
            QCOMPARE(contents->gaps.size(), std::size_t{1});
            QCOMPARE(contents->gaps[0].firstSequence, tail.batches.back().first);
            QCOMPARE(contents->gaps[0].recordCount, 2U);
            repairAndCheck(tail, *contents);
        }
    }
};

CARMA_TEST_CLASS(TestTailDamage, "test_tail_damage")
#include "test_tail_damage.moc"
