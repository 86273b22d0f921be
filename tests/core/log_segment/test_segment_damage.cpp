// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/log_segment/segment_fixture.h"
#include "support/test_main.h"

#include <QTest>

using namespace carma;
using namespace carma::log;
using carma::test::SegmentFixture;

namespace {

/// Reads, scrubs and repairs, and expects the files that were written.
bool survives(SegmentFixture& fixture)
{
    const auto segment = fixture.open();
    if (!segment || !fixture.readsAll(*segment) || segment->scrub().damage.empty()) {
        return false;
    }
    const auto repair = segment->repair("quarantine");
    const auto again = segment->repair("quarantine");
    return repair && fixture.isWhole() && again && again->bytesWritten == 0 && again->found.damage.empty();
}

} // namespace

class TestSegmentDamage : public QObject {
    Q_OBJECT

private slots:
    void theReportEqualsWhatWasInjected()
    {
        SegmentFixture fixture;
        std::mt19937_64 random(4);
        std::map<std::pair<unsigned, std::uint64_t>, std::set<std::size_t>> injected;
        for (int i = 0; i < 400; ++i) {
            injected[{static_cast<unsigned>(random() % 6), random() % fixture.layout.sectors()}].insert(random() % 32768);
        }
        for (const auto& [place, bits] : injected) {
            for (const std::size_t bit : bits) {
                fixture.flip(place.first, place.second, bit);
            }
        }
        const auto segment = fixture.open();
        const auto scrub = segment->scrub();
        QCOMPARE(scrub.damage.size(), injected.size());
        for (const ShardDamage& damage : scrub.damage) {
            const auto found = injected.find({damage.shard, damage.sector});
            QVERIFY(found != injected.end());
            QCOMPARE(damage.flippedBits, found->second.size());
        }
        QVERIFY(survives(fixture));
    }

    void swappedSectorsAreSeenAndHealed()
    {
        SegmentFixture fixture;
        for (const auto& [a, b] : {std::pair{1, 2}, std::pair{0, 1}, std::pair{5, int(fixture.layout.ownChecks())},
                 std::pair{int(fixture.layout.codes()), int(fixture.layout.codes()) - 1}, std::pair{0, int(fixture.layout.lastHeader())}}) {
            Bytes& file = fixture.file(1);
            std::swap_ranges(file.begin() + a * 4096, file.begin() + a * 4096 + 4096, file.begin() + b * 4096);
            QVERIFY(survives(fixture));
        }
        Bytes& file = fixture.file(0);
        std::swap_ranges(file.begin() + 3 * 4096, file.begin() + 4 * 4096, fixture.file(1).begin() + 3 * 4096);
        QVERIFY(survives(fixture));
    }

    void everyLengthOfFileIsRepaired()
    {
        SegmentFixture fixture;
        const std::size_t size = fixture.layout.bytes();
        for (const std::size_t cut :
            {std::size_t{0}, std::size_t{1}, std::size_t{4096}, size / 2, size - 4096, size - 1, size + 1, size + 4096, 3 * size}) {
            for (unsigned shard = 0; shard < 6; shard += 3) {
                fixture.file(shard).resize(cut);
                const auto scrub = fixture.open()->scrub();
                QCOMPARE(scrub.damage.size(), 1U);
                QVERIFY(scrub.damage[0].kind == DamageKind::Truncated);
                QVERIFY(survives(fixture));
            }
        }
    }

    void zeroedRangesAreRepairedWhereverTheyLie()
    {
        SegmentFixture fixture;
        for (std::uint64_t sector = 0; sector < fixture.layout.sectors(); sector += 5) {
            const std::uint64_t count = std::min<std::uint64_t>(16, fixture.layout.sectors() - sector);
            fixture.zero(2, sector, count);
            fixture.zero(4, sector, count);
            const auto scrub = fixture.open()->scrub();
            for (const ShardDamage& damage : scrub.damage) {
                QVERIFY(damage.recoverable);
                QVERIFY(damage.flippedBits > 0);
            }
            QVERIFY(survives(fixture));
        }
    }

    void bothCopiesOfTheChecksMayGo()
    {
        SegmentFixture fixture;
        fixture.zero(2, fixture.layout.ownChecks(), fixture.layout.checkPages());
        fixture.zero(1, fixture.layout.nextChecks(), fixture.layout.checkPages());
        fixture.flip(2, 9, 77);
        QVERIFY(survives(fixture));
        // Together with two folders, of which one held the copy: only the payload digest is left as a proof.
        fixture.disk.removeTree(fixture.folders[1]);
        fixture.disk.removeTree(fixture.folders[4]);
        fixture.zero(2, fixture.layout.ownChecks(), fixture.layout.checkPages());
        fixture.flip(2, 9, 77);
        QVERIFY(survives(fixture));
    }

