// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "disk/sim_disk.h"
#include "support/disk_helpers.h"
#include "support/test_main.h"

#include <QTest>
#include <set>

using namespace carma;
using namespace carma::disk;
using namespace carma::test;

class TestSimDiskFailures : public QObject {
    Q_OBJECT

private slots:
    void aLostWriteIsAcknowledged();
    void aMisdirectedWriteLandsElsewhere();
    void theNthOperationFailsOnce();
    void persistentFailuresLastUntilCleared();
    void failuresKeepToTheirFolder();
    void aFailedWriteMayBePartial();
    void theSpaceBudgetEndsWrites();
    void theNthWriteFindsTheDiskFull();
    void aFailedSyncSticksToItsHandle();
    void aFailedSyncDropsPagesAndMarksThemClean();
    void aFailedSyncMayLeaveLostPagesInTheCache();
    void aFailedFolderSyncMakesNothingDurable();
    void operationsAreCounted();
    void devicesAreTold();
    void handlesMayOutliveTheDisk();
};

namespace {

std::unique_ptr<DiskFile> opened(Disk& disk, std::string_view path, OpenMode mode = OpenMode::ReadWrite)
{
    auto file = disk.open(path, mode);
    CARMA_ASSERT(file.has_value());
    return std::move(*file);
}

} // namespace

void TestSimDiskFailures::aLostWriteIsAcknowledged()
{
    SimDisk disk(1);
    VERIFY_OK(putFile(disk, "d/a", "old"));
    disk.loseNextWrite("d");
    const auto file = opened(disk, "d/a");
    VERIFY_OK(file->writeAt(2, asBytes("NEW")));
    VERIFY_OK(file->sync());
    QCOMPARE(textOf(disk, "d/a"), std::string("old\0\0", 5));
    VERIFY_OK(file->writeAt(0, asBytes("NEW")));
    QCOMPARE(textOf(disk, "d/a"), std::string("NEW\0\0", 5));
}

void TestSimDiskFailures::aMisdirectedWriteLandsElsewhere()
{
    SimDisk disk(1);
    VERIFY_OK(putFileDurably(disk, "a", "aaaa"));
    VERIFY_OK(putFileDurably(disk, "b", "bbbb"));
    disk.misdirectNextWrite("a", "b", 2);
    VERIFY_OK(opened(disk, "a")->writeAt(0, asBytes("XYZ")));
    QCOMPARE(textOf(disk, "a"), std::string("aaaa"));
    QCOMPARE(textOf(disk, "b"), std::string("bbXY"));
    disk.crash(SimCrash::LoseUnsynced);
    QCOMPARE(textOf(disk, "b"), std::string("bbXY"));
    disk.misdirectNextWrite("a", "b", 2);
    disk.clearFailures();
    VERIFY_OK(opened(disk, "a")->writeAt(0, asBytes("XYZ")));
    QCOMPARE(textOf(disk, "a"), std::string("XYZa"));
}

void TestSimDiskFailures::theNthOperationFailsOnce()
{
    SimDisk disk(1);
    VERIFY_OK(putFile(disk, "a", "x"));
    const auto file = opened(disk, "a");
    Bytes buffer(1);
    disk.failOps({.on = SimOp::Read, .after = 2});
    VERIFY_OK(file->readAt(0, buffer));
    VERIFY_OK(file->writeAt(0, buffer));
    VERIFY_OK(disk.info("a"));
    COMPARE_ERROR(file->readAt(0, buffer), ErrorCode::Io);
    VERIFY_OK(file->readAt(0, buffer));
    disk.failOps({.on = SimOp::Any});
    COMPARE_ERROR(disk.rename("a", "b"), ErrorCode::Io);
    QCOMPARE(textOf(disk, "a"), std::string("x"));
}

