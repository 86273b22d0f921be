// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/plugin_embedder.h"

#include <carma/plugins.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <thread>

/// What `carma plugins test` tries. Every check asks through the same object that ingest and queries use.
namespace carma {

namespace plugins {

namespace {

constexpr std::size_t kSpeedTexts = 256;
constexpr auto kSpeedTime = std::chrono::seconds(2);
constexpr int kRoundsMax = 2000;
constexpr int kThreads = 4;
constexpr double kGrowthMax = 1.25; // of resident memory from the middle of the speed check to its end
constexpr std::uint64_t kGrowthFree = 32U << 20U;

std::string passage(std::size_t number)
{
    static constexpr std::array<std::string_view, 12> kWords{
        "memory", "river", "the", "of", "letter", "garden", "was", "engine", "a", "morning", "decided", "copper"};
    std::string text;
    std::size_t state = number * 2654435761U + 1;
    for (int i = 0; i < 40; ++i) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        text += std::string(i == 0 ? "" : " ") + std::string(kWords[(state >> 33U) % kWords.size()]);
    }
    return text;
}

double cosine(std::span<const float> a, std::span<const float> b)
{
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
    }
    return sum;
}

class EmbedderTrial {
public:
    EmbedderTrial(PluginEmbedder& embedder, PluginReport& report) : m_embedder(embedder), m_report(report) {}

    void run()
    {
        shapes();
        oddTexts();
        determinism();
        threads();
        speed();
    }

private:
    using Vectors = std::vector<float>;

    Result<Vectors> embed(const std::vector<std::string>& texts)
    {
        const std::vector<std::string_view> views(texts.begin(), texts.end());
        Vectors vectors(texts.size() * m_embedder.identity().dimension);
        CARMA_TRY(m_embedder.embed(views, vectors));
        return vectors;
    }

    void note(std::string name, bool passed, std::string detail)
    {
        m_report.checks.push_back({std::move(name), passed, std::move(detail)});
    }
    void note(std::string name, const Error& error) { note(std::move(name), false, error.message); }

    [[nodiscard]] std::span<const float> row(const Vectors& vectors, std::size_t number) const
    {
        const std::size_t dimension = m_embedder.identity().dimension;
        return std::span(vectors).subspan(number * dimension, dimension);
    }

    /// The embedder itself checks shape, finite numbers and length, so that an answer is a pass.
    void shapes()
    {
        for (const std::size_t count : {std::size_t{1}, std::size_t{2}, std::size_t{33}, kSpeedTexts}) {
            std::vector<std::string> texts;
            for (std::size_t i = 0; i < count; ++i) {
                texts.push_back(passage(i));
            }
            const auto vectors = embed(texts);
            if (!vectors.has_value()) {
                note("shape and length", vectors.error());
                return;
            }
            if (count == kSpeedTexts) {
                const double alike = cosine(row(*vectors, 0), row(*vectors, 1));
                note("shape and length", true, "batches of 1, 2, 33 and 256; every vector finite and of length 1");
                note("tells texts apart", alike < 0.9999, "cosine of two different texts " + std::to_string(alike));
            }
        }
    }

