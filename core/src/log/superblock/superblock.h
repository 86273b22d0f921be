// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "crypto/crypto.h"
#include "log/sector/framed_object.h"
#include "log/segment/segment.h"

#include <carma/disk.h>
#include <carma/random.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// What must be known before anything else can be read: a copy of the superblock and of the key ring in every shard
/// folder
/// ("superblock" and "keyring", framed objects). The newest copy that verifies wins; a change counts as made once
/// m + 1 copies are durable, so that it outlives the loss of any m folders.
/// Byte formats: core/docs/format/superblock.md, core/docs/format/keyring.md
namespace carma::log {

inline constexpr std::uint32_t kStoreFormat = 1;

enum class KeySlotKind : std::uint8_t { KeyFile = 1, Passphrase = 2, RecoveryCode = 3 };

/// One way to get at the master key: the master key wrapped (AES-256-GCM) by a key derived from a secret of the user.
struct KeySlot {
    KeySlotKind kind{};
    Bytes salt;                          ///< 16 bytes
    crypto::ScryptParameters parameters; ///< passphrases only; file and code carry 256 random bits and use HKDF
    Bytes wrapped;
};

struct Superblock {
    std::uint32_t format = kStoreFormat;
    StoreId store;
    Geometry geometry;
    std::uint64_t epoch = 0; ///< +1 with each change
    std::int64_t createdUs = 0;
    std::vector<KeySlot> slots;
    Bytes keyCheck; ///< HMAC of a constant under the master key: tells a wrong key from damage
    Bytes wrappedSigningSeed;
    crypto::PublicKey signingKey{};
    Bytes mac; ///< HMAC over all of the above under the master key
};

/// What a user has to open a store with.
struct KeySource {
    KeySlotKind kind{};
    SecretBytes secret; ///< 32 bytes of a key file or recovery code; the bytes of a passphrase
};

/// Keys derived from the master key, each for one purpose (HKDF labels), while a store is open.
class MasterKeys {
public:
    explicit MasterKeys(SecretBytes master);
    [[nodiscard]] const crypto::AeadKey& wrapping() const;          ///< wraps namespace keys and the signing seed
    [[nodiscard]] const crypto::AeadKey& storeRecords() const;      ///< bodies of records that belong to no namespace
    [[nodiscard]] const crypto::AeadKey& catalog() const;           ///< sealed catalog columns
    [[nodiscard]] const crypto::AeadKey& snapshots() const;         ///< index snapshots
    [[nodiscard]] SecretBytes derive(std::string_view label) const; ///< 32 bytes for anything else
    [[nodiscard]] const SecretBytes& master() const;
    [[nodiscard]] MasterKeys clone() const;

private:
    SecretBytes m_master;
    std::unique_ptr<crypto::AeadKey> m_wrapping, m_storeRecords, m_catalog, m_snapshots;
};

/// A new superblock with epoch 1 and no slots; `keys` has a fresh master key.
struct NewSuperblock {
    Superblock superblock;
    MasterKeys keys;
};
Result<NewSuperblock> makeSuperblock(const Geometry& geometry, std::int64_t nowUs, Random& random);
/// Adds or replaces the slot of source.kind. The MAC is renewed by writeSuperblock.
Result<void> setSlot(
    Superblock& superblock, const MasterKeys& keys, const KeySource& source, const crypto::ScryptParameters& parameters, Random& random);
/// Removes the slot of a kind. InvalidArgument if it is the last one.
Result<void> removeSlot(Superblock& superblock, KeySlotKind kind);
/// WrongKey if no slot of source.kind opens with the secret, or there is none of that kind; AuthenticationFailed if the
/// key is right and the superblock was changed (its MAC does not hold).
Result<MasterKeys> unlock(const Superblock& superblock, const KeySource& source);
Result<crypto::SigningKey> signingKey(const Superblock& superblock, const MasterKeys& keys);

/// 256 bits as eleven groups of five Crockford characters with a check of 19 bits, for paper; and back (InvalidArgument
/// names what is wrong). Case, dashes and spaces do not matter when reading. REQUIRES: secret.size() == 32
std::string formatRecoveryCode(ByteView secret);
Result<SecretBytes> parseRecoveryCode(std::string_view text);

/// State of one folder's copy.
struct CopyState {
    unsigned shard = 0;
    bool missing = false;             ///< file or folder
    bool stale = false;               ///< of an older state of this store, or of another store
    bool foreign = false;             ///< stale, and of another store
    std::vector<SectorDamage> damage; ///< against the state that the copy belongs to
    std::uint64_t sectors = 0;        ///< of the good object
    [[nodiscard]] bool clean() const { return !missing && !stale && damage.empty(); }
};

struct SuperblockReading {
    Superblock superblock;
    Bytes file;                    ///< the framed bytes that every copy should have
    std::vector<CopyState> copies; ///< one a folder
    [[nodiscard]] bool clean() const;
};
/// Reads all copies. NotFound if the folders hold no superblock at all ("not a store"); Unsupported for a newer format
/// (and nothing may be written then); DamagedStore if copies are there but none can be read. Does not check the MAC
/// (needs the key).
Result<SuperblockReading> readSuperblock(Disk& disk, const ShardFolders& folders);
/// Renews the MAC and writes every copy whose folder exists (aside, synced, renamed). Does not touch the epoch: callers
/// raise it for a change. Error unless min(m + 1, k + m) copies are durable.
Result<void> writeSuperblock(Disk& disk, const ShardFolders& folders, Superblock& superblock, const MasterKeys& keys);
/// Rewrites the copies of `reading` that are not as they should be; damaged ones go to `quarantine` first. Makes
/// missing folders. Returns bytes written.
Result<std::uint64_t> repairSuperblock(
    Disk& disk, const ShardFolders& folders, const SuperblockReading& reading, const std::string& quarantine);

/// The data keys and dictionaries of all namespaces, kept beside the superblock so that damage to the log beyond the
/// budget costs only the records it hits. (The log has records of them, too.)
struct KeyRingEntry {
    NamespaceId space;
    Bytes sealedName;                            ///< name, sealed under MasterKeys::wrapping(), namespace id as associated data
    Bytes wrappedKey;                            ///< data key, the same way
    std::map<std::uint32_t, Bytes> dictionaries; ///< by number, sealed under the data key
};
struct KeyRing {
    StoreId store;
    std::uint64_t epoch = 0;
    std::vector<KeyRingEntry> entries;
};
struct KeyRingReading {
    KeyRing ring;
    Bytes file;
    std::vector<CopyState> copies;
    [[nodiscard]] bool clean() const;
};
/// NotFound if no folder has one; DamagedStore if none can be read. Caps: 1,000,000 namespaces, 64 MiB.
Result<KeyRingReading> readKeyRing(Disk& disk, const ShardFolders& folders, const StoreId& store, const MasterKeys& keys);
Result<void> writeKeyRing(Disk& disk, const ShardFolders& folders, const Geometry& geometry, KeyRing& ring,
    const MasterKeys& keys); ///< renews the MAC; caller raises the epoch
Result<std::uint64_t> repairKeyRing(Disk& disk, const ShardFolders& folders, const KeyRingReading& reading, const std::string& quarantine);

} // namespace carma::log
