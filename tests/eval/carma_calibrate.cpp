// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "embed/token_table.h"
#include "heal/confidence.h"
#include "index/text_parts.h"
#include "index/words.h"
#include "ingest/reader.h"
#include "store/hypothesis_words.h"

#include <carma/embedder.h>
#include <carma/store.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <span>
#include <utility>

/// carma-calibrate FIT_FOLDER TEST_FOLDER [MOST] [--postings]: how far guesses at lost passages can be believed.
///
/// Takes passages out of the texts of a folder (each fifth at a time, at most MOST in all), guesses each from its vectors with the language
/// of the others, and with --postings also from the places of its words in an index, and compares. Prints the curve that is fitted to the
/// first folder, as core/src/heal/confidence.cpp has it, what that curve and the one that is built in are wrong by on the second, which
/// they were not fitted to, and how good the guesses are there. A folder that is given twice is cut into halves by documents.
///
/// The curve is isotonic regression over the means of at least kGroupMin guesses with neighbouring errors: single ones would make steps
/// out of chance.
namespace {

using namespace carma;

constexpr float kStep = 1.0F / 32767;
constexpr std::size_t kDimension = 256;
constexpr std::size_t kEach = 5;
constexpr std::size_t kBins = 10;
constexpr std::size_t kGroupMin = 12;
constexpr std::size_t kGroups = 12;

struct Settings {
    std::size_t most = 200; ///< guesses
    bool postings = false;
};

struct Outcome {
    heal::Guess guess;
    float right = 0; ///< share of the guess's words
    float found = 0; ///< share of the text's words
    std::size_t tokens = 0;
    float tokenF1 = 0;    ///< of the sets of tokens
    float rougeL = 0;     ///< F of the longest common subsequence of tokens
    bool exactly = false; ///< the same tokens in the same order
};

struct Curve {
    float fitting = 0;
    std::vector<heal::ConfidenceStep> steps;

