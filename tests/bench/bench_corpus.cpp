// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench_corpus.h"

#include "bench_support.h"
#include "ingest/reader.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <set>

namespace carma::bench {

namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kFileBytesMax = 2'000'000;
constexpr std::size_t kQueryWords = 6;

std::vector<std::string> textFiles()
{
    const std::set<std::string> kinds{"", ".txt", ".md", ".h", ".hpp", ".py", ".pod", ".html", ".rst"};
    std::vector<std::string> files;
    for (const char* root : {"/usr/share/doc", "/usr/include", "/usr/lib/python3", "/usr/lib/python3.11", "/usr/share/perl"}) {
        std::error_code error;
        for (fs::recursive_directory_iterator at(root, error), end; !error && at != end; at.increment(error)) {
            std::error_code ignored;
            if (at->is_regular_file(ignored) && !at->is_symlink(ignored) && kinds.contains(at->path().extension().string()) &&
                at->file_size(ignored) < kFileBytesMax) {
                files.push_back(at->path().string());
            }
        }
    }
    std::ranges::sort(files);
    std::mt19937 random(1);
    std::ranges::shuffle(files, random);
    return files;
}

FragmentId idOf(std::uint8_t kind, std::uint64_t number)
{
    FragmentId id;
    id.bytes[0] = kind;
    return id.plus(number);
}

std::string someWords(const std::string& text, std::uint64_t draw)
{
    std::vector<std::string> words;
    std::string word;
    for (const char c : text) {
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
            word.push_back(c);
        } else if (!word.empty()) {
            words.push_back(std::exchange(word, {}));
        }
    }
    std::string query;
    const std::size_t from = words.empty() ? 0 : draw % words.size();
    for (std::size_t i = from; i < std::min(words.size(), from + kQueryWords); ++i) {
        query += words[i] + " ";
    }
    return query;
}

} // namespace

query::PassageView CorpusPassage::view(std::uint64_t number) const
{
    query::PassageView view;
    view.id = idOf(1, number);
    view.document = idOf(2, document);
    view.parent = idOf(3, parent);
    view.order = order;
    view.sequence = number;
    view.text = text;
    return view;
}

Corpus readCorpus(std::size_t passages, std::size_t queries)
{
    Corpus corpus;
    std::uint64_t parents = 0;
    std::uint64_t documents = 0;
    for (const std::string& path : textFiles()) {
        std::ifstream file(path, std::ios::binary);
        const std::string bytes{std::istreambuf_iterator<char>(file), {}};
        const auto draft = ingest::readDocument(path, asBytes(bytes));
        if (!draft.has_value()) {
            continue;
        }
        for (const ingest::Node& node : draft->nodes) {
            if (node.level == ingest::Level::Passage && corpus.passages.size() < passages) {
                corpus.passages.push_back({documents, parents + node.parent, node.order, draft->text.substr(node.offset, node.bytes)});
            }
        }
        parents += draft->nodes.size();
        ++documents;
        if (corpus.passages.size() == passages) {
            break;
        }
    }
    std::mt19937_64 random(2);
    while (!corpus.passages.empty() && corpus.queries.size() < queries) {
        std::string query = someWords(corpus.passages[random() % corpus.passages.size()].text, random());
        if (query.size() > 10) {
            corpus.queries.push_back(std::move(query));
        }
    }
    return corpus;
}

std::shared_ptr<Embedder> benchEmbedder()
{
    auto embedder = loadStaticEmbedder(resourceFolder() + "/models/static-en-256");
    if (!embedder.has_value()) {
        std::fprintf(stderr, "skipped: the built-in model is not found (CARMA_RESOURCES)\n");
        return nullptr;
    }
    return *embedder;
}

void fill(query::SearchEngine& engine, const Corpus& corpus)
{
    constexpr std::size_t kBatch = 2000;
    for (std::size_t begin = 0; begin < corpus.passages.size(); begin += kBatch) {
        std::vector<query::PassageView> views;
        for (std::size_t i = begin; i < std::min(corpus.passages.size(), begin + kBatch); ++i) {
            views.push_back(corpus.passages[i].view(i));
        }
        must(engine.add(views));
    }
}

double percentile(std::vector<double> values, double share)
{
    std::ranges::sort(values);
    return values.empty() ? 0 : values[std::min(values.size() - 1, static_cast<std::size_t>(share * static_cast<double>(values.size())))];
}

} // namespace carma::bench
