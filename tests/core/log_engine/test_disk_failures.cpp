// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/log_engine/log_fixture.h"
#include "core/log_engine/watching_disk.h"
#include "log/tail/tail.h"
#include "support/test_main.h"

#include <QTest>

using namespace carma;
using namespace carma::log;
using carma::test::failAtEach;
using carma::test::LogFixture;
using carma::test::WatchingDisk;
using disk::SimOp;

namespace {

/// Fails the n-th operation, once and for good; the latter with reads spared, because a disk that reads nothing tells nothing.
void addFailures()
{
    QTest::addColumn<bool>("persistent");
    QTest::addColumn<int>("on");
    QTest::newRow("one operation") << false << static_cast<int>(SimOp::Any);
    QTest::newRow("all writes from one on") << true << static_cast<int>(SimOp::Write);
    QTest::newRow("all syncs from one on") << true << static_cast<int>(SimOp::Sync);
}

/// A segment, and a tail with two batches; closed.
LogFixture::Saved buildLog(LogFixture& fixture)
{
    const bool built = fixture.append({200, 700}).has_value() && fixture.log->seal().has_value() && fixture.append({300}, 1).has_value() &&
        fixture.append({100, 50}).has_value() && fixture.close().has_value();
    return built ? fixture.save() : LogFixture::Saved{};
}

std::uint64_t usedBytes(const LogFixture& fixture)
{
    std::uint64_t used = 0;
    for (const auto& [path, bytes] : fixture.disk.files()) {
        used += bytes.size();
    }
    return used;
}

} // namespace

class TestDiskFailures : public QObject {
    Q_OBJECT

private slots:
    void aFailureOfAnyOperationOfAppendingIsTold_data() { addFailures(); }
    void aFailureOfAnyOperationOfAppendingIsTold()
    {
        QFETCH(bool, persistent);
        QFETCH(int, on);
        LogFixture fixture;
        const auto saved = buildLog(fixture);
        const auto work = [&] {
            if (fixture.open().has_value()) {
                (void)fixture.append({60, 4100}).has_value();
                (void)fixture.append({30}, 1).has_value();
            }
        };
        VERIFY_NOTHING_WRONG(failAtEach(fixture, saved, {.on = static_cast<SimOp>(on), .persistent = persistent}, work));
    }

    void aFailureOfAnyOperationOfSealingIsTold_data() { addFailures(); }
    void aFailureOfAnyOperationOfSealingIsTold()
    {
        QFETCH(bool, persistent);
        QFETCH(int, on);
        LogFixture fixture;
        const auto saved = buildLog(fixture);
        const auto work = [&] {
            if (fixture.open().has_value()) {
                (void)fixture.log->seal().has_value();
                (void)fixture.append({30}, 1).has_value();
            }
        };
        VERIFY_NOTHING_WRONG(failAtEach(fixture, saved, {.on = static_cast<SimOp>(on), .persistent = persistent}, work));
    }

    void aFailureOfAnyOperationOfHealingDoesNoHarm_data() { addFailures(); }
    void aFailureOfAnyOperationOfHealingDoesNoHarm()
    {
        QFETCH(bool, persistent);
        QFETCH(int, on);
        LogFixture fixture;
        buildLog(fixture);
        VERIFY_OK(fixture.disk.deletePath(LogFixture::folder(1)));
        for (const std::string& path : fixture.filesNamed(LogFixture::folder(2))) {
            VERIFY_OK(fixture.disk.zeroRange(path, 1000, 500));
        }
        const auto saved = fixture.save();
        const auto work = [&] {
            if (fixture.open().has_value()) {
                (void)fixture.heal().has_value();
            }
        };
        VERIFY_NOTHING_WRONG(failAtEach(fixture, saved, {.on = static_cast<SimOp>(on), .persistent = persistent}, work));
    }

    void aFailureOfAnyOperationOfPurgingIsTold_data() { addFailures(); }
    void aFailureOfAnyOperationOfPurgingIsTold()
    {
        QFETCH(bool, persistent);
        QFETCH(int, on);
        LogFixture fixture;
        const auto saved = buildLog(fixture);
        const auto work = [&] {
            if (fixture.open().has_value()) {
                (void)fixture.purge({1, 3}).has_value();
            }
        };
        VERIFY_NOTHING_WRONG(failAtEach(fixture, saved, {.on = static_cast<SimOp>(on), .persistent = persistent}, work));
    }

    void aDiskThatReadsNothingIsReported()
    {
        LogFixture fixture;
        const auto saved = buildLog(fixture);
        fixture.restore(saved);
        fixture.disk.failOps({.on = SimOp::Read, .persistent = true});
        QVERIFY(!fixture.open().has_value());
        fixture.disk.clearFailures();
        VERIFY_OK(fixture.open());
        VERIFY_NOTHING_WRONG(fixture.checkSound());
    }

