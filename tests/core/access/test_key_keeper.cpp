// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "keys_fixture.h"
#include "support/test_main.h"

#include <QTest>

#include <set>

using namespace carma;
using namespace carma::test;

namespace {

constexpr std::int64_t kSecondUs = 1'000'000;
constexpr std::int64_t kHourUs = 3600 * kSecondUs;

KeyUse useOf(KeyOperation operation, std::string space = {}, std::string tag = {}, std::string address = {})
{
    KeyUse use;
    use.operation = operation;
    use.space = std::move(space);
    use.tag = std::move(tag);
    use.address = std::move(address);
    return use;
}

} // namespace

class TestKeyKeeper : public QObject {
    Q_OBJECT

private slots:
    void aKeyThatWasMadeIsAcceptedAlsoAfterARestart()
    {
        KeysFixture fixture;
        const std::string text = fixture.made(keyFor("anna"));
        VERIFY_OK(parseKey(text));
        QVERIFY(fixture.accepts(text));
        fixture.restart();
        QVERIFY(fixture.accepts(text));
        fixture.restart(true);
        QVERIFY(fixture.accepts(text));
        const auto info = fixture.keeper->show(fixture.lastId);
        VERIFY_OK(info);
        QCOMPARE(info->owner, std::string("anna"));
        QCOMPARE(info->parts.position, std::uint64_t{0});
        QCOMPARE(info->parts.fingerprint, parseKey(text)->fingerprint);
        QVERIFY(!info->parts.user.starts_with("anna") && info->parts.user.size() == 8);
        QCOMPARE(fixture.journal.notes().front().action, std::string("key.create"));
    }

    void noTextOfAKeyIsInTheJournalOrTheAudit()
    {
        KeysFixture fixture;
        const std::string text = fixture.made(keyFor("anna"));
        (void)fixture.accepts(text);
        VERIFY_OK(fixture.keeper->revoke(fixture.lastId, "leaked"));
        (void)fixture.refusalOf(text);
        (void)fixture.refusalOf(text + "x");
        const std::string secret = text.substr(text.find("_quantum_") + 9, 20);
        VERIFY_OK(fixture.journal.read(log::RecordType::KeyEvent, 0, [&](const journal::Entry& entry) -> Result<bool> {
            return asText(entry.body).find(secret) == std::string_view::npos ? Result<bool>(true) : Error{ErrorCode::Internal, "there"};
        }));
        for (const journal::AuditNote& note : fixture.journal.notes()) {
            for (const std::string& field : {note.action, note.object, note.reason, note.subject, note.detail}) {
                QVERIFY2(field.find(secret) == std::string::npos, field.c_str());
            }
        }
    }

    void keysThatTheStoreDoesNotKnowAreRefusedAndAudited()
    {
        KeysFixture fixture;
        KeysFixture other;
        other.random.next(); // another secret
        const std::string foreign = other.made(keyFor("anna"));
        QCOMPARE(fixture.refusalOf(foreign), KeyRefusal::Unknown); // no key at all is here
        (void)fixture.made(keyFor("anna"));
        QCOMPARE(fixture.refusalOf(foreign), KeyRefusal::Unknown);
        QCOMPARE(fixture.lastNote().action, std::string("key.check"));
        QCOMPARE(fixture.lastNote().outcome, journal::Outcome::Refused);
        QCOMPARE(fixture.lastNote().object, std::string("unknown"));
        std::string typo = foreign;
        std::swap(typo[typo.size() - 20], typo[typo.size() - 10]);
        QCOMPARE(fixture.refusalOf(typo), KeyRefusal::Malformed);
        QVERIFY(fixture.lastNote().reason.find("the check, character") != std::string::npos);
        for (const std::string& wrong : {std::string(), std::string("carma_"), std::string(1'000'000, 'x'), std::string("carma_\0a", 8)}) {
            QCOMPARE(fixture.refusalOf(wrong), KeyRefusal::Malformed);
        }
    }

