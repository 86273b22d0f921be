// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "disk/sim_disk.h"
#include "support/disk_helpers.h"
#include "support/seeded_random.h"
#include "support/test_main.h"

#include <QTest>

using namespace carma;
using namespace carma::disk;
using namespace carma::test;

class TestSimDiskDamage : public QObject {
    Q_OBJECT

private slots:
    void flippedBitsAreThoseReported();
    void rangesAreZeroedAndOverwritten();
    void filesAreTruncatedAndDeleted();
    void aSectorIsCopiedOverAnother();
    void unreadableSectorsHealWhenWritten();
    void damageReachesOpenHandlesAndSurvivesACrash();
    void damageOutsideAFileIsRefused();
    void olderVersionsComeBack();
    void loadReplacesEverything();
    void equalTreesHaveEqualFingerprints();
};

namespace {

std::unique_ptr<DiskFile> opened(Disk& disk, std::string_view path, OpenMode mode = OpenMode::ReadWrite)
{
    auto file = disk.open(path, mode);
    CARMA_ASSERT(file.has_value());
    return std::move(*file);
}

} // namespace

void TestSimDiskDamage::flippedBitsAreThoseReported()
{
    SimDisk disk(5);
    SeededRandom random(5);
    for (const std::string name : {"d/a", "d/b", "c"}) {
        VERIFY_OK(putFile(disk, name, random.bytes(1000)));
    }
    auto expected = disk.files();
    const std::vector<SimFlip> flips = disk.flipRandomBits(100);
    QCOMPARE(flips.size(), std::size_t{100});
    for (const SimFlip& flip : flips) {
        expected.at(flip.path)[flip.offset] ^= std::byte(1U << flip.bit);
    }
    QVERIFY(disk.files() == expected);
    for (const SimFlip& flip : disk.flipRandomBits(50, "d")) {
        QVERIFY(flip.path.starts_with("d/"));
    }
    SimDisk tiny(1);
    VERIFY_OK(putFile(tiny, "a", "x"));
    QCOMPARE(tiny.flipRandomBits(100, "a").size(), std::size_t{8});
    QVERIFY(tiny.flipRandomBits(100, "none").empty());
    VERIFY_OK(putFile(tiny, "a", "x"));
    VERIFY_OK(tiny.flipBit("a", 0, 0));
    QCOMPARE(textOf(tiny, "a"), std::string("y"));
}

void TestSimDiskDamage::rangesAreZeroedAndOverwritten()
{
    SimDisk disk(1);
    VERIFY_OK(putFile(disk, "a", "0123456789"));
    VERIFY_OK(disk.zeroRange("a", 2, 3));
    VERIFY_OK(disk.overwrite("a", 8, asBytes("XY")));
    QCOMPARE(textOf(disk, "a"),
        std::string("01\0\0\0"
                    "567XY",
            10));
}

void TestSimDiskDamage::filesAreTruncatedAndDeleted()
{
    SimDisk disk(1);
    VERIFY_OK(putFileDurably(disk, "a", "0123456789"));
    VERIFY_OK(putFileDurably(disk, "d/e/b", "x"));
    VERIFY_OK(disk.truncateFile("a", 4));
    COMPARE_ERROR(disk.truncateFile("a", 5), ErrorCode::InvalidArgument);
    VERIFY_OK(disk.deletePath("d"));
    disk.crash();
    QCOMPARE(disk.files(), (std::map<std::string, Bytes>{{"a", toBytes("0123")}}));
    QVERIFY(!disk.info("d").value().has_value());
    VERIFY_OK(disk.deletePath("a"));
    COMPARE_ERROR(disk.deletePath("a"), ErrorCode::NotFound);
}

void TestSimDiskDamage::aSectorIsCopiedOverAnother()
{
    SimDisk disk(1);
    VERIFY_OK(putFile(disk, "a", std::string(512, 'a') + std::string(512, 'b') + std::string(511, 'c')));
    VERIFY_OK(disk.copySector("a", 0, 1));
    QCOMPARE(textOf(disk, "a"), std::string(1024, 'a') + std::string(511, 'c'));
    COMPARE_ERROR(disk.copySector("a", 0, 2), ErrorCode::InvalidArgument);
    COMPARE_ERROR(disk.copySector("a", ~0ULL, 0), ErrorCode::InvalidArgument);
    VERIFY_OK(disk.copySector("a", 1200, 0, 1));
    QCOMPARE(textOf(disk, "a").substr(0, 2), std::string("ca"));
}

void TestSimDiskDamage::unreadableSectorsHealWhenWritten()
{
    SimDisk disk(1);
    VERIFY_OK(putFile(disk, "a", std::string(2048, 'a')));
    VERIFY_OK(disk.makeUnreadable("a", 600, 600));
    const auto file = opened(disk, "a");
    Bytes buffer(512);
    VERIFY_OK(file->readAt(0, buffer));
    COMPARE_ERROR(file->readAt(1, buffer), ErrorCode::Io);
    COMPARE_ERROR(file->readAt(1200, buffer), ErrorCode::Io);
    VERIFY_OK(file->readAt(1536, buffer));
    VERIFY_OK(file->writeAt(512, Bytes(1024)));
    VERIFY_OK(file->readAt(1, buffer));
    VERIFY_OK(file->readAt(1200, buffer));
}

