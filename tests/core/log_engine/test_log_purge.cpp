// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/log_engine/log_fixture.h"
#include "log/record/record.h"
#include "support/test_main.h"

#include <QTest>

using namespace carma;
using namespace carma::log;
using carma::test::cutAtEach;
using carma::test::CutFilter;
using carma::test::LogFixture;

namespace {

/// Two segments and a tail, and the bytes of all fragments as they are stored.
std::map<Sequence, LogFixture::InTail> buildLog(LogFixture& fixture)
{
    std::map<Sequence, LogFixture::InTail> stored;
    for (int part = 0; part < 3; ++part) {
        const bool filled = fixture.fill(3).has_value();
        stored.merge(fixture.recordsInTails());
        if (!filled || (part < 2 && !fixture.log->seal().has_value())) {
            return {};
        }
    }
    return stored;
}

/// The purged bodies are in no file, all others are.
void checkBytes(const LogFixture& fixture, const std::map<Sequence, LogFixture::InTail>& stored)
{
    for (const auto& [sequence, where] : stored) {
        const std::string file = fixture.fileWith(where.record);
        const bool purged = fixture.oracle.purged.contains(sequence);
        const std::string message = "record " + std::to_string(sequence) + (purged ? " is still in " + file : " is in no file");
        QVERIFY2(file.empty() == purged, message.c_str());
    }
}

/// The root of the tree over the first `count` records.
crypto::Digest rootOf(Log& log, Sequence count)
{
    MerkleFrontier tree;
    const auto visit = [&](const ScanItem& item) -> Result<bool> {
        tree.append(*item.leaf);
        return true;
    };
    return log.scan(0, count, visit, Task{}).has_value() ? tree.root() : crypto::Digest{};
}

} // namespace

class TestLogPurge : public QObject {
    Q_OBJECT

private slots:
    void purgedBodiesAreInNoFile()
    {
        LogFixture fixture;
        const auto stored = buildLog(fixture);
        QVERIFY(stored.size() > 25);
        checkBytes(fixture, stored);
        VERIFY_OK(fixture.purge({1, 4, 5, 12, fixture.log->end() - 1}));
        checkBytes(fixture, stored);
        VERIFY_NOTHING_WRONG(fixture.check());
        VERIFY_OK(fixture.reopen());
        checkBytes(fixture, stored);
        VERIFY_NOTHING_WRONG(fixture.check());
    }

    void aPurgeCountsWhatItEmptied()
    {
        LogFixture fixture;
        buildLog(fixture);
        const auto first = fixture.log->purge({1, 4, 12, 4}, Task{});
        VERIFY_OK(first);
        QCOMPARE(first->records, 3U);
        QCOMPARE(first->segments, 2U);
        const auto again = fixture.log->purge({1, 4, 5}, Task{});
        VERIFY_OK(again);
        QCOMPARE(again->records, 1U);
        QCOMPARE(again->segments, 1U);
        const auto none = fixture.log->purge({}, Task{});
        VERIFY_OK(none);
        QCOMPARE(none->records, 0U);
    }

    void theTreeAndTheHistoryHoldAfterAPurge()
    {
        LogFixture fixture;
        buildLog(fixture);
        const Sequence count = fixture.log->end();
        const crypto::Digest root = rootOf(*fixture.log, count);
        VERIFY_OK(fixture.purge({0, 1, 2, 14}));
        QVERIFY(rootOf(*fixture.log, count) == root);
        VERIFY_OK(fixture.reopen());
        QVERIFY(rootOf(*fixture.log, count) == root);
        const auto history = verifyHistory(*fixture.log, Task{});
        VERIFY_OK(history);
        QVERIFY(history->problems.empty());
        QCOMPARE(history->purged, 4U);
        QVERIFY(history->checkpoints >= 3);
    }

