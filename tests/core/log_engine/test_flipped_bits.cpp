// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/log_engine/log_fixture.h"
#include "log/sector/sector.h"
#include "support/test_main.h"

#include <QTest>

using namespace carma;
using namespace carma::log;
using carma::test::LogFixture;

namespace {

using Places = std::map<std::pair<std::string, std::uint64_t>, std::uint32_t>; ///< file and sector: flipped bits

Places placesOf(const std::vector<disk::SimFlip>& flips)
{
    Places places;
    for (const disk::SimFlip& flip : flips) {
        ++places[{flip.path, flip.offset / kSectorBytes}];
    }
    return places;
}

/// Faults that are no bad sectors have a place that no flip has.
Places placesOf(const DamageReport& damage)
{
    Places places;
    for (const Fault& fault : damage.faults) {
        const bool isSector = fault.kind == FaultKind::BadSector;
        places[{fault.file, isSector ? fault.sector : kNoSequence}] += fault.flippedBits;
    }
    return places;
}

LogFixture::Saved buildLog(LogFixture& fixture)
{
    const bool built = fixture.fill(24).has_value() && fixture.close().has_value();
    return built ? fixture.save() : LogFixture::Saved{};
}

/// Flips bits below `path`: scrub tells each, reads are exact, heal restores the bytes.
void flipAndHeal(LogFixture& fixture, const std::vector<disk::SimFlip>& flips, const disk::SimSnapshot& whole)
{
    const Hash128 flipped = fixture.disk.fingerprint();
    const auto found = fixture.scrub();
    VERIFY_OK(found);
    QVERIFY(placesOf(found->damage) == placesOf(flips));
    QCOMPARE(found->damage.flippedBits, flips.size());
    QVERIFY(fixture.disk.fingerprint() == flipped);
    VERIFY_NOTHING_WRONG(fixture.check());
    const auto healed = fixture.heal();
    VERIFY_OK(healed);
    QVERIFY(placesOf(healed->damage) == placesOf(flips));
    for (const Fault& fault : healed->damage.faults) {
        QVERIFY(fault.outcome == FaultOutcome::Healed);
    }
    QVERIFY(fixture.disk.snapshot("shards").value() == whole);
    const auto again = fixture.scrub();
    VERIFY_OK(again);
    QCOMPARE(again->damage.faultsCount, 0U);
}

} // namespace

class TestFlippedBits : public QObject {
    Q_OBJECT

private slots:
    void flipsAnywhereAreCountedExactly_data()
    {
        QTest::addColumn<QString>("part");
        QTest::addColumn<bool>("whileOpen");
        for (const char* part : {"shards", "tails", "segments"}) {
            QTest::addRow("%s, closed", part) << part << false;
            QTest::addRow("%s, open", part) << part << true;
        }
    }
    void flipsAnywhereAreCountedExactly()
    {
        QFETCH(QString, part);
        QFETCH(bool, whileOpen);
        LogFixture fixture;
        const auto saved = buildLog(fixture);
        const disk::SimSnapshot whole = fixture.disk.snapshot("shards").value();
        for (int round = 0; round < 8; ++round) {
            fixture.restore(saved);
            if (whileOpen) {
                VERIFY_OK(fixture.open());
            }
            std::vector<disk::SimFlip> flips;
            if (part == "shards") {
                flips = fixture.disk.flipRandomBits(60, "shards");
            }
            for (const std::string& path : fixture.filesNamed(part == "tails" ? "tail-" : ".shard")) {
                if (part != "shards" && fixture.random.below(3) == 0) {
                    const auto more = fixture.disk.flipRandomBits(1 + fixture.random.below(10), path);
                    for (disk::SimFlip flip : more) {
                        flip.path = path;
                        flips.push_back(flip);
                    }
                }
            }
            if (!whileOpen) {
                VERIFY_OK(fixture.open());
            }
            flipAndHeal(fixture, flips, whole);
            if (QTest::currentTestFailed()) {
                qWarning("round %d", round);
                return;
            }
        }
    }

