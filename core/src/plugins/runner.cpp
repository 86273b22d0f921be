// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/runner.h"

#include "ingest/text_check.h"
#include "plugins/keychain.h"
#include "plugins/worker_client.h"

#include <algorithm>
#include <chrono>
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
        return exchange(texts.size(), vectorsAt, out);
    }

    void stop() override { m_worker.reset(); }
    [[nodiscard]] std::uint64_t residentBytes() const override { return running() ? m_worker->residentBytes() : 0; }

private:
    /// A fast plugin gets a large batch in parts: while it works on one, the vectors of the one before are copied out. For a slow one
    /// copying is nothing, and it may sort the texts of a batch.
    Result<void> exchange(std::size_t texts, std::size_t vectorsAt, std::span<float> out)
    {
        using Clock = std::chrono::steady_clock;
        const auto began = Clock::now();
        const std::size_t part = m_textTook > Clock::duration::zero() && m_textTook * texts < kFastBatch && texts > kPartTexts ? kPartTexts
                                                                                                                               : texts;
        for (std::size_t first = 0; first < texts; first += part) {
            const std::size_t count = std::min(part, texts - first);
            const std::size_t at = vectorsAt + first * m_dimension * sizeof(float);
            const std::size_t room = first + count < texts ? count * m_dimension * sizeof(float) : m_worker->region().size() - at;
            Bytes request;
            ByteWriter writer(request);
            writer.number(static_cast<std::uint32_t>(first));
            writer.number(static_cast<std::uint32_t>(count));
            writer.number(static_cast<std::uint64_t>(at));
            writer.number(static_cast<std::uint64_t>(room));
            CARMA_TRY(m_worker->send(FrameKind::Embed, request));
        }
        Result<void> result;
        for (std::size_t first = 0; first < texts && m_worker->alive(); first += part) {
            const auto answer = m_worker->receive(); // of every part, so that none is taken for that of a later batch
            if (!answer.has_value()) {
                result = result.has_value() ? Result<void>(answer.error()) : result;
                continue;
            }
            // Copied before they are checked: the process may still write.
            const auto vectors = out.subspan(first * m_dimension, std::min(part, texts - first) * m_dimension);
            std::memcpy(vectors.data(), m_worker->region().data() + vectorsAt + first * m_dimension * sizeof(float), vectors.size_bytes());
        }
        m_textTook = (Clock::now() - began) / static_cast<std::int64_t>(std::max<std::size_t>(1, texts));
        return result;
    }

    static constexpr std::size_t kPartTexts = 64; // a multiple of 16, so that the vectors of each part are aligned
    static constexpr std::chrono::milliseconds kFastBatch{20};

    const Chosen m_chosen;
    const PluginOptions& m_options;
    std::unique_ptr<WorkerClient> m_worker;
    std::uint32_t m_dimension = 0;
    std::chrono::steady_clock::duration m_textTook{}; ///< of the last batch; 0 before the first
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
