// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ingest/text_check.h"
#include "plugins/keychain.h"
#include "plugins/runner.h"
#include "plugins/worker_client.h"

#include <carma/plugins.h>

#include <algorithm>
#include <cmath>
#include <mutex>

namespace carma {

namespace plugins {

namespace {

constexpr std::size_t kNeighboursMax = 64;      // a side
constexpr std::size_t kGapBytesMax = 2U << 20U; // of all neighbours: half of what a frame takes

/// In a process of its own, or here if it is trusted. A process that failed is started anew by the next call.
class PluginReconstructor final : public Reconstructor {
public:
    PluginReconstructor(Chosen chosen, const PluginOptions& options) : m_chosen(std::move(chosen)), m_options(options) {}

    [[nodiscard]] const std::string& name() const override { return m_chosen.plugin.name; }

    Result<void> open()
    {
        const std::lock_guard guard(m_mutex);
        const auto opened = isTrusted() ? openHere() : openWorker();
        return opened.has_value() ? opened : named(opened.error());
    }

    Result<Reconstruction> reconstruct(const Gap& gap) override
    {
        if (gap.before.size() > kNeighboursMax || gap.after.size() > kNeighboursMax || bytesOf(gap) > kGapBytesMax) {
            return {ErrorCode::LimitExceeded, "a gap takes at most 64 neighbours a side, and 2 MiB of them"};
        }
        const std::lock_guard guard(m_mutex);
        auto found = isTrusted() ? askHere(gap) : askWorker(gap);
        if (!found.has_value()) {
            return named(found.error());
        }
        if (const std::string problem = problemOf(*found, gap.before.size() + gap.after.size()); !problem.empty()) {
            return named({ErrorCode::PluginFailed, problem});
        }
        return Reconstruction{.text = std::move(found->text), .confidence = found->confidence, .evidence = std::move(found->evidence)};
    }

private:
    [[nodiscard]] bool isTrusted() const { return std::ranges::find(m_options.trusted, name()) != m_options.trusted.end(); }

    [[nodiscard]] Error named(const Error& error) const { return {error.code, "plugin '" + name() + "' " + error.message}; }

    static std::size_t bytesOf(const Gap& gap)
    {
        std::size_t bytes = 0;
        for (const auto* side : {&gap.before, &gap.after}) {
            for (const std::string& text : *side) {
                bytes += text.size() + sizeof(std::uint32_t);
            }
        }
        return bytes;
    }

    static std::string problemOf(const Hypothesis& found, std::size_t neighbours)
    {
        if (!std::isfinite(found.confidence) || found.confidence < 0 || found.confidence > 1) {
            return "answered with a confidence that is not from 0 to 1";
        }
        if (ingest::validUtf8Prefix(found.text) != found.text.size()) {
            return "answered with a text that is not UTF-8";
        }
        const bool known = std::ranges::all_of(found.evidence, [neighbours](std::uint32_t position) { return position < neighbours; });
        return known ? std::string() : "names evidence that it was not given";
    }

    Result<void> openWorker()
    {
        CARMA_TRY_ASSIGN(m_worker, WorkerClient::start(m_options, name()));
        const auto answer = openIn(*m_worker, m_chosen, m_options);
        if (!answer.has_value()) {
            m_worker.reset();
            return answer.error();
        }
        return {};
    }

    Result<Hypothesis> askWorker(const Gap& gap)
    {
        if (m_worker == nullptr || !m_worker->alive()) {
            CARMA_TRY(openWorker());
        }
        CARMA_TRY_ASSIGN(const Bytes answer, m_worker->ask(FrameKind::Reconstruct, encodeGap(gap)));
        return decodeHypothesis(answer);
    }

    Result<void> openHere()
    {
        CARMA_TRY_ASSIGN(const carma_plugin* const plugin, loadPlugin(libraryOf(m_chosen.plugin)));
        CARMA_TRY_ASSIGN(const Revealed revealed, Revealed::of(m_chosen, m_options.stop));
        CARMA_TRY_ASSIGN(m_instance,
            ReconstructorInstance::open(
                *plugin, revealed.settings(), {.log = {}, .cancelled = [stop = m_options.stop] { return stop.stop_requested(); }}));
        return {};
    }

    Result<Hypothesis> askHere(const Gap& gap)
    {
        const auto texts = [](const std::vector<std::string>& side) {
            std::vector<carma_text> views;
            for (const std::string& text : side) {
                views.push_back({text.data(), text.size()});
            }
            return views;
        };
        return m_instance->reconstruct(texts(gap.before), texts(gap.after), gap.bytes);
    }

    const Chosen m_chosen;
    const PluginOptions m_options;
    std::mutex m_mutex;
    std::unique_ptr<WorkerClient> m_worker;            ///< guarded by m_mutex
    std::unique_ptr<ReconstructorInstance> m_instance; ///< of a trusted one; guarded by m_mutex
};

} // namespace

} // namespace plugins

Result<std::shared_ptr<Reconstructor>> openPluginReconstructor(std::string_view name, const PluginOptions& options)
{
    CARMA_TRY_ASSIGN(plugins::Chosen chosen, plugins::choosePlugin(name, options));
    if (chosen.plugin.kind != PluginKind::Reconstructor) {
        return {ErrorCode::InvalidArgument, "plugin '" + chosen.plugin.name + "' is an embedder, not a reconstructor"};
    }
    const PluginOptions own = optionsFor(chosen.plugin.name, options);
    auto opened = std::make_shared<plugins::PluginReconstructor>(std::move(chosen), own);
    CARMA_TRY(opened->open());
    return std::shared_ptr<Reconstructor>(std::move(opened));
}

} // namespace carma
