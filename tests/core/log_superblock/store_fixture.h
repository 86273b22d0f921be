// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/log_superblock/memory_disk.h"
#include "log/superblock/superblock.h"

#include <carma/assert.h>
#include <carma/random.h>

#include <random>

namespace carma::test {

/// The same bytes in every run. For tests only.
class SeededRandom final : public Random {
public:
    explicit SeededRandom(std::uint64_t seed) : m_engine(seed) {}
    void fill(ByteSpan out) override
    {
        for (std::byte& byte : out) {
            byte = static_cast<std::byte>(m_engine());
        }
    }

private:
    std::mt19937_64 m_engine;
};

inline constexpr crypto::ScryptParameters kQuickScrypt{.cost = 16, .blockSize = 8, .parallel = 1};

inline log::KeySource passphrase(std::string_view text) { return {log::KeySlotKind::Passphrase, SecretBytes(asBytes(text))}; }
inline log::KeySource keyFile(unsigned char fill)
{
    return {log::KeySlotKind::KeyFile, SecretBytes(Bytes(32, static_cast<std::byte>(fill)))};
}

/// Six shard folders with a superblock that a passphrase and a key file open.
struct StoreFixture {
    MemoryDisk disk;
    SeededRandom random{7};
    log::ShardFolders folders;
    log::Superblock superblock;
    std::unique_ptr<log::MasterKeys> keys;

    /// `extraBytes` of incompressible filler make the superblock longer than a sector.
    explicit StoreFixture(std::size_t extraBytes = 0, std::uint64_t seed = 7) : random(seed)
    {
        for (unsigned shard = 0; shard < 6; ++shard) {
            folders.push_back("shards/" + std::to_string(shard));
            CARMA_ASSERT(disk.makeFolder(folders.back()));
        }
        CARMA_ASSERT(disk.syncFolder(""));
        CARMA_ASSERT(disk.syncFolder("shards"));
        auto made = log::makeSuperblock({.data = 4, .parity = 2}, 1'700'000'000'000'000, random);
        CARMA_ASSERT(made.has_value());
        superblock = std::move(made->superblock);
        keys = std::make_unique<log::MasterKeys>(std::move(made->keys));
        CARMA_ASSERT(log::setSlot(superblock, *keys, passphrase("open sesame"), kQuickScrypt, random));
        CARMA_ASSERT(log::setSlot(superblock, *keys, keyFile(3), {}, random));
        for (std::size_t left = extraBytes; left > 0;) {
            log::KeySlot filler{.kind = log::KeySlotKind::RecoveryCode,
                .salt = Bytes(16),
                .parameters = {},
                .wrapped = Bytes(std::min<std::size_t>(left, 4096))};
            random.fill(filler.wrapped);
            left -= filler.wrapped.size();
            superblock.slots.push_back(std::move(filler));
        }
        write();
    }
    void write() { CARMA_ASSERT(log::writeSuperblock(disk, folders, superblock, *keys)); }
    /// Writes the next epoch.
    void change()
    {
        ++superblock.epoch;
        write();
    }
    Bytes& copy(unsigned shard, const std::string& name = "superblock")
    {
        Bytes* content = disk.contentOf(folders[shard] + "/" + name);
        CARMA_ASSERT(content != nullptr);
        return *content;
    }
    /// Overwrites a part of a copy with bytes that differ everywhere.
    void smear(unsigned shard, std::size_t at, std::size_t count, const std::string& name = "superblock")
    {
        for (std::size_t i = at; i < at + count; ++i) {
            copy(shard, name)[i] ^= std::byte{0xff};
        }
    }
    [[nodiscard]] Result<log::SuperblockReading> read() { return log::readSuperblock(disk, folders); }
    Result<std::uint64_t> repair()
    {
        CARMA_TRY_ASSIGN(const log::SuperblockReading reading, read());
        return log::repairSuperblock(disk, folders, reading, "quarantine");
    }
};

} // namespace carma::test
