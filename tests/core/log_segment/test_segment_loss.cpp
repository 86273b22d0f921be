// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/log_segment/segment_fixture.h"
#include "support/test_main.h"

#include <QTest>

using namespace carma;
using namespace carma::log;
using carma::test::SegmentFixture;

class TestSegmentLoss : public QObject {
    Q_OBJECT

private slots:
    void everyGeometryAndLengthReadsBack()
    {
        for (const Geometry geometry : {Geometry{4, 2}, Geometry{1, 0}, Geometry{1, 2}, Geometry{3, 0}, Geometry{2, 5}, Geometry{32, 16}}) {
            for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{4096}, std::size_t{4097}, std::size_t{90001}}) {
                SegmentFixture fixture(size, geometry);
                QVERIFY(fixture.writtenWell);
                const auto segment = fixture.open();
                QVERIFY(segment != nullptr);
                QVERIFY(segment->info() == fixture.info);
                QVERIFY(fixture.readsAll(*segment));
                const auto scrub = segment->scrub();
                QVERIFY(scrub.damage.empty());
                QVERIFY(scrub.lost.empty());
                QCOMPARE(scrub.sectorsChecked, geometry.total() * fixture.layout.sectors());
                QVERIFY(segment->salvage().payload == fixture.payload);
            }
        }
    }

    void everyRangeReadsBack()
    {
        SegmentFixture fixture(20 * 4096 + 5);
        const auto segment = fixture.open();
        std::mt19937_64 random(1);
        for (int i = 0; i < 300; ++i) {
            const std::size_t offset = random() % fixture.payload.size();
            Bytes out(random() % (fixture.payload.size() - offset + 1));
            VERIFY_OK(segment->read(offset, out, nullptr));
            QVERIFY(std::ranges::equal(out, ByteView(fixture.payload).subspan(offset, out.size())));
        }
        Bytes out(6);
        COMPARE_ERROR(segment->read(fixture.payload.size() - 5, out, nullptr), ErrorCode::InvalidArgument);
        COMPARE_ERROR(segment->read(~std::uint64_t{0}, out, nullptr), ErrorCode::InvalidArgument);
    }

    void everyPairOfLostFoldersReadsAndRepairsByteForByte()
    {
        SegmentFixture fixture;
        for (unsigned a = 0; a < 6; ++a) {
            for (unsigned b = a + 1; b < 6; ++b) {
                fixture.disk.removeTree(fixture.folders[a]);
                fixture.disk.removeTree(fixture.folders[b]);
                const auto segment = fixture.open();
                QVERIFY(segment != nullptr);
                QVERIFY(fixture.readsAll(*segment));
                const auto scrub = segment->scrub();
                QCOMPARE(scrub.damage.size(), 2U);
                QVERIFY(scrub.damage[0].kind == DamageKind::MissingFile && scrub.damage[0].recoverable);
                const auto repair = segment->repair("quarantine");
                VERIFY_OK(repair);
                QCOMPARE(repair->filesRebuilt, 2U);
                QVERIFY(fixture.isWhole());
                const auto again = segment->repair("quarantine");
                VERIFY_OK(again);
                QCOMPARE(again->bytesWritten, 0U);
                QVERIFY(again->found.damage.empty());
            }
        }
    }

    void everyPairLostAndABitFlippedInEverySectorLeftStillReadsAndRepairs()
    {
        SegmentFixture fixture(140 * 4096 + 9);
        std::mt19937_64 random(3);
        for (unsigned a = 0; a < 6; ++a) {
            for (unsigned b = a + 1; b < 6; ++b) {
                fixture.disk.removeTree(fixture.folders[a]);
                fixture.disk.removeTree(fixture.folders[b]);
                for (unsigned shard = 0; shard < 6; ++shard) {
                    for (std::uint64_t sector = 0; shard != a && shard != b && sector < fixture.layout.sectors(); ++sector) {
                        fixture.flip(shard, sector, random() % 32768);
                    }
                }
                const auto segment = fixture.open();
                QVERIFY(segment != nullptr);
                QVERIFY(fixture.readsAll(*segment));
                const auto scrub = segment->scrub();
                QCOMPARE(scrub.damage.size(), 2 + 4 * fixture.layout.sectors());
                for (const ShardDamage& damage : scrub.damage) {
                    QCOMPARE(damage.flippedBits, damage.kind == DamageKind::BadSector ? 1U : 0U);
                    QVERIFY(damage.recoverable);
                }
                VERIFY_OK(segment->repair("quarantine"));
                QVERIFY(fixture.isWhole());
            }
        }
    }

    void everyTripleNamesTheLossAndKeepsTheRest()
    {
        SegmentFixture fixture(41 * 4096 + 100);
        for (unsigned mask = 0; mask < 64; ++mask) {
            if (std::popcount(mask) != 3) {
                continue;
            }
            fixture.disk.restore(fixture.sound);
            for (unsigned shard = 0; shard < 6; ++shard) {
                fixture.disk.folders.insert(fixture.folders[shard]);
                if ((mask >> shard & 1U) != 0) {
                    fixture.disk.removeTree(fixture.folders[shard]);
                }
            }
            Bytes expected = fixture.payload;
            std::uint64_t lostBytes = 0;
            for (std::size_t at = 0; at < expected.size(); ++at) {
                if ((mask >> (at / 4096 % 4) & 1U) != 0) {
                    expected[at] = std::byte{0};
                    ++lostBytes;
                }
            }
            const auto segment = fixture.open();
            const auto salvage = segment->salvage();
            QVERIFY(salvage.payload == expected);
            std::uint64_t named = 0;
            for (const auto& range : salvage.lost) {
                named += range.bytes;
                for (std::uint64_t at = range.offset; at < range.offset + range.bytes; ++at) {
                    QVERIFY((mask >> (at / 4096 % 4) & 1U) != 0);
                }
            }
            QCOMPARE(named, lostBytes);
            const auto repair = segment->repair("quarantine");
            VERIFY_OK(repair);
            QCOMPARE(repair->bytesWritten, 0U);
            QCOMPARE(repair->lost.size(), salvage.lost.size());
            for (unsigned sector = 0; sector < 4; ++sector) {
                Bytes out(4096);
                const auto read = segment->read(sector * 4096U, out, nullptr);
                QCOMPARE(read.has_value(), (mask >> sector & 1U) == 0);
                if (!read) {
                    QVERIFY(read.error().code == ErrorCode::Corruption);
                }
            }
        }
    }

    void whatComesBackAfterALossIsUsedAgain()
    {
        SegmentFixture fixture(41 * 4096);
        const auto whole = fixture.disk.snapshot();
        for (const unsigned shard : {1U, 2U, 3U}) {
            fixture.disk.removeTree(fixture.folders[shard]);
        }
        const auto segment = fixture.open();
        QVERIFY(!fixture.readsAll(*segment));
        VERIFY_OK(segment->repair("quarantine"));
        fixture.disk.files[fixture.path(2)] = std::make_shared<Bytes>(whole.at(fixture.path(2)));
        QVERIFY(fixture.readsAll(*segment));
        VERIFY_OK(segment->repair("quarantine"));
        QVERIFY(fixture.isWhole());
    }

    void missingFoldersAreNamedWhenWritingAndTooFewAreRefused()
    {
        SegmentFixture fixture(5000);
        fixture.disk.restore({});
        fixture.disk.removeTree(fixture.folders[2]);
        const auto written = writeSegment(fixture.disk, *fixture.executor, fixture.folders, fixture.info, fixture.payload);
        VERIFY_OK(written);
        QVERIFY(written->missing == std::vector<unsigned>{2});
        fixture.disk.restore({});
        fixture.disk.removeTree(fixture.folders[5]);
        COMPARE_ERROR(writeSegment(fixture.disk, *fixture.executor, fixture.folders, fixture.info, fixture.payload), ErrorCode::NotFound);
        QVERIFY(fixture.disk.files.empty());
        COMPARE_ERROR(
            writeSegment(fixture.disk, *fixture.executor, {"shards/0"}, fixture.info, fixture.payload), ErrorCode::InvalidArgument);
    }

    void aFullDiskLeavesNothingBehindWhenWriting()
    {
        SegmentFixture fixture(5000);
        for (std::uint64_t n = 1; n < 200; ++n) {
            fixture.disk.restore({});
            fixture.disk.operations = 0;
            fixture.disk.fault = test::MemoryDisk::Fault::Full;
            fixture.disk.faultAt = n;
            const auto written = writeSegment(fixture.disk, *fixture.executor, fixture.folders, fixture.info, fixture.payload);
            fixture.disk.fault = test::MemoryDisk::Fault::None;
            if (written) {
                QVERIFY(fixture.readsAll(*fixture.open()));
                QCOMPARE(fixture.disk.files.size(), 6 - written->missing.size());
                if (written->missing.empty()) {
                    return;
                }
            } else {
                QVERIFY(written.error().code == ErrorCode::NoSpace);
                QVERIFY(fixture.disk.files.empty());
            }
        }
        QFAIL("writing never succeeded");
    }
};

CARMA_TEST_CLASS(TestSegmentLoss, "test_segment_loss")
#include "test_segment_loss.moc"
