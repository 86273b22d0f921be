// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "crypto/crypto.h"
#include "support/test_main.h"

#include <QTest>
#include <algorithm>

using namespace carma;
using namespace carma::crypto;

class TestPrimitives : public QObject {
    Q_OBJECT

private slots:
    void theSelfTestHolds() { VERIFY_OK(selfTest()); }
    void hashesTheEmptyString()
    {
        QCOMPARE(toHex(sha256({})), std::string("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
        QCOMPARE(toHex(sha256(ByteView{})), std::string("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
    }
    void hashesAMillionLettersAsTheStandardSays()
    {
        QCOMPARE(toHex(sha256(asBytes(std::string(1'000'000, 'a')))),
            std::string("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"));
    }
    void hmacTakesKeysOfAnySize()
    {
        // RFC 4231, test case 6: a key longer than a block
        QCOMPARE(toHex(hmacSha256(Bytes(131, std::byte{0xaa}), {asBytes("Test Using Larger Than Block-Size Key - Hash Key First")})),
            std::string("60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"));
        // HMAC of nothing under an empty key
        QCOMPARE(toHex(hmacSha256({}, {})), std::string("b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"));
    }
    void hkdfWorksWithoutSaltAndInfo()
    {
        // RFC 5869, A.3
        QCOMPARE(toHex(hkdf(Bytes(22, std::byte{0x0b}), {}, "", 42).view()),
            std::string("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"));
    }
    void scryptMatchesTheSecondVectorOfItsRfc()
    {
        const auto derived = scrypt(asBytes("password"), asBytes("NaCl"), {.cost = 1024, .blockSize = 8, .parallel = 16}, 64);
        VERIFY_OK(derived);
        QCOMPARE(toHex(derived->view()),
            std::string("fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
                        "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"));
    }
    void scryptTakesItsOwnDefaults() { VERIFY_OK(scrypt(asBytes("passphrase"), asBytes("salt"), {}, 32)); }
    void scryptRefusesParametersWithoutMeaning_data()
    {
        QTest::addColumn<quint64>("cost");
        QTest::addColumn<quint32>("blockSize");
        QTest::addColumn<quint32>("parallel");
        QTest::addColumn<int>("code");
        const int meaningless = static_cast<int>(ErrorCode::InvalidArgument);
        const int tooMuch = static_cast<int>(ErrorCode::LimitExceeded);
        QTest::newRow("cost 0") << quint64{0} << 8U << 1U << meaningless;
        QTest::newRow("cost 1") << quint64{1} << 8U << 1U << meaningless;
        QTest::newRow("cost no power of two") << quint64{1000} << 8U << 1U << meaningless;
        QTest::newRow("block size 0") << quint64{1024} << 0U << 1U << meaningless;
        QTest::newRow("parallel 0") << quint64{1024} << 8U << 0U << meaningless;
        QTest::newRow("2 GiB") << quint64{1U << 21U} << 8U << 1U << tooMuch;
        QTest::newRow("largest cost") << (quint64{1} << 63U) << 1U << 1U << tooMuch;
        QTest::newRow("largest block size") << quint64{2} << 0xFFFFFFFFU << 1U << tooMuch;
        QTest::newRow("largest parallel") << quint64{2} << 1U << 0xFFFFFFFFU << tooMuch;
    }
    void scryptRefusesParametersWithoutMeaning()
    {
        QFETCH(quint64, cost);
        QFETCH(quint32, blockSize);
        QFETCH(quint32, parallel);
        QFETCH(int, code);
        COMPARE_ERROR(scrypt({}, {}, {cost, blockSize, parallel}, 32), static_cast<ErrorCode>(code));
    }
    void signaturesHoldOnlyForTheirMessageAndKey()
    {
        const SigningKey key(Bytes(32, std::byte{1}));
        const SigningKey other(Bytes(32, std::byte{2}));
        const Signature signature = key.sign(asBytes("root"));
        QVERIFY(verifySignature(key.publicKey(), asBytes("root"), signature));
        QVERIFY(!verifySignature(other.publicKey(), asBytes("root"), signature));
        QVERIFY(!verifySignature(key.publicKey(), asBytes("rooT"), signature));
        QVERIFY(!verifySignature(key.publicKey(), asBytes("root"), ByteView(signature).first(63)));
        QVERIFY(!verifySignature(key.publicKey(), asBytes("root"), {}));
        Signature changed = signature;
        changed[40] ^= std::byte{4};
        QVERIFY(!verifySignature(key.publicKey(), asBytes("root"), changed));
        const Signature empty = key.sign({});
        QVERIFY(verifySignature(key.publicKey(), {}, empty));
    }
    void base64RoundTripsEverySize()
    {
        Bytes bytes;
        for (unsigned i = 0; i < 70; ++i) {
            const auto parsed = parseBase64(base64(bytes));
            VERIFY_OK(parsed);
            QVERIFY(*parsed == bytes);
            bytes.push_back(static_cast<std::byte>(i * 37 + 200));
        }
        QCOMPARE(base64(asBytes("foobar")), std::string("Zm9vYmFy"));
        QCOMPARE(base64(asBytes("fo")), std::string("Zm8="));
    }
    void base64RefusesWhatIsNotCanonical()
    {
        for (const char* text : {"Zg", "Zg=", "Zg===", "=g==", "Z===", "====", "Zh==", "Zm9=", "Zm=v", "Zm9v\n", "Zm9v Zm9v", "Zm9-"}) {
            COMPARE_ERROR(parseBase64(text), ErrorCode::InvalidArgument);
        }
    }
    void wipingLeavesZeroes()
    {
        Bytes secret(100, std::byte{0xee});
        wipe(secret);
        QVERIFY(std::ranges::all_of(secret, [](std::byte b) { return b == std::byte{0}; }));
        wipe({});
    }
};

CARMA_TEST_CLASS(TestPrimitives, "test_primitives")
#include "test_primitives.moc"
