// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// carma-eval DATASET_DIR [--mode hybrid|semantic|lexical] [--embedder PLUGIN[:MODEL]] [--semantic-weight W[,W...]] [--ablation] [--run
// FILE]
//
// Scores the search engine on a data set of the BEIR form: corpus.jsonl {_id, title, text}, queries.jsonl {_id, text, group?} and
// qrels.tsv (query, document, gain; one line of heading). A query with a group is asked in the namespace of the documents whose ids begin
// with "group/". Ids of the form X:n are passages of the parent X, in the order of the file. Prints recall and hit rate at 5, 10 and 20,
// the mean reciprocal rank within 20 and nDCG at 10, over the queries that have an answer; --run writes what was found as a TREC run.
// --embedder takes a plugin (the built-in model without it), whose advised weight counts unless --semantic-weight names others; each gets a
// line.
#include "query/search_engine.h"

#include <carma/embedder.h>
#include <carma/plugins.h>
#include <carma/store.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <unordered_map>

namespace carma::eval {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kDepth = 20;

constexpr std::size_t kSampleBytes = 1024; // that tell a document's language

struct Document {
    std::string id, title, text;
};
struct Question {
    std::string id, text, group;
};
using Gains = std::map<std::string, std::map<std::string, double>>; ///< query -> document -> gain

struct Dataset {
    std::vector<Document> documents;
    std::vector<Question> questions;
    Gains gains;
};

std::vector<nlohmann::json> readLines(const fs::path& path)
{
    std::ifstream file(path);
    std::vector<nlohmann::json> lines;
    for (std::string line; std::getline(file, line);) {
        lines.push_back(nlohmann::json::parse(line, nullptr, false));
        if (lines.back().is_discarded() || !lines.back().is_object()) {
            fmt::print(stderr, "carma-eval: line {} of {} is no JSON object\n", lines.size(), path.string());
            std::exit(2);
        }
    }
    return lines;
}

std::string textOf(const nlohmann::json& object, const char* key)
{
    const auto found = object.find(key);
    return found == object.end() || found->is_null() ? std::string() : found->is_string() ? found->get<std::string>() : found->dump();
}

Dataset readDataset(const fs::path& folder)
{
    Dataset data;
    for (const auto& line : readLines(folder / "corpus.jsonl")) {
        data.documents.push_back({textOf(line, "_id"), textOf(line, "title"), textOf(line, "text")});
    }
    for (const auto& line : readLines(folder / "queries.jsonl")) {
        data.questions.push_back({textOf(line, "_id"), textOf(line, "text"), textOf(line, "group")});
    }
    std::ifstream qrels(folder / "qrels.tsv");
    std::string line;
    std::getline(qrels, line);
    while (std::getline(qrels, line)) {
        const std::size_t first = line.find('\t');
        const std::size_t second = line.find('\t', first + 1);
        if (first != std::string::npos && second != std::string::npos) {
            const double gain = std::strtod(line.c_str() + second + 1, nullptr);
            if (gain > 0) {
                data.gains[line.substr(0, first)][line.substr(first + 1, second - first - 1)] = gain;
            }
        }
    }
    return data;
}

/// Ids of 16 bytes for names: their numbers.
FragmentId numbered(std::uint64_t kind, std::uint64_t number)
{
    FragmentId id;
    for (unsigned i = 0; i < 8; ++i) {
        id.bytes[i] = static_cast<std::uint8_t>(kind >> (56U - 8U * i));
        id.bytes[8 + i] = static_cast<std::uint8_t>(number >> (56U - 8U * i));
    }
    return id;
}

/// The engines of a data set, one a group.
class Index {
public:
    Index(const Dataset& data, std::shared_ptr<Embedder> embedder, const query::Weights& weights) : m_data(data)
    {
        std::set<std::string> groups;
        for (const Question& question : data.questions) {
            groups.insert(question.group);
        }
        for (const std::string& group : groups) {
            m_engines[group] = build(group, embedder, weights);
        }
    }

