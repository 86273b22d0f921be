// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/log_engine/log_fixture.h"
#include "log/tail/tail.h"
#include "support/test_main.h"

#include <QTest>

#include <algorithm>

using namespace carma;
using namespace carma::log;
using carma::test::LogFixture;

namespace {

constexpr std::string_view kTail = "tail-0000000000.log";

/// The folders that have the first tail.
std::vector<std::string> holders(const LogFixture& fixture)
{
    std::vector<std::string> folders;
    for (const std::string& path : fixture.filesNamed(kTail)) {
        folders.push_back(path.substr(0, path.rfind('/')));
    }
    return folders;
}

/// Cuts the tail's copies but the first to what they were before the last batch.
void leaveLastBatchInOneCopy(LogFixture& fixture, std::uint64_t bytes)
{
    const auto folders = holders(fixture);
    for (std::size_t i = 1; i < folders.size(); ++i) {
        VERIFY_OK(fixture.disk.truncateFile(folders[i] + "/" + std::string(kTail), bytes));
    }
}

} // namespace

/// What an interrupted write leaves behind is decided once, and so that it stays decided whatever folder goes next.
class TestHalfDone : public QObject {
    Q_OBJECT

private slots:
    void aBatchThatFailedForLackOfRoomIsInNoCopy()
    {
        LogFixture fixture;
        VERIFY_OK(fixture.append({200}));
        const auto before = fixture.disk.files();
        std::uint64_t used = 0;
        for (const auto& [path, bytes] : before) {
            used += bytes.size();
        }
        // Room for one copy of the batch and a part of the next.
        fixture.disk.setSpaceBudget(used + 6000);
        QVERIFY(!fixture.append({3000}).has_value());
        fixture.disk.setSpaceBudget(std::nullopt);
        for (const std::string& folder : holders(fixture)) {
            const std::string path = folder + "/" + std::string(kTail);
            QVERIFY(fixture.disk.files().at(path) == before.at(path));
        }
        VERIFY_OK(fixture.append({50}));
        VERIFY_NOTHING_WRONG(fixture.checkSound());
    }

    void aBatchThatOneCopyHoldsAfterACrashSurvivesTheLossOfThatCopy()
    {
        LogFixture fixture;
        VERIFY_OK(fixture.append({200}));
        const std::uint64_t bytes = fixture.disk.files().at(holders(fixture).front() + "/" + std::string(kTail)).size();
        VERIFY_OK(fixture.append({300}));
        fixture.crash(disk::SimCrash::KeepUnsynced);
        leaveLastBatchInOneCopy(fixture, bytes);
        VERIFY_OK(fixture.open());
        VERIFY_NOTHING_WRONG(fixture.check());
        fixture.crash(disk::SimCrash::KeepUnsynced);
        VERIFY_OK(fixture.disk.deletePath(holders(fixture).front()));
        VERIFY_OK(fixture.open());
        VERIFY_NOTHING_WRONG(fixture.check());
    }

    void aKeyRingThatOneCopyHoldsAfterACrashSurvivesTheLossOfThatCopy()
    {
        LogFixture fixture;
        const auto old = fixture.disk.files();
        const auto created = fixture.log->keys().createSpace("third");
        VERIFY_OK(created);
        fixture.crash(disk::SimCrash::KeepUnsynced);
        for (unsigned folder = 1; folder < 6; ++folder) {
            const std::string path = LogFixture::folder(folder) + "/keyring";
            VERIFY_OK(fixture.disk.restore(path, {.files = {{"", old.at(path)}}, .folders = {}}));
        }
        VERIFY_OK(fixture.open());
        VERIFY_OK(fixture.log->keys().find((*created)->id));
        fixture.crash(disk::SimCrash::KeepUnsynced);
        VERIFY_OK(fixture.disk.deletePath(LogFixture::folder(0)));
        VERIFY_OK(fixture.open());
        VERIFY_OK(fixture.log->keys().find((*created)->id));
    }

