// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/log_engine/log_fixture.h"
#include "core/log_engine/watching_disk.h"
#include "support/test_main.h"

#include <QTest>
#include <array>
#include <atomic>
#include <thread>

using namespace carma;
using namespace carma::log;
using carma::test::LogFixture;
using carma::test::Oracle;
using carma::test::WatchingDisk;

namespace {

constexpr std::size_t kThreads = 4;

/// What one thread appends: made before the threads begin, so that a seed gives the same texts whatever their order.
struct Writer {
    std::size_t space = 0;
    std::vector<std::vector<std::string>> batches;
    std::vector<std::pair<Sequence, std::size_t>> acknowledged; ///< first sequence, number of the batch
    std::vector<std::size_t> failed;
};

std::array<Writer, kThreads> makeWriters(LogFixture& fixture, std::size_t batches)
{
    std::array<Writer, kThreads> writers;
    for (std::size_t i = 0; i < kThreads; ++i) {
        writers[i].space = i % 2;
        for (std::size_t batch = 0; batch < batches; ++batch) {
            writers[i].batches.push_back({fixture.text(80 + 40 * i), fixture.text(500), fixture.text(20 + batch)});
        }
    }
    return writers;
}

/// Appends all batches of all writers at once.
void write(LogFixture& fixture, std::array<Writer, kThreads>& writers)
{
    std::vector<std::thread> threads;
    for (Writer& writer : writers) {
        threads.emplace_back([&fixture, &writer] {
            for (std::size_t batch = 0; batch < writer.batches.size(); ++batch) {
                std::vector<NewRecord> records;
                for (const std::string& text : writer.batches[batch]) {
                    records.push_back({RecordType::Fragment, fixture.spaces[writer.space], asBytes(text)});
                }
                const auto first = fixture.log->append(records);
                if (first.has_value()) {
                    writer.acknowledged.emplace_back(*first, batch);
                } else {
                    writer.failed.push_back(batch);
                }
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
}

/// What the threads were told goes into the oracle. False if a sequence was given out twice.
bool noteAll(LogFixture& fixture, const std::array<Writer, kThreads>& writers)
{
    bool unique = true;
    for (const Writer& writer : writers) {
        for (const auto& [first, batch] : writer.acknowledged) {
            for (std::size_t i = 0; i < writer.batches[batch].size(); ++i) {
                const Oracle::Entry entry{writer.space, writer.batches[batch][i]};
                unique = fixture.oracle.acknowledged.try_emplace(first + i, entry).second && unique;
            }
        }
        for (const std::size_t batch : writer.failed) {
            fixture.oracle.unknown.push_back(writer.batches[batch]);
        }
    }
    return unique;
}

std::size_t failuresOf(const std::array<Writer, kThreads>& writers)
{
    std::size_t failed = 0;
    for (const Writer& writer : writers) {
        failed += writer.failed.size();
    }
    return failed;
}

} // namespace

class TestGroupCommit : public QObject {
    Q_OBJECT

private slots:
    void manyThreadsAppendAndEachBatchIsWhole()
    {
        LogFixture fixture(1, 3);
        auto writers = makeWriters(fixture, 25);
        write(fixture, writers);
        QCOMPARE(failuresOf(writers), 0U);
        QVERIFY(noteAll(fixture, writers));
        QVERIFY(fixture.log->counts().sealedSegments >= 3);
        VERIFY_NOTHING_WRONG(fixture.check());
        VERIFY_OK(fixture.reopen());
        VERIFY_NOTHING_WRONG(fixture.check());
        VERIFY_NOTHING_WRONG(fixture.checkSound());
    }

    void eachThreadSeesItsBatchesInOrder()
    {
        LogFixture fixture(2, 3);
        auto writers = makeWriters(fixture, 20);
        write(fixture, writers);
        for (const Writer& writer : writers) {
            QVERIFY(std::ranges::is_sorted(writer.acknowledged));
            QCOMPARE(writer.acknowledged.size(), writer.batches.size());
        }
    }

    void callersThatComeDuringASyncShareTheNext()
    {
        LogFixture fixture(3, 2);
        VERIFY_OK(fixture.append({10}));
        VERIFY_OK(fixture.close());
        // The first batch is held in its sync until the other callers have sealed their records and had time to queue them.
        std::atomic<unsigned> clocks{0};
        struct CountingClock final : Clock {
            std::atomic<unsigned>& calls;
            explicit CountingClock(std::atomic<unsigned>& count) : calls(count) {}
            std::int64_t wallTimeUs() override
            {
                ++calls;
                return 0;
            }
            std::int64_t monotonicUs() override { return 0; }
        } clock(clocks);
        WatchingDisk watch(fixture.disk);
        std::atomic<bool> armed{false};
        std::atomic<unsigned> tailSyncs{0};
        const auto log = Log::open({watch, clock, fixture.random, *fixture.executor}, fixture.superblock, fixture.keys->clone(), {});
        VERIFY_OK(log);
        const NewRecord record{RecordType::Fragment, fixture.spaces[0], asBytes("text")};
        VERIFY_OK((*log)->append(std::span(&record, 1)));
        watch.beforeSync = [&](const std::string& path) {
            tailSyncs += path.find("tail-") != std::string::npos ? 1 : 0;
            if (armed.exchange(false)) {
                while (clocks < 1 + 2 * kThreads) {
                    std::this_thread::yield();
                }
                for (int i = 0; i < 2'000; ++i) {
                    (void)(*log)->end();
                    std::this_thread::yield();
                }
            }
        };
        clocks = 0;
        armed = true;
        std::vector<std::thread> threads;
        for (std::size_t i = 0; i < 1 + 2 * kThreads; ++i) {
            threads.emplace_back([&] { (void)(*log)->append(std::span(&record, 1)).has_value(); });
        }
        for (std::thread& thread : threads) {
            thread.join();
        }
        QCOMPARE((*log)->end(), 2 + 1 + 1 + 2 * kThreads);
        QVERIFY2(tailSyncs <= 3 * kThreads, qPrintable(QString("%1 syncs of 3 copies for 9 appends").arg(tailSyncs)));
        watch.beforeSync = nullptr;
    }

    void aFailedSyncFailsOnlyWhatItHeld()
    {
        for (std::uint64_t seed = 1; seed <= 6; ++seed) {
            LogFixture fixture(seed, 3);
            auto writers = makeWriters(fixture, 12);
            for (std::uint64_t after = 5; after < 100; after += 20 + seed) {
                fixture.disk.failOps({.on = disk::SimOp::Sync, .after = after});
            }
            write(fixture, writers);
            fixture.disk.clearFailures();
            QVERIFY(noteAll(fixture, writers));
            QVERIFY(failuresOf(writers) > 0);
            QVERIFY(!fixture.oracle.acknowledged.empty());
            VERIFY_NOTHING_WRONG(fixture.check());
            fixture.crash(disk::SimCrash::Seeded);
            VERIFY_OK(fixture.open());
            VERIFY_NOTHING_WRONG(fixture.check());
            VERIFY_NOTHING_WRONG(fixture.checkSound());
        }
    }

    void acknowledgedStaysWhenThePowerGoesUnderManyThreads()
    {
        for (std::uint64_t seed = 1; seed <= 10; ++seed) {
            LogFixture fixture(seed, 3);
            auto writers = makeWriters(fixture, 12);
            fixture.disk.cutPowerAfter(20 + 37 * seed);
            write(fixture, writers);
            QVERIFY(noteAll(fixture, writers));
            fixture.crash(disk::SimCrash::Seeded);
            VERIFY_OK(fixture.open());
            VERIFY_NOTHING_WRONG(fixture.check());
            VERIFY_NOTHING_WRONG(fixture.checkSound());
        }
    }

    void sealingBesideAppendsLosesNothing()
    {
        LogFixture fixture(4, 3);
        auto writers = makeWriters(fixture, 8);
        std::atomic<bool> done{false};
        std::atomic<unsigned> failedSeals{0};
        std::thread sealer([&] {
            do {
                failedSeals += fixture.log->seal().has_value() ? 0 : 1;
            } while (!done);
        });
        write(fixture, writers);
        done = true;
        sealer.join();
        QCOMPARE(failuresOf(writers), 0U);
        QCOMPARE(failedSeals.load(), 0U);
        QVERIFY(noteAll(fixture, writers));
        VERIFY_NOTHING_WRONG(fixture.check());
        VERIFY_NOTHING_WRONG(fixture.checkSound());
    }
};

CARMA_TEST_CLASS(TestGroupCommit, "test_group_commit")

#include "test_group_commit.moc"
