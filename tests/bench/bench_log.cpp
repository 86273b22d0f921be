// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench_support.h"
#include "log/engine/log.h"
#include "store/store_core.h"

#include <carma/executor.h>
#include <carma/random.h>

#include <fcntl.h>
#include <filesystem>
#include <thread>
#include <unistd.h>

/// Appends: fragments of 1 KB in durable batches of 256, sealed, encrypted, 4 + 2, against a bare loop that writes and syncs as many bytes.
namespace carma::bench {
namespace {

constexpr std::size_t kBatch = 256;
constexpr std::size_t kBatches = 400;
constexpr std::size_t kFragmentBytes = 1024;

struct OpenLog {
    std::unique_ptr<Disk> disk;
    std::unique_ptr<Executor> executor;
    std::unique_ptr<log::Log> log;
    NamespaceId space;
};

OpenLog openLog(const std::string& path)
{
    std::filesystem::remove_all(path);
    OpenLog open;
    open.disk = openPosixDisk(path);
    open.executor = makeThreadExecutor(std::max(2U, std::thread::hardware_concurrency()));
    auto fresh = must(log::makeSuperblock(log::Geometry{}, 0, systemRandom()));
    const auto folders = log::shardFolders(fresh.superblock.geometry);
    for (const std::string& folder : folders) {
        must(open.disk->makeFolder(folder));
    }
    log::KeyRing ring;
    ring.store = fresh.superblock.store;
    must(log::writeKeyRing(*open.disk, folders, fresh.superblock.geometry, ring, fresh.keys));
    must(log::writeSuperblock(*open.disk, folders, fresh.superblock, fresh.keys));
    open.log = must(
        log::Log::open({*open.disk, systemClock(), systemRandom(), *open.executor}, fresh.superblock, std::move(fresh.keys), {}));
    open.space = must(open.log->keys().createSpace("bench"))->id;
    return open;
}

std::vector<std::string> fragments()
{
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < kBatch * 16; ++i) {
        texts.push_back(prose(i, kFragmentBytes));
    }
    return texts;
}

std::uint64_t bytesIn(const std::string& folder)
{
    std::uint64_t bytes = 0;
    for (const auto& file : std::filesystem::recursive_directory_iterator(folder)) {
        bytes += file.is_regular_file() ? file.file_size() : 0;
    }
    return bytes;
}

/// Seconds that a bare loop takes to write the same bytes: `batches` times to three files with a sync each, and the shards at the end.
double bareLoop(const std::string& folder, std::uint64_t tailBytes, std::uint64_t shardBytes)
{
    std::filesystem::create_directories(folder);
    const std::string block = prose(1, tailBytes / kBatches);
    int files[3];
    for (int i = 0; i < 3; ++i) {
        files[i] = ::open((folder + "/" + std::to_string(i)).c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    }
    const Stopwatch watch;
    for (std::size_t batch = 0; batch < kBatches; ++batch) {
        for (const int file : files) {
            if (::write(file, block.data(), block.size()) < 0 || ::fdatasync(file) != 0) {
                fail({ErrorCode::Io, "the bare loop could not write"});
            }
        }
    }
    const std::string shard(shardBytes / 6, 'x');
    for (int i = 0; i < 6; ++i) {
        const int file = ::open((folder + "/s" + std::to_string(i)).c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
        if (::write(file, shard.data(), shard.size()) < 0 || ::fdatasync(file) != 0) {
            fail({ErrorCode::Io, "the bare loop could not write"});
        }
        ::close(file);
    }
    const double seconds = watch.seconds();
    for (const int file : files) {
        ::close(file);
    }
    std::filesystem::remove_all(folder);
    return seconds;
}

void append(Context& context, unsigned writers)
{
    const std::vector<std::string> texts = fragments();
    Measure rate{writers == 1 ? "append" : "append-2-writers", "fragments/s", "the bare disk's rate", {}};
    for (unsigned run = 0; run < context.runs; ++run) {
        const std::string path = context.folder + "/append";
        OpenLog open = openLog(path);
        std::vector<std::string_view> samples(texts.begin(), texts.begin() + 1000);
        must(open.log->keys().addDictionary(open.space, must(log::trainDictionary(samples))));
        std::uint64_t records = 0;
        const auto write = [&](std::size_t from, std::size_t step) {
            for (std::size_t batch = from; batch < kBatches; batch += step) {
                std::vector<log::NewRecord> batchRecords;
                for (std::size_t i = 0; i < kBatch; ++i) {
                    batchRecords.push_back({log::RecordType::Fragment, open.space, asBytes(texts[(batch % 16) * kBatch + i])});
                }
                must(open.log->append(batchRecords));
            }
        };
        const Stopwatch watch;
        std::vector<std::jthread> threads;
        for (unsigned i = 1; i < writers; ++i) {
            threads.emplace_back([&, i] { write(i, writers); });
        }
        write(0, writers);
        threads.clear();
        open.executor->drain();
        const double seconds = watch.seconds();
        records = kBatch * kBatches;
        const std::uint64_t payload = [&] {
            must(open.log->seal());
            return bytesIn(path);
        }();
        must(open.log->close());
        const double bare = bareLoop(context.folder + "/bare", payload * 4 / 6, payload);
        rate.samples.push_back({static_cast<double>(records) / seconds, static_cast<double>(records) / bare});
        open.log.reset();
        std::filesystem::remove_all(path);
    }
    context.reporter.report(rate);
}

const Registration kAppend("append", [](Context& context) { append(context, 1); });
const Registration kAppendTwo("append-2-writers", [](Context& context) { append(context, 2); });

} // namespace
} // namespace carma::bench
