// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/log_segment/segment_fixture.h"
#include "support/test_main.h"

#include <QTest>

using namespace carma;
using namespace carma::log;
using carma::test::MemoryDisk;
using carma::test::SegmentFixture;

namespace {

/// Damage of each kind, all of it within what the segment survives.
void damage(SegmentFixture& fixture)
{
    fixture.disk.removeTree(fixture.folders[1]);
    fixture.zero(3, 4, 2);
    fixture.flip(0, 6, 1000);
    fixture.flip(2, fixture.layout.codes(), 5);
    fixture.flip(5, 0, 5);
}

} // namespace

class TestSegmentRepair : public QObject {
    Q_OBJECT

private slots:
    void damagedBytesGoToQuarantineFirst()
    {
        SegmentFixture fixture;
        fixture.zero(3, 4, 1);
        fixture.flip(0, 6, 1000);
        fixture.file(5).resize(10000);
        const Bytes flipped = toBytes(ByteView(fixture.file(0)).subspan(6 * 4096, 4096));
        const Bytes cut = fixture.file(5);
        const auto repair = fixture.open()->repair("quarantine");
        VERIFY_OK(repair);
        QCOMPARE(repair->filesRebuilt, 1U);
        QCOMPARE(repair->sectorsHealed, 2U);
        const std::string name = "quarantine/" + shardFileName(7, 2);
        QVERIFY(*fixture.disk.files.at(name + ".s0.6.bad") == flipped);
        QVERIFY(*fixture.disk.files.at(name + ".s3.4.bad") == Bytes(4096));
        QVERIFY(*fixture.disk.files.at(name + ".s5.file.bad") == cut);
        QCOMPARE(fixture.disk.files.size(), 9U);
        // Later damage in the same place does not take the name of the first.
        fixture.flip(0, 6, 2000);
        VERIFY_OK(fixture.open()->repair("quarantine"));
        QVERIFY(*fixture.disk.files.at(name + ".s0.6.bad") == flipped);
        QVERIFY(fixture.disk.files.contains(name + ".s0.6.bad.1"));
    }

    void theQuarantineFolderIsMadeOnDemand()
    {
        SegmentFixture fixture(50000);
        fixture.disk.folders.erase("quarantine");
        VERIFY_OK(fixture.open()->repair("quarantine"));
        QVERIFY(!fixture.disk.folders.contains("quarantine"));
        fixture.flip(0, 2, 2);
        VERIFY_OK(fixture.open()->repair("quarantine"));
        QVERIFY(fixture.disk.folders.contains("quarantine"));
    }

    void manyBadSectorsMakeANewFile()
    {
        SegmentFixture fixture;
        fixture.zero(2, 1, fixture.layout.sectors() / 3);
        const auto repair = fixture.open()->repair("quarantine");
        VERIFY_OK(repair);
        QCOMPARE(repair->filesRebuilt, 1U);
        QVERIFY(fixture.isWhole());
    }

    void whatADeviceRefusesTodayIsNotReplacedWhileNothingElseHasIt()
    {
        SegmentFixture fixture;
        // Row 4 lacks three sectors for now, one of them only because its device refuses; row 9 could be rebuilt.
        fixture.disk.refusedSectors = {{fixture.path(0), 4}, {fixture.path(0), 9}};
        fixture.zero(1, 4, 1);
        fixture.zero(2, 4, 1);
        // It cannot be done while the device refuses; what counts is what is left of the file.
        (void)fixture.open()->repair("quarantine").has_value();
        fixture.disk.refusedSectors.clear();
        VERIFY_OK(fixture.open()->repair("quarantine"));
        QVERIFY(fixture.isWhole());
    }

    void aFaultAtAnyStepNeverLowersRedundancy()
    {
        for (const MemoryDisk::Fault fault : {MemoryDisk::Fault::Crash, MemoryDisk::Fault::Full}) {
            SegmentFixture fixture(30 * 4096);
            bool done = false;
            for (std::uint64_t n = 1; n < 200 && !done; ++n) {
                fixture.disk.restore(fixture.sound);
                for (const std::string& folder : fixture.folders) {
                    fixture.disk.folders.insert(folder);
                }
                damage(fixture);
                fixture.disk.operations = 0;
                fixture.disk.fault = fault;
                fixture.disk.faultAt = n;
                const auto repair = fixture.open()->repair("quarantine");
                fixture.disk.fault = MemoryDisk::Fault::None;
                done = repair.has_value();
                if (!done) {
                    QVERIFY(repair.error().code == (fault == MemoryDisk::Fault::Full ? ErrorCode::NoSpace : ErrorCode::Io));
                }
                const auto halfway = fixture.disk.snapshot();
                // One file is gone and one has a hole: one more file may go, and nothing is lost.
                for (const unsigned extra : {0U, 2U, 4U, 5U}) {
                    fixture.disk.restore(halfway);
                    fixture.disk.files.erase(fixture.path(extra));
                    const auto segment = fixture.open();
                    QVERIFY(segment != nullptr);
                    const auto salvage = segment->salvage();
                    // Rows 3 and 4 have lost two sectors before repair, and with another file three.
                    for (const auto& range : salvage.lost) {
                        QVERIFY(range.offset >= 3 * 4 * 4096 && range.offset + range.bytes <= 5 * 4 * 4096);
                    }
                }
                fixture.disk.restore(halfway);
                QVERIFY(fixture.readsAll(*fixture.open()));
                VERIFY_OK(fixture.open()->repair("quarantine"));
                QVERIFY(fixture.isWhole());
                const auto again = fixture.open()->repair("quarantine");
                VERIFY_OK(again);
                QCOMPARE(again->bytesWritten, 0U);
            }
            QVERIFY(done);
        }
    }

    void threadsGiveTheSameResult()
    {
        SegmentFixture fixture;
        fixture.executor = makeThreadExecutor(3);
        damage(fixture);
        const auto segment = fixture.open();
        QVERIFY(fixture.readsAll(*segment));
        VERIFY_OK(segment->repair("quarantine"));
        QVERIFY(fixture.isWhole());
    }

    void aPayloadThatItsHeadersDisownIsNotRewritten()
    {
        // All checks hold, but the digest names other content, as after a forged set of headers.
        SegmentFixture fixture(20 * 4096);
        SegmentInfo info = fixture.info;
        info.digest[31] ^= std::byte{1}; // The first four bytes tie the pages to it.
        for (unsigned shard = 0; shard < 6; ++shard) {
            for (const std::uint64_t sector : {std::uint64_t{0}, fixture.layout.lastHeader()}) {
                writeHeader(info, fixture.layout, shard, sector, sectorOf(ByteSpan(fixture.file(shard)), sector));
            }
        }
        fixture.disk.removeTree(fixture.folders[0]);
        const auto segment = fixture.open();
        QVERIFY(!segment->scrub().lost.empty());
        const auto repair = segment->repair("quarantine");
        VERIFY_OK(repair);
        QCOMPARE(repair->bytesWritten, 0U);
    }
};

CARMA_TEST_CLASS(TestSegmentRepair, "test_segment_repair")
#include "test_segment_repair.moc"