    [[nodiscard]] double of(const heal::Guess& guess) const
    {
        const float share = heal::shareAt(steps, guess.error);
        return guess.fits ? fitting : std::min(fitting, guess.told + (1 - guess.told) * share);
    }
};

/// Passages of the documents whose place in the folder modulo `of` is `part`.
std::vector<std::string> passagesOf(const std::string& folder, std::size_t part, std::size_t of)
{
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        const std::string kind = entry.path().extension().string();
        if (entry.is_regular_file() && (kind == ".txt" || kind == ".md")) { // other formats are other texts once they are read
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

float harmonic(double a, double b) { return a + b > 0 ? static_cast<float>(2 * a * b / (a + b)) : 0; }

void compareTokens(const embed::TokenTable& table, const std::string& text, Outcome& outcome)
{
    const auto guessed = table.tokensOf(outcome.guess.text);
    const auto real = table.tokensOf(text);
    const std::set<std::uint32_t> a(guessed.begin(), guessed.end());
    const std::set<std::uint32_t> b(real.begin(), real.end());
    const auto both = static_cast<double>(std::ranges::count_if(a, [&](std::uint32_t token) { return b.contains(token); }));
    outcome.tokens = real.size();
    outcome.exactly = guessed == real;
    if (a.empty() || b.empty()) {
        return;
    }
    outcome.tokenF1 = harmonic(both / static_cast<double>(a.size()), both / static_cast<double>(b.size()));
    std::vector<std::size_t> row(real.size() + 1);
    for (const std::uint32_t token : guessed) {
        std::size_t diagonal = 0;
        for (std::size_t i = 0; i < real.size(); ++i) {
            const std::size_t above = row[i + 1];
            row[i + 1] = token == real[i] ? diagonal + 1 : std::max(above, row[i]);
            diagonal = above;
        }
    }
    outcome.rougeL = harmonic(static_cast<double>(row.back()) / static_cast<double>(guessed.size()),
        static_cast<double>(row.back()) / static_cast<double>(real.size()));
}

/// The words that an index can be asked for, by stem.
class KnownWords {
public:
    void learn(std::string_view text)
    {
        std::uint32_t position = 0;
        std::vector<index::PlacedTerm> terms;
        m_reader.read(text, terms, position);
    }
    /// Of each part of a text.
    [[nodiscard]] std::vector<std::vector<heal::FoundWord>> of(const std::string& text)
    {
        for (; m_listed < m_reader.termCount(); ++m_listed) {
            m_byTerm.emplace(m_reader.term(static_cast<std::uint32_t>(m_listed)), m_listed);
        }
        std::vector<std::string_view> parts = index::textParts(text);
        if (parts.empty()) {
            parts.emplace_back(text);
        }
        std::vector<std::vector<heal::FoundWord>> found;
        for (const std::string_view part : parts) {
            index::WordReader reader;
            std::vector<index::PlacedTerm> terms;
            std::uint32_t position = 0;
            reader.read(part, terms, position);
            found.emplace_back();
            for (std::uint32_t term = 0; term < reader.termCount(); ++term) {
                const auto known = m_byTerm.find(reader.term(term));
                if (known == m_byTerm.end()) {
                    continue;
                }
                heal::FoundWord word;
                word.forms = m_reader.forms(static_cast<std::uint32_t>(known->second));
                std::ranges::sort(word.forms);
                word.forms.erase(std::unique(word.forms.begin(), word.forms.end()), word.forms.end());
                for (const index::PlacedTerm& placed : terms) {
                    if (placed.term == term) {
                        word.places.push_back(placed.position);
                    }
                }
                found.back().push_back(std::move(word));
            }
        }
        return found;
    }

private:
    index::WordReader m_reader;
    std::map<std::string, std::size_t, std::less<>> m_byTerm;
    std::size_t m_listed = 0;
};

/// Each fifth passage is lost, five times over, so that each is lost once.
void loseAndGuess(Embedder& embedder, const std::vector<std::string>& passages, std::size_t offset, const Settings& settings,
    std::vector<Outcome>& outcomes)
{
    const auto* table = dynamic_cast<const embed::TokenTable*>(&embedder);
    const std::size_t most = settings.most * (offset + 1) / kEach;
    heal::Reconstructor reconstructor(*table, kDimension);
    KnownWords known;
    reconstructor.setUntold(store::WordEvidence(*table).untold());
    for (std::uint32_t token = 0; token < table->tokenCount(); ++token) {
        if (!table->token(token).starts_with("##")) {
            known.learn(table->token(token));
        }
    }
    for (std::size_t i = 0; i < passages.size(); ++i) {
        if (i % kEach != offset) {
            reconstructor.learn(passages[i]);
            known.learn(passages[i]);
        }
    }
    for (std::size_t i = offset; i < passages.size() && outcomes.size() < most; i += kEach) {
        heal::Remains remains;
        remains.whole = vectorOf(embedder, passages[i]);
        remains.step = kStep;
        for (const std::string_view part : index::textParts(passages[i])) { // what the index keeps of a passage
            remains.parts.push_back(vectorOf(embedder, std::string(part)));
        }
        if (settings.postings) {
            remains.words = known.of(passages[i]);
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
        Outcome outcome;
        outcome.guess = *guess;
        outcome.right = static_cast<float>(right) / static_cast<float>(guessed.size());
        outcome.found = real.empty() ? 1 : static_cast<float>(right) / static_cast<float>(real.size());
        compareTokens(*table, passages[i], outcome);
        outcomes.push_back(std::move(outcome));
    }
}

std::vector<Outcome> loseEach(Embedder& embedder, const std::vector<std::string>& passages, const Settings& settings)
{
    std::vector<Outcome> outcomes;
    for (std::size_t offset = 0; offset < kEach; ++offset) {
        loseAndGuess(embedder, passages, offset, settings, outcomes);
    }
    return outcomes;
}

/// The share of what was not told by postings that is right, over the error.
Curve fit(const std::vector<Outcome>& outcomes)
{
    std::vector<heal::ConfidenceStep> points;
    Curve curve;
    double fitting = 0;
    for (const Outcome& outcome : outcomes) {
        if (outcome.guess.fits) {
            ++fitting;
            curve.fitting += outcome.right;
        } else {
            const float untold = 1 - outcome.guess.told;
            const float share = untold > 0 ? (outcome.right - outcome.guess.told) / untold : 1;
            points.push_back({outcome.guess.error, std::clamp(share, 0.0F, 1.0F)});
        }
    }
    curve.fitting = fitting > 0 ? curve.fitting / static_cast<float>(fitting) : 1;
    std::ranges::stable_sort(points, {}, &heal::ConfidenceStep::error);
    const std::size_t size = std::max(kGroupMin, (points.size() + kGroups - 1) / kGroups);
    std::vector<heal::ConfidenceStep> groups;
    for (std::size_t at = 0; at < points.size(); at += size) {
        const auto group = std::span(points).subspan(at, std::min(size, points.size() - at));
        float sum = 0;
        for (const heal::ConfidenceStep& point : group) {
            sum += point.share;
        }
        if (group.size() >= kGroupMin || groups.empty()) {
            groups.push_back({group.back().error, sum / static_cast<float>(group.size())});
        }
    }
    curve.steps = heal::fitFalling(groups);
    return curve;
}

void printCurve(const Curve& curve, const std::vector<Outcome>& outcomes)
{
    const auto fitting = std::ranges::count_if(outcomes, [](const Outcome& outcome) { return outcome.guess.fits; });
    fmt::print("fitted to {} guesses, {} of which fit\n", outcomes.size(), fitting);
    fmt::print("constexpr float kShareThatFits = {:.4f}F;\nconstexpr std::array<ConfidenceStep, {}> kCurve{{{{\n", curve.fitting,
        curve.steps.size());
    for (const heal::ConfidenceStep& step : curve.steps) {
        fmt::print("    {{{:.5f}F, {:.4f}F}},\n", step.error, step.share);
    }
    fmt::print("}}}};\n");
}

/// Expected calibration error: the mean distance, over ten bins of confidence weighted by their guesses, of confidence and what was right.
template <typename Confidence> double calibrationError(const std::vector<Outcome>& outcomes, const Confidence& confidenceOf, bool print)
{
    std::array<std::array<double, 3>, kBins> bins{};
    for (const Outcome& outcome : outcomes) {
        const double confidence = confidenceOf(outcome.guess);
        auto& bin = bins[std::min(kBins - 1, static_cast<std::size_t>(confidence * kBins))];
        bin[0] += 1;
        bin[1] += confidence;
        bin[2] += outcome.right;
    }
    double error = 0;
    for (const auto& bin : bins) {
        if (bin[0] > 0) {
            if (print) {
                fmt::print("{:10.1f}{:9.0f}{:10.3f}{:8.3f}\n", static_cast<double>(&bin - bins.data()) / kBins, bin[0], bin[1] / bin[0],
                    bin[2] / bin[0]);
            }
            error += std::abs(bin[1] - bin[2]) / static_cast<double>(outcomes.size());
        }
    }
    return error;
}

void printErrors(const std::vector<Outcome>& outcomes, const Curve& fresh)
{
    fmt::print("confidence  guesses  expected   right\n");
    const auto builtIn = calibrationError(
        outcomes, [](const heal::Guess& guess) { return heal::confidenceOf(guess); }, true);
    const auto fitted = calibrationError(
        outcomes, [&](const heal::Guess& guess) { return fresh.of(guess); }, false);
    fmt::print("expected calibration error over {} guesses that neither was fitted to: built in {:.3f}, fitted now {:.3f}\n",
        outcomes.size(), builtIn, fitted);
}

/// How good the guesses are, by the number of tokens of the text.
void printQuality(const std::vector<Outcome>& outcomes)
{
    fmt::print("tokens  guesses    fit  token F1  ROUGE-L  in order  words right  words found\n");
    for (const auto& [from, to] : {std::pair<std::size_t, std::size_t>{0, 30}, {30, 60}, {60, 120}, {120, 100'000}, {0, 100'000}}) {
        std::array<double, 7> sums{};
        for (const Outcome& outcome : outcomes) {
            if (outcome.tokens < from || outcome.tokens >= to) {
                continue;
            }
            const std::array<double, 7> values{1, outcome.guess.fits ? 1.0 : 0.0, outcome.tokenF1, outcome.rougeL,
                outcome.exactly ? 1.0 : 0.0, outcome.right, outcome.found};
            for (std::size_t i = 0; i < sums.size(); ++i) {
                sums[i] += values[i];
            }
        }
        if (sums[0] > 0) {
            fmt::print("{:>6}{:9.0f}{:7.2f}{:10.3f}{:9.3f}{:10.2f}{:13.3f}{:13.3f}\n",
                to < 1000       ? std::to_string(from) + "-"
                    : from == 0 ? "all"
                                : "120-",
                sums[0], sums[1] / sums[0], sums[2] / sums[0], sums[3] / sums[0], sums[4] / sums[0], sums[5] / sums[0], sums[6] / sums[0]);
        }
    }
}

} // namespace

int main(int argc, char** argv)
{
    std::vector<std::string> words(argv + 1, argv + argc);
    Settings settings;
    settings.postings = std::erase(words, "--postings") > 0;
    if (words.size() != 2 && words.size() != 3) {
        fmt::print(stderr, "usage: carma-calibrate FIT_FOLDER TEST_FOLDER [MOST] [--postings]\n");
        return 2;
    }
    const auto embedder = loadStaticEmbedder(resourceFolder() + "/models/static-en-256");
    if (!embedder.has_value()) {
        fmt::print(stderr, "{}\n", embedder.error().message);
        return 1;
    }
    settings.most = words.size() == 3 ? std::stoul(words[2]) : settings.most;
    const bool halves = words[0] == words[1];
    const auto fitted = loseEach(**embedder, passagesOf(words[0], 0, halves ? 2 : 1), settings);
    const Curve curve = fit(fitted);
    printCurve(curve, fitted);
    const auto tested = loseEach(**embedder, passagesOf(words[1], halves ? 1 : 0, halves ? 2 : 1), settings);
    printErrors(tested, curve);
    printQuality(tested);
    return 0;
}