    void stateFollowsWhatIsDone()
    {
        KeysFixture fixture;
        const std::string text = fixture.made(keyFor("anna"));
        const std::string id = fixture.lastId;
        COMPARE_ERROR(fixture.keeper->resume(id), ErrorCode::InvalidArgument);
        const auto suspended = fixture.keeper->suspend(id, "holiday");
        VERIFY_OK(suspended);
        QCOMPARE(suspended->state, KeyState::Suspended);
        QCOMPARE(suspended->reason, std::string("holiday"));
        QCOMPARE(fixture.refusalOf(text), KeyRefusal::Suspended);
        COMPARE_ERROR(fixture.keeper->suspend(id, ""), ErrorCode::InvalidArgument);
        QCOMPARE(fixture.lastNote().outcome, journal::Outcome::Refused);
        fixture.restart();
        QCOMPARE(fixture.refusalOf(text), KeyRefusal::Suspended);
        VERIFY_OK(fixture.keeper->resume(id));
        QVERIFY(fixture.accepts(text));
        VERIFY_OK(fixture.keeper->expire(id, fixture.clock.wallTimeUs() + kHourUs));
        QVERIFY(fixture.accepts(text));
        fixture.clock.advance(kHourUs);
        QCOMPARE(fixture.refusalOf(text), KeyRefusal::Expired);
        VERIFY_OK(fixture.keeper->expire(id, 0));
        QVERIFY(fixture.accepts(text));
        VERIFY_OK(fixture.keeper->revoke(id, "leaked"));
        QCOMPARE(fixture.refusalOf(text), KeyRefusal::Revoked);
        for (const auto& again : {fixture.keeper->resume(id), fixture.keeper->revoke(id, ""), fixture.keeper->expire(id, 0)}) {
            COMPARE_ERROR(again, ErrorCode::InvalidArgument);
        }
        fixture.restart();
        QCOMPARE(fixture.refusalOf(text), KeyRefusal::Revoked);
        COMPARE_ERROR(fixture.keeper->show("0000000000000000000000000A"), ErrorCode::NotFound);
        COMPARE_ERROR(fixture.keeper->show("ABC"), ErrorCode::InvalidArgument);
        VERIFY_OK(fixture.keeper->show(id.substr(0, 6)));
    }

    void rotationGivesTheOldOneItsGrace()
    {
        KeysFixture fixture;
        NewKey wanted = keyFor("anna", KeyPermission::Custom);
        wanted.scopes = {*parseScope("read:letters")};
        wanted.credits = 10;
        const std::string first = fixture.made(wanted);
        const std::string firstId = fixture.lastId;
        const KeyUse use = useOf(KeyOperation::Read, "letters");
        const auto second = fixture.keeper->rotate(firstId, kHourUs, "yearly");
        VERIFY_OK(second);
        QCOMPARE(second->info.generation, 2U);
        QCOMPARE(toString(second->info.predecessor), firstId);
        QCOMPARE(second->info.scopes, wanted.scopes);
        QVERIFY(fixture.accepts(first, use) && fixture.accepts(textOf(*second), use));
        QCOMPARE(fixture.keeper->show(firstId)->state, KeyState::Grace);
        COMPARE_ERROR(fixture.keeper->rotate(firstId, kHourUs, ""), ErrorCode::InvalidArgument); // names the successor
        QVERIFY(fixture.lastNote().reason.find(toString(second->info.id)) != std::string::npos);
        // Both draw on one account.
        QCOMPARE(fixture.keeper->show(firstId)->credits, std::optional<std::uint64_t>(8));
        QCOMPARE(fixture.keeper->show(toString(second->info.id))->credits, std::optional<std::uint64_t>(8));
        // The third ends the first: at most two work.
        const auto third = fixture.keeper->rotate(toString(second->info.id), kHourUs, "");
        VERIFY_OK(third);
        QCOMPARE(fixture.refusalOf(first, use), KeyRefusal::Expired);
        QVERIFY(fixture.accepts(textOf(*second), use) && fixture.accepts(textOf(*third), use));
        fixture.clock.advance(kHourUs);
        QCOMPARE(fixture.refusalOf(textOf(*second), use), KeyRefusal::Expired);
        QVERIFY(fixture.accepts(textOf(*third), use));
        const auto now = fixture.keeper->rotate(toString(third->info.id), 0, "leaked");
        VERIFY_OK(now);
        QCOMPARE(fixture.refusalOf(textOf(*third), use), KeyRefusal::Expired);
        COMPARE_ERROR(fixture.keeper->rotate(toString(now->info.id), kGraceMaxUs + 1, ""), ErrorCode::InvalidArgument);
        COMPARE_ERROR(fixture.keeper->rotate(toString(now->info.id), -1, ""), ErrorCode::InvalidArgument);
    }

