// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench_support.h"

#include <carma/plugins.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <memory>

/// What it costs that a plugin runs in a process of its own, and what the one for transformer models makes of OpenVINO.
namespace carma::bench {
namespace {

constexpr std::size_t kBatch = 256;
constexpr std::size_t kTurns = 40; // of each, one after the other, so that what disturbs one disturbs all
constexpr std::size_t kBatchesATurn = 10;
constexpr std::size_t kTextBytes = 250;

/// Texts a second of each, in turns.
std::vector<double> textsPerSecond(const std::vector<Embedder*>& embedders, const std::vector<std::string_view>& texts)
{
    std::vector<float> vectors(texts.size() * embedders[0]->identity().dimension);
    std::vector<double> seconds(embedders.size(), 0);
    for (std::size_t turn = 0; turn < kTurns; ++turn) {
        for (std::size_t i = 0; i < embedders.size(); ++i) {
            const Stopwatch watch;
            for (std::size_t batch = 0; batch < kBatchesATurn; ++batch) {
                must(embedders[i]->embed(texts, vectors));
            }
            seconds[i] += watch.seconds();
        }
    }
    std::vector<double> rates;
    for (const double each : seconds) {
        rates.push_back(static_cast<double>(kTurns * kBatchesATurn * texts.size()) / each);
    }
    return rates;
}

/// The built-in model as a plugin (static_plugin.cpp). What isolation costs is the first against the second; against the third it is what a
/// plugin costs at all.
void isolation(Context& context)
{
    namespace fs = std::filesystem;
    const std::string model = resourceFolder() + "/models/static-en-256";
    const fs::path folder = fs::path(context.folder) / "static";
    fs::create_directories(folder);
    fs::copy_file(CARMA_STATIC_PLUGIN, folder / "static.so", fs::copy_options::overwrite_existing);
    std::ofstream(folder / "plugin.json") << R"({"name": "static", "version": "1", "kind": "embedder", "abi": 1, "dimension": 256,
        "licence": "GPL-3.0-or-later", "library": "static.so", "settings": [{"name": "model", "type": "file"}]})";
    auto options = must(defaultPluginOptions());
    options.folders = {context.folder};
    const auto apart = must(openPluginEmbedder("static:" + model, options));
    options.trusted = {"static"};
    const auto inside = must(openPluginEmbedder("static:" + model, options));
    const auto built = must(loadStaticEmbedder(model));
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < kBatch; ++i) {
        texts.push_back(prose(i, kTextBytes));
    }
    const std::vector<std::string_view> views(texts.begin(), texts.end());
    Measure isolated{"plugins/own process, batches of 256", "texts/s", "in this process", {}};
    Measure whole{"plugins/own process, batches of 256", "texts/s", "built in", {}};
    for (unsigned run = 0; run < context.runs; ++run) {
        const auto rates = textsPerSecond({apart.get(), inside.get(), built.get()}, views);
        isolated.samples.push_back({rates[0], rates[1]});
        whole.samples.push_back({rates[0], rates[2]});
    }
    context.reporter.report(isolated);
    context.reporter.report(whole);
}

constexpr std::size_t kShapeTexts = 32; // of a run of the network, as the plugin cuts them
constexpr std::size_t kShapeTokens = 64;
constexpr int kShapeSeconds = 6;

/// Texts of exactly kShapeTokens tokens, [CLS] and [SEP] among them: each of these words is one.
std::vector<std::string> textsOfOneShape(std::size_t count)
{
    constexpr std::array words{"house", "water", "garden", "river", "stone", "winter", "letter", "bridge", "summer", "window", "city"};
    std::vector<std::string> texts(count);
    for (std::size_t i = 0; i < count; ++i) {
        for (std::size_t word = 0; word < kShapeTokens - 2; ++word) {
            texts[i] += (word == 0 ? "" : " ") + std::string(words[(i * 7 + word * word + word * i) % words.size()]);
        }
    }
    return texts;
}

/// Texts a second of benchmark_app; 0 if it cannot be had.
double openvinoPeer(const std::string& model, const char* precision)
{
    const char* const python = std::getenv("CARMA_BENCH_PYTHON");
    if (python == nullptr || *python == '\0') {
        return 0;
    }
    const std::string command = fmt::format("'{}' '{}' '{}/model.xml' {} {} {} {}", python, CARMA_OPENVINO_PEER_SCRIPT, model, kShapeTexts,
        kShapeTokens, kShapeSeconds, precision);
    const auto close = [](std::FILE* file) { ::pclose(file); };
    const std::unique_ptr<std::FILE, decltype(close)> pipe(::popen(command.c_str(), "r"), close);
    double value = 0;
    return pipe != nullptr && std::fscanf(pipe.get(), "%lf", &value) == 1 ? value : 0;
}

bool multipliesBfloat16()
{
    std::ifstream file("/proc/cpuinfo");
    for (std::string line; std::getline(file, line);) {
        if (line.find("amx_bf16") != std::string::npos) {
            return true;
        }
    }
    return false;
}

/// Texts of one length through the plugin, tokenizer, pooling and its process included, beside OpenVINO's own benchmark of that shape.
void openvino(Context& context)
{
    constexpr unsigned kRuns = 3;
    const std::string model = resourceFolder() + "/models/bge-small-en-v1.5-int8";
    const std::vector<std::string> texts = textsOfOneShape(2 * kShapeTexts); // what the plugin gets at once
    const std::vector<std::string_view> views(texts.begin(), texts.end());
    std::vector<const char*> precisions{"f32"};
    if (multipliesBfloat16()) {
        precisions.push_back("bf16");
    }
    for (const char* const precision : precisions) {
        auto options = must(defaultPluginOptions());
        options.settings["openvino"]["exact"] = std::string_view(precision) == "f32" ? "true" : "false";
        const auto opened = openPluginEmbedder("openvino:" + model, options);
        if (!opened.has_value()) {
            fmt::print("plugins/openvino: skipped; {}\n", opened.error().message);
            return;
        }
        std::vector<float> vectors(views.size() * (*opened)->identity().dimension);
        must((*opened)->embed(views, vectors)); // the first run prepares the shape
        Measure measure{fmt::format("plugins/openvino {}, {} tokens", precision, kShapeTokens), "texts/s", "benchmark_app", {}};
        for (unsigned run = 0; run < std::min(context.runs, kRuns); ++run) {
            const double peer = openvinoPeer(model, precision);
            std::size_t done = 0;
            const Stopwatch watch;
            while (watch.seconds() < kShapeSeconds) {
                must((*opened)->embed(views, vectors));
                done += views.size();
            }
            measure.samples.push_back({static_cast<double>(done) / watch.seconds(), peer});
        }
        context.reporter.report(measure);
    }
    if (std::getenv("CARMA_BENCH_PYTHON") == nullptr) {
        fmt::print("plugins/openvino: no peer; set CARMA_BENCH_PYTHON to a Python with the package openvino\n");
    }
}

const Registration registered("plugins", isolation);
const Registration registeredOpenvino("openvino", openvino);

} // namespace
} // namespace carma::bench