    /// Positions of documents, the best first.
    std::vector<std::size_t> ask(const Question& question, query::Mode mode)
    {
        query::Request request;
        request.text = question.text;
        request.mode = mode;
        request.limit = kDepth;
        const auto answer = m_engines.at(question.group)->search(request);
        std::vector<std::size_t> found;
        if (answer.has_value()) {
            for (const query::Hit& hit : answer->hits) {
                found.push_back(static_cast<std::size_t>(hit.sequence));
            }
        }
        return found;
    }

private:
    std::unique_ptr<query::SearchEngine> build(
        const std::string& group, const std::shared_ptr<Embedder>& embedder, const query::Weights& weights)
    {
        auto engine = query::makeSearchEngine(embedder, weights);
        std::vector<query::PassageView> passages;
        std::map<std::string, std::pair<std::uint64_t, std::uint32_t>> parents; // number, and passages so far
        std::map<std::uint64_t, std::string> samples;
        for (std::size_t i = 0; i < m_data.documents.size(); ++i) {
            const Document& document = m_data.documents[i];
            if (!group.empty() && !document.id.starts_with(group + "/")) {
                continue;
            }
            const std::string parent = document.id.substr(0, document.id.find(':'));
            auto& [number, count] = parents.try_emplace(parent, parents.size() + 1, 0).first->second;
            query::PassageView view;
            view.id = numbered(1, i + 1);
            view.document = numbered(2, number);
            view.parent = numbered(3, number);
            view.order = count++;
            view.sequence = i;
            view.title = document.title;
            view.text = document.text;
            passages.push_back(view);
            if (std::string& sample = samples[number]; sample.size() < kSampleBytes) {
                sample.append(document.text).append("\n");
            }
        }
        std::map<FragmentId, index::Language> languages; // as the store tells them
        for (const auto& [number, sample] : samples) {
            languages[numbered(2, number)] = index::detectLanguage(sample);
        }
        for (query::PassageView& view : passages) {
            view.language = languages[view.document];
        }
        if (const auto added = engine->add(passages); !added.has_value()) {
            fmt::print(stderr, "carma-eval: {}\n", added.error().message);
            std::exit(1);
        }
        return engine;
    }

    const Dataset& m_data;
    std::map<std::string, std::unique_ptr<query::SearchEngine>> m_engines;
};

struct Scores {
    std::size_t queries = 0;
    std::map<std::string, double> sums;

    void add(const std::vector<std::string>& ranked, const std::map<std::string, double>& relevant)
    {
        ++queries;
        for (const std::size_t k : {5U, 10U, 20U}) {
            std::size_t found = 0;
            for (std::size_t i = 0; i < std::min<std::size_t>(k, ranked.size()); ++i) {
                found += relevant.contains(ranked[i]) ? 1 : 0;
            }
            sums[fmt::format("R@{}", k)] += static_cast<double>(found) / static_cast<double>(relevant.size());
            sums[fmt::format("hit@{}", k)] += found > 0 ? 1 : 0;
        }
        double gain = 0;
        bool met = false;
        for (std::size_t i = 0; i < ranked.size(); ++i) {
            const auto one = relevant.find(ranked[i]);
            if (one == relevant.end()) {
                continue;
            }
            if (!met) {
                sums["MRR"] += 1.0 / static_cast<double>(i + 1);
                met = true;
            }
            gain += i < 10 ? one->second / std::log2(static_cast<double>(i) + 2) : 0;
        }
        std::vector<double> best;
        for (const auto& [document, value] : relevant) {
            best.push_back(value);
        }
        std::ranges::sort(best, std::greater{});
        double ideal = 0;
        for (std::size_t i = 0; i < std::min<std::size_t>(10, best.size()); ++i) {
            ideal += best[i] / std::log2(static_cast<double>(i) + 2);
        }
        sums["nDCG@10"] += gain / ideal;
    }

