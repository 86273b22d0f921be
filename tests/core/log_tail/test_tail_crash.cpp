// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/log_tail/tail_fixture.h"
#include "support/test_main.h"

#include <QTest>

using namespace carma;
using namespace carma::log;
using carma::test::TailFixture;
using disk::SimCrash;

namespace {

/// Reads after a crash: what was acknowledged is there, the last batch is there whole or not at all, nothing counts as
/// lost; and the tail goes on.
void recoverAndCheck(TailFixture& tail, const Bytes& unacknowledged)
{
    const auto contents = tail.read();
    VERIFY_OK(contents);
    QVERIFY(contents->gaps.empty());
    QVERIFY(contents->lostSectors.empty());
    const Bytes acknowledged = tail.allRecords();
    Bytes both = acknowledged;
    both.insert(both.end(), unacknowledged.begin(), unacknowledged.end());
    QVERIFY(contents->records == acknowledged || contents->records == both);
    VERIFY_OK(tail.repair(*contents));
    const auto repaired = tail.read();
    VERIFY_OK(repaired);
    QVERIFY(repaired->clean());
    QVERIFY(repaired->records == contents->records);
    auto writer = continueTail(tail.disk, *tail.executor, tail.folders, *repaired);
    VERIFY_OK(writer);
    tail.writer = std::move(*writer);
    const auto sequences = TailFixture::sequencesOf(*repaired);
    tail.next = sequences.empty() ? TailFixture::kFirst : sequences.back() + 1;
    VERIFY_OK(tail.append({77, 5000}));
    const auto after = tail.read();
    VERIFY_OK(after);
    QVERIFY(after->clean());
    QVERIFY(TailFixture::accountsForAll(*after, tail.next));
}

} // namespace

class TestTailCrash : public QObject {
    Q_OBJECT

private slots:
    void aCrashAtEachOperationLosesNothingAcknowledged()
    {
        for (const std::size_t copies : {1U, 2U, 3U}) {
            for (std::uint64_t ops = 0; ops < 2 * copies; ++ops) {
                for (std::uint64_t seed = 1; seed <= 12; ++seed) {
                    TailFixture tail(copies, seed * 100 + ops);
                    tail.create();
                    VERIFY_OK(tail.append({100, 9000}));
                    VERIFY_OK(tail.append({5000}));
                    tail.disk.cutPowerAfter(ops);
                    const Sequence first = tail.next;
                    const Bytes batch = tail.makeRecords({300, 20000, 10, 4000});
                    QVERIFY(!tail.writer->append(first, 4, batch));
                    tail.disk.crash(SimCrash::Seeded);
                    recoverAndCheck(tail, batch);
                }
            }
        }
    }

    void aCrashWhileATailIsMadeLeavesItUnbornOrWhole()
    {
        for (std::uint64_t ops = 0; ops < 12; ++ops) {
            for (std::uint64_t seed = 1; seed <= 10; ++seed) {
                TailFixture tail(3, seed * 100 + ops);
                tail.disk.cutPowerAfter(ops);
                const bool made = createTail(tail.disk, *tail.executor, tail.folders, tail.header).has_value();
                tail.disk.crash(SimCrash::Seeded);
                const auto contents = tail.read();
                QVERIFY(contents || !made);
                if (contents) {
                    QVERIFY(contents->header == tail.header);
                    recoverAndCheck(tail, {});
                } else {
                    QCOMPARE(contents.error().code, ErrorCode::NotFound);
                }
            }
        }
    }

    void anEndCutAnywhereInTheOnlyCopyDropsJustTheLastBatch()
    {
        TailFixture reference(1);
        reference.create();
        VERIFY_OK(reference.append({100, 9000}));
        const std::uint64_t kept = reference.writer->fileBytes();
        VERIFY_OK(reference.append({300, 9000, 10}));
        const std::uint64_t size = reference.writer->fileBytes();
        const auto snapshot = reference.disk.snapshot();
        VERIFY_OK(snapshot);
        for (std::uint64_t cut = kept; cut < size; cut += (cut % kSectorBytes < 40 || cut % kSectorBytes > 4050) ? 1 : 97) {
            TailFixture tail(1);
            tail.disk.load(*snapshot);
            VERIFY_OK(tail.disk.truncateFile(tail.path(0), cut));
            const auto contents = tail.read();
            VERIFY_OK(contents);
            QVERIFY(contents->records == reference.batches[0].records);
            QVERIFY(contents->gaps.empty() && contents->lostSectors.empty());
            QCOMPARE(contents->tornSectors, (cut - kept + kSectorBytes - 1) / kSectorBytes);
            VERIFY_OK(tail.repair(*contents));
            QVERIFY(tail.read()->clean());
            QCOMPARE(tail.disk.info(tail.path(0)).value()->size, kept);
        }
    }

    void unwrittenPartsOfTheLastBatchAreTorn()
    {
        // Blocks that never reached the medium read as zeroes, the rest of the batch is there.
        TailFixture reference(1);
        reference.create();
        VERIFY_OK(reference.append({100}));
        VERIFY_OK(reference.append({300, 9000, 10}));
        const auto snapshot = reference.disk.snapshot();
        VERIFY_OK(snapshot);
        const std::uint64_t first = reference.batches[1].sector * kSectorBytes;
        for (std::uint64_t at = first; at < reference.writer->fileBytes(); at += 512) {
            TailFixture tail(1);
            tail.disk.load(*snapshot);
            VERIFY_OK(tail.disk.zeroRange(tail.path(0), at, 512));
            const auto contents = tail.read();
            VERIFY_OK(contents);
            QVERIFY(contents->lostSectors.empty());
            QVERIFY(contents->records == reference.batches[0].records || contents->records == reference.allRecords());
        }
    }

    void aFullDiskBreaksTheWriterAndLosesNothing()
    {
        for (std::uint64_t room = 0; room < 90000; room += 3001) {
            TailFixture tail(3, room);
            tail.create();
            VERIFY_OK(tail.append({100, 9000}));
            std::uint64_t used = 0;
            for (const auto& [path, bytes] : tail.disk.files()) {
                used += bytes.size();
            }
            tail.disk.setSpaceBudget(used + room);
            const Sequence first = tail.next;
            const Bytes batch = tail.makeRecords({30000});
            COMPARE_ERROR(tail.writer->append(first, 1, batch), ErrorCode::NoSpace);
            tail.disk.setSpaceBudget(std::nullopt);
            recoverAndCheck(tail, batch);
        }
    }

    void aCrashOfTheRepairIsRepaired()
    {
        for (std::uint64_t ops = 0; ops < 30; ++ops) {
            TailFixture tail(3, ops + 1);
            tail.create();
            VERIFY_OK(tail.append({100, 9000}));
            VERIFY_OK(tail.append({20000, 5}));
            tail.ruin(0, 4);
            tail.ruin(2, 3);
            tail.ruinInAll(7);
            VERIFY_OK(tail.disk.deletePath(tail.path(1)));
            const auto before = tail.read();
            VERIFY_OK(before);
            tail.disk.cutPowerAfter(ops);
            static_cast<void>(tail.repair(*before).has_value());
            tail.disk.crash(SimCrash::Seeded);
            const auto after = tail.read();
            VERIFY_OK(after);
            QVERIFY(after->records == before->records);
            QVERIFY(after->merged == before->merged);
            VERIFY_OK(tail.repair(*after));
            QVERIFY(tail.read()->clean());
        }
    }
};

CARMA_TEST_CLASS(TestTailCrash, "test_tail_crash")
#include "test_tail_crash.moc"
