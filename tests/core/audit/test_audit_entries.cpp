// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "audit/export_forms.h"
#include "audit_fixture.h"
#include "core/log_record/doc_example.h"
#include "support/test_main.h"

#include <QTest>

using namespace carma;
using namespace carma::test;

class TestAuditEntries : public QObject {
    Q_OBJECT

private slots:
    void everyChangeHasAnEntryInItsOwnBatch()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        auto opened = fixture.open();
        VERIFY_OK(opened);
        Store& store = **opened;
        const auto ids = store.memory().remember("anna", {memoryOf("the gate is green", "gate"), memoryOf(textAbout("beds", 90))});
        VERIFY_OK(ids);
        IngestOptions ingest;
        ingest.space = "anna";
        VERIFY_OK(store.memory().ingestBytes("letters/1.txt", "Dear Anna, the larches stand.", ingest));
        VERIFY_OK(store.memory().forget({ids->front()}, {.now = true}, Task{}));
        VERIFY_OK(store.access().setPassphrase(SecretBytes(asBytes("other"))));
        VERIFY_OK(store.access().renewRecoveryCode());
        VERIFY_OK(store.memory().createNamespace("bert"));
        VERIFY_OK(store.seal());
        const auto actions = actionsOf(store);
        VERIFY_OK(actions);
        for (const auto& [action, count] :
            std::map<std::string, std::size_t>{{"store.create", 1}, {"namespace.create", 2}, {"memory.add", 3}, {"memory.forget", 1},
                {"memory.purge", 1}, {"access.passphrase.set", 1}, {"access.recovery_code.renew", 1}, {"store.seal", 1}}) {
            QVERIFY2(countOf(*actions, action) == count, action.c_str());
        }
        const auto entries = entriesOf(store);
        VERIFY_OK(entries);
        for (const AuditEntry& entry : *entries) {
            QCOMPARE(entry.state, AuditState::Whole);
            if (entry.action == "memory.add" && entry.detail == "letters/1.txt") {
                QCOMPARE(entry.space, std::string("anna"));
                QCOMPARE(entry.actor, std::string("the test"));
                QCOMPARE(entry.after.size(), std::size_t{64});
            }
        }
        const auto verified = store.audit().verify({}, Task{});
        VERIFY_OK(verified);
        QVERIFY(verified->intact());
        QCOMPARE(verified->entries, entries->size());
    }

    void withoutRoomForTheEntryNothingIsChanged()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        auto opened = fixture.open();
        VERIFY_OK(opened);
        VERIFY_OK((*opened)->memory().remember("anna", {memoryOf("the gate is green")}));
        fixture.disk.setSpaceBudget(0);
        QVERIFY(!(*opened)->access().setPassphrase(SecretBytes(asBytes("other"))).has_value());
        fixture.disk.setSpaceBudget(std::nullopt);
        VERIFY_OK((*opened)->close());
        opened = fixture.open(); // the old passphrase
        VERIFY_OK(opened);
    }

    void readsAreAuditedAsThePolicySays()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        auto opened = fixture.open();
        VERIFY_OK(opened);
        Store& store = **opened;
        const auto ids = store.memory().remember("anna", {memoryOf("the gate is green")});
        VERIFY_OK(ids);
        VERIFY_OK(store.memory().query("gate", queryOf("anna")));
        TemporaryFolder out;
        VERIFY_OK(store.memory().exportTo(out.path() + "/1", {}, Task{}));
        auto actions = actionsOf(store);
        VERIFY_OK(actions);
        QCOMPARE(countOf(*actions, "memory.query"), std::size_t{0});
        QCOMPARE(countOf(*actions, "memory.export"), std::size_t{1});
        VERIFY_OK(store.audit().setPolicy({.queries = true, .shows = true, .exports = false, .retentionDays = {}}));
        VERIFY_OK(store.memory().query("gate", queryOf("anna")));
        VERIFY_OK(store.memory().show(ids->front()));
        VERIFY_OK(store.memory().exportTo(out.path() + "/2", {}, Task{}));
        actions = actionsOf(store);
        VERIFY_OK(actions);
        QCOMPARE(countOf(*actions, "memory.query"), std::size_t{1});
        QCOMPARE(countOf(*actions, "memory.show"), std::size_t{1});
        QCOMPARE(countOf(*actions, "memory.export"), std::size_t{1});
        VERIFY_OK(store.close());
        opened = fixture.open(true);
        VERIFY_OK(opened);
        const auto refused = (*opened)->memory().query("gate", queryOf("anna"));
        QVERIFY(!refused.has_value());
        QCOMPARE(refused.error().code, ErrorCode::Busy);
    }

    void filtersTakeWhatTheyName()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        auto opened = fixture.open();
        VERIFY_OK(opened);
        VERIFY_OK((*opened)->memory().remember("anna", {memoryOf("the gate is green", "gate")}));
        VERIFY_OK((*opened)->memory().remember("bert", {memoryOf("the door is blue", "door")}));
        AuditFilter filter;
        filter.action = "memory";
        filter.object = "door";
        auto entries = entriesOf(**opened, filter);
        VERIFY_OK(entries);
        QCOMPARE(entries->size(), std::size_t{1});
        QCOMPARE(entries->front().space, std::string("bert"));
        filter = {};
        filter.actor = "nobody";
        entries = entriesOf(**opened, filter);
        VERIFY_OK(entries);
        QVERIFY(entries->size() <= 1); // the making of the store, by nobody named
    }

    void entriesWhoseTimeIsOverArePurgedAndTheTreeHolds()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        auto opened = fixture.open();
        VERIFY_OK(opened);
        Store& store = **opened;
        VERIFY_OK(store.memory().remember("anna", {memoryOf("the gate is green")}));
        VERIFY_OK(store.access().renewRecoveryCode());
        fixture.clock.advance(3LL * 24 * 3600 * 1'000'000);
        VERIFY_OK(store.audit().setPolicy({.queries = false, .shows = false, .exports = true, .retentionDays = {2, 0, 0}}));
        const auto over = store.audit().prune(true, Task{});
        VERIFY_OK(over);
        QCOMPARE(*over, std::uint64_t{3}); // store.create, namespace.create, memory.add
        VERIFY_OK(store.audit().prune(false, Task{}));
        const auto entries = entriesOf(store);
        VERIFY_OK(entries);
        QCOMPARE(std::ranges::count(*entries, AuditState::Purged, &AuditEntry::state), std::ptrdiff_t{3});
        QVERIFY(std::ranges::any_of(*entries, [](const AuditEntry& entry) { return entry.action == "access.recovery_code.renew"; }));
        const auto verified = store.audit().verify({}, Task{});
        VERIFY_OK(verified);
        QVERIFY(verified->intact());
    }

    void aWitnessSignsOnlyWhatHasGrown()
    {
        StoreFixture fixture(1);
        StoreFixture other(2);
        VERIFY_OK(fixture.create());
        VERIFY_OK(other.create());
        auto store = fixture.open();
        auto witness = other.open();
        VERIFY_OK(store);
        VERIFY_OK(witness);
        VERIFY_OK((*store)->memory().remember("anna", {memoryOf("the gate is green")}));
        const std::string logKey = (*store)->audit().keys().log;
        const auto first = (*store)->audit().checkpoint(Task{});
        VERIFY_OK(first);
        const auto cosigned = (*witness)->audit().cosign(*first, logKey, {});
        VERIFY_OK(cosigned);
        const AuditVerifyOptions asked{.checkpoint = *cosigned, .witnesses = {(*witness)->audit().keys().witness}};
        const auto verified = (*store)->audit().verify(asked, Task{});
        VERIFY_OK(verified);
        QVERIFY(verified->intact());
        QCOMPARE(verified->witnesses, std::uint64_t{1});
        const auto alone = (*store)->audit().verify({.checkpoint = *first, .witnesses = asked.witnesses}, Task{});
        VERIFY_OK(alone);
        QVERIFY(!alone->intact());

        const auto oldSize = (*store)->audit().verify({}, Task{});
        VERIFY_OK(oldSize);
        VERIFY_OK((*store)->memory().remember("anna", {memoryOf("and the door is blue")}));
        const auto second = (*store)->audit().checkpoint(Task{});
        VERIFY_OK(second);
        const auto proof = (*store)->audit().consistency(oldSize->records, Task{});
        VERIFY_OK(proof);
        QVERIFY(!(*witness)->audit().cosign(*second, logKey, "{\"proof\":[]}").has_value());
        VERIFY_OK((*witness)->audit().cosign(*second, logKey, *proof));
        QVERIFY(!(*witness)->audit().cosign(*first, logKey, *proof).has_value()); // back to an older head
        std::size_t refused = 0;
        AuditFilter filter;
        filter.action = "audit.cosign";
        filter.outcome = AuditOutcome::Refused;
        VERIFY_OK((*witness)->audit().list(filter, [&](const AuditEntry&) -> Result<bool> { return ++refused > 0; }));
        QCOMPARE(refused, std::size_t{2}); // also the one that came with a proof that is none
    }

    void exportFormsCannotBeBrokenOutOf()
    {
        AuditEntry entry;
        entry.sequence = 42;
        entry.timeUs = 1'700'000'000'123'456;
        entry.action = "memory.add";
        entry.actor = "=cmd|' /C calc'!A0";
        entry.detail = "a \"b\"\nc=d|e\\f";
        const std::string csv = audit::line(AuditForm::Csv, entry, "S");
        QVERIFY(csv.find("\"'=cmd|") != std::string::npos);
        QVERIFY(csv.find("\"a \"\"b\"\"\n") != std::string::npos);
        const std::string cef = audit::line(AuditForm::Cef, entry, "S");
        QVERIFY(cef.starts_with("CEF:0|CARMA|Mycelium|1|memory.add|memory.add|3|externalId=42 rt=1700000000123 "));
        QVERIFY(cef.find("fname=a \"b\"\\nc\\=d|e\\\\f") != std::string::npos);
        QCOMPARE(std::ranges::count(cef, '\n'), std::ptrdiff_t{1});
        const std::string ocsf = audit::line(AuditForm::Ocsf, entry, "S");
        QVERIFY(ocsf.starts_with("{\"class_uid\":6003,\"category_uid\":6,\"activity_id\":1,\"type_uid\":600301,\"time\":1700000000123,"));
        QVERIFY(ocsf.find("\"version\":\"1.6.0\"") != std::string::npos);
        QVERIFY(audit::line(AuditForm::JsonLines, entry, "S").find("2023-11-14T22:13:20.123Z") != std::string::npos);
    }

    void theExamplesOfTheFormatPageAreRead()
    {
        const Bytes entry = docExample("audit.md");
        const auto body = audit::decodeEntry(entry, nullptr);
        VERIFY_OK(body);
        QCOMPARE(body->action, std::string("store.create"));
        QCOMPARE(body->object, std::string("S"));
        QCOMPARE(body->personal.actor, std::string("anna"));
        QVERIFY(audit::encodeEntry(*body, nullptr, {}) == entry);
        const Bytes compliance = docExample("audit.md", 1);
        const auto item = audit::decodeCompliance(compliance);
        VERIFY_OK(item);
        QVERIFY(std::get<audit::Erasure>(*item).space == NamespaceId{}.plus(5));
        QVERIFY(audit::encodeCompliance(*item) == compliance);
        for (std::size_t size = 0; size < compliance.size(); ++size) {
            QVERIFY(!audit::decodeCompliance(ByteView(compliance).first(size)).has_value());
        }
    }

    void bodiesThatAreCutOrOfANewerVersionAreRefused()
    {
        audit::EntryBody body;
        body.action = "memory.add";
        body.space = NamespaceId{}.plus(5);
        body.object = "X";
        body.after.fill(std::byte{3});
        body.personal = {"anna", "bert", "letters/1.txt", ""};
        const crypto::AeadKey key(Bytes(32, std::byte{1}));
        const Bytes bytes = audit::encodeEntry(body, &key, Bytes(crypto::kNonceBytes, std::byte{2}));
        const auto whole = audit::decodeEntry(bytes, &key);
        VERIFY_OK(whole);
        QCOMPARE(whole->personal.actor, std::string("anna"));
        QCOMPARE(whole->after, body.after);
        const auto closed = audit::decodeEntry(bytes, nullptr);
        VERIFY_OK(closed);
        QVERIFY(closed->erased);
        QVERIFY(closed->personal.actor.empty());
        for (std::size_t size = 0; size < bytes.size(); ++size) {
            QVERIFY(!audit::decodeEntry(ByteView(bytes).first(size), &key).has_value());
        }
        for (std::size_t at = 0; at < bytes.size(); ++at) {
            Bytes changed = bytes;
            changed[at] ^= std::byte{1};
            QVERIFY(!audit::decodeEntry(changed, &key).has_value());
        }
        Bytes newer = bytes;
        newer[0] = std::byte{2};
        QCOMPARE(audit::decodeEntry(newer, nullptr).error().code, ErrorCode::Unsupported);
        QVERIFY(asText(bytes).find("anna") == std::string_view::npos);
    }
};

CARMA_TEST_CLASS(TestAuditEntries, "test_audit_entries")

#include "test_audit_entries.moc"