    void contentWithoutAnyProofIsNotBelieved()
    {
        SegmentFixture fixture(43 * 4096);
        fixture.disk.removeTree(fixture.folders[1]);
        fixture.disk.removeTree(fixture.folders[4]);
        fixture.zero(2, fixture.layout.ownChecks(), fixture.layout.checkPages());
        fixture.zero(2, fixture.layout.codes(), fixture.layout.codePages());
        // A rebuilt sector of a missing file would give the guess away if its check survived in the file before it.
        fixture.zero(0, fixture.layout.nextChecks(), fixture.layout.checkPages());
        fixture.zero(3, fixture.layout.nextChecks(), fixture.layout.checkPages());
        fixture.flip(2, 3, 5); // No check, no code, and the digest will not hold.
        const auto before = fixture.disk.snapshot();
        const auto segment = fixture.open();
        QVERIFY(!fixture.readsAll(*segment));
        const auto salvage = segment->salvage();
        QVERIFY(!salvage.lost.empty());
        for (std::size_t at = 0; at < fixture.payload.size(); ++at) {
            const bool lost = std::ranges::any_of(salvage.lost, [&](const auto& r) { return at >= r.offset && at < r.offset + r.bytes; });
            QVERIFY(lost ? salvage.payload[at] == std::byte{0} : salvage.payload[at] == fixture.payload[at]);
        }
        VERIFY_OK(segment->repair("quarantine"));
        QVERIFY(std::ranges::equal(
            ByteView(fixture.file(2)).subspan(3 * 4096, 4096), ByteView(before.at(fixture.path(2))).subspan(3 * 4096, 4096)));
        QVERIFY(!fixture.disk.files.contains(fixture.path(1)));
    }

    void filesOfOtherPlacesAreSeen()
    {
        SegmentFixture fixture;
        SegmentFixture other(300 * 4096 + 77);
        *fixture.disk.files[fixture.path(0)] = fixture.file(3);
        auto scrub = fixture.open()->scrub();
        QCOMPARE(scrub.damage.size(), 1U);
        QVERIFY(scrub.damage[0].kind == DamageKind::WrongFile);
        QVERIFY(survives(fixture));
        other.info.generation = 1; // An older generation under the newer one's name.
        VERIFY_OK(writeSegment(other.disk, *other.executor, other.folders, other.info, other.payload));
        fixture.file(5) = other.file(5);
        scrub = fixture.open()->scrub();
        QCOMPARE(scrub.damage.size(), 1U);
        QVERIFY(scrub.damage[0].kind == DamageKind::WrongFile);
        QCOMPARE(scrub.damage[0].shard, 5U);
        QVERIFY(survives(fixture));
    }

    void theMajorityOfHeadersDecides()
    {
        SegmentFixture fixture(20000);
        SegmentFixture other(20001);
        fixture.file(0) = other.file(0);
        fixture.file(4) = other.file(4);
        QVERIFY(fixture.open()->info() == fixture.info);
        QVERIFY(survives(fixture));
        for (const unsigned shard : {0U, 1U, 2U}) {
            fixture.file(shard) = other.file(shard);
        }
        COMPARE_ERROR(openSegment(fixture.disk, *fixture.executor, fixture.info.store, fixture.info.geometry, fixture.folders, {7, 2}),
            ErrorCode::Corruption);
        COMPARE_ERROR(openSegment(fixture.disk, *fixture.executor, fixture.info.store, fixture.info.geometry, fixture.folders, {8, 2}),
            ErrorCode::NotFound);
    }

    void readErrorsAreErasures()
    {
        SegmentFixture fixture;
        fixture.disk.refusedSectors = {{fixture.path(0), 5}, {fixture.path(3), 5}, {fixture.path(0), fixture.layout.ownChecks()}};
        const auto segment = fixture.open();
        std::vector<ShardDamage> found;
        QVERIFY(fixture.readsAll(*segment, &found));
        QCOMPARE(found.size(), 2U);
        QVERIFY(found[0].kind == DamageKind::ReadError);
        QCOMPARE(segment->scrub().damage.size(), 3U);
        // While nothing else has that content, a file that cannot be read whole is not replaced.
        fixture.disk.refusedSectors.insert({fixture.path(1), 5});
        COMPARE_ERROR(segment->repair("quarantine"), ErrorCode::Io);
        fixture.disk.refusedSectors.clear();
        QVERIFY(fixture.isWhole());
    }

    void damageMetByAReadIsTold()
    {
        SegmentFixture fixture;
        fixture.flip(1, ShardLayout::sectorOfRow(2), 9);
        fixture.flip(1, ShardLayout::sectorOfRow(2), 900);
        fixture.disk.removeTree(fixture.folders[0]);
        const auto segment = fixture.open();
        std::vector<ShardDamage> found;
        Bytes out(4096);
        VERIFY_OK(segment->read((2 * 4 + 1) * 4096, out, &found));
        QVERIFY(std::ranges::equal(out, ByteView(fixture.payload).subspan(9 * 4096, 4096)));
        QCOMPARE(found.size(), 2U);
        QVERIFY(found[0].kind == DamageKind::MissingFile);
        QVERIFY(found[1].kind == DamageKind::BadSector);
        QCOMPARE(found[1].flippedBits, 2U);
    }

    void anyRubbishIsAnsweredWithoutHarm()
    {
        SegmentFixture fixture(30 * 4096);
        std::mt19937_64 random(6);
        for (int round = 0; round < 60; ++round) {
            fixture.disk.restore(fixture.sound);
            for (unsigned shard = 0; shard < 6; ++shard) {
                Bytes& file = fixture.file(shard);
                const std::size_t start = random() % file.size();
                const Bytes noise = test::randomPayload(random() % (file.size() - start), random());
                std::ranges::copy(noise, file.begin() + static_cast<std::ptrdiff_t>(start));
            }
            const auto segment = fixture.open();
            if (!segment) {
                continue;
            }
            const auto salvage = segment->salvage();
            for (std::size_t at = 0; at < fixture.payload.size(); ++at) {
                const bool lost = std::ranges::any_of(
                    salvage.lost, [&](const auto& r) { return at >= r.offset && at < r.offset + r.bytes; });
                QVERIFY(lost || salvage.payload[at] == fixture.payload[at]);
            }
        }
    }
};

CARMA_TEST_CLASS(TestSegmentDamage, "test_segment_damage")
#include "test_segment_damage.moc"
