// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench_corpus.h"
#include "bench_support.h"

#include <algorithm>
#include <atomic>
#include <limits>
#include <map>
#include <thread>

/// Text queries against the search engine: embedding, both searches, the fractal score.
namespace carma::bench {
namespace {

constexpr std::size_t kSmall = 10'000;
constexpr std::size_t kLarge = 100'000;
constexpr std::size_t kQueries = 2000;
constexpr std::size_t kCompared = 300; // queries that are asked of the exact search, too
constexpr unsigned kThreads = 2;

std::unique_ptr<query::SearchEngine> makeEngine(const Corpus& corpus, const std::shared_ptr<Embedder>& embedder, bool exact)
{
    query::EngineOptions options;
    if (exact) {
        options.candidatesFrom = std::numeric_limits<std::size_t>::max();
    }
    auto engine = query::makeSearchEngine(embedder, {}, options);
    fill(*engine, corpus);
    while (engine->improve(1000)) {
    }
    return engine;
}

double rate(query::SearchEngine& engine, const Corpus& corpus, query::Mode mode, std::size_t total)
{
    std::atomic<std::size_t> next = 0;
    const Stopwatch watch;
    {
        std::vector<std::jthread> threads;
        for (unsigned t = 0; t < kThreads; ++t) {
            threads.emplace_back([&] {
                for (std::size_t i = next++; i < total; i = next++) {
                    must(engine.search({.text = corpus.queries[i % corpus.queries.size()], .mode = mode}));
                }
            });
        }
    }
    return static_cast<double>(total) / watch.seconds();
}

struct Agreement {
    double recall = 0; ///< share of the hits that are as good as the exact search's tenth
    double top = 0;    ///< share of queries whose best hit is as good as the exact search's
};

/// Documentation holds many copies of one text: which of the equals was found says nothing, so hits are compared by their exact scores.
Agreement compare(query::SearchEngine& engine, query::SearchEngine& exact, const Corpus& corpus, query::Mode mode)
{
    constexpr float kEqual = 1e-4F;
    constexpr std::size_t kLimit = 10;
    Agreement agreement;
    double wanted = 0;
    for (std::size_t i = 0; i < kCompared; ++i) {
        const auto found = must(engine.search({.text = corpus.queries[i], .mode = mode, .limit = kLimit}));
        const auto truth = must(exact.search({.text = corpus.queries[i], .mode = mode, .limit = 1000}));
        if (truth.hits.size() < kLimit) {
            continue;
        }
        std::map<FragmentId, float> scores;
        for (const auto& hit : truth.hits) {
            scores[hit.id] = hit.score;
        }
        const auto isAsGood = [&](const query::Hit& hit, const query::Hit& other) {
            const auto at = scores.find(hit.id);
            return at != scores.end() && at->second >= other.score - kEqual;
        };
        for (const auto& hit : found.hits) {
            agreement.recall += isAsGood(hit, truth.hits[kLimit - 1]) ? 1 : 0;
        }
        wanted += kLimit;
        agreement.top += !found.hits.empty() && isAsGood(found.hits[0], truth.hits[0]) ? 100.0 / kCompared : 0;
    }
    agreement.recall *= 100 / std::max(wanted, 1.0);
    return agreement;
}

void throughput(Context& context, query::Mode mode, const std::string& name, std::size_t total)
{
    const auto embedder = benchEmbedder();
    if (embedder == nullptr) {
        return;
    }
    const Corpus corpus = readCorpus(kSmall, kQueries);
    const auto engine = makeEngine(corpus, embedder, false);
    Measure measure{name, "queries/s", "", {}};
    for (unsigned run = 0; run < context.runs; ++run) {
        measure.samples.push_back({rate(*engine, corpus, mode, total), 0});
    }
    context.reporter.report(measure);
    const auto exact = makeEngine(corpus, embedder, true);
    const Agreement agreement = compare(*engine, *exact, corpus, mode);
    context.reporter.report({name + "-recall@10", "%", "", {{agreement.recall, 0}}});
    context.reporter.report({name + "-same-best", "%", "", {{agreement.top, 0}}});
}

void semanticSmall(Context& context) { throughput(context, query::Mode::Semantic, "query_semantic_10k", 100'000); }
void hybridSmall(Context& context) { throughput(context, query::Mode::Hybrid, "query_hybrid_10k", 20'000); }

void hybridLarge(Context& context)
{
    const auto embedder = benchEmbedder();
    if (embedder == nullptr) {
        return;
    }
    const Corpus corpus = readCorpus(kLarge, kQueries);
    const auto engine = makeEngine(corpus, embedder, false);
    Measure median{"query_hybrid_100k-p50", "ms", "", {}};
    Measure tail{"query_hybrid_100k-p99", "ms", "", {}};
    for (unsigned run = 0; run < context.runs; ++run) {
        std::vector<double> times;
        for (const std::string& text : corpus.queries) {
            const Stopwatch watch;
            must(engine->search({.text = text}));
            times.push_back(watch.seconds() * 1e3);
        }
        median.samples.push_back({percentile(times, 0.5), 0});
        tail.samples.push_back({percentile(times, 0.99), 0});
    }
    context.reporter.report(median);
    context.reporter.report(tail);
    const auto exact = makeEngine(corpus, embedder, true);
    const Agreement agreement = compare(*engine, *exact, corpus, query::Mode::Hybrid);
    context.reporter.report({"query_hybrid_100k-recall@10", "%", "", {{agreement.recall, 0}}});
    context.reporter.report({"query_hybrid_100k-same-best", "%", "", {{agreement.top, 0}}});
}

const Registration kSemanticSmall("query_semantic_10k", semanticSmall);
const Registration kHybridSmall("query_hybrid_10k", hybridSmall);
const Registration kHybridLarge("query_hybrid_100k", hybridLarge);

} // namespace
} // namespace carma::bench
