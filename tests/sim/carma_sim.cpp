// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/simulation.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

/// carma-sim: many seeds of the simulation, each in a process of its own, so that a seed that crashes or hangs is named like
/// one that breaks a promise.
namespace {

namespace fs = std::filesystem;

constexpr unsigned kSecondsASeed = 120; // a run takes less than one; this only ends a hang
constexpr std::uint64_t kTwiceEvery = 50;
constexpr std::uint64_t kToldEvery = 1000; // seeds between two lines of progress

struct Arguments {
    std::uint64_t seeds = 100, start = 1;
    unsigned jobs = std::max(1U, std::thread::hardware_concurrency());
    bool beyond = false, verbose = false, apart = false, shrink = false, wrong = false;
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
        } else if (std::strcmp(argv[i], "--apart") == 0) {
            arguments.apart = true;
        } else if (std::strcmp(argv[i], "--shrink") == 0) {
            arguments.shrink = true;
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

/// What of a run is to be left out, and how the rest drew.
struct Shortened {
    std::set<std::uint64_t> skip;
    std::vector<std::uint64_t> states;
};

carma::sim::SimResult runOnce(const Arguments& arguments, std::uint64_t seed, const std::string& folder, const Shortened& shortened = {})
{
    std::error_code ignored;
    fs::remove_all(folder, ignored);
    fs::create_directories(folder, ignored);
    carma::sim::SimOptions options;
    options.seed = seed;
    options.beyond = arguments.beyond;
    options.verbose = arguments.verbose;
    options.folder = folder;
    options.apart = arguments.apart;
    options.skip = shortened.skip;
    options.states = shortened.states;
    return carma::sim::runSimulation(options);
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

/// What a failure is about, without the numbers and ids that differ from run to run.
std::string kindOf(const std::string& failure)
{
    constexpr std::size_t kTellingLength = 40;
    std::string kind;
    for (const char c : failure) {
        if (kind.size() < kTellingLength && ((c >= 'a' && c <= 'z') || c == ' ')) {
            kind += c;
        }
    }
    return kind;
}

struct Attempt {
    std::string failure; ///< empty: it holds
    std::uint64_t steps = 0;
    std::vector<std::uint64_t> states;
};

/// One run in a process of its own, which may crash. What it says comes through a file.
Attempt attempt(const Arguments& arguments, std::uint64_t seed, const std::string& base, const Shortened& shortened, bool tell)
{
    const std::string folder = base + "/" + std::to_string(seed);
    const std::string answer = base + "/answer";
    const pid_t child = ::fork();
    if (child == 0) {
        ::alarm(kSecondsASeed);
        const carma::sim::SimResult result = runOnce(arguments, seed, folder, shortened);
        std::ofstream out(answer);
        out << result.steps << "\n" << result.failure << "\n";
        for (const std::uint64_t state : result.states) {
            out << state << "\n";
        }
        out.close();
        for (std::size_t i = 0; tell && i < result.trace.size(); ++i) {
            std::fprintf(stderr, "    %s\n", result.trace[i].c_str());
        }
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    Attempt made;
    std::ifstream file(answer);
    if (WIFSIGNALED(status)) {
        made.failure = WTERMSIG(status) == SIGALRM ? "the process hung" : "the process crashed";
        constexpr std::uint64_t kStepsAtMost = 64; // more than any seed has
        made.steps = kStepsAtMost;
    } else {
        file >> made.steps;
        file.ignore();
        std::getline(file, made.failure);
        for (std::uint64_t state = 0; file >> state;) {
            made.states.push_back(state);
        }
    }
    std::error_code ignored;
    fs::remove(answer, ignored);
    return made;
}

/// Leaves out steps of a failing seed while it fails in the same way, and shows what is left.
void shrink(const Arguments& arguments, std::uint64_t seed, const std::string& base)
{
    const Attempt whole = attempt(arguments, seed, base, {}, false);
    if (whole.failure.empty()) {
        std::fprintf(stderr, "seed %llu does not fail alone\n", static_cast<unsigned long long>(seed));
        return;
    }
    const auto skip = carma::sim::shrinkSteps(whole.steps, [&](const std::set<std::uint64_t>& without) {
        return kindOf(attempt(arguments, seed, base, {without, whole.states}, false).failure) == kindOf(whole.failure);
    });
    const Attempt shortest = attempt(arguments, seed, base, {skip, whole.states}, true);
    std::fprintf(stderr, "seed %llu shrunk from %llu steps to %llu: %s\n", static_cast<unsigned long long>(seed),
        static_cast<unsigned long long>(whole.steps), static_cast<unsigned long long>(whole.steps - skip.size()), shortest.failure.c_str());
}

/// Waits for one child. Returns whether its seed failed.
bool reap(std::map<pid_t, std::uint64_t>& running, const std::string& base, std::vector<std::uint64_t>& failing)
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
        failing.push_back(seed);
        return true;
    }
    if (WEXITSTATUS(status) != 0) {
        failing.push_back(seed);
    }
    return WEXITSTATUS(status) != 0;
}

} // namespace

int main(int argc, char** argv)
{
    const Arguments arguments = parse(argc, argv);
    const std::string base = arguments.wrong ? std::string() : makeFolder();
    if (base.empty()) {
        std::fputs("usage: carma-sim [--seeds N] [--start S] [--jobs N] [--beyond] [--apart] [--shrink] [--verbose]\n", stderr);
        return 2;
    }
    std::map<pid_t, std::uint64_t> running;
    std::vector<std::uint64_t> failing;
    std::uint64_t failed = 0;
    for (std::uint64_t seed = arguments.start; seed < arguments.start + arguments.seeds; ++seed) {
        if (running.size() >= arguments.jobs) {
            failed += reap(running, base, failing) ? 1 : 0;
        }
        const pid_t child = ::fork();
        if (child == 0) {
            ::_exit(runSeed(arguments, seed, base + "/" + std::to_string(seed)));
        }
        running[child] = seed;
        const std::uint64_t begun = seed - arguments.start + 1;
        if (begun % kToldEvery == 0 && begun < arguments.seeds) {
            std::fprintf(stderr, "%llu of %llu seeds begun, %llu failed\n", static_cast<unsigned long long>(begun),
                static_cast<unsigned long long>(arguments.seeds), static_cast<unsigned long long>(failed));
        }
    }
    while (!running.empty()) {
        failed += reap(running, base, failing) ? 1 : 0;
    }
    for (std::size_t i = 0; arguments.shrink && i < failing.size(); ++i) {
        shrink(arguments, failing[i], base);
    }
    std::error_code ignored;
    fs::remove_all(base, ignored);
    std::printf("%llu seeds from %llu%s: %llu failed (carma " CARMA_VERSION_DETAIL ")\n", static_cast<unsigned long long>(arguments.seeds),
        static_cast<unsigned long long>(arguments.start), arguments.beyond ? ", beyond the budget" : "",
        static_cast<unsigned long long>(failed));
    return failed == 0 ? 0 : 1;
}
