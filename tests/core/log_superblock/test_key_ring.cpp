// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/log_superblock/store_fixture.h"
#include "support/test_main.h"

#include <QTest>

using namespace carma;
using namespace carma::log;
using namespace carma::test;

namespace {

struct RingFixture : StoreFixture {
    KeyRing ring;

    explicit RingFixture(unsigned namespaces = 200)
    {
        ring.store = superblock.store;
        ring.epoch = 1;
        for (unsigned i = 0; i < namespaces; ++i) {
            KeyRingEntry entry;
            entry.space = NamespaceId{}.plus(i + 1);
            entry.sealedName.resize(28 + 5 + i % 40);
            entry.wrappedKey.resize(60);
            random.fill(entry.sealedName);
            random.fill(entry.wrappedKey);
            if (i % 50 == 0) {
                entry.dictionaries[3].resize(900);
                entry.dictionaries[7].resize(20);
                random.fill(entry.dictionaries[3]);
            }
            ring.entries.push_back(std::move(entry));
        }
        writeRing();
    }
    void writeRing() { CARMA_ASSERT(writeKeyRing(disk, folders, superblock.geometry, ring, *keys)); }
    [[nodiscard]] Result<KeyRingReading> readRing() { return readKeyRing(disk, folders, superblock.store, *keys); }
    Result<std::uint64_t> repairRing()
    {
        CARMA_TRY_ASSIGN(const KeyRingReading reading, readRing());
        return repairKeyRing(disk, folders, reading, "quarantine");
    }
};

bool same(const KeyRing& left, const KeyRing& right)
{
    return left.store == right.store && left.epoch == right.epoch &&
        std::ranges::equal(left.entries, right.entries, [](const KeyRingEntry& a, const KeyRingEntry& b) {
            return a.space == b.space && a.sealedName == b.sealedName && a.wrappedKey == b.wrappedKey && a.dictionaries == b.dictionaries;
        });
}

} // namespace

