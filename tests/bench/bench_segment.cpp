// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench_support.h"
#include "log/segment/segment.h"

#include <carma/executor.h>
#include <carma/random.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <filesystem>
#include <functional>
#include <isa-l/erasure_code.h>
#include <thread>

/// Sealed segments: parity, scrub, rebuild of two folders.
namespace carma::bench {
namespace {

constexpr std::size_t kPayload = 16U << 20U;

struct Sealed {
    std::unique_ptr<Disk> disk;
    log::ShardFolders folders;
    log::SegmentInfo info;
    Bytes payload;
};

Sealed seal(const std::string& path, Executor& executor, unsigned segments)
{
    std::filesystem::remove_all(path);
    Sealed sealed;
    sealed.disk = openPosixDisk(path);
    for (int i = 0; i < 6; ++i) {
        sealed.folders.push_back("shards/" + std::to_string(i));
        must(sealed.disk->makeFolder(sealed.folders.back()));
    }
    sealed.payload.resize(kPayload);
    systemRandom().fill(sealed.payload);
    systemRandom().fill(std::as_writable_bytes(std::span(sealed.info.store.bytes)));
    for (unsigned i = 0; i < segments; ++i) {
        sealed.info.segment = i;
        sealed.info = must(log::writeSegment(*sealed.disk, executor, sealed.folders, sealed.info, sealed.payload)).info;
    }
    return sealed;
}

void parity(Context& context)
{
    // The whole segment in the sizes that sealing uses: 4 data sectors give 2 parity sectors, row after row.
    constexpr int kData = 4;
    constexpr int kParity = 2;
    constexpr std::size_t kRow = 64U << 10U;
    std::vector<unsigned char> matrix((kData + kParity) * kData);
    std::vector<unsigned char> tables(32U * kData * kParity);
    gf_gen_cauchy1_matrix(matrix.data(), kData + kParity, kData);
    ec_init_tables(kData, kParity, matrix.data() + kData * kData, tables.data());
    Bytes bytes((kData + kParity) * kRow);
    systemRandom().fill(bytes);
    std::vector<unsigned char*> parts;
    for (std::size_t i = 0; i < kData + kParity; ++i) {
        parts.push_back(reinterpret_cast<unsigned char*>(bytes.data() + i * kRow));
    }
    Measure rate{"parity-encode-a-core", "GB/s", "", {}};
    for (unsigned run = 0; run < context.runs; ++run) {
        constexpr int kRounds = 4000;
        const Stopwatch watch;
        for (int round = 0; round < kRounds; ++round) {
            ec_encode_data(static_cast<int>(kRow), kData, kParity, tables.data(), parts.data(), parts.data() + kData);
        }
        rate.samples.push_back({static_cast<double>(kRounds) * kData * kRow / 1e9 / watch.seconds(), 0});
    }
    context.reporter.report(rate);
}

void sealSegment(Context& context)
{
    const auto executor = makeThreadExecutor(std::max(2U, std::thread::hardware_concurrency()));
    Measure rate{"seal-segment", "MB/s", "", {}};
    for (unsigned run = 0; run < context.runs; ++run) {
        const Stopwatch watch;
        const Sealed sealed = seal(context.folder + "/seal", *executor, 4);
        rate.samples.push_back({4.0 * kPayload / 1e6 / watch.seconds(), 0});
    }
    context.reporter.report(rate);
}

void scrub(Context& context)
{
    const auto executor = makeInlineExecutor(); // one core
    constexpr unsigned kSegments = 8;
    const Sealed sealed = seal(context.folder + "/scrub", *executor, kSegments);
    Measure rate{"scrub-a-core", "GB/s", "", {}};
    for (unsigned run = 0; run < context.runs; ++run) {
        std::uint64_t bytes = 0;
        const Stopwatch watch;
        for (unsigned i = 0; i < kSegments; ++i) {
            const auto segment = must(
                log::openSegment(*sealed.disk, *executor, sealed.info.store, sealed.info.geometry, sealed.folders, {i, 0}));
            const auto outcome = segment->scrub();
            if (!outcome.damage.empty()) {
                fail({ErrorCode::Corruption, "a fresh segment is damaged"});
            }
            bytes += outcome.bytesRead;
        }
        rate.samples.push_back({static_cast<double>(bytes) / 1e9 / watch.seconds(), 0});
    }
    context.reporter.report(rate);
}

void rebuild(Context& context)
{
    const auto executor = makeThreadExecutor(std::max(2U, std::thread::hardware_concurrency()));
    constexpr unsigned kSegments = 8;
    Measure rate{"rebuild-two-folders", "MB/s", "", {}};
    for (unsigned run = 0; run < context.runs; ++run) {
        const std::string path = context.folder + "/rebuild";
        const Sealed sealed = seal(path, *executor, kSegments);
        std::filesystem::remove_all(path + "/shards/1");
        std::filesystem::remove_all(path + "/shards/4");
        std::atomic<std::uint64_t> written = 0;
        const auto repair = [&](unsigned i) {
            const auto segment = must(
                log::openSegment(*sealed.disk, *executor, sealed.info.store, sealed.info.geometry, sealed.folders, {i, 0}));
            written += must(segment->repair("quarantine")).bytesWritten;
        };
        const Stopwatch watch;
        for (unsigned i = 0; i < kSegments; i += 2) { // two at once, as heal does
            const std::array<std::function<void()>, 2> tasks{[&] { repair(i); }, [&] { repair(i + 1); }};
            executor->runAll(tasks);
        }
        rate.samples.push_back({static_cast<double>(written) / 1e6 / watch.seconds(), 0});
    }
    context.reporter.report(rate);
}

const Registration kParity("parity-encode-a-core", parity);
const Registration kSeal("seal-segment", sealSegment);
const Registration kScrub("scrub-a-core", scrub);
const Registration kRebuild("rebuild-two-folders", rebuild);

} // namespace
} // namespace carma::bench