    void scopesSayWhatAndWhere()
    {
        KeysFixture fixture;
        NewKey wanted = keyFor("anna", KeyPermission::Custom);
        wanted.scopes = {*parseScope("read,write:letters:draft"), *parseScope("read:diary")};
        const std::string text = fixture.made(wanted);
        QVERIFY(fixture.accepts(text, useOf(KeyOperation::Write, "letters", "draft")));
        QVERIFY(fixture.accepts(text, useOf(KeyOperation::Read, "diary", "any")));
        for (const KeyUse& use : {useOf(KeyOperation::Write, "diary"), useOf(KeyOperation::Read, "letters"), useOf(KeyOperation::Read),
                 useOf(KeyOperation::Forget, "letters", "draft"), useOf(KeyOperation::Read, "letters", "final")}) {
            QCOMPARE(fixture.refusalOf(text, use), KeyRefusal::Scope);
        }
        const std::string reader = fixture.made(keyFor("bert", KeyPermission::ReadOnly));
        QVERIFY(fixture.accepts(reader, useOf(KeyOperation::Read, "anything")));
        QCOMPARE(fixture.refusalOf(reader, useOf(KeyOperation::Write)), KeyRefusal::Scope);
        QCOMPARE(fixture.refusalOf(reader, useOf(KeyOperation::Keys)), KeyRefusal::Scope);
        for (const char* scope : {"", "read:", "read::x", "fly", "read,", ",read", "read:a\x01"}) {
            const bool parsed = parseScope(scope).has_value();
            QVERIFY2(!parsed || std::string_view(scope).find('\x01') != std::string_view::npos, scope);
        }
        QCOMPARE(toString(*parseScope("write,read:a:b:c")), std::string("read,write:a:b:c"));
        QCOMPARE(toString(*parseScope("*")), std::string("*"));
    }

    void allowListsBindAddresses()
    {
        KeysFixture fixture;
        NewKey wanted = keyFor("anna");
        wanted.addresses = {*parseAddressRange("10.1.0.0/16"), *parseAddressRange("2001:db8::/32"), *parseAddressRange("192.0.2.7")};
        const std::string text = fixture.made(wanted);
        for (const char* address : {"10.1.255.3", "2001:db8:5::1", "192.0.2.7", "::ffff:10.1.0.9"}) {
            QVERIFY2(fixture.accepts(text, useOf(KeyOperation::Read, "", "", address)), address);
        }
        for (const char* address : {"10.2.0.1", "2001:db9::1", "192.0.2.8", "", "nonsense", "10.1.0.1\n"}) {
            QCOMPARE(fixture.refusalOf(text, useOf(KeyOperation::Read, "", "", address)), KeyRefusal::Address);
        }
        for (const char* range : {"10.1.0.0/33", "10.1.0.1/16", "10.1/16", "2001:db8::/129", "", "/8", "10.0.0.0/", "10.0.0.0/8x"}) {
            COMPARE_ERROR(parseAddressRange(range), ErrorCode::InvalidArgument);
        }
        QCOMPARE(toString(*parseAddressRange("10.1.0.0/16")), std::string("10.1.0.0/16"));
        QCOMPARE(toString(*parseAddressRange("::/0")), std::string("::/0"));
    }

