// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench_support.h"
#include "log/engine/log.h"
#include "store/store_core.h"

#include <carma/executor.h>
#include <carma/random.h>

#include <algorithm>
#include <fcntl.h>
#include <filesystem>
#include <span>
#include <thread>
#include <unistd.h>

/// Appends: fragments of 1 KB in durable batches of 256, sealed, encrypted, 4 + 2, against a bare loop that writes and syncs the same.
namespace carma::bench {
namespace {

constexpr std::size_t kBatch = 256;
constexpr std::size_t kBatches = 400;
constexpr std::size_t kFragmentBytes = 1024;
constexpr unsigned kDataShards = 4;
constexpr unsigned kShards = 6;
constexpr unsigned kTails = 3;

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

/// The sealed segments of a store.
struct SealedFiles {
    std::uint64_t bytes = 0;
    std::uint64_t segments = 0;
};

SealedFiles sealedFiles(const std::string& folder)
{
    SealedFiles sealed;
    for (const auto& file : std::filesystem::recursive_directory_iterator(folder)) {
        if (file.path().extension() == ".shard") {
            sealed.bytes += file.file_size();
            ++sealed.segments;
        }
    }
    sealed.segments /= kShards;
    return sealed;
}

void writeAndSync(int file, const std::string& bytes)
{
    if (::write(file, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()) || ::fdatasync(file) != 0) {
        fail({ErrorCode::Io, "the bare loop could not write"});
    }
}

/// Bytes that no layer below can make smaller, as sealed records are.
std::string noise(std::size_t bytes)
{
    std::string text(bytes, '\0');
    systemRandom().fill(std::as_writable_bytes(std::span(text)));
    return text;
}

/// Seconds that a bare loop takes for the same bytes in files of the same sizes with the same syncs of files: each batch to three tails,
/// each segment to six shards, new tails for each segment. What the log does beyond that (names, folders, reading, thinking) is not in
/// it. The executor makes it one of two: one file after another, which is what a plain program does, or, as the log does it, all tails
/// at once and shards in the background, which is the most that the disk can do.
double bareLoop(const std::string& folder, const SealedFiles& sealed, Executor& executor)
{
    std::filesystem::create_directories(folder);
    const std::string block = noise(sealed.bytes * kDataShards / kShards / kBatches);
    const std::string shard = noise(sealed.bytes / sealed.segments / kShards);
    const auto openNew = [&](const std::string& name) {
        return ::open((folder + "/" + name).c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    };
    const Stopwatch watch;
    for (std::uint64_t segment = 0; segment < sealed.segments; ++segment) {
        const std::size_t batches = kBatches * (segment + 1) / sealed.segments - kBatches * segment / sealed.segments;
        std::vector<std::function<void()>> writes;
        std::vector<int> tails;
        for (unsigned i = 0; i < kTails; ++i) {
            tails.push_back(openNew("tail" + std::to_string(segment) + "." + std::to_string(i)));
            writes.emplace_back([&block, file = tails.back()] { writeAndSync(file, block); });
        }
        for (std::size_t batch = 0; batch < batches; ++batch) {
            executor.runAll(writes);
        }
        std::ranges::for_each(tails, ::close);
        for (unsigned i = 0; i < kShards; ++i) {
            executor.post([&, file = openNew("shard" + std::to_string(segment) + "." + std::to_string(i))] {
                writeAndSync(file, shard);
                ::close(file);
            });
        }
    }
    executor.drain();
    const double seconds = watch.seconds();
    std::filesystem::remove_all(folder);
    return seconds;
}

void append(Context& context, unsigned writers)
{
    const std::vector<std::string> texts = fragments();
    Measure rate{writers == 1 ? "append" : "append-2-writers", "fragments/s", "the bare disk's rate", {}};
    Measure against{rate.name + "-bare-parallel", "fragments/s", "the log's rate", {}};
    for (unsigned run = 0; run < context.runs; ++run) {
        const std::string path = context.folder + "/append";
        OpenLog open = openLog(path);
        std::vector<std::string_view> samples(texts.begin(), texts.begin() + 1000);
        must(open.log->keys().addDictionary(open.space, must(log::trainDictionary(samples))));
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
        const std::uint64_t records = kBatch * kBatches;
        must(open.log->seal());
        must(open.log->close());
        const SealedFiles sealed = sealedFiles(path);
        const auto total = static_cast<double>(records);
        const double plain = total / bareLoop(context.folder + "/bare", sealed, *makeInlineExecutor());
        const double parallel = total / bareLoop(context.folder + "/bare", sealed, *makeThreadExecutor(kTails));
        rate.samples.push_back({total / seconds, plain});
        against.samples.push_back({parallel, total / seconds});
        open.log.reset();
        std::filesystem::remove_all(path);
    }
    context.reporter.report(rate);
    context.reporter.report(against);
}

const Registration kAppend("append", [](Context& context) { append(context, 1); });
const Registration kAppendTwo("append-2-writers", [](Context& context) { append(context, 2); });

} // namespace
} // namespace carma::bench