void TestSimDiskFailures::persistentFailuresLastUntilCleared()
{
    SimDisk disk(1);
    VERIFY_OK(putFile(disk, "a", "x"));
    const auto file = opened(disk, "a");
    disk.failOps({.on = SimOp::Write, .after = 1, .persistent = true});
    VERIFY_OK(file->truncate(1));
    for (int i = 0; i < 3; ++i) {
        COMPARE_ERROR(file->truncate(0), ErrorCode::Io);
        COMPARE_ERROR(disk.remove("a"), ErrorCode::Io);
        COMPARE_ERROR(disk.makeFolder("d"), ErrorCode::Io);
        COMPARE_ERROR(disk.open("new", OpenMode::Create), ErrorCode::Io);
        COMPARE_ERROR(disk.lock("lock", "me"), ErrorCode::Io);
    }
    QCOMPARE(textOf(disk, "a"), std::string("x"));
    QCOMPARE(disk.files().size(), std::size_t{1});
    disk.clearFailures();
    VERIFY_OK(disk.remove("a"));
}

void TestSimDiskFailures::failuresKeepToTheirFolder()
{
    SimDisk disk(1);
    VERIFY_OK(putFile(disk, "d/a", "x"));
    VERIFY_OK(putFile(disk, "dd/a", "x"));
    disk.failOps({.persistent = true, .below = "d"});
    COMPARE_ERROR(disk.list("d"), ErrorCode::Io);
    COMPARE_ERROR(disk.info("d/a"), ErrorCode::Io);
    COMPARE_ERROR(disk.rename("dd/a", "d/b"), ErrorCode::Io);
    VERIFY_OK(disk.list("dd"));
    VERIFY_OK(disk.list(""));
    QCOMPARE(textOf(disk, "dd/a"), std::string("x"));
}

void TestSimDiskFailures::aFailedWriteMayBePartial()
{
    std::set<std::size_t> sizes;
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        SimDisk disk(seed);
        const auto file = opened(disk, "a", OpenMode::Create);
        disk.failOps({.on = SimOp::Write});
        COMPARE_ERROR(file->writeAt(0, asBytes("xxxx")), ErrorCode::Io);
        sizes.insert(disk.files().at("a").size());
        VERIFY_OK(file->writeAt(0, asBytes("yyyy")));
        QCOMPARE(textOf(disk, "a"), std::string("yyyy"));
    }
    QCOMPARE(sizes, (std::set<std::size_t>{0, 1, 2, 3, 4}));
}

void TestSimDiskFailures::theSpaceBudgetEndsWrites()
{
    SimDisk disk(1);
    QVERIFY(!disk.freeBytes().has_value());
    VERIFY_OK(putFile(disk, "a", "12345"));
    disk.setSpaceBudget(8);
    QCOMPARE(disk.freeBytes().value(), std::uint64_t{3});
    const auto file = opened(disk, "b", OpenMode::Create);
    COMPARE_ERROR(file->writeAt(0, asBytes("abcdef")), ErrorCode::NoSpace);
    QCOMPARE(textOf(disk, "b"), std::string("abc"));
    VERIFY_OK(opened(disk, "a")->writeAt(0, asBytes("54321")));
    COMPARE_ERROR(file->writeAt(4, asBytes("x")), ErrorCode::NoSpace);
    QCOMPARE(disk.freeBytes().value(), std::uint64_t{0});
    VERIFY_OK(disk.remove("a"));
    VERIFY_OK(file->writeAt(0, asBytes("abcdef")));
    disk.setSpaceBudget(std::nullopt);
    VERIFY_OK(file->writeAt(0, Bytes(1000)));
}

void TestSimDiskFailures::theNthWriteFindsTheDiskFull()
{
    SimDisk disk(1);
    VERIFY_OK(putFile(disk, "a", "x"));
    const auto file = opened(disk, "a");
    disk.failOps({.on = SimOp::Write, .after = 1, .persistent = true, .code = ErrorCode::NoSpace});
    VERIFY_OK(file->writeAt(0, asBytes("y")));
    COMPARE_ERROR(file->writeAt(0, asBytes("z")), ErrorCode::NoSpace);
    VERIFY_OK(file->sync());
}

void TestSimDiskFailures::aFailedSyncSticksToItsHandle()
{
    SimDisk disk(1);
    VERIFY_OK(putFileDurably(disk, "a", "x"));
    const auto file = opened(disk, "a");
    disk.failOps({.on = SimOp::Sync});
    COMPARE_ERROR(file->sync(), ErrorCode::Io);
    for (int i = 0; i < 3; ++i) {
        COMPARE_ERROR(file->sync(), ErrorCode::Io);
        COMPARE_ERROR(file->writeAt(0, asBytes("y")), ErrorCode::Io);
        COMPARE_ERROR(file->truncate(0), ErrorCode::Io);
    }
    Bytes buffer(1);
    VERIFY_OK(file->readAt(0, buffer));
    VERIFY_OK(opened(disk, "a")->sync());
}

