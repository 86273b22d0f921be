// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/record/merkle.h"

#include "core/log_record/doc_example.h"
#include "core/log_record/text_random.h"
#include "support/test_main.h"

#include <carma/ids.h>

#include <QTest>

using namespace carma;
using namespace carma::log;

namespace {

const std::string kOrigin = "carma/0000000000000000000000004D";
const std::string kMark = "\xE2\x80\x94 ";

crypto::SigningKey keyOf(unsigned char seed) { return crypto::SigningKey(Bytes(32, std::byte{seed})); }

Checkpoint someCheckpoint()
{
    Checkpoint checkpoint{.origin = kOrigin, .size = 1234567, .root = {}};
    checkpoint.root.fill(std::byte{0xAB});
    return checkpoint;
}

} // namespace

class TestCheckpoint : public QObject {
    Q_OBJECT

private slots:
    void theExampleOfTheFormatPageIsASignedCheckpoint()
    {
        const std::string note = toString(test::docExample("checkpoint.md"));
        const crypto::SigningKey key(test::docKey());
        const auto opened = openCheckpoint(note, "carma/" + toString(StoreId{}.plus(4242)), key.publicKey());
        VERIFY_OK(opened);
        QCOMPARE(opened->size, std::uint64_t{5});
        QCOMPARE(signCheckpoint(*opened, key), note);
    }

    void aSignedCheckpointOpens()
    {
        const auto key = keyOf(1);
        const std::string note = signCheckpoint(someCheckpoint(), key);
        QVERIFY(note.starts_with(kOrigin + "\n1234567\nq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=\n\n" + kMark + kOrigin + " "));
        const auto opened = openCheckpoint(note, kOrigin, key.publicKey());
        VERIFY_OK(opened);
        QVERIFY(*opened == someCheckpoint());
    }

    void theKeyHashIsThatOfTheNoteFormat()
    {
        const auto key = keyOf(1);
        const std::string note = signCheckpoint(someCheckpoint(), key);
        const std::size_t at = note.rfind(' ') + 1;
        const auto blob = crypto::parseBase64(std::string_view(note).substr(at, note.size() - at - 1));
        VERIFY_OK(blob);
        QCOMPARE(blob->size(), std::size_t{68});
        Bytes hashed = toBytes(kOrigin + "\n\x01");
        const auto publicKey = key.publicKey();
        hashed.insert(hashed.end(), publicKey.begin(), publicKey.end());
        QVERIFY(std::ranges::equal(ByteView(*blob).first(4), ByteView(crypto::sha256(hashed)).first(4)));
    }

    void noChangedByteIsTaken()
    {
        const auto key = keyOf(1);
        const std::string note = signCheckpoint(someCheckpoint(), key);
        for (std::size_t i = 0; i < note.size(); ++i) {
            std::string changed = note;
            changed[i] = static_cast<char>(changed[i] ^ 1);
            const auto opened = openCheckpoint(changed, kOrigin, key.publicKey());
            QVERIFY2(!opened, changed.c_str());
            QVERIFY(!openCheckpoint(note.substr(0, i), kOrigin, key.publicKey()));
        }
    }

    void otherKeysAndOriginsAreRefused()
    {
        const std::string note = signCheckpoint(someCheckpoint(), keyOf(1));
        COMPARE_ERROR(openCheckpoint(note, kOrigin, keyOf(2).publicKey()), ErrorCode::AuthenticationFailed);
        COMPARE_ERROR(openCheckpoint(note, "carma/other", keyOf(1).publicKey()), ErrorCode::AuthenticationFailed);
        // The text of one log, signed under the name of another.
        Checkpoint other = someCheckpoint();
        other.origin = "carma/other";
        std::string mixed = signCheckpoint(other, keyOf(1));
        mixed.replace(0, other.origin.size(), kOrigin);
        COMPARE_ERROR(openCheckpoint(mixed, "carma/other", keyOf(1).publicKey()), ErrorCode::AuthenticationFailed);
    }

    void coSignaturesAndExtensionLinesArePassedOver()
    {
        const auto key = keyOf(1);
        std::string note = signCheckpoint(someCheckpoint(), key);
        note += kMark + "witness.example/w " + crypto::base64(Bytes(76, std::byte{9})) + "\n";
        VERIFY_OK(openCheckpoint(note, kOrigin, key.publicKey()));
        note += "not a signature\n";
        COMPARE_ERROR(openCheckpoint(note, kOrigin, key.publicKey()), ErrorCode::Corruption);
    }

    void hugeAndMalformedNotesAreRefused()
    {
        const auto key = keyOf(1);
        const std::string note = signCheckpoint(someCheckpoint(), key);
        std::string huge = note;
        while (huge.size() <= 4096) {
            huge += kMark + "witness.example/w " + crypto::base64(Bytes(76, std::byte{9})) + "\n";
        }
        COMPARE_ERROR(openCheckpoint(huge, kOrigin, key.publicKey()), ErrorCode::Corruption);
        COMPARE_ERROR(openCheckpoint("", kOrigin, key.publicKey()), ErrorCode::Corruption);
        COMPARE_ERROR(openCheckpoint("\n\n", kOrigin, key.publicKey()), ErrorCode::AuthenticationFailed);
        COMPARE_ERROR(openCheckpoint("a\rb\n\n", kOrigin, key.publicKey()), ErrorCode::Corruption);
        test::TextRandom random(8);
        for (int i = 0; i < 2000; ++i) {
            std::string garbage = note;
            for (int k = 0; k < 4; ++k) {
                garbage.insert(random.below(garbage.size()), 1, static_cast<char>(random.next()));
                garbage.erase(random.below(garbage.size()), random.below(5));
            }
            QVERIFY(!openCheckpoint(garbage, kOrigin, key.publicKey()) || garbage == note);
        }
    }
};

CARMA_TEST_CLASS(TestCheckpoint, "test_checkpoint")
#include "test_checkpoint.moc"
