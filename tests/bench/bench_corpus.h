// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "query/search_engine.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

/// Real text of this machine: what its packages installed as documentation and sources, cut into passages by the product's own reader.
namespace carma::bench {

struct CorpusPassage {
    std::uint64_t document = 0;
    std::uint64_t parent = 0;
    std::uint32_t order = 0;
    std::string text;

    [[nodiscard]] query::PassageView view(std::uint64_t number) const;
};

struct Corpus {
    std::vector<CorpusPassage> passages;
    std::vector<std::string> queries; ///< some words in a row from passages
};

/// Files in an order that a seed mixed. Fewer passages where the machine has less text.
Corpus readCorpus(std::size_t passages, std::size_t queries);
/// The built-in model, or null where it is not found.
std::shared_ptr<Embedder> benchEmbedder();
/// Adds all passages, in batches as a store does.
void fill(query::SearchEngine& engine, const Corpus& corpus);
/// The nearest rank at the share, of sorted or unsorted values.
double percentile(std::vector<double> values, double share);

} // namespace carma::bench
