// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/simulation.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

/// carma-sim: many seeds of the simulation, each in a process of its own, so that a seed that crashes or hangs is named like
/// one that breaks a promise.
namespace {

namespace fs = std::filesystem;

constexpr unsigned kSecondsASeed = 120; // a run takes less than one; this only ends a hang
constexpr std::uint64_t kTwiceEvery = 50;

struct Arguments {
    std::uint64_t seeds = 100, start = 1;
    unsigned jobs = std::max(1U, std::thread::hardware_concurrency());
    bool beyond = false, verbose = false, wrong = false;
};

Arguments parse(int argc, char** argv)
{
    Arguments arguments;
    for (int i = 1; i < argc; ++i) {
        const bool more = i + 1 < argc;
        if (std::strcmp(argv[i], "--seeds") == 0 && more) {
            arguments.seeds = std::strtoull(argv[++i], nullptr, 10);
        } else if (std::strcmp(argv[i], "--start") == 0 && more) {
            arguments.start = std::strtoull(argv[++i], nullptr, 10);
        } else if (std::strcmp(argv[i], "--jobs") == 0 && more) {
            arguments.jobs = static_cast<unsigned>(std::max(1UL, std::strtoul(argv[++i], nullptr, 10)));
        } else if (std::strcmp(argv[i], "--beyond") == 0) {
            arguments.beyond = true;
        } else if (std::strcmp(argv[i], "--verbose") == 0) {
            arguments.verbose = true;
        } else {
            arguments.wrong = true;
        }
    }
    return arguments;
}

/// A folder in memory, if there is one: the catalog of each run is a real file.
std::string makeFolder()
{
    std::error_code error;
    const fs::path base = fs::is_directory("/dev/shm", error) ? fs::path("/dev/shm") : fs::temp_directory_path(error);
    std::string path = (base / "carma-sim-XXXXXX").string();
    return ::mkdtemp(path.data()) == nullptr ? std::string() : path;
}

carma::sim::SimResult runOnce(const Arguments& arguments, std::uint64_t seed, const std::string& folder)
{
    std::error_code ignored;
    fs::remove_all(folder, ignored);
    fs::create_directories(folder, ignored);
    return carma::sim::runSimulation({seed, arguments.beyond, arguments.verbose, folder});
}

/// The body of a child process.
int runSeed(const Arguments& arguments, std::uint64_t seed, const std::string& folder)
{
    ::alarm(kSecondsASeed);
    carma::sim::SimResult result = runOnce(arguments, seed, folder);
    if (result.ok && seed % kTwiceEvery == 0) {
        const carma::sim::SimResult again = runOnce(arguments, seed, folder);
        if (again.hash != result.hash) {
            result.ok = false;
            result.failure = "I10: the same seed ran differently";
            for (std::size_t i = 0; i < std::min(result.trace.size(), again.trace.size()); ++i) {
                if (result.trace[i] != again.trace[i]) {
                    result.failure += ": " + result.trace[i] + " <> " + again.trace[i];
                    break;
                }
            }
        }
    }
    if (result.ok) {
        return 0;
    }
    std::string report = "seed " + std::to_string(seed) + " failed: " + result.failure + "\n";
    for (const std::string& line : result.trace) {
        report += arguments.verbose ? "" : "    " + line + "\n";
    }
    std::fputs(report.c_str(), stderr); // in one piece: other children write as well
    return 1;
}

/// Waits for one child. Returns whether its seed failed.
bool reap(std::map<pid_t, std::uint64_t>& running, const std::string& base)
{
    int status = 0;
    const pid_t child = ::wait(&status);
    const auto found = running.find(child);
    if (found == running.end()) {
        return false;
    }
    const std::uint64_t seed = found->second;
    running.erase(found);
    std::error_code ignored;
    fs::remove_all(base + "/" + std::to_string(seed), ignored);
    if (WIFSIGNALED(status)) {
        std::fprintf(stderr, "seed %llu failed: the process %s (signal %d)\n", static_cast<unsigned long long>(seed),
            WTERMSIG(status) == SIGALRM ? "hung" : "crashed", WTERMSIG(status));
        return true;
    }
    return WEXITSTATUS(status) != 0;
}

} // namespace

int main(int argc, char** argv)
{
    const Arguments arguments = parse(argc, argv);
    const std::string base = arguments.wrong ? std::string() : makeFolder();
    if (base.empty()) {
        std::fputs("usage: carma-sim [--seeds N] [--start S] [--jobs N] [--beyond] [--verbose]\n", stderr);
        return 2;
    }
    std::map<pid_t, std::uint64_t> running;
    std::uint64_t failed = 0;
    for (std::uint64_t seed = arguments.start; seed < arguments.start + arguments.seeds; ++seed) {
        if (running.size() >= arguments.jobs) {
            failed += reap(running, base) ? 1 : 0;
        }
        const pid_t child = ::fork();
        if (child == 0) {
            ::_exit(runSeed(arguments, seed, base + "/" + std::to_string(seed)));
        }
        running[child] = seed;
    }
    while (!running.empty()) {
        failed += reap(running, base) ? 1 : 0;
    }
    std::error_code ignored;
    fs::remove_all(base, ignored);
    std::printf("%llu seeds from %llu%s: %llu failed\n", static_cast<unsigned long long>(arguments.seeds),
        static_cast<unsigned long long>(arguments.start), arguments.beyond ? ", beyond the budget" : "",
        static_cast<unsigned long long>(failed));
    return failed == 0 ? 0 : 1;
}
