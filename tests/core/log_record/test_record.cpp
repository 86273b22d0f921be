// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/record/record.h"

#include "base/byte_io.h"
#include "base/hash.h"
#include "core/log_record/doc_example.h"
#include "core/log_record/text_random.h"
#include "support/test_main.h"

#include <QTest>

using namespace carma;
using namespace carma::log;
using carma::test::TextRandom;

namespace {

const Bytes kKeyBytes(crypto::kKeyBytes, std::byte{0x5A});

RecordHeader headerOf(Sequence sequence)
{
    RecordHeader header;
    header.type = RecordType::Fragment;
    header.sequence = sequence;
    header.wallTimeUs = -5;
    header.space = NamespaceId{}.plus(77);
    return header;
}

Bytes sealed(Sequence sequence, ByteView plain, const Dictionary* dictionary = nullptr)
{
    TextRandom random(sequence + 1);
    RecordHeader header = headerOf(sequence);
    Bytes out;
    const auto result = sealRecord(header, plain, crypto::AeadKey(kKeyBytes), dictionary, random, true, out);
    CARMA_ASSERT(result.has_value());
    return out;
}

/// Gives nonces, and flips a bit of a text meanwhile, as a faulty memory does. A nonce is drawn after the text was packed.
class TextSpoiler final : public Random {
public:
    explicit TextSpoiler(Bytes& text) : m_text(text) {}
    void fill(ByteSpan out) override
    {
        m_random.fill(out);
        m_text[m_text.size() / 2] ^= std::byte{4};
    }

private:
    Bytes& m_text;
    TextRandom m_random{8};
};

/// Writes the CRC anew after a test changed the header.
void fixCrc(Bytes& record) { storeLe(ByteSpan(record).subspan(76), crc32c(ByteView(record).first(76))); }

} // namespace

class TestRecord : public QObject {
    Q_OBJECT

private slots:
    void theExampleOfTheFormatPageIsARecord()
    {
        const Bytes example = test::docExample("record.md");
        const auto record = parseRecord(example);
        VERIFY_OK(record);
        QCOMPARE(record->bytes.size(), example.size());
        QCOMPARE(record->header.type, RecordType::Fragment);
        QCOMPARE(record->header.sequence, Sequence{5});
        QCOMPARE(record->header.wallTimeUs, std::int64_t{1700000000000000});
        QVERIFY(record->header.space == NamespaceId{}.plus(9));
        const auto opened = openRecord(*record, crypto::AeadKey(test::docKey()), nullptr);
        VERIFY_OK(opened);
        QCOMPARE(toString(*opened), std::string("The garden gate."));
        QCOMPARE(toHex(leafHash(*record)), std::string("caecbae73e367d4400eaf7b69e28fcddbac7abcd28712640211c79df654be649"));
        Bytes encoded(kRecordHeaderBytes);
        encodeHeader(record->header, std::span<std::byte, kRecordHeaderBytes>(encoded));
        QVERIFY(std::ranges::equal(encoded, ByteView(example).first(kRecordHeaderBytes)));
    }

