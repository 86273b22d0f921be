// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "crypto/crypto.h"

#include <carma/ids.h>
#include <carma/random.h>
#include <carma/result.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

/// One entry of the log: an 80-byte header and a sealed body.
///
/// offset size
///   0     4   magic 'C' 'R' 'M' 'R'
///   4     2   format version (1)
///   6     2   type
///   8     4   flags
///  12     4   dictionary number (0: none)
///  16     8   sequence
///  24     8   wall time, microseconds since 1970 (i64)
///  32    16   namespace id (null: the store's own)
///  48     4   stored length of the body
///  52     4   raw length (before compression and sealing)
///  56     8   reserved, 0
///  64     8   XXH3-64 of the stored body, seeded with the sequence
///  72     4   reserved, 0
///  76     4   CRC-32C of bytes 0..75
///
/// Body = zstd (when it saves bytes), then AES-256-GCM with bytes 0..63 of the header as associated data.
/// Leaf hash = SHA-256(0x00 || header || stored body), RFC 6962. A purged record keeps its place, its flags say so and its
/// body is the leaf hash it had. Byte format: core/docs/format/record.md
namespace carma::log {

inline constexpr std::size_t kRecordHeaderBytes = 80;
inline constexpr std::uint16_t kRecordVersion = 1;
/// A body before sealing. 64 KiB of fragment text, 1 MiB pieces of originals and their metadata fit with room to spare.
inline constexpr std::size_t kRecordBodyBytesMax = 2U << 20U;
/// A body as stored: sealing adds 28 bytes, the rest is room for what a later version adds. Nothing longer is believed.
inline constexpr std::size_t kRecordStoredBytesMax = kRecordBodyBytesMax + (64U << 10U);
/// A larger dictionary helps kilobyte texts no further and costs memory in each namespace.
inline constexpr std::size_t kDictionaryBytesMax = 32U << 10U;

/// Part of the stored format, do not renumber.
enum class RecordType : std::uint16_t {
    Fragment = 1,      ///< text with its place in the tree
    Document = 2,      ///< what was ingested: the tree and its metadata
    OriginalPiece = 3, ///< up to 1 MiB of an original file
    Forget = 4,        ///< ids that are forgotten from here on
    Namespace = 5,     ///< a namespace's name and wrapped data key
    Dictionary = 6,    ///< a zstd dictionary
    Checkpoint = 7,    ///< signed tree head
    Purge = 8,         ///< sequences whose bodies were removed
    Fault = 9,         ///< damage that was found
    HealCycle = 10,    ///< what a repair did
    Audit = 11,
    KeyEvent = 12,
    Usage = 13,
    Anomaly = 14,
    Network = 15,
    Setting = 16,    ///< a store-wide setting, for instance the embedder
    Compliance = 17, ///< audit policy, legal holds, erasures, heads that were co-signed
    Billing = 18,    ///< plans, subscriptions, invoices
};

enum RecordFlags : std::uint32_t {
    kRecordCompressed = 1U << 0U,
    kRecordSealed = 1U << 1U,
    kRecordPurged = 1U << 2U,
};

struct RecordHeader {
    RecordType type{};
    std::uint32_t flags = 0;
    std::uint32_t dictionary = 0;
    Sequence sequence = 0;
    std::int64_t wallTimeUs = 0;
    NamespaceId space;
    std::uint32_t storedBytes = 0;
    std::uint32_t rawBytes = 0;
    std::uint64_t bodyCheck = 0;

    [[nodiscard]] bool purged() const { return (flags & kRecordPurged) != 0; }
    [[nodiscard]] std::size_t totalBytes() const { return kRecordHeaderBytes + storedBytes; }
};

void encodeHeader(const RecordHeader& header, std::span<std::byte, kRecordHeaderBytes> out);
/// Corruption if magic, CRC or bounds are wrong; Unsupported for a newer version, unknown flags or reserved bytes in use.
Result<RecordHeader> decodeHeader(ByteView bytes);

/// A record in memory as it is stored: header and body side by side. Not owned.
struct StoredRecord {
    RecordHeader header;
    ByteView bytes; ///< header and body
    [[nodiscard]] ByteView body() const { return bytes.subspan(kRecordHeaderBytes); }
};

/// Parses the record at the start of `bytes` and checks header CRC and body check, without any key.
Result<StoredRecord> parseRecord(ByteView bytes);

crypto::Digest leafHash(const StoredRecord& record); ///< of a purged record: the hash it had

/// zstd dictionaries of one namespace, ready for use. Immutable, shared between threads.
class Dictionary {
public:
    /// `number` >= 1. Corruption if zstd does not take the bytes.
    static Result<std::shared_ptr<const Dictionary>> load(std::uint32_t number, ByteView bytes);
    ~Dictionary();
    [[nodiscard]] std::uint32_t number() const;
    [[nodiscard]] ByteView bytes() const;
    struct State;
    [[nodiscard]] const State& state() const { return *m_state; }

private:
    explicit Dictionary(std::unique_ptr<State> state);
    std::unique_ptr<State> m_state;
};

/// Trains a dictionary of at most 32 KiB on texts of one namespace. Words seen in fewer than three of the texts are left out
/// of the training data, so that what a dictionary holds outlives the forgetting of any single text without revealing it.
/// NotFound if the texts give no useful dictionary.
Result<Bytes> trainDictionary(std::span<const std::string_view> texts);

/// Compresses, seals and appends the whole record to `out`; fills in flags, dictionary, lengths and checks of `header`.
/// `dictionary` may be null. After sealing, the record is opened again in memory and compared when `verify` is set, so
/// that a fault of the memory is refused before it is stored. LimitExceeded if plain.size() > kRecordBodyBytesMax.
Result<void> sealRecord(RecordHeader& header, ByteView plain, const crypto::AeadKey& key, const Dictionary* dictionary, Random& random,
    bool verify, Bytes& out);

/// The body of a sealed record. AuthenticationFailed if the key or any byte is wrong; NotFound for a purged one;
/// Corruption if the dictionary is missing (`dictionary` null or of another number). Allocates at most rawBytes.
Result<Bytes> openRecord(const StoredRecord& record, const crypto::AeadKey& key, const Dictionary* dictionary);

/// Makes the purged form of a record: header with the purged flag, body = its leaf hash. Appends to `out`.
void purgeRecord(const StoredRecord& record, Bytes& out);

/// Finds records in bytes without an index, by magic, CRC and body check. Calls `visit` for each intact record in order.
void carveRecords(ByteView bytes, const std::function<void(std::uint64_t offset, const StoredRecord&)>& visit);

} // namespace carma::log
