// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench_support.h"

#include <carma/allocator.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <random>

namespace carma::bench {

std::vector<Registered>& registry()
{
    static std::vector<Registered> benchmarks;
    return benchmarks;
}

namespace {

double median(std::vector<double> values)
{
    std::ranges::sort(values);
    return values.empty() ? 0 : values[values.size() / 2];
}

std::string number(double value) { return value >= 100 ? fmt::format("{:.0f}", value) : fmt::format("{:.3g}", value); }

} // namespace

void Reporter::report(const Measure& measure)
{
    std::vector<double> values;
    std::vector<double> ratios;
    for (const Sample& sample : measure.samples) {
        values.push_back(sample.value);
        if (sample.peer > 0) {
            ratios.push_back(sample.value / sample.peer);
        }
    }
    const auto [least, most] = std::ranges::minmax(values);
    if (m_json) {
        fmt::print("{{\"name\":\"{}\",\"value\":{},\"unit\":\"{}\",\"min\":{},\"max\":{},\"runs\":{}", measure.name, median(values),
            measure.unit, least, most, values.size());
        if (!ratios.empty()) {
            fmt::print(",\"peer\":\"{}\",\"ratio\":{}", measure.peerName, median(ratios));
        }
        fmt::print("}}\n");
    } else {
        fmt::print("{:<34} {:>10} {:<14} ({} to {})", measure.name, number(median(values)), measure.unit, number(least), number(most));
        if (!ratios.empty()) {
            fmt::print("  {:.2f} x {}", median(ratios), measure.peerName);
        }
        fmt::print("\n");
    }
    std::fflush(stdout);
}

void fail(const Error& error)
{
    fmt::print(stderr, "carma-bench: {}: {}\n", name(error.code), error.message);
    std::exit(1);
}

std::string prose(std::uint64_t seed, std::size_t bytes)
{
    // Syllables make some thousand different words; the skew of real text comes from squaring a uniform number.
    static const char* const kSyllables[] = {
        "ka", "ri", "mo", "ten", "sal", "ve", "or", "in", "del", "ast", "pe", "lu", "gra", "no", "shi", "um"};
    std::mt19937_64 random(seed);
    std::uniform_real_distribution<double> uniform(0, 1);
    std::string text;
    while (text.size() < bytes) {
        const double skewed = uniform(random) * uniform(random);
        auto word = static_cast<unsigned>(skewed * 4096);
        for (int i = 0; i < 3 && (i == 0 || word != 0); ++i, word /= 16) {
            text += kSyllables[word % 16];
        }
        text += uniform(random) < 0.08 ? ". " : " ";
    }
    text.resize(bytes);
    return text;
}

double peakResidentMiB()
{
    std::ifstream status("/proc/self/status");
    std::string line;
    while (std::getline(status, line)) {
        if (line.starts_with("VmHWM:")) {
            return std::strtod(line.c_str() + 6, nullptr) / 1024;
        }
    }
    return 0;
}

void resetPeakResident() { std::ofstream("/proc/self/clear_refs") << "5"; }

Credentials benchCredentials()
{
    Credentials credentials;
    credentials.passphrase = SecretBytes(asBytes("bench"));
    return credentials;
}

BenchStore makeStore(const std::string& path)
{
    std::filesystem::remove_all(path);
    CreateOptions options;
    options.withKeyFile = false;
    options.passphrase = SecretBytes(asBytes("bench"));
    options.scryptCost = 2;
    must(Store::create(path, std::move(options), {}));
    return {path, openStore(path, false)};
}

std::unique_ptr<Store> openStore(const std::string& path, bool readOnly)
{
    OpenOptions options;
    options.readOnly = readOnly;
    return must(Store::open(path, benchCredentials(), {}, std::move(options)));
}

} // namespace carma::bench

/// usage: carma-bench [FILTER] [--json] [--folder DIR] [--runs N]
int main(int argc, char** argv)
{
    using namespace carma::bench;
    carma::keepLargeBuffers(); // as the command line does
    std::string filter;
    bool json = false;
    unsigned runs = 5;
    std::string parent = std::filesystem::temp_directory_path();
    for (int i = 1; i < argc; ++i) {
        if (std::strcmp(argv[i], "--json") == 0) {
            json = true;
        } else if (std::strcmp(argv[i], "--folder") == 0 && i + 1 < argc) {
            parent = argv[++i];
        } else if (std::strcmp(argv[i], "--runs") == 0 && i + 1 < argc) {
            runs = static_cast<unsigned>(std::max(1, std::atoi(argv[++i])));
        } else if (argv[i][0] == '-') {
            fmt::print(stderr, "usage: carma-bench [FILTER] [--json] [--folder DIR] [--runs N]\n");
            return 2;
        } else {
            filter = argv[i];
        }
    }
    std::string folder = parent + "/carma-bench-XXXXXX";
    if (mkdtemp(folder.data()) == nullptr) {
        fmt::print(stderr, "carma-bench: no folder can be made in {}\n", parent);
        return 1;
    }
    Reporter reporter(json);
    int ran = 0;
    for (const Registered& benchmark : registry()) {
        if (benchmark.name.find(filter) != std::string::npos) {
            Context context{reporter, folder, runs};
            benchmark.run(context);
            ++ran;
        }
    }
    std::filesystem::remove_all(folder);
    return ran == 0 ? 1 : 0;
}
