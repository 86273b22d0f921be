// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/log_superblock/store_fixture.h"
#include "log/superblock/superblock_codec.h"
#include "support/test_main.h"

#include <QTest>

using namespace carma;
using namespace carma::log;
using namespace carma::test;

class TestSuperblockCopies : public QObject {
    Q_OBJECT

private slots:
    void whatIsWrittenReadsBack()
    {
        StoreFixture store;
        const auto reading = store.read();
        VERIFY_OK(reading);
        QVERIFY(reading->clean());
        QCOMPARE(reading->copies.size(), std::size_t{6});
        QVERIFY(reading->superblock.store == store.superblock.store);
        QVERIFY(reading->superblock.geometry == (Geometry{.data = 4, .parity = 2}));
        QCOMPARE(reading->superblock.createdUs, std::int64_t{1'700'000'000'000'000});
        QVERIFY(encodeSuperblock(reading->superblock) == encodeSuperblock(store.superblock));
        QVERIFY(reading->file == store.copy(0));
        QCOMPARE(*store.repair(), std::uint64_t{0});
        QVERIFY(store.disk.paths("quarantine").empty());
    }
    void anyFiveMissingCopiesComeBack()
    {
        for (unsigned kept = 0; kept < 6; ++kept) {
            for (unsigned count = 1; count <= 5; ++count) {
                StoreFixture store;
                const Bytes file = store.copy(0);
                for (unsigned i = 1; i <= count; ++i) {
                    const std::string folder = store.folders[(kept + i) % 6];
                    store.disk.erase(i % 2 == 0 ? folder : folder + "/superblock");
                }
                const auto reading = store.read();
                VERIFY_OK(reading);
                QCOMPARE(std::ranges::count_if(reading->copies, &CopyState::missing), std::ptrdiff_t{count});
                QCOMPARE(*store.repair(), std::uint64_t{count} * file.size());
                store.disk.restart(false); // what repair reported is durable
                for (unsigned shard = 0; shard < 6; ++shard) {
                    QVERIFY(store.copy(shard) == file);
                }
                QVERIFY(store.read()->clean());
                QCOMPARE(*store.repair(), std::uint64_t{0});
            }
        }
    }
    void aFolderThatIsNoStoreIsNotFound()
    {
        StoreFixture store;
        store.disk.erase("shards");
        COMPARE_ERROR(store.read(), ErrorCode::NotFound);
    }
    void sixCopiesDamagedInDifferentSectorsHeal()
    {
        StoreFixture store(20'000);
        const Bytes file = store.copy(0);
        QVERIFY(file.size() >= 6 * kSectorBytes);
        for (unsigned shard = 0; shard < 6; ++shard) {
            store.smear(shard, shard * kSectorBytes, kSectorBytes); // the whole sector is gone
        }
        const auto reading = store.read();
        VERIFY_OK(reading);
        QVERIFY(reading->file == file);
        for (unsigned shard = 0; shard < 6; ++shard) {
            const CopyState& state = reading->copies[shard];
            QVERIFY(!state.stale && !state.missing);
            QCOMPARE(state.damage.size(), std::size_t{1});
            QCOMPARE(state.damage[0].index, std::uint64_t{shard});
            QVERIFY(state.damage[0].state == SectorState::Bad);
            QCOMPARE(state.damage[0].flippedBits, static_cast<unsigned>(kSectorBytes * 8));
        }
        const Bytes damaged = store.copy(2);
        QCOMPARE(*store.repair(), 6 * file.size());
        QVERIFY(store.read()->clean());
        QCOMPARE(*store.repair(), std::uint64_t{0});
        QCOMPARE(store.disk.paths("quarantine").size(), std::size_t{6});
        QVERIFY(*store.disk.contentOf("quarantine/superblock.2.bad") == damaged);
    }
    void oneSectorDamagedDifferentlyInAllCopiesHealsByMajority()
    {
        StoreFixture store;
        const Bytes file = store.copy(0);
        QCOMPARE(file.size(), kSectorBytes);
        for (unsigned shard = 0; shard < 6; ++shard) {
            store.smear(shard, 10 + shard * 600, 500); // far beyond what the code of a sector corrects
        }
        const auto reading = store.read();
        VERIFY_OK(reading);
        QVERIFY(reading->file == file);
        QCOMPARE(*store.repair(), 6 * file.size());
        QVERIFY(store.read()->clean());
    }
    void flippedBitsAreCountedExactly()
    {
        StoreFixture store;
        const Bytes file = store.copy(0);
        for (unsigned shard = 0; shard < 6; ++shard) {
            for (unsigned bit = 0; bit <= shard; ++bit) {
                store.copy(shard)[100 + 577 * bit] ^= std::byte{1} << (bit % 8);
            }
        }
        const auto reading = store.read();
        VERIFY_OK(reading);
        QVERIFY(reading->file == file);
        for (unsigned shard = 0; shard < 6; ++shard) {
            QCOMPARE(reading->copies[shard].damage.size(), std::size_t{1});
            QVERIFY(reading->copies[shard].damage[0].state == SectorState::Corrected);
            QCOMPARE(reading->copies[shard].damage[0].flippedBits, shard + 1);
        }
        QCOMPARE(*store.repair(), 6 * file.size());
        QVERIFY(store.read()->clean());
    }
    void truncatedEmptyAndGrownCopiesAreDamage()
    {
        StoreFixture store(9'000);
        const Bytes file = store.copy(0);
        store.copy(0).clear();
        store.copy(1).resize(1);
        store.copy(2).resize(file.size() / 2);
        store.copy(3).resize(file.size() - 4096);
        store.copy(4).resize(file.size() + 4096 * 500);
        const auto reading = store.read();
        VERIFY_OK(reading);
        QVERIFY(reading->file == file);
        for (unsigned shard = 0; shard < 5; ++shard) {
            QVERIFY(!reading->copies[shard].clean() && !reading->copies[shard].missing && !reading->copies[shard].stale);
        }
        QCOMPARE(reading->copies[0].damage.size(), file.size() / kSectorBytes);
        QCOMPARE(reading->copies[3].damage.size(), std::size_t{1});
        QCOMPARE(reading->copies[4].damage.size(), std::size_t{1});
        VERIFY_OK(store.repair());
        QVERIFY(store.read()->clean());
    }
    void unreadableSectorsAndFilesAreOvercome()
    {
        StoreFixture store(9'000);
        const Bytes file = store.copy(0);
        store.disk.refuseSector("shards/0/superblock", 1);
        store.disk.refuseOpen("shards/1/superblock");
        for (unsigned shard = 2; shard < 6; ++shard) {
            store.smear(shard, 0, 4096);
        }
        const auto reading = store.read(); // sector 0 is good in copy 0 alone, sector 1 in the others
        VERIFY_OK(reading);
        QVERIFY(reading->file == file);
        QCOMPARE(reading->copies[0].damage.size(), std::size_t{1});
        QCOMPARE(reading->copies[0].damage[0].index, std::uint64_t{1});
        QCOMPARE(reading->copies[0].damage[0].flippedBits, 0U);
        QCOMPARE(reading->copies[1].damage.size(), file.size() / kSectorBytes);
    }
    void aDiskThatOpensNothingTellsItsOwnError()
    {
        StoreFixture store;
        for (const std::string& folder : store.folders) {
            store.disk.refuseOpen(folder + "/superblock");
        }
        COMPARE_ERROR(store.read(), ErrorCode::Io);
    }
    void copiesBeyondRepairAreADamagedStore()
    {
        StoreFixture store;
        for (unsigned shard = 0; shard < 6; ++shard) {
            store.smear(shard, 0, 2000);
        }
        COMPARE_ERROR(store.read(), ErrorCode::DamagedStore);
        for (unsigned shard = 0; shard < 6; ++shard) {
            store.copy(shard).assign(4096 * shard, std::byte{0});
        }
        COMPARE_ERROR(store.read(), ErrorCode::DamagedStore);
    }

    void anOldCopyPutBackIsStaleAndRenewed()
    {
        StoreFixture store;
        const Bytes old = store.copy(4);
        store.change();
        store.copy(4) = old;
        const auto reading = store.read();
        VERIFY_OK(reading);
        QCOMPARE(reading->superblock.epoch, std::uint64_t{2});
        QVERIFY(reading->copies[4].stale && !reading->copies[4].foreign && reading->copies[4].damage.empty());
        QCOMPARE(*store.repair(), std::uint64_t{store.copy(0).size()});
        QVERIFY(store.read()->clean());
        QVERIFY(store.disk.paths("quarantine").empty());
    }
    void oneNewCopyOutweighsFiveOldOnes()
    {
        StoreFixture store;
        const Bytes old = store.copy(0);
        store.change();
        for (const unsigned shard : {0U, 1U, 3U, 4U, 5U}) {
            store.copy(shard) = old;
        }
        QCOMPARE(store.read()->superblock.epoch, std::uint64_t{2});
        QCOMPARE(*store.repair(), 5 * old.size());
        QVERIFY(store.read()->clean());
    }
    void theNewestStateIsAssembledBeforeAnOldWholeOneIsBelieved()
    {
        StoreFixture store(9'000);
        const Bytes old = store.copy(0);
        store.change();
        for (const unsigned shard : {0U, 1U, 2U, 3U}) {
            store.copy(shard) = old;
        }
        store.smear(4, 0, 4096);
        store.smear(5, 4096, 4096);
        const auto reading = store.read();
        VERIFY_OK(reading);
        QCOMPARE(reading->superblock.epoch, std::uint64_t{2});
        QVERIFY(reading->copies[0].stale);
        QVERIFY(!reading->copies[4].stale && reading->copies[4].damage.size() == 1);
        VERIFY_OK(store.repair());
        QVERIFY(store.read()->clean());
    }
    void sectorsOfTwoEpochsAreNeverMixed()
    {
        StoreFixture store(9'000);
        const Bytes old = store.copy(0);
        store.change();
        const Bytes current = store.copy(0);
        for (unsigned shard = 0; shard < 6; ++shard) { // sector 0 is new everywhere, the rest is old everywhere
            Bytes mixed = old;
            std::copy_n(current.begin(), kSectorBytes, mixed.begin());
            store.copy(shard) = mixed;
        }
        COMPARE_ERROR(store.read(), ErrorCode::DamagedStore);
    }
    void copiesOfAnotherStoreAreForeignAndKept()
    {
        StoreFixture store;
        StoreFixture other(0, 99);
        for (unsigned i = 0; i < 5; ++i) {
            other.change(); // a higher epoch does not make it ours
        }
        const Bytes foreign = other.copy(0);
        store.copy(1) = foreign;
        store.copy(5) = foreign;
        const auto reading = store.read();
        VERIFY_OK(reading);
        QVERIFY(reading->superblock.store == store.superblock.store);
        QVERIFY(reading->copies[1].stale && reading->copies[1].foreign && reading->copies[5].foreign);
        VERIFY_OK(store.repair());
        QVERIFY(store.read()->clean());
        QVERIFY(*store.disk.contentOf("quarantine/superblock.1.bad") == foreign);
    }
    void quarantinedFilesAreNeverOverwritten()
    {
        StoreFixture store;
        for (unsigned round = 0; round < 3; ++round) {
            store.smear(0, 100 * round, 90);
            VERIFY_OK(store.repair());
        }
        QVERIFY(store.disk.paths("quarantine") ==
            (std::vector<std::string>{"quarantine/superblock.0.bad", "quarantine/superblock.0.bad.2", "quarantine/superblock.0.bad.3"}));
    }
    void withoutRoomForTheEvidenceNothingIsOverwritten()
    {
        StoreFixture store;
        store.smear(0, 0, 900);
        store.disk.erase("shards/3");
        const Bytes damaged = store.copy(0);
        store.disk.refuseWrites("quarantine", ErrorCode::NoSpace);
        COMPARE_ERROR(store.repair(), ErrorCode::NoSpace);
        QVERIFY(store.copy(0) == damaged);
        QVERIFY(store.copy(3) == store.copy(1)); // the others are healed all the same
        store.disk.clearRefusals();
        VERIFY_OK(store.repair());
        QVERIFY(store.read()->clean());
    }

    void aNewerFormatIsRefusedAndNotTouched()
    {
        StoreFixture store;
        Superblock newer = store.superblock;
        newer.format = kStoreFormat + 1;
        Bytes payload = encodeSuperblock(newer);
        payload.resize(payload.size() + 700, std::byte{9}); // with parts that this program cannot know
        store.copy(3) = frameObject({.store = {}, .kind = SectorKind::Superblock}, payload);
        const unsigned before = store.disk.operations();
        COMPARE_ERROR(store.read(), ErrorCode::Unsupported);
        COMPARE_ERROR(store.repair(), ErrorCode::Unsupported);
        QCOMPARE(store.disk.operations(), before);
        COMPARE_ERROR(parseSuperblock(payload), ErrorCode::Unsupported);
    }
    void aFileThatClaimsToBeHugeIsNotRead()
    {
        StoreFixture store;
        store.copy(0).resize(std::size_t{3} << 20U, std::byte{1});
        VERIFY_OK(store.read());
        VERIFY_OK(store.repair());
        QVERIFY(store.read()->clean());
    }

    void aCrashAtAnyOperationLeavesTheOldOrTheNewState()
    {
        unsigned last = 0;
        for (const bool keepUnsynced : {false, true}) {
            for (unsigned operation = 1;; ++operation) {
                StoreFixture store;
                ++store.superblock.epoch;
                const unsigned before = store.disk.operations();
                store.disk.crashAt(operation);
                const bool acknowledged = writeSuperblock(store.disk, store.folders, store.superblock, *store.keys).has_value();
                const bool crashed = store.disk.crashed();
                store.disk.restart(keepUnsynced);
                const auto reading = store.read();
                VERIFY_OK(reading);
                QVERIFY(reading->superblock.epoch == 1 || reading->superblock.epoch == 2);
                QVERIFY(!acknowledged || reading->superblock.epoch == 2);
                VERIFY_OK(unlock(reading->superblock, keyFile(3)));
                VERIFY_OK(store.repair());
                QVERIFY(store.read()->clean());
                QCOMPARE(store.read()->superblock.epoch, reading->superblock.epoch);
                if (!crashed) {
                    last = operation;
                    break;
                }
                QVERIFY(store.disk.operations() > before);
            }
        }
        QVERIFY(last > 6 * 5); // each copy: create, truncate, write, sync, rename, sync of the folder
    }
    void aCrashDuringRepairNeverLosesACopyMore()
    {
        for (unsigned operation = 1;; ++operation) {
            StoreFixture store;
            store.smear(0, 0, 900);
            store.smear(1, 0, 900);
            store.disk.erase("shards/2");
            store.disk.put("shards/0/superblock", store.copy(0));
            store.disk.put("shards/1/superblock", store.copy(1));
            store.disk.crashAt(operation);
            const bool healed = store.repair().has_value();
            const bool crashed = store.disk.crashed();
            store.disk.restart(false);
            const auto reading = store.read();
            VERIFY_OK(reading);
            for (const unsigned shard : {3U, 4U, 5U}) {
                QVERIFY(reading->copies[shard].clean());
            }
            QVERIFY(!healed || reading->clean());
            VERIFY_OK(store.repair());
            QVERIFY(store.read()->clean());
            if (!crashed) {
                break;
            }
        }
    }
    void oneFailingOperationCostsAtMostOneCopy()
    {
        for (unsigned operation = 1; operation <= 36; ++operation) {
            StoreFixture store;
            ++store.superblock.epoch;
            store.disk.failAt(operation, ErrorCode::Io);
            VERIFY_OK(writeSuperblock(store.disk, store.folders, store.superblock, *store.keys));
            const auto reading = store.read();
            QCOMPARE(reading->superblock.epoch, std::uint64_t{2});
            QVERIFY(std::ranges::count_if(reading->copies, &CopyState::clean) >= 5);
            for (const std::string& path : store.disk.paths("shards")) {
                QVERIFY(path.ends_with("/superblock"));
            }
        }
    }
    void tooFewDurableCopiesAreAnError()
    {
        StoreFixture store;
        for (const unsigned shard : {0U, 1U, 2U}) {
            store.disk.refuseWrites(store.folders[shard], ErrorCode::NoSpace);
        }
        store.change(); // three of six are enough for two parity folders
        store.disk.refuseWrites(store.folders[3], ErrorCode::NoSpace);
        ++store.superblock.epoch;
        COMPARE_ERROR(writeSuperblock(store.disk, store.folders, store.superblock, *store.keys), ErrorCode::NoSpace);
        store.disk.clearRefusals();
        for (const unsigned shard : {0U, 1U, 2U, 3U}) {
            store.disk.erase(store.folders[shard]);
        }
        COMPARE_ERROR(writeSuperblock(store.disk, store.folders, store.superblock, *store.keys), ErrorCode::Io);
        QVERIFY(store.disk.contentOf("shards/0/superblock") == nullptr); // a missing folder is left to repair
    }
};

CARMA_TEST_CLASS(TestSuperblockCopies, "test_superblock_copies")
#include "test_superblock_copies.moc"
