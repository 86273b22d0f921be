// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "embed/token_table.h"
#include "heal/confidence.h"
#include "index/text_parts.h"
#include "ingest/reader.h"

#include <carma/embedder.h>
#include <carma/store.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <set>

/// carma-calibrate FIT_FOLDER TEST_FOLDER [MOST]: how far guesses at lost passages can be believed.
///
/// Takes passages out of the texts of a folder (each fifth at a time, at most MOST in all), guesses each from its vectors with the language
/// of the others, and compares. Prints the curve that is fitted to the first folder, for core/src/heal/confidence.cpp, and what the curve
/// that is built in is wrong by on the second, which it was not fitted to. A folder that is given twice is cut into halves by documents.
namespace {

using namespace carma;

constexpr float kStep = 1.0F / 32767;
constexpr std::size_t kDimension = 256;
constexpr std::size_t kEach = 5;
constexpr std::size_t kBins = 10;

struct Outcome {
    heal::Guess guess;
    float right = 0; ///< share of the guess's words
};

/// Passages of the documents whose place in the folder modulo `of` is `part`.
std::vector<std::string> passagesOf(const std::string& folder, std::size_t part, std::size_t of)
{
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file()) {
            files.push_back(entry.path());
        }
    }
    std::ranges::sort(files);
    std::vector<std::string> passages;
    for (std::size_t i = part; i < files.size(); i += of) {
        std::ifstream file(files[i], std::ios::binary);
        const std::string text{std::istreambuf_iterator<char>(file), {}};
        const auto draft = ingest::draftNote({}, text);
        if (!draft.has_value()) {
            continue;
        }
        for (const ingest::Node& node : draft->nodes) {
            if (node.level == ingest::Level::Passage) {
                passages.push_back(draft->text.substr(node.offset, node.bytes));
            }
        }
    }
    return passages;
}

std::vector<float> vectorOf(Embedder& embedder, const std::string& text)
{
    std::vector<float> vector(kDimension);
    const std::string_view one(text);
    if (!embedder.embed(std::span(&one, 1), vector).has_value()) {
        return {};
    }
    for (float& value : vector) {
        value = std::round(value / kStep) * kStep;
    }
    return vector;
}

std::set<std::string> wordsOf(std::string_view text)
{
    std::set<std::string> words;
    std::string word;
    for (const char c : std::string(text) + " ") {
        const bool upper = c >= 'A' && c <= 'Z';
        if (upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80U) {
            word += upper ? static_cast<char>(c - 'A' + 'a') : c;
        } else if (!word.empty()) {
            words.insert(std::exchange(word, {}));
        }
    }
    return words;
}

/// Each fifth passage is lost, five times over, so that each is lost once.
void loseAndGuess(
    Embedder& embedder, const std::vector<std::string>& passages, std::size_t offset, std::size_t most, std::vector<Outcome>& outcomes)
{
    const auto* table = dynamic_cast<const embed::TokenTable*>(&embedder);
    heal::Reconstructor reconstructor(*table, kDimension);
    for (std::size_t i = 0; i < passages.size(); ++i) {
        if (i % kEach != offset) {
            reconstructor.learn(passages[i]);
        }
    }
    for (std::size_t i = offset; i < passages.size() && outcomes.size() < most; i += kEach) {
        heal::Remains remains;
        remains.whole = vectorOf(embedder, passages[i]);
        remains.step = kStep;
        for (const std::string_view part : index::textParts(passages[i])) { // what the index keeps of a passage
            remains.parts.push_back(vectorOf(embedder, std::string(part)));
        }
        const auto guess = remains.whole.empty() ? std::nullopt : reconstructor.guess(remains);
        if (!guess || guess->text.empty()) {
            continue;
        }
        const auto guessed = wordsOf(guess->text);
        const auto real = wordsOf(passages[i]);
        if (guessed.empty()) {
            continue;
        }
        const auto right = std::ranges::count_if(guessed, [&](const std::string& word) { return real.contains(word); });
        outcomes.push_back({*guess, static_cast<float>(right) / static_cast<float>(guessed.size())});
    }
}

std::vector<Outcome> loseEach(Embedder& embedder, const std::vector<std::string>& passages, std::size_t most)
{
    std::vector<Outcome> outcomes;
    for (std::size_t offset = 0; offset < kEach; ++offset) {
        loseAndGuess(embedder, passages, offset, most * (offset + 1) / kEach, outcomes);
    }
    return outcomes;
}

void printCurve(const std::vector<Outcome>& outcomes)
{
    std::vector<heal::ConfidenceStep> points;
    double fitting = 0;
    double right = 0;
    for (const Outcome& outcome : outcomes) {
        if (outcome.guess.fits) {
            ++fitting;
            right += outcome.right;
        } else {
            points.push_back({outcome.guess.error, outcome.right});
        }
    }
    fmt::print("fitted to {} guesses; {:.0f} fit, with {:.4f} of their words right\n", outcomes.size(), fitting,
        fitting > 0 ? right / fitting : 0);
    for (const heal::ConfidenceStep& step : heal::fitFalling(points)) {
        fmt::print("    {{{:.4f}F, {:.3f}F}},\n", step.error, step.share);
    }
}

/// Expected calibration error: the mean distance, over ten bins of confidence weighted by their guesses, of confidence and what was right.
void printError(const std::vector<Outcome>& outcomes)
{
    std::array<std::array<double, 3>, kBins> bins{};
    for (const Outcome& outcome : outcomes) {
        const double confidence = heal::confidenceOf(outcome.guess);
        auto& bin = bins[std::min(kBins - 1, static_cast<std::size_t>(confidence * kBins))];
        bin[0] += 1;
        bin[1] += confidence;
        bin[2] += outcome.right;
    }
    double error = 0;
    fmt::print("confidence  guesses  expected   right\n");
    for (const auto& bin : bins) {
        if (bin[0] > 0) {
            fmt::print("{:10.1f}{:9.0f}{:10.3f}{:8.3f}\n", static_cast<double>(&bin - bins.data()) / kBins, bin[0], bin[1] / bin[0],
                bin[2] / bin[0]);
            error += std::abs(bin[1] - bin[2]) / static_cast<double>(outcomes.size());
        }
    }
    fmt::print("expected calibration error {:.3f} over {} guesses that the curve was not fitted to\n", error, outcomes.size());
}

} // namespace

int main(int argc, char** argv)
{
    const std::vector<std::string> words(argv + 1, argv + argc);
    if (words.size() != 2 && words.size() != 3) {
        fmt::print(stderr, "usage: carma-calibrate FIT_FOLDER TEST_FOLDER [MOST]\n");
        return 2;
    }
    const auto embedder = loadStaticEmbedder(resourceFolder() + "/models/static-en-256");
    if (!embedder.has_value()) {
        fmt::print(stderr, "{}\n", embedder.error().message);
        return 1;
    }
    const std::size_t most = words.size() == 3 ? std::stoul(words[2]) : 200;
    const bool halves = words[0] == words[1];
    printCurve(loseEach(**embedder, passagesOf(words[0], 0, halves ? 2 : 1), most));
    printError(loseEach(**embedder, passagesOf(words[1], halves ? 1 : 0, halves ? 2 : 1), most));
    return 0;
}
