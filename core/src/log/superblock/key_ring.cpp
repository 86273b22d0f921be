// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/superblock/replicated_object.h"
#include "log/superblock/superblock.h"

#include <algorithm>

namespace carma::log {

namespace {

constexpr std::string_view kMagic = "CARMA-KR";
constexpr std::uint64_t kFileBytesMax = std::uint64_t{64} << 20U;
constexpr std::size_t kNamespacesMax = 1'000'000;
constexpr std::size_t kSealedBytesMax = 4096;  // a name, or a key of 32 bytes, and what sealing adds
constexpr std::size_t kDictionariesMax = 1024; // one for each time a namespace's texts changed their character
constexpr std::size_t kMacBytes = sizeof(crypto::Digest);

crypto::Digest macOf(ByteView body, const MasterKeys& keys) { return crypto::hmacSha256(keys.derive("carma key ring").view(), {body}); }

Bytes encode(const KeyRing& ring, const MasterKeys& keys)
{
    Bytes bytes;
    ByteWriter writer(bytes);
    writeObjectHead(writer, kMagic, {kStoreFormat, ring.store, ring.epoch});
    writer.number(static_cast<std::uint32_t>(ring.entries.size()));
    for (const KeyRingEntry& entry : ring.entries) {
        writer.id(entry.space);
        writer.blob(entry.sealedName);
        writer.blob(entry.wrappedKey);
        writer.number(static_cast<std::uint32_t>(entry.dictionaries.size()));
        for (const auto& [number, dictionary] : entry.dictionaries) {
            writer.number(number);
            writer.blob(dictionary);
        }
    }
    writer.raw(macOf(bytes, keys));
    return bytes;
}

/// One entry; no value if it is beyond the bounds.
std::optional<KeyRingEntry> parseEntry(ByteReader& reader)
{
    KeyRingEntry entry;
    entry.space = reader.id<NamespaceId>();
    entry.sealedName = toBytes(reader.blob());
    entry.wrappedKey = toBytes(reader.blob());
    const auto dictionaries = reader.number<std::uint32_t>();
    if (reader.failed() || entry.sealedName.size() > kSealedBytesMax || entry.wrappedKey.size() > kSealedBytesMax ||
        dictionaries > kDictionariesMax) {
        return std::nullopt;
    }
    for (std::uint32_t i = 0; i < dictionaries; ++i) {
        const auto number = reader.number<std::uint32_t>();
        const ByteView dictionary = reader.blob();
        const bool ascending = entry.dictionaries.empty() || entry.dictionaries.rbegin()->first < number;
        if (reader.failed() || !ascending) {
            return std::nullopt;
        }
        entry.dictionaries.emplace_hint(entry.dictionaries.end(), number, toBytes(dictionary));
    }
    return entry;
}

Result<KeyRing> parse(ByteView payload)
{
    const Error broken{ErrorCode::Corruption, "the key ring holds values beyond its bounds"};
    if (payload.size() < kMacBytes) {
        return broken;
    }
    ByteReader reader(payload.first(payload.size() - kMacBytes));
    const auto head = readObjectHead(reader, kMagic);
    const auto count = reader.number<std::uint32_t>();
    if (!head || head->format == 0 || head->format > kStoreFormat || count > kNamespacesMax) {
        return broken;
    }
    KeyRing ring{.store = head->store, .epoch = head->epoch, .entries = {}};
    for (std::uint32_t i = 0; i < count; ++i) {
        auto entry = parseEntry(reader);
        if (!entry) {
            return broken;
        }
        ring.entries.push_back(*std::move(entry));
    }
    if (!reader.atEnd()) {
        return broken;
    }
    return ring;
}

/// Holds `keys` by reference: the kind must not outlive them.
ReplicaKind keyRingKind(const StoreId& store, const MasterKeys& keys)
{
    return {.name = "keyring",
        .magic = kMagic,
        .place = {.store = store, .kind = SectorKind::KeyRing},
        .fileBytesMax = kFileBytesMax,
        .verify = [store, &keys](ByteView payload) {
            if (payload.size() < kMacBytes) {
                return false;
            }
            // The MAC first: nothing but this program, with the key, wrote what is parsed after it.
            const ByteView body = payload.first(payload.size() - kMacBytes);
            const bool authentic = SecretBytes(ByteView(macOf(body, keys))).equals(payload.last(kMacBytes));
            const Result<KeyRing> ring = authentic ? parse(payload) : Result<KeyRing>(ErrorCode::AuthenticationFailed, "");
            return ring.has_value() && ring->store == store;
        }};
}

/// Repair writes bytes that were proved when they were read, and does not have the keys.
ReplicaKind provedKeyRingKind(const StoreId& store)
{
    return {.name = "keyring",
        .magic = kMagic,
        .place = {.store = store, .kind = SectorKind::KeyRing},
        .fileBytesMax = kFileBytesMax,
        .verify = [](ByteView payload) { return parse(payload).has_value(); }};
}

} // namespace

bool KeyRingReading::clean() const { return std::ranges::all_of(copies, &CopyState::clean); }

Result<KeyRingReading> readKeyRing(Disk& disk, const ShardFolders& folders, const StoreId& store, const MasterKeys& keys)
{
    CARMA_TRY_ASSIGN(ReplicaReading reading, ReplicatedObject(disk, folders, keyRingKind(store, keys)).read());
    CARMA_TRY_ASSIGN(KeyRing ring, parse(reading.payload));
    return KeyRingReading{std::move(ring), std::move(reading.file), std::move(reading.copies)};
}

Result<void> writeKeyRing(Disk& disk, const ShardFolders& folders, const Geometry& geometry, KeyRing& ring, const MasterKeys& keys)
{
    if (ring.entries.size() > kNamespacesMax) {
        return {ErrorCode::LimitExceeded, "a key ring holds at most " + std::to_string(kNamespacesMax) + " namespaces"};
    }
    const std::size_t copiesMin = std::min(geometry.parity + 1U, geometry.total());
    return ReplicatedObject(disk, folders, keyRingKind(ring.store, keys)).write(encode(ring, keys), copiesMin);
}

Result<std::uint64_t> repairKeyRing(Disk& disk, const ShardFolders& folders, const KeyRingReading& reading, const std::string& quarantine)
{
    return ReplicatedObject(disk, folders, provedKeyRingKind(reading.ring.store)).repair(reading.file, reading.copies, quarantine);
}

} // namespace carma::log
