// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/runner.h"

#include "ingest/text_check.h"
#include "plugins/keychain.h"
#include "plugins/worker_client.h"

#include <algorithm>
#include <cstring>

namespace carma::plugins {

namespace {

class IsolatedRunner final : public EmbedderRunner {
public:
    IsolatedRunner(Chosen chosen, const PluginOptions& options) : m_chosen(std::move(chosen)), m_options(options) {}

    Result<EmbedderFacts> start() override
    {
        m_worker.reset();
        CARMA_TRY_ASSIGN(m_worker, WorkerClient::start(m_options, m_chosen.plugin.name));
        const auto answer = openIn(*m_worker, m_chosen, m_options);
        auto facts = answer.has_value() ? decodeFacts(*answer) : Result<EmbedderFacts>(answer.error());
        if (!facts.has_value()) {
            m_worker.reset();
            return facts;
        }
        m_dimension = facts->dimension;
        return facts;
    }

    [[nodiscard]] bool running() const override { return m_worker != nullptr && m_worker->alive(); }

    Result<void> embed(std::span<const std::string_view> texts, std::span<float> out) override
    {
        const ByteSpan region = m_worker->region();
        const std::size_t vectorsAt = vectorOffset(texts.size(), m_dimension);
        std::size_t at = texts.size() * kTextEntryBytes;
        for (std::size_t i = 0; i < texts.size(); ++i) {
            CARMA_ASSERT(at + texts[i].size() <= vectorsAt);
            storeLe(region.subspan(i * kTextEntryBytes), static_cast<std::uint64_t>(at));
            storeLe(region.subspan(i * kTextEntryBytes + 8), static_cast<std::uint64_t>(texts[i].size()));
            std::ranges::copy(asBytes(texts[i]), region.begin() + static_cast<std::ptrdiff_t>(at));
            at += texts[i].size();
        }
        Bytes request;
        ByteWriter writer(request);
        writer.number(static_cast<std::uint32_t>(texts.size()));
        writer.number(static_cast<std::uint64_t>(vectorsAt));
        CARMA_TRY(m_worker->ask(FrameKind::Embed, request));
        std::memcpy(out.data(), region.data() + vectorsAt, out.size_bytes()); // before they are checked: the process may still write
        return {};
    }

    void stop() override { m_worker.reset(); }
    [[nodiscard]] std::uint64_t residentBytes() const override { return running() ? m_worker->residentBytes() : 0; }

private:
    const Chosen m_chosen;
    const PluginOptions& m_options;
    std::unique_ptr<WorkerClient> m_worker;
    std::uint32_t m_dimension = 0;
};

class TrustedRunner final : public EmbedderRunner {
public:
    TrustedRunner(Chosen chosen, const PluginOptions& options) : m_chosen(std::move(chosen)), m_options(options) {}

    Result<EmbedderFacts> start() override
    {
        m_instance.reset();
        CARMA_TRY_ASSIGN(const carma_plugin* const plugin, loadPlugin(libraryOf(m_chosen.plugin)));
        HostServices::Callbacks callbacks{.log = {}, .cancelled = [stop = m_options.stop] { return stop.stop_requested(); }};
        if (m_options.report) {
            callbacks.log = [this](std::int32_t /*level*/, std::string_view line) {
                m_options.report("plugin '" + m_chosen.plugin.name + "': " + ingest::oneLine(line, 1000));
            };
        }
        CARMA_TRY_ASSIGN(const Revealed revealed, Revealed::of(m_chosen, m_options.stop));
        CARMA_TRY_ASSIGN(m_instance, EmbedderInstance::open(*plugin, revealed.settings(), std::move(callbacks)));
        return m_instance->facts();
    }

    [[nodiscard]] bool running() const override { return m_instance != nullptr; }

    Result<void> embed(std::span<const std::string_view> texts, std::span<float> out) override
    {
        m_texts.clear();
        for (const std::string_view text : texts) {
            m_texts.push_back({text.data(), text.size()});
        }
        return m_instance->embed(m_texts, out);
    }

    void stop() override { m_instance.reset(); }
    [[nodiscard]] std::uint64_t residentBytes() const override { return 0; }

private:
    const Chosen m_chosen;
    const PluginOptions& m_options;
    std::unique_ptr<EmbedderInstance> m_instance;
    std::vector<carma_text> m_texts;
};

} // namespace

LibraryRequest libraryOf(const PluginInfo& plugin)
{
    return {.path = plugin.library,
        .name = plugin.name,
        .kind = plugin.kind == PluginKind::Embedder ? CARMA_KIND_EMBEDDER : CARMA_KIND_RECONSTRUCTOR};
}

Result<Bytes> openIn(WorkerClient& worker, const Chosen& chosen, const PluginOptions& options)
{
    CARMA_TRY_ASSIGN(const Revealed revealed, Revealed::of(chosen, options.stop));
    Bytes request = encodeOpen({.library = libraryOf(chosen.plugin), .settings = revealed.settings()});
    auto answer = worker.ask(FrameKind::Open, request);
    ::explicit_bzero(request.data(), request.size());
    return answer;
}

std::unique_ptr<EmbedderRunner> makeIsolatedRunner(const Chosen& chosen, const PluginOptions& options)
{
    return std::make_unique<IsolatedRunner>(chosen, options);
}

std::unique_ptr<EmbedderRunner> makeTrustedRunner(const Chosen& chosen, const PluginOptions& options)
{
    return std::make_unique<TrustedRunner>(chosen, options);
}

} // namespace carma::plugins
