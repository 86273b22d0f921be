// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/superblock/superblock_codec.h"

#include "log/superblock/replicated_object.h"

#include <algorithm>
#include <bit>

namespace carma::log {

namespace {

const Error kBroken{ErrorCode::Corruption, "the superblock holds values beyond its bounds"};

bool isKnown(KeySlotKind kind)
{
    return kind == KeySlotKind::KeyFile || kind == KeySlotKind::Passphrase || kind == KeySlotKind::RecoveryCode;
}

bool isValid(const KeySlot& slot)
{
    const bool small = slot.salt.size() <= kSlotBlobBytesMax && slot.wrapped.size() <= kSlotBlobBytesMax;
    return isKnown(slot.kind) && small && (slot.kind != KeySlotKind::Passphrase || checkStoredScrypt(slot.parameters));
}

} // namespace

bool isValid(const Geometry& geometry) { return geometry.data >= 1 && geometry.data <= 32 && geometry.parity <= 16; }

Result<void> checkStoredScrypt(const crypto::ScryptParameters& parameters)
{
    const std::uint64_t blockBytes = 128 * std::uint64_t{parameters.blockSize};
    if (parameters.cost < 2 || !std::has_single_bit(parameters.cost) || blockBytes == 0 || parameters.parallel == 0) {
        return {ErrorCode::InvalidArgument, "scrypt needs a cost that is a power of two, a block size and a parallelism"};
    }
    // Divisions, because products of hostile parameters overflow.
    if (parameters.cost > kScryptMemoryMax / blockBytes || parameters.parallel > kScryptWorkMax / (parameters.cost * blockBytes)) {
        return {ErrorCode::LimitExceeded, "scrypt parameters of a store may ask for at most 256 MiB of memory and four passes over it"};
    }
    return {};
}

Bytes encodeSuperblockBody(const Superblock& superblock)
{
    Bytes bytes;
    ByteWriter writer(bytes);
    writeObjectHead(writer, kSuperblockMagic, {superblock.format, superblock.store, superblock.epoch});
    writer.number(superblock.geometry.data);
    writer.number(superblock.geometry.parity);
    writer.number(superblock.createdUs);
    writer.raw(superblock.signingKey);
    writer.blob(superblock.keyCheck);
    writer.blob(superblock.wrappedSigningSeed);
    writer.number(static_cast<std::uint32_t>(superblock.slots.size()));
    for (const KeySlot& slot : superblock.slots) {
        writer.number(static_cast<std::uint8_t>(slot.kind));
        writer.number(slot.parameters.cost);
        writer.number(slot.parameters.blockSize);
        writer.number(slot.parameters.parallel);
        writer.blob(slot.salt);
        writer.blob(slot.wrapped);
    }
    return bytes;
}

Bytes encodeSuperblock(const Superblock& superblock)
{
    Bytes bytes = encodeSuperblockBody(superblock);
    ByteWriter(bytes).blob(superblock.mac);
    return bytes;
}

Result<Superblock> parseSuperblock(ByteView payload)
{
    ByteReader reader(payload);
    const auto head = readObjectHead(reader, kSuperblockMagic);
    if (!head) {
        return {ErrorCode::Corruption, "the superblock does not begin with its magic"};
    }
    if (head->format > kStoreFormat) {
        return {ErrorCode::Unsupported, "the superblock is of format " + std::to_string(head->format)};
    }
    Superblock superblock;
    superblock.format = head->format;
    superblock.store = head->store;
    superblock.epoch = head->epoch;
    superblock.geometry.data = reader.number<std::uint8_t>();
    superblock.geometry.parity = reader.number<std::uint8_t>();
    superblock.createdUs = reader.number<std::int64_t>();
    const ByteView signingKey = reader.raw(superblock.signingKey.size());
    std::ranges::copy(signingKey, superblock.signingKey.begin());
    superblock.keyCheck = toBytes(reader.blob());
    superblock.wrappedSigningSeed = toBytes(reader.blob());
    const auto slots = reader.number<std::uint32_t>();
    if (reader.failed() || head->format == 0 || slots > kSlotsMax || !isValid(superblock.geometry) ||
        superblock.keyCheck.size() > kSlotBlobBytesMax || superblock.wrappedSigningSeed.size() > kSlotBlobBytesMax) {
        return kBroken;
    }
    for (std::uint32_t i = 0; i < slots && !reader.failed(); ++i) {
        KeySlot slot;
        slot.kind = static_cast<KeySlotKind>(reader.number<std::uint8_t>());
        slot.parameters.cost = reader.number<std::uint64_t>();
        slot.parameters.blockSize = reader.number<std::uint32_t>();
        slot.parameters.parallel = reader.number<std::uint32_t>();
        slot.salt = toBytes(reader.blob());
        slot.wrapped = toBytes(reader.blob());
        if (!isValid(slot)) {
            return kBroken;
        }
        superblock.slots.push_back(std::move(slot));
    }
    superblock.mac = toBytes(reader.blob());
    if (!reader.atEnd() || superblock.mac.size() > kSlotBlobBytesMax) {
        return kBroken;
    }
    return superblock;
}

} // namespace carma::log
