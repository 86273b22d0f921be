// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/log_engine/log_fixture.h"
#include "log/sector/sector.h"
#include "log/tail/tail.h"
#include "support/test_main.h"

#include <QTest>

using namespace carma;
using namespace carma::log;
using carma::test::LogFixture;

namespace {

/// Overwrites a row of a segment's shards with noise, in all folders.
void destroyRow(LogFixture& fixture, std::uint64_t segment, std::uint64_t row)
{
    for (unsigned folder = 0; folder < 6; ++folder) {
        const std::string path = LogFixture::folder(folder) + "/" + shardFileName(segment, 0);
        VERIFY_OK(fixture.disk.overwrite(path, (1 + row) * kSectorBytes, fixture.random.bytes(kSectorBytes)));
    }
}

} // namespace

class TestGaps : public QObject {
    Q_OBJECT

private slots:
    void skippingLeavesANamedGapAndNoSequenceIsUsedTwice()
    {
        LogFixture fixture;
        VERIFY_OK(fixture.append({100, 200}));
        VERIFY_OK(fixture.log->seal());
        VERIFY_OK(fixture.append({300, 400}));
        const Sequence known = fixture.log->end();
        VERIFY_OK(fixture.close());
        for (const std::string& path : fixture.filesNamed("tail-")) {
            VERIFY_OK(fixture.disk.deletePath(path));
        }
        VERIFY_OK(fixture.open());
        QCOMPARE(fixture.log->end(), 3U);
        QVERIFY(!fixture.log->hasGaps());
        VERIFY_OK(fixture.log->skipTo(known));
        VERIFY_OK(fixture.append({500}));
        QVERIFY(fixture.oracle.acknowledged.contains(known));
        for (int round = 0; round < 2; ++round) {
            QVERIFY(fixture.log->hasGaps());
            std::set<Sequence> lost;
            VERIFY_NOTHING_WRONG(fixture.check(&lost));
            QVERIFY((lost == std::set<Sequence>{3, 4}));
            const auto history = verifyHistory(*fixture.log, Task{});
            VERIFY_OK(history);
            QCOMPARE(history->lost, 2U);
            QVERIFY(!history->problems.empty());
            VERIFY_OK(fixture.log->seal());
            VERIFY_OK(fixture.reopen());
        }
    }

    void skippingBackDoesNothing()
    {
        LogFixture fixture;
        VERIFY_OK(fixture.append({100, 200}));
        const Hash128 before = fixture.disk.fingerprint();
        VERIFY_OK(fixture.log->skipTo(0));
        VERIFY_OK(fixture.log->skipTo(fixture.log->end()));
        QVERIFY(fixture.disk.fingerprint() == before);
        QVERIFY(!fixture.log->hasGaps());
    }

    void skippingTooFarIsRefused()
    {
        LogFixture fixture;
        VERIFY_OK(fixture.append({100}));
        COMPARE_ERROR(fixture.log->skipTo(50'000'002), ErrorCode::LimitExceeded);
        COMPARE_ERROR(fixture.log->skipTo(kNoSequence), ErrorCode::LimitExceeded);
        VERIFY_OK(fixture.append({100}));
        VERIFY_NOTHING_WRONG(fixture.check());
    }

    void skippingFromAnOpenTailKeepsWhatItHolds()
    {
        LogFixture fixture;
        VERIFY_OK(fixture.append({100, 200}));
        VERIFY_OK(fixture.log->skipTo(10));
        VERIFY_OK(fixture.append({300}));
        VERIFY_OK(fixture.reopen());
        std::set<Sequence> lost;
        VERIFY_NOTHING_WRONG(fixture.check(&lost));
        QVERIFY((lost == std::set<Sequence>{2, 3, 4, 5, 6, 7, 8, 9}));
        QVERIFY(fixture.oracle.acknowledged.contains(10));
    }

