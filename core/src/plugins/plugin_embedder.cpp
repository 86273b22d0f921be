// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/plugin_embedder.h"

#include "plugins/hosting/protocol.h"
#include "plugins/vector_check.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <utility>

namespace carma::plugins {

namespace {

/// At most kPluginTextBytesMax bytes, cut before a character.
std::string_view shortened(std::string_view text)
{
    if (text.size() <= kPluginTextBytesMax) {
        return text;
    }
    std::size_t end = kPluginTextBytesMax;
    for (int i = 0; i < 3 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U; ++i) {
        --end;
    }
    return text.substr(0, end);
}

bool isTrusted(const std::string& plugin, const PluginOptions& options)
{
    return std::ranges::find(options.trusted, plugin) != options.trusted.end();
}

} // namespace

PluginClock monotonicClock()
{
    return {.nowMs =
                [] {
                    const auto now = std::chrono::steady_clock::now().time_since_epoch();
                    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
                },
        .pause =
            [](std::int64_t milliseconds, const std::stop_token& stop) {
                std::mutex mutex;
                std::condition_variable_any changed;
                std::unique_lock lock(mutex);
                changed.wait_for(lock, stop, std::chrono::milliseconds(milliseconds), [] { return false; });
            }};
}

PluginEmbedder::PluginEmbedder(const Chosen& chosen, const PluginOptions& options, PluginClock clock)
    : m_options(options), m_name(chosen.plugin.name), m_clock(std::move(clock)),
      m_runner(isTrusted(m_name, m_options) ? makeTrustedRunner(chosen, m_options) : makeIsolatedRunner(chosen, m_options))
{
}

Result<std::shared_ptr<PluginEmbedder>> PluginEmbedder::open(const Chosen& chosen, const PluginOptions& options, PluginClock clock)
{
    std::shared_ptr<PluginEmbedder> self(new PluginEmbedder(chosen, options, std::move(clock)));
    auto facts = self->m_runner->start();
    if (!facts.has_value()) {
        return self->failed(facts.error(), 0);
    }
    const std::uint32_t announced = chosen.plugin.dimension;
    if (announced != 0 && announced != facts->dimension) {
        self->m_runner->stop();
        return self->failed({ErrorCode::PluginFailed,
                                "has vectors of " + std::to_string(facts->dimension) + " numbers, and its plugin.json says " +
                                    std::to_string(announced) + "; make the two agree"},
            0);
    }
    self->m_facts = std::move(*facts);
    self->m_identity = {self->m_name + ":" + self->m_facts.name, self->m_facts.version, self->m_facts.dimension};
    return self;
}

/// A process of its own and a model behind it: always worth a cache.
EmbedderTraits PluginEmbedder::traits() const
{
    constexpr double kWeightMax = 4; // of EmbedderTraits
    EmbedderTraits traits;
    traits.slow = true;
    if (m_facts.advisedSemanticWeight > 0) {
        traits.semanticWeight = static_cast<float>(std::min(m_facts.advisedSemanticWeight, kWeightMax));
    }
    return traits;
}

Result<void> PluginEmbedder::embed(std::span<const std::string_view> texts, std::span<float> out)
{
    const std::size_t dimension = m_identity.dimension;
    CARMA_ASSERT(out.size() == texts.size() * dimension);
    std::vector<std::string_view> batch;
    const std::size_t fixed = kTextEntryBytes + dimension * sizeof(float);
    for (std::size_t done = 0; done < texts.size();) {
        batch.clear();
        std::size_t bytes = kVectorAlignment;
        while (done + batch.size() < texts.size() && (m_facts.batch == 0 || batch.size() < m_facts.batch)) {
            const std::string_view text = shortened(texts[done + batch.size()]);
            if (!batch.empty() && bytes + fixed + text.size() > kPluginBatchBytes) {
                break;
            }
            bytes += fixed + text.size();
            batch.push_back(text);
        }
        CARMA_TRY(embedBatch(batch, out.subspan(done * dimension, batch.size() * dimension)));
        done += batch.size();
    }
    return {};
}

Result<void> PluginEmbedder::embedBatch(std::span<const std::string_view> texts, std::span<float> out)
{
    while (true) {
        auto result = attempt(texts, out);
        if (result.has_value() || result.error().code == ErrorCode::Cancelled || m_options.fallback == PluginFallback::Stop) {
            return result;
        }
        if (m_options.report) {
            m_options.report(result.error().message);
        }
        if (m_options.fallback == PluginFallback::SkipVectors) {
            std::ranges::fill(out, 0.0F);
            return {};
        }
        std::int64_t pause = 0;
        {
            const std::lock_guard guard(m_mutex);
            pause = pauseLeftMs();
        }
        m_clock.pause(pause, m_options.stop); // without the lock: others may ask to stop meanwhile
        if (m_options.stop.stop_requested()) {
            return Error{ErrorCode::Cancelled, "plugin '" + m_name + "' was asked to stop"};
        }
    }
}

Result<void> PluginEmbedder::attempt(std::span<const std::string_view> texts, std::span<float> out)
{
    const std::lock_guard guard(m_mutex);
    if (!m_runner->running()) {
        CARMA_TRY(restart());
    }
    if (auto result = m_runner->embed(texts, out); !result.has_value()) {
        if (result.error().code == kWrongShape) {
            m_runner->stop();
        }
        return failed(result.error(), texts.size());
    }
    if (const std::string problem = problemOf(out, m_identity.dimension); !problem.empty()) {
        m_runner->stop(); // whatever is wrong with it may have spoilt more
        return failed({ErrorCode::PluginFailed, problem}, texts.size());
    }
    m_failuresInARow = 0;
    return {};
}

Result<void> PluginEmbedder::restart()
{
    if (const std::int64_t left = pauseLeftMs(); left > 0) {
        return {ErrorCode::PluginFailed,
            "plugin '" + m_name + "' failed " + std::to_string(m_failuresInARow) + " times in a row and is started again in " +
                std::to_string(left) + " ms; carma plugins test " + m_name + " tries it"};
    }
    const auto facts = m_runner->start();
    if (!facts.has_value()) {
        return failed(facts.error(), 0);
    }
    if (*facts != m_facts) {
        m_runner->stop();
        return failed(
            {ErrorCode::PluginFailed, "opened another model than before, '" + facts->name + "' instead of '" + m_facts.name + "'"}, 0);
    }
    return {};
}

std::int64_t PluginEmbedder::pauseLeftMs() const { return std::max<std::int64_t>(0, m_notBeforeMs - m_clock.nowMs()); }

Error PluginEmbedder::failed(const Error& error, std::size_t texts)
{
    if (error.code == ErrorCode::Cancelled) {
        return {error.code, "plugin '" + m_name + "' " + error.message};
    }
    ++m_failures;
    ++m_failuresInARow;
    const int doublings = std::min(m_failuresInARow - 2, 20);
    const std::int64_t pause = doublings < 0 ? 0 : std::min(kLongestPauseMs, kFirstPauseMs << doublings);
    m_notBeforeMs = m_clock.nowMs() + pause;
    const std::string where = texts == 0 ? "" : " (batch of " + std::to_string(texts) + " texts)";
    return {ErrorCode::PluginFailed, "plugin '" + m_name + "' " + error.message + where + "; carma plugins test " + m_name + " tries it"};
}

std::uint64_t PluginEmbedder::residentBytes()
{
    const std::lock_guard guard(m_mutex);
    return m_runner->residentBytes();
}

std::uint64_t PluginEmbedder::failures()
{
    const std::lock_guard guard(m_mutex);
    return m_failures;
}

} // namespace carma::plugins

namespace carma {

Result<std::shared_ptr<Embedder>> openPluginEmbedder(std::string_view name, const PluginOptions& options)
{
    CARMA_TRY_ASSIGN(const plugins::Chosen chosen, plugins::choosePlugin(name, options));
    if (chosen.plugin.kind != PluginKind::Embedder) {
        return {ErrorCode::InvalidArgument, "plugin '" + chosen.plugin.name + "' is a reconstructor, not an embedder"};
    }
    CARMA_TRY_ASSIGN(
        auto embedder, plugins::PluginEmbedder::open(chosen, optionsFor(chosen.plugin.name, options), plugins::monotonicClock()));
    return std::shared_ptr<Embedder>(std::move(embedder));
}

double advisedSemanticWeight(const Embedder& embedder)
{
    const auto* const plugin = dynamic_cast<const plugins::PluginEmbedder*>(&embedder);
    return plugin == nullptr ? 0 : plugin->facts().advisedSemanticWeight;
}

} // namespace carma
