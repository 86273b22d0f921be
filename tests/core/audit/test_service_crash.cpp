// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "audit_fixture.h"
#include "base/split_mix.h"
#include "support/test_main.h"

#include <QTest>

#include <array>

using namespace carma;
using namespace carma::test;

namespace {

constexpr Month kMonth{2026, 10};
/// A third for each of the three.
std::uint64_t seedCount() { return qEnvironmentVariableIsSet("CARMA_LONG_TESTS") ? 3'006 : 1'002; }
constexpr std::string_view kPlan = R"({"carma_plan":1,"id":"basic","currency":"EUR","effective_from":"2026-01-01","flat":"10",
"charges":[{"meter":"queries","model":"per_unit","price":"0.10"}]})";

enum class What : std::uint8_t { Rotate, Finalise, Erase };
constexpr std::size_t kWhats = 3;
constexpr int kChanges = 2'200; ///< of a key, two events each: more than are kept without a compaction

/// The state that all seeds begin with, and how many operations of the disk each of the three takes.
struct Begin {
    disk::SimSnapshot disk;
    IssuedKey key, other;
    std::string digest; ///< of the draft
    FragmentId annas, berts;
    std::array<std::uint64_t, kWhats> operations{};
};

std::string text(const IssuedKey& key) { return toString(key.text.view()); }

KeyRefusal refusalOf(Store& store, const IssuedKey& key)
{
    const auto verdict = store.keys().check(text(key), {});
    return verdict.has_value() ? verdict->refusal : KeyRefusal::Malformed;
}

/// Does it; whether it was told to be done.
bool act(Store& store, What what, const Begin& begin)
{
    switch (what) {
    case What::Rotate: return store.keys().rotate(toString(begin.key.info.id), kGraceDefaultUs, "").has_value();
    case What::Finalise: return store.billing().finalise("anna", kMonth, "").has_value();
    case What::Erase: break;
    }
    return store.subjects().erase("anna", Task{}).has_value();
}

/// "old", "new", or what is wrong.
std::string afterRotation(Store& store, const Begin& begin)
{
    std::vector<KeyInfo> annas;
    const auto listed = store.keys().list([&](const KeyInfo& info) {
        if (info.owner == "anna") {
            annas.push_back(info);
        }
        return true;
    });
    if (!listed.has_value() || refusalOf(store, begin.key) != KeyRefusal::None) {
        return "the old key is refused";
    }
    if (annas.size() == 1) {
        return annas[0].state == KeyState::Active && annas[0].successor.isNull() ? "old" : "the only key is not as it was";
    }
    const bool whole = annas.size() == 2 && annas[0].state == KeyState::Grace && annas[1].state == KeyState::Active &&
        annas[0].successor == annas[1].id && annas[1].predecessor == annas[0].id;
    return whole ? "new" : "the generations do not fit together";
}

std::string afterFinalising(Store& store, const Begin& begin)
{
    const auto invoices = store.billing().invoices({});
    if (!invoices.has_value() || invoices->size() > 1) {
        return "invoices cannot be read, or are too many";
    }
    if (invoices->empty()) {
        const auto draft = store.billing().draft("anna", kMonth);
        return draft.has_value() && digestOf(*draft) == begin.digest ? "old" : "the draft is another one";
    }
    const Invoice& made = invoices->front();
    return made.number == 1 && made.state == InvoiceState::Final && digestOf(made) == begin.digest ? "new" : "the invoice is another one";
}

std::string afterErasing(Store& store, const Begin& begin)
{
    const bool there = store.memory().original(begin.annas).has_value();
    const bool bert = store.memory().original(begin.berts).has_value() && refusalOf(store, begin.other) == KeyRefusal::None;
    if (!bert) {
        return "somebody else was hurt";
    }
    if (store.subjects().plan("anna").has_value() != there) {
        return "the namespace and what is in it disagree";
    }
    if (refusalOf(store, begin.key) != (there ? KeyRefusal::None : KeyRefusal::Revoked)) {
        return "the key and the namespace disagree";
    }
    log::Log& log = *coreOf(store).log;
    for (Sequence sequence = 0; !there && sequence < log.end(); ++sequence) {
        const auto record = log.read(sequence);
        if (record.has_value() && asText(record->body).find("anna's") != std::string_view::npos) {
            return "record " + std::to_string(sequence) + " tells of the erased";
        }
    }
    return there ? "old" : "new";
}

