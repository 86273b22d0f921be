// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plugins/runner.h"

#include <carma/plugins.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>

namespace carma::plugins {

/// Time, so that tests wait for nothing.
struct PluginClock {
    std::function<std::int64_t()> nowMs;
    std::function<void(std::int64_t milliseconds, const std::stop_token& stop)> pause; ///< returns early once stop is requested
};

PluginClock monotonicClock();

/// An embedder of a plugin: cuts batches, checks answers, starts it again after a failure and does what the user chose meanwhile.
/// Thread-safe; calls take turns.
class PluginEmbedder final : public Embedder {
public:
    static Result<std::shared_ptr<PluginEmbedder>> open(const Chosen& chosen, const PluginOptions& options, PluginClock clock);

    [[nodiscard]] const EmbedderIdentity& identity() const override { return m_identity; }
    [[nodiscard]] EmbedderTraits traits() const override;
    Result<void> embed(std::span<const std::string_view> texts, std::span<float> out) override;

    [[nodiscard]] const EmbedderFacts& facts() const { return m_facts; }
    /// Of the plugin's process; 0 for a trusted one.
    [[nodiscard]] std::uint64_t residentBytes();
    /// Failures since it was opened.
    [[nodiscard]] std::uint64_t failures();

    static constexpr std::int64_t kFirstPauseMs = 100; ///< after the second failure in a row, and twice as long after each further one
    static constexpr std::int64_t kLongestPauseMs = 30'000;

private:
    PluginEmbedder(const Chosen& chosen, const PluginOptions& options, PluginClock clock);

    Result<void> embedBatch(std::span<const std::string_view> texts, std::span<float> out);
    Result<void> attempt(std::span<const std::string_view> texts, std::span<float> out);
    Result<void> restart();
    Error failed(const Error& error, std::size_t texts);
    [[nodiscard]] std::int64_t pauseLeftMs() const;

    const PluginOptions m_options;
    const std::string m_name;
    const PluginClock m_clock;
    EmbedderIdentity m_identity;
    EmbedderFacts m_facts;
    std::mutex m_mutex;
    std::unique_ptr<EmbedderRunner> m_runner; ///< guarded by m_mutex, as is all below
    int m_failuresInARow = 0;
    std::uint64_t m_failures = 0;
    std::int64_t m_notBeforeMs = 0;
};

} // namespace carma::plugins
