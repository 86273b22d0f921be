// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/record/record.h"

#include "base/byte_io.h"
#include "base/hash.h"

#include <carma/assert.h>

#include <algorithm>
#include <cstring>

namespace carma::log {

namespace {

constexpr std::string_view kMagic = "CRMR";
constexpr std::size_t kPurgedBodyBytes = sizeof(crypto::Digest);
constexpr std::uint32_t kKnownFlags = kRecordCompressed | kRecordSealed | kRecordPurged;
constexpr std::size_t kCrcAt = 76;
constexpr std::byte kLeafPrefix{0};

Error corrupt(std::string message) { return {ErrorCode::Corruption, std::move(message)}; }

/// The lengths are believed only within these bounds: whoever reads a body allocates no more than they allow.
bool boundsHold(const RecordHeader& header)
{
    if (header.purged()) {
        return header.storedBytes == kPurgedBodyBytes && header.rawBytes == 0;
    }
    return header.storedBytes <= kRecordStoredBytesMax && header.rawBytes <= kRecordBodyBytesMax;
}

} // namespace

void encodeHeader(const RecordHeader& header, std::span<std::byte, kRecordHeaderBytes> out)
{
    CARMA_ASSERT(boundsHold(header));
    std::fill(out.begin(), out.end(), std::byte{0});
    const ByteSpan bytes = out;
    std::memcpy(bytes.data(), kMagic.data(), kMagic.size());
    storeLe(bytes.subspan(4), kRecordVersion);
    storeLe(bytes.subspan(6), static_cast<std::uint16_t>(header.type));
    storeLe(bytes.subspan(8), header.flags);
    storeLe(bytes.subspan(12), header.dictionary);
    storeLe(bytes.subspan(16), header.sequence);
    storeLe(bytes.subspan(24), header.wallTimeUs);
    std::memcpy(bytes.data() + 32, header.space.bytes.data(), header.space.bytes.size());
    storeLe(bytes.subspan(48), header.storedBytes);
    storeLe(bytes.subspan(52), header.rawBytes);
    storeLe(bytes.subspan(64), header.bodyCheck);
    storeLe(bytes.subspan(kCrcAt), crc32c(bytes.first(kCrcAt)));
}

Result<RecordHeader> decodeHeader(ByteView bytes)
{
    if (bytes.size() < kRecordHeaderBytes) {
        return corrupt("a record ends inside its header");
    }
    if (asText(bytes.first(kMagic.size())) != kMagic) {
        return corrupt("a record does not begin with its magic");
    }
    if (loadLe<std::uint32_t>(bytes.subspan(kCrcAt)) != crc32c(bytes.first(kCrcAt))) {
        return corrupt("the header of a record does not match its CRC");
    }
    const auto version = loadLe<std::uint16_t>(bytes.subspan(4));
    if (version > kRecordVersion) {
        return Error{ErrorCode::Unsupported, "a record is of a newer version"};
    }
    if (version != kRecordVersion) {
        return corrupt("a record is of a version that never was");
    }
    RecordHeader header;
    header.type = static_cast<RecordType>(loadLe<std::uint16_t>(bytes.subspan(6)));
    header.flags = loadLe<std::uint32_t>(bytes.subspan(8));
    header.dictionary = loadLe<std::uint32_t>(bytes.subspan(12));
    header.sequence = loadLe<std::uint64_t>(bytes.subspan(16));
    header.wallTimeUs = loadLe<std::int64_t>(bytes.subspan(24));
    std::memcpy(header.space.bytes.data(), bytes.data() + 32, header.space.bytes.size());
    header.storedBytes = loadLe<std::uint32_t>(bytes.subspan(48));
    header.rawBytes = loadLe<std::uint32_t>(bytes.subspan(52));
    header.bodyCheck = loadLe<std::uint64_t>(bytes.subspan(64));
    if (!boundsHold(header)) {
        return corrupt("the header of record " + std::to_string(header.sequence) + " holds an impossible length");
    }
    // The second reserved field is outside the seal: were it ignored, one record would have many valid forms.
    const bool reserved = loadLe<std::uint64_t>(bytes.subspan(56)) != 0 || loadLe<std::uint32_t>(bytes.subspan(72)) != 0;
    if ((header.flags & ~kKnownFlags) != 0 || reserved) {
        return Error{ErrorCode::Unsupported, "record " + std::to_string(header.sequence) + " has fields of a newer version"};
    }
    return header;
}

Result<StoredRecord> parseRecord(ByteView bytes)
{
    CARMA_TRY_ASSIGN(const RecordHeader header, decodeHeader(bytes));
    if (bytes.size() < header.totalBytes()) {
        return corrupt("record " + std::to_string(header.sequence) + " ends inside its body");
    }
    const StoredRecord record{header, bytes.first(header.totalBytes())};
    if (hash64(record.body(), header.sequence) != header.bodyCheck) {
        return corrupt("the body of record " + std::to_string(header.sequence) + " does not match its check");
    }
    return record;
}

crypto::Digest leafHash(const StoredRecord& record)
{
    if (record.header.purged()) {
        crypto::Digest digest{};
        CARMA_ASSERT(record.body().size() == digest.size());
        std::memcpy(digest.data(), record.body().data(), digest.size());
        return digest;
    }
    return crypto::sha256({ByteView(&kLeafPrefix, 1), record.bytes});
}

void purgeRecord(const StoredRecord& record, Bytes& out)
{
    if (record.header.purged()) {
        out.insert(out.end(), record.bytes.begin(), record.bytes.end());
        return;
    }
    const crypto::Digest leaf = leafHash(record);
    RecordHeader header = record.header;
    // Even the length of what was purged is not kept: only what order and proofs need stays.
    header.flags = kRecordPurged;
    header.dictionary = 0;
    header.storedBytes = static_cast<std::uint32_t>(leaf.size());
    header.rawBytes = 0;
    header.bodyCheck = hash64(leaf, header.sequence);
    const std::size_t at = out.size();
    out.resize(at + kRecordHeaderBytes);
    encodeHeader(header, std::span<std::byte, kRecordHeaderBytes>(out.data() + at, kRecordHeaderBytes));
    out.insert(out.end(), leaf.begin(), leaf.end());
}

void carveRecords(ByteView bytes, const std::function<void(std::uint64_t offset, const StoredRecord&)>& visit)
{
    // A header that holds with a body that does not is searched from its second byte on, since intact records may lie in
    // what it claims. Forged headers could make each byte be hashed many thousand times that way; once this many bytes
    // were hashed in vain, a header is believed and what it claims is passed over, so the work stays linear.
    std::uint64_t vainBytesLeft = 4 * static_cast<std::uint64_t>(bytes.size()) + kRecordStoredBytesMax;
    const std::string_view text = asText(bytes);
    std::size_t at = 0;
    while ((at = text.find(kMagic, at)) != std::string_view::npos) {
        const ByteView rest = bytes.subspan(at);
        const Result<RecordHeader> header = decodeHeader(rest);
        if (!header || header->totalBytes() > rest.size()) {
            ++at;
            continue;
        }
        const StoredRecord record{*header, rest.first(header->totalBytes())};
        if (hash64(record.body(), header->sequence) == header->bodyCheck) {
            visit(at, record);
            at += header->totalBytes();
        } else if (vainBytesLeft >= header->storedBytes) {
            vainBytesLeft -= header->storedBytes;
            ++at;
        } else {
            at += header->totalBytes();
        }
    }
}

} // namespace carma::log
