// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/log_engine/log_fixture.h"
#include "support/test_main.h"

#include <QTest>

using namespace carma;
using namespace carma::log;
using carma::test::LogFixture;

class TestAppendRead : public QObject {
    Q_OBJECT

private slots:
    void whatIsAppendedIsReadOverSegmentsAndNamespaces()
    {
        LogFixture fixture;
        VERIFY_OK(fixture.fill(30));
        QVERIFY(fixture.log->counts().sealedSegments >= 3);
        VERIFY_NOTHING_WRONG(fixture.check());
        VERIFY_OK(fixture.reopen());
        QVERIFY(fixture.log->counts().sealedSegments >= 3);
        QVERIFY(!fixture.log->hasGaps());
        VERIFY_NOTHING_WRONG(fixture.check());
        const auto history = verifyHistory(*fixture.log, Task{});
        VERIFY_OK(history);
        QVERIFY(history->problems.empty());
        QCOMPARE(history->records, fixture.log->end());
        QCOMPARE(history->lost, 0U);
    }

    void aBatchGetsConsecutiveSequencesThatGoOnAfterReopening()
    {
        LogFixture fixture;
        Sequence expected = 0;
        for (int round = 0; round < 3; ++round) {
            VERIFY_OK(fixture.append({10, 20, 30}));
            for (Sequence i = 0; i < 3; ++i) {
                QVERIFY(fixture.oracle.acknowledged.contains(expected + i));
            }
            expected += 3;
            QCOMPARE(fixture.log->end(), expected);
            VERIFY_OK(fixture.reopen());
            ++expected; // closing appends a checkpoint
            QCOMPARE(fixture.log->end(), expected);
        }
    }

    void recordsKeepTypeNamespaceAndTime()
    {
        LogFixture fixture;
        const Bytes body = toBytes("a body");
        const NewRecord record{RecordType::Document, fixture.spaces[1], body};
        fixture.clock.setWallTimeUs(42'000'000);
        const auto first = fixture.log->append(std::span(&record, 1));
        VERIFY_OK(first);
        fixture.clock.setWallTimeUs(-7);
        VERIFY_OK(fixture.log->append(std::span(&record, 1)));
        const auto read = fixture.log->read(*first);
        VERIFY_OK(read);
        QVERIFY(read->header.type == RecordType::Document);
        QVERIFY(read->header.space == fixture.spaces[1]);
        QCOMPARE(read->header.wallTimeUs, 42'000'000);
        QVERIFY(read->body == body);
        QCOMPARE(fixture.log->read(*first + 1)->header.wallTimeUs, -7);
    }

    void anEmptyBodyIsKept()
    {
        LogFixture fixture;
        const NewRecord record{RecordType::Fragment, fixture.spaces[0], {}};
        const auto first = fixture.log->append(std::span(&record, 1));
        VERIFY_OK(first);
        VERIFY_OK(fixture.log->seal());
        const auto read = fixture.log->read(*first);
        VERIFY_OK(read);
        QVERIFY(read->body.empty());
    }

