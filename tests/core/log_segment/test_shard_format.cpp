// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/log_segment/segment_fixture.h"
#include "support/test_main.h"

#include <QTest>
#include <fstream>
#include <sstream>

using namespace carma;
using namespace carma::log;
using carma::test::SegmentFixture;

namespace {

/// The bytes of the page's one hex block; lines that are all zero are left out of it.
Bytes pageExample()
{
    std::ifstream page(CARMA_SOURCE_DIR "/core/docs/format/shard.md");
    Bytes bytes(2 * kSectorBytes + 4 * kSectorBytes);
    bool inside = false;
    for (std::string line; std::getline(page, line);) {
        if (line.rfind("```", 0) == 0) {
            inside = line == "```hex";
            continue;
        }
        std::istringstream words(inside ? line : "");
        std::string word;
        if (!(words >> word)) {
            continue;
        }
        std::size_t at = std::stoul(word, nullptr, 16);
        while (words >> word && at < bytes.size()) {
            bytes[at++] = static_cast<std::byte>(std::stoul(word, nullptr, 16));
        }
    }
    return bytes;
}

} // namespace

class TestShardFormat : public QObject {
    Q_OBJECT

private slots:
    void fileNamesRoundTripAndNothingElseIsOne()
    {
        QCOMPARE(shardFileName(12, 3), std::string("segment-0000000012-00003.shard"));
        for (const std::uint64_t number : {std::uint64_t{0}, std::uint64_t{9999999999}, std::uint64_t{10000000000}, kSegmentNumberMax}) {
            const auto id = parseShardFileName(shardFileName(number, 65535));
            QVERIFY(id.has_value());
            QCOMPARE(id->segment, number);
            QCOMPARE(id->generation, 65535);
        }
        for (const char* name : {"", "segment-.shard", "segment-0000000012-00003.shard.tmp", "segment-0000000012-65536.shard",
                 "segment-00000000012-00003.shard", "segment-000000001a-00003.shard", "segment-0000000012_00003.shard", "tail-1.log"}) {
            QVERIFY2(!parseShardFileName(name), name);
        }
    }

    void hostileHeadersAreRefused()
    {
        SegmentFixture fixture(5000);
        Bytes payload = toBytes(framePayload(sectorOf(ByteView(fixture.file(0)), 0)));
        QVERIFY(parseHeader(payload).has_value());
        for (std::size_t size = 0; size < payload.size(); ++size) {
            QVERIFY(!parseHeader(ByteView(payload).first(size)));
        }
        for (const std::size_t at : {std::size_t{0}, std::size_t{4}, std::size_t{38}, std::size_t{34}, std::size_t{35}, std::size_t{55}}) {
            Bytes wrong = payload;
            wrong[at] = std::byte{0xFF}; // format, shard, generation (allowed), k, m, payload size
            QCOMPARE(parseHeader(wrong).has_value(), at == 38);
        }
    }

    void theExampleOfTheFormatPageIsWhatIsWritten()
    {
        test::MemoryDisk disk;
        disk.folders.insert("a");
        const auto executor = makeInlineExecutor();
        SegmentInfo info;
        for (std::size_t i = 0; i < 16; ++i) {
            info.store.bytes[i] = static_cast<std::uint8_t>(i);
        }
        info.segment = 1;
        info.generation = 2;
        info.geometry = {1, 0};
        info.firstSequence = 3;
        info.recordCount = 4;
        const auto written = writeSegment(disk, *executor, {"a"}, info, asBytes("memory that does not rot"));
        VERIFY_OK(written);
        const Bytes& file = *disk.files.at("a/" + shardFileName(1, 2));
        if (qEnvironmentVariableIsSet("CARMA_PRINT_EXAMPLE")) {
            print(file);
        }
        QVERIFY(file == pageExample());
        *disk.files.at("a/" + shardFileName(1, 2)) = pageExample();
        const auto segment = openSegment(disk, *executor, info.store, info.geometry, {"a"}, {1, 2});
        VERIFY_OK(segment);
        QCOMPARE((*segment)->info().recordCount, 4U);
        QCOMPARE(toString((*segment)->salvage().payload), std::string("memory that does not rot"));
    }

private:
    static void print(ByteView file)
    {
        for (std::size_t at = 0; at < file.size(); at += 16) {
            const ByteView row = file.subspan(at, 16);
            if (std::ranges::all_of(row, [](std::byte b) { return b == std::byte{0}; })) {
                continue;
            }
            std::printf("%04zx ", at);
            for (const std::byte b : row) {
                std::printf(" %02x", std::to_integer<unsigned>(b));
            }
            std::printf("\n");
        }
    }
};

CARMA_TEST_CLASS(TestShardFormat, "test_shard_format")
#include "test_shard_format.moc"
