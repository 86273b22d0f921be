// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/searcher.h"
#include "store/store_core.h"

#include <carma/embedders.h>

#include <atomic>
#include <mutex>

namespace carma::store {

/// The change of the embedder.
///
/// A record says what is wanted. Then each namespace gets an engine of the new vectors, which is kept in a sealed file of its own as it
/// grows, while the old engine answers. The record that names the new embedder is what changes over: engines of the old one are dropped
/// with the next query, and the finished files take the place of the old ones. A crash before it leaves the old embedder in use and the
/// files to go on from; a crash after it leaves files that are put in place by the next query of their namespace.
class EmbeddersImpl final : public Embedders {
public:
    EmbeddersImpl(StoreCore& core, Searcher& searcher) : m_core(core), m_searcher(searcher) {}

    Result<EmbedderState> show() override;
    Result<std::optional<EmbedderChange>> progress() override;
    Result<EmbedderReport> set(std::string_view source, const EmbedderSetOptions& options, const Task& task) override;
    Result<EmbedderReport> resume(const Task& task) override;

private:
    struct Run;
    Result<EmbedderReport> estimate(EmbedderReport report, const std::shared_ptr<Embedder>& embedder);
    Result<EmbedderReport> change(const EmbedderRecord& record, const std::shared_ptr<Embedder>& embedder, const Task& task);
    Result<void> build(const NamespaceId& space, Run& run);
    Result<bool> buildOnce(const NamespaceId& space, Run& run);
    Result<EmbedderReport> keep(EmbedderReport report);
    Result<void> write(EmbedderRole role, const EmbedderRecord& record, std::string_view action);
    void removeNext();
    Result<std::uint64_t> passages();

    StoreCore& m_core;
    Searcher& m_searcher;
    std::mutex m_running;                  ///< held by the change under way
    std::atomic<bool> m_isRunning = false; ///< then m_done counts
    std::atomic<std::uint64_t> m_done = 0;
};

} // namespace carma::store
