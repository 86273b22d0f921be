// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/store_fixture.h"
#include "keys_fixture.h"
#include "support/test_main.h"

#include <QTest>

using namespace carma;
using namespace carma::test;

/// Keys in a real store on a simulated disk: the power goes at every point of a rotation.
class TestKeyCrash : public QObject {
    Q_OBJECT

private slots:
    void aRotationIsDoneOrNotNeverHalf()
    {
        const unsigned seeds = qEnvironmentVariableIsSet("CARMA_LONG_TESTS") ? 100 : 12;
        unsigned oldStates = 0;
        unsigned newStates = 0;
        for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
            bool finished = false;
            for (std::uint64_t ops = 0; !finished; ++ops) {
                StoreFixture fixture(seed);
                VERIFY_OK(fixture.create());
                auto opened = fixture.open();
                VERIFY_OK(opened);
                const auto first = (*opened)->keys().create(keyFor("anna"));
                VERIFY_OK(first);
                fixture.disk.cutPowerAfter(ops);
                const auto second = (*opened)->keys().rotate(toString(first->info.id), kGraceDefaultUs, "test");
                finished = second.has_value() && !fixture.disk.powerIsOff();
                opened->reset();
                fixture.disk.crash();
                opened = fixture.open();
                VERIFY_OK(opened);
                Keys& keys = (*opened)->keys();
                std::vector<KeyInfo> all;
                VERIFY_OK(keys.list([&](const KeyInfo& info) {
                    all.push_back(info);
                    return true;
                }));
                const auto verdict = keys.check(textOf(*first), {});
                VERIFY_OK(verdict);
                QVERIFY2(verdict->accepted(), verdict->why.c_str());
                if (all.size() == 1) {
                    ++oldStates;
                    QVERIFY(!second.has_value()); // what was told to be done is done
                    QCOMPARE(all[0].state, KeyState::Active);
                    QVERIFY(all[0].successor.isNull());
                } else {
                    ++newStates;
                    QCOMPARE(all.size(), std::size_t{2});
                    QCOMPARE(all[0].state, KeyState::Grace);
                    QCOMPARE(all[1].state, KeyState::Active);
                    QVERIFY(all[0].successor == all[1].id && all[1].predecessor == all[0].id);
                    if (second.has_value()) {
                        const auto fresh = keys.check(textOf(*second), {});
                        VERIFY_OK(fresh);
                        QVERIFY(fresh->accepted());
                    }
                }
            }
        }
        QVERIFY2(oldStates >= seeds && newStates >= seeds, qPrintable(QString("%1 old, %2 new").arg(oldStates).arg(newStates)));
    }

    void readersSeeWhatTheWriterDoes()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        auto writer = fixture.open();
        VERIFY_OK(writer);
        const auto key = (*writer)->keys().create(keyFor("anna"));
        VERIFY_OK(key);
        auto reader = fixture.open(true);
        VERIFY_OK(reader);
        QVERIFY((*reader)->keys().check(textOf(*key), {})->accepted());
        COMPARE_ERROR((*reader)->keys().create(keyFor("bert")), ErrorCode::Busy);
        COMPARE_ERROR((*reader)->keys().revoke(toString(key->info.id), ""), ErrorCode::Busy);
        VERIFY_OK((*writer)->keys().revoke(toString(key->info.id), "leaked"));
        fixture.clock.advance(1'000'000);
        QCOMPARE((*reader)->keys().check(textOf(*key), {})->refusal, KeyRefusal::Revoked);
    }

    void closingKeepsCounts()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        auto opened = fixture.open();
        VERIFY_OK(opened);
        const auto key = (*opened)->keys().create(keyFor("anna"));
        VERIFY_OK(key);
        QVERIFY((*opened)->keys().check(textOf(*key), {})->accepted());
        QVERIFY(!(*opened)->keys().check(textOf(*key) + "x", {})->accepted());
        VERIFY_OK((*opened)->close());
        opened = fixture.open(true);
        VERIFY_OK(opened);
        QCOMPARE((*opened)->keys().show(toString(key->info.id))->uses, std::uint64_t{1});
        unsigned refused = 0;
        AuditFilter filter;
        filter.action = "key.check";
        filter.outcome = AuditOutcome::Refused;
        VERIFY_OK((*opened)->audit().list(filter, [&](const AuditEntry&) -> Result<bool> { return ++refused > 0; }));
        QCOMPARE(refused, 1U);
        VERIFY_OK((*opened)->close());
    }

    void theDiskHoldsNothingOfASecret()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        auto opened = fixture.open();
        VERIFY_OK(opened);
        const auto key = (*opened)->keys().create(keyFor("anna"));
        VERIFY_OK(key);
        VERIFY_OK((*opened)->close());
        const std::string text = textOf(*key);
        const std::string secret = text.substr(text.find("_quantum_") + 9, 16);
        unsigned files = 0;
        for (const char* root : {"shards/0", "shards/1", "shards/2"}) {
            const auto list = fixture.disk.list(root);
            for (const FileInfo& file : list.has_value() ? *list : std::vector<FileInfo>()) {
                const auto bytes = readWholeFile(fixture.disk, std::string(root) + "/" + file.name, 1ULL << 30U);
                VERIFY_OK(bytes);
                ++files;
                QVERIFY(asText(*bytes).find(secret) == std::string_view::npos);
            }
        }
        QVERIFY(files > 0);
    }
};

CARMA_TEST_CLASS(TestKeyCrash, "test_key_crash")

#include "test_key_crash.moc"
