// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/log_record/doc_example.h"
#include "core/log_tail/tail_fixture.h"
#include "log/tail/tail_format.h"
#include "support/test_main.h"

#include <QTest>

using namespace carma;
using namespace carma::log;
using carma::test::TailFixture;

class TestTailRoundTrip : public QObject {
    Q_OBJECT

private slots:
    void theExamplesOfTheFormatPageAreAHeaderAndATrailer()
    {
        const Bytes headerExample = test::docExample("tail.md", 0);
        const auto header = decodeTailHeader(headerExample);
        VERIFY_OK(header);
        QVERIFY(header->store == StoreId{}.plus(4242));
        QCOMPARE(header->segment, std::uint64_t{3});
        QCOMPARE(header->firstSequence, Sequence{5});
        const auto frontier = MerkleFrontier::decode(header->frontier);
        VERIFY_OK(frontier);
        QCOMPARE(frontier->size(), std::uint64_t{5});
        QVERIFY(encodeTailHeader(*header) == headerExample);

        const Bytes record = test::docExample("record.md");
        const Bytes trailerExample = test::docExample("tail.md", 1);
        Bytes payload = record;
        payload.insert(payload.end(), trailerExample.begin(), trailerExample.end());
        const auto trailer = decodeTrailer(payload);
        QVERIFY(trailer.has_value());
        QCOMPARE(trailer->recordCount, 1U);
        QCOMPARE(trailer->firstSequence, Sequence{5});
        QCOMPARE(trailer->recordBytes, std::uint64_t{record.size()});
        QVERIFY(trailer->check == hash128(record, 5));
        QVERIFY(encodeTrailer(*trailer) == trailerExample);
    }

    void newerVersionsAreRefused()
    {
        TailFixture tail;
        Bytes payload = encodeTailHeader(tail.header);
        payload[4] = std::byte{2};
        COMPARE_ERROR(decodeTailHeader(payload), ErrorCode::Unsupported);
        COMPARE_ERROR(decodeTailHeader(ByteView(payload).first(30)), ErrorCode::Unsupported);
        payload[4] = std::byte{1};
        COMPARE_ERROR(decodeTailHeader(ByteView(payload).first(30)), ErrorCode::Corruption);
    }

    void fileNamesGoBothWays()
    {
        QCOMPARE(tailFileName(0), std::string("tail-0000000000.log"));
        QCOMPARE(tailFileName(12345678901234ULL), std::string("tail-12345678901234.log"));
        QCOMPARE(parseTailFileName(tailFileName(7)), std::optional<std::uint64_t>(7));
        QCOMPARE(parseTailFileName(tailFileName(~0ULL)), std::optional<std::uint64_t>(~0ULL));
        for (const char* name : {"", "tail-.log", "tail-7.log", "tail-00000000007.log", "tail-000000000x.log", "tail--000000001.log",
                 "tail-0000000007.log.tmp", "tail-99999999999999999999999.log"}) {
            QVERIFY2(!parseTailFileName(name), name);
        }
    }

    void anEmptyTailHoldsItsHeader()
    {
        TailFixture tail;
        tail.header.frontier.resize(8 + 64 * 32, std::byte{3}); // the longest there can be
        tail.create();
        const auto contents = tail.read();
        VERIFY_OK(contents);
        QVERIFY(contents->header == tail.header);
        QVERIFY(contents->clean());
        QVERIFY(contents->records.empty() && contents->gaps.empty());
        QCOMPARE(contents->merged.size(), tail.writer->fileBytes());
        COMPARE_ERROR(createTail(tail.disk, *tail.executor, tail.folders, tail.header), ErrorCode::AlreadyExists);
        QVERIFY(tail.read()->clean()); // the failed attempt removed nothing
    }

