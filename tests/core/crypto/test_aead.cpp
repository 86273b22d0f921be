// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "crypto/crypto.h"
#include "support/test_main.h"

#include <QTest>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <openssl/err.h>
#include <thread>

using namespace carma;
using namespace carma::crypto;

class TestAead : public QObject {
    Q_OBJECT

private:
    Bytes m_rawKey = Bytes(kKeyBytes, std::byte{7});
    Bytes m_nonce = Bytes(kNonceBytes, std::byte{9});

private slots:
    void opensWhatItSealedAtManySizes()
    {
        const AeadKey key(m_rawKey);
        for (const std::size_t size : {0U, 1U, 15U, 16U, 17U, 600U, 4096U, 100'001U}) {
            const Bytes plain(size, std::byte{0x5a});
            Bytes sealed = toBytes("kept");
            key.seal(m_nonce, asBytes("header"), plain, sealed);
            QCOMPARE(sealed.size(), 4 + kSealBytes + size);
            QVERIFY(asText(sealed).starts_with("kept"));
            const auto opened = key.open(asBytes("header"), ByteView(sealed).subspan(4));
            VERIFY_OK(opened);
            QVERIFY(*opened == plain);
            const auto secret = key.openSecret(asBytes("header"), ByteView(sealed).subspan(4));
            VERIFY_OK(secret);
            QVERIFY(secret->equals(plain));
        }
    }
    void refusesEverySingleFlippedBit()
    {
        const AeadKey key(m_rawKey);
        Bytes sealed;
        key.seal(m_nonce, asBytes("header"), asBytes("a short text"), sealed);
        for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
            Bytes changed = sealed;
            changed[bit / 8] ^= std::byte{1} << (bit % 8);
            COMPARE_ERROR(key.open(asBytes("header"), changed), ErrorCode::AuthenticationFailed);
        }
        VERIFY_OK(key.open(asBytes("header"), sealed)); // the context still works after failures
    }
    void refusesOtherAssociatedDataAndOtherKeys()
    {
        const AeadKey key(m_rawKey);
        const AeadKey other(Bytes(kKeyBytes, std::byte{8}));
        Bytes sealed;
        key.seal(m_nonce, asBytes("header"), asBytes("text"), sealed);
        COMPARE_ERROR(key.open(asBytes("headeR"), sealed), ErrorCode::AuthenticationFailed);
        COMPARE_ERROR(key.open({}, sealed), ErrorCode::AuthenticationFailed);
        COMPARE_ERROR(other.open(asBytes("header"), sealed), ErrorCode::AuthenticationFailed);
        COMPARE_ERROR(other.openSecret(asBytes("header"), sealed), ErrorCode::AuthenticationFailed);
    }
    void refusesEveryTruncation()
    {
        const AeadKey key(m_rawKey);
        Bytes sealed;
        key.seal(m_nonce, {}, asBytes("text"), sealed);
        for (std::size_t size = 0; size < sealed.size(); ++size) {
            COMPARE_ERROR(key.open({}, ByteView(sealed).first(size)), ErrorCode::AuthenticationFailed);
            COMPARE_ERROR(key.openSecret({}, ByteView(sealed).first(size)), ErrorCode::AuthenticationFailed);
        }
    }
    void leavesNoErrorInTheQueue()
    {
        const AeadKey key(m_rawKey);
        COMPARE_ERROR(key.open({}, Bytes(64)), ErrorCode::AuthenticationFailed);
        PublicKey bad{};
        bad.fill(std::byte{0xff});
        QVERIFY(!verifySignature(bad, {}, Bytes(kSignatureBytes)));
        QCOMPARE(ERR_peek_error(), 0UL);
    }
    void oneKeyServesManyThreads()
    {
        const AeadKey key(m_rawKey);
        std::atomic<int> wrong = 0;
        std::vector<std::jthread> threads;
        for (unsigned number = 0; number < 8; ++number) {
            threads.emplace_back([&key, &wrong, number] {
                Bytes nonce(kNonceBytes, static_cast<std::byte>(number));
                for (unsigned i = 0; i < 500; ++i) {
                    nonce[0] = static_cast<std::byte>(i);
                    nonce[1] = static_cast<std::byte>(i >> 8U);
                    const Bytes plain(i, static_cast<std::byte>(number));
                    Bytes sealed;
                    key.seal(nonce, nonce, plain, sealed);
                    const auto opened = key.open(nonce, sealed);
                    sealed.back() ^= std::byte{1};
                    wrong += opened.has_value() && *opened == plain && !key.open(nonce, sealed) ? 0 : 1;
                }
            });
        }
        threads.clear();
        QCOMPARE(wrong.load(), 0);
    }
    void aMovedKeyWorksOn()
    {
        AeadKey key(m_rawKey);
        Bytes sealed;
        key.seal(m_nonce, {}, asBytes("text"), sealed);
        AeadKey moved(std::move(key));
        VERIFY_OK(moved.open({}, sealed));
        AeadKey assigned(Bytes(kKeyBytes, std::byte{1}));
        assigned = std::move(moved);
        VERIFY_OK(assigned.open({}, sealed));
    }
    void printsItsSpeed()
    {
        if (qEnvironmentVariableIsEmpty("CARMA_PRINT_SPEED")) {
            QSKIP("set CARMA_PRINT_SPEED to measure");
        }
        const AeadKey key(m_rawKey);
        const auto measure = [](const char* what, std::size_t bytes, unsigned count, const auto& work) {
            work(); // warm
            const auto start = std::chrono::steady_clock::now();
            for (unsigned i = 0; i < count; ++i) {
                work();
            }
            const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
            std::printf("%s: %.0f ns, %.2f GB/s\n", what, seconds.count() * 1e9 / count,
                static_cast<double>(bytes) * count / seconds.count() / 1e9);
        };
        for (const std::size_t size : {600U, 1024U, 16384U}) {
            const Bytes plain(size, std::byte{3});
            Bytes sealed;
            measure(qPrintable(QString("seal %1").arg(size)), size, 100'000, [&] {
                sealed.clear();
                key.seal(m_nonce, m_nonce, plain, sealed);
            });
            measure(qPrintable(QString("open %1").arg(size)), size, 100'000, [&] { QVERIFY(key.open(m_nonce, sealed).has_value()); });
            measure(qPrintable(QString("sha256 %1").arg(size)), size, 100'000, [&] { QVERIFY(sha256(plain)[0] != sha256({})[0]); });
        }
        const Bytes large(std::size_t{1} << 24U, std::byte{3});
        measure("sha256 16 MiB", large.size(), 8, [&] { static_cast<void>(sha256(large)); });
        measure("self-test", 0, 10, [&] { VERIFY_OK(selfTest()); });
        measure("AeadKey made", 0, 10'000, [&] { const AeadKey made(m_rawKey); });
    }
};

CARMA_TEST_CLASS(TestAead, "test_aead")
#include "test_aead.moc"