    void aPurgedRecordIsNotFoundButKeepsItsHeader()
    {
        LogFixture fixture;
        buildLog(fixture);
        const auto before = fixture.log->read(5);
        VERIFY_OK(before);
        VERIFY_OK(fixture.purge({5}));
        COMPARE_ERROR(fixture.log->read(5), ErrorCode::NotFound);
        bool seen = false;
        const auto visit = [&](const ScanItem& item) -> Result<bool> {
            seen = item.header != nullptr && item.header->purged() && item.body.empty() && item.header->type == before->header.type &&
                item.header->space == before->header.space && item.header->wallTimeUs == before->header.wallTimeUs;
            return true;
        };
        VERIFY_OK(fixture.log->scan(5, 6, visit, Task{}));
        QVERIFY(seen);
    }

    void aPurgeOfWhatIsNotThereChangesNothing()
    {
        LogFixture fixture;
        buildLog(fixture);
        const Hash128 before = fixture.disk.fingerprint();
        COMPARE_ERROR(fixture.log->purge({3, fixture.log->end()}, Task{}), ErrorCode::InvalidArgument);
        QVERIFY(fixture.disk.fingerprint() == before);
    }

    void quarantinedCopiesOfPurgedBodiesGoToo()
    {
        LogFixture fixture;
        const auto stored = buildLog(fixture);
        VERIFY_OK(fixture.close());
        for (const char* folder : {"shards/0/", "shards/1/", "shards/2/"}) {
            for (const char* part : {"segment-", "tail-"}) {
                for (const std::string& path : fixture.filesNamed(std::string(folder) + part)) {
                    // Two shards of each row, some of the tail copies. The rest of the sector is evidence.
                    if (part[0] == 't' || folder[7] != '2') {
                        VERIFY_OK(fixture.disk.zeroRange(path, part[0] == 't' ? 2 * 4096 : 4096, 600));
                    }
                }
            }
        }
        VERIFY_OK(fixture.open());
        VERIFY_OK(fixture.heal());
        VERIFY_NOTHING_WRONG(fixture.check());
        unsigned evidence = 0;
        const disk::SimSnapshot quarantine = fixture.disk.snapshot("quarantine").value();
        for (const auto& [path, bytes] : quarantine.files) {
            for (const auto& [sequence, where] : stored) {
                evidence += LogFixture::holds(bytes, where.record) ? 1 : 0;
            }
        }
        QVERIFY(evidence > 0);
        QVERIFY(!fixture.filesNamed("quarantine/").empty());
        std::vector<Sequence> all;
        for (const auto& [sequence, where] : stored) {
            all.push_back(sequence);
        }
        VERIFY_OK(fixture.log->purge(all, Task{}));
        for (const auto& [sequence, where] : stored) {
            const std::string file = fixture.fileWith(where.record);
            QVERIFY2(file.empty(), file.c_str());
        }
    }

    void aPurgeThatCannotEmptyTheQuarantineIsNotDone()
    {
        LogFixture fixture;
        VERIFY_OK(fixture.append({200, 500, 80}));
        const auto stored = fixture.recordsInTails();
        VERIFY_OK(fixture.log->seal());
        VERIFY_OK(fixture.disk.zeroRange(LogFixture::folder(0) + "/" + shardFileName(0, 0), 4096, 100));
        VERIFY_OK(fixture.heal());
        fixture.disk.failOps({.on = disk::SimOp::Write, .persistent = true, .below = "quarantine"});
        COMPARE_ERROR(fixture.log->purge({1}, Task{}), ErrorCode::Io);
        fixture.disk.clearFailures();
        VERIFY_OK(fixture.reopen());
        fixture.oracle.purged = {1};
        checkBytes(fixture, stored);
        VERIFY_NOTHING_WRONG(fixture.check());
    }

    void healingBringsNothingPurgedBack()
    {
        LogFixture fixture;
        const auto stored = buildLog(fixture);
        VERIFY_OK(fixture.close());
        const disk::SimSnapshot old = fixture.disk.snapshot("shards/3").value();
        VERIFY_OK(fixture.open());
        VERIFY_OK(fixture.purge({1, 4, 5, 12}));
        VERIFY_OK(fixture.close());
        VERIFY_OK(fixture.disk.restore("shards/3", old)); // a disk that was away during the purge
        VERIFY_OK(fixture.open());
        VERIFY_NOTHING_WRONG(fixture.checkSound());
        checkBytes(fixture, stored);
        VERIFY_OK(fixture.reopen());
        VERIFY_NOTHING_WRONG(fixture.check());
    }

