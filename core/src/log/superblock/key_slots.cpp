// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/superblock/superblock_codec.h"

#include <algorithm>
#include <array>

namespace carma::log {

namespace {

constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kPassphraseBytesMax = 4096; // far above anything typed; a whole file given by mistake is refused
constexpr std::string_view kKeyCheckLabel = "carma key check";
constexpr std::string_view kSigningSeedLabel = "carma signing seed";

std::string_view kindName(KeySlotKind kind)
{
    switch (kind) {
    case KeySlotKind::KeyFile: return "key file";
    case KeySlotKind::Passphrase: return "passphrase";
    case KeySlotKind::RecoveryCode: return "recovery code";
    }
    return "key";
}

/// Associated data of a wrapped master key. It names the kind alone: what else the superblock says is covered by its
/// MAC, so that a change there is told as a change and not as a wrong key.
std::string slotLabel(KeySlotKind kind) { return "carma key slot: " + std::string(kindName(kind)); }

Bytes randomBytes(Random& random, std::size_t size)
{
    Bytes bytes(size);
    random.fill(bytes);
    return bytes;
}

SecretBytes randomSecret(Random& random, std::size_t size)
{
    SecretBytes secret(size);
    random.fill(secret.span());
    return secret;
}

Bytes keyCheckOf(const SecretBytes& master)
{
    const SecretBytes key = crypto::hkdf(master.view(), {}, kKeyCheckLabel, crypto::kKeyBytes);
    return toBytes(ByteView(crypto::hmacSha256(key.view(), {asBytes("this is the key")})));
}

Result<void> checkSecret(const KeySource& source)
{
    const std::string kind(kindName(source.kind));
    if (source.kind == KeySlotKind::Passphrase) {
        if (source.secret.empty()) {
            return {ErrorCode::InvalidArgument, "the passphrase is empty"};
        }
        if (source.secret.size() > kPassphraseBytesMax) {
            return {ErrorCode::LimitExceeded, "the passphrase has more than " + std::to_string(kPassphraseBytesMax) + " bytes"};
        }
    } else if (source.secret.size() != crypto::kKeyBytes) {
        return {ErrorCode::InvalidArgument,
            "the secret of a " + kind + " has " + std::to_string(crypto::kKeyBytes) + " bytes, not " +
                std::to_string(source.secret.size())};
    }
    return {};
}

Result<SecretBytes> slotKey(const KeySlot& slot, const KeySource& source)
{
    if (slot.kind != KeySlotKind::Passphrase) {
        return crypto::hkdf(source.secret.view(), slot.salt, slotLabel(slot.kind), crypto::kKeyBytes);
    }
    CARMA_TRY(checkStoredScrypt(slot.parameters));
    return crypto::scrypt(source.secret.view(), slot.salt, slot.parameters, crypto::kKeyBytes);
}

} // namespace

Bytes macOf(const Superblock& superblock, const MasterKeys& keys)
{
    const SecretBytes key = keys.derive("carma superblock");
    return toBytes(ByteView(crypto::hmacSha256(key.view(), {encodeSuperblockBody(superblock)})));
}

Result<NewSuperblock> makeSuperblock(const Geometry& geometry, std::int64_t nowUs, Random& random)
{
    if (!isValid(geometry)) {
        return {ErrorCode::InvalidArgument, "a store has 1 to 32 data folders and 0 to 16 parity folders"};
    }
    MasterKeys keys(randomSecret(random, crypto::kKeyBytes));
    Superblock superblock;
    superblock.geometry = geometry;
    superblock.epoch = 1;
    superblock.createdUs = nowUs;
    do {
        random.fill(std::as_writable_bytes(std::span(superblock.store.bytes)));
    } while (superblock.store.isNull());
    superblock.keyCheck = keyCheckOf(keys.master());
    const SecretBytes seed = randomSecret(random, 32);
    superblock.signingKey = crypto::SigningKey(seed.view()).publicKey();
    keys.wrapping().seal(randomBytes(random, crypto::kNonceBytes), asBytes(kSigningSeedLabel), seed.view(), superblock.wrappedSigningSeed);
    superblock.mac = macOf(superblock, keys);
    return NewSuperblock{std::move(superblock), std::move(keys)};
}

Result<void> setSlot(
    Superblock& superblock, const MasterKeys& keys, const KeySource& source, const crypto::ScryptParameters& parameters, Random& random)
{
    CARMA_TRY(checkSecret(source));
    KeySlot slot;
    slot.kind = source.kind;
    slot.salt = randomBytes(random, kSaltBytes);
    if (source.kind == KeySlotKind::Passphrase) {
        slot.parameters = parameters;
    }
    CARMA_TRY_ASSIGN(const SecretBytes wrappingKey, slotKey(slot, source));
    crypto::AeadKey(wrappingKey.view())
        .seal(randomBytes(random, crypto::kNonceBytes), asBytes(slotLabel(slot.kind)), keys.master().view(), slot.wrapped);

    std::erase_if(superblock.slots, [&slot](const KeySlot& other) { return other.kind == slot.kind; });
    superblock.slots.push_back(std::move(slot));
    std::ranges::sort(superblock.slots, {}, &KeySlot::kind);
    return {};
}

Result<void> removeSlot(Superblock& superblock, KeySlotKind kind)
{
    const auto count = std::ranges::count(superblock.slots, kind, &KeySlot::kind);
    if (count == 0) {
        return {ErrorCode::NotFound, "the store has no " + std::string(kindName(kind))};
    }
    if (static_cast<std::size_t>(count) == superblock.slots.size()) {
        return {ErrorCode::InvalidArgument, "the " + std::string(kindName(kind)) + " is the last way to open the store"};
    }
    std::erase_if(superblock.slots, [kind](const KeySlot& slot) { return slot.kind == kind; });
    return {};
}

Result<MasterKeys> unlock(const Superblock& superblock, const KeySource& source)
{
    const std::string kind(kindName(source.kind));
    if (!checkSecret(source)) {
        return {ErrorCode::WrongKey, "this is no " + kind + " of any store"};
    }
    bool found = false;
    bool opened = false;
    for (const KeySlot& slot : superblock.slots) {
        if (slot.kind != source.kind) {
            continue;
        }
        found = true;
        CARMA_TRY_ASSIGN(const SecretBytes wrappingKey, slotKey(slot, source));
        auto master = crypto::AeadKey(wrappingKey.view()).openSecret(asBytes(slotLabel(slot.kind)), slot.wrapped);
        if (!master || master->size() != crypto::kKeyBytes) {
            continue;
        }
        opened = true;
        const SecretBytes expected(keyCheckOf(*master));
        if (!expected.equals(superblock.keyCheck)) {
            continue;
        }
        MasterKeys keys(*std::move(master));
        if (!SecretBytes(macOf(superblock, keys)).equals(superblock.mac)) {
            break;
        }
        return keys;
    }
    if (opened) {
        return {
            ErrorCode::AuthenticationFailed, "the " + kind + " is right, but the superblock was changed by someone who does not have it"};
    }
    return {ErrorCode::WrongKey, found ? "the " + kind + " is not the one of this store" : "the store has no " + kind};
}

Result<crypto::SigningKey> signingKey(const Superblock& superblock, const MasterKeys& keys)
{
    CARMA_TRY_ASSIGN(const SecretBytes seed, keys.wrapping().openSecret(asBytes(kSigningSeedLabel), superblock.wrappedSigningSeed));
    if (seed.size() != 32) {
        return {ErrorCode::AuthenticationFailed, "the signing key of the store has a wrong size"};
    }
    crypto::SigningKey key(seed.view());
    if (key.publicKey() != superblock.signingKey) {
        return {ErrorCode::AuthenticationFailed, "the signing key of the store does not belong to its public key"};
    }
    return key;
}

} // namespace carma::log
