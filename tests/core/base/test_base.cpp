// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/byte_io.h"
#include "base/hash.h"
#include "support/test_main.h"

#include <QTest>
#include <carma/ids.h>
#include <carma/result.h>
#include <memory>
#include <set>

using namespace carma;

namespace {

Result<int> half(int number)
{
    if (number % 2 != 0) {
        return {ErrorCode::InvalidArgument, std::to_string(number) + " is odd"};
    }
    return number / 2;
}

Result<int> quarter(int number)
{
    CARMA_TRY_ASSIGN(const int halved, half(number));
    CARMA_TRY(half(halved));
    return halved / 2;
}

Result<void> checkQuarter(int number)
{
    CARMA_TRY(quarter(number));
    return {};
}

} // namespace

class TestBase : public QObject {
    Q_OBJECT

private slots:
    void resultsCarryAValueOrTheFirstError()
    {
        QCOMPARE(*quarter(12), 3);
        COMPARE_ERROR(quarter(7), ErrorCode::InvalidArgument);
        QCOMPARE(quarter(6).error().message, std::string("3 is odd"));
        QCOMPARE(quarter(6).value_or(-1), -1);
        QCOMPARE(quarter(8).value_or(-1), 2);
        QVERIFY(checkQuarter(4).has_value());
        COMPARE_ERROR(checkQuarter(5), ErrorCode::InvalidArgument);
    }
    void resultsCarryMoveOnlyValues()
    {
        Result<std::unique_ptr<int>> result = std::make_unique<int>(5);
        const std::unique_ptr<int> taken = *std::move(result);
        QCOMPARE(*taken, 5);
    }
    void errorsGainContextAndKeepTheirCode()
    {
        const Error error = Error{ErrorCode::NoSpace, "disk full"}.within("shard 3");
        QCOMPARE(error.message, std::string("shard 3: disk full"));
        QVERIFY(error.code == ErrorCode::NoSpace);
    }
    void everyErrorCodeHasItsOwnName()
    {
        std::set<std::string_view> names;
        const int count = static_cast<int>(ErrorCode::Internal) + 1;
        for (int i = 0; i < count; ++i) {
            names.insert(name(static_cast<ErrorCode>(i)));
        }
        QCOMPARE(names.size(), static_cast<std::size_t>(count));
        QVERIFY(!names.contains("Unknown"));
        QCOMPARE(name(ErrorCode::WrongKey), std::string_view("WrongKey"));
    }
    void bytesPrintAsHexadecimal()
    {
        QCOMPARE(toHex(asBytes(std::string_view("\x00\x0f\xf0\xab", 4))), std::string("000ff0ab"));
        QCOMPARE(toHex({}), std::string());
        QCOMPARE(toString(toBytes("text")), std::string("text"));
    }

    void idsReadBackFromTheirText()
    {
        StoreId id;
        for (std::size_t i = 0; i < id.bytes.size(); ++i) {
            id.bytes[i] = static_cast<std::uint8_t>(255 - 13 * i);
        }
        const auto parsed = parseId<StoreId>(toString(id));
        VERIFY_OK(parsed);
        QVERIFY(*parsed == id);
        QCOMPARE(toString(StoreId{}), std::string(26, '0'));
        StoreId largest;
        largest.bytes.fill(255);
        QCOMPARE(toString(largest), "7" + std::string(25, 'Z'));
        VERIFY_OK(parseId<StoreId>(toString(largest)));
    }
    void crockfordForgivesWhatPeopleMistype()
    {
        const auto expected = parseCrockford("01010000000000000000000ABC");
        VERIFY_OK(expected);
        const auto typed = parseCrockford("oioLOO00000000000000000abc");
        VERIFY_OK(typed);
        QVERIFY(*typed == *expected);
    }
    void crockfordRefusesOtherTexts()
    {
        for (const std::string& text : {std::string(), std::string(25, '0'), std::string(27, '0'), "8" + std::string(25, '0'),
                 std::string(25, '0') + "U", std::string(25, '0') + "-", std::string(13, '0') + std::string(13, '\0')}) {
            COMPARE_ERROR(parseCrockford(text), ErrorCode::InvalidArgument);
        }
    }
    void idsSortAsTheirTextDoes()
    {
        const StoreId zero;
        const StoreId one = zero.plus(1);
        const StoreId large = zero.plus(0xFFFFFFFFFFFFFFFFULL);
        QVERIFY(zero < one && one < large && toString(zero) < toString(one) && toString(one) < toString(large));
        QVERIFY(zero.isNull() && !one.isNull());
    }
    void addingToAnIdCarriesOver()
    {
        StoreId id;
        id.bytes.fill(255);
        QVERIFY(id.plus(1).isNull());
        StoreId low = StoreId{}.plus(0xFFFFFFFFFFFFFFFFULL);
        QCOMPARE(toHex(low.plus(1).view()), std::string("00000000000000010000000000000000"));
    }