    void anInterruptedPurgeIsResumedAtTheNextOpening_data()
    {
        QTest::addColumn<int>("kind");
        QTest::newRow("what was not synced is lost") << static_cast<int>(disk::SimCrash::LoseUnsynced);
        QTest::newRow("everything is kept") << static_cast<int>(disk::SimCrash::KeepUnsynced);
        QTest::newRow("torn and reordered") << static_cast<int>(disk::SimCrash::Seeded);
    }
    void anInterruptedPurgeIsResumedAtTheNextOpening()
    {
        QFETCH(int, kind);
        LogFixture fixture;
        VERIFY_OK(fixture.append({200, 500, 80}));
        auto stored = fixture.recordsInTails();
        VERIFY_OK(fixture.log->seal());
        VERIFY_OK(fixture.append({300, 90}, 1));
        stored.merge(fixture.recordsInTails());
        VERIFY_OK(fixture.close());
        const auto saved = fixture.save();
        const std::vector<Sequence> targets{1, 4};
        unsigned untouched = 0;
        unsigned resumed = 0;
        CutFilter filter(fixture.disk);
        for (std::uint64_t n = 0;; ++n) {
            fixture.restore(saved);
            VERIFY_OK(fixture.open());
            filter.begin();
            fixture.disk.cutPowerAfter(n);
            const bool done = fixture.purge(targets).has_value();
            const bool met = fixture.disk.powerIsOff();
            if (filter.isRepetition() && met) {
                continue;
            }
            fixture.crash(static_cast<disk::SimCrash>(kind));
            VERIFY_OK(fixture.open());
            // Once the intent is durable all of it happens, before the log is used.
            unsigned gone = 0;
            for (const Sequence sequence : targets) {
                gone += fixture.fileWith(stored.at(sequence).record).empty() ? 1 : 0;
                QCOMPARE(fixture.fileWith(stored.at(sequence).record).empty(), !fixture.log->read(sequence).has_value());
            }
            QVERIFY2(gone == 0 || gone == targets.size(), qPrintable(QString("half a purge after a cut at operation %1").arg(n)));
            QVERIFY(gone > 0 || !done);
            untouched += gone == 0 ? 1 : 0;
            resumed += gone > 0 && !done ? 1 : 0;
            VERIFY_NOTHING_WRONG(fixture.check());
            VERIFY_OK(fixture.close());
            VERIFY_OK(fixture.disk.deletePath(LogFixture::folder(static_cast<unsigned>(n % 6))));
            VERIFY_OK(fixture.open());
            VERIFY_NOTHING_WRONG(fixture.check()); // the purge went on from a generation in few folders only if it made it safe first
            if (!met) {
                break;
            }
        }
        QVERIFY(untouched > 0);
        QVERIFY(resumed > 10);
    }

    /// Where the folder cannot be synced after the rename, the new generation is whole and the purge has failed all the same.
    void aHealAfterAFailedPurgeLosesNothing()
    {
        LogFixture fixture;
        VERIFY_OK(fixture.append({200, 500, 80}));
        VERIFY_OK(fixture.log->seal());
        VERIFY_OK(fixture.append({300, 90}, 1));
        VERIFY_OK(fixture.close());
        const auto saved = fixture.save();
        unsigned failed = 0;
        for (std::uint64_t n = 0; n < 8; ++n) {
            fixture.restore(saved);
            VERIFY_OK(fixture.open());
            for (const unsigned folder : {4U, 5U}) { // without copies of tails: they fail at the same step
                fixture.disk.failOps({.on = disk::SimOp::Sync, .after = n, .persistent = true, .below = LogFixture::folder(folder)});
            }
            const bool done = fixture.purge({1}).has_value();
            failed += done ? 0 : 1;
            fixture.disk.clearFailures();
            VERIFY_OK(fixture.heal());
            VERIFY_NOTHING_WRONG(fixture.check());
            VERIFY_OK(fixture.reopen());
            VERIFY_NOTHING_WRONG(fixture.check());
        }
        QVERIFY(failed > 2);
    }

