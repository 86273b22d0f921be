// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/log_tail/tail_fixture.h"
#include "support/test_main.h"

#include <QTest>

using namespace carma;
using namespace carma::log;
using carma::test::TailFixture;
using carma::test::TextRandom;

class TestTailFuzz : public QObject {
    Q_OBJECT

private slots:
    void randomFilesNeverCrashTheReader()
    {
        for (std::uint64_t seed = 1; seed <= 60; ++seed) {
            TailFixture tail(1 + seed % 4, seed);
            for (std::size_t i = 0; i < tail.folders.size(); ++i) {
                auto file = tail.disk.open(tail.path(i), OpenMode::Create);
                VERIFY_OK(file);
                VERIFY_OK((*file)->writeAt(0, tail.random.bytes(tail.random.below(10 * kSectorBytes))));
            }
            const auto contents = tail.read();
            QVERIFY(!contents);
        }
    }

    void wellFormedSectorsWithNonsenseInThemNeverCrashTheReader()
    {
        for (std::uint64_t seed = 1; seed <= 300; ++seed) {
            TailFixture tail(1 + seed % 3, seed);
            tail.create();
            if (seed % 2 == 0) {
                VERIFY_OK(tail.append({10, 5000, 30}));
            }
            TextRandom& random = tail.random;
            const std::uint64_t from = random.below(2) == 0 ? 2 : 3;
            const std::uint64_t count = 1 + random.below(8);
            for (std::size_t copy = 0; copy < tail.folders.size(); ++copy) {
                auto file = tail.disk.open(tail.path(copy), OpenMode::ReadWrite);
                VERIFY_OK(file);
                for (std::uint64_t i = from; i < from + count; ++i) {
                    Bytes payload = random.bytes(random.below(kSectorPayloadBytes + 1));
                    if (payload.size() >= 40 && random.below(2) == 0) { // a trailer with small random numbers
                        const ByteSpan trailer = ByteSpan(payload).last(40);
                        std::ranges::copy(asBytes("CRMB"), trailer.begin());
                        for (std::size_t k = 4; k < 24; ++k) {
                            trailer[k] = k % 4 < 2 ? trailer[k] & std::byte{0x1F} : std::byte{0};
                        }
                    }
                    const SectorPlace place{
                        .store = tail.header.store, .kind = SectorKind::Tail, .shard = 0, .object = TailFixture::kSegment, .index = i};
                    Sector sector;
                    frameSector(
                        place, static_cast<std::uint16_t>(random.below(16)), static_cast<std::uint32_t>(random.next()), payload, sector);
                    VERIFY_OK((*file)->writeAt(i * kSectorBytes, sector));
                }
            }
            const auto contents = tail.read();
            VERIFY_OK(contents);
            VERIFY_OK(tail.repair(*contents));
            const auto after = tail.read();
            VERIFY_OK(after);
            QVERIFY(after->clean());
            QVERIFY(after->records == contents->records);
        }
    }

    void randomDamageWithinOneGoodCopyHarmsNothing()
    {
        for (std::uint64_t seed = 1; seed <= 150; ++seed) {
            TailFixture tail(3, seed);
            tail.create();
            TextRandom& random = tail.random;
            for (std::uint64_t i = 1 + random.below(6); i > 0; --i) {
                std::vector<std::size_t> sizes(1 + random.below(5));
                for (std::size_t& size : sizes) {
                    size = random.below(12000);
                }
                VERIFY_OK(tail.append(sizes));
            }
            const std::size_t good = random.below(3);
            const std::uint64_t sectors = tail.writer->fileBytes() / kSectorBytes;
            for (std::size_t copy = 0; copy < 3; ++copy) {
                for (int k = 0; copy != good && k < 6; ++k) {
                    const std::uint64_t at = random.below(sectors) * kSectorBytes;
                    switch (random.below(5)) {
                    case 0: tail.ruin(copy, at / kSectorBytes); break;
                    case 1: static_cast<void>(tail.disk.zeroRange(tail.path(copy), at, 512).has_value()); break;
                    case 2: static_cast<void>(tail.disk.truncateFile(tail.path(copy), at + 5).has_value()); break;
                    case 3: static_cast<void>(tail.disk.copySector(tail.path(copy), 2, at / kSectorBytes, kSectorBytes).has_value()); break;
                    default: tail.disk.flipRandomBits(30, tail.path(copy)); break;
                    }
                    if (tail.disk.info(tail.path(copy)).value()->size != sectors * kSectorBytes) {
                        break; // the rest of the kinds of damage want the whole file
                    }
                }
            }
            const auto contents = tail.read();
            VERIFY_OK(contents);
            QVERIFY2(contents->records == tail.allRecords(), qPrintable(QString("seed %1").arg(seed)));
            QVERIFY(contents->copies[good].badSectors.empty());
            VERIFY_OK(tail.repair(*contents));
            QVERIFY(tail.read()->clean());
        }
    }

    void anythingGoesInAllCopiesWithoutACrashAndWithoutFalseRecords()
    {
        for (std::uint64_t seed = 1; seed <= 150; ++seed) {
            TailFixture tail(3, seed);
            tail.create();
            for (int i = 0; i < 4; ++i) {
                VERIFY_OK(tail.append({tail.random.below(9000), 10, tail.random.below(9000)}));
            }
            const std::uint64_t sectors = tail.writer->fileBytes() / kSectorBytes;
            for (int k = 0; k < 5; ++k) {
                tail.ruinInAll(2 + tail.random.below(sectors - 2));
            }
            const auto contents = tail.read();
            VERIFY_OK(contents);
            const Bytes all = tail.allRecords();
            for (std::size_t i = 0; i < contents->offsets.size(); ++i) {
                const auto record = parseRecord(ByteView(contents->records).subspan(contents->offsets[i]));
                VERIFY_OK(record);
                QVERIFY(std::search(all.begin(), all.end(), record->bytes.begin(), record->bytes.end()) != all.end());
            }
            QCOMPARE(contents->tornSectors, std::uint64_t{0});
            QCOMPARE(contents->merged.size(), sectors * kSectorBytes);
            const bool endKnown = contents->gaps.empty() || contents->gaps.back().recordCount != 0;
            QVERIFY(!endKnown || TailFixture::accountsForAll(*contents, tail.next));
            VERIFY_OK(tail.repair(*contents));
            QVERIFY(tail.read()->clean());
            QVERIFY(tail.read()->records == contents->records);
        }
    }
};

CARMA_TEST_CLASS(TestTailFuzz, "test_tail_fuzz")
#include "test_tail_fuzz.moc"
