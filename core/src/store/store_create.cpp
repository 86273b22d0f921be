// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/store_core.h"

#include "crypto/crypto.h"

#include <algorithm>
#include <unistd.h>

namespace carma {

namespace {

using namespace store;

struct Slots {
    std::string keyFile;
    SecretBytes recoveryCode;
};

/// Adds the ways to unlock; the key file is written last, once nothing else can fail.
Result<Slots> addSlots(log::NewSuperblock& fresh, const CreateOptions& options, Random& random)
{
    Slots slots;
    crypto::ScryptParameters parameters;
    parameters.cost = options.scryptCost;
    const auto add = [&](log::KeySlotKind kind, const SecretBytes& secret) {
        return log::setSlot(fresh.superblock, fresh.keys, {kind, secret.clone()}, parameters, random);
    };
    SecretBytes secret(crypto::kKeyBytes);
    random.fill(secret.span());
    CARMA_TRY(add(log::KeySlotKind::RecoveryCode, secret));
    std::string code = log::formatRecoveryCode(secret.view());
    slots.recoveryCode = SecretBytes(asBytes(code));
    crypto::wipe(std::as_writable_bytes(std::span(code)));
    if (options.passphrase) {
        CARMA_TRY(add(log::KeySlotKind::Passphrase, *options.passphrase));
    }
    if (options.withKeyFile) {
        random.fill(secret.span());
        CARMA_TRY(add(log::KeySlotKind::KeyFile, secret));
        slots.keyFile = options.keyFile ? *options.keyFile : defaultKeyFile(fresh.superblock.store);
        CARMA_TRY(writeKeyFileAt(slots.keyFile, fresh.superblock.store, secret.view()));
    }
    return slots;
}

Result<void> writeFirstFiles(Disk& disk, const log::ShardFolders& folders, log::NewSuperblock& fresh)
{
    for (const std::string& folder : folders) {
        CARMA_TRY(disk.makeFolder(folder));
    }
    CARMA_TRY(disk.syncFolder("shards"));
    log::KeyRing ring;
    ring.store = fresh.superblock.store;
    ring.epoch = 1;
    CARMA_TRY(log::writeKeyRing(disk, folders, fresh.superblock.geometry, ring, fresh.keys));
    return log::writeSuperblock(disk, folders, fresh.superblock, fresh.keys);
}

/// The first record of a store says who made it.
Result<void> noteCreation(const World& world, const log::NewSuperblock& fresh, const CreateOptions& options)
{
    log::LogOptions logOptions;
    logOptions.segmentBytes = world.segmentBytes;
    CARMA_TRY_ASSIGN(const auto log, log::Log::open(world.forLog(), fresh.superblock, fresh.keys.clone(), logOptions));
    audit::EntryBody body;
    body.action = "store.create";
    body.kind = audit::classOf(body.action);
    body.object = toString(fresh.superblock.store);
    body.personal.actor = options.actor;
    const Bytes bytes = audit::encodeEntry(body, nullptr, {});
    const log::NewRecord record{log::RecordType::Audit, NamespaceId{}, bytes};
    CARMA_TRY(log->append(std::span(&record, 1)));
    return log->close();
}

void removeFirstFiles(Disk& disk, const log::ShardFolders& folders)
{
    for (const std::string& folder : folders) {
        for (const char* file : {"superblock", "keyring", "superblock.tmp", "keyring.tmp"}) {
            (void)disk.remove(folder + "/" + file).has_value();
        }
        const auto logFiles = disk.list(folder);
        for (const FileInfo& file : logFiles.has_value() ? *logFiles : std::vector<FileInfo>()) {
            (void)disk.remove(folder + "/" + file.name).has_value();
        }
        (void)disk.removeFolder(folder).has_value();
    }
    (void)disk.removeFolder("shards").has_value();
}

Result<void> checkFresh(Disk& disk, const std::string& path, const CreateOptions& options)
{
    if (options.data < 1 || options.data > 32 || options.parity > 16) {
        return Error{ErrorCode::InvalidArgument, "a store has 1 to 32 data shards and 0 to 16 parity shards"};
    }
    if (!options.withKeyFile && !options.passphrase) {
        return Error{ErrorCode::InvalidArgument, "a store needs a key file or a passphrase"};
    }
    if (options.passphrase && options.passphrase->empty()) {
        return Error{ErrorCode::InvalidArgument, "a passphrase cannot be empty"};
    }
    const auto files = disk.list("");
    if (!files.has_value() && files.error().code != ErrorCode::NotFound) {
        return files.error();
    }
    if (files.has_value() && !files->empty()) {
        const bool isStore = std::ranges::any_of(*files, [](const FileInfo& file) { return file.name == "shards"; });
        return Error{ErrorCode::AlreadyExists, path + (isStore ? " is a store already" : " is not empty; choose a new folder")};
    }
    return {};
}

} // namespace

Result<Created> Store::create(const std::string& path, CreateOptions options, const Environment& environment)
{
    World world = makeWorld(path, environment);
    CARMA_TRY(checkFresh(*world.disk, path, options));
    log::Geometry geometry;
    geometry.data = static_cast<std::uint8_t>(options.data);
    geometry.parity = static_cast<std::uint8_t>(options.parity);
    CARMA_TRY_ASSIGN(log::NewSuperblock fresh, log::makeSuperblock(geometry, world.clock->wallTimeUs(), *world.random));
    const log::ShardFolders folders = log::shardFolders(geometry);
    CARMA_TRY_ASSIGN(Slots slots, addSlots(fresh, options, *world.random));
    auto written = writeFirstFiles(*world.disk, folders, fresh);
    if (written.has_value()) {
        written = noteCreation(world, fresh, options);
    }
    if (!written.has_value()) {
        removeFirstFiles(*world.disk, folders);
        if (!slots.keyFile.empty()) {
            ::unlink(slots.keyFile.c_str());
        }
        return written.error().within("the store could not be made");
    }
    return Created{fresh.superblock.store, slots.keyFile, std::move(slots.recoveryCode)};
}

Result<StoreInfo> Store::probe(const std::string& path, const Environment& environment)
{
    const World world = makeWorld(path, environment);
    auto reading = findSuperblock(*world.disk);
    if (!reading.has_value()) {
        return reading.error().within(path);
    }
    const log::Superblock& superblock = reading->superblock;
    StoreInfo info;
    info.id = superblock.store;
    info.format = superblock.format;
    info.dataShards = superblock.geometry.data;
    info.parityShards = superblock.geometry.parity;
    for (const log::KeySlot& slot : superblock.slots) {
        info.hasKeyFile = info.hasKeyFile || slot.kind == log::KeySlotKind::KeyFile;
        info.hasPassphrase = info.hasPassphrase || slot.kind == log::KeySlotKind::Passphrase;
        info.hasRecoveryCode = info.hasRecoveryCode || slot.kind == log::KeySlotKind::RecoveryCode;
    }
    return info;
}

Result<void> selfTest() { return crypto::selfTest(); }

} // namespace carma