    void seatsAreGivenOnce()
    {
        KeysFixture fixture;
        std::vector<NewKey> many;
        for (unsigned i = 0; i < 5000; ++i) {
            many.push_back(keyFor("user " + std::to_string(i)));
        }
        const auto issued = fixture.keeper->createAll(many);
        VERIFY_OK(issued);
        std::set<std::uint64_t> seats;
        for (const IssuedKey& key : *issued) {
            seats.insert(key.info.parts.position);
        }
        QCOMPARE(seats.size(), std::size_t{5000});
        const auto again = fixture.keeper->create(keyFor("user 17"));
        VERIFY_OK(again);
        QCOMPARE(again->info.parts.position, issued->at(17).info.parts.position); // an owner keeps the seat
        NewKey other = keyFor("stranger");
        other.position = 17;
        COMPARE_ERROR(fixture.keeper->create(other), ErrorCode::AlreadyExists);
        other.position = 7'000'000'000;
        VERIFY_OK(fixture.keeper->create(other));
        other.position = 7'000'000'001;
        COMPARE_ERROR(fixture.keeper->create(other), ErrorCode::InvalidArgument);
        NewKey last = keyFor("last");
        last.position = kSeats - 1;
        VERIFY_OK(fixture.keeper->create(last));
        COMPARE_ERROR(fixture.keeper->create(keyFor("nobody's seat")), ErrorCode::LimitExceeded);
        std::vector<NewKey> clash{keyFor("x"), keyFor("y")};
        clash[0].position = clash[1].position = 6'000'000'000;
        COMPARE_ERROR(fixture.keeper->createAll(clash), ErrorCode::AlreadyExists);
    }

    void fieldsThatMakeNoSenseAreRefusedAndNothingIsMade()
    {
        KeysFixture fixture;
        const std::int64_t now = fixture.clock.wallTimeUs();
        std::vector<NewKey> wrong(11, keyFor("anna"));
        wrong[0].owner = "";
        wrong[1].owner = std::string("an\0na", 5);
        wrong[2].owner = std::string(257, 'a');
        wrong[3].position = kSeats;
        wrong[4].scopes = {*parseScope("read")};
        wrong[5].permission = KeyPermission::Custom;
        wrong[6].expiresUs = now;
        wrong[7].expiresUs = now + kHourUs;
        wrong[7].notBeforeUs = now + 2 * kHourUs;
        wrong[8].rateClass = "warp";
        wrong[9].quotaADay = ~std::uint64_t{0};
        wrong[10].label = "a\nb";
        for (const NewKey& key : wrong) {
            COMPARE_ERROR(fixture.keeper->create(key), ErrorCode::InvalidArgument);
            QCOMPARE(fixture.lastNote().outcome, journal::Outcome::Refused);
        }
        COMPARE_ERROR(fixture.keeper->createAll({}), ErrorCode::LimitExceeded);
        COMPARE_ERROR(fixture.keeper->createAll(std::vector<NewKey>(kKeysAtOnceMax + 1)), ErrorCode::LimitExceeded);
        unsigned keys = 0;
        VERIFY_OK(fixture.keeper->list([&](const KeyInfo&) { return ++keys > 0; }));
        QCOMPARE(keys, 0U);
    }

    void whatCannotBeWrittenIsNotDone()
    {
        KeysFixture fixture;
        fixture.journal.failNext(1, ErrorCode::NoSpace);
        COMPARE_ERROR(fixture.keeper->create(keyFor("anna")), ErrorCode::NoSpace);
        const std::string text = fixture.made(keyFor("anna"));
        QVERIFY(fixture.accepts(text));
        fixture.restart();
        QVERIFY(fixture.accepts(text)); // the pepper in the log is the one that is used
        fixture.journal.failNext(1, ErrorCode::Io);
        COMPARE_ERROR(fixture.keeper->revoke(fixture.lastId, ""), ErrorCode::Io);
        QVERIFY(fixture.accepts(text));
        fixture.journal.failNext(1, ErrorCode::Io);
        COMPARE_ERROR(fixture.keeper->rotate(fixture.lastId, 0, ""), ErrorCode::Io);
        QVERIFY(fixture.accepts(text));
    }