    void aSoundLogHasNoFaults()
    {
        LogFixture fixture;
        VERIFY_OK(fixture.fill(20));
        const auto found = fixture.scrub();
        VERIFY_OK(found);
        QCOMPARE(found->damage.faultsCount, 0U);
        QVERIFY(found->damage.sectorsChecked > 50);
        QCOMPARE(found->damage.bytesRead, found->damage.sectorsChecked * kSectorBytes);
        const std::uint64_t writes = fixture.disk.opCount(disk::SimOp::Write);
        const auto healed = fixture.heal();
        VERIFY_OK(healed);
        QCOMPARE(healed->bytesWritten, 0U);
        QCOMPARE(fixture.disk.opCount(disk::SimOp::Write), writes);
    }

    void sixteenFlipsInASectorBesideTwoLostFoldersAreHealed()
    {
        LogFixture fixture;
        buildLog(fixture);
        const disk::SimSnapshot whole = fixture.disk.snapshot("shards").value();
        VERIFY_OK(fixture.disk.deletePath(LogFixture::folder(0)));
        VERIFY_OK(fixture.disk.deletePath(LogFixture::folder(3)));
        std::uint64_t flips = 0;
        for (const std::string& path : fixture.filesNamed(".shard")) {
            for (unsigned i = 0; i < 16; ++i, ++flips) {
                VERIFY_OK(fixture.disk.flipBit(path, kSectorBytes + 250 * i + 3, i % 8));
            }
        }
        VERIFY_OK(fixture.open());
        VERIFY_NOTHING_WRONG(fixture.check());
        const auto healed = fixture.heal();
        VERIFY_OK(healed);
        QCOMPARE(healed->damage.flippedBits, flips);
        QVERIFY(fixture.disk.snapshot("shards").value() == whole);
    }

    void damagedBytesAreKeptBeforeTheyAreReplaced()
    {
        LogFixture fixture;
        buildLog(fixture);
        const std::string shard = LogFixture::folder(2) + "/" + shardFileName(0, 0);
        const std::string tail = fixture.filesNamed("tail-").front();
        VERIFY_OK(fixture.disk.overwrite(shard, kSectorBytes + 10, toBytes("evidence in a shard")));
        VERIFY_OK(fixture.disk.overwrite(tail, 2 * kSectorBytes + 10, toBytes("evidence in a tail")));
        VERIFY_OK(fixture.open());
        VERIFY_OK(fixture.heal());
        int seen = 0;
        for (const auto& [path, bytes] : fixture.disk.files()) {
            const std::string_view content = asText(bytes);
            if (content.find("evidence in a ") != std::string_view::npos) {
                QVERIFY(path.starts_with("quarantine/"));
                ++seen;
            }
        }
        QCOMPARE(seen, 2);
        VERIFY_NOTHING_WRONG(fixture.check());
    }

    void aSectorOfTheTailThatIsBadInAllCopiesCostsItsBatchesOnly()
    {
        LogFixture fixture;
        VERIFY_OK(fixture.append({300}));
        VERIFY_OK(fixture.append({400}));
        VERIFY_OK(fixture.append({500}));
        VERIFY_OK(fixture.close());
        for (const std::string& path : fixture.filesNamed("tail-")) {
            VERIFY_OK(fixture.disk.overwrite(path, 3 * kSectorBytes, fixture.random.bytes(kSectorBytes)));
        }
        VERIFY_OK(fixture.open());
        std::set<Sequence> lost;
        VERIFY_NOTHING_WRONG(fixture.check(&lost));
        QVERIFY(lost == std::set<Sequence>{1});
        QVERIFY(fixture.log->hasGaps());
        VERIFY_OK(fixture.heal());
        VERIFY_OK(fixture.append({50}));
        VERIFY_OK(fixture.reopen());
        lost.clear();
        VERIFY_NOTHING_WRONG(fixture.check(&lost));
        QVERIFY(lost == std::set<Sequence>{1});
    }
};

CARMA_TEST_CLASS(TestFlippedBits, "test_flipped_bits")

#include "test_flipped_bits.moc"
