// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/hash.h"
#include "core/log_engine/log_fixture.h"
#include "support/test_main.h"

#include <QTest>

using namespace carma;
using namespace carma::log;
using carma::test::LogFixture;

namespace {

/// Several segments and a tail, and a copy of them.
struct Pair {
    explicit Pair(std::uint64_t seed = 1) : fixture(seed), copy(seed + 100) {}

    Result<void> build()
    {
        CARMA_TRY(fixture.open());
        CARMA_TRY(fixture.fill(24));
        CARMA_TRY_ASSIGN(first, fixture.log->copyTo(copy, false, Task{}));
        return {};
    }
    void deleteFolders(std::initializer_list<unsigned> numbers)
    {
        for (const unsigned number : numbers) {
            VERIFY_OK(fixture.disk.deletePath(LogFixture::folder(number)));
        }
    }
    /// A log over the copy, opened as a store of its own.
    Result<std::unique_ptr<Log>> openCopy(bool readOnly = true)
    {
        LogOptions options = fixture.options;
        options.readOnly = readOnly;
        const LogEnvironment environment{copy, fixture.clock, fixture.random, *fixture.executor};
        return Log::open(environment, fixture.superblock, fixture.keys->clone(), options);
    }

    /// One byte of a record of the copy becomes another, with every check and digest of the copy made to fit.
    Result<void> lie(std::uint64_t number)
    {
        const Geometry geometry = fixture.superblock.geometry;
        const ShardFolders folders = shardFolders(geometry);
        CARMA_TRY_ASSIGN(
            const auto segment, openSegment(copy, *fixture.executor, fixture.superblock.store, geometry, folders, {number, 0}));
        Bytes payload = segment->salvage().payload;
        payload[kRecordHeaderBytes + 20] ^= std::byte{1};
        RecordHeader header = decodeHeader(payload).value();
        const ByteView body = ByteView(payload).subspan(kRecordHeaderBytes, header.storedBytes);
        header.bodyCheck = hash64(body, header.sequence);
        encodeHeader(header, std::span<std::byte, kRecordHeaderBytes>(payload.data(), kRecordHeaderBytes));
        CARMA_TRY(writeSegment(copy, *fixture.executor, folders, segment->info(), payload));
        return {};
    }

    LogFixture fixture;
    disk::SimDisk copy;
    CopyOutcome first;
};

} // namespace

/// A copy of a store, and what comes back from it.
class TestCopies : public QObject {
    Q_OBJECT

private slots:
    void aCopyHoldsEverythingAndOpensByItself()
    {
        Pair pair;
        VERIFY_OK(pair.build());
        QVERIFY(pair.first.segmentsWritten > 3);
        QCOMPARE(pair.first.segmentsKept, std::uint64_t{0});
        QVERIFY(pair.first.problems.empty());
        auto log = pair.openCopy();
        VERIFY_OK(log);
        VERIFY_NOTHING_WRONG(pair.fixture.check(**log));
        QCOMPARE((*log)->end(), pair.fixture.log->end());
        const auto scrubbed = (*log)->scrub(Task{});
        VERIFY_OK(scrubbed);
        QCOMPARE(scrubbed->damage.faultsCount, 0U);
    }

    void theSecondTimeOnlyWhatIsNewIsWritten()
    {
        Pair pair;
        VERIFY_OK(pair.build());
        auto again = pair.fixture.log->copyTo(pair.copy, false, Task{});
        VERIFY_OK(again);
        QCOMPARE(again->segmentsWritten, std::uint64_t{0});
        QCOMPARE(again->segmentsKept, pair.first.segmentsWritten);
        QCOMPARE(again->bytesWritten, std::uint64_t{0});
        VERIFY_OK(pair.fixture.fill(6));
        again = pair.fixture.log->copyTo(pair.copy, false, Task{});
        VERIFY_OK(again);
        QVERIFY(again->segmentsWritten >= 1 && again->segmentsWritten < pair.first.segmentsWritten);
        auto log = pair.openCopy();
        VERIFY_OK(log);
        VERIFY_NOTHING_WRONG(pair.fixture.check(**log));
    }

    void damageDoesNotTravel()
    {
        Pair pair;
        VERIFY_OK(pair.fixture.open());
        VERIFY_OK(pair.fixture.fill(24));
        VERIFY_OK(pair.fixture.log->seal());
        (void)pair.fixture.disk.flipRandomBits(40, "shards/1");
        pair.deleteFolders({4});
        VERIFY_OK(pair.fixture.log->copyTo(pair.copy, false, Task{}));
        auto log = pair.openCopy();
        VERIFY_OK(log);
        QCOMPARE((*log)->scrub(Task{})->damage.faultsCount, 0U);
        VERIFY_NOTHING_WRONG(pair.fixture.check(**log));
    }

