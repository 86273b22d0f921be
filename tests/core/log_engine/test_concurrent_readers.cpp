// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/log_engine/log_fixture.h"
#include "support/test_main.h"

#include <QTest>
#include <atomic>
#include <thread>

using namespace carma;
using namespace carma::log;
using carma::test::LogFixture;
using carma::test::SeededRandom;

namespace {

/// Reads at random and in order until told to stop; counts what is wrong.
struct Reading {
    std::atomic<unsigned> reads{0};
    std::atomic<unsigned> wrong{0};

    void run(Log& log, const std::atomic<bool>& done, std::uint64_t seed)
    {
        SeededRandom random(seed);
        while (!done) {
            const Sequence end = log.end();
            const auto record = log.read(random.below(end));
            wrong += record.has_value() ? 0 : 1;
            Sequence next = 0;
            const auto visit = [&](const ScanItem& item) -> Result<bool> {
                wrong += item.sequence == next++ && item.lostCount == 0 ? 0 : 1;
                return true;
            };
            wrong += log.scan(0, end, visit, Task{}).has_value() && next == end ? 0 : 1;
            ++reads;
        }
    }
};

} // namespace

class TestConcurrentReaders : public QObject {
    Q_OBJECT

private slots:
    void threadsReadWhileOneWritesAndSeals()
    {
        LogFixture fixture(1, 3);
        VERIFY_OK(fixture.fill(2));
        std::atomic<bool> done{false};
        Reading reading;
        std::vector<std::thread> threads;
        for (std::uint64_t seed = 1; seed <= 2; ++seed) {
            threads.emplace_back([&, seed] { reading.run(*fixture.log, done, seed); });
        }
        bool written = true;
        for (int i = 0; i < 40 || reading.reads < 4; ++i) {
            written = fixture.fill(1).has_value() && written;
        }
        done = true;
        for (std::thread& thread : threads) {
            thread.join();
        }
        QVERIFY(written);
        QCOMPARE(reading.wrong.load(), 0U);
        VERIFY_NOTHING_WRONG(fixture.check());
    }

    void threadsReadWhileScrubAndHealRun()
    {
        LogFixture fixture(2, 3);
        VERIFY_OK(fixture.fill(16));
        VERIFY_OK(fixture.disk.deletePath(LogFixture::folder(1)));
        std::atomic<bool> done{false};
        Reading reading;
        std::thread reader([&] { reading.run(*fixture.log, done, 1); });
        bool repaired = true;
        for (unsigned i = 0; i < 6 || reading.reads < 4; ++i) {
            repaired = fixture.disk.flipRandomBits(20, "shards").size() == 20 && fixture.scrub().has_value() && repaired;
            repaired = fixture.heal().has_value() && repaired;
        }
        done = true;
        reader.join();
        QVERIFY(repaired);
        QCOMPARE(reading.wrong.load(), 0U);
        VERIFY_NOTHING_WRONG(fixture.checkSound());
    }

    void aReaderRefreshesWhileTheWriterSealsAndPurges()
    {
        LogFixture fixture(3, 3);
        VERIFY_OK(fixture.fill(2));
        auto reader = fixture.openReader();
        VERIFY_OK(reader);
        std::atomic<bool> done{false};
        std::atomic<unsigned> rounds{0};
        std::atomic<unsigned> failed{0};
        std::atomic<unsigned> wentBack{0};
        std::atomic<unsigned> gaps{0};
        std::thread follower([&] {
            Sequence before = 0;
            while (!done) {
                failed += (*reader)->refresh().has_value() ? 0 : 1;
                const Sequence end = (*reader)->end();
                wentBack += end >= before ? 0 : 1;
                gaps += (*reader)->hasGaps() ? 1 : 0;
                before = end;
                ++rounds;
            }
        });
        bool written = true;
        for (Sequence i = 0; i < 30 || rounds < 4; ++i) {
            written = fixture.fill(1).has_value() && written;
            if (i % 10 == 5) {
                written = fixture.purge({i}).has_value() && written;
            }
        }
        done = true;
        follower.join();
        QVERIFY(written);
        QCOMPARE(failed.load(), 0U);
        QCOMPARE(wentBack.load(), 0U);
        QCOMPARE(gaps.load(), 0U);
        VERIFY_OK((*reader)->refresh());
        VERIFY_NOTHING_WRONG(fixture.check(**reader));
        VERIFY_NOTHING_WRONG(fixture.check());
    }
};

CARMA_TEST_CLASS(TestConcurrentReaders, "test_concurrent_readers")

#include "test_concurrent_readers.moc"
