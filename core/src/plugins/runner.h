// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "plugins/discovery.h"
#include "plugins/hosting/instance.h"

#include <carma/bytes.h>
#include <carma/plugins.h>

#include <memory>
#include <span>
#include <string_view>

namespace carma::plugins {

/// Where an embedder of a plugin runs: in a process of its own, or here. Messages are the second half of a sentence. Not thread-safe.
class EmbedderRunner {
public:
    virtual ~EmbedderRunner() = default;
    /// Starts it anew, after stop() or a failure, or for the first time.
    virtual Result<EmbedderFacts> start() = 0;
    /// False before start, and after a failure that ended it.
    [[nodiscard]] virtual bool running() const = 0;
    /// One vector a text into `out`, unchecked. REQUIRES: running(), out.size() == texts.size() * dimension, and texts that
    /// fit kPluginBatchBytes with their vectors
    virtual Result<void> embed(std::span<const std::string_view> texts, std::span<float> out) = 0;
    virtual void stop() = 0;
    /// Of a process of its own; 0 otherwise.
    [[nodiscard]] virtual std::uint64_t residentBytes() const = 0;
};

class WorkerClient;

/// Opens a plugin in a process that has just started: its library, its settings, its secrets. The answer is that of FrameKind::Open.
Result<Bytes> openIn(WorkerClient& worker, const Chosen& chosen, const PluginOptions& options);

/// In a process of its own. `options` outlives the runner.
std::unique_ptr<EmbedderRunner> makeIsolatedRunner(const Chosen& chosen, const PluginOptions& options);

/// In this process. `options` outlives the runner.
std::unique_ptr<EmbedderRunner> makeTrustedRunner(const Chosen& chosen, const PluginOptions& options);

LibraryRequest libraryOf(const PluginInfo& plugin);

} // namespace carma::plugins
