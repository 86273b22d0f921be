// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/disk_suite.h"

#include "disk/sim_disk.h"
#include "support/disk_helpers.h"
#include "support/seeded_random.h"
#include "support/test_main.h"

#include <QTest>
#include <set>

using namespace carma;
using namespace carma::disk;
using namespace carma::test;

class TestSimDisk : public DiskSuite {
    Q_OBJECT

    Disk& freshDisk() override
    {
        m_disk = std::make_unique<SimDisk>(1);
        return *m_disk;
    }

    std::unique_ptr<SimDisk> m_disk;

private slots:
    void crashKeepsWhatWasSynced();
    void crashLosesWhatWasNot();
    void crashTearsWritesBySector();
    void crashMayGrowAFileOverZeroes();
    void aSyncedFileWithoutASyncedFolderMayBeLost();
    void aRenameIsAtomicInACrash();
    void aMoveBetweenFoldersIsAtomicInACrash();
    void removalsMayComeBack();
    void nothingMovesIntoALostFolder();
    void aSyncedMoveKeepsTheFolderItWentTo();
    void handlesDieInACrash();
    void killKeepsTheCache();
    void locksEndWithTheirProcess();
    void aPowerCutStopsEverything();
    void theSameSeedReplaysTheSameDisk();
    void differentSeedsDiffer();
};

namespace {

constexpr std::uint64_t kSeeds = 200;

/// How a text looked on the medium, over many seeds.
template <typename Prepare> std::set<std::string> outcomes(const char* path, Prepare prepare)
{
    std::set<std::string> seen;
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
        SimDisk disk(seed);
        prepare(disk);
        disk.crash();
        seen.insert(textOf(disk, path));
    }
    return seen;
}

void must(const Result<void>& result) { CARMA_ASSERT(result.has_value()); }

std::unique_ptr<DiskFile> opened(Disk& disk, std::string_view path, OpenMode mode = OpenMode::ReadWrite)
{
    auto file = disk.open(path, mode);
    CARMA_ASSERT(file.has_value());
    return std::move(*file);
}

/// Random operations of every kind, with crashes and failures between; errors are part of the game.
void play(SimDisk& disk, std::uint64_t seed, int steps)
{
    SeededRandom random(seed);
    const auto anyPath = [&] { return "d" + std::to_string(random.below(3)) + "/f" + std::to_string(random.below(4)); };
    for (int i = 0; i < 3; ++i) {
        (void)disk.makeFolder("d" + std::to_string(i));
    }
    for (int step = 0; step < steps; ++step) {
        const std::string path = anyPath();
        switch (random.below(12)) {
        case 0: (void)disk.rename(path, anyPath()); break;
        case 1: (void)disk.remove(path); break;
        case 2: (void)disk.syncFolder(path.substr(0, 2)); break;
        case 3:
            disk.crash();
            (void)disk.makeFolder(path.substr(0, 2));
            break;
        case 4: disk.failOps({SimOp::Any, random.below(5), false, {}, ErrorCode::Io, random.below(2) == 0}); break;
        case 5: disk.misdirectNextWrite(path, anyPath(), random.below(2000)); break;
        case 6: (void)disk.flipRandomBits(3); break;
        case 7: disk.cutPowerAfter(random.below(4)); break;
        default:
            if (auto file = disk.open(path, OpenMode::Create)) {
                (void)(*file)->writeAt(random.below(3000), random.bytes(random.below(3000)));
                if (random.below(2) == 0) {
                    (void)(*file)->sync();
                }
                if (random.below(5) == 0) {
                    (void)(*file)->truncate(random.below(2000));
                }
            }
        }
    }
}

} // namespace

void TestSimDisk::crashKeepsWhatWasSynced()
{
    const auto seen = outcomes("d/a", [](SimDisk& disk) { must(putFileDurably(disk, "d/a", "durable")); });
    QCOMPARE(seen, std::set<std::string>{"durable"});
}

void TestSimDisk::crashLosesWhatWasNot()
{
    SimDisk disk(1);
    must(putFileDurably(disk, "a", "old"));
    must(putFile(disk, "a", "new"));
    must(putFile(disk, "b", "new"));
    disk.crash(SimCrash::LoseUnsynced);
    QCOMPARE(disk.files(), (std::map<std::string, Bytes>{{"a", toBytes("old")}}));
    must(putFile(disk, "a", "new"));
    must(putFile(disk, "b", "new"));
    disk.crash(SimCrash::KeepUnsynced);
    QCOMPARE(disk.files(), (std::map<std::string, Bytes>{{"a", toBytes("new")}, {"b", toBytes("new")}}));
    QCOMPARE(outcomes("a",
                 [](SimDisk& each) {
                     must(putFileDurably(each, "a", "old"));
                     must(opened(each, "a")->writeAt(0, asBytes("new")));
                 }),
        (std::set<std::string>{"old", "new"}));
}