    void writtenNumbersReadBackLittleEndian()
    {
        Bytes bytes;
        ByteWriter writer(bytes);
        writer.number(std::uint32_t{0x01020304});
        writer.number(std::int64_t{-2});
        writer.text("word");
        writer.id(StoreId{}.plus(9));
        QCOMPARE(toHex(ByteView(bytes).first(4)), std::string("04030201"));
        ByteReader reader(bytes);
        QCOMPARE(reader.number<std::uint32_t>(), 0x01020304U);
        QCOMPARE(reader.number<std::int64_t>(), std::int64_t{-2});
        QCOMPARE(reader.text(), std::string("word"));
        QVERIFY(reader.id<StoreId>() == StoreId{}.plus(9));
        QVERIFY(reader.atEnd() && !reader.failed());
    }
    void readingPastTheEndFailsForGood()
    {
        const Bytes bytes(5, std::byte{1});
        ByteReader reader(bytes);
        QCOMPARE(reader.number<std::uint8_t>(), std::uint8_t{1});
        QCOMPARE(reader.number<std::uint64_t>(), std::uint64_t{0});
        QVERIFY(reader.failed() && !reader.atEnd());
        QCOMPARE(reader.number<std::uint8_t>(), std::uint8_t{0}); // would fit, but the parse is lost
        QVERIFY(reader.id<StoreId>().isNull());
    }
    void aBlobLongerThanTheInputFailsWithoutAllocating()
    {
        Bytes bytes;
        ByteWriter(bytes).number(std::uint32_t{0xFFFFFFFF});
        bytes.resize(100);
        ByteReader reader(bytes);
        QVERIFY(reader.blob().empty());
        QVERIFY(reader.failed());
    }
    void emptyBlobsAreNoFailure()
    {
        Bytes bytes;
        ByteWriter(bytes).blob({});
        ByteReader reader(bytes);
        QVERIFY(reader.blob().empty());
        QVERIFY(reader.atEnd());
    }

    void crc32cMatchesItsStandard()
    {
        QCOMPARE(crc32c(asBytes("123456789")), 0xE3069283U);
        QCOMPARE(crc32c(Bytes(32)), 0x8A9136AAU);                  // RFC 3720, B.4: 32 zeroes
        QCOMPARE(crc32c(Bytes(32, std::byte{0xFF})), 0x62A8AB43U); // and 32 ones
        QCOMPARE(crc32c({}), 0U);
    }
    void xxh3MatchesPublishedValues()
    {
        // XXH3-128 and XXH3-64 of the empty string with seed 0
        QCOMPARE(toHex(hash128({}, 0).bytes), std::string("99aa06d3014798d86001c324468d497f"));
        QCOMPARE(hash64({}, 0), std::uint64_t{0x2D06800538D394C2});
    }
    void hashesDependOnSeedAndOnEveryByte()
    {
        Bytes bytes(4096, std::byte{7});
        const Hash128 hash = hash128(bytes, 1);
        QVERIFY(hash != hash128(bytes, 2));
        for (const std::size_t at : {0U, 100U, 2048U, 4095U}) {
            bytes[at] ^= std::byte{1};
            QVERIFY(hash128(bytes, 1) != hash);
            bytes[at] ^= std::byte{1};
        }
        QVERIFY(hash128(bytes, 1) == hash);
    }
};

CARMA_TEST_CLASS(TestBase, "test_base")
#include "test_base.moc"
