// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "audit_fixture.h"
#include "support/test_main.h"

#include <QTest>

#include <array>

using namespace carma;
using namespace carma::test;
using disk::SimCrash;

namespace {

/// A thousand where there is time for it.
int peopleCount() { return qEnvironmentVariableIsSet("CARMA_LONG_TESTS") ? 1000 : 12; }

std::string userName(int number) { return "user-" + std::to_string(number); }
std::string secretOf(int number)
{
    return "the blue door of number " + std::to_string(number) + " has the code 40" + std::to_string(number);
}

/// Three memories of a user.
Result<std::vector<FragmentId>> fillStore(Store& store, int user)
{
    std::vector<NewMemory> memories;
    for (int i = 0; i < 3; ++i) {
        memories.push_back(
            memoryOf(secretOf(user) + " and " + textAbout("garden " + std::to_string(i), 5 + 30 * i), "note of " + userName(user)));
    }
    return store.memory().remember(userName(user), memories);
}

/// What opens with the user's key before it is gone.
struct Victim {
    NamespaceId id;
    Bytes wrapped;
    SecretBytes key;
    std::vector<Bytes> bodies; ///< as stored
};

Result<Victim> victimOf(Store& store, int user)
{
    log::Log& log = *coreOf(store).log;
    Victim victim;
    victim.id = log.keys().findByName(userName(user))->id;
    CARMA_TRY_ASSIGN(victim.wrapped, log.keys().wrappedKey(victim.id));
    CARMA_TRY_ASSIGN(victim.key, log.keys().master().wrapping().openSecret(victim.id.view(), victim.wrapped));
    for (Sequence sequence = 0; sequence < log.end(); ++sequence) {
        CARMA_TRY_ASSIGN(const Bytes stored, log.stored(sequence));
        CARMA_TRY_ASSIGN(const auto record, log::parseRecord(stored));
        if (record.header.space == victim.id) {
            victim.bodies.push_back(toBytes(record.body()));
        }
    }
    return victim;
}

/// Empty, or what of the victim is still there.
std::string remains(Store& store, const disk::SimDisk& disk, const Victim& victim)
{
    for (const auto& [path, bytes] : disk.files()) {
        if (holdsPieceOf(bytes, victim.wrapped) || holdsPieceOf(bytes, victim.key.view())) {
            return path + " holds the key";
        }
        for (const Bytes& body : victim.bodies) {
            if (holdsPieceOf(bytes, body)) {
                return path + " holds a sealed body";
            }
        }
    }
    log::Log& log = *coreOf(store).log;
    const crypto::AeadKey key(victim.key.view());
    std::string found;
    for (Sequence sequence = 0; sequence < log.end() && found.empty(); ++sequence) {
        const auto stored = log.stored(sequence);
        if (!stored.has_value()) {
            return "record " + std::to_string(sequence) + " is lost";
        }
        log::carveRecords(*stored, [&](std::uint64_t, const log::StoredRecord& record) {
            if (log::openRecord(record, key, nullptr).has_value()) {
                found = "record " + std::to_string(sequence) + " opens with the old key";
            }
        });
        const auto record = log.read(sequence);
        if (record.has_value() &&
            (holdsPieceOf(record->body, victim.wrapped) || asText(record->body).find("blue door of number 7 ") != std::string_view::npos)) {
            found = "record " + std::to_string(sequence) + " tells of the victim";
        }
    }
    if (log.keys().find(victim.id).has_value()) {
        return "the key is still known";
    }
    return found;
}

/// Empty, or what is wrong with the other users.
std::string othersWrong(Store& store, int erased, const std::map<int, std::vector<FragmentId>>& ids)
{
    for (const auto& [user, documents] : ids) {
        for (const FragmentId& id : documents) {
            const auto text = store.memory().original(id);
            const bool there = text.has_value() && text->starts_with(secretOf(user));
            if (user != erased && !there) {
                return "a memory of " + userName(user) + " is gone";
            }
            if (user == erased && text.has_value()) {
                return "a memory of the erased user is there";
            }
        }
    }
    return {};
}

constexpr const char* kDoor = "what the blue door of number 7 hides";

/// A key with all the fields that people fill in.
NewKey keyOf(const std::string& owner)
{
    NewKey key;
    key.owner = owner;
    key.permission = KeyPermission::Custom;
    key.scopes = {*parseScope("read:" + owner)};
    key.label = "laptop of " + owner;
    return key;
}

/// Of a use in the namespace of that name. What a refused use asked for is audited, so uses of an erased person's keys name none.
KeyRefusal refusalOf(Store& store, const IssuedKey& key, const std::string& space = {})
{
    const auto verdict = store.keys().check(toString(key.text.view()), {.space = space});
    return verdict.has_value() ? verdict->refusal : KeyRefusal::Malformed;
}

} // namespace