std::string stateOf(Store& store, What what, const Begin& begin)
{
    return what == What::Rotate  ? afterRotation(store, begin)
        : what == What::Finalise ? afterFinalising(store, begin)
                                 : afterErasing(store, begin);
}

NewKey keyOf(std::string owner)
{
    NewKey key;
    key.label = owner + "'s laptop";
    key.owner = std::move(owner);
    key.permission = KeyPermission::ReadWrite;
    return key;
}

Result<void> makeKeys(Store& store, Begin& begin)
{
    CARMA_TRY_ASSIGN(auto keys, store.keys().createAll(std::array{keyOf("anna"), keyOf("bert")}));
    begin.key = std::move(keys[0]);
    begin.other = std::move(keys[1]);
    return {};
}

Result<Begin> prepare(StoreFixture& fixture)
{
    Begin begin;
    fixture.clock.setWallTimeUs(*parseUtc("2026-11-05T12:00:00Z"));
    fixture.environment.catalogFolder = ":memory:";
    CARMA_TRY(fixture.create());
    {
        CARMA_TRY_ASSIGN(const auto store, fixture.open());
        CARMA_TRY(makeKeys(*store, begin));
        CARMA_TRY_ASSIGN(const auto annas, store->memory().remember("anna", {memoryOf(textAbout("anna's garden", 40))}));
        CARMA_TRY_ASSIGN(const auto berts, store->memory().remember("bert", {memoryOf(textAbout("bert's boat", 40))}));
        begin.annas = annas.front();
        begin.berts = berts.front();
        CARMA_TRY(store->seal());
        CARMA_TRY(store->billing().addPlan(kPlan, false));
        CARMA_TRY(store->billing().subscribe({"anna", "basic", kMonth.fromUs(), Subscription{}.toUs}, false));
        UsageEvent event;
        event.source = "test";
        event.id = "1";
        event.customer = "anna";
        event.meter = "queries";
        event.value = Decimal(50);
        event.timeUs = kMonth.fromUs();
        CARMA_TRY(store->billing().record(std::span(&event, 1), false));
        CARMA_TRY_ASSIGN(const Invoice draft, store->billing().draft("anna", kMonth));
        begin.digest = digestOf(draft);
        CARMA_TRY(store->close());
    }
    CARMA_TRY_ASSIGN(begin.disk, fixture.disk.snapshot());
    for (std::size_t what = 0; what < kWhats; ++what) {
        fixture.disk.load(begin.disk);
        CARMA_TRY_ASSIGN(const auto store, fixture.open());
        const std::uint64_t before = fixture.disk.opCount();
        if (!act(*store, static_cast<What>(what), begin)) {
            return Error{ErrorCode::Internal, "it cannot be done at all"};
        }
        begin.operations.at(what) = fixture.disk.opCount() - before;
    }
    return begin;
}

/// What anybody sees of the keys.
std::string told(Store& store)
{
    std::string text;
    (void)store.keys()
        .list([&](const KeyInfo& info) {
            text += toString(info.id) + " " + info.owner + " " + std::string(name(info.state)) + " " + info.reason + " " +
                std::to_string(info.uses) + "\n";
            return true;
        })
        .has_value();
    return text;
}

/// A store whose next closing compacts the records of keys.
Result<Begin> prepareCompaction(StoreFixture& fixture)
{
    Begin begin;
    fixture.environment.catalogFolder = ":memory:";
    CARMA_TRY(fixture.create());
    CARMA_TRY_ASSIGN(const auto store, fixture.open());
    CARMA_TRY(makeKeys(*store, begin));
    const std::string id = toString(begin.key.info.id);
    for (int i = 0; i < kChanges; ++i) {
        CARMA_TRY(store->keys().suspend(id, "now and then"));
        CARMA_TRY(store->keys().resume(id));
    }
    CARMA_TRY_ASSIGN(begin.disk, fixture.disk.snapshot());
    return begin;
}

} // namespace