    void whatWasPurgedLeavesTheCopyToo()
    {
        Pair pair;
        VERIFY_OK(pair.build());
        VERIFY_OK(pair.fixture.purge({3, 4}));
        VERIFY_OK(pair.fixture.log->copyTo(pair.copy, false, Task{}));
        auto log = pair.openCopy();
        VERIFY_OK(log);
        VERIFY_NOTHING_WRONG(pair.fixture.check(**log));
        for (unsigned folder = 0; folder < 6; ++folder) {
            std::set<std::uint64_t> segments;
            const auto files = pair.copy.list(LogFixture::folder(folder));
            VERIFY_OK(files);
            for (const FileInfo& file : *files) {
                if (const auto shard = parseShardFileName(file.name)) {
                    QVERIFY2(segments.insert(shard->segment).second, "two generations of a segment");
                }
            }
        }
    }

    void threeLostFoldersComeBackFromTheCopy()
    {
        Pair pair;
        VERIFY_OK(pair.build());
        pair.deleteFolders({0, 2, 5});
        VERIFY_OK(pair.fixture.heal());
        std::set<Sequence> lost;
        VERIFY_NOTHING_WRONG(pair.fixture.check(&lost));
        QVERIFY(!lost.empty());
        const auto adopted = pair.fixture.log->adoptFrom(pair.copy, Task{});
        VERIFY_OK(adopted);
        QCOMPARE(adopted->segments, pair.first.segmentsWritten);
        VERIFY_NOTHING_WRONG(pair.fixture.check());
        VERIFY_NOTHING_WRONG(pair.fixture.checkSound());
        const auto again = pair.fixture.log->adoptFrom(pair.copy, Task{});
        VERIFY_OK(again);
        QCOMPARE(again->segments, std::uint64_t{0});
    }

    void segmentsThatAreGoneWithAllFilesComeBackByTheirSignature()
    {
        Pair pair;
        VERIFY_OK(pair.build());
        VERIFY_OK(pair.fixture.fill(3));
        VERIFY_OK(pair.fixture.close());
        for (unsigned folder = 0; folder < 6; ++folder) {
            for (const std::uint64_t segment : {1U, 2U}) {
                VERIFY_OK(pair.fixture.disk.deletePath(LogFixture::folder(folder) + "/" + shardFileName(segment, 0)));
            }
        }
        VERIFY_OK(pair.fixture.open());
        QVERIFY(pair.fixture.log->hasGaps());
        const auto adopted = pair.fixture.log->adoptFrom(pair.copy, Task{});
        VERIFY_OK(adopted);
        QCOMPARE(adopted->segments, std::uint64_t{2});
        QVERIFY(!pair.fixture.log->hasGaps());
        VERIFY_NOTHING_WRONG(pair.fixture.check());
        const auto history = verifyHistory(*pair.fixture.log, Task{});
        VERIFY_OK(history);
        QVERIFY(history->problems.empty());
    }

    void whatWasForgottenDoesNotComeBack()
    {
        for (const bool allFiles : {false, true}) {
            Pair pair;
            VERIFY_OK(pair.build());
            VERIFY_OK(pair.fixture.purge({3, 4, 5}));
            VERIFY_OK(pair.fixture.close());
            for (unsigned folder = 0; folder < (allFiles ? 6U : 3U); ++folder) {
                VERIFY_OK(pair.fixture.disk.deletePath(LogFixture::folder(folder) + "/" + shardFileName(0, 1)));
            }
            VERIFY_OK(pair.fixture.open());
            const auto adopted = pair.fixture.log->adoptFrom(pair.copy, Task{});
            VERIFY_OK(adopted);
            QCOMPARE(adopted->segments, std::uint64_t{1});
            VERIFY_NOTHING_WRONG(pair.fixture.check());
            COMPARE_ERROR(pair.fixture.log->read(4), ErrorCode::NotFound);
            const auto history = verifyHistory(*pair.fixture.log, Task{});
            VERIFY_OK(history);
            QVERIFY(history->problems.empty());
        }
    }

    void aLyingCopyIsRefused()
    {
        for (const bool allFiles : {false, true}) {
            Pair pair;
            VERIFY_OK(pair.build());
            for (std::uint64_t segment = 0; segment < pair.first.segmentsWritten; ++segment) {
                VERIFY_OK(pair.lie(segment));
            }
            VERIFY_OK(pair.fixture.close());
            for (unsigned folder = 0; folder < (allFiles ? 6U : 3U); ++folder) {
                VERIFY_OK(pair.fixture.disk.deletePath(LogFixture::folder(folder) + "/" + shardFileName(1, 0)));
            }
            VERIFY_OK(pair.fixture.open());
            const auto adopted = pair.fixture.log->adoptFrom(pair.copy, Task{});
            VERIFY_OK(adopted);
            QCOMPARE(adopted->segments, std::uint64_t{0});
            QVERIFY(!adopted->notes.empty());
            std::set<Sequence> lost;
            VERIFY_NOTHING_WRONG(pair.fixture.check(&lost));
            QVERIFY(!lost.empty());
        }
    }

