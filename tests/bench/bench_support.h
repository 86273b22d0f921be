// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/store.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

/// Our own small runner: a benchmark reports values, each the median of several runs with its spread, and where there is a peer the
/// ratio to the peer measured in the same run. Machines are noisy: compare within one run only.
namespace carma::bench {

struct Sample {
    double value = 0;
    double peer = 0; ///< 0: no peer
};

struct Measure {
    std::string name;
    std::string unit;
    std::string peerName;
    std::vector<Sample> samples;
};

class Reporter {
public:
    explicit Reporter(bool json) : m_json(json) {}
    void report(const Measure& measure);

private:
    bool m_json;
};

struct Context {
    Reporter& reporter;
    std::string folder; ///< an empty folder on the disk to be measured
    unsigned runs = 5;
};

using Benchmark = std::function<void(Context&)>;
struct Registered {
    std::string name;
    Benchmark run;
};
std::vector<Registered>& registry();

struct Registration {
    Registration(std::string name, Benchmark run) { registry().push_back({std::move(name), std::move(run)}); }
};

class Stopwatch {
public:
    [[nodiscard]] double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - m_start).count(); }

private:
    std::chrono::steady_clock::time_point m_start = std::chrono::steady_clock::now();
};

/// Ends the program with the message of a failed result: a benchmark that does not do its work must not print a figure.
[[noreturn]] void fail(const Error& error);
template <typename T> T must(Result<T> result)
{
    if (!result.has_value()) {
        fail(result.error());
    }
    return *std::move(result);
}
inline void must(const Result<void>& result)
{
    if (!result.has_value()) {
        fail(result.error());
    }
}

/// English-like text of about `bytes` bytes: words of a fixed list, drawn with a skew, so that it compresses as prose does.
std::string prose(std::uint64_t seed, std::size_t bytes);
/// Peak resident memory of this process in MiB, and a reset of the mark (Linux).
double peakResidentMiB();
void resetPeakResident();

/// A store with a cheap passphrase.
struct BenchStore {
    std::string path;
    std::unique_ptr<Store> store;
};
Credentials benchCredentials();
BenchStore makeStore(const std::string& path);
std::unique_ptr<Store> openStore(const std::string& path, bool readOnly);

} // namespace carma::bench