    void bodiesOfAllSizesComeBack()
    {
        TextRandom random(1);
        const crypto::AeadKey key(kKeyBytes);
        for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{2}, std::size_t{100}, std::size_t{4096},
                 std::size_t{1} << 20U, kRecordBodyBytesMax}) {
            for (const bool text : {true, false}) {
                const Bytes plain = text ? toBytes(random.text(size)) : random.bytes(size);
                const Bytes stored = sealed(size, plain);
                const auto record = parseRecord(stored);
                VERIFY_OK(record);
                QCOMPARE(record->bytes.size(), stored.size());
                QVERIFY(record->header.storedBytes <= size + crypto::kSealBytes);
                QCOMPARE(record->header.wallTimeUs, std::int64_t{-5});
                const auto opened = openRecord(*record, key, nullptr);
                VERIFY_OK(opened);
                QVERIFY(*opened == plain);
            }
        }
    }

    void textIsCompressedAndNoiseIsNot()
    {
        TextRandom random(2);
        const Bytes text = sealed(1, toBytes(random.text(1000)));
        const Bytes noise = sealed(2, random.bytes(1000));
        QVERIFY((parseRecord(text)->header.flags & kRecordCompressed) != 0);
        QVERIFY(text.size() < 700);
        QVERIFY((parseRecord(noise)->header.flags & kRecordCompressed) == 0);
        QCOMPARE(noise.size(), kRecordHeaderBytes + 1000 + crypto::kSealBytes);
    }

    void oversizeBodiesAreRefusedAndNothingIsAppended()
    {
        TextRandom random(3);
        RecordHeader header = headerOf(1);
        Bytes out(5);
        const Bytes plain(kRecordBodyBytesMax + 1);
        COMPARE_ERROR(sealRecord(header, plain, crypto::AeadKey(kKeyBytes), nullptr, random, false, out), ErrorCode::LimitExceeded);
        QCOMPARE(out.size(), std::size_t{5});
    }

    void aTextThatChangesInMemoryWhileItIsSealedIsRefused()
    {
        TextRandom random(6);
        const crypto::AeadKey key(kKeyBytes);
        Bytes plain = toBytes(random.text(1000));
        const Bytes before = plain;
        TextSpoiler spoiler(plain);
        RecordHeader header = headerOf(1);
        Bytes out(5);
        COMPARE_ERROR(sealRecord(header, plain, key, nullptr, spoiler, true, out), ErrorCode::Corruption);
        QVERIFY(plain != before);
        QCOMPARE(out.size(), std::size_t{5});
        // Unasked, nobody looks: the record is sound, and not what the caller has by now.
        plain = before;
        VERIFY_OK(sealRecord(header, plain, key, nullptr, spoiler, false, out));
        const auto record = parseRecord(ByteView(out).subspan(5));
        VERIFY_OK(record);
        QVERIFY((record->header.flags & kRecordCompressed) != 0);
        QVERIFY(*openRecord(*record, key, nullptr) == before);
    }

    void everyFlippedBitIsSeen()
    {
        Bytes stored = sealed(9, asBytes("a short body"));
        for (std::size_t bit = 0; bit < stored.size() * 8; ++bit) {
            stored[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
            QVERIFY2(!parseRecord(stored), qPrintable(QString::number(bit)));
            stored[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
        }
        VERIFY_OK(parseRecord(stored));
    }

    void everyCutIsSeen()
    {
        const Bytes stored = sealed(9, asBytes("a short body"));
        for (std::size_t size = 0; size < stored.size(); ++size) {
            COMPARE_ERROR(parseRecord(ByteView(stored).first(size)), ErrorCode::Corruption);
        }
    }

    void theSealCoversTheHeaderAndTheKey()
    {
        const Bytes stored = sealed(9, asBytes("a short body"));
        COMPARE_ERROR(openRecord(*parseRecord(stored), crypto::AeadKey(Bytes(32)), nullptr), ErrorCode::AuthenticationFailed);
        for (const std::size_t at : {6U, 12U, 24U, 32U, 52U}) { // type, dictionary, time, namespace, raw length
            Bytes changed = stored;
            changed[at] ^= std::byte{2};
            fixCrc(changed);
            const auto record = parseRecord(changed);
            VERIFY_OK(record);
            QVERIFY(!openRecord(*record, crypto::AeadKey(kKeyBytes), nullptr));
        }
    }

    void anUnsealedRecordIsRefused()
    {
        Bytes stored = sealed(9, asBytes("a short body"));
        stored[8] &= ~std::byte{kRecordSealed};
        fixCrc(stored);
        COMPARE_ERROR(openRecord(*parseRecord(stored), crypto::AeadKey(kKeyBytes), nullptr), ErrorCode::AuthenticationFailed);
    }

    void impossibleHeadersAreRefused()
    {
        const Bytes stored = sealed(9, asBytes("a short body"));
        Bytes changed = stored;
        storeLe(ByteSpan(changed).subspan(48), static_cast<std::uint32_t>(kRecordStoredBytesMax + 1));
        fixCrc(changed);
        COMPARE_ERROR(decodeHeader(changed), ErrorCode::Corruption);
        changed = stored;
        storeLe(ByteSpan(changed).subspan(52), static_cast<std::uint32_t>(kRecordBodyBytesMax + 1));
        fixCrc(changed);
        COMPARE_ERROR(decodeHeader(changed), ErrorCode::Corruption);
        changed = stored;
        changed[8] |= std::byte{kRecordPurged}; // with a body that is not a digest
        fixCrc(changed);
        COMPARE_ERROR(decodeHeader(changed), ErrorCode::Corruption);
        changed = stored;
        changed[4] = std::byte{2};
        fixCrc(changed);
        COMPARE_ERROR(decodeHeader(changed), ErrorCode::Unsupported);
        changed = stored;
        changed[4] = std::byte{0}; // there has never been such a version
        fixCrc(changed);
        COMPARE_ERROR(decodeHeader(changed), ErrorCode::Corruption);
        for (const std::size_t at : {11U, 56U, 63U, 72U, 75U}) { // an unknown flag, reserved bytes
            changed = stored;
            changed[at] = std::byte{0x80};
            fixCrc(changed);
            COMPARE_ERROR(decodeHeader(changed), ErrorCode::Unsupported);
        }
    }

    void purgingKeepsThePlaceAndTheLeafHashOnly()
    {
        const Bytes stored = sealed(9, asBytes("a body that has to go"));
        const auto record = parseRecord(stored);
        Bytes purged;
        purgeRecord(*record, purged);
        QCOMPARE(purged.size(), kRecordHeaderBytes + 32);
        const auto after = parseRecord(purged);
        VERIFY_OK(after);
        QVERIFY(after->header.purged());
        QCOMPARE(after->header.sequence, Sequence{9});
        QVERIFY(leafHash(*after) == leafHash(*record));
        QVERIFY(leafHash(*record) == crypto::sha256({asBytes(std::string_view("\0", 1)), stored}));
        COMPARE_ERROR(openRecord(*after, crypto::AeadKey(kKeyBytes), nullptr), ErrorCode::NotFound);
        Bytes again;
        purgeRecord(*after, again);
        QVERIFY(again == purged);
    }

    void carvingFindsRecordsBetweenGarbageInOrder()
    {
        TextRandom random(4);
        Bytes bytes = random.bytes(500);
        std::vector<std::uint64_t> expected;
        for (Sequence i = 0; i < 50; ++i) {
            const Bytes record = sealed(i, toBytes(random.text(random.below(3000))));
            if (i % 7 != 3) {
                expected.push_back(bytes.size());
            }
            bytes.insert(bytes.end(), record.begin(), record.end());
            if (i % 7 == 3) {
                bytes[bytes.size() - 1] ^= std::byte{1}; // its body is damaged: not found
            }
            const Bytes garbage = i % 3 == 0 ? toBytes("CRMRCRMR") : random.bytes(random.below(90));
            bytes.insert(bytes.end(), garbage.begin(), garbage.end());
        }
        std::vector<std::uint64_t> found;
        carveRecords(bytes, [&](std::uint64_t offset, const StoredRecord& record) {
            found.push_back(offset);
            QCOMPARE(record.bytes.data(), bytes.data() + offset);
        });
        QCOMPARE(found, expected);
    }

    void carvingFindsARecordInsideAFalseClaim()
    {
        const Bytes inner = sealed(2, asBytes("inner"));
        RecordHeader liar = headerOf(1);
        liar.storedBytes = 100000;
        Bytes bytes(kRecordHeaderBytes);
        encodeHeader(liar, std::span<std::byte, kRecordHeaderBytes>(bytes));
        bytes.insert(bytes.end(), inner.begin(), inner.end());
        bytes.resize(200000);
        std::vector<std::uint64_t> found;
        carveRecords(bytes, [&](std::uint64_t offset, const StoredRecord&) { found.push_back(offset); });
        QCOMPARE(found, std::vector<std::uint64_t>{kRecordHeaderBytes});
    }

    void carvingForgedHeadersEndsSoon()
    {
        // Each header claims two megabytes: hashed each time, this would be 50 GB.
        RecordHeader liar = headerOf(1);
        liar.storedBytes = kRecordStoredBytesMax;
        Bytes header(kRecordHeaderBytes);
        encodeHeader(liar, std::span<std::byte, kRecordHeaderBytes>(header));
        Bytes bytes;
        for (int i = 0; i < 50000; ++i) {
            bytes.insert(bytes.end(), header.begin(), header.end());
        }
        int found = 0;
        carveRecords(bytes, [&](std::uint64_t, const StoredRecord&) { ++found; });
        QCOMPARE(found, 0);
    }

    void randomBytesNeverCrashTheParsers()
    {
        TextRandom random(5);
        const crypto::AeadKey key(kKeyBytes);
        const Bytes good = sealed(9, toBytes(random.text(300)));
        for (int i = 0; i < 5000; ++i) {
            Bytes bytes = random.below(2) == 0 ? good : random.bytes(random.below(400));
            for (std::uint64_t flips = random.below(6); flips > 0 && !bytes.empty(); --flips) {
                bytes[random.below(bytes.size())] = static_cast<std::byte>(random.next());
            }
            if (bytes.size() > kRecordHeaderBytes && random.below(2) == 0) {
                std::memcpy(bytes.data(), "CRMR\1\0", 6);
                storeLe(ByteSpan(bytes).subspan(48), static_cast<std::uint32_t>(bytes.size() - kRecordHeaderBytes));
                storeLe(ByteSpan(bytes).subspan(64),
                    hash64(ByteView(bytes).subspan(kRecordHeaderBytes), loadLe<std::uint64_t>(ByteView(bytes).subspan(16))));
                fixCrc(bytes);
            }
            const auto record = parseRecord(bytes);
            if (record) {
                static_cast<void>(leafHash(*record));
                const auto opened = openRecord(*record, key, nullptr);
                QVERIFY(!opened || bytes == good);
            }
            carveRecords(bytes, [](std::uint64_t, const StoredRecord&) {});
        }
    }
};

CARMA_TEST_CLASS(TestRecord, "test_record")
#include "test_record.moc"