void TestSimDisk::crashTearsWritesBySector()
{
    const std::string old(1536, 'o');
    const std::string fresh(1536, 'n');
    const auto seen = outcomes("a", [&](SimDisk& disk) {
        must(putFileDurably(disk, "a", old));
        must(opened(disk, "a")->writeAt(0, asBytes(fresh)));
    });
    std::set<std::string> expected;
    for (unsigned kept = 0; kept < 8; ++kept) { // every subset of the three sectors, the last without the first too
        std::string text;
        for (unsigned sector = 0; sector < 3; ++sector) {
            text += std::string(512, (kept >> sector & 1U) != 0 ? 'n' : 'o');
        }
        expected.insert(text);
    }
    QCOMPARE(seen, expected);

    // Within one sector a later write never survives without an earlier one.
    QCOMPARE(outcomes("a",
                 [](SimDisk& disk) {
                     must(putFileDurably(disk, "a", "----"));
                     const auto file = opened(disk, "a");
                     must(file->writeAt(0, asBytes("AA")));
                     must(file->writeAt(1, asBytes("BB")));
                 }),
        (std::set<std::string>{"----", "AA--", "ABB-"}));
}

void TestSimDisk::crashMayGrowAFileOverZeroes()
{
    const auto seen = outcomes("a", [](SimDisk& disk) {
        must(putFileDurably(disk, "a", ""));
        must(opened(disk, "a")->writeAt(0, asBytes("data")));
    });
    QCOMPARE(seen, (std::set<std::string>{"", "data", std::string(4, '\0')}));
}

void TestSimDisk::aSyncedFileWithoutASyncedFolderMayBeLost()
{
    const auto seen = outcomes("a", [](SimDisk& disk) {
        const auto file = opened(disk, "a", OpenMode::CreateNew);
        must(file->writeAt(0, asBytes("x")));
        must(file->sync());
    });
    QCOMPARE(seen, (std::set<std::string>{"x", "<NotFound>"}));
}

void TestSimDisk::aRenameIsAtomicInACrash()
{
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
        SimDisk disk(seed);
        must(replaceFile(disk, "a", asBytes("first")));
        disk.cutPowerAfter(seed % 8);
        (void)replaceFile(disk, "a", asBytes("second"));
        const bool isDone = !disk.powerIsOff();
        disk.crash();
        const std::string text = textOf(disk, "a");
        QVERIFY2(text == "second" || (text == "first" && !isDone), (std::to_string(seed) + ": " + text).c_str());
    }
    QCOMPARE(outcomes("a",
                 [](SimDisk& disk) {
                     must(putFileDurably(disk, "a", "old"));
                     must(putFile(disk, "b", "new"));
                     must(opened(disk, "b")->sync());
                     must(disk.rename("b", "a"));
                 }),
        (std::set<std::string>{"old", "new"}));
}

void TestSimDisk::aMoveBetweenFoldersIsAtomicInACrash()
{
    std::set<std::string> seen;
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
        SimDisk disk(seed);
        must(putFileDurably(disk, "d/a", "x"));
        must(putFileDurably(disk, "e/other", "y"));
        must(disk.rename("d/a", "e/a"));
        if (seed % 3 != 0) {
            must(disk.syncFolder(seed % 3 == 1 ? "d" : "e"));
        }
        disk.crash();
        seen.insert(textOf(disk, "d/a") + " " + textOf(disk, "e/a"));
    }
    QCOMPARE(seen, (std::set<std::string>{"x <NotFound>", "<NotFound> x"}));

    SimDisk disk(1);
    must(putFileDurably(disk, "d/a", "x"));
    must(putFileDurably(disk, "e/other", "y"));
    must(disk.rename("d/a", "e/a"));
    must(disk.syncFolder("d"));
    must(disk.syncFolder("e"));
    disk.crash(SimCrash::LoseUnsynced);
    QCOMPARE(textOf(disk, "e/a"), std::string("x"));
}

