// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/byte_io.h"
#include "base/hash.h"
#include "log/record/compression.h"
#include "log/record/record.h"

#include <carma/assert.h>

#include <algorithm>
#include <array>

namespace carma::log {

namespace {

/// What the seal vouches for: everything that is known before sealing, so all but the body's check and the CRC.
constexpr std::size_t kAssociatedBytes = 64;

Result<void> compareOpened(ByteView stored, ByteView plain, const crypto::AeadKey& key, const Dictionary* dictionary)
{
    const Error fault{ErrorCode::Corruption, "a record changed in memory while it was sealed"};
    const Result<StoredRecord> record = parseRecord(stored);
    if (!record) {
        return fault;
    }
    const Result<Bytes> opened = openRecord(*record, key, dictionary);
    if (!opened || !std::ranges::equal(*opened, plain)) {
        return fault;
    }
    return {};
}

std::string named(const RecordHeader& header) { return "record " + std::to_string(header.sequence); }

} // namespace

Result<void> sealRecord(
    RecordHeader& header, ByteView plain, const crypto::AeadKey& key, const Dictionary* dictionary, Random& random, bool verify, Bytes& out)
{
    if (plain.size() > kRecordBodyBytesMax) {
        return Error{ErrorCode::LimitExceeded, named(header) + " is over " + std::to_string(kRecordBodyBytesMax) + " bytes"};
    }
    thread_local Bytes packed;
    const bool compressed = compress(plain, dictionary, packed);
    const ByteView body = compressed ? ByteView(packed) : plain;
    header.flags = kRecordSealed | (compressed ? kRecordCompressed : 0U);
    header.dictionary = compressed && dictionary != nullptr ? dictionary->number() : 0;
    header.rawBytes = static_cast<std::uint32_t>(plain.size());
    header.storedBytes = static_cast<std::uint32_t>(body.size() + crypto::kSealBytes);
    header.bodyCheck = 0;

    const std::size_t at = out.size();
    std::array<std::byte, kRecordHeaderBytes> head;
    encodeHeader(header, head);
    std::array<std::byte, crypto::kNonceBytes> nonce;
    random.fill(nonce);
    out.insert(out.end(), head.begin(), head.end());
    key.seal(nonce, ByteView(head).first(kAssociatedBytes), body, out);
    CARMA_ASSERT(out.size() == at + header.totalBytes());
    header.bodyCheck = hash64(ByteView(out).subspan(at + kRecordHeaderBytes), header.sequence);
    encodeHeader(header, std::span<std::byte, kRecordHeaderBytes>(out.data() + at, kRecordHeaderBytes));
    if (verify) {
        Result<void> same = compareOpened(ByteView(out).subspan(at), plain, key, dictionary);
        if (!same) {
            out.resize(at);
            return std::move(same).error().within(named(header));
        }
    }
    return {};
}

Result<Bytes> openRecord(const StoredRecord& record, const crypto::AeadKey& key, const Dictionary* dictionary)
{
    const RecordHeader& header = record.header;
    if (header.purged()) {
        return Error{ErrorCode::NotFound, named(header) + " was purged"};
    }
    if ((header.flags & kRecordSealed) == 0) {
        // Taking it would let anyone who can write the files put words into the store.
        return Error{ErrorCode::AuthenticationFailed, named(header) + " is not sealed"};
    }
    const bool compressed = (header.flags & kRecordCompressed) != 0;
    if (header.dictionary != 0 && (dictionary == nullptr || dictionary->number() != header.dictionary)) {
        return Error{ErrorCode::Corruption, "dictionary " + std::to_string(header.dictionary) + " of " + named(header) + " is missing"};
    }
    Result<Bytes> body = key.open(record.bytes.first(kAssociatedBytes), record.body());
    if (!body) {
        return std::move(body).error().within(named(header));
    }
    if (compressed) {
        Result<Bytes> raw = decompress(*body, header.rawBytes, header.dictionary != 0 ? dictionary : nullptr);
        return raw ? std::move(raw) : Result<Bytes>(std::move(raw).error().within(named(header)));
    }
    if (body->size() != header.rawBytes) {
        return Error{ErrorCode::Corruption, named(header) + " has another length than its header says"};
    }
    return body;
}

} // namespace carma::log
