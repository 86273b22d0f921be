// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench_corpus.h"
#include "bench_support.h"
#include "index/vector_index.h"

#include <carma/embedder.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <random>
#include <thread>

/// The graph alone: how fast it takes vectors and finds neighbours at a recall of .95, over both cores. The vectors are embeddings of the
/// machine's documentation; passages that are not in the index are the queries. Where CARMA_BENCH_PYTHON names a Python that has them,
/// FAISS, hnswlib and USearch do the same in the same run (peers.py).
namespace carma::bench {
namespace {

using namespace index;

constexpr std::size_t kDimension = 256;
constexpr std::size_t kRows = 100'000;
constexpr std::size_t kMany = 1'000'000;
constexpr std::size_t kQueries = 2000;
constexpr std::size_t kCompared = 500;
constexpr std::size_t kBest = 10;
constexpr unsigned kThreads = 2;
constexpr double kRecall = 0.95;

struct Vectors {
    std::vector<std::int16_t> rows;
    std::vector<std::int16_t> queries;
    [[nodiscard]] std::size_t count() const { return rows.size() / kDimension; }
    [[nodiscard]] std::span<const std::int16_t> row(std::size_t at) const { return std::span(rows).subspan(at * kDimension, kDimension); }
    [[nodiscard]] std::span<const std::int16_t> query(std::size_t at) const
    {
        return std::span(queries).subspan(at * kDimension, kDimension);
    }
};

Vectors embedCorpus(std::size_t rows, Embedder& embedder)
{
    const Corpus corpus = readCorpus(rows + kQueries, 1);
    Vectors vectors;
    const std::size_t queries = std::min(kQueries, corpus.passages.size() / 10);
    std::vector<float> floats(kDimension);
    FixedVector fixed(kDimension);
    for (std::size_t i = 0; i < corpus.passages.size(); ++i) {
        const std::string_view text = corpus.passages[i].text;
        must(embedder.embed(std::span(&text, 1), floats));
        toFixed(floats, fixed);
        // Passages of one file follow each other: the queries come from all over.
        const bool isQuery = i % (corpus.passages.size() / queries) == 0 && vectors.queries.size() < queries * kDimension;
        auto& part = isQuery ? vectors.queries : vectors.rows;
        part.insert(part.end(), fixed.begin(), fixed.end());
    }
    return vectors;
}

/// More vectors like those: each a real one moved by noise as long as .3.
void addLikeness(Vectors& vectors, std::size_t rows)
{
    std::mt19937 random(1);
    std::normal_distribution<float> normal(0, 0.3F / 16);
    const std::size_t real = vectors.count();
    vectors.rows.reserve(rows * kDimension);
    std::vector<float> floats(kDimension);
    FixedVector fixed(kDimension);
    while (vectors.count() < rows) {
        const auto from = vectors.row(vectors.count() % real);
        std::ranges::transform(from, floats.begin(), [&](std::int16_t v) { return static_cast<float>(v) / kFixedOne + normal(random); });
        toFixed(floats, fixed);
        vectors.rows.insert(vectors.rows.end(), fixed.begin(), fixed.end());
    }
}

/// The product of the tenth best row for each compared query.
std::vector<std::int32_t> tenthBest(const Vectors& vectors)
{
    VectorIndex exact(kDimension);
    exact.append(vectors.rows);
    std::vector<std::int32_t> dots(vectors.count());
    std::vector<std::int32_t> tenth;
    for (std::size_t i = 0; i < kCompared; ++i) {
        exact.dots(vectors.query(i), dots);
        std::ranges::nth_element(dots, dots.begin() + kBest - 1, std::greater{});
        tenth.push_back(dots[kBest - 1]);
    }
    return tenth;
}

double build(Hnsw& graph, const Vectors& vectors)
{
    const Stopwatch watch;
    graph.reserve(vectors.count());
    graph.append(vectors.rows);
    std::atomic<std::size_t> next = 0;
    {
        std::vector<std::jthread> threads;
        for (unsigned t = 0; t < kThreads; ++t) {
            threads.emplace_back([&] {
                HnswScratch scratch;
                for (std::size_t slot = next++; slot < vectors.count(); slot = next++) {
                    graph.linkOne(static_cast<Slot>(slot), scratch);
                }
            });
        }
    }
    graph.finishLinking(vectors.count());
    return watch.seconds();
}

/// The ten best of what the graph finds, by the exact vectors.
void findTen(
    const Hnsw& graph, const Vectors& vectors, std::size_t query, std::size_t width, HnswScratch& scratch, std::vector<Near>& found)
{
    graph.search(vectors.query(query), width, {}, scratch, found);
    found.resize(std::min(found.size(), 3 * kBest));
    for (Near& near : found) {

        const auto row = vectors.row(near.slot);
        const auto asked = vectors.query(query);
        std::int32_t sum = 0;
        for (std::size_t k = 0; k < kDimension; ++k) {
            sum += std::int32_t{row[k]} * asked[k];
        }
        near.dot = sum;
    }
    std::ranges::sort(found, [](const Near& a, const Near& b) { return a.dot != b.dot ? a.dot > b.dot : a.slot < b.slot; });
    found.resize(std::min(found.size(), kBest));
}

double recallAt(const Hnsw& graph, const Vectors& vectors, std::span<const std::int32_t> tenth, std::size_t width)
{
    HnswScratch scratch;
    std::vector<Near> found;
    double hits = 0;
    for (std::size_t i = 0; i < tenth.size(); ++i) {
        findTen(graph, vectors, i, width, scratch, found);
        hits += static_cast<double>(std::ranges::count_if(found, [&](const Near& near) { return near.dot >= tenth[i]; }));
    }
    return hits / static_cast<double>(tenth.size() * kBest);
}

double queryRate(const Hnsw& graph, const Vectors& vectors, std::size_t width)
{
    const std::size_t total = 10 * (vectors.queries.size() / kDimension);
    std::atomic<std::size_t> next = 0;
    const Stopwatch watch;
    {
        std::vector<std::jthread> threads;
        for (unsigned t = 0; t < kThreads; ++t) {
            threads.emplace_back([&] {
                HnswScratch scratch;
                std::vector<Near> found;
                for (std::size_t i = next++; i < total; i = next++) {
                    findTen(graph, vectors, i % (vectors.queries.size() / kDimension), width, scratch, found);
                }
            });
        }
    }
    return static_cast<double>(total) / watch.seconds();
}

/// Resident memory of the graph with the exact vectors that it ranks by: what a namespace of this size takes.
double megabytes(const Hnsw& graph, const Vectors& vectors)
{
    return static_cast<double>(graph.memoryBytes() + vectors.rows.size() * sizeof(std::int16_t)) / 1e6;
}

void runPeers(const Vectors& vectors, const std::string& folder)
{
    const char* python = std::getenv("CARMA_BENCH_PYTHON");
    const std::filesystem::path script = CARMA_PEERS_SCRIPT;
    if (python == nullptr || !std::filesystem::exists(script)) {
        fmt::print("index peers: skipped; set CARMA_BENCH_PYTHON to a Python with numpy, usearch, hnswlib, faiss-cpu\n");
        return;
    }
    const std::string file = folder + "/vectors.f32";
    std::ofstream out(file, std::ios::binary);
    for (const auto* part : {&vectors.rows, &vectors.queries}) {
        std::vector<float> floats(part->size());
        std::ranges::transform(*part, floats.begin(), [](std::int16_t v) { return static_cast<float>(v) / kFixedOne; });
        out.write(reinterpret_cast<const char*>(floats.data()), static_cast<std::streamsize>(floats.size() * sizeof(float)));
    }
    out.close();
    const std::string command = fmt::format(
        "'{}' '{}' '{}' {} {} {}", python, script.string(), file, vectors.count(), vectors.queries.size() / kDimension, kThreads);
    if (std::system(command.c_str()) != 0) {
        fmt::print("index peers: peers.py failed\n");
    }
    std::filesystem::remove(file);
}

void measure(Context& context, const Vectors& vectors, const std::string& name, unsigned builds)
{
    const auto tenth = tenthBest(vectors);
    Measure inserts{name + "-inserts", "vectors/s", "", {}};
    std::unique_ptr<Hnsw> graph;
    for (unsigned run = 0; run < builds; ++run) {
        graph = std::make_unique<Hnsw>(kDimension);
        inserts.samples.push_back({static_cast<double>(vectors.count()) / build(*graph, vectors), 0});
    }
    context.reporter.report(inserts);
    for (const std::size_t width : {16U, 24U, 32U, 48U, 64U, 96U, 128U, 192U, 256U, 384U, 512U}) {
        const double recall = recallAt(*graph, vectors, tenth, width);
        if (recall < kRecall) {
            continue;
        }
        Measure queries{fmt::format("{}-queries-width-{}", name, width), "queries/s", "", {}};
        for (unsigned run = 0; run < context.runs; ++run) {
            queries.samples.push_back({queryRate(*graph, vectors, width), 0});
        }
        context.reporter.report(queries);
        context.reporter.report({name + "-recall@10", "%", "", {{recall * 100, 0}}});
        break;
    }
    context.reporter.report({name + "-memory", "MB", "", {{megabytes(*graph, vectors), 0}}});
}

void hundredThousand(Context& context)
{
    const auto embedder = benchEmbedder();
    if (embedder != nullptr) {
        const Vectors vectors = embedCorpus(kRows, *embedder);
        measure(context, vectors, "index_100k", context.runs);
        runPeers(vectors, context.folder);
    }
}

void million(Context& context)
{
    const auto embedder = benchEmbedder();
    if (embedder != nullptr) {
        Vectors vectors = embedCorpus(kMany, *embedder);
        addLikeness(vectors, kMany);
        measure(context, vectors, "index_1m", 1);
    }
}

const Registration kHundredThousand("index_100k", hundredThousand);
const Registration kMillion("index_1m", million);

} // namespace
} // namespace carma::bench