    void oddTexts()
    {
        const std::vector<std::pair<std::string, std::vector<std::string>>> rows{
            {"empty texts", {"", " ", "\n\t"}},
            {"huge text", {std::string(kPluginTextBytesMax, 'x'), passage(1) + std::string(100'000, ' ') + passage(2)}},
            {"odd texts", {std::string("zero\0byte", 9), "\xF0\x9F\x99\x82 \xE6\xBC\xA2\xE5\xAD\x97 e\xCC\x81", "\x1B[31m", "][{}\"'\\"}},
        };
        for (const auto& [name, texts] : rows) {
            const auto vectors = embed(texts);
            if (vectors.has_value()) {
                note(name, true, "answered");
            } else {
                note(name, vectors.error());
            }
        }
    }

    void determinism()
    {
        const std::vector<std::string> texts{passage(1), passage(2), passage(3)};
        const auto first = embed(texts);
        const auto second = embed(texts);
        const auto alone = embed({texts[1]});
        if (!first.has_value() || !second.has_value() || !alone.has_value()) {
            note("determinism", !first.has_value() ? first.error() : !second.has_value() ? second.error() : alone.error());
            return;
        }
        const double again = cosine(row(*first, 1), row(*second, 1));
        const double apart = cosine(row(*first, 1), row(*alone, 0));
        note("determinism", again > 0.9999 && apart > 0.999,
            "cosine with itself " + std::to_string(again) + ", alone and in a batch " + std::to_string(apart));
    }

    void threads()
    {
        const auto expected = embed({passage(7)});
        if (!expected.has_value()) {
            note("threads", expected.error());
            return;
        }
        std::array<bool, kThreads> right{};
        {
            std::vector<std::jthread> workers;
            for (bool& mine : right) {
                workers.emplace_back([&] {
                    const auto found = embed({passage(7)});
                    mine = found.has_value() && cosine(*found, *expected) > 0.999;
                });
            }
        }
        note("threads", std::ranges::all_of(right, [](bool each) { return each; }), "4 at once get what one gets");
    }

    void speed()
    {
        std::vector<std::string> texts;
        for (std::size_t i = 0; i < kSpeedTexts; ++i) {
            texts.push_back(passage(i));
        }
        const auto began = std::chrono::steady_clock::now();
        std::uint64_t halfway = 0;
        int rounds = 0;
        auto elapsed = began - began;
        for (; rounds < kRoundsMax && elapsed < kSpeedTime; ++rounds) {
            if (const auto vectors = embed(texts); !vectors.has_value()) {
                note("speed", vectors.error());
                return;
            }
            elapsed = std::chrono::steady_clock::now() - began;
            halfway = halfway == 0 && elapsed > kSpeedTime / 2 ? m_embedder.residentBytes() : halfway;
        }
        m_report.textsPerSecond = static_cast<double>(kSpeedTexts) * rounds / std::chrono::duration<double>(elapsed).count();
        m_report.memoryBytes = m_embedder.residentBytes();
        note("speed", true, std::to_string(static_cast<long>(m_report.textsPerSecond)) + " texts of 40 words a second");
        const bool steady = halfway == 0 || m_report.memoryBytes <= halfway + kGrowthFree ||
            static_cast<double>(m_report.memoryBytes) <= static_cast<double>(halfway) * kGrowthMax;
        note("memory", steady,
            m_report.memoryBytes == 0 ? "not measured inside this process"
                                      : std::to_string(m_report.memoryBytes >> 20U) + " MiB resident" + (steady ? "" : ", and growing"));
    }

    PluginEmbedder& m_embedder;
    PluginReport& m_report;
};

void testReconstructor(std::string_view name, const PluginOptions& options, PluginReport& report)
{
    const auto opened = openPluginReconstructor(name, options);
    if (!opened.has_value()) {
        report.checks.push_back({"opens", false, opened.error().message});
        return;
    }
    report.checks.push_back({"opens", true, report.plugin.name});
    const std::vector<std::pair<std::string, Gap>> rows{
        {"a gap between neighbours",
            {.before = {"The ferry leaves at noon. It takes an hour."}, .after = {"On the ferry there is tea."}, .bytes = 40}},
        {"no neighbours", {.before = {}, .after = {}, .bytes = 0}},
        {"odd neighbours", {.before = {"", std::string("zero\0byte", 9)}, .after = {std::string(100'000, 'x')}, .bytes = 1}},
    };
    for (const auto& [row, gap] : rows) {
        const auto found = (*opened)->reconstruct(gap);
        const auto again = (*opened)->reconstruct(gap);
        if (!found.has_value() || !again.has_value()) {
            report.checks.push_back({row, false, !found.has_value() ? found.error().message : again.error().message});
            continue;
        }
        report.checks.push_back({row, found->text == again->text,
            std::to_string(found->text.size()) + " bytes, confidence " + std::to_string(found->confidence) +
                (found->text == again->text ? "" : ", and another text the second time")});
    }
}

} // namespace

} // namespace plugins

bool PluginReport::passed() const { return !checks.empty() && std::ranges::all_of(checks, &PluginCheck::passed); }

Result<PluginReport> testPlugin(std::string_view name, const PluginOptions& options)
{
    CARMA_TRY_ASSIGN(const plugins::Chosen chosen, plugins::choosePlugin(name, options));
    PluginReport report;
    report.plugin = chosen.plugin;
    if (chosen.plugin.kind == PluginKind::Reconstructor) {
        plugins::testReconstructor(name, options, report);
        return report;
    }
    PluginOptions strict = optionsFor(chosen.plugin.name, options);
    strict.fallback = PluginFallback::Stop; // what fails is to be seen
    const auto embedder = plugins::PluginEmbedder::open(chosen, strict, plugins::monotonicClock());
    if (!embedder.has_value()) {
        report.checks.push_back({"opens", false, embedder.error().message});
        return report;
    }
    report.identity = (*embedder)->identity();
    report.checks.push_back({"opens", true,
        report.identity.name + ", version " + std::to_string(report.identity.version) + ", " + std::to_string(report.identity.dimension) +
            " dimensions"});
    plugins::EmbedderTrial(**embedder, report).run();
    return report;
}

} // namespace carma