    void aSegmentWithoutItsIndexIsStillRead_data()
    {
        QTest::addColumn<bool>("whileOpen");
        QTest::newRow("closed") << false;
        QTest::newRow("open") << true;
    }
    void aSegmentWithoutItsIndexIsStillRead()
    {
        QFETCH(bool, whileOpen);
        LogFixture fixture;
        fixture.options.segmentBytes = 256U << 10U;
        VERIFY_OK(fixture.reopen());
        VERIFY_OK(fixture.fill(40));
        const auto stored = fixture.recordsInTails();
        const Sequence checkpoint = fixture.log->end();
        VERIFY_OK(fixture.log->seal());
        const std::string shard = LogFixture::folder(0) + "/" + shardFileName(0, 0);
        // One sector header, rows, and the checks and codes: the index lies in the last row that has bytes of the payload.
        const auto opened = openSegment(
            fixture.disk, *fixture.executor, fixture.superblock.store, {4, 2}, shardFolders(fixture.superblock.geometry), {0, 0});
        VERIFY_OK(opened);
        const std::uint64_t rowBytes = 4 * kSectorBytes;
        const std::uint64_t lastRow = ((*opened)->info().payloadBytes - 1) / rowBytes;
        QVERIFY(lastRow >= 2);
        if (!whileOpen) {
            VERIFY_OK(fixture.close());
        }
        destroyRow(fixture, 0, lastRow);
        if (!whileOpen) {
            VERIFY_OK(fixture.open());
        }
        std::set<Sequence> expected{checkpoint};
        for (const auto& [sequence, where] : stored) {
            if (where.offset + where.record.size() > lastRow * rowBytes) {
                expected.insert(sequence);
            }
        }
        QVERIFY(expected.size() < stored.size() / 2);
        std::set<Sequence> lost;
        VERIFY_NOTHING_WRONG(fixture.check(&lost));
        QVERIFY(lost == expected);
        COMPARE_ERROR(fixture.log->read(checkpoint), ErrorCode::Corruption);
        VERIFY_OK(fixture.append({100}));
        VERIFY_OK(fixture.heal());
        VERIFY_OK(fixture.reopen());
        lost.clear();
        VERIFY_NOTHING_WRONG(fixture.check(&lost));
        QVERIFY(lost == expected);
    }

    void aLostRowCostsExactlyItsRecords()
    {
        LogFixture fixture;
        fixture.options.segmentBytes = 256U << 10U;
        VERIFY_OK(fixture.reopen());
        VERIFY_OK(fixture.fill(40));
        const auto stored = fixture.recordsInTails();
        VERIFY_OK(fixture.log->seal());
        destroyRow(fixture, 0, 1);
        std::set<Sequence> expected;
        for (const auto& [sequence, where] : stored) {
            if (where.offset < 2 * 4 * kSectorBytes && where.offset + where.record.size() > 4 * kSectorBytes) {
                expected.insert(sequence);
            }
        }
        QVERIFY(!expected.empty());
        std::set<Sequence> lost;
        VERIFY_NOTHING_WRONG(fixture.check(&lost));
        QVERIFY(lost == expected);
    }

    void anOldTailThatIsPutBackIsNoNews()
    {
        LogFixture fixture;
        VERIFY_OK(fixture.append({100, 200}));
        const auto old = fixture.disk.files();
        VERIFY_OK(fixture.append({300}));
        VERIFY_OK(fixture.log->seal());
        VERIFY_OK(fixture.append({400}));
        VERIFY_OK(fixture.close());
        for (const auto& [path, bytes] : old) {
            if (path.find("tail-") != std::string::npos) {
                VERIFY_OK(fixture.disk.restore(path, {{{"", bytes}}, {}}));
            }
        }
        VERIFY_OK(fixture.open());
        VERIFY_NOTHING_WRONG(fixture.check());
        VERIFY_NOTHING_WRONG(fixture.checkSound());
    }
};

CARMA_TEST_CLASS(TestGaps, "test_gaps")

#include "test_gaps.moc"