    [[nodiscard]] std::string line() const
    {
        std::string text = fmt::format("queries={}", queries);
        for (const char* name : {"R@5", "R@10", "R@20", "hit@5", "hit@10", "hit@20", "MRR", "nDCG@10"}) {
            const auto found = sums.find(name);
            text += fmt::format(
                " {}={:.4f}", name, found == sums.end() ? 0 : found->second / static_cast<double>(std::max<std::size_t>(1, queries)));
        }
        return text;
    }
};

struct Options {
    std::string folder, runFile, embedder;
    std::vector<float> semanticWeights;
    query::Mode mode = query::Mode::Hybrid;
    bool ablation = false;
};

Scores evaluate(const Dataset& data, Index& index, query::Mode mode, const std::string& runFile)
{
    Scores scores;
    std::ofstream run;
    if (!runFile.empty()) {
        run.open(runFile);
    }
    for (const Question& question : data.questions) {
        const auto relevant = data.gains.find(question.id);
        if (relevant == data.gains.end()) {
            continue;
        }
        std::vector<std::string> ranked;
        for (const std::size_t position : index.ask(question, mode)) {
            ranked.push_back(data.documents[position].id);
        }
        scores.add(ranked, relevant->second);
        for (std::size_t i = 0; i < ranked.size() && run.is_open(); ++i) {
            run << question.id << " Q0 " << ranked[i] << ' ' << i + 1 << ' ' << kDepth - i << " carma\n";
        }
    }
    return scores;
}

void printStages(const Dataset& data, const std::shared_ptr<Embedder>& embedder)
{
    struct Stage {
        const char* name;
        query::Weights weights;
        query::Mode mode;
    };
    const query::Weights whole;
    const query::Weights alone{
        .semantic = whole.semantic, .parent = 0, .semanticParent = 0, .before = 0, .after = 0, .passage = 1, .part = 0};
    query::Weights parents = alone;
    parents.parent = whole.parent;
    parents.semanticParent = whole.semanticParent;
    query::Weights neighbours = parents;
    neighbours.before = whole.before;
    neighbours.after = whole.after;
    for (const Stage& stage : {Stage{"lexical", alone, query::Mode::Lexical}, Stage{"semantic", alone, query::Mode::Semantic},
             Stage{"z-fusion", alone, query::Mode::Hybrid}, Stage{"+ parent", parents, query::Mode::Hybrid},
             Stage{"+ neighbours", neighbours, query::Mode::Hybrid}, Stage{"+ best part", whole, query::Mode::Hybrid}}) {
        Index index(data, embedder, stage.weights);
        fmt::print("{:<13} {}\n", stage.name, evaluate(data, index, stage.mode, {}).line());
    }
}

int usage()
{
    fmt::print(stderr,
        "usage: carma-eval DATASET_DIR [--mode hybrid|semantic|lexical] [--embedder PLUGIN[:MODEL]] [--semantic-weight W[,W...]] "
        "[--ablation] "
        "[--run FILE]\n");
    return 2;
}

std::optional<Options> parse(int argc, const char* const* argv)
{
    Options options;
    std::string number;
    for (int i = 1; i < argc; ++i) {
        const std::string_view word = argv[i];
        const auto value = [&]() -> std::string { return i + 1 < argc ? argv[++i] : ""; };
        if (word == "--ablation") {
            options.ablation = true;
        } else if (word == "--run") {
            options.runFile = value();
        } else if (word == "--embedder") {
            options.embedder = value();
        } else if (word == "--semantic-weight") {
            for (const char c : value() + ",") {
                if (c != ',') {
                    number.push_back(c);
                    continue;
                }
                float weight = -1;
                std::from_chars(number.data(), number.data() + number.size(), weight);
                if (!(weight >= 0)) {
                    return std::nullopt;
                }
                options.semanticWeights.push_back(weight);
                number.clear();
            }
        } else if (word == "--mode") {
            const std::string mode = value();
            if (mode != "hybrid" && mode != "semantic" && mode != "lexical") {
                return std::nullopt;
            }
            options.mode = mode == "hybrid" ? query::Mode::Hybrid : mode == "semantic" ? query::Mode::Semantic : query::Mode::Lexical;
        } else if (word.starts_with("-") || !options.folder.empty()) {
            return std::nullopt;
        } else {
            options.folder = word;
        }
    }
    return options.folder.empty() ? std::nullopt : std::optional(options);
}

/// Asks another embedder once for each text, so that several weights cost what one does.
class MemoEmbedder final : public Embedder {
public:
    explicit MemoEmbedder(std::shared_ptr<Embedder> source) : m_source(std::move(source)) {}