    void aDamagedCopyGivesWhatItsOwnParityProves()
    {
        Pair pair;
        VERIFY_OK(pair.build());
        VERIFY_OK(pair.copy.deletePath("shards/1"));
        VERIFY_OK(pair.copy.deletePath("shards/3"));
        (void)pair.copy.flipRandomBits(10);
        pair.deleteFolders({0, 1, 2, 3});
        VERIFY_OK(pair.fixture.heal());
        VERIFY_OK(pair.fixture.log->adoptFrom(pair.copy, Task{}));
        VERIFY_NOTHING_WRONG(pair.fixture.check());
    }

    void aCheckedCopyIsMadeWholeAgain()
    {
        Pair pair;
        VERIFY_OK(pair.build());
        VERIFY_OK(pair.copy.flipBit("shards/2/" + shardFileName(1, 0), 5000, 2));
        QCOMPARE(pair.fixture.log->copyTo(pair.copy, false, Task{})->segmentsWritten, std::uint64_t{0});
        QCOMPARE(pair.fixture.log->copyTo(pair.copy, true, Task{})->segmentsWritten, std::uint64_t{1});
        auto log = pair.openCopy();
        VERIFY_OK(log);
        QCOMPARE((*log)->scrub(Task{})->damage.faultsCount, 0U);
    }

    void anotherStoreAndOtherThingsAreNotOverwritten()
    {
        Pair pair;
        VERIFY_OK(pair.build());
        LogFixture stranger(9);
        VERIFY_OK(stranger.open());
        VERIFY_OK(stranger.fill(3));
        if (stranger.superblock.store != pair.fixture.superblock.store) {
            COMPARE_ERROR(stranger.log->copyTo(pair.copy, false, Task{}), ErrorCode::InvalidArgument);
            COMPARE_ERROR(stranger.log->adoptFrom(pair.copy, Task{}), ErrorCode::InvalidArgument);
        }
        disk::SimDisk full(3);
        VERIFY_OK(replaceFile(full, "letters.txt", asBytes("dear reader")));
        COMPARE_ERROR(pair.fixture.log->copyTo(full, false, Task{}), ErrorCode::AlreadyExists);
        QCOMPARE(full.list("")->size(), std::size_t{2}); // the letters and the lock
        disk::SimDisk empty(4);
        COMPARE_ERROR(pair.fixture.log->adoptFrom(empty, Task{}), ErrorCode::NotFound);
    }

    void aCopyThatWasWrittenToIsLeftAlone()
    {
        Pair pair;
        VERIFY_OK(pair.build());
        {
            auto log = pair.openCopy(false);
            VERIFY_OK(log);
            const std::string words = "written to the copy";
            const NewRecord record{RecordType::Fragment, pair.fixture.spaces[0], asBytes(words)};
            VERIFY_OK((*log)->append(std::span(&record, 1)));
            VERIFY_OK((*log)->close());
        }
        VERIFY_OK(pair.fixture.fill(4));
        COMPARE_ERROR(pair.fixture.log->copyTo(pair.copy, false, Task{}), ErrorCode::InvalidArgument);
    }

    void aReaderMakesNoCopy()
    {
        Pair pair;
        VERIFY_OK(pair.build());
        auto reader = pair.fixture.openReader();
        VERIFY_OK(reader);
        COMPARE_ERROR((*reader)->copyTo(pair.copy, false, Task{}), ErrorCode::Busy);
        COMPARE_ERROR((*reader)->adoptFrom(pair.copy, Task{}), ErrorCode::Busy);
    }

    /// Power fails at each operation on the copy; the next backup completes it, and the store itself never suffers.
    void aCutAtAnyPlaceIsCompletedByTheNextCopy()
    {
        Pair pair;
        VERIFY_OK(pair.fixture.open());
        VERIFY_OK(pair.fixture.fill(8));
        for (std::uint64_t cut = 0;; cut += 3) {
            disk::SimDisk target(cut + 5);
            target.cutPowerAfter(cut);
            const auto copied = pair.fixture.log->copyTo(target, false, Task{});
            if (!target.powerIsOff()) {
                VERIFY_OK(copied);
                QVERIFY(cut > 50);
                break;
            }
            target.crash(disk::SimCrash::Seeded);
            const auto again = pair.fixture.log->copyTo(target, false, Task{});
            QVERIFY2(again.has_value(), again.has_value() ? "" : (std::to_string(cut) + ": " + again.error().message).c_str());
            const LogEnvironment environment{target, pair.fixture.clock, pair.fixture.random, *pair.fixture.executor};
            LogOptions options = pair.fixture.options;
            options.readOnly = true;
            auto log = Log::open(environment, pair.fixture.superblock, pair.fixture.keys->clone(), options);
            VERIFY_OK(log);
            VERIFY_NOTHING_WRONG(pair.fixture.check(**log));
        }
        VERIFY_NOTHING_WRONG(pair.fixture.check());
    }
};

CARMA_TEST_CLASS(TestCopies, "test_copies")
#include "test_copies.moc"