void TestSimDisk::removalsMayComeBack()
{
    const auto removeAll = [](SimDisk& disk) {
        must(putFileDurably(disk, "d/a", "x"));
        must(disk.remove("d/a"));
        must(disk.removeFolder("d"));
    };
    QCOMPARE(outcomes("d/a", removeAll), (std::set<std::string>{"x", "<NotFound>"}));
    QCOMPARE(outcomes("d/a",
                 [&](SimDisk& disk) {
                     removeAll(disk);
                     must(disk.syncFolder(""));
                 }),
        std::set<std::string>{"<NotFound>"});
}

void TestSimDisk::nothingMovesIntoALostFolder()
{
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
        SimDisk disk(seed);
        must(putFileDurably(disk, "d/a", "x"));
        must(disk.makeFolder("q/r"));
        must(disk.rename("d/a", "q/r/a"));
        if (seed % 2 == 0) {
            must(disk.rename("q/r/a", "q/b"));
            must(disk.rename("q/b", "d/c"));
        }
        disk.crash();
        QCOMPARE(disk.files().size(), std::size_t{1});
    }
}

void TestSimDisk::aSyncedMoveKeepsTheFolderItWentTo()
{
    SimDisk disk(1);
    must(putFileDurably(disk, "d/a", "x"));
    must(disk.makeFolder("q"));
    must(disk.rename("d/a", "q/a"));
    must(disk.syncFolder("d"));
    must(disk.syncFolder("q"));
    disk.crash(SimCrash::LoseUnsynced);
    QCOMPARE(textOf(disk, "q/a"), std::string("x"));
}

void TestSimDisk::handlesDieInACrash()
{
    SimDisk disk(1);
    must(putFileDurably(disk, "a", "x"));
    const auto file = opened(disk, "a");
    disk.crash();
    Bytes buffer(1);
    COMPARE_ERROR(file->readAt(0, buffer), ErrorCode::Io);
    COMPARE_ERROR(file->writeAt(0, buffer), ErrorCode::Io);
    COMPARE_ERROR(file->sync(), ErrorCode::Io);
    COMPARE_ERROR(file->truncate(0), ErrorCode::Io);
    COMPARE_ERROR(file->size(), ErrorCode::Io);
    QCOMPARE(textOf(disk, "a"), std::string("x"));
}

void TestSimDisk::killKeepsTheCache()
{
    SimDisk disk(1);
    must(putFile(disk, "a", "x"));
    const auto file = opened(disk, "a");
    disk.killProcess();
    COMPARE_ERROR(file->sync(), ErrorCode::Io);
    QCOMPARE(textOf(disk, "a"), std::string("x"));
    disk.crash(SimCrash::LoseUnsynced);
    QVERIFY(disk.files().empty());
}

void TestSimDisk::locksEndWithTheirProcess()
{
    SimDisk disk(1);
    auto lost = disk.lock("lock", "one");
    VERIFY_OK(lost);
    disk.killProcess();
    auto held = disk.lock("lock", "two");
    VERIFY_OK(held);
    lost->reset(); // a dead lock must not release the living one
    COMPARE_ERROR(disk.lock("lock", "three"), ErrorCode::Busy);
    disk.crash();
    VERIFY_OK(disk.lock("lock", "three"));
}

void TestSimDisk::aPowerCutStopsEverything()
{
    SimDisk disk(1);
    must(putFileDurably(disk, "a", "x"));
    const auto file = opened(disk, "a");
    disk.cutPowerAfter(1);
    must(file->writeAt(0, asBytes("y")));
    COMPARE_ERROR(file->sync(), ErrorCode::Io);
    QVERIFY(disk.powerIsOff());
    COMPARE_ERROR(disk.list(""), ErrorCode::Io);
    COMPARE_ERROR(disk.rename("a", "b"), ErrorCode::Io);
    disk.crash(SimCrash::LoseUnsynced);
    QVERIFY(!disk.powerIsOff());
    QCOMPARE(textOf(disk, "a"), std::string("x"));
}

void TestSimDisk::theSameSeedReplaysTheSameDisk()
{
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        SimDisk first(seed);
        SimDisk second(seed);
        play(first, seed, 300);
        play(second, seed, 300);
        QCOMPARE(first.files(), second.files());
        QCOMPARE(first.opCount(), second.opCount());
        QVERIFY(first.fingerprint() == second.fingerprint());
    }
}

void TestSimDisk::differentSeedsDiffer()
{
    SimDisk first(1);
    SimDisk second(2);
    play(first, 7, 300);
    play(second, 7, 300);
    QVERIFY(first.files() != second.files());
}

CARMA_TEST_CLASS(TestSimDisk, "test_sim_disk")
#include "test_sim_disk.moc"
