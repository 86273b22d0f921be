// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later

/// Records, dictionaries and tree heads: everything that is parsed before or just after a seal is opened.
#include "base/byte_io.h"
#include "base/hash.h"
#include "fuzz/fuzz_input.h"
#include "log/record/merkle.h"
#include "log/record/record.h"

#include <algorithm>
#include <map>

using namespace carma;
using namespace carma::log;
using carma::fuzz::Files;
using carma::fuzz::Input;

namespace {

struct Written {
    std::size_t offset = 0;
    Bytes stored;
    Bytes plain;
};

/// Ten records one after the other: plain, compressed, with a dictionary, empty and purged.
struct Image {
    crypto::AeadKey key{Bytes(crypto::kKeyBytes, std::byte{0x5A})};
    std::shared_ptr<const Dictionary> dictionary;
    Bytes bytes;
    std::map<Sequence, Written> records;

    Image()
    {
        fuzz::SeededRandom random(1);
        std::string words;
        for (unsigned i = 0; i < 400; ++i) {
            words += "word" + std::to_string(i * i % 97) + ' ';
        }
        dictionary = trained(words);
        for (Sequence sequence = 10; sequence < 20; ++sequence) {
            const std::size_t size = static_cast<std::size_t>((sequence - 10) * 97);
            add(sequence, sequence % 3 == 0 ? random.bytes(size) : toBytes(words.substr(size, size)), random);
        }
    }

    [[nodiscard]] const Dictionary* dictionaryFor(const RecordHeader& header) const
    {
        return header.dictionary != 0 ? dictionary.get() : nullptr;
    }

private:
    static std::shared_ptr<const Dictionary> trained(std::string_view words)
    {
        std::vector<std::string_view> texts;
        for (std::size_t i = 0; i < 400; ++i) {
            texts.push_back(words.substr(i * 5, 200));
        }
        const auto bytes = trainDictionary(texts);
        CARMA_ASSERT(bytes.has_value());
        auto loaded = Dictionary::load(1, *bytes);
        CARMA_ASSERT(loaded.has_value());
        return *loaded;
    }

