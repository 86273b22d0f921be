// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench_corpus.h"
#include "bench_support.h"
#include "store/embedding_cache.h"
#include "store/searcher.h"
#include "store/store_impl.h"

#include <algorithm>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

/// Search through a whole store: a query as a process of its own, ingest until the first answer, many namespaces.
namespace carma::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLarge = 100'000;
constexpr std::size_t kSpaces = 1000;
constexpr std::size_t kASpace = 1000;
constexpr std::uint64_t kBudget = 256U << 20U; // room for a part of the namespaces only

/// Text files of about `passages` passages of prose, several kilobytes each.
void writeFiles(const std::string& folder, std::size_t passages)
{
    constexpr std::size_t kAFile = 100;
    constexpr std::size_t kPassageBytes = 1000; // the reader makes passages of about so much
    fs::create_directories(folder);
    for (std::size_t at = 0; at < passages / kAFile; ++at) {
        std::ofstream file(folder + "/" + std::to_string(at) + ".txt");
        for (std::size_t i = 0; i < kAFile; ++i) {
            file << prose(at * kAFile + i, kPassageBytes) << "\n\n";
        }
    }
}

QueryAnswer ask(Store& store, std::string_view space, std::string_view text)
{
    QueryOptions options;
    options.space = space;
    return must(store.memory().query(text, options));
}

/// Seconds that `carma query` takes from its start to its end.
double runQuery(const std::string& path, const std::string& passphraseFile, const std::string& words)
{
    const std::string program = (fs::read_symlink("/proc/self/exe").parent_path() / "carma").string();
    std::vector<std::string> arguments{program, "-s", path, "--passphrase-file", passphraseFile, "query", words, "--json"};
    std::vector<char*> pointers;
    for (std::string& argument : arguments) {
        pointers.push_back(argument.data());
    }
    pointers.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t child = 0;
    int status = 0;
    const Stopwatch watch;
    const bool isRun = ::posix_spawn(&child, program.c_str(), &actions, nullptr, pointers.data(), environ) == 0 &&
        ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    const double seconds = watch.seconds();
    ::posix_spawn_file_actions_destroy(&actions);
    if (!isRun) {
        fail({ErrorCode::Io, "carma query did not end well: " + program});
    }
    return seconds;
}

void searchable(Context& context)
{
    const std::string source = context.folder + "/texts";
    const std::string path = context.folder + "/searchable";
    const std::string passphraseFile = context.folder + "/passphrase";
    writeFiles(source, kLarge);
    std::ofstream(passphraseFile) << "bench";
    Measure rate{"ingest_to_searchable", "passages/s", "", {}};
    Measure ingest{"ingest_to_searchable-ingest", "s", "", {}};
    Measure first{"ingest_to_searchable-first-query", "s", "", {}};
    std::uint64_t passages = 0;
    for (unsigned run = 0; run < context.runs; ++run) {
        BenchStore bench = makeStore(path);
        const Stopwatch watch;
        passages = must(bench.store->memory().ingest({source}, {}, {})).passages;
        const double ingested = watch.seconds();
        ask(*bench.store, "default", "about the river");
        const double all = watch.seconds();
        rate.samples.push_back({static_cast<double>(passages) / all, 0});
        ingest.samples.push_back({ingested, 0});
        first.samples.push_back({all - ingested, 0});
        must(bench.store->close());
    }
    context.reporter.report(rate);
    context.reporter.report(ingest);
    context.reporter.report(first);
    context.reporter.report({"ingest_to_searchable-passages", "passages", "", {{static_cast<double>(passages), 0}}});
    Measure oneShot{"one_shot", "ms", "", {}};
    runQuery(path, passphraseFile, "about the river"); // warms the page cache
    for (unsigned run = 0; run < std::max(context.runs, 3U) * 4; ++run) {
        oneShot.samples.push_back({runQuery(path, passphraseFile, "about the river") * 1e3, 0});
    }
    context.reporter.report(oneShot);
    fs::remove_all(source);
    fs::remove_all(path);
}