class TestErase : public QObject {
    Q_OBJECT

private slots:
    void nothingOfTheErasedIsLeftAndAllOthersStay()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        auto opened = fixture.open();
        VERIFY_OK(opened);
        Store& store = **opened;
        std::map<int, std::vector<FragmentId>> ids;
        for (int user = 0; user < peopleCount(); ++user) {
            const auto made = fillStore(store, user);
            VERIFY_OK(made);
            ids[user] = *made;
        }
        VERIFY_OK(store.memory().query("door", queryOf(userName(7))));
        const auto victim = victimOf(store, 7);
        VERIFY_OK(victim);
        QVERIFY(victim->bodies.size() >= 3);
        QVERIFY(!remains(store, fixture.disk, *victim).empty()); // the search finds what is there
        const auto plan = store.subjects().plan(userName(7));
        VERIFY_OK(plan);
        QCOMPARE(plan->documents, std::uint64_t{3});
        QVERIFY(plan->auditEntries >= 3);

        const auto report = store.subjects().erase(userName(7), Task{});
        VERIFY_OK(report);
        qInfo("%d users, erased in %lld us", peopleCount(), static_cast<long long>(report->tookUs));
        QVERIFY(report->recordsPurged >= victim->bodies.size());
        QCOMPARE(remains(store, fixture.disk, *victim), std::string());
        QCOMPARE(othersWrong(store, 7, ids), std::string());
        QVERIFY(!store.subjects().plan(userName(7)).has_value());

