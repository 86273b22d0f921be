// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/log_engine/log_fixture.h"
#include "log/tail/tail.h"
#include "support/test_main.h"

#include <QTest>

using namespace carma;
using namespace carma::log;
using carma::test::LogFixture;

namespace {

constexpr unsigned kFolders = 6;

/// Three segments and a tail.
LogFixture::Saved buildLog(LogFixture& fixture)
{
    const bool built = fixture.fill(24).has_value() && fixture.close().has_value();
    return built ? fixture.save() : LogFixture::Saved{};
}

void deleteFolders(LogFixture& fixture, std::initializer_list<unsigned> numbers)
{
    for (const unsigned number : numbers) {
        VERIFY_OK(fixture.disk.deletePath(LogFixture::folder(number)));
    }
}

/// Reads at once, heals to the same bytes, and has nothing left to heal.
void checkPair(LogFixture& fixture, const disk::SimSnapshot& whole)
{
    VERIFY_NOTHING_WRONG(fixture.check());
    const auto found = fixture.scrub();
    VERIFY_OK(found);
    QCOMPARE(found->damage.faultsCount, 2U);
    QCOMPARE(found->bytesWritten, 0U);
    const auto healed = fixture.heal();
    VERIFY_OK(healed);
    QCOMPARE(healed->damage.faultsCount, 2U);
    QVERIFY(healed->bytesWritten > 0);
    for (const Fault& fault : healed->damage.faults) {
        QVERIFY(fault.kind == FaultKind::MissingFolder);
        QVERIFY(fault.outcome == FaultOutcome::Healed);
    }
    QVERIFY(fixture.disk.snapshot("shards").value() == whole);
    const std::uint64_t writes = fixture.disk.opCount(disk::SimOp::Write);
    const auto again = fixture.heal();
    VERIFY_OK(again);
    QCOMPARE(again->bytesWritten, 0U);
    QCOMPARE(again->damage.faultsCount, 0U);
    QCOMPARE(fixture.disk.opCount(disk::SimOp::Write), writes);
    VERIFY_NOTHING_WRONG(fixture.check());
}

/// Three folders of an open log are gone: what scan calls lost is what cannot be read, all else is exact, and a heal changes neither.
void checkTriple(LogFixture& fixture, Sequence sealedEnd)
{
    std::set<Sequence> lost;
    VERIFY_NOTHING_WRONG(fixture.check(&lost));
    QVERIFY(!lost.empty());
    for (Sequence sequence = 0; sequence < sealedEnd; ++sequence) {
        const auto read = fixture.log->read(sequence);
        QCOMPARE(read.has_value(), !lost.contains(sequence));
        QVERIFY(read.has_value() || read.error().code == ErrorCode::Corruption);
    }
    const auto history = verifyHistory(*fixture.log, Task{});
    VERIFY_OK(history);
    QCOMPARE(history->lost, lost.size());
    QVERIFY(!history->problems.empty());
    VERIFY_OK(fixture.heal());
    std::set<Sequence> lostLater;
    VERIFY_NOTHING_WRONG(fixture.check(&lostLater));
    QVERIFY(lostLater == lost);
}

} // namespace

class TestLostFolders : public QObject {
    Q_OBJECT

private slots:
    void anyTwoFoldersAreHealedByteForByte()
    {
        LogFixture fixture;
        const auto saved = buildLog(fixture);
        QVERIFY(!fixture.filesNamed("tail-").empty());
        QVERIFY(fixture.filesNamed(".shard").size() >= 18);
        const disk::SimSnapshot whole = fixture.disk.snapshot("shards").value();
        for (unsigned first = 0; first < kFolders; ++first) {
            for (unsigned second = first + 1; second < kFolders; ++second) {
                fixture.restore(saved);
                deleteFolders(fixture, {first, second});
                VERIFY_OK(fixture.open());
                checkPair(fixture, whole);
                if (QTest::currentTestFailed()) {
                    qWarning("folders %u and %u", first, second);
                    return;
                }
            }
        }
    }

    void twoFoldersCanGoWhileTheLogIsOpen()
    {
        LogFixture fixture;
        const auto saved = buildLog(fixture);
        const disk::SimSnapshot whole = fixture.disk.snapshot("shards").value();
        for (unsigned first = 0; first < kFolders; ++first) {
            for (unsigned second = first + 1; second < kFolders; ++second) {
                fixture.restore(saved);
                VERIFY_OK(fixture.open());
                VERIFY_NOTHING_WRONG(fixture.check());
                deleteFolders(fixture, {first, second});
                checkPair(fixture, whole);
                if (QTest::currentTestFailed()) {
                    qWarning("folders %u and %u", first, second);
                    return;
                }
            }
        }
    }