    [[nodiscard]] const EmbedderIdentity& identity() const override { return m_source->identity(); }

    Result<void> embed(std::span<const std::string_view> texts, std::span<float> out) override
    {
        const std::lock_guard guard(m_mutex);
        const std::size_t dimension = identity().dimension;
        std::vector<std::string_view> missing;
        for (const std::string_view text : texts) {
            if (m_known.try_emplace(std::string(text)).second) {
                missing.push_back(text);
            }
        }
        std::vector<float> vectors(missing.size() * dimension);
        CARMA_TRY(m_source->embed(missing, vectors));
        for (std::size_t i = 0; i < missing.size(); ++i) {
            const auto first = vectors.begin() + static_cast<std::ptrdiff_t>(i * dimension);
            m_known[std::string(missing[i])].assign(first, first + static_cast<std::ptrdiff_t>(dimension));
        }
        for (std::size_t i = 0; i < texts.size(); ++i) {
            std::ranges::copy(m_known[std::string(texts[i])], out.begin() + static_cast<std::ptrdiff_t>(i * dimension));
        }
        return {};
    }

private:
    const std::shared_ptr<Embedder> m_source;
    std::mutex m_mutex;
    std::unordered_map<std::string, std::vector<float>> m_known; ///< guarded by m_mutex
};

Result<std::shared_ptr<Embedder>> openEmbedder(const std::string& name)
{
    if (name.empty()) {
        return loadStaticEmbedder(resourceFolder() + "/models/static-en-256");
    }
    CARMA_TRY_ASSIGN(PluginOptions options, defaultPluginOptions());
    options.report = [](std::string_view line) { fmt::print(stderr, "{}\n", line); };
    return openPluginEmbedder(name, options);
}

int run(int argc, const char* const* argv)
{
    const auto options = parse(argc, argv);
    if (!options) {
        return usage();
    }
    for (const char* name : {"corpus.jsonl", "queries.jsonl", "qrels.tsv"}) {
        if (!fs::exists(fs::path(options->folder) / name)) {
            fmt::print("skipped: there is no {} in {}\n", name, options->folder);
            return 0;
        }
    }
    const auto embedder = openEmbedder(options->embedder);
    if (!embedder.has_value()) {
        fmt::print(stderr, "carma-eval: {}\n", embedder.error().message);
        return 1;
    }
    const Dataset data = readDataset(options->folder);
    const std::shared_ptr<Embedder> shared = *embedder;
    if (options->ablation) {
        printStages(data, shared);
        return 0;
    }
    const auto memo = std::make_shared<MemoEmbedder>(shared);
    std::vector<float> semanticWeights = options->semanticWeights;
    if (semanticWeights.empty()) {
        const double advised = advisedSemanticWeight(*shared);
        semanticWeights.push_back(advised > 0 ? static_cast<float>(advised) : query::Weights{}.semantic);
    }
    for (const float semantic : semanticWeights) {
        query::Weights weights;
        weights.semantic = semantic;
        const auto start = std::chrono::steady_clock::now();
        Index index(data, memo, weights);
        const auto built = std::chrono::steady_clock::now();
        const Scores scores = evaluate(data, index, options->mode, options->runFile);
        const auto asked = std::chrono::steady_clock::now();
        fmt::print("{}{}\n", semanticWeights.size() > 1 ? fmt::format("semantic={} ", semantic) : "", scores.line());
        fmt::print(stderr, "{} passages indexed in {:.2f} s, {} questions asked in {:.2f} s\n", data.documents.size(),
            std::chrono::duration<double>(built - start).count(), scores.queries, std::chrono::duration<double>(asked - built).count());
    }
    return 0;
}

} // namespace

} // namespace carma::eval

int main(int argc, char** argv) { return carma::eval::run(argc, argv); }