    void recordsOfAllSizesComeBack()
    {
        TailFixture tail;
        tail.create();
        // Sizes around what fills a sector and leaves no room for the trailer.
        for (std::size_t size = 4032 - 80 - 45; size <= 4032 - 80 + 5; ++size) {
            VERIFY_OK(tail.append({size}));
        }
        for (const std::size_t size : {0U, 1U, 4031U, 4032U, 8000U, 1U << 20U, 2U << 20U}) {
            VERIFY_OK(tail.append({size}));
            VERIFY_OK(tail.append({size, 0, size}));
        }
        std::vector<std::size_t> many;
        for (int i = 0; i < 1000; ++i) {
            many.push_back(tail.random.below(3000));
        }
        VERIFY_OK(tail.append(many));
        const auto contents = tail.read();
        VERIFY_OK(contents);
        QVERIFY(contents->clean());
        QVERIFY(contents->records == tail.allRecords());
        QCOMPARE(contents->merged.size(), tail.writer->fileBytes());
        QVERIFY(TailFixture::accountsForAll(*contents, tail.next));
        for (const auto& [path, bytes] : tail.disk.files()) {
            QVERIFY2(bytes == contents->merged, path.c_str());
        }
    }

    void threadsWriteTheSameBytes()
    {
        TailFixture inlined;
        TailFixture threaded;
        threaded.executor = makeThreadExecutor(3);
        for (TailFixture* tail : {&inlined, &threaded}) {
            tail->create();
            VERIFY_OK(tail->append({1U << 20U, 5, 300000}));
        }
        QVERIFY(inlined.disk.files() == threaded.disk.files());
    }

    void whatIsNoRunOfRecordsIsRefusedAndBreaksNothing()
    {
        TailFixture tail;
        tail.create();
        const Bytes records = tail.makeRecords({10, 20});
        COMPARE_ERROR(tail.writer->append(TailFixture::kFirst, 1, records), ErrorCode::InvalidArgument);
        COMPARE_ERROR(tail.writer->append(TailFixture::kFirst, 3, records), ErrorCode::InvalidArgument);
        COMPARE_ERROR(tail.writer->append(TailFixture::kFirst + 1, 2, records), ErrorCode::InvalidArgument);
        COMPARE_ERROR(tail.writer->append(TailFixture::kFirst, 0, {}), ErrorCode::InvalidArgument);
        COMPARE_ERROR(tail.writer->append(TailFixture::kFirst, 2, ByteView(records).first(records.size() - 1)), ErrorCode::InvalidArgument);
        VERIFY_OK(tail.writer->append(TailFixture::kFirst, 2, records));
        QVERIFY(tail.read()->records == records);
    }

    void aTailThatWasNeverBegunIsNotFound()
    {
        TailFixture tail;
        COMPARE_ERROR(tail.read(), ErrorCode::NotFound);
        VERIFY_OK(tail.disk.open(tail.path(0), OpenMode::CreateNew));
        COMPARE_ERROR(tail.read(), ErrorCode::NotFound);
    }

    void tailsOfOtherStoresAndSegmentsAreNotTaken()
    {
        TailFixture tail;
        tail.create();
        VERIFY_OK(tail.append({10}));
        COMPARE_ERROR(readTail(tail.disk, StoreId{}.plus(1), TailFixture::kSegment, tail.folders), ErrorCode::Corruption);
        for (const std::string& folder : tail.folders) {
            VERIFY_OK(tail.disk.rename(folder + "/" + tailFileName(TailFixture::kSegment), folder + "/" + tailFileName(8)));
        }
        COMPARE_ERROR(readTail(tail.disk, tail.header.store, 8, tail.folders), ErrorCode::Corruption);
    }

    void aBrokenWriterStaysBroken()
    {
        TailFixture tail;
        tail.create();
        VERIFY_OK(tail.append({100}));
        tail.disk.failOps({.on = disk::SimOp::Sync, .below = tail.folders[1]});
        COMPARE_ERROR(tail.append({200}), ErrorCode::Io);
        COMPARE_ERROR(tail.append({300}), ErrorCode::Io);
        const auto contents = tail.read();
        VERIFY_OK(contents);
        VERIFY_OK(tail.repair(*contents));
        auto writer = continueTail(tail.disk, *tail.executor, tail.folders, *contents);
        VERIFY_OK(writer);
        tail.writer = std::move(*writer);
        tail.next = TailFixture::sequencesOf(*contents).back() + 1;
        VERIFY_OK(tail.append({400, 5000}));
        QVERIFY(tail.read()->clean());
        QVERIFY(TailFixture::accountsForAll(*tail.read(), tail.next));
    }
};

CARMA_TEST_CLASS(TestTailRoundTrip, "test_tail_round_trip")
#include "test_tail_round_trip.moc"
