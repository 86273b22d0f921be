// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/log_segment/memory_disk.h"
#include "log/segment/shard_format.h"

#include <bit>
#include <random>

/// One sealed segment on a memory disk, and ways to damage it.
namespace carma::test {

inline Bytes randomPayload(std::size_t size, std::uint64_t seed)
{
    std::mt19937_64 random(seed);
    Bytes bytes(size);
    for (std::byte& b : bytes) {
        b = static_cast<std::byte>(random());
    }
    return bytes;
}

class SegmentFixture {
public:
    explicit SegmentFixture(std::size_t payloadBytes = 300 * 4096 + 77, log::Geometry geometry = {4, 2})
        : executor(makeInlineExecutor()), payload(randomPayload(payloadBytes, payloadBytes))
    {
        disk.folders.insert("quarantine");
        for (unsigned shard = 0; shard < geometry.total(); ++shard) {
            folders.push_back("shards/" + std::to_string(shard));
            disk.folders.insert(folders.back());
        }
        info.store.bytes = {1, 2, 3};
        info.segment = 7;
        info.generation = 2;
        info.geometry = geometry;
        info.firstSequence = 1000;
        info.recordCount = 55;
        auto written = log::writeSegment(disk, *executor, folders, info, payload);
        if (written) {
            info = written->info;
        }
        writtenWell = written.has_value();
        layout = log::ShardLayout::of(geometry, payload.size());
        sound = disk.snapshot();
    }

    [[nodiscard]] std::unique_ptr<log::Segment> open()
    {
        auto segment = log::openSegment(disk, *executor, info.store, info.geometry, folders, {info.segment, info.generation});
        return segment ? std::move(*segment) : nullptr;
    }
    [[nodiscard]] std::string path(unsigned shard) const
    {
        return folders[shard] + "/" + log::shardFileName(info.segment, info.generation);
    }
    [[nodiscard]] Bytes& file(unsigned shard) { return *disk.files.at(path(shard)); }
    void flip(unsigned shard, std::uint64_t sector, std::size_t bit)
    {
        file(shard)[sector * 4096 + bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    }
    void zero(unsigned shard, std::uint64_t sector, std::uint64_t count)
    {
        std::fill_n(file(shard).begin() + static_cast<std::ptrdiff_t>(sector * 4096), count * 4096, std::byte{0});
    }
    /// The whole payload through read().
    [[nodiscard]] bool readsAll(log::Segment& segment, std::vector<log::ShardDamage>* found = nullptr) const
    {
        Bytes out(payload.size());
        return segment.read(0, out, found).has_value() && out == payload;
    }
    /// True if the shard files are those that were written.
    [[nodiscard]] bool isWhole() const
    {
        for (const auto& [name, content] : sound) {
            const auto now = disk.files.find(name);
            if (now == disk.files.end() || *now->second != content) {
                return false;
            }
        }
        return true;
    }

    MemoryDisk disk;
    std::unique_ptr<Executor> executor;
    log::ShardFolders folders;
    log::SegmentInfo info;
    log::ShardLayout layout;
    Bytes payload;
    bool writtenWell = false;
    std::map<std::string, Bytes> sound;
};

} // namespace carma::test