    void add(Sequence sequence, Bytes plain, Random& random)
    {
        RecordHeader header;
        header.type = RecordType::Fragment;
        header.sequence = sequence;
        header.wallTimeUs = 1'700'000'000'000'000;
        header.space = NamespaceId{}.plus(77);
        Bytes stored;
        CARMA_ASSERT(sealRecord(header, plain, key, sequence % 4 == 0 ? dictionary.get() : nullptr, random, true, stored).has_value());
        if (sequence == 15) {
            Bytes purged;
            purgeRecord(*parseRecord(stored), purged);
            stored = std::move(purged);
        }
        const std::size_t offset = bytes.size();
        bytes.insert(bytes.end(), stored.begin(), stored.end());
        records[sequence] = {offset, std::move(stored), std::move(plain)};
    }
};

const Image& image()
{
    static const Image made;
    return made;
}

/// What holds for any record that parses, wherever it comes from.
void examine(const StoredRecord& record)
{
    CARMA_ASSERT(record.bytes.size() == record.header.totalBytes());
    std::array<std::byte, kRecordHeaderBytes> again{};
    encodeHeader(record.header, again);
    CARMA_ASSERT(std::ranges::equal(again, record.bytes.first(kRecordHeaderBytes))); // there is one form of each record
    Bytes purged;
    purgeRecord(record, purged);
    const auto parsed = parseRecord(purged);
    CARMA_ASSERT(parsed.has_value() && leafHash(*parsed) == leafHash(record)); // a purge changes no proof
}

void raw(Input& input)
{
    const ByteView bytes = input.rest();
    static_cast<void>(decodeHeader(bytes).has_value());
    if (const auto record = parseRecord(bytes)) {
        examine(*record);
    }
    carveRecords(bytes, [](std::uint64_t, const StoredRecord& record) { examine(record); });
    static_cast<void>(MerkleFrontier::decode(bytes).has_value());
    static_cast<void>(Dictionary::load(2, bytes).has_value());
}

void fixChecks(Bytes& bytes)
{
    for (const auto& [sequence, written] : image().records) {
        if (written.offset + written.stored.size() > bytes.size()) {
            continue;
        }
        const ByteSpan record = ByteSpan(bytes).subspan(written.offset);
        const auto stored = loadLe<std::uint32_t>(record.subspan(48));
        if (stored <= record.size() - kRecordHeaderBytes) {
            const auto seed = loadLe<std::uint64_t>(record.subspan(16));
            storeLe(record.subspan(64), hash64(record.subspan(kRecordHeaderBytes, stored), seed));
        }
        storeLe(record.subspan(76), crc32c(record.first(76)));
    }
}

/// Carves an image with edits. Whatever the seal lets through is what was sealed.
void edited(Input& input, fuzz::Intent intent)
{
    Files files{image().bytes};
    fuzz::applyEdits(input, intent, files, {});
    if (!files[0]) {
        return;
    }
    if (intent == fuzz::Intent::Forge) {
        fixChecks(*files[0]);
    }
    std::uint64_t end = 0;
    carveRecords(*files[0], [&](std::uint64_t offset, const StoredRecord& record) {
        CARMA_ASSERT(offset >= end);
        end = offset + record.bytes.size();
        CARMA_ASSERT(end <= files[0]->size());
        examine(record);
        const auto opened = openRecord(record, image().key, image().dictionaryFor(record.header));
        const auto written = image().records.find(record.header.sequence);
        const bool known = written != image().records.end();
        CARMA_ASSERT(intent == fuzz::Intent::Forge || (known && std::ranges::equal(record.bytes, written->second.stored)));
        CARMA_ASSERT(!opened.has_value() || (known && *opened == written->second.plain));
    });
}

/// A record whose seal is right and whose content is the input's: what is parsed behind the seal.
void sealedNonsense(Input& input)
{
    RecordHeader header;
    header.type = static_cast<RecordType>(input.u16());
    header.flags = kRecordSealed | (input.byte() % 8 != 0 ? kRecordCompressed : 0U);
    header.dictionary = input.byte() % 4 == 0 ? 1 : 0;
    header.sequence = input.byte();
    header.rawBytes = input.u32() % (input.byte() % 2 == 0 ? 4096 : kRecordBodyBytesMax + 1);
    const ByteView content = input.take(1U << 16U);
    header.storedBytes = static_cast<std::uint32_t>(content.size() + crypto::kSealBytes);
    Bytes record(kRecordHeaderBytes);
    encodeHeader(header, std::span<std::byte, kRecordHeaderBytes>(record.data(), kRecordHeaderBytes));
    const Bytes associated = toBytes(ByteView(record).first(64));
    Bytes body;
    image().key.seal(Bytes(crypto::kNonceBytes), associated, content, body);
    header.bodyCheck = hash64(body, header.sequence);
    encodeHeader(header, std::span<std::byte, kRecordHeaderBytes>(record.data(), kRecordHeaderBytes));
    record.insert(record.end(), body.begin(), body.end());
    const auto parsed = parseRecord(record);
    CARMA_ASSERT(parsed.has_value());
    const auto opened = openRecord(*parsed, image().key, image().dictionaryFor(header));
    CARMA_ASSERT(!opened.has_value() || opened->size() == header.rawBytes);
}

void roundTrip(Input& input)
{
    RecordHeader header;
    header.sequence = input.u64();
    header.wallTimeUs = static_cast<std::int64_t>(input.u64());
    const Dictionary* dictionary = input.byte() % 2 == 0 ? image().dictionary.get() : nullptr;
    const Bytes plain = toBytes(input.rest());
    fuzz::SeededRandom random(3);
    Bytes stored;
    CARMA_ASSERT(sealRecord(header, plain, image().key, dictionary, random, false, stored).has_value());
    const auto record = parseRecord(stored);
    CARMA_ASSERT(record.has_value());
    examine(*record);
    const auto opened = openRecord(*record, image().key, dictionary);
    CARMA_ASSERT(opened.has_value() && *opened == plain);
}

/// Signed tree heads: anything, and a good note with edits; only what was signed opens.
void checkpoint(Input& input)
{
    const crypto::SigningKey key(Bytes(32, std::byte{7}));
    const Checkpoint signedHead{.origin = "carma/test", .size = 12, .root = crypto::sha256(asBytes("root"))};
    Files files{toBytes(signCheckpoint(signedHead, key))};
    if (input.byte() % 4 == 0) {
        files[0] = toBytes(input.rest());
    } else {
        fuzz::applyEdits(input, fuzz::Intent::Forge, files, {});
    }
    const auto opened = openCheckpoint(files[0] ? asText(*files[0]) : std::string_view(), signedHead.origin, key.publicKey());
    CARMA_ASSERT(!opened.has_value() || *opened == signedHead);
}

} // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***)
{
    static_cast<void>(image());
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    Input input(std::as_bytes(std::span(data, size)));
    switch (input.byte() % 6) {
    case 0: raw(input); break;
    case 1: edited(input, fuzz::Intent::Damage); break;
    case 2: edited(input, fuzz::Intent::Forge); break;
    case 3: sealedNonsense(input); break;
    case 4: roundTrip(input); break;
    default: checkpoint(input);
    }
    return 0;
}
