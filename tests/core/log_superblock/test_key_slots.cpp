// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Qt's keyword macros would replace the member Superblock::slots.
#define QT_NO_KEYWORDS
#include "core/log_superblock/store_fixture.h"
#include "log/superblock/superblock_codec.h"
#include "support/test_main.h"

#include <QTest>

using namespace carma;
using namespace carma::log;
using namespace carma::test;

class TestKeySlots : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyKindOfSecretOpensTheSameKeys()
    {
        StoreFixture store;
        const KeySource code{KeySlotKind::RecoveryCode, SecretBytes(Bytes(32, std::byte{0x42}))};
        VERIFY_OK(setSlot(store.superblock, *store.keys, code, {}, store.random));
        store.change();
        const auto reading = store.read();
        VERIFY_OK(reading);
        std::vector<KeySource> sources;
        sources.push_back({code.kind, code.secret.clone()});
        sources.push_back(passphrase("open sesame"));
        sources.push_back(keyFile(3));
        for (const KeySource& source : sources) {
            const auto keys = unlock(reading->superblock, source);
            VERIFY_OK(keys);
            QVERIFY(keys->master().equals(store.keys->master().view()));
        }
    }
    void wrongSecretsAreWrongKeys()
    {
        StoreFixture store;
        COMPARE_ERROR(unlock(store.superblock, passphrase("open sesamE")), ErrorCode::WrongKey);
        COMPARE_ERROR(unlock(store.superblock, passphrase("")), ErrorCode::WrongKey);
        COMPARE_ERROR(unlock(store.superblock, keyFile(4)), ErrorCode::WrongKey);
        COMPARE_ERROR(unlock(store.superblock, {KeySlotKind::KeyFile, SecretBytes(asBytes("short"))}), ErrorCode::WrongKey);
        COMPARE_ERROR(unlock(store.superblock, {KeySlotKind::RecoveryCode, SecretBytes(Bytes(32))}),
            ErrorCode::WrongKey); // no such slot
        // The same bytes as another kind are another secret.
        COMPARE_ERROR(unlock(store.superblock, {KeySlotKind::Passphrase, SecretBytes(Bytes(32, std::byte{3}))}), ErrorCode::WrongKey);
    }
    void aWrongKeyWritesNothing()
    {
        StoreFixture store;
        const unsigned before = store.disk.operations();
        const auto reading = store.read();
        COMPARE_ERROR(unlock(reading->superblock, keyFile(4)), ErrorCode::WrongKey);
        QCOMPARE(store.disk.operations(), before);
    }
    void damageIsNotTakenForAWrongKey()
    {
        StoreFixture store;
        for (unsigned shard = 0; shard < 5; ++shard) {
            store.smear(shard, 200, 300); // where the slots lie
        }
        const auto reading = store.read();
        VERIFY_OK(reading);
        VERIFY_OK(unlock(reading->superblock, keyFile(3)));
        store.smear(5, 200, 301);
        COMPARE_ERROR(store.read(), ErrorCode::DamagedStore);
    }
    void tamperingIsToldFromAWrongKey_data()
    {
        QTest::addColumn<int>("what");
        for (int what = 0; what < 10; ++what) {
            QTest::addRow("change %d", what) << what;
        }
    }
    void tamperingIsToldFromAWrongKey()
    {
        QFETCH(int, what);
        StoreFixture store;
        Superblock& superblock = store.superblock;
        const std::function<void()> changes[] = {[&] { superblock.geometry.parity = 1; }, [&] { superblock.epoch += 1; },
            [&] { superblock.store = superblock.store.plus(1); }, [&] { superblock.createdUs = 0; },
            [&] { superblock.signingKey[5] ^= std::byte{1}; }, [&] { superblock.wrappedSigningSeed[20] ^= std::byte{1}; },
            [&] { superblock.keyCheck[0] ^= std::byte{1}; }, [&] { superblock.mac[31] ^= std::byte{1}; }, [&] { superblock.mac.clear(); },
            [&] { std::erase_if(superblock.slots, [](const KeySlot& slot) { return slot.kind == KeySlotKind::Passphrase; }); }};
        changes[what]();
        // Someone without the key can still frame it properly.
        for (unsigned shard = 0; shard < 6; ++shard) {
            store.copy(shard) = frameObject({.store = {}, .kind = SectorKind::Superblock}, encodeSuperblock(superblock));
        }
        const auto reading = store.read();
        VERIFY_OK(reading);
        QVERIFY(reading->clean());
        COMPARE_ERROR(unlock(reading->superblock, keyFile(3)), ErrorCode::AuthenticationFailed);
        COMPARE_ERROR(unlock(reading->superblock, keyFile(4)), ErrorCode::WrongKey);
    }
    void aSlotOfAnotherStoreDoesNotFit()
    {
        StoreFixture store;
        StoreFixture other(0, 99); // opened by the same secrets
        store.superblock.slots = other.superblock.slots;
        COMPARE_ERROR(unlock(store.superblock, keyFile(3)), ErrorCode::AuthenticationFailed);
    }
    void changingThePassphraseShutsTheOldOneOut()
    {
        StoreFixture store;
        VERIFY_OK(setSlot(store.superblock, *store.keys, passphrase("new words"), kQuickScrypt, store.random));
        QCOMPARE(store.superblock.slots.size(), std::size_t{2});
        store.change();
        const auto reading = store.read();
        COMPARE_ERROR(unlock(reading->superblock, passphrase("open sesame")), ErrorCode::WrongKey);
        VERIFY_OK(unlock(reading->superblock, passphrase("new words")));
        VERIFY_OK(unlock(reading->superblock, keyFile(3)));
    }
    void theLastSlotCannotBeRemoved()
    {
        StoreFixture store;
        COMPARE_ERROR(removeSlot(store.superblock, KeySlotKind::RecoveryCode), ErrorCode::NotFound);
        VERIFY_OK(removeSlot(store.superblock, KeySlotKind::Passphrase));
        COMPARE_ERROR(removeSlot(store.superblock, KeySlotKind::KeyFile), ErrorCode::InvalidArgument);
        store.change();
        COMPARE_ERROR(unlock(store.read()->superblock, passphrase("open sesame")), ErrorCode::WrongKey);
    }
    void secretsWithoutMeaningAreNotAccepted()
    {
        StoreFixture store;
        const Bytes before = encodeSuperblock(store.superblock);
        COMPARE_ERROR(setSlot(store.superblock, *store.keys, passphrase(""), kQuickScrypt, store.random), ErrorCode::InvalidArgument);
        COMPARE_ERROR(setSlot(store.superblock, *store.keys, passphrase(std::string(4097, 'x')), kQuickScrypt, store.random),
            ErrorCode::LimitExceeded);
        COMPARE_ERROR(
            setSlot(store.superblock, *store.keys, {KeySlotKind::KeyFile, SecretBytes(31)}, {}, store.random), ErrorCode::InvalidArgument);
        COMPARE_ERROR(setSlot(store.superblock, *store.keys, passphrase("x"), {.cost = 1000}, store.random), ErrorCode::InvalidArgument);
        COMPARE_ERROR(setSlot(store.superblock, *store.keys, passphrase("x"), {.cost = 1U << 19U}, store.random), ErrorCode::LimitExceeded);
        QVERIFY(encodeSuperblock(store.superblock) == before);
        COMPARE_ERROR(makeSuperblock({.data = 0, .parity = 2}, 0, store.random), ErrorCode::InvalidArgument);
        COMPARE_ERROR(makeSuperblock({.data = 33, .parity = 2}, 0, store.random), ErrorCode::InvalidArgument);
        COMPARE_ERROR(makeSuperblock({.data = 4, .parity = 17}, 0, store.random), ErrorCode::InvalidArgument);
    }
    void hostileScryptParametersAreNeverRun_data()
    {
        QTest::addColumn<quint64>("cost");
        QTest::addColumn<quint32>("blockSize");
        QTest::addColumn<quint32>("parallel");
        QTest::newRow("512 MiB") << quint64{1U << 19U} << 8U << 1U;
        QTest::newRow("overflow") << (quint64{1} << 63U) << 0xFFFFFFFFU << 0xFFFFFFFFU;
        QTest::newRow("endless") << quint64{1U << 15U} << 8U << 1'000'000U;
        QTest::newRow("no power of two") << quint64{12345} << 8U << 1U;
        QTest::newRow("zero") << quint64{0} << 0U << 0U;
    }
    void hostileScryptParametersAreNeverRun()
    {
        QFETCH(quint64, cost);
        QFETCH(quint32, blockSize);
        QFETCH(quint32, parallel);
        StoreFixture store;
        const auto slot = std::ranges::find(store.superblock.slots, KeySlotKind::Passphrase, &KeySlot::kind);
        slot->parameters = {cost, blockSize, parallel};
        QVERIFY(!unlock(store.superblock, passphrase("open sesame")));
        COMPARE_ERROR(parseSuperblock(encodeSuperblock(store.superblock)), ErrorCode::Corruption);
        COMPARE_ERROR(writeSuperblock(store.disk, store.folders, store.superblock, *store.keys), ErrorCode::InvalidArgument);
        store.copy(0) = frameObject({.store = {}, .kind = SectorKind::Superblock}, encodeSuperblock(store.superblock));
        QCOMPARE(store.read()->copies[0].damage.size(), std::size_t{1}); // one hostile copy is outvoted by sound ones
    }
    void theSigningKeyIsTheOneOfTheSuperblock()
    {
        StoreFixture store;
        const auto key = signingKey(store.superblock, *store.keys);
        VERIFY_OK(key);
        QVERIFY(crypto::verifySignature(store.superblock.signingKey, asBytes("root"), key->sign(asBytes("root"))));
        store.superblock.signingKey[0] ^= std::byte{1};
        COMPARE_ERROR(signingKey(store.superblock, *store.keys), ErrorCode::AuthenticationFailed);
        store.superblock.wrappedSigningSeed.resize(7);
        COMPARE_ERROR(signingKey(store.superblock, *store.keys), ErrorCode::AuthenticationFailed);
    }
    void derivedKeysDifferByPurposeAndSurviveCloning()
    {
        StoreFixture store;
        Bytes sealed;
        store.keys->wrapping().seal(Bytes(12), {}, asBytes("x"), sealed);
        COMPARE_ERROR(store.keys->storeRecords().open({}, sealed), ErrorCode::AuthenticationFailed);
        COMPARE_ERROR(store.keys->catalog().open({}, sealed), ErrorCode::AuthenticationFailed);
        COMPARE_ERROR(store.keys->snapshots().open({}, sealed), ErrorCode::AuthenticationFailed);
        VERIFY_OK(store.keys->clone().wrapping().open({}, sealed));
        QVERIFY(!store.keys->derive("a").equals(store.keys->derive("b").view()));
        QVERIFY(store.keys->derive("a").equals(store.keys->clone().derive("a").view()));
    }
    void noTruncatedOrChangedSuperblockIsMisread()
    {
        StoreFixture store;
        const Bytes payload = encodeSuperblock(store.superblock);
        VERIFY_OK(parseSuperblock(payload));
        for (std::size_t size = 0; size < payload.size(); ++size) {
            COMPARE_ERROR(parseSuperblock(ByteView(payload).first(size)), ErrorCode::Corruption);
        }
        Bytes longer = payload;
        longer.push_back(std::byte{0});
        COMPARE_ERROR(parseSuperblock(longer), ErrorCode::Corruption);
        for (std::size_t bit = 0; bit < payload.size() * 8; ++bit) {
            Bytes changed = payload;
            changed[bit / 8] ^= std::byte{1} << (bit % 8);
            const auto parsed = parseSuperblock(changed); // refused, or a superblock that its MAC betrays
            QVERIFY(!parsed || encodeSuperblock(*parsed) == changed);
            QVERIFY(!parsed || parsed->mac != macOf(*parsed, *store.keys));
        }
    }
    void boundsHoldForEveryList()
    {
        StoreFixture store;
        Superblock superblock = store.superblock;
        superblock.slots.resize(kSlotsMax, superblock.slots[0]);
        VERIFY_OK(parseSuperblock(encodeSuperblock(superblock)));
        superblock.slots.push_back(superblock.slots[0]);
        COMPARE_ERROR(parseSuperblock(encodeSuperblock(superblock)), ErrorCode::Corruption);
        superblock = store.superblock;
        superblock.slots[0].wrapped.resize(kSlotBlobBytesMax + 1);
        COMPARE_ERROR(parseSuperblock(encodeSuperblock(superblock)), ErrorCode::Corruption);
        superblock = store.superblock;
        superblock.slots[0].kind = static_cast<KeySlotKind>(77);
        COMPARE_ERROR(parseSuperblock(encodeSuperblock(superblock)), ErrorCode::Corruption);
        superblock = store.superblock;
        superblock.geometry.data = 33;
        COMPARE_ERROR(parseSuperblock(encodeSuperblock(superblock)), ErrorCode::Corruption);
    }
};

CARMA_TEST_CLASS(TestKeySlots, "test_key_slots")
#include "test_key_slots.moc"
