// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "log/record/record.h"
#include "log/superblock/superblock.h"

#include <carma/random.h>

#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace carma::log {

/// What seals and opens the records of one namespace. Immutable; replaced as a whole when a dictionary is added.
struct SpaceKeys {
    NamespaceId id;
    std::string name;
    std::shared_ptr<const crypto::AeadKey> key;
    std::map<std::uint32_t, std::shared_ptr<const Dictionary>> dictionaries;

    /// The newest dictionary; null if there is none.
    [[nodiscard]] const Dictionary* newest() const;
    [[nodiscard]] const Dictionary* find(std::uint32_t number) const;
};

/// The keys of all namespaces while a store is open: the key ring, unwrapped. Thread-safe.
/// A change is durable in the key ring's copies before it can be used.
class KeyStore {
public:
    KeyStore(Disk& disk, Random& random, ShardFolders folders, Geometry geometry, MasterKeys keys);

    /// Unwraps `ring`. AuthenticationFailed if an entry does not open.
    Result<void> load(KeyRing ring);
    /// Reads the ring again, for readers that meet a namespace or dictionary made by another process.
    Result<void> reload();

    /// The keys of a namespace; the null id stands for the store's own records. NotFound if there is none of that id.
    [[nodiscard]] Result<std::shared_ptr<const SpaceKeys>> find(const NamespaceId& space) const;
    [[nodiscard]] std::shared_ptr<const SpaceKeys> findByName(std::string_view name) const; ///< null if none
    [[nodiscard]] std::vector<std::shared_ptr<const SpaceKeys>> all() const;

    /// Makes a namespace with a fresh data key. AlreadyExists if the name is taken.
    Result<std::shared_ptr<const SpaceKeys>> createSpace(std::string_view name);
    /// The data key as the key ring has it, for the namespace's record in the log.
    [[nodiscard]] Result<Bytes> wrappedKey(const NamespaceId& space) const;
    /// Forgets the keys of a namespace in this process: nothing of it can be sealed or opened from here on.
    void retire(const NamespaceId& space);
    /// Destroys the wrapped data key of a namespace in every copy of the key ring that is there, in what a repair put aside, and in
    /// what an interrupted write left. Repeatable; does nothing new where there is no such key. Io if a copy cannot be written.
    Result<void> remove(const NamespaceId& space, const std::string& quarantine);
    /// Adds a dictionary (as trained) and returns its number.
    Result<std::uint32_t> addDictionary(const NamespaceId& space, ByteView dictionary);

    [[nodiscard]] const MasterKeys& master() const { return m_keys; }

private:
    Result<std::shared_ptr<SpaceKeys>> unwrap(const KeyRingEntry& entry) const;
    Result<void> publish(KeyRing ring);

    // Constant after construction.
    Disk& m_disk;
    Random& m_random;
    const ShardFolders m_folders;
    const Geometry m_geometry;
    MasterKeys m_keys;
    std::shared_ptr<const SpaceKeys> m_own;

    std::mutex m_addingMutex; ///< one dictionary at a time; taken before m_mutex

    // Guarded by m_mutex.
    mutable std::shared_mutex m_mutex;
    KeyRing m_ring;
    std::unordered_map<NamespaceId, std::shared_ptr<const SpaceKeys>> m_spaces;
};

} // namespace carma::log