void namespaces(Context& context)
{
    const std::string path = context.folder + "/namespaces";
    const auto name = [](std::size_t i) { return "space-" + std::to_string(i); };
    {
        BenchStore bench = makeStore(path);
        std::vector<NewMemory> notes(kASpace);
        const Stopwatch watch;
        for (std::size_t i = 0; i < kSpaces; ++i) {
            for (std::size_t k = 0; k < kASpace; ++k) {
                notes[k].text = prose(i * kASpace + k, 200);
            }
            must(bench.store->memory().remember(name(i), notes));
        }
        context.reporter.report({"namespaces-remember", "passages/s", "", {{kSpaces * kASpace / watch.seconds(), 0}}});
        must(bench.store->close());
    }
    Environment environment;
    environment.searchMemoryBytes = kBudget;
    OpenOptions options;
    options.readOnly = true;
    const auto store = must(Store::open(path, benchCredentials(), environment, std::move(options)));
    store::StoreCore& core = static_cast<store::StoreImpl&>(*store).core();
    store::Searcher searcher(core);
    resetPeakResident();
    std::vector<double> built;
    std::vector<double> reloaded;
    std::uint64_t most = 0;
    for (auto* times : {&built, &reloaded}) {
        for (std::size_t i = 0; i < kSpaces; ++i) {
            const NamespaceId id = must(core.space(name(i)))->id;
            const Stopwatch watch;
            const auto engine = must(searcher.engine(id, must(core.catalog->marks()))).engine;
            must(engine->search({.text = "about the river"}));
            times->push_back(watch.seconds() * 1e3);
            most = std::max(most, searcher.held().bytes);
        }
    }
    constexpr double kMebibyte = 1U << 20U;
    context.reporter.report({"namespaces-first-query-p50", "ms", "", {{percentile(built, 0.5), 0}}});
    context.reporter.report({"namespaces-reload-p50", "ms", "", {{percentile(reloaded, 0.5), 0}}});
    context.reporter.report({"namespaces-reload-p99", "ms", "", {{percentile(reloaded, 0.99), 0}}});
    context.reporter.report({"namespaces-held-at-end", "namespaces", "", {{static_cast<double>(searcher.held().spaces), 0}}});
    context.reporter.report({"namespaces-held-peak", "MiB of 256", "", {{static_cast<double>(most) / kMebibyte, 0}}});
    context.reporter.report({"namespaces-peak-memory", "MiB", "", {{peakResidentMiB(), 0}}});
    fs::remove_all(path);
}

/// The built-in embedder as if it were slow, so that the cache takes it.
class CalledSlow final : public Embedder {
public:
    explicit CalledSlow(std::shared_ptr<Embedder> inner) : m_inner(std::move(inner)) {}
    [[nodiscard]] const EmbedderIdentity& identity() const override { return m_inner->identity(); }
    [[nodiscard]] EmbedderTraits traits() const override { return {.semanticWeight = 0.5F, .slow = true}; }
    Result<void> embed(std::span<const std::string_view> texts, std::span<float> out) override { return m_inner->embed(texts, out); }

private:
    std::shared_ptr<Embedder> m_inner;
};

/// Whether taking a vector from the cache beats making it: the peer is the embedder alone.
void cached(Context& context)
{
    constexpr std::size_t kTexts = 20'000;
    constexpr std::size_t kBatch = 256;
    const auto embedder = benchEmbedder();
    if (embedder == nullptr) {
        return;
    }
    const BenchStore bench = makeStore(context.folder + "/cached");
    store::StoreCore& core = static_cast<store::StoreImpl&>(*bench.store).core();
    std::vector<std::string> texts(kTexts);
    for (std::size_t i = 0; i < kTexts; ++i) {
        texts[i] = prose(i, 600);
    }
    const std::vector<std::string_view> views(texts.begin(), texts.end());
    std::vector<float> out(kBatch * embedder->identity().dimension);
    const auto embedAll = [&](Embedder& by) {
        const Stopwatch watch;
        for (std::size_t at = 0; at + kBatch <= kTexts; at += kBatch) {
            must(by.embed(std::span(views).subspan(at, kBatch), out));
        }
        return static_cast<double>(kTexts) / watch.seconds();
    };
    Measure measure{"embedding_cache-hits", "texts/s", "no cache", {}};
    Measure cold{"embedding_cache-read-file-and-hit", "texts/s", "no cache", {}};
    for (unsigned run = 0; run < context.runs; ++run) {
        store::EmbeddingCache cache(core);
        const auto through = cache.wrap(std::make_shared<CalledSlow>(embedder));
        embedAll(*through);
        measure.samples.push_back({embedAll(*through), embedAll(*embedder)});
        cache.save();
        store::EmbeddingCache fresh(core);
        const auto again = fresh.wrap(std::make_shared<CalledSlow>(embedder));
        cold.samples.push_back({embedAll(*again), embedAll(*embedder)});
        fresh.clear();
    }
    context.reporter.report(measure);
    context.reporter.report(cold);
}

const Registration kSearchable("ingest_to_searchable+one_shot", searchable);
const Registration kCached("embedding_cache", cached);
const Registration kNamespaces("namespaces", namespaces);

} // namespace
} // namespace carma::bench
