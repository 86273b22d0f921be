// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench_support.h"

#include <carma/plugins.h>

#include <filesystem>
#include <fstream>

/// What it costs that a plugin runs in a process of its own.
namespace carma::bench {
namespace {

constexpr std::size_t kBatch = 256;
constexpr std::size_t kBatches = 200;
constexpr std::size_t kTextBytes = 250;

double textsPerSecond(Embedder& embedder, const std::vector<std::string_view>& texts)
{
    std::vector<float> vectors(texts.size() * embedder.identity().dimension);
    const Stopwatch watch;
    for (std::size_t i = 0; i < kBatches; ++i) {
        must(embedder.embed(texts, vectors));
    }
    return static_cast<double>(kBatches * texts.size()) / watch.seconds();
}

/// The built-in model as a plugin (static_plugin.cpp), and itself as the peer.
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
    Measure isolated{"plugins/own process, batches of 256", "texts/s", "built in", {}};
    Measure trusted{"plugins/trusted, batches of 256", "texts/s", "built in", {}};
    for (unsigned run = 0; run < context.runs; ++run) {
        const double peer = textsPerSecond(*built, views);
        isolated.samples.push_back({textsPerSecond(*apart, views), peer});
        trusted.samples.push_back({textsPerSecond(*inside, views), peer});
    }
    context.reporter.report(isolated);
    context.reporter.report(trusted);
}

const Registration registered("plugins", isolation);

} // namespace
} // namespace carma::bench
