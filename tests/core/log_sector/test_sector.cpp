// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/sector/bch_kernel.h"
#include "log/sector/sector.h"
#include "support/test_main.h"

#include <QTest>
#include <algorithm>
#include <cstring>
#include <fstream>
#include <hwy/targets.h>
#include <random>
#include <set>
#include <sstream>

using namespace carma;
using namespace carma::log;

namespace {

SectorPlace somePlace()
{
    SectorPlace place;
    for (std::size_t i = 0; i < 16; ++i) {
        place.store.bytes[i] = static_cast<std::uint8_t>(i + 1);
    }
    place.kind = SectorKind::ShardCodes;
    place.shard = 3;
    place.object = 77;
    place.index = 12;
    return place;
}

Bytes randomBytes(std::size_t size, std::mt19937_64& random)
{
    Bytes bytes(size);
    for (std::byte& b : bytes) {
        b = static_cast<std::byte>(random());
    }
    return bytes;
}

Sector framed(const SectorPlace& place, ByteView payload)
{
    Sector sector{};
    frameSector(place, 5, 6, payload, sector);
    return sector;
}

void flipBit(ByteSpan bytes, std::size_t bit) { bytes[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8)); }

/// `count` different bits below `limit`.
std::set<std::size_t> differentBits(std::size_t count, std::size_t limit, std::mt19937_64& random)
{
    std::set<std::size_t> bits;
    while (bits.size() < count) {
        bits.insert(random() % limit);
    }
    return bits;
}

/// Every length, everywhere in memory, and every single bit.
void compareWaysToTheCode(std::mt19937_64& random)
{
    for (std::size_t size = 0; size <= kSectorBytes; ++size) {
        const Bytes memory = randomBytes(size + 64, random);
        const ByteView bytes = ByteView(memory).subspan(random() % 64, size);
        QVERIFY2(sectorCodeByProducts(bytes) == sectorCodeByTables(bytes), qPrintable(QString::number(size)));
        QVERIFY(sectorCode(bytes) == sectorCodeByTables(bytes));
    }
    Bytes one(kSectorBytes);
    for (std::size_t bit = 0; bit < 8 * kSectorBytes; ++bit) {
        flipBit(one, bit);
        QVERIFY2(sectorCodeByProducts(one) == sectorCodeByTables(one), qPrintable(QString::number(bit)));
        flipBit(one, bit);
    }
}

} // namespace

