// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/sector/framed_object.h"
#include "support/test_main.h"

#include <QTest>
#include <algorithm>
#include <random>

using namespace carma;
using namespace carma::log;

namespace {

SectorPlace somePlace()
{
    SectorPlace place;
    place.store.bytes[0] = 9;
    place.kind = SectorKind::KeyRing;
    return place;
}

Bytes randomBytes(std::size_t size, std::uint64_t seed)
{
    std::mt19937_64 random(seed);
    Bytes bytes(size);
    for (std::byte& b : bytes) {
        b = static_cast<std::byte>(random());
    }
    return bytes;
}

void ruin(Bytes& file, std::size_t sector)
{
    std::fill_n(file.begin() + static_cast<std::ptrdiff_t>(sector * kSectorBytes), kSectorBytes, std::byte{0xEE});
}

} // namespace

class TestFramedObject : public QObject {
    Q_OBJECT

private slots:
    void everyLengthComesBack()
    {
        for (const std::size_t size : {0U, 1U, 4007U, 4008U, 4009U, 4032U, 8040U, 8041U, 100000U}) {
            const Bytes payload = randomBytes(size, size);
            const Bytes file = frameObject(somePlace(), payload);
            QCOMPARE(file.size() % kSectorBytes, 0U);
            const ObjectReading reading = readFramedObject(somePlace(), file);
            QVERIFY(reading.complete);
            QVERIFY(reading.payload == payload);
            QVERIFY(reading.corrected == file);
            QVERIFY(reading.damage.empty());
        }
    }

    void flippedBitsAreCorrectedAndReported()
    {
        const Bytes payload = randomBytes(20000, 1);
        const Bytes file = frameObject(somePlace(), payload);
        Bytes damaged = file;
        damaged[100] ^= std::byte{3};
        damaged[2 * kSectorBytes + 4090] ^= std::byte{1};
        const ObjectReading reading = readFramedObject(somePlace(), damaged);
        QVERIFY(reading.complete);
        QVERIFY(reading.payload == payload);
        QVERIFY(reading.corrected == file);
        QCOMPARE(reading.damage.size(), 2U);
        QCOMPARE(reading.damage[0].index, 0U);
        QCOMPARE(reading.damage[0].flippedBits, 2U);
        QCOMPARE(reading.damage[1].index, 2U);
        QVERIFY(reading.damage[1].state == SectorState::Corrected);
    }

    void aLostSectorIsNamedAndNothingIsReturned()
    {
        Bytes file = frameObject(somePlace(), randomBytes(20000, 2));
        ruin(file, 3);
        const ObjectReading reading = readFramedObject(somePlace(), file);
        QVERIFY(!reading.complete);
        QVERIFY(reading.payload.empty());
        QCOMPARE(reading.damage.size(), 1U);
        QCOMPARE(reading.damage[0].index, 3U);
        QVERIFY(reading.damage[0].state == SectorState::Bad);
    }

    void aCutFileNamesTheSectorsThatItLacks()
    {
        Bytes file = frameObject(somePlace(), randomBytes(20000, 3));
        const std::size_t sectors = file.size() / kSectorBytes;
        file.resize(2 * kSectorBytes + 100);
        const ObjectReading reading = readFramedObject(somePlace(), file);
        QVERIFY(!reading.complete);
        QVERIFY(!reading.damage.empty());
        QVERIFY(readFramedObject(somePlace(), {}).damage.size() == 1);
        const CopiesReading copies = readFramedCopies(somePlace(), {file, frameObject(somePlace(), randomBytes(20000, 3))});
        QVERIFY(copies.complete);
        QCOMPARE(copies.damage[0].size(), sectors - 2);
        QVERIFY(copies.damage[1].empty());
    }

    void trailingBytesAreDamageButDoNotSpoilTheObject()
    {
        const Bytes payload = randomBytes(9000, 4);
        Bytes file = frameObject(somePlace(), payload);
        const std::size_t sectors = file.size() / kSectorBytes;
        file.resize(file.size() + 10);
        const ObjectReading reading = readFramedObject(somePlace(), file);
        QVERIFY(reading.complete);
        QVERIFY(reading.payload == payload);
        QCOMPARE(reading.damage.size(), 1U);
        QCOMPARE(reading.damage[0].index, sectors);
    }

    void copiesFillEachOthersGaps()
    {
        const Bytes payload = randomBytes(30000, 5);
        const Bytes file = frameObject(somePlace(), payload);
        const std::size_t sectors = file.size() / kSectorBytes;
        std::vector<Bytes> copies(3, file);
        for (std::size_t sector = 0; sector < sectors; ++sector) {
            ruin(copies[sector % 3], sector);
            ruin(copies[(sector + 1) % 3], sector);
        }
        const CopiesReading reading = readFramedCopies(somePlace(), copies);
        QVERIFY(reading.complete);
        QVERIFY(reading.payload == payload);
        QVERIFY(reading.corrected == file);
        std::size_t damaged = 0;
        for (const auto& list : reading.damage) {
            damaged += list.size();
        }
        QCOMPARE(damaged, 2 * sectors);
    }

    void sectorsOfAnOlderStateAreNotMixedIn()
    {
        const Bytes fresh = frameObject(somePlace(), randomBytes(30000, 6));
        const Bytes stale = frameObject(somePlace(), randomBytes(30000, 7));
        Bytes mixed = fresh;
        std::copy_n(stale.begin() + 2 * kSectorBytes, kSectorBytes, mixed.begin() + 2 * kSectorBytes);
        QVERIFY(!readFramedObject(somePlace(), mixed).complete);
        const CopiesReading reading = readFramedCopies(somePlace(), {mixed, stale, fresh});
        QVERIFY(reading.complete);
        QVERIFY(reading.corrected == fresh);
        QCOMPARE(reading.damage[0].size(), 1U);
        QCOMPARE(reading.damage[0][0].index, 2U);
        QCOMPARE(reading.damage[1].size(), stale.size() / kSectorBytes);
        QVERIFY(reading.damage[2].empty());
    }

    void anAbsurdSectorCountAllocatesNothing()
    {
        SectorPlace place = somePlace();
        Bytes file(kSectorBytes);
        frameSector(place, 0, 0xFFFFFFFFU, Bytes(100), std::span<std::byte, kSectorBytes>(file.data(), kSectorBytes));
        const ObjectReading reading = readFramedObject(place, file);
        QVERIFY(!reading.complete);
        QVERIFY(reading.damage.size() <= 2);
    }
};

CARMA_TEST_CLASS(TestFramedObject, "test_framed_object")
#include "test_framed_object.moc"
