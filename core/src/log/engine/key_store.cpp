// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/engine/key_store.h"

#include <algorithm>
#include <mutex>

namespace carma::log {

namespace {

/// The own key of a KeyStore is derived, not wrapped.
constexpr std::string_view kStoreRecordsLabel = "carma store records";

std::array<std::byte, crypto::kNonceBytes> freshNonce(Random& random)
{
    std::array<std::byte, crypto::kNonceBytes> nonce{};
    random.fill(nonce);
    return nonce;
}

} // namespace

const Dictionary* SpaceKeys::newest() const { return dictionaries.empty() ? nullptr : dictionaries.rbegin()->second.get(); }

const Dictionary* SpaceKeys::find(std::uint32_t number) const
{
    const auto found = dictionaries.find(number);
    return found == dictionaries.end() ? nullptr : found->second.get();
}

KeyStore::KeyStore(Disk& disk, Random& random, ShardFolders folders, Geometry geometry, MasterKeys keys)
    : m_disk(disk), m_random(random), m_folders(std::move(folders)), m_geometry(geometry), m_keys(std::move(keys))
{
    auto own = std::make_shared<SpaceKeys>();
    own->key = std::make_shared<crypto::AeadKey>(m_keys.derive(kStoreRecordsLabel).view());
    m_own = std::move(own);
}

Result<std::shared_ptr<SpaceKeys>> KeyStore::unwrap(const KeyRingEntry& entry) const
{
    auto space = std::make_shared<SpaceKeys>();
    space->id = entry.space;
    CARMA_TRY_ASSIGN(const Bytes name, m_keys.wrapping().open(entry.space.view(), entry.sealedName));
    CARMA_TRY_ASSIGN(const SecretBytes key, m_keys.wrapping().openSecret(entry.space.view(), entry.wrappedKey));
    if (key.size() != crypto::kKeyBytes) {
        return Error{ErrorCode::Corruption, "the data key of a namespace has the wrong size"};
    }
    space->name = toString(ByteView(name));
    space->key = std::make_shared<crypto::AeadKey>(key.view());
    for (const auto& [number, sealed] : entry.dictionaries) {
        CARMA_TRY_ASSIGN(const Bytes bytes, space->key->open(entry.space.view(), sealed));
        CARMA_TRY_ASSIGN(auto dictionary, Dictionary::load(number, bytes));
        space->dictionaries.emplace(number, std::move(dictionary));
    }
    return space;
}

Result<void> KeyStore::load(KeyRing ring)
{
    std::unordered_map<NamespaceId, std::shared_ptr<const SpaceKeys>> spaces;
    for (const KeyRingEntry& entry : ring.entries) {
        CARMA_TRY_ASSIGN(auto space, unwrap(entry));
        spaces.emplace(entry.space, std::move(space));
    }
    const std::unique_lock lock(m_mutex);
    m_ring = std::move(ring);
    m_spaces = std::move(spaces);
    return {};
}

Result<void> KeyStore::reload()
{
    StoreId store;
    {
        const std::shared_lock lock(m_mutex);
        store = m_ring.store;
    }
    CARMA_TRY_ASSIGN(auto reading, readKeyRing(m_disk, m_folders, store, m_keys));
    return load(std::move(reading.ring));
}

Result<std::shared_ptr<const SpaceKeys>> KeyStore::find(const NamespaceId& space) const
{
    if (space.isNull()) {
        return m_own;
    }
    const std::shared_lock lock(m_mutex);
    const auto found = m_spaces.find(space);
    if (found == m_spaces.end()) {
        return Error{ErrorCode::NotFound, "no key is known for namespace " + toString(space)};
    }
    return found->second;
}

std::shared_ptr<const SpaceKeys> KeyStore::findByName(std::string_view name) const
{
    const std::shared_lock lock(m_mutex);
    for (const auto& [id, space] : m_spaces) {
        if (space->name == name) {
            return space;
        }
    }
    return nullptr;
}

std::vector<std::shared_ptr<const SpaceKeys>> KeyStore::all() const
{
    std::vector<std::shared_ptr<const SpaceKeys>> spaces;
    const std::shared_lock lock(m_mutex);
    for (const auto& [id, space] : m_spaces) {
        spaces.push_back(space);
    }
    std::ranges::sort(spaces, {}, [](const auto& space) { return space->name; });
    return spaces;
}

/// REQUIRES: m_mutex is held by the caller.
Result<void> KeyStore::publish(KeyRing ring)
{
    ++ring.epoch;
    CARMA_TRY(writeKeyRing(m_disk, m_folders, m_geometry, ring, m_keys));
    m_ring = std::move(ring);
    return {};
}

Result<std::shared_ptr<const SpaceKeys>> KeyStore::createSpace(std::string_view name)
{
    if (findByName(name) != nullptr) {
        return Error{ErrorCode::AlreadyExists, "a namespace of that name exists"};
    }
    KeyRingEntry entry;
    m_random.fill(std::as_writable_bytes(std::span(entry.space.bytes)));
    SecretBytes key(crypto::kKeyBytes);
    m_random.fill(key.span());
    m_keys.wrapping().seal(freshNonce(m_random), entry.space.view(), asBytes(name), entry.sealedName);
    m_keys.wrapping().seal(freshNonce(m_random), entry.space.view(), key.view(), entry.wrappedKey);
    CARMA_TRY_ASSIGN(std::shared_ptr<const SpaceKeys> space, unwrap(entry));

    const std::unique_lock lock(m_mutex);
    if (std::ranges::any_of(m_spaces, [&](const auto& item) { return item.second->name == name; })) {
        return Error{ErrorCode::AlreadyExists, "a namespace of that name exists"}; // made by another thread meanwhile
    }
    KeyRing ring = m_ring;
    ring.entries.push_back(std::move(entry));
    CARMA_TRY(publish(std::move(ring)));
    m_spaces.emplace(space->id, space);
    return space;
}

Result<Bytes> KeyStore::wrappedKey(const NamespaceId& space) const
{
    const std::shared_lock lock(m_mutex);
    for (const KeyRingEntry& entry : m_ring.entries) {
        if (entry.space == space) {
            return entry.wrappedKey;
        }
    }
    return Error{ErrorCode::NotFound, "no key is known for namespace " + toString(space)};
}

void KeyStore::retire(const NamespaceId& space)
{
    const std::unique_lock lock(m_mutex);
    m_spaces.erase(space);
}

Result<void> KeyStore::remove(const NamespaceId& space, const std::string& quarantine)
{
    const std::lock_guard adding(m_addingMutex);
    const std::unique_lock lock(m_mutex);
    m_spaces.erase(space);
    KeyRing ring = m_ring;
    if (std::erase_if(ring.entries, [&](const KeyRingEntry& entry) { return entry.space == space; }) > 0) {
        CARMA_TRY(publish(std::move(ring)));
    }
    // publish is content with m + 1 copies; an old one that is left has the key.
    CARMA_TRY_ASSIGN(const KeyRingReading reading, readKeyRing(m_disk, m_folders, m_ring.store, m_keys));
    if (!reading.clean()) {
        CARMA_TRY(repairKeyRing(m_disk, m_folders, reading, quarantine));
    }
    const auto drop = [&](const std::string& folder, const auto& matches) -> Result<void> {
        const auto files = m_disk.list(folder);
        bool removed = false;
        for (const FileInfo& file : files.has_value() ? *files : std::vector<FileInfo>()) {
            if (matches(file.name)) {
                CARMA_TRY(m_disk.remove(folder + "/" + file.name));
                removed = true;
            }
        }
        return removed ? m_disk.syncFolder(folder) : Result<void>();
    };
    CARMA_TRY(drop(quarantine, [](const std::string& name) { return name.starts_with("keyring."); }));
    for (const std::string& folder : m_folders) {
        CARMA_TRY(drop(folder, [](const std::string& name) { return name == "keyring.tmp"; }));
    }
    return {};
}

Result<std::uint32_t> KeyStore::addDictionary(const NamespaceId& space, ByteView dictionary)
{
    const std::lock_guard adding(m_addingMutex); // the number is taken until the key ring has it
    CARMA_TRY_ASSIGN(const auto old, find(space));
    const std::uint32_t number = old->dictionaries.empty() ? 1 : old->dictionaries.rbegin()->first + 1;
    CARMA_TRY_ASSIGN(auto loaded, Dictionary::load(number, dictionary));
    Bytes sealed;
    old->key->seal(freshNonce(m_random), space.view(), dictionary, sealed);
    auto changed = std::make_shared<SpaceKeys>(*old);
    changed->dictionaries.emplace(number, std::move(loaded));
    KeyRing ring = m_ring;
    for (KeyRingEntry& entry : ring.entries) {
        if (entry.space == space) {
            entry.dictionaries[number] = std::move(sealed);
            break;
        }
    }
    CARMA_TRY(publish(std::move(ring)));
    m_spaces[space] = std::move(changed);
    return number;
}

} // namespace carma::log