    void aCutDuringThePurgeLosesNothingElse()
    {
        LogFixture fixture;
        VERIFY_OK(fixture.append({200, 500, 80}));
        VERIFY_OK(fixture.close());
        const auto work = [&] {
            if (fixture.open().has_value()) {
                (void)fixture.purge({1}).has_value();
            }
        };
        VERIFY_NOTHING_WRONG(cutAtEach(fixture, fixture.save(), disk::SimCrash::Seeded, work));
    }

    /// As from a backup, after folders were lost: the old shards are in all folders, the new ones in k or fewer.
    void oldShardsThatArePutBackBringNothingPurgedBack()
    {
        for (const std::size_t left : {4U, 3U}) {
            LogFixture fixture;
            const auto stored = buildLog(fixture);
            VERIFY_OK(fixture.close());
            const auto before = fixture.disk.files();
            VERIFY_OK(fixture.open());
            VERIFY_OK(fixture.purge({1, 4}));
            VERIFY_OK(fixture.close());
            const auto fresh = fixture.filesNamed("segment-0000000000-00001");
            for (std::size_t i = left; i < fresh.size(); ++i) {
                VERIFY_OK(fixture.disk.deletePath(fresh[i]));
            }
            for (const auto& [path, bytes] : before) {
                if (path.find("segment-0000000000-00000") != std::string::npos) {
                    VERIFY_OK((*fixture.disk.open(path, OpenMode::CreateNew))->writeAt(0, bytes));
                }
            }
            const auto saved = fixture.save();
            VERIFY_OK(fixture.open());
            checkBytes(fixture, stored);
            VERIFY_NOTHING_WRONG(fixture.checkSound());
            VERIFY_NOTHING_WRONG(cutAtEach(fixture, saved, disk::SimCrash::Seeded, [&] { (void)fixture.open().has_value(); }));
            checkBytes(fixture, stored);
        }
    }

    void aRecordThatWasEmptiedWithoutAPurgeRecordIsAProblem()
    {
        LogFixture fixture;
        VERIFY_OK(fixture.append({200, 300}));
        VERIFY_OK(fixture.log->seal());
        VERIFY_OK(fixture.close());
        const auto saved = fixture.save();
        VERIFY_OK(fixture.open());
        VERIFY_OK(fixture.log->purge({1}, Task{}));
        VERIFY_OK(fixture.close());
        // The purged segment, without the records behind it that tell of the purge.
        for (const std::string& path : fixture.filesNamed("shards/")) {
            if (path.find(shardFileName(0, 1)) == std::string::npos && !saved.disk.files.contains(path)) {
                VERIFY_OK(fixture.disk.deletePath(path));
            }
        }
        VERIFY_OK(fixture.open());
        const auto history = verifyHistory(*fixture.log, Task{});
        VERIFY_OK(history);
        QCOMPARE(history->purged, 1U);
        QCOMPARE(history->problems.size(), 1U);
    }

    void aCancelledPurgeGoesOnAtTheNextOpening()
    {
        LogFixture fixture;
        const auto stored = buildLog(fixture);
        std::stop_source stop;
        Task task;
        task.stop = stop.get_token();
        stop.request_stop();
        COMPARE_ERROR(fixture.log->purge({1, 12}, task), ErrorCode::Cancelled);
        VERIFY_OK(fixture.reopen());
        fixture.oracle.purged = {1, 12};
        VERIFY_NOTHING_WRONG(fixture.check());
        checkBytes(fixture, stored);
    }
};

CARMA_TEST_CLASS(TestLogPurge, "test_log_purge")

#include "test_log_purge.moc"