    void aScanVisitsTheRangeAndStopsWhenTold()
    {
        LogFixture fixture;
        VERIFY_OK(fixture.fill(20));
        const auto visited = [&](Sequence from, Sequence to, std::size_t atMost) {
            std::vector<Sequence> sequences;
            const auto scanned = fixture.log->scan(
                from, to,
                [&](const ScanItem& item) -> Result<bool> {
                    sequences.push_back(item.sequence);
                    return sequences.size() < atMost;
                },
                Task{});
            return scanned.has_value() ? sequences : std::vector<Sequence>{kNoSequence};
        };
        const Sequence end = fixture.log->end();
        for (const auto& [from, to] : {std::pair{Sequence{5}, Sequence{40}}, {0, end}, {end - 1, end}, {17, 18}}) {
            std::vector<Sequence> expected;
            for (Sequence i = from; i < to; ++i) {
                expected.push_back(i);
            }
            QVERIFY(visited(from, to, 10'000) == expected);
        }
        QVERIFY(visited(end, kNoSequence, 10'000).empty());
        QVERIFY(visited(9, 9, 10'000).empty());
        QVERIFY((visited(30, kNoSequence, 3) == std::vector<Sequence>{30, 31, 32}));
    }

    void anErrorOfTheVisitorEndsTheScan()
    {
        LogFixture fixture;
        VERIFY_OK(fixture.fill(2));
        const auto failing = [](const ScanItem&) -> Result<bool> { return Error{ErrorCode::Cancelled, "enough"}; };
        COMPARE_ERROR(fixture.log->scan(0, kNoSequence, failing, Task{}), ErrorCode::Cancelled);
    }

    void whatIsNotInTheLogIsNotFound()
    {
        LogFixture fixture;
        VERIFY_OK(fixture.append({10}));
        COMPARE_ERROR(fixture.log->read(1), ErrorCode::NotFound);
        COMPARE_ERROR(fixture.log->read(kNoSequence), ErrorCode::NotFound);
    }

    void whatIsTooLargeIsRefusedAndChangesNothing()
    {
        LogFixture fixture;
        VERIFY_OK(fixture.append({10}));
        const Hash128 before = fixture.disk.fingerprint();
        const Bytes large(kRecordBodyBytesMax + 1);
        const NewRecord one{RecordType::Fragment, fixture.spaces[0], large};
        COMPARE_ERROR(fixture.log->append(std::span(&one, 1)), ErrorCode::LimitExceeded);
        const NewRecord most{RecordType::Fragment, fixture.spaces[0], ByteView(large).first(kRecordBodyBytesMax)};
        const std::vector<NewRecord> five(5, most);
        COMPARE_ERROR(fixture.log->append(five), ErrorCode::LimitExceeded);
        COMPARE_ERROR(fixture.log->append({}), ErrorCode::InvalidArgument);
        const NewRecord foreign{RecordType::Fragment, fixture.spaces[0].plus(1), ByteView(large).first(5)};
        COMPARE_ERROR(fixture.log->append(std::span(&foreign, 1)), ErrorCode::NotFound);
        QVERIFY(fixture.disk.fingerprint() == before);
        QCOMPARE(fixture.log->end(), 1U);
        VERIFY_OK(fixture.append({20}));
        VERIFY_NOTHING_WRONG(fixture.check());
    }

    void theLargestAppendIsTakenWhole()
    {
        LogFixture fixture;
        const Bytes body = fixture.random.bytes(kRecordBodyBytesMax);
        const NewRecord most{RecordType::Fragment, fixture.spaces[0], body};
        const std::vector<NewRecord> four(4, most);
        VERIFY_OK(fixture.log->append(four));
        VERIFY_OK(fixture.reopen());
        for (Sequence i = 0; i < 4; ++i) {
            const auto read = fixture.log->read(i);
            VERIFY_OK(read);
            QVERIFY(read->body == body);
        }
    }

    /// What a scan opens together is bounded by bytes as well as by number.
    void aScanOfLargeAndSmallRecordsMissesNone()
    {
        LogFixture fixture(1, 2);
        VERIFY_OK(fixture.append({900'000, 700'000, 10, 0, 600'000, 5, 1'000'000, 300'000, 300'000, 300'000, 300'000, 40}));
        VERIFY_NOTHING_WRONG(fixture.check());
        VERIFY_OK(fixture.log->seal());
        std::vector<Sequence> seen;
        const auto visit = [&](const ScanItem& item) -> Result<bool> {
            seen.push_back(item.sequence);
            return true;
        };
        for (const Sequence from : {Sequence{0}, Sequence{3}, fixture.log->end() - 1}) {
            seen.clear();
            VERIFY_OK(fixture.log->scan(from, fixture.log->end(), visit, Task{}));
            QCOMPARE(seen.size(), fixture.log->end() - from);
            for (std::size_t i = 0; i < seen.size(); ++i) {
                QCOMPARE(seen[i], from + i);
            }
        }
        VERIFY_NOTHING_WRONG(fixture.check());
    }

    /// With a nonce used twice, AES-GCM gives away both texts and lets others seal. Large batches are sealed in parts, by many threads.
    void noNonceIsUsedTwice()
    {
        LogFixture fixture(1, 3);
        fixture.options.segmentBytes = 1U << 20U; // all of it stays in one tail
        VERIFY_OK(fixture.reopen());
        const std::vector<std::string> equal(200, "the same words again and again");
        for (int batch = 0; batch < 3; ++batch) {
            VERIFY_OK(fixture.appendTexts(equal));
            VERIFY_OK(fixture.appendTexts({equal.front()}));
        }
        VERIFY_OK(fixture.reopen());
        VERIFY_OK(fixture.appendTexts(equal));
        const auto records = fixture.recordsInTails();
        QCOMPARE(records.size(), static_cast<std::size_t>(fixture.log->end()));
        QVERIFY(records.size() > 3 * 201 + 200);
        std::set<Bytes> nonces;
        for (const auto& [sequence, stored] : records) {
            const ByteView nonce = ByteView(stored.record).subspan(kRecordHeaderBytes, crypto::kNonceBytes);
            QVERIFY2(nonces.insert(toBytes(nonce)).second, qPrintable(QString::number(sequence)));
        }
    }

    void aClosedLogTakesNothing()
    {
        LogFixture fixture;
        VERIFY_OK(fixture.append({10}));
        VERIFY_OK(fixture.log->close());
        COMPARE_ERROR(fixture.append({10}), ErrorCode::InvalidArgument);
        VERIFY_OK(fixture.log->close());
        VERIFY_OK(fixture.log->read(0));
    }

    void sealingTwiceMakesOneSegment()
    {
        LogFixture fixture;
        VERIFY_OK(fixture.log->seal());
        QCOMPARE(fixture.log->counts().sealedSegments, 0U);
        VERIFY_OK(fixture.append({10}));
        VERIFY_OK(fixture.log->seal());
        const Hash128 before = fixture.disk.fingerprint();
        VERIFY_OK(fixture.log->seal());
        QCOMPARE(fixture.log->counts().sealedSegments, 1U);
        QVERIFY(fixture.disk.fingerprint() == before);
        QVERIFY(fixture.filesNamed("tail-").empty());
        QCOMPARE(fixture.filesNamed(".shard").size(), 6U);
    }

    void countsTellWhatIsThere()
    {
        LogFixture fixture;
        VERIFY_OK(fixture.append({10, 20}));
        VERIFY_OK(fixture.log->seal());
        VERIFY_OK(fixture.append({5000}));
        VERIFY_OK(fixture.disk.deletePath(LogFixture::folder(4)));
        const LogCounts counts = fixture.log->counts();
        QCOMPARE(counts.records, fixture.log->end());
        QCOMPARE(counts.records, 4U);
        QCOMPARE(counts.sealedSegments, 1U);
        QVERIFY(counts.tailBytes > 3000);
        QCOMPARE(counts.foldersPresent, 5U);
        QCOMPARE(counts.failureDomains, 1U);
    }
};

CARMA_TEST_CLASS(TestAppendRead, "test_append_read")

#include "test_append_read.moc"