    void aTailThatOutlivedItsSealingAndRottedDoesNotReplaceTheSegment()
    {
        LogFixture fixture;
        VERIFY_OK(fixture.append({900, 900, 900}));
        VERIFY_OK(fixture.append({900}));
        const std::string tail = holders(fixture).front() + "/" + std::string(kTail);
        const std::string folder = tail.substr(0, tail.rfind('/'));
        // The folder takes the last batch but refuses the removal of its copy; it has no shard; then that copy rots.
        fixture.disk.failOps({.on = disk::SimOp::Write, .after = 1, .persistent = true, .below = tail});
        VERIFY_OK(fixture.log->seal());
        fixture.crash(disk::SimCrash::KeepUnsynced);
        fixture.disk.clearFailures();
        for (const std::string& path : fixture.filesNamed("segment-0000000000")) {
            if (path.starts_with(folder + "/")) {
                VERIFY_OK(fixture.disk.deletePath(path));
            }
        }
        QVERIFY(holders(fixture) == std::vector{folder});
        VERIFY_OK(fixture.disk.zeroRange(tail, 2 * 4096, 4096));
        const auto reader = fixture.openReader();
        VERIFY_OK(reader);
        VERIFY_NOTHING_WRONG(fixture.check(**reader));
        VERIFY_OK(fixture.open());
        VERIFY_NOTHING_WRONG(fixture.check());
        VERIFY_NOTHING_WRONG(fixture.checkSound());
    }

    void openingForReadingCompletesNothing()
    {
        LogFixture fixture;
        VERIFY_OK(fixture.append({200}));
        const std::uint64_t bytes = fixture.disk.files().at(holders(fixture).front() + "/" + std::string(kTail)).size();
        VERIFY_OK(fixture.append({300}));
        fixture.crash(disk::SimCrash::KeepUnsynced);
        leaveLastBatchInOneCopy(fixture, bytes);
        const auto before = fixture.disk.files();
        const auto reader = fixture.openReader();
        VERIFY_OK(reader);
        VERIFY_NOTHING_WRONG(fixture.check(**reader));
        QVERIFY(fixture.disk.files() == before);
    }

    void anOldTailThatIsPutBackIsMovedAsideAndTold()
    {
        LogFixture fixture;
        VERIFY_OK(fixture.append({200}));
        const std::string folder = holders(fixture).front();
        Bytes tail = fixture.disk.files().at(folder + "/" + std::string(kTail));
        VERIFY_OK(fixture.log->seal());
        VERIFY_OK(fixture.append({300}));
        VERIFY_OK(fixture.close());
        // One that is no tail of this log at all: its header is gone.
        std::fill(tail.begin(), tail.begin() + 8192, std::byte{0x5A});
        const std::string stray = folder + "/" + tailFileName(77);
        VERIFY_OK(fixture.disk.restore(stray, {.files = {{"", tail}}, .folders = {}}));
        VERIFY_OK(fixture.open());
        const auto healed = fixture.heal();
        VERIFY_OK(healed);
        QCOMPARE(healed->damage.faultsCount, std::uint64_t{1});
        QVERIFY(healed->damage.faults.front().kind == FaultKind::Stale);
        QCOMPARE(healed->damage.faults.front().file, stray);
        QVERIFY(fixture.filesNamed(tailFileName(77)).size() == 1);
        QVERIFY(fixture.filesNamed(tailFileName(77)).front().starts_with("quarantine/"));
        VERIFY_NOTHING_WRONG(fixture.checkSound());
    }

    void aPurgeDropsTheEvidenceOfADamagedTail()
    {
        LogFixture fixture;
        VERIFY_OK(fixture.append({900, 700}));
        const auto records = fixture.recordsInTails();
        const Sequence secret = records.begin()->first;
        VERIFY_OK(fixture.close());
        const std::string path = holders(fixture).front() + "/" + std::string(kTail);
        VERIFY_OK(fixture.disk.zeroRange(path, 2 * 4096 + 1500, 100)); // behind the record
        VERIFY_OK(fixture.open());
        VERIFY_OK(fixture.heal());
        QVERIFY(!fixture.filesNamed("quarantine/tail-").empty());
        VERIFY_OK(fixture.purge({secret}));
        QVERIFY(fixture.filesNamed("quarantine/tail-").empty());
        QCOMPARE(fixture.fileWith(records.at(secret).record), std::string());
    }