    void aPepperThatDoesNotFitIsAnErrorAndChangesNothing()
    {
        KeysFixture fixture;
        const std::string text = fixture.made(keyFor("anna"));
        const Sequence end = fixture.journal.end();
        const crypto::AeadKey otherKey(Bytes(crypto::kKeyBytes, std::byte{4}));
        access::KeyKeeper other(fixture.journal, otherKey, SecretBytes(asBytes("x")), false);
        const auto checked = other.check(text, {});
        COMPARE_ERROR(checked, ErrorCode::WrongKey);
        QVERIFY(checked.error().message.find("record 0") != std::string::npos);
        QCOMPARE(fixture.lastNote().outcome, journal::Outcome::Refused);
        COMPARE_ERROR(other.create(keyFor("bert")), ErrorCode::WrongKey);
        COMPARE_ERROR(other.rotate(fixture.lastId, 0, ""), ErrorCode::WrongKey);
        QCOMPARE(fixture.journal.end(), end + 3); // the refusals
        QVERIFY(fixture.accepts(text));
    }

    void aClockThatGoesBackStopsChangesAndWakesNothing()
    {
        KeysFixture fixture;
        NewKey wanted = keyFor("anna");
        wanted.expiresUs = fixture.clock.wallTimeUs() + kHourUs;
        const std::string text = fixture.made(wanted);
        const std::string id = fixture.lastId;
        fixture.clock.advance(2 * kHourUs);
        const std::string later = fixture.made(keyFor("bert"));
        QCOMPARE(fixture.refusalOf(text), KeyRefusal::Expired);
        fixture.clock.setWallTimeUs(fixture.clock.wallTimeUs() - 3 * kHourUs);
        for (unsigned restart = 0; restart < 2; ++restart) {
            QCOMPARE(fixture.refusalOf(text), KeyRefusal::Expired); // does not come back to life
            QVERIFY(fixture.accepts(later));
            const auto refused = fixture.keeper->create(keyFor("carl"));
            COMPARE_ERROR(refused, ErrorCode::InvalidArgument);
            QVERIFY2(refused.error().message.find(restart == 0 ? "10800 s before" : "10790 s before") != std::string::npos,
                refused.error().message.c_str());
            QCOMPARE(fixture.lastNote().outcome, journal::Outcome::Refused);
            COMPARE_ERROR(fixture.keeper->rotate(fixture.lastId, 0, ""), ErrorCode::InvalidArgument);
            COMPARE_ERROR(fixture.keeper->expire(id, 0), ErrorCode::InvalidArgument);
            fixture.restart();
        }
        VERIFY_OK(fixture.keeper->revoke(fixture.lastId, "leaked")); // taking away always works
        QCOMPARE(fixture.refusalOf(later), KeyRefusal::Revoked);
    }

    void lostRecordsMakeOlderKeysDoubtful()
    {
        KeysFixture fixture;
        const std::string text = fixture.made(keyFor("anna"));
        const std::string id = fixture.lastId;
        const Sequence revocation = fixture.journal.end();
        VERIFY_OK(fixture.keeper->revoke(id, "leaked"));
        const std::string later = fixture.made(keyFor("bert"));
        fixture.journal.lose(revocation);
        fixture.restart();
        QCOMPARE(fixture.refusalOf(text), KeyRefusal::Doubtful);
        QVERIFY(fixture.accepts(later));
        VERIFY_OK(fixture.keeper->resume(id)); // somebody vouches for it
        QVERIFY(fixture.accepts(text));
        fixture.restart();
        QVERIFY(fixture.accepts(text));
    }