    void withTwoFoldersGoneTheLogIsStillWritten()
    {
        LogFixture fixture;
        const auto saved = buildLog(fixture);
        for (unsigned first = 0; first < kFolders; ++first) {
            for (unsigned second = first + 1; second < kFolders; ++second) {
                fixture.restore(saved);
                VERIFY_OK(fixture.open());
                deleteFolders(fixture, {first, second});
                VERIFY_OK(fixture.append({100, 5000}));
                COMPARE_ERROR(fixture.log->seal(), ErrorCode::Io); // four shards of six would be without parity
                VERIFY_OK(fixture.append({200}));
                VERIFY_OK(fixture.reopen());
                VERIFY_NOTHING_WRONG(fixture.check());
                VERIFY_NOTHING_WRONG(fixture.checkSound());
            }
        }
    }

    void anyThreeFoldersCostExactlyWhatIsNamed()
    {
        LogFixture fixture;
        fixture.options.segmentBytes = 20U << 10U; // more than a row, so that each data shard holds records
        VERIFY_OK(fixture.reopen());
        VERIFY_OK(fixture.fill(24));
        VERIFY_OK(fixture.log->seal());
        const Sequence end = fixture.log->end();
        VERIFY_OK(fixture.close());
        const auto saved = fixture.save();
        for (unsigned first = 0; first < kFolders; ++first) {
            for (unsigned second = first + 1; second < kFolders; ++second) {
                for (unsigned third = second + 1; third < kFolders; ++third) {
                    fixture.restore(saved);
                    VERIFY_OK(fixture.open());
                    deleteFolders(fixture, {first, second, third});
                    checkTriple(fixture, end);
                    if (QTest::currentTestFailed()) {
                        qWarning("folders %u, %u and %u", first, second, third);
                        return;
                    }
                }
            }
        }
    }

    void lostRecordsAreNamedAfterReopeningToo()
    {
        LogFixture fixture;
        VERIFY_OK(fixture.fill(24));
        VERIFY_OK(fixture.log->seal());
        VERIFY_OK(fixture.append({100, 200}));
        VERIFY_OK(fixture.close());
        const auto saved = fixture.save();
        // The tail of segment n lies in folders n, n + 1 and n + 2: these three it outlives.
        const std::string tail = fixture.filesNamed("tail-").front();
        const unsigned kept = static_cast<unsigned>(tail[7] - '0');
        deleteFolders(fixture, {(kept + 1) % kFolders, (kept + 4) % kFolders, (kept + 5) % kFolders});
        VERIFY_OK(fixture.open());
        std::set<Sequence> lost;
        VERIFY_NOTHING_WRONG(fixture.check(&lost));
        QVERIFY(!lost.empty());
        const Sequence end = fixture.log->end();
        VERIFY_OK(fixture.append({300}));
        QVERIFY(fixture.oracle.acknowledged.contains(end));
        VERIFY_OK(fixture.heal());
        VERIFY_OK(fixture.reopen());
        std::set<Sequence> later;
        VERIFY_NOTHING_WRONG(fixture.check(&later));
        QVERIFY(later == lost);
    }

    void aWholeSegmentThatIsGoneIsAGapOfItsRecords()
    {
        LogFixture fixture;
        VERIFY_OK(fixture.append({100, 200}));
        VERIFY_OK(fixture.log->seal());
        VERIFY_OK(fixture.append({300, 400, 500}));
        VERIFY_OK(fixture.log->seal());
        VERIFY_OK(fixture.append({600}));
        VERIFY_OK(fixture.close());
        for (const std::string& path : fixture.filesNamed(shardFileName(1, 0))) {
            VERIFY_OK(fixture.disk.deletePath(path));
        }
        VERIFY_OK(fixture.open());
        QVERIFY(fixture.log->hasGaps());
        std::set<Sequence> lost;
        VERIFY_NOTHING_WRONG(fixture.check(&lost));
        QVERIFY((lost == std::set<Sequence>{3, 4, 5, 6}));
    }

    void damageThatReadsMeetIsRemembered()
    {
        LogFixture fixture;
        VERIFY_OK(fixture.fill(6));
        VERIFY_OK(fixture.log->seal());
        const std::string path = LogFixture::folder(0) + "/" + shardFileName(0, 0);
        VERIFY_OK(fixture.disk.flipBit(path, 4096 + 5, 1));
        QVERIFY(fixture.log->takeFaults().empty());
        VERIFY_NOTHING_WRONG(fixture.check());
        const auto faults = fixture.log->takeFaults();
        QVERIFY(!faults.empty());
        QCOMPARE(faults.front().file, path);
        QCOMPARE(faults.front().sector, 1U);
        QCOMPARE(faults.front().flippedBits, 1U);
        QVERIFY(fixture.log->takeFaults().empty());
    }
};

CARMA_TEST_CLASS(TestLostFolders, "test_lost_folders")

#include "test_lost_folders.moc"