        VERIFY_OK(store.close());
        opened = fixture.open();
        VERIFY_OK(opened);
        QCOMPARE(remains(**opened, fixture.disk, *victim), std::string());
        QCOMPARE(othersWrong(**opened, 7, ids), std::string());
        const auto verified = (*opened)->audit().verify({}, Task{});
        VERIFY_OK(verified);
        QVERIFY2(verified->intact(), verified->problems.empty() ? "" : verified->problems.front().c_str());
        QVERIFY(verified->erased >= 3);
    }

    void theAuditKeepsWhatWasDoneButNotAboutWhom()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        auto opened = fixture.open();
        VERIFY_OK(opened);
        Store& store = **opened;
        VERIFY_OK(fillStore(store, 7));
        VERIFY_OK(fillStore(store, 8));
        VERIFY_OK(store.subjects().erase(userName(7), Task{}));
        const auto entries = entriesOf(store);
        VERIFY_OK(entries);
        int erased = 0;
        for (const AuditEntry& entry : *entries) {
            QVERIFY(entry.subject != userName(7));
            QVERIFY(entry.detail != "note of " + userName(7));
            erased += entry.state == AuditState::Erased ? 1 : 0;
            QVERIFY(entry.state != AuditState::Erased || (!entry.action.empty() && entry.actor.empty()));
        }
        QVERIFY(erased >= 3);
        QCOMPARE(entries->back().action, std::string("subject.erased"));
        QCOMPARE(entries->back().actor, std::string("the test"));
    }

    void theCatalogRebuiltFromTheLogDoesNotKnowTheErased()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        {
            auto opened = fixture.open();
            VERIFY_OK(opened);
            VERIFY_OK(fillStore(**opened, 7));
            VERIFY_OK(fillStore(**opened, 8));
            VERIFY_OK((*opened)->subjects().erase(userName(7), Task{}));
        }
        fixture.deleteCatalog();
        auto opened = fixture.open();
        VERIFY_OK(opened);
        const auto spaces = (*opened)->memory().namespaces();
        VERIFY_OK(spaces);
        QCOMPARE(spaces->size(), std::size_t{1});
        QCOMPARE(spaces->front().name, userName(8));
        // The name is free again, and what is then kept under it is somebody new.
        VERIFY_OK(fillStore(**opened, 7));
        VERIFY_OK((*opened)->subjects().plan(userName(7)));
    }

    void keysOfTheErasedEndAndTellNothingOfThem()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        auto opened = fixture.open();
        VERIFY_OK(opened);
        Store& store = **opened;
        const auto keys = store.keys().createAll(std::array{keyOf(userName(7)), keyOf("bert")}); // before there is a namespace
        VERIFY_OK(keys);
        VERIFY_OK(store.keys().suspend(toString(keys->at(0).info.id), kDoor));
        VERIFY_OK(store.keys().resume(toString(keys->at(0).info.id)));
        VERIFY_OK(fillStore(store, 7));
        const auto next = store.keys().rotate(toString(keys->at(0).info.id), kGraceDefaultUs, kDoor);
        VERIFY_OK(next);
        QVERIFY(!recordsThatTell(store, kDoor).empty());
        QVERIFY(!recordsThatTell(store, userName(7)).empty());
        QCOMPARE(store.subjects().plan(userName(7))->keys, std::uint64_t{2});
        VERIFY_OK(store.subjects().erase(userName(7), Task{}));
        for (int round = 0; round < 2; ++round) {
            QCOMPARE(recordsThatTell(**opened, kDoor), std::string());
            QCOMPARE(recordsThatTell(**opened, userName(7)), std::string());
            QCOMPARE(refusalOf(**opened, keys->at(0)), KeyRefusal::Revoked);
            QCOMPARE(refusalOf(**opened, *next), KeyRefusal::Revoked);
            QCOMPARE(refusalOf(**opened, keys->at(1), "bert"), KeyRefusal::None);
            const auto verified = (*opened)->audit().verify({}, Task{});
            VERIFY_OK(verified);
            QVERIFY2(verified->intact(), verified->problems.empty() ? "" : verified->problems.front().c_str());
            VERIFY_OK((*opened)->close());
            fixture.clock.advance(10'000'000);
            opened = fixture.open();
            VERIFY_OK(opened);
        }
    }

    void somebodyWithKeysOnlyIsErasedToo()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        auto opened = fixture.open();
        VERIFY_OK(opened);
        Store& store = **opened;
        const auto key = store.keys().create(keyOf("carl the only"));
        VERIFY_OK(key);
        const auto plan = store.subjects().plan("carl the only");
        VERIFY_OK(plan);
        QCOMPARE(plan->keys, std::uint64_t{1});
        QVERIFY(!store.subjects().plan("nobody").has_value());
        QVERIFY(!store.subjects().erase("nobody", Task{}).has_value());
        VERIFY_OK(store.subjects().erase("carl the only", Task{}));
        QCOMPARE(recordsThatTell(store, "carl the only"), std::string());
        QCOMPARE(refusalOf(store, *key), KeyRefusal::Revoked);
        QVERIFY(!store.subjects().plan("carl the only").has_value());
    }

    void whatIsHeldIsNeitherErasedNorForgottenNorPurged()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        auto opened = fixture.open();
        VERIFY_OK(opened);
        Store& store = **opened;
        const auto ids = fillStore(store, 7);
        VERIFY_OK(ids);
        VERIFY_OK(store.memory().forget({ids->at(0)}, {}, Task{}));
        VERIFY_OK(store.audit().hold(userName(7), "case 17"));
        const auto erased = store.subjects().erase(userName(7), Task{});
        QVERIFY(!erased.has_value());
        QVERIFY(erased.error().message.find("case 17") != std::string::npos);
        const auto forgotten = store.memory().forget({ids->at(1)}, {.now = true}, Task{});
        QVERIFY(!forgotten.has_value());
        QVERIFY(forgotten.error().message.find("case 17") != std::string::npos);
        QVERIFY(!store.memory().forget({}, {.now = true}, Task{}).has_value());
        VERIFY_OK(store.memory().original(ids->at(1)));
        AuditFilter refused;
        refused.outcome = AuditOutcome::Refused;
        const auto entries = entriesOf(store, refused);
        VERIFY_OK(entries);
        QCOMPARE(entries->size(), std::size_t{3});
        VERIFY_OK(store.audit().release(userName(7), "closed"));
        VERIFY_OK(store.subjects().erase(userName(7), Task{}));
    }

    void aCrashLeavesTheOldStateOrTheNewOne_data()
    {
        QTest::addColumn<int>("kind");
        QTest::newRow("what was not synced is lost") << static_cast<int>(SimCrash::LoseUnsynced);
        QTest::newRow("torn and reordered") << static_cast<int>(SimCrash::Seeded);
    }
    void aCrashLeavesTheOldStateOrTheNewOne()
    {
        QFETCH(int, kind);
        StoreFixture fixture;
        fixture.environment.catalogFolder = ":memory:"; // begins anew after each crash, and is quick
        VERIFY_OK(fixture.create());
        std::map<int, std::vector<FragmentId>> ids;
        std::optional<Victim> victim;
        std::vector<IssuedKey> keys;
        {
            auto opened = fixture.open();
            VERIFY_OK(opened);
            auto issued = (*opened)->keys().createAll(std::array{keyOf(userName(7)), keyOf(userName(8))});
            VERIFY_OK(issued);
            keys = *std::move(issued);
            for (const int user : {6, 7, 8}) {
                const auto made = fillStore(**opened, user);
                VERIFY_OK(made);
                ids[user] = *made;
            }
            auto found = victimOf(**opened, 7);
            VERIFY_OK(found);
            victim = *std::move(found);
            VERIFY_OK((*opened)->close());
        }
        const auto saved = fixture.disk.snapshot();
        VERIFY_OK(saved);
        int old = 0;
        int fresh = 0;
        bool cut = true;
        for (std::uint64_t at = 0; cut; at += 3) {
            fixture.disk.load(*saved);
            {
                auto opened = fixture.open();
                VERIFY_OK(opened);
                fixture.disk.cutPowerAfter(at);
                (void)(*opened)->subjects().erase(userName(7), Task{}).has_value();
                cut = fixture.disk.powerIsOff();
                fixture.disk.crash(static_cast<SimCrash>(kind));
            }
            auto opened = fixture.open();
            VERIFY_OK(opened);
            const bool there = (*opened)->subjects().plan(userName(7)).has_value();
            ++(there ? old : fresh);
            const std::string place = " after a cut at operation " + std::to_string(at);
            if (there) {
                QCOMPARE(othersWrong(**opened, -1, ids) + place, place);
            } else {
                QCOMPARE(othersWrong(**opened, 7, ids) + place, place);
                QCOMPARE(remains(**opened, fixture.disk, *victim) + place, place);
                QCOMPARE(recordsThatTell(**opened, userName(7)) + place, place);
            }
            QCOMPARE(refusalOf(**opened, keys[0], there ? userName(7) : ""), there ? KeyRefusal::None : KeyRefusal::Revoked);
            QCOMPARE(refusalOf(**opened, keys[1], userName(8)), KeyRefusal::None);
            const auto verified = (*opened)->audit().verify({}, Task{});
            VERIFY_OK(verified);
            QVERIFY2(verified->intact(), ((verified->problems.empty() ? "lost" : verified->problems.front()) + place).c_str());
        }
        QVERIFY(old > 3);
        QVERIFY(fresh > 30);
    }
};

CARMA_TEST_CLASS(TestErase, "test_erase")

#include "test_erase.moc"