class TestKeyRing : public QObject {
    Q_OBJECT

private slots:
    void whatIsWrittenReadsBack()
    {
        for (const unsigned namespaces : {0U, 1U, 200U}) {
            RingFixture store(namespaces);
            const auto reading = store.readRing();
            VERIFY_OK(reading);
            QVERIFY(reading->clean() && same(reading->ring, store.ring));
            QVERIFY(reading->file == store.copy(3, "keyring"));
            QCOMPARE(*store.repairRing(), std::uint64_t{0});
        }
    }
    void aStoreWithoutARingIsToldApart()
    {
        StoreFixture store;
        COMPARE_ERROR(readKeyRing(store.disk, store.folders, store.superblock.store, *store.keys), ErrorCode::NotFound);
    }
    void sixCopiesDamagedInDifferentSectorsHeal()
    {
        RingFixture store;
        const Bytes file = store.copy(0, "keyring");
        QVERIFY(file.size() >= 6 * kSectorBytes);
        for (unsigned shard = 0; shard < 6; ++shard) {
            store.smear(shard, shard * kSectorBytes, kSectorBytes, "keyring");
        }
        const auto reading = store.readRing();
        VERIFY_OK(reading);
        QVERIFY(same(reading->ring, store.ring));
        QCOMPARE(*store.repairRing(), 6 * file.size());
        QVERIFY(store.readRing()->clean() && store.copy(5, "keyring") == file);
        QVERIFY(store.disk.contentOf("quarantine/keyring.5.bad") != nullptr);
    }
    void anOldRingWithForgottenKeysIsNotKept()
    {
        RingFixture store;
        const Bytes old = store.copy(2, "keyring");
        store.ring.entries.erase(store.ring.entries.begin() + 10);
        ++store.ring.epoch;
        store.writeRing();
        store.copy(2, "keyring") = old;
        const auto reading = store.readRing();
        VERIFY_OK(reading);
        QVERIFY(reading->copies[2].stale && same(reading->ring, store.ring));
        VERIFY_OK(store.repairRing());
        QVERIFY(store.readRing()->clean());
        QVERIFY(store.disk.paths("quarantine").empty());
    }
    void aCopyWhoseMacFailsIsDamageAndLosesToSoundOnes()
    {
        RingFixture store;
        RingFixture other;
        other.ring.store = store.superblock.store;
        other.ring.epoch = 50;
        // Sealed with other keys, but framed properly and of a higher epoch.
        const MasterKeys wrongKeys(SecretBytes(Bytes(32, std::byte{1})));
        VERIFY_OK(writeKeyRing(other.disk, other.folders, store.superblock.geometry, other.ring, wrongKeys));
        store.copy(1, "keyring") = other.copy(0, "keyring");
        const auto reading = store.readRing();
        VERIFY_OK(reading);
        QVERIFY(same(reading->ring, store.ring));
        QVERIFY(!reading->copies[1].stale && !reading->copies[1].damage.empty());
        for (unsigned shard = 0; shard < 6; ++shard) {
            store.copy(shard, "keyring") = other.copy(0, "keyring");
        }
        COMPARE_ERROR(store.readRing(), ErrorCode::DamagedStore);
    }
    void aRingOfAnotherStoreIsDamage()
    {
        RingFixture store;
        StoreFixture other(0, 99);
        KeyRing ring = store.ring;
        ring.store = other.superblock.store;
        ring.epoch = 9;
        VERIFY_OK(writeKeyRing(other.disk, other.folders, store.superblock.geometry, ring, *store.keys));
        store.copy(4, "keyring") = other.copy(0, "keyring");
        const auto reading = store.readRing();
        VERIFY_OK(reading);
        QCOMPARE(reading->copies[4].damage.size(), reading->copies[4].sectors);
        VERIFY_OK(store.repairRing());
        QVERIFY(store.readRing()->clean());
    }
    void aCrashAtAnyOperationLeavesTheOldOrTheNewRing()
    {
        for (unsigned operation = 1;; ++operation) {
            RingFixture store(20);
            store.ring.entries.pop_back();
            ++store.ring.epoch;
            store.disk.crashAt(operation);
            const bool acknowledged =
                writeKeyRing(store.disk, store.folders, store.superblock.geometry, store.ring, *store.keys).has_value();
            const bool crashed = store.disk.crashed();
            store.disk.restart(operation % 2 == 0);
            const auto reading = store.readRing();
            VERIFY_OK(reading);
            QCOMPARE(reading->ring.entries.size(), reading->ring.epoch == 2 ? std::size_t{19} : std::size_t{20});
            QVERIFY(!acknowledged || reading->ring.epoch == 2);
            VERIFY_OK(store.repairRing());
            QVERIFY(store.readRing()->clean());
            if (!crashed) {
                break;
            }
        }
    }
    void whatCouldNotBeReadBackIsNotWritten()
    {
        RingFixture store;
        const Bytes before = store.copy(0, "keyring");
        KeyRing ring = store.ring;
        ring.entries[0].sealedName.resize(4097);
        COMPARE_ERROR(writeKeyRing(store.disk, store.folders, store.superblock.geometry, ring, *store.keys), ErrorCode::InvalidArgument);
        ring = store.ring;
        ring.entries[0].dictionaries[1].resize(std::size_t{64} << 20U);
        COMPARE_ERROR(writeKeyRing(store.disk, store.folders, store.superblock.geometry, ring, *store.keys), ErrorCode::LimitExceeded);
        QVERIFY(store.copy(0, "keyring") == before);
    }
    void aLargeRingReadsBack()
    {
        RingFixture store(8'000);
        QVERIFY(store.copy(0, "keyring").size() > std::size_t{800'000});
        QVERIFY(same(store.readRing()->ring, store.ring));
    }
};

CARMA_TEST_CLASS(TestKeyRing, "test_key_ring")
#include "test_key_ring.moc"