    void ratesQuotasAndCreditsEnd()
    {
        KeysFixture fixture;
        NewKey wanted = keyFor("anna");
        wanted.rateClass = "global";
        const std::string slow = fixture.made(wanted);
        QVERIFY(fixture.accepts(slow));
        const auto refused = fixture.keeper->check(slow, {});
        VERIFY_OK(refused);
        QCOMPARE(refused->refusal, KeyRefusal::Rate);
        QCOMPARE(refused->limit.retryAfterUs, kSecondUs);
        fixture.clock.advance(kSecondUs);
        QVERIFY(fixture.accepts(slow));
        wanted = keyFor("bert");
        wanted.quotaADay = 3;
        const std::string daily = fixture.made(wanted);
        QVERIFY(fixture.accepts(daily) && fixture.accepts(daily) && fixture.accepts(daily));
        QCOMPARE(fixture.refusalOf(daily), KeyRefusal::Quota);
        fixture.restart(); // a crash
        QCOMPARE(fixture.refusalOf(daily), KeyRefusal::Quota);
        wanted = keyFor("carl");
        wanted.credits = 5;
        const std::string prepaid = fixture.made(wanted);
        KeyUse dear;
        dear.cost = 3;
        QVERIFY(fixture.accepts(prepaid, dear));
        QCOMPARE(fixture.refusalOf(prepaid, dear), KeyRefusal::Credits);
        QVERIFY(fixture.accepts(prepaid) && fixture.accepts(prepaid));
        QCOMPARE(fixture.refusalOf(prepaid), KeyRefusal::Credits);
        VERIFY_OK(fixture.keeper->addCredits(fixture.lastId, 1));
        QVERIFY(fixture.accepts(prepaid));
        QCOMPARE(fixture.refusalOf(prepaid), KeyRefusal::Credits);
    }

    void aCrashGivesNoCreditsBack()
    {
        KeysFixture fixture;
        NewKey wanted = keyFor("anna");
        wanted.credits = 1000;
        wanted.rateClass = "internal";
        const std::string text = fixture.made(wanted);
        unsigned accepted = 0;
        for (unsigned crash = 0; crash < 200; ++crash) {
            for (unsigned i = 0; i < 7; ++i) {
                accepted += fixture.accepts(text) ? 1 : 0;
            }
            fixture.restart();
        }
        QVERIFY2(accepted <= 1000 && accepted >= 500, qPrintable(QString::number(accepted)));
    }

    void countsAndLimitsSurviveACleanEnd()
    {
        KeysFixture fixture;
        NewKey wanted = keyFor("anna");
        wanted.credits = 1000;
        wanted.quotaADay = 100;
        const std::string text = fixture.made(wanted);
        for (unsigned i = 0; i < 40; ++i) {
            QVERIFY(fixture.accepts(text));
        }
        const std::int64_t minute = fixture.clock.wallTimeUs() / 60'000'000 * 60'000'000;
        VERIFY_OK(fixture.keeper->flush());
        fixture.restart();
        const auto info = fixture.keeper->show(fixture.lastId);
        VERIFY_OK(info);
        QCOMPARE(info->uses, std::uint64_t{40});
        QCOMPARE(info->credits, std::optional<std::uint64_t>(960));
        QCOMPARE(info->lastUsedUs, minute);
        unsigned more = 0;
        while (fixture.accepts(text)) {
            ++more;
        }
        QCOMPARE(more, 60U); // of the day
    }

    void sourcesThatFailOftenFillNeitherAuditNorLimits()
    {
        KeysFixture fixture;
        const std::string text = fixture.made(keyFor("anna"));
        const std::size_t before = fixture.journal.notes().size();
        unsigned throttled = 0;
        for (unsigned i = 0; i < 1000; ++i) {
            throttled += fixture.refusalOf("carma_x", useOf(KeyOperation::Read, "", "", "203.0.113.9")) == KeyRefusal::Source ? 1 : 0;
        }
        QCOMPARE(throttled, 990U);
        QVERIFY(fixture.journal.notes().size() - before <= 10);
        QVERIFY(fixture.accepts(text, useOf(KeyOperation::Read, "", "", "203.0.113.9"))); // a good key from there still works
        for (unsigned i = 0; i < 1000; ++i) {
            (void)fixture.refusalOf("carma_x");
        }
        QVERIFY(fixture.journal.notes().size() - before <= 60);
        fixture.clock.advance(60 * kSecondUs);
        (void)fixture.refusalOf("carma_x");
        QVERIFY(fixture.lastNote().reason.find("more refusals since") != std::string::npos);
    }
};

CARMA_TEST_CLASS(TestKeyKeeper, "test_key_keeper")

#include "test_key_keeper.moc"
