// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/log_engine/log_fixture.h"
#include "support/test_main.h"

#include <QTest>

using namespace carma;
using namespace carma::log;
using carma::test::LogFixture;

namespace {

constexpr std::int64_t kSecond = 1'000'000;

std::vector<Sequence> checkpointsIn(Log& log)
{
    std::vector<Sequence> found;
    const auto visit = [&](const ScanItem& item) -> Result<bool> {
        if (item.header != nullptr && item.header->type == RecordType::Checkpoint) {
            found.push_back(item.sequence);
        }
        return true;
    };
    return log.scan(0, kNoSequence, visit, Task{}).has_value() ? found : std::vector<Sequence>{kNoSequence};
}

} // namespace

class TestCheckpoints : public QObject {
    Q_OBJECT

private slots:
    void eachSegmentEndsWithACheckpoint()
    {
        LogFixture fixture;
        VERIFY_OK(fixture.fill(20));
        const auto checkpoints = checkpointsIn(*fixture.log);
        QCOMPARE(checkpoints.size(), fixture.log->counts().sealedSegments);
        QVERIFY(checkpoints.size() >= 2);
        VERIFY_OK(fixture.log->seal());
        QCOMPARE(checkpointsIn(*fixture.log).back(), fixture.log->end() - 1);
        const auto history = verifyHistory(*fixture.log, Task{});
        VERIFY_OK(history);
        QVERIFY(history->problems.empty());
        QCOMPARE(history->checkpoints, fixture.log->counts().sealedSegments);
    }

    void aCheckpointFollowsTenSecondsAfterTheLast()
    {
        LogFixture fixture;
        VERIFY_OK(fixture.append({10}));
        fixture.clock.advance(10 * kSecond - 1);
        VERIFY_OK(fixture.append({10}));
        QVERIFY(checkpointsIn(*fixture.log).empty());
        fixture.clock.advance(1);
        VERIFY_OK(fixture.append({10}));
        QVERIFY(checkpointsIn(*fixture.log) == std::vector<Sequence>{3});
        VERIFY_OK(fixture.append({10}));
        VERIFY_OK(fixture.append({10}));
        QCOMPARE(checkpointsIn(*fixture.log).size(), 1U);
        fixture.clock.advance(10 * kSecond);
        VERIFY_OK(fixture.append({10}));
        QVERIFY((checkpointsIn(*fixture.log) == std::vector<Sequence>{3, 7}));
        QVERIFY(verifyHistory(*fixture.log, Task{})->problems.empty());
    }

    void theWallClockDoesNotMatterForCheckpoints()
    {
        LogFixture fixture;
        VERIFY_OK(fixture.append({10}));
        for (const std::int64_t wall : {std::int64_t{0}, 4'000'000'000 * kSecond}) {
            fixture.clock.setWallTimeUs(wall);
            VERIFY_OK(fixture.append({10}));
        }
        QVERIFY(checkpointsIn(*fixture.log).empty());
    }

    void closingCoversTheLastRecordsOnce()
    {
        LogFixture fixture;
        VERIFY_OK(fixture.append({10}));
        VERIFY_OK(fixture.reopen());
        QVERIFY(checkpointsIn(*fixture.log) == std::vector<Sequence>{1});
        VERIFY_OK(fixture.reopen());
        QVERIFY(checkpointsIn(*fixture.log) == std::vector<Sequence>{1});
    }

    void aCheckpointSignsTheRootOfAllRecordsBeforeIt()
    {
        LogFixture fixture;
        VERIFY_OK(fixture.append({10, 20, 30}));
        VERIFY_OK(fixture.log->seal());
        MerkleFrontier tree;
        const auto visit = [&](const ScanItem& item) -> Result<bool> {
            if (item.header->type != RecordType::Checkpoint) {
                tree.append(*item.leaf);
            }
            return true;
        };
        VERIFY_OK(fixture.log->scan(0, kNoSequence, visit, Task{}));
        const auto note = fixture.log->read(3);
        VERIFY_OK(note);
        const auto opened = openCheckpoint(asText(note->body), checkpointOrigin(fixture.superblock.store), fixture.superblock.signingKey);
        VERIFY_OK(opened);
        QCOMPARE(opened->size, 3U);
        QVERIFY(opened->root == tree.root());
    }

    void aHistoryThatAnotherKeySignedDoesNotProve()
    {
        LogFixture fixture;
        VERIFY_OK(fixture.append({10}));
        VERIFY_OK(fixture.close());
        fixture.superblock.signingKey[0] ^= std::byte{1};
        VERIFY_OK(fixture.open());
        const auto history = verifyHistory(*fixture.log, Task{});
        VERIFY_OK(history);
        QCOMPARE(history->problems.size(), 1U);
        QCOMPARE(history->checkpoints, 0U);
    }
};

CARMA_TEST_CLASS(TestCheckpoints, "test_checkpoints")

#include "test_checkpoints.moc"