void TestSimDiskDamage::damageReachesOpenHandlesAndSurvivesACrash()
{
    SimDisk disk(1);
    VERIFY_OK(putFileDurably(disk, "a", "aaaa"));
    const auto file = opened(disk, "a");
    VERIFY_OK(file->writeAt(0, asBytes("b")));
    VERIFY_OK(disk.overwrite("a", 1, asBytes("X")));
    Bytes buffer(4);
    VERIFY_OK(file->readAt(0, buffer));
    QCOMPARE(toString(buffer), std::string("bXaa"));
    disk.crash(SimCrash::LoseUnsynced);
    QCOMPARE(textOf(disk, "a"), std::string("bXaa"));
}

void TestSimDiskDamage::damageOutsideAFileIsRefused()
{
    SimDisk disk(1);
    VERIFY_OK(putFile(disk, "a", "0123"));
    COMPARE_ERROR(disk.flipBit("a", 4, 0), ErrorCode::InvalidArgument);
    COMPARE_ERROR(disk.zeroRange("a", 2, ~0ULL), ErrorCode::InvalidArgument);
    COMPARE_ERROR(disk.overwrite("a", 3, asBytes("xx")), ErrorCode::InvalidArgument);
    COMPARE_ERROR(disk.makeUnreadable("a", 5, 0), ErrorCode::InvalidArgument);
    COMPARE_ERROR(disk.flipBit("none", 0, 0), ErrorCode::NotFound);
    QCOMPARE(textOf(disk, "a"), std::string("0123"));
}

void TestSimDiskDamage::olderVersionsComeBack()
{
    SimDisk disk(1);
    VERIFY_OK(putFile(disk, "d/a", "old"));
    VERIFY_OK(putFile(disk, "d/e/b", "old"));
    VERIFY_OK(putFile(disk, "other", "kept"));
    const auto oldFolder = disk.snapshot("d");
    VERIFY_OK(oldFolder);
    const auto oldFile = disk.snapshot("d/a");
    VERIFY_OK(oldFile);
    VERIFY_OK(putFile(disk, "d/a", "new"));
    VERIFY_OK(disk.restore("d/a", *oldFile));
    QCOMPARE(textOf(disk, "d/a"), std::string("old"));

    VERIFY_OK(putFile(disk, "d/a", "new"));
    VERIFY_OK(putFile(disk, "d/new/c", "new"));
    VERIFY_OK(disk.deletePath("d/e"));
    VERIFY_OK(putFile(disk, "d/e", "a file where a folder was"));
    const auto file = opened(disk, "d/a");
    VERIFY_OK(disk.restore("d", *oldFolder));
    QVERIFY(disk.snapshot("d").value() == *oldFolder);
    QCOMPARE(textOf(disk, "other"), std::string("kept"));
    Bytes buffer(3);
    VERIFY_OK(file->readAt(0, buffer));
    QCOMPARE(toString(buffer), std::string("old"));
    disk.crash(SimCrash::LoseUnsynced);
    QVERIFY(disk.snapshot("d").value() == *oldFolder);

    VERIFY_OK(disk.deletePath("d"));
    VERIFY_OK(disk.restore("d", *oldFolder));
    QVERIFY(disk.snapshot("d").value() == *oldFolder);
    VERIFY_OK(disk.restore("d", *oldFile));
    QCOMPARE(textOf(disk, "d"), std::string("old"));
    COMPARE_ERROR(disk.snapshot("none"), ErrorCode::NotFound);
}

void TestSimDiskDamage::loadReplacesEverything()
{
    SimDisk disk(1);
    VERIFY_OK(putFile(disk, "gone/a", "x"));
    const auto file = opened(disk, "gone/a");
    const std::map<std::string, Bytes> files{{"a", toBytes("1")}, {"d/b", toBytes("2")}};
    disk.load(files);
    QVERIFY(disk.files() == files);
    COMPARE_ERROR(file->size(), ErrorCode::Io);
    disk.crash(SimCrash::LoseUnsynced);
    QVERIFY(disk.files() == files);
    VERIFY_OK(disk.makeFolder("empty"));
    SimDisk copy(2);
    copy.load(disk.snapshot().value());
    QVERIFY(copy.snapshot().value() == disk.snapshot().value());
}

void TestSimDiskDamage::equalTreesHaveEqualFingerprints()
{
    SimDisk first(1);
    SimDisk second(2);
    VERIFY_OK(putFile(first, "d/a", "x"));
    VERIFY_OK(putFileDurably(second, "d/a", "x"));
    QVERIFY(first.fingerprint() == second.fingerprint());
    VERIFY_OK(second.makeFolder("e"));
    QVERIFY(first.fingerprint() != second.fingerprint());
    QVERIFY(first.fingerprint("d") == second.fingerprint("d"));
    VERIFY_OK(first.makeFolder("e"));
    QVERIFY(first.fingerprint() == second.fingerprint());
    VERIFY_OK(first.rename("d/a", "d/b"));
    QVERIFY(first.fingerprint() != second.fingerprint());
}

CARMA_TEST_CLASS(TestSimDiskDamage, "test_sim_disk_damage")
#include "test_sim_disk_damage.moc"
