// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later

/// Superblocks and key rings in three folders, key files and recovery codes.
#include "fuzz/fuzz_input.h"
#include "log/sector/framed_object.h"
#include "log/superblock/key_file.h"
#include "log/superblock/superblock.h"
#include "log/superblock/superblock_codec.h"

#include <algorithm>

using namespace carma;
using namespace carma::log;
using carma::fuzz::Files;
using carma::fuzz::Input;

namespace {

const ShardFolders kFolders{"shards/0", "shards/1", "shards/2"};
constexpr Geometry kGeometry{.data = 2, .parity = 1};

/// A superblock and a key ring, each in two states, as one copy of either.
struct Image {
    std::unique_ptr<MasterKeys> keys;
    Superblock superblock;
    Bytes superblockFiles[2]; ///< older, newer
    Bytes superblockPayloads[2];
    Bytes ringFiles[2];
    Bytes ringPayload;

    Image()
    {
        fuzz::SeededRandom random(7);
        auto made = makeSuperblock(kGeometry, 1'700'000'000'000'000, random);
        CARMA_ASSERT(made.has_value());
        superblock = std::move(made->superblock);
        keys = std::make_unique<MasterKeys>(std::move(made->keys));
        CARMA_ASSERT(setSlot(superblock, *keys, keySource(), {}, random).has_value());
        for (std::size_t left = 2; left > 0; --left) { // longer than a sector
            superblock.slots.push_back(
                {.kind = KeySlotKind::RecoveryCode, .salt = Bytes(16), .parameters = {}, .wrapped = random.bytes(3000)});
        }
        test::MemoryDisk disk;
        disk.folders.insert(kFolders.begin(), kFolders.end());
        KeyRing ring{.store = superblock.store, .epoch = 1, .entries = {}};
        for (unsigned state = 0; state < 2; ++state, ++superblock.epoch, ++ring.epoch) {
            KeyRingEntry entry{
                .space = NamespaceId{}.plus(state), .sealedName = random.bytes(40), .wrappedKey = random.bytes(60), .dictionaries = {}};
            entry.dictionaries[state + 1] = random.bytes(2500);
            ring.entries.push_back(std::move(entry));
            CARMA_ASSERT(writeSuperblock(disk, kFolders, superblock, *keys).has_value());
            CARMA_ASSERT(writeKeyRing(disk, kFolders, kGeometry, ring, *keys).has_value());
            superblockFiles[state] = *disk.files.at("shards/0/superblock");
            superblockPayloads[state] = encodeSuperblock(superblock);
            ringFiles[state] = *disk.files.at("shards/0/keyring");
        }
        ringPayload = readFramedObject(ringPlace(), ringFiles[1]).payload;
        CARMA_ASSERT(!ringPayload.empty());
    }

    static KeySource keySource() { return {KeySlotKind::KeyFile, SecretBytes(Bytes(32, std::byte{3}))}; }
    [[nodiscard]] SectorPlace ringPlace() const { return {.store = superblock.store, .kind = SectorKind::KeyRing}; }
    static SectorPlace superblockPlace() { return {.store = {}, .kind = SectorKind::Superblock}; }
};

const Image& image()
{
    static const Image made;
    return made;
}

std::vector<std::string> pathsOf(const std::string& name)
{
    std::vector<std::string> paths;
    for (const std::string& folder : kFolders) {
        paths.push_back(folder + "/" + name);
    }
    return paths;
}

void prepare(test::MemoryDisk& disk, const std::string& name, const Files& files)
{
    disk.folders.insert(kFolders.begin(), kFolders.end());
    disk.folders.insert("quarantine");
    fuzz::load(disk, pathsOf(name), files);
}

bool holds(const Files& files, const Bytes& file) { return std::ranges::find(files, std::optional(file)) != files.end(); }

void readSuperblocks(const Files& files, bool forged)
{
    test::MemoryDisk disk;
    prepare(disk, "superblock", files);
    const auto reading = readSuperblock(disk, kFolders);
    CARMA_ASSERT(forged || !holds(files, image().superblockFiles[1]) || reading.has_value());
    if (!reading.has_value()) {
        return;
    }
    const Bytes payload = encodeSuperblock(reading->superblock);
    const bool newest = payload == image().superblockPayloads[1];
    CARMA_ASSERT(forged || newest || (payload == image().superblockPayloads[0] && !holds(files, image().superblockFiles[1])));
    const auto keys = unlock(reading->superblock, Image::keySource());
    CARMA_ASSERT(forged || keys.has_value());
    if (keys.has_value()) { // the MAC holds, so these are the right keys and nothing was changed
        CARMA_ASSERT(newest || payload == image().superblockPayloads[0]);
        CARMA_ASSERT(keys->master().equals(image().keys->master().view()));
    }
    const auto written = repairSuperblock(disk, kFolders, *reading, "quarantine");
    CARMA_ASSERT(written.has_value());
    const auto after = readSuperblock(disk, kFolders);
    CARMA_ASSERT(after.has_value() && after->clean() && encodeSuperblock(after->superblock) == payload);
}

void readKeyRings(const Files& files, bool forged)
{
    test::MemoryDisk disk;
    prepare(disk, "keyring", files);
    const auto reading = readKeyRing(disk, kFolders, image().superblock.store, *image().keys);
    CARMA_ASSERT(forged || !holds(files, image().ringFiles[1]) || reading.has_value());
    if (!reading.has_value()) {
        return;
    }
    const bool known = reading->file == image().ringFiles[1] ||
        (reading->file == image().ringFiles[0] && !holds(files, image().ringFiles[1]));
    CARMA_ASSERT(forged || known);
    CARMA_ASSERT(repairKeyRing(disk, kFolders, *reading, "quarantine").has_value());
    const auto after = readKeyRing(disk, kFolders, image().superblock.store, *image().keys);
    CARMA_ASSERT(after.has_value() && after->clean() && after->file == reading->file);
}

/// Copies in either state, with edits of their sectors.
void editedFiles(Input& input, fuzz::Intent intent, bool ring)
{
    const std::uint8_t states = input.byte();
    const SectorPlace place = ring ? image().ringPlace() : Image::superblockPlace();
    Files files;
    for (unsigned i = 0; i < kFolders.size(); ++i) {
        const unsigned state = (states >> i & 1U) != 0 ? 0 : 1;
        files.emplace_back(ring ? image().ringFiles[state] : image().superblockFiles[state]);
    }
    fuzz::applyEdits(input, intent, files, [place](std::size_t, std::uint64_t sector, auto bytes) {
        SectorPlace at = place;
        at.index = sector;
        fuzz::reframeSector(at, bytes);
    });
    if (ring) {
        readKeyRings(files, intent == fuzz::Intent::Forge);
    } else {
        readSuperblocks(files, intent == fuzz::Intent::Forge);
    }
}

/// An object whose content was edited and whose framing, and MAC where there is one, is right.
void editedPayload(Input& input, bool ring)
{
    Files payload{ring ? image().ringPayload : image().superblockPayloads[1]};
    constexpr std::size_t kMacBytes = sizeof(crypto::Digest);
    if (ring) {
        payload[0]->resize(payload[0]->size() - kMacBytes);
    }
    fuzz::applyEdits(input, fuzz::Intent::Forge, payload, {});
    if (!payload[0]) {
        return;
    }
    if (ring) {
        const auto mac = crypto::hmacSha256(image().keys->derive("carma key ring").view(), {*payload[0]});
        payload[0]->insert(payload[0]->end(), mac.begin(), mac.end());
    }
    const Bytes file = frameObject(ring ? image().ringPlace() : Image::superblockPlace(), *payload[0]);
    if (ring) {
        readKeyRings(Files(kFolders.size(), file), true);
    } else {
        readSuperblocks(Files(kFolders.size(), file), true);
    }
}

void texts(Input& input)
{
    const bool edited = input.byte() % 2 == 0;
    const Bytes secret(32, std::byte{0x42});
    const auto take = [&](const std::string& good) {
        Files files{toBytes(good)};
        if (edited) {
            fuzz::applyEdits(input, fuzz::Intent::Forge, files, {});
        } else {
            files[0] = toBytes(input.rest());
        }
        return files[0] ? toString(*files[0]) : std::string();
    };
    if (input.byte() % 2 == 0) {
        if (const auto key = parseKeyFile(take(formatKeyFile(image().superblock.store, secret)))) {
            const auto again = parseKeyFile(formatKeyFile(key->store, key->secret.view()));
            CARMA_ASSERT(again.has_value() && again->store == key->store && again->secret.equals(key->secret.view()));
        }
    } else if (const auto code = parseRecoveryCode(take(formatRecoveryCode(secret)))) {
        const auto again = parseRecoveryCode(formatRecoveryCode(code->view()));
        CARMA_ASSERT(again.has_value() && again->equals(code->view()));
    }
}

void raw(Input& input)
{
    const bool ring = input.byte() % 2 == 0;
    Files files(kFolders.size());
    const Bytes bytes = toBytes(input.rest());
    if (const auto superblock = parseSuperblock(bytes)) {
        CARMA_ASSERT(encodeSuperblock(*superblock) == bytes);
        static_cast<void>(unlock(*superblock, Image::keySource()).has_value());
    }
    files[0] = bytes;
    if (ring) {
        readKeyRings(files, true);
    } else {
        readSuperblocks(files, true);
    }
}

} // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***)
{
    static_cast<void>(image());
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    Input input(std::as_bytes(std::span(data, size)));
    switch (input.byte() % 8) {
    case 0: raw(input); break;
    case 1: texts(input); break;
    case 2: editedFiles(input, fuzz::Intent::Damage, false); break;
    case 3: editedFiles(input, fuzz::Intent::Damage, true); break;
    case 4: editedFiles(input, fuzz::Intent::Forge, false); break;
    case 5: editedFiles(input, fuzz::Intent::Forge, true); break;
    case 6: editedPayload(input, false); break;
    default: editedPayload(input, true);
    }
    return 0;
}