void TestSimDiskFailures::aFailedSyncDropsPagesAndMarksThemClean()
{
    std::set<std::string> seen;
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        SimDisk disk(seed);
        VERIFY_OK(putFileDurably(disk, "a", "old"));
        const auto file = opened(disk, "a");
        VERIFY_OK(file->writeAt(0, asBytes("new")));
        disk.failOps({.on = SimOp::Sync});
        COMPARE_ERROR(file->sync(), ErrorCode::Io);
        const std::string shown = textOf(disk, "a");
        VERIFY_OK(opened(disk, "a")->sync());
        disk.crash(SimCrash::LoseUnsynced);
        QCOMPARE(textOf(disk, "a"), shown);
        seen.insert(shown);
    }
    QCOMPARE(seen, (std::set<std::string>{"old", "new"}));
}

void TestSimDiskFailures::aFailedSyncMayLeaveLostPagesInTheCache()
{
    std::set<std::string> seen;
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        SimDisk disk(seed);
        VERIFY_OK(putFileDurably(disk, "a", "old"));
        const auto file = opened(disk, "a");
        VERIFY_OK(file->writeAt(0, asBytes("new")));
        disk.failOps({.on = SimOp::Sync, .cacheKeepsFailedPages = true});
        COMPARE_ERROR(file->sync(), ErrorCode::Io);
        VERIFY_OK(opened(disk, "a")->sync());
        QCOMPARE(textOf(disk, "a"), std::string("new"));
        disk.crash(SimCrash::LoseUnsynced);
        seen.insert(textOf(disk, "a"));
    }
    QCOMPARE(seen, (std::set<std::string>{"old", "new"}));
}

void TestSimDiskFailures::aFailedFolderSyncMakesNothingDurable()
{
    SimDisk disk(1);
    VERIFY_OK(putFile(disk, "a", "x"));
    VERIFY_OK(opened(disk, "a")->sync());
    disk.failOps({.on = SimOp::Sync});
    COMPARE_ERROR(disk.syncFolder(""), ErrorCode::Io);
    disk.crash(SimCrash::LoseUnsynced);
    QVERIFY(disk.files().empty());
}

void TestSimDiskFailures::operationsAreCounted()
{
    SimDisk disk(1);
    const auto file = opened(disk, "a", OpenMode::Create);
    VERIFY_OK(file->writeAt(0, asBytes("x")));
    VERIFY_OK(file->sync());
    VERIFY_OK(disk.syncFolder(""));
    VERIFY_OK(disk.list(""));
    disk.failOps({});
    COMPARE_ERROR(disk.info("a"), ErrorCode::Io);
    QCOMPARE(disk.opCount(SimOp::Write), std::uint64_t{2});
    QCOMPARE(disk.opCount(SimOp::Sync), std::uint64_t{2});
    QCOMPARE(disk.opCount(SimOp::Read), std::uint64_t{2});
    QCOMPARE(disk.opCount(), std::uint64_t{6});
}

void TestSimDiskFailures::devicesAreTold()
{
    SimDisk disk(1);
    VERIFY_OK(disk.makeFolder("shards/0"));
    VERIFY_OK(disk.makeFolder("shards/1"));
    disk.setDevice("shards", 5);
    disk.setDevice("shards/1", 6);
    QCOMPARE(disk.deviceOf("shards/0"), std::uint64_t{5});
    QCOMPARE(disk.deviceOf("shards/1"), std::uint64_t{6});
    QCOMPARE(disk.deviceOf(""), std::uint64_t{1});
}

void TestSimDiskFailures::handlesMayOutliveTheDisk()
{
    auto disk = std::make_unique<SimDisk>(1);
    const auto file = opened(*disk, "a", OpenMode::Create);
    const auto lock = disk->lock("lock", "me");
    disk.reset();
    VERIFY_OK(file->writeAt(0, asBytes("x")));
    QCOMPARE(file->size().value(), std::uint64_t{1});
}

CARMA_TEST_CLASS(TestSimDiskFailures, "test_sim_disk_failures")
#include "test_sim_disk_failures.moc"
