// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench_support.h"

#include <filesystem>
#include <fstream>
#include <sys/wait.h>
#include <unistd.h>

/// The store as a whole: ingest of 1 GB with its memory, opening it clean and after kill -9.
namespace carma::bench {
namespace {

constexpr std::uint64_t kTextBytes = 1'000'000'000;
constexpr std::size_t kFileBytes = 2'000'000;

void writeTexts(const std::string& folder)
{
    std::filesystem::create_directories(folder);
    std::string text;
    for (std::size_t i = 0; i < 8; ++i) {
        for (int paragraph = 0; paragraph < 400; ++paragraph) {
            text += prose(i * 1000 + static_cast<std::size_t>(paragraph), kFileBytes / 400 / 8) + "\n\n";
        }
    }
    for (std::uint64_t at = 0; at < kTextBytes / kFileBytes; ++at) {
        // Each file begins elsewhere in the text and names itself, so that no two are equal.
        std::ofstream file(folder + "/" + std::to_string(at) + ".txt");
        const std::size_t turn = (at * 7919) % text.size();
        file << "File " << at << "\n\n" << text.substr(turn) << text.substr(0, turn);
    }
}

/// Opens the store in a child process that is killed while it writes.
void killWriter(const std::string& path)
{
    int ready[2];
    if (::pipe(ready) != 0) {
        fail({ErrorCode::Io, "no pipe"});
    }
    const pid_t child = ::fork();
    if (child == 0) {
        auto store = openStore(path, false);
        for (int i = 0;; ++i) {
            must(store->memory().remember("default", {{.text = "note " + std::to_string(i), .title = {}, .externalId = {}, .tags = {}}}));
            if (i == 20 && ::write(ready[1], "x", 1) != 1) {
                ::_exit(1);
            }
        }
    }
    char byte = 0;
    if (::read(ready[0], &byte, 1) != 1) {
        fail({ErrorCode::Io, "the writer to be killed did not begin"});
    }
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    ::close(ready[0]);
    ::close(ready[1]);
}

void large(Context& context)
{
    const std::string source = context.folder + "/texts";
    const std::string path = context.folder + "/large";
    writeTexts(source);
    {
        BenchStore bench = makeStore(path);
        resetPeakResident();
        const Stopwatch watch;
        const IngestReport report = must(bench.store->memory().ingest({source}, {}, {}));
        must(bench.store->close());
        context.reporter.report({"ingest-1GB", "MB/s", "", {{static_cast<double>(report.bytes) / 1e6 / watch.seconds(), 0}}});
        context.reporter.report({"ingest-1GB-passages", "passages/s", "", {{static_cast<double>(report.passages) / watch.seconds(), 0}}});
        context.reporter.report({"ingest-1GB-peak-memory", "MiB", "", {{peakResidentMiB(), 0}}});
    }
    std::filesystem::remove_all(source);
    Measure clean{"open-1GB-clean", "ms", "", {}};
    Measure killed{"open-1GB-after-kill", "ms", "", {}};
    for (unsigned run = 0; run < context.runs; ++run) {
        const Stopwatch watch;
        openStore(path, true);
        clean.samples.push_back({watch.seconds() * 1e3, 0});
    }
    for (unsigned run = 0; run < context.runs; ++run) {
        killWriter(path);
        const Stopwatch watch;
        auto store = openStore(path, false);
        killed.samples.push_back({watch.seconds() * 1e3, 0});
    }
    context.reporter.report(clean);
    context.reporter.report(killed);
}

const Registration kLarge("store-1GB", large);

} // namespace
} // namespace carma::bench
