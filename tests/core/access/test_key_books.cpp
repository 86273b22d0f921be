// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "keys_fixture.h"
#include "support/test_main.h"

#include <QTest>

#include <set>

using namespace carma;
using namespace carma::test;

namespace {

std::vector<KeyInfo> allOf(Keys& keys)
{
    std::vector<KeyInfo> all;
    const auto listed = keys.list([&](const KeyInfo& info) {
        all.push_back(info);
        return true;
    });
    CARMA_ASSERT(listed.has_value());
    return all;
}

/// All of it that anybody sees, as text to compare.
std::string told(const KeyInfo& info)
{
    std::string text = toString(info.id) + " " + info.owner + " " + info.label + " " + std::to_string(info.parts.position) + " " +
        std::string(name(info.state)) + " " + info.rateClass + " " + std::to_string(info.quotaADay) + " " +
        std::to_string(info.credits.value_or(99'999)) + " " + std::to_string(info.uses) + " " + std::to_string(info.lastUsedUs) + " " +
        std::to_string(info.createdUs) + " " + std::to_string(info.expiresUs) + " " + std::to_string(info.graceEndsUs) + " " +
        toString(info.successor) + " " + toString(info.predecessor) + " " + std::to_string(info.generation) + " " + info.reason;
    for (const KeyScope& scope : info.scopes) {
        text += " " + toString(scope);
    }
    for (const AddressRange& range : info.addresses) {
        text += " " + toString(range);
    }
    return text;
}

std::vector<std::string> toldOf(Keys& keys)
{
    std::vector<std::string> texts;
    for (const KeyInfo& info : allOf(keys)) {
        texts.push_back(told(info));
    }
    return texts;
}

KeyRateClass classOf(std::string name, std::uint64_t reads)
{
    return {.name = std::move(name),
        .read = {reads, 1'000'000, reads},
        .write = {1, 1'000'000, 1},
        .heavy = {1, 60'000'000, 1},
        .builtIn = false};
}

/// Everything that the bodies of the journal's records of keys say.
std::string bodiesOf(journal::MemoryJournal& journal)
{
    std::string text;
    const auto read = journal.read(log::RecordType::KeyEvent, 0, [&](const journal::Entry& entry) -> Result<bool> {
        text += asText(entry.body);
        return true;
    });
    CARMA_ASSERT(read.has_value());
    return text;
}

/// As the store does it: the end and the purging.
Result<void> erase(KeysFixture& fixture, const std::string& owner)
{
    std::vector<Sequence> gone;
    CARMA_TRY(fixture.keeper->eraseOwner(
        owner, [&](std::span<const journal::NewEntry> entries, std::span<const Sequence> superseded) -> Result<Sequence> {
            gone.assign(superseded.begin(), superseded.end());
            return fixture.journal.append(entries, journal::AuditNote{});
        }));
    return fixture.journal.purge(gone, Task{});
}

} // namespace

/// Rate classes of a store's own, compaction, and the end of an owner.
class TestKeyBooks : public QObject {
    Q_OBJECT

private slots:
    void aCompactionChangesNothingThatAnybodySees()
    {
        KeysFixture fixture;
        VERIFY_OK(fixture.keeper->setClass(classOf("partner", 50), false));
        NewKey special = keyFor("anna", KeyPermission::Custom);
        special.scopes = {*parseScope("read:letters:draft"), *parseScope("write")};
        special.addresses = {*parseAddressRange("10.1.0.0/16")};
        special.label = "the label";
        special.rateClass = "partner";
        special.quotaADay = 50;
        const std::string first = fixture.made(special);
        NewKey counted = keyFor("bert");
        counted.credits = 1000;
        const std::string second = fixture.made(counted);
        const std::string secondId = fixture.lastId;
        const auto third = fixture.keeper->rotate(secondId, kGraceDefaultUs, "yearly");
        VERIFY_OK(third);
        const std::string revoked = fixture.made(keyFor("carl"));
        VERIFY_OK(fixture.keeper->revoke(fixture.lastId, "leaked"));
        const std::string suspended = fixture.made(keyFor("dora"));
        VERIFY_OK(fixture.keeper->suspend(fixture.lastId, "a while"));
        for (int minute = 0; minute < 50; ++minute) {
            QVERIFY(fixture.accepts(second));
            QVERIFY(fixture.accepts(textOf(*third)));
            VERIFY_OK(fixture.keeper->flush());
            fixture.clock.advance(60'000'000);
        }
        const auto before = toldOf(*fixture.keeper);
        const auto dry = fixture.keeper->compact(true, Task{});
        VERIFY_OK(dry);
        const Sequence end = fixture.journal.end();
        QVERIFY(dry->events > 2 * dry->kept && dry->records > 50);
        const auto done = fixture.keeper->compact(false, Task{});
        VERIFY_OK(done);
        QCOMPARE(done->kept, dry->kept);
        QVERIFY(fixture.journal.end() > end);
        QCOMPARE(toldOf(*fixture.keeper), before);
        for (int round = 0; round < 2; ++round) { // in memory, and read anew
            QCOMPARE(toldOf(*fixture.keeper), before);
            QCOMPARE(fixture.refusalOf(revoked), KeyRefusal::Revoked);
            QCOMPARE(fixture.refusalOf(suspended), KeyRefusal::Suspended);
            QCOMPARE(fixture.refusalOf(first, {.operation = KeyOperation::Heal, .address = "10.1.2.3"}), KeyRefusal::Scope);
            QCOMPARE(fixture.refusalOf(first, {.operation = KeyOperation::Write, .address = "10.2.2.3"}), KeyRefusal::Address);
            fixture.restart();
        }
        QVERIFY(fixture.accepts(second)); // both generations draw on one account
        QVERIFY(fixture.accepts(textOf(*third)));
        QCOMPARE(*fixture.keeper->show(secondId)->credits, std::uint64_t{1000 - 102});
        const auto again = fixture.keeper->compact(false, Task{});
        VERIFY_OK(again);
        QVERIFY(again->events <= 20);
    }

    void recordsOfKeysStayBoundedByTheKeys()
    {
        KeysFixture fixture;
        fixture.upkeep = {.eventsMin = 100, .timesAtClose = 2, .timesAtWork = 4};
        fixture.restart();
        std::vector<std::string> texts;
        for (int i = 0; i < 10; ++i) {
            texts.push_back(fixture.made(keyFor("owner " + std::to_string(i))));
        }
        for (int minute = 0; minute < 200; ++minute) {
            for (const std::string& text : texts) {
                QVERIFY(fixture.accepts(text));
            }
            fixture.clock.advance(61'000'000);
            QVERIFY(fixture.keeper->compact(true, Task{})->events <= 100 + 11 * 4 + 30);
            if (minute % 50 == 49) {
                const auto before = toldOf(*fixture.keeper);
                VERIFY_OK(fixture.keeper->flush());
                fixture.restart();
                QCOMPARE(toldOf(*fixture.keeper), before);
            }
        }
        // What fails leaves the old records, and the next time does it.
        fixture.upkeep = {.eventsMin = 1, .timesAtClose = 1, .timesAtWork = 1'000};
        fixture.restart();
        QVERIFY(fixture.accepts(texts.front()));
        fixture.journal.failNext(1, ErrorCode::NoSpace);
        COMPARE_ERROR(fixture.keeper->flush(), ErrorCode::NoSpace);
        QVERIFY(fixture.accepts(texts.front()));
        VERIFY_OK(fixture.keeper->flush());
        QVERIFY(fixture.keeper->compact(true, Task{})->events <= 15);
        QCOMPARE(fixture.keeper->show(fixture.lastId)->uses, std::uint64_t{200});
    }

    void aQuotaThatIsUsedUpStaysUsedUpOverACompaction()
    {
        KeysFixture fixture;
        NewKey key = keyFor("anna");
        key.quotaADay = 3;
        const std::string text = fixture.made(key);
        for (int i = 0; i < 3; ++i) {
            QVERIFY(fixture.accepts(text));
        }
        for (int i = 0; i < 12; ++i) { // something to be gained
            VERIFY_OK(fixture.keeper->suspend(fixture.lastId, "x"));
            VERIFY_OK(fixture.keeper->resume(fixture.lastId));
        }
        VERIFY_OK(fixture.keeper->compact(false, Task{}));
        QCOMPARE(fixture.refusalOf(text), KeyRefusal::Quota);
        fixture.restart();
        QCOMPARE(fixture.refusalOf(text), KeyRefusal::Quota);
    }

    void classesOfTheStoreLimitAndFollow()
    {
        KeysFixture fixture;
        COMPARE_ERROR(fixture.keeper->create([] {
            NewKey key = keyFor("anna");
            key.rateClass = "partner";
            return key;
        }()),
            ErrorCode::InvalidArgument);
        VERIFY_OK(fixture.keeper->setClass(classOf("partner", 2), false));
        QCOMPARE(fixture.lastNote().action, std::string("key.class"));
        NewKey key = keyFor("anna");
        key.rateClass = "partner";
        const std::string text = fixture.made(key);
        QVERIFY(fixture.accepts(text) && fixture.accepts(text));
        QCOMPARE(fixture.refusalOf(text), KeyRefusal::Rate);
        fixture.clock.advance(1'000'000);
        VERIFY_OK(fixture.keeper->setClass(classOf("partner", 5), false));
        for (int i = 0; i < 5; ++i) {
            QVERIFY(fixture.accepts(text));
        }
        QCOMPARE(fixture.refusalOf(text), KeyRefusal::Rate);
        for (int i = 0; i < 12; ++i) { // something to be gained by a compaction, which writes classes behind the keys
            VERIFY_OK(fixture.keeper->suspend(fixture.lastId, "x"));
            VERIFY_OK(fixture.keeper->resume(fixture.lastId));
        }
        QVERIFY(fixture.keeper->compact(false, Task{})->records > 0);
        fixture.restart();
        for (int i = 0; i < 5; ++i) {
            QVERIFY(fixture.accepts(text));
        }
        QCOMPARE(fixture.refusalOf(text), KeyRefusal::Rate);
        QCOMPARE(fixture.keeper->classes()->back().read.count, std::uint64_t{5});
        COMPARE_ERROR(fixture.keeper->removeClass("partner", false), ErrorCode::InvalidArgument);
        COMPARE_ERROR(fixture.keeper->removeClass("nobody", false), ErrorCode::NotFound);
        VERIFY_OK(fixture.keeper->revoke(fixture.lastId, "over"));
        const Sequence end = fixture.journal.end();
        VERIFY_OK(fixture.keeper->removeClass("partner", true));
        QCOMPARE(fixture.journal.end(), end);
        VERIFY_OK(fixture.keeper->removeClass("partner", false));
        QCOMPARE(fixture.keeper->classes()->size(), rateClasses().size());
    }

    void classesThatAreNoneAreRefusedAndAudited()
    {
        KeysFixture fixture;
        KeyRateClass zero = classOf("zero", 1);
        zero.heavy.burst = 0;
        for (const KeyRateClass& wrong :
            {classOf("global", 5), classOf("", 5), classOf("Upper", 5), classOf(std::string(33, 'a'), 5), zero}) {
            COMPARE_ERROR(fixture.keeper->setClass(wrong, false), ErrorCode::InvalidArgument);
            QCOMPARE(fixture.lastNote().outcome, journal::Outcome::Refused);
        }
        QCOMPARE(fixture.keeper->classes()->size(), rateClasses().size());
    }

    void nothingOfAnErasedOwnerIsLeftAndOthersKeysGoOn()
    {
        KeysFixture fixture;
        std::vector<NewKey> wanted{keyFor("anna the victim"), keyFor("bert"), keyFor("carl"), keyFor("anna the victim")};
        wanted[0].label = "her laptop";
        wanted[1].credits = 40;
        const auto issued = fixture.keeper->createAll(wanted); // the pepper is in this record, too
        VERIFY_OK(issued);
        const auto bertNext = fixture.keeper->rotate(toString(issued->at(1).info.id), kGraceDefaultUs, "");
        VERIFY_OK(bertNext);
        const auto annaNext = fixture.keeper->rotate(toString(issued->at(0).info.id), kGraceDefaultUs, "");
        VERIFY_OK(annaNext);
        VERIFY_OK(fixture.keeper->suspend(toString(issued->at(3).info.id), "her divorce"));
        QVERIFY(fixture.accepts(textOf(issued->at(1))));
        QVERIFY(fixture.accepts(textOf(*bertNext)));
        const std::uint64_t seat = issued->at(0).info.parts.position;
        QCOMPARE(*fixture.keeper->countOf("anna the victim"), std::uint64_t{3});
        VERIFY_OK(erase(fixture, "anna the victim"));
        const std::string bodies = bodiesOf(fixture.journal);
        for (const char* word : {"victim", "laptop", "divorce"}) {
            QVERIFY2(bodies.find(word) == std::string::npos, word);
        }
        for (int round = 0; round < 2; ++round) {
            QCOMPARE(*fixture.keeper->countOf("anna the victim"), std::uint64_t{0});
            for (const std::string& text : {textOf(issued->at(0)), textOf(issued->at(3)), textOf(*annaNext)}) {
                QCOMPARE(fixture.refusalOf(text), KeyRefusal::Revoked);
            }
            QVERIFY(fixture.accepts(textOf(issued->at(1))) && fixture.accepts(textOf(issued->at(2))) && fixture.accepts(textOf(*bertNext)));
            for (const KeyInfo& info : allOf(*fixture.keeper)) {
                QVERIFY(info.owner == "bert" || info.owner == "carl" || (info.owner.empty() && info.label.empty()));
            }
            fixture.restart();
        }
        QCOMPARE(*fixture.keeper->show(toString(issued->at(1).info.id))->credits, std::uint64_t{40 - 6});
        NewKey onHerSeat = keyFor("eve");
        onHerSeat.position = seat;
        COMPARE_ERROR(fixture.keeper->create(onHerSeat), ErrorCode::AlreadyExists);
        QVERIFY(fixture.made(keyFor("anna the victim")).starts_with("carma_")); // somebody new, on another seat
        QVERIFY(fixture.keeper->show(fixture.lastId)->parts.position != seat);
    }

    void anEndThatCannotBeWrittenChangesNothing()
    {
        KeysFixture fixture;
        const std::string text = fixture.made(keyFor("anna"));
        COMPARE_ERROR(fixture.keeper->eraseOwner("anna",
                          [](std::span<const journal::NewEntry>, std::span<const Sequence>) -> Result<Sequence> {
                              return Error{ErrorCode::NoSpace, "full"};
                          }),
            ErrorCode::NoSpace);
        QVERIFY(fixture.accepts(text));
        fixture.restart();
        QVERIFY(fixture.accepts(text));
    }
};

CARMA_TEST_CLASS(TestKeyBooks, "test_key_books")

#include "test_key_books.moc"
