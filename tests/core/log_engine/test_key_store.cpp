// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/log_engine/dictionary_text.h"
#include "core/log_engine/log_fixture.h"
#include "support/test_main.h"

#include <QTest>

using namespace carma;
using namespace carma::log;
using carma::test::LogFixture;
using carma::test::trainOn;

namespace {

std::string textAbout(std::string_view topic, int number)
{
    return std::string(topic) + " keeps the ledger of day 4 and " + std::string(topic) + " keeps the ledger of day " +
        std::to_string(number);
}

} // namespace

class TestKeyStore : public QObject {
    Q_OBJECT

private slots:
    void aNamespaceIsFoundByIdAndName()
    {
        LogFixture fixture;
        KeyStore& store = fixture.log->keys();
        const auto made = store.createSpace("clara");
        VERIFY_OK(made);
        QVERIFY((*made)->id != fixture.spaces[0]);
        QCOMPARE((*made)->name, std::string("clara"));
        QVERIFY(*store.find((*made)->id) == *made);
        QVERIFY(store.findByName("clara") == *made);
        QVERIFY(store.findByName("Clara") == nullptr);
        COMPARE_ERROR(store.find((*made)->id.plus(1)), ErrorCode::NotFound);
        VERIFY_OK(store.find(NamespaceId{}));
        std::vector<std::string> names;
        for (const auto& space : store.all()) {
            names.push_back(space->name);
        }
        QVERIFY((names == std::vector<std::string>{"anna", "ben", "clara"}));
    }

    void aNameIsGivenOnce()
    {
        LogFixture fixture;
        const Hash128 before = fixture.disk.fingerprint();
        COMPARE_ERROR(fixture.log->keys().createSpace("anna"), ErrorCode::AlreadyExists);
        QVERIFY(fixture.disk.fingerprint() == before);
        QCOMPARE(fixture.log->keys().all().size(), 2U);
    }

    void keysOutliveReopening()
    {
        LogFixture fixture;
        const auto wrapped = fixture.log->keys().wrappedKey(fixture.spaces[1]);
        VERIFY_OK(wrapped);
        COMPARE_ERROR(fixture.log->keys().wrappedKey(NamespaceId{}), ErrorCode::NotFound);
        VERIFY_OK(fixture.append({100}, 1));
        VERIFY_OK(fixture.reopen());
        QVERIFY(*fixture.log->keys().wrappedKey(fixture.spaces[1]) == *wrapped);
        QVERIFY(fixture.log->keys().findByName("ben")->id == fixture.spaces[1]);
        VERIFY_NOTHING_WRONG(fixture.check());
    }

    void aNamespaceThatCouldNotBeWrittenIsNotThere()
    {
        LogFixture fixture;
        fixture.disk.failOps({.on = disk::SimOp::Write, .persistent = true});
        QVERIFY(!fixture.log->keys().createSpace("clara").has_value());
        QVERIFY(fixture.log->keys().findByName("clara") == nullptr);
        fixture.disk.clearFailures();
        VERIFY_OK(fixture.log->keys().createSpace("clara"));
        VERIFY_OK(fixture.reopen());
        QVERIFY(fixture.log->keys().findByName("clara") != nullptr);
        VERIFY_NOTHING_WRONG(fixture.checkSound());
    }

    void aNamespaceOutlivesACrashAtOnce()
    {
        LogFixture fixture;
        VERIFY_OK(fixture.log->keys().createSpace("clara"));
        fixture.crash(disk::SimCrash::LoseUnsynced);
        VERIFY_OK(fixture.open());
        QVERIFY(fixture.log->keys().findByName("clara") != nullptr);
    }

    void aReaderReloads()
    {
        LogFixture fixture;
        auto reader = fixture.openReader();
        VERIFY_OK(reader);
        VERIFY_OK(fixture.log->keys().createSpace("clara"));
        QVERIFY((*reader)->keys().findByName("clara") == nullptr);
        VERIFY_OK((*reader)->keys().reload());
        QVERIFY((*reader)->keys().findByName("clara") != nullptr);
    }

    void recordsOfEachDictionaryAreRead()
    {
        LogFixture fixture;
        auto reader = fixture.openReader();
        VERIFY_OK(reader);
        const auto first = trainOn("The harbour master");
        const auto second = trainOn("Our beekeeper");
        VERIFY_OK(first);
        VERIFY_OK(second);
        VERIFY_OK(fixture.appendTexts({textAbout("Nobody", 1)}));
        const auto one = fixture.log->keys().addDictionary(fixture.spaces[0], *first);
        VERIFY_OK(one);
        QCOMPARE(*one, 1U);
        VERIFY_OK(fixture.appendTexts({textAbout("The harbour master", 2)}));
        QCOMPARE(*fixture.log->keys().addDictionary(fixture.spaces[0], *second), 2U);
        VERIFY_OK(fixture.appendTexts({textAbout("Our beekeeper", 3)}));
        VERIFY_OK(fixture.appendTexts({textAbout("Our beekeeper", 4)}, 1));
        VERIFY_OK(fixture.log->seal());
        for (int round = 0; round < 2; ++round) {
            for (Sequence sequence = 0; sequence < 4; ++sequence) {
                const auto record = fixture.log->read(sequence);
                VERIFY_OK(record);
                QCOMPARE(record->header.dictionary, sequence < 3 ? static_cast<std::uint32_t>(sequence) : 0U);
            }
            VERIFY_NOTHING_WRONG(fixture.check());
            VERIFY_OK(fixture.reopen());
        }
        QVERIFY((*fixture.log->keys().find(fixture.spaces[0]))->newest()->number() == 2);
        VERIFY_OK((*reader)->refresh());
        VERIFY_NOTHING_WRONG(fixture.check(**reader));
    }

    void aDictionaryThatIsNoneIsRefused()
    {
        LogFixture fixture;
        QVERIFY(!fixture.log->keys().addDictionary(fixture.spaces[0], asBytes("not a dictionary")).has_value());
        QVERIFY((*fixture.log->keys().find(fixture.spaces[0]))->newest() == nullptr);
        COMPARE_ERROR(fixture.log->keys().addDictionary(fixture.spaces[0].plus(1), asBytes("x")), ErrorCode::NotFound);
    }
};

CARMA_TEST_CLASS(TestKeyStore, "test_key_store")

#include "test_key_store.moc"