    void aTailIsNotUsedAgainAfterAFailedSync_data()
    {
        QTest::addColumn<bool>("cacheKeeps");
        QTest::addColumn<unsigned>("after");
        for (unsigned after = 0; after < 9; ++after) {
            QTest::addRow("sync %u, pages dropped", after) << false << after;
            QTest::addRow("sync %u, pages shown", after) << true << after;
        }
    }
    void aTailIsNotUsedAgainAfterAFailedSync()
    {
        QFETCH(bool, cacheKeeps);
        QFETCH(unsigned, after);
        LogFixture fixture;
        WatchingDisk watch(fixture.disk);
        fixture.seen = &watch;
        VERIFY_OK(fixture.append({200}));
        VERIFY_OK(fixture.reopen());
        VERIFY_OK(fixture.append({200, 300}));
        fixture.disk.failOps({.on = SimOp::Sync, .after = after, .cacheKeepsFailedPages = cacheKeeps});
        unsigned failed = 0;
        for (int i = 0; i < 5; ++i) {
            failed += fixture.append({5000, 40}).has_value() ? 0 : 1;
            VERIFY_NOTHING_WRONG(fixture.check());
        }
        QCOMPARE(failed, 1U);
        QCOMPARE(watch.filesWithFailedSync().size(), 1U);
        QVERIFY(watch.usedAfterFailedSync().empty());
        fixture.crash(disk::SimCrash::LoseUnsynced);
        VERIFY_OK(fixture.open());
        VERIFY_NOTHING_WRONG(fixture.check());
        VERIFY_NOTHING_WRONG(fixture.checkSound());
        fixture.log.reset();
    }

    void aFailedBatchDoesNotComeBack()
    {
        for (unsigned after = 0; after < 3; ++after) {
            for (const bool cacheKeeps : {false, true}) {
                LogFixture fixture(after + 1);
                VERIFY_OK(fixture.append({200}));
                fixture.disk.failOps({.on = SimOp::Sync, .after = after, .cacheKeepsFailedPages = cacheKeeps});
                QVERIFY(!fixture.append({5000, 40}).has_value());
                VERIFY_NOTHING_WRONG(fixture.check());
                const Sequence end = fixture.log->end();
                VERIFY_OK(fixture.append({70}));
                QVERIFY(fixture.oracle.acknowledged.contains(end)); // its sequences are taken by the next batch, or by itself
                const auto fate = [&] { return fixture.log->end(); };
                const Sequence before = fate();
                fixture.crash(disk::SimCrash::KeepUnsynced);
                VERIFY_OK(fixture.open());
                QCOMPARE(fate(), before);
                VERIFY_NOTHING_WRONG(fixture.check());
            }
        }
    }

    void aGivenUpTailThatCannotBeRemovedStaysGivenUp()
    {
        unsigned leftBehind = 0;
        for (unsigned after = 0; after < 8; ++after) {
            LogFixture fixture(after + 1);
            VERIFY_OK(fixture.append({200}));
            VERIFY_OK(fixture.log->seal());
            const std::string name = log::tailFileName(1);
            for (unsigned folder = 0; folder < 6; ++folder) {
                fixture.disk.failOps(
                    {.on = SimOp::Write, .after = after, .persistent = true, .below = LogFixture::folder(folder) + "/" + name});
            }
            fixture.disk.failOps({.on = SimOp::Sync, .after = 1, .below = LogFixture::folder(2) + "/" + name});
            (void)fixture.append({60, 70}).has_value();
            fixture.disk.clearFailures();
            VERIFY_OK(fixture.append({80}));
            leftBehind += fixture.filesNamed(name).empty() || fixture.filesNamed("tail-").size() < 4 ? 0 : 1;
            fixture.crash(disk::SimCrash::KeepUnsynced);
            VERIFY_OK(fixture.open());
            VERIFY_NOTHING_WRONG(fixture.check());
            VERIFY_NOTHING_WRONG(fixture.checkSound());
        }
        QVERIFY(leftBehind > 0);
    }

    void aFullDiskRefusesAndGoesOnWhenThereIsRoom()
    {
        LogFixture fixture;
        VERIFY_OK(fixture.fill(4));
        for (std::uint64_t room = 0; room < 80'000; room += 3'000) {
            fixture.disk.setSpaceBudget(usedBytes(fixture) + room);
            Result<void> appended;
            for (int i = 0; i < 8 && appended.has_value(); ++i) {
                appended = fixture.append({1000, 2000});
            }
            if (!appended.has_value()) {
                COMPARE_ERROR(appended, ErrorCode::NoSpace);
            }
            VERIFY_NOTHING_WRONG(fixture.check());
            (void)fixture.log->seal().has_value();
            VERIFY_NOTHING_WRONG(fixture.check());
            fixture.disk.setSpaceBudget(std::nullopt);
            VERIFY_OK(fixture.append({20}));
            VERIFY_OK(fixture.log->seal());
            VERIFY_NOTHING_WRONG(fixture.check());
        }
        VERIFY_OK(fixture.reopen());
        VERIFY_NOTHING_WRONG(fixture.checkSound());
    }

    void healingAFullDiskLosesNothing()
    {
        LogFixture fixture;
        buildLog(fixture);
        VERIFY_OK(fixture.disk.deletePath(LogFixture::folder(0)));
        VERIFY_OK(fixture.disk.deletePath(LogFixture::folder(5)));
        const auto saved = fixture.save();
        for (std::uint64_t room = 0; room < 50'000; room += 2'500) {
            fixture.restore(saved);
            VERIFY_OK(fixture.open());
            fixture.disk.setSpaceBudget(usedBytes(fixture) + room);
            (void)fixture.heal().has_value();
            VERIFY_NOTHING_WRONG(fixture.check());
            fixture.disk.setSpaceBudget(std::nullopt);
            VERIFY_NOTHING_WRONG(fixture.checkSound());
        }
    }
};

CARMA_TEST_CLASS(TestDiskFailures, "test_disk_failures")

#include "test_disk_failures.moc"
