// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench_support.h"

#include <carma/random.h>

#include <filesystem>
#include <fstream>
#include <sys/wait.h>
#include <unistd.h>

/// A store of 1 GB whose originals do not compress: looking through it, and making two lost folders anew, with the memory of both.
namespace carma::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kStoredBytes = 1'000'000'000; // in all folders together
constexpr std::uint64_t kFileBytes = 4'000'000;
constexpr double kRedundancy = 1.5; // four folders of data, two of parity

/// Pages that are little text and a picture.
void writePages(const std::string& folder)
{
    fs::create_directories(folder);
    constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    Bytes picture(kFileBytes);
    constexpr double kPacked = 6.0 / 8; // a digit of base 64 says six bits
    const auto files =
        static_cast<std::uint64_t>(static_cast<double>(kStoredBytes) / kRedundancy / kPacked / static_cast<double>(kFileBytes)) + 1;
    for (std::uint64_t i = 0; i < files; ++i) {
        systemRandom().fill(picture);
        std::string text(kFileBytes, ' ');
        for (std::size_t at = 0; at < text.size(); ++at) {
            text[at] = kDigits[std::to_integer<std::size_t>(picture[at]) % kDigits.size()];
        }
        std::ofstream file(folder + "/" + std::to_string(i) + ".html");
        file << "<html><body><p>" << prose(i, 2000) << "</p><!-- " << text << " --></body></html>";
    }
}

std::uint64_t bytesBelow(const std::string& folder)
{
    std::uint64_t bytes = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        bytes += entry.is_regular_file() ? entry.file_size() : 0;
    }
    return bytes;
}

/// In a process of its own: what it leaves in memory is none of healing's.
void ingestApart(const std::string& source, const std::string& path)
{
    const pid_t child = ::fork();
    if (child == 0) {
        BenchStore bench = makeStore(path);
        const IngestReport report = must(bench.store->memory().ingest({source}, {}, {}));
        if (!report.refused.empty()) {
            fail({ErrorCode::Unsupported, report.refused.front().reason});
        }
        must(bench.store->close());
        ::_exit(0);
    }
    int status = 0;
    if (child < 0 || ::waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fail({ErrorCode::Io, "the store to be healed was not made"});
    }
}

void healLarge(Context& context)
{
    const std::string source = context.folder + "/pages";
    const std::string path = context.folder + "/heal";
    writePages(source);
    ingestApart(source, path);
    fs::remove_all(source);
    context.reporter.report({"heal-1GB-store", "MB", "", {{static_cast<double>(bytesBelow(path)) / 1e6, 0}}});
    Measure scrubbed{"scrub-1GB", "s", "", {}};
    Measure scrubMemory{"scrub-1GB-peak-memory", "MiB", "", {}};
    Measure healed{"heal-1GB-two-folders", "s", "", {}};
    Measure healMemory{"heal-1GB-peak-memory", "MiB", "", {}};
    for (unsigned run = 0; run < context.runs; ++run) {
        fs::remove_all(path + "/shards/1");
        fs::remove_all(path + "/shards/4");
        const auto store = openStore(path, false);
        resetPeakResident();
        const Stopwatch healWatch;
        const HealReport report = must(store->health().heal({}));
        healed.samples.push_back({healWatch.seconds(), 0});
        healMemory.samples.push_back({peakResidentMiB(), 0});
        resetPeakResident();
        const Stopwatch scrubWatch;
        const DamageReport damage = must(store->health().scrub({}));
        scrubbed.samples.push_back({scrubWatch.seconds(), 0});
        scrubMemory.samples.push_back({peakResidentMiB(), 0});
        if (report.unhealed != 0 || damage.faultsCount != 0) {
            fail({ErrorCode::Corruption, "the store is not whole again"});
        }
        must(store->close());
    }
    for (const Measure& measure : {healed, healMemory, scrubbed, scrubMemory}) {
        context.reporter.report(measure);
    }
}

const Registration kHeal("heal-1GB", healLarge);

} // namespace
} // namespace carma::bench
