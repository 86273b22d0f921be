// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench_corpus.h"
#include "bench_support.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <thread>

/// The whole product beside other whole products: texts in, durable; text questions out, with the found texts. The others are given the
/// vectors of the built-in model and do not pay for them; what CARMA pays for besides (parity, encryption, audit, usage) stays on.
namespace carma::bench {
namespace {

constexpr std::size_t kPassages = 20'000;
constexpr std::size_t kQueries = 1000;
constexpr std::size_t kBatch = 256;
constexpr std::size_t kLimit = 10;
constexpr unsigned kThreads = 2;

/// Other passages hold rules or white space only, which is no note.
bool hasWords(std::string_view text)
{
    return std::ranges::any_of(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); });
}

double rememberAll(Memory& memory, const Corpus& corpus)
{
    const Stopwatch watch;
    for (std::size_t at = 0; at < corpus.passages.size(); at += kBatch) {
        std::vector<NewMemory> batch;
        for (std::size_t i = at; i < std::min(at + kBatch, corpus.passages.size()); ++i) {
            batch.push_back({.text = corpus.passages[i].text, .title = {}, .externalId = {}, .tags = {}});
        }
        must(memory.remember("default", batch));
    }
    must(memory.query(corpus.queries.front(), {})); // the indexes know everything
    return static_cast<double>(corpus.passages.size()) / watch.seconds();
}

double ask(Memory& memory, const Corpus& corpus, QueryMode mode, unsigned threads)
{
    QueryOptions options;
    options.mode = mode;
    options.limit = kLimit;
    std::atomic<std::size_t> next = 0;
    const Stopwatch watch;
    {
        std::vector<std::jthread> pool;
        for (unsigned t = 0; t < threads; ++t) {
            pool.emplace_back([&] {
                for (std::size_t i = next++; i < corpus.queries.size(); i = next++) {
                    must(memory.query(corpus.queries[i], options));
                }
            });
        }
    }
    return static_cast<double>(corpus.queries.size()) / watch.seconds();
}

void writeText(std::ofstream& out, std::string_view text)
{
    const auto size = static_cast<std::uint32_t>(text.size());
    out.write(reinterpret_cast<const char*>(&size), sizeof size);
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
}

void writeVectors(std::ofstream& out, Embedder& embedder, const std::vector<std::string_view>& texts)
{
    std::vector<float> vectors(texts.size() * embedder.identity().dimension);
    must(embedder.embed(texts, vectors));
    out.write(reinterpret_cast<const char*>(vectors.data()), static_cast<std::streamsize>(vectors.size() * sizeof(float)));
}

/// Texts, each after its length, and their vectors; passages first, questions after them.
void writeForPeers(const std::string& folder, const Corpus& corpus, Embedder& embedder)
{
    std::ofstream texts(folder + "/peers.texts", std::ios::binary);
    std::ofstream vectors(folder + "/peers.f32", std::ios::binary);
    std::vector<std::string_view> views;
    for (const CorpusPassage& passage : corpus.passages) {
        views.emplace_back(passage.text);
    }
    views.insert(views.end(), corpus.queries.begin(), corpus.queries.end());
    for (const std::string_view view : views) {
        writeText(texts, view);
    }
    writeVectors(vectors, embedder, views);
}

void runPeers(const std::string& folder, const Corpus& corpus, Embedder& embedder)
{
    const char* python = std::getenv("CARMA_BENCH_PYTHON");
    const std::filesystem::path script = CARMA_PRODUCT_PEERS_SCRIPT;
    if (python == nullptr || !std::filesystem::exists(script)) {
        fmt::print("product peers: skipped; set CARMA_BENCH_PYTHON to a Python with numpy, lancedb, sqlite-vec\n");
        return;
    }
    writeForPeers(folder, corpus, embedder);
    const std::string command = fmt::format(
        "'{}' '{}' '{}' {} {} {}", python, script.string(), folder, corpus.passages.size(), corpus.queries.size(), kBatch);
    if (std::system(command.c_str()) != 0) {
        fmt::print("product peers: {} failed\n", script.filename().string());
    }
}

void product(Context& context)
{
    const auto embedder = benchEmbedder();
    if (embedder == nullptr) {
        return;
    }
    Corpus corpus = readCorpus(kPassages, kQueries);
    std::erase_if(corpus.passages, [](const CorpusPassage& passage) { return !hasWords(passage.text); });
    Measure ingest{"product-remember", "passages/s", "", {}};
    Measure fresh{"product-hybrid-first-time", "queries/s", "", {}}; // one thread, each passage found is read from the log
    Measure one{"product-hybrid-again", "queries/s", "", {}};
    Measure both{"product-hybrid-again-2-threads", "queries/s", "", {}};
    Measure semantic{"product-semantic-again", "queries/s", "", {}};
    for (unsigned run = 0; run < context.runs; ++run) {
        const std::string path = fmt::format("{}/product-{}", context.folder, run);
        BenchStore bench = makeStore(path);
        Memory& memory = bench.store->memory();
        ingest.samples.push_back({rememberAll(memory, corpus), 0});
        fresh.samples.push_back({ask(memory, corpus, QueryMode::Hybrid, 1), 0});
        one.samples.push_back({ask(memory, corpus, QueryMode::Hybrid, 1), 0});
        both.samples.push_back({ask(memory, corpus, QueryMode::Hybrid, kThreads), 0});
        (void)ask(memory, corpus, QueryMode::Semantic, 1);
        semantic.samples.push_back({ask(memory, corpus, QueryMode::Semantic, 1), 0});
        must(bench.store->close());
        std::filesystem::remove_all(path);
    }
    for (const Measure* measure : {&ingest, &fresh, &one, &both, &semantic}) {
        context.reporter.report(*measure);
    }
    runPeers(context.folder, corpus, *embedder);
}

const Registration kProduct("product", product);

} // namespace
} // namespace carma::bench
