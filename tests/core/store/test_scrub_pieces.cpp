// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store_fixture.h"
#include "support/test_main.h"

#include <carma/beacon.h>

#include <QTest>

using namespace carma;
using namespace carma::test;

namespace {

/// One round in pieces, added up.
Result<DamageReport> oneRound(Health& health, std::size_t* pieces = nullptr)
{
    DamageReport sum;
    ScrubPosition at;
    for (std::size_t i = 1; i < 1000; ++i) {
        CARMA_TRY_ASSIGN(const ScrubStep step, health.scrubSome(at, Task{}));
        sum.faultsCount += step.damage.faultsCount;
        sum.flippedBits += step.damage.flippedBits;
        sum.sectorsChecked += step.damage.sectorsChecked;
        sum.faults.insert(sum.faults.end(), step.damage.faults.begin(), step.damage.faults.end());
        if (step.unitsDone != i || step.unitsTotal < i) {
            return Error{ErrorCode::Internal, "piece " + std::to_string(i) + " says it is " + std::to_string(step.unitsDone)};
        }
        if (step.roundEnded) {
            if (pieces != nullptr) {
                *pieces = i;
            }
            return sum;
        }
        at = step.next;
    }
    return Error{ErrorCode::Internal, "the round does not end"};
}

std::vector<std::string> places(const std::vector<Fault>& faults)
{
    std::vector<std::string> all;
    for (const Fault& fault : faults) {
        all.push_back(std::string(name(fault.kind)) + " " + fault.file + " " + std::to_string(fault.sector));
    }
    std::ranges::sort(all);
    return all;
}

} // namespace

/// A scrub in pieces sees what a whole one sees, and what is seen is remembered.
class TestScrubPieces : public QObject {
    Q_OBJECT

private:
    static void fill(Store& store)
    {
        for (int i = 0; i < 60; ++i) {
            NewMemory memory;
            SeededRandom random(static_cast<std::uint64_t>(i));
            Bytes noise(3000);
            random.fill(noise);
            memory.text = "note " + std::to_string(i) + " " + toHex(noise);
            VERIFY_OK(store.memory().remember("default", {memory}));
        }
        VERIFY_OK(store.seal());
    }

private slots:
    void piecesAddUpToTheWhole()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        auto opened = fixture.open();
        VERIFY_OK(opened);
        Store& store = **opened;
        fill(store);
        const auto whole = store.health().scrub(Task{});
        VERIFY_OK(whole);
        std::size_t pieces = 0;
        const auto parts = oneRound(store.health(), &pieces);
        VERIFY_OK(parts);
        QVERIFY(pieces > 4); // heads, more than one segment, tails, caches
        QCOMPARE(parts->sectorsChecked, whole->sectorsChecked);
        QCOMPARE(parts->faultsCount, std::uint64_t{0});
    }

    void piecesFindTheSameDamage()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        auto opened = fixture.open();
        VERIFY_OK(opened);
        Store& store = **opened;
        fill(store);
        const auto files = fixture.disk.list("shards/2");
        VERIFY_OK(files);
        for (const FileInfo& file : *files) {
            QVERIFY(fixture.disk.flipBit("shards/2/" + file.name, std::min<std::uint64_t>(file.size / 2, 5 * 4096 + 17), 3).has_value());
        }
        VERIFY_OK(fixture.disk.deletePath("shards/4"));
        const auto parts = oneRound(store.health());
        VERIFY_OK(parts);
        const auto whole = store.health().scrub(Task{});
        VERIFY_OK(whole);
        QVERIFY(parts->faultsCount > 2);
        QCOMPARE(places(parts->faults), places(whole->faults));
        VERIFY_OK(store.health().heal(Task{}));
        QCOMPARE(oneRound(store.health())->faultsCount, std::uint64_t{0});
        const auto remembered = store.health().rememberedFaults(100);
        VERIFY_OK(remembered);
        QVERIFY(!remembered->empty());
        QVERIFY(remembered->front().fault.outcome == FaultOutcome::Healed);
    }

    void theNoteOfTheBeaconOutlivesTheProgramAndDamageOnlyCostsTheNote()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        {
            auto opened = fixture.open();
            VERIFY_OK(opened);
            QCOMPARE(*(*opened)->health().beaconNote(), std::string());
            VERIFY_OK((*opened)->health().setBeaconNote("1 2 3"));
            COMPARE_ERROR((*opened)->health().setBeaconNote(std::string(5000, 'x')), ErrorCode::InvalidArgument);
        }
        auto opened = fixture.open(true);
        VERIFY_OK(opened);
        QCOMPARE(*(*opened)->health().beaconNote(), std::string("1 2 3"));
        for (std::uint64_t bit = 0; bit < 100; ++bit) {
            VERIFY_OK(fixture.disk.flipBit("beacon", bit * 40, 3));
        }
        QCOMPARE(*(*opened)->health().beaconNote(), std::string());
    }

    void aReaderCannotWriteTheJournalOfFaults()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        auto opened = fixture.open(true);
        VERIFY_OK(opened);
        COMPARE_ERROR((*opened)->health().rememberFaults({Fault{}}), ErrorCode::Busy);
    }
};

CARMA_TEST_CLASS(TestScrubPieces, "test_scrub_pieces")
#include "test_scrub_pieces.moc"