/// The power goes at some point of a rotation, of making an invoice final or of an erasure: the seed says where, and what of the unsynced
/// survives. Afterwards it is done or not, never between, and what was told to be done is done.
class TestServiceCrash : public QObject {
    Q_OBJECT

private slots:
    void aThousandCrashesLeaveTheOldStateOrTheNewOne()
    {
        StoreFixture fixture;
        const auto begin = prepare(fixture);
        VERIFY_OK(begin);
        std::array<int, kWhats> olds{};
        std::array<int, kWhats> news{};
        for (std::uint64_t seed = 0; seed < seedCount(); ++seed) {
            const auto what = static_cast<What>(seed % kWhats);
            const auto number = static_cast<std::size_t>(what);
            disk::SimDisk disk(seed);
            disk.load(begin->disk);
            fixture.environment.disk = &disk;
            const std::string place = "seed " + std::to_string(seed) + ": ";
            bool done = false;
            {
                auto store = fixture.open();
                VERIFY_OK(store);
                disk.cutPowerAfter(splitMixAt(seed) % (begin->operations.at(number) + 2));
                done = act(**store, what, *begin) && !disk.powerIsOff();
                disk.crash();
            }
            auto store = fixture.open();
            VERIFY_OK(store);
            const std::string state = stateOf(**store, what, *begin);
            QVERIFY2(state == "new" || (state == "old" && !done), (place + state + (done ? ", though it was done" : "")).c_str());
            ++(state == "new" ? news : olds).at(number);
            if (seed % 25 == 0) {
                const auto verified = (*store)->audit().verify({}, Task{});
                VERIFY_OK(verified);
                QVERIFY2(verified->intact(), (place + (verified->problems.empty() ? "lost" : verified->problems.front())).c_str());
            }
        }
        fixture.environment.disk = &fixture.disk;
        for (std::size_t what = 0; what < kWhats; ++what) {
            QVERIFY2(olds.at(what) >= 20 && news.at(what) >= 20,
                (std::to_string(what) + ": " + std::to_string(olds.at(what)) + " old, " + std::to_string(news.at(what)) + " new").c_str());
        }
    }

    void aCompactionAtClosingLeavesTheOldRecordsOrTheNewOnes()
    {
        StoreFixture fixture;
        const auto begin = prepareCompaction(fixture);
        VERIFY_OK(begin);
        const std::uint64_t seeds = qEnvironmentVariableIsSet("CARMA_LONG_TESTS") ? 1'000 : 100;
        std::string before;
        std::uint64_t operations = 0;
        std::array<int, 2> compacted{};
        for (std::uint64_t seed = 0; seed <= seeds; ++seed) { // the first goes undisturbed, to count operations
            disk::SimDisk disk(seed);
            disk.load(begin->disk);
            fixture.environment.disk = &disk;
            {
                auto store = fixture.open();
                VERIFY_OK(store);
                before = told(**store);
                const std::uint64_t first = disk.opCount();
                if (seed > 0) {
                    disk.cutPowerAfter(splitMixAt(seed) % operations);
                }
                (void)(*store)->close().has_value();
                operations = seed == 0 ? disk.opCount() - first : operations;
                disk.crash();
            }
            auto store = fixture.open();
            VERIFY_OK(store);
            const std::string place = "seed " + std::to_string(seed) + ": ";
            QCOMPARE(place + told(**store), place + before);
            QCOMPARE(refusalOf(**store, begin->key), KeyRefusal::None);
            const auto left = (*store)->keys().compact(true, Task{});
            VERIFY_OK(left);
            ++compacted.at(left->events < 100 ? 1 : 0);
            if (seed % 10 == 0) {
                const auto verified = (*store)->audit().verify({}, Task{});
                VERIFY_OK(verified);
                QVERIFY2(verified->intact(), (place + (verified->problems.empty() ? "lost" : verified->problems.front())).c_str());
            }
        }
        fixture.environment.disk = &fixture.disk;
        QVERIFY2(compacted[0] > 5 && compacted[1] > 5, (std::to_string(compacted[0]) + " old, " + std::to_string(compacted[1])).c_str());
    }
};

CARMA_TEST_CLASS(TestServiceCrash, "test_service_crash")

#include "test_service_crash.moc"