class TestSector : public QObject {
    Q_OBJECT

private slots:
    void aFramedSectorIsGoodAtItsPlaceAndKeepsItsContent()
    {
        std::mt19937_64 random(1);
        for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{4031}, kSectorPayloadBytes}) {
            const Bytes payload = randomBytes(size, random);
            Sector sector = framed(somePlace(), payload);
            QVERIFY(readFramedSector(somePlace(), sector).state == SectorState::Good);
            QVERIFY(std::ranges::equal(framePayload(sector), payload));
            const FrameHead head = frameHead(sector);
            QVERIFY(head.kind == SectorKind::ShardCodes);
            QCOMPARE(head.used, size);
            QCOMPARE(head.flags, 5);
            QCOMPARE(head.extra, 6U);
        }
    }

    void aSectorAtAnotherPlaceIsSeenWhicheverFieldDiffers()
    {
        const Sector original = framed(somePlace(), asBytes("content"));
        std::vector<SectorPlace> places(5, somePlace());
        places[0].store.bytes[15] ^= 1U;
        places[1].kind = SectorKind::Tail;
        places[2].shard = 4;
        places[3].object |= std::uint64_t{1} << 48U;
        places[4].index = 13;
        for (const SectorPlace& place : places) {
            Sector sector = original;
            QVERIFY(readFramedSector(place, sector).state == SectorState::Bad);
            QVERIFY(sector == original);
        }
    }

    void everySingleFlippedBitOfAFramedSectorHeals()
    {
        std::mt19937_64 random(2);
        const Sector original = framed(somePlace(), randomBytes(4032, random));
        for (std::size_t bit = 0; bit < 8 * kSectorBytes; bit += (bit < 256 || bit > 8 * 4000 ? 1 : 13)) {
            Sector sector = original;
            flipBit(sector, bit);
            const SectorReading reading = readFramedSector(somePlace(), sector);
            QVERIFY2(reading.state == SectorState::Corrected, qPrintable(QString::number(bit)));
            QCOMPARE(reading.flippedBits, 1U);
            QVERIFY(sector == original);
        }
    }

    void upToSixteenFlippedBitsHealInEveryPartOfTheSector()
    {
        std::mt19937_64 random(3);
        const Sector original = framed(somePlace(), randomBytes(3000, random));
        struct Part {
            std::size_t first;
            std::size_t bytes;
        };
        for (const Part part : {Part{0, 16}, Part{16, 4032}, Part{4048, 16}, Part{4064, 32}, Part{0, 4096}}) {
            for (unsigned count = 1; count <= kCorrectableBits; ++count) {
                Sector sector = original;
                for (const std::size_t bit : differentBits(count, 8 * part.bytes, random)) {
                    flipBit(sector, 8 * part.first + bit);
                }
                const SectorReading reading = readFramedSector(somePlace(), sector);
                QVERIFY(reading.state == SectorState::Corrected);
                QCOMPARE(reading.flippedBits, count);
                QVERIFY(sector == original);
            }
        }
    }

    void seventeenFlippedBitsAreRefusedAndNothingIsChanged()
    {
        std::mt19937_64 random(4);
        const Sector original = framed(somePlace(), randomBytes(4032, random));
        for (unsigned count = kCorrectableBits + 1; count < 60; count += 2) {
            Sector sector = original;
            for (const std::size_t bit : differentBits(count, 8 * 4048, random)) {
                flipBit(sector, bit);
            }
            const Sector damaged = sector;
            QVERIFY(readFramedSector(somePlace(), sector).state == SectorState::Bad);
            QVERIFY(sector == damaged);
        }
    }

    void correctBitsHandlesEveryLengthAndLeavesTheHopelessAlone()
    {
        std::mt19937_64 random(5);
        for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{7}, std::size_t{8}, std::size_t{4064}, kSectorBytes}) {
            Bytes bytes = randomBytes(size, random);
            SectorCode code = sectorCode(bytes);
            const Bytes original = bytes;
            const SectorCode originalCode = code;
            QCOMPARE(correctBits(bytes, code).value_or(99), 0U);
            for (const std::size_t bit : differentBits(kCorrectableBits, 8 * (size + kSectorCodeBytes), random)) {
                bit < 8 * size ? flipBit(bytes, bit) : flipBit(code, bit - 8 * size);
            }
            QCOMPARE(correctBits(bytes, code).value_or(99), kCorrectableBits);
            QVERIFY(bytes == original);
            QVERIFY(code == originalCode);
        }
        Bytes noise = randomBytes(kSectorBytes, random);
        SectorCode code{};
        const Bytes before = noise;
        QVERIFY(!correctBits(noise, code));
        QVERIFY(noise == before);
        QVERIFY(code == SectorCode{});
    }

    /// By tables and by products it is the same with each set of instructions that this machine has.
    void theCodeIsTheSameOnEveryMachine()
    {
        std::mt19937_64 random(7);
        const std::int64_t all = hwy::SupportedTargets();
        unsigned sets = 0;
        for (std::int64_t rest = all; rest != 0; rest &= rest - 1) {
            hwy::GetChosenTarget().Update(rest & -rest);
            if (sectorCodeByProducts({}).has_value()) {
                ++sets;
                compareWaysToTheCode(random);
            }
        }
        hwy::GetChosenTarget().Update(all);
        if (sets == 0) {
            QSKIP("this machine has no carry-less multiplication");
        }
    }

    void theCodeIsLinear()
    {
        std::mt19937_64 random(6);
        const Bytes a = randomBytes(kSectorBytes, random);
        const Bytes b = randomBytes(kSectorBytes, random);
        Bytes sum = a;
        SectorCode expected = sectorCode(a);
        const SectorCode codeOfB = sectorCode(b);
        for (std::size_t i = 0; i < sum.size(); ++i) {
            sum[i] ^= b[i];
        }
        for (std::size_t i = 0; i < expected.size(); ++i) {
            expected[i] ^= codeOfB[i];
        }
        QVERIFY(sectorCode(sum) == expected);
        QVERIFY(sectorCode(Bytes(kSectorBytes)) == SectorCode{});
    }

    void aPlainSectorNeedsItsCheckAndHealsWithItsCode()
    {
        std::mt19937_64 random(7);
        const Bytes original = randomBytes(kSectorBytes, random);
        const Hash128 check = sectorCheck(somePlace(), original);
        SectorCode code = sectorCode(original);
        Bytes sector = original;
        QVERIFY(readPlainSector(somePlace(), sector, &check, &code).state == SectorState::Good);
        QVERIFY(readPlainSector(somePlace(), sector, nullptr, &code).state == SectorState::Bad);
        for (const std::size_t bit : differentBits(12, 8 * kSectorBytes, random)) {
            flipBit(sector, bit);
        }
        flipBit(code, 200);
        const Bytes damaged = sector;
        QVERIFY(readPlainSector(somePlace(), sector, &check, nullptr).state == SectorState::Bad);
        QVERIFY(sector == damaged);
        const SectorReading reading = readPlainSector(somePlace(), sector, &check, &code);
        QVERIFY(reading.state == SectorState::Corrected);
        QCOMPARE(reading.flippedBits, 13U);
        QVERIFY(sector == original);
        QVERIFY(code == sectorCode(original));
    }

    void aCorrectionThatMissesTheCheckDoesNotCount()
    {
        std::mt19937_64 random(8);
        // A valid codeword that is not what was written: the code alone would accept it.
        Bytes other = randomBytes(kSectorBytes, random);
        SectorCode code = sectorCode(other);
        const Hash128 check = sectorCheck(somePlace(), randomBytes(kSectorBytes, random));
        flipBit(other, 999);
        const Bytes before = other;
        QVERIFY(readPlainSector(somePlace(), other, &check, &code).state == SectorState::Bad);
        QVERIFY(other == before);
    }

    void theExampleOfTheFormatPageParses()
    {
        std::ifstream page(CARMA_SOURCE_DIR "/core/docs/format/sector.md");
        QVERIFY(page.is_open());
        Sector sector{};
        std::string line;
        bool inside = false;
        while (std::getline(page, line)) {
            if (line.rfind("```", 0) == 0) {
                inside = line == "```hex";
                continue;
            }
            if (!inside) {
                continue;
            }
            std::istringstream words(line);
            std::string word;
            words >> word;
            std::size_t at = std::stoul(word, nullptr, 16);
            while (words >> word) {
                QVERIFY(at < kSectorBytes);
                sector[at++] = static_cast<std::byte>(std::stoul(word, nullptr, 16));
            }
        }
        SectorPlace place;
        for (std::size_t i = 0; i < 16; ++i) {
            place.store.bytes[i] = static_cast<std::uint8_t>(i);
        }
        place.kind = SectorKind::Tail;
        place.object = 5;
        place.index = 2;
        Sector fresh{};
        frameSector(place, 1, 7, asBytes("memory that does not rot"), fresh);
        if (qEnvironmentVariableIsSet("CARMA_PRINT_EXAMPLE")) {
            printSector(fresh);
        }
        QVERIFY(sector == fresh);
        QVERIFY(readFramedSector(place, sector).state == SectorState::Good);
        QCOMPARE(toString(framePayload(sector)), std::string("memory that does not rot"));
        QCOMPARE(frameHead(sector).flags, 1);
        QCOMPARE(frameHead(sector).extra, 7U);
    }

private:
    /// Lines that are all zero are left out, as in the page.
    static void printSector(const Sector& sector)
    {
        for (std::size_t at = 0; at < kSectorBytes; at += 16) {
            const ByteView row = ByteView(sector).subspan(at, 16);
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

CARMA_TEST_CLASS(TestSector, "test_sector")
#include "test_sector.moc"