    void aPurgeThatCannotBeFinishedWaitsAndDoesNotKeepTheLogShut()
    {
        LogFixture fixture;
        VERIFY_OK(fixture.append({900, 700}));
        const auto records = fixture.recordsInTails();
        const Sequence secret = records.begin()->first;
        VERIFY_OK(fixture.log->seal());
        VERIFY_OK(fixture.append({300}));
        // Two folders cannot take the new shards, and a third is gone: too few for a segment.
        VERIFY_OK(fixture.disk.deletePath(LogFixture::folder(5)));
        const auto fail = [&] {
            for (unsigned folder = 0; folder < 3; ++folder) {
                fixture.disk.failOps({.on = carma::disk::SimOp::Write,
                    .persistent = true,
                    .below = LogFixture::folder(folder) + "/segment-0000000000-00001.shard.tmp"});
            }
        };
        fail();
        QVERIFY(!fixture.purge({secret}).has_value());
        QVERIFY(!fixture.fileWith(records.at(secret).record).empty());
        fixture.log.reset();
        VERIFY_OK(fixture.open());
        QCOMPARE(fixture.log->takeNotices().size(), std::size_t{1});
        // Segments that are begun meanwhile must not make it forget.
        VERIFY_OK(fixture.fill(20));
        QVERIFY(fixture.log->counts().sealedSegments > 3);
        VERIFY_OK(fixture.reopen());
        QCOMPARE(fixture.log->takeNotices().size(), std::size_t{1});
        fixture.disk.clearFailures();
        VERIFY_OK(fixture.heal());
        fixture.oracle.purged.insert(secret);
        QCOMPARE(fixture.fileWith(records.at(secret).record), std::string());
        VERIFY_NOTHING_WRONG(fixture.checkSound());
    }

    void aTailThatCouldNotBeSealedIsReadBetweenSegments()
    {
        LogFixture fixture;
        for (unsigned folder = 0; folder < 2; ++folder) {
            fixture.disk.failOps({.on = carma::disk::SimOp::Write,
                .persistent = true,
                .below = LogFixture::folder(folder) + "/segment-0000000000-00000.shard.tmp"});
        }
        VERIFY_OK(fixture.fill(20));
        QVERIFY(fixture.log->counts().sealedSegments > 0);
        QCOMPARE(fixture.filesNamed(kTail).size(), std::size_t{3});
        VERIFY_NOTHING_WRONG(fixture.check());
        QVERIFY(!fixture.log->hasGaps());
        fixture.disk.clearFailures();
        VERIFY_NOTHING_WRONG(fixture.checkSound());
    }

    void appendsAreRefusedBeforeUnsealedTailsFillTheMemory()
    {
        LogFixture fixture;
        VERIFY_OK(fixture.disk.deletePath(LogFixture::folder(1)));
        VERIFY_OK(fixture.disk.deletePath(LogFixture::folder(4)));
        unsigned batches = 0;
        Result<void> appended;
        while (appended.has_value() && batches < 200) {
            appended = fixture.append({2000, 1500});
            ++batches;
        }
        COMPARE_ERROR(appended, ErrorCode::Io);
        QVERIFY2(appended.error().message.find("heal the store") != std::string::npos, appended.error().message.c_str());
        QVERIFY(batches > 16 && batches < 60); // 9 segments of 12 KiB
        VERIFY_NOTHING_WRONG(fixture.check());
        VERIFY_OK(fixture.heal());
        VERIFY_OK(fixture.append({100}));
        VERIFY_NOTHING_WRONG(fixture.checkSound());
    }

    void theLogGoesOnBehindASegmentThatLostItsIndex()
    {
        LogFixture fixture;
        VERIFY_OK(fixture.fill(8));
        VERIFY_OK(fixture.log->seal());
        const Sequence end = fixture.log->end();
        VERIFY_OK(fixture.close());
        const std::uint64_t segments = 1 +
            static_cast<std::uint64_t>(std::ranges::count_if(
                fixture.filesNamed(LogFixture::folder(0)), [](const std::string& path) { return path.ends_with(".shard"); }));
        QVERIFY(segments > 2);
        for (unsigned folder = 0; folder < 3; ++folder) {
            VERIFY_OK(fixture.disk.deletePath(LogFixture::folder(folder)));
        }
        VERIFY_OK(fixture.open());
        VERIFY_OK(fixture.log->skipTo(end + 5));
        VERIFY_OK(fixture.append({40}));
        QVERIFY(fixture.oracle.acknowledged.contains(end + 5));
        VERIFY_OK(fixture.log->read(end + 5));
        VERIFY_OK(fixture.reopen());
        VERIFY_OK(fixture.log->read(end + 5));
    }
};

CARMA_TEST_CLASS(TestHalfDone, "test_half_done")

#include "test_half_done.moc"
