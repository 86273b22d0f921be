// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "query/allowed.h"
#include "query/candidate_score.h"
#include "query/gate.h"
#include "query/indexes.h"
#include "query/search_engine.h"

#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

namespace carma::query {

/// The search engine that makeSearchEngine gives; see there.
class FractalEngine final : public SearchEngine {
public:
    FractalEngine(std::shared_ptr<Embedder> embedder, const Weights& weights, const EngineOptions& options, Indexes indexes,
        std::shared_ptr<index::SnapshotPages> pages = nullptr)
        : m_embedder(std::move(embedder)), m_weights(weights), m_options(options), m_indexes(std::move(indexes)), m_pages(std::move(pages))
    {
    }

    Result<void> add(std::span<const PassageView> passages) override;
    void remove(std::span<const FragmentId> ids) override;
    Result<Answer> search(const Request& request) override;
    bool improve(std::size_t count) override;
    void prepare() override;
    [[nodiscard]] std::size_t size() const override;
    [[nodiscard]] std::size_t memoryBytes() const override;
    [[nodiscard]] std::optional<Traces> tracesOf(const FragmentId& id) const override;
    [[nodiscard]] std::vector<Hit> nearest(const FragmentId& id, std::size_t count) const override;
    [[nodiscard]] Bytes encode(Sequence appliedSequence) override;
    [[nodiscard]] bool isDamaged() const override;
    [[nodiscard]] std::optional<TextPlaces> placesOf(const FragmentId& id, std::string_view vocabulary) const override;

private:
    Result<void> leaveSnapshot();
    /// REQUIRES: m_mutex is held
    [[nodiscard]] bool hasFailed() const { return m_pages != nullptr && m_pages->failed(); }
    Result<void> embedQuery(std::string_view text, SearchScratch& scratch, index::FixedVector& vector);
    [[nodiscard]] Answer searchAll(const Request& request, const PreparedQuery& query, const Allowed& allowed) const;
    [[nodiscard]] std::optional<Answer> searchBest(
        const Request& request, const PreparedQuery& query, const Allowed& allowed, SearchScratch& scratch) const;
    [[nodiscard]] Hit hitOf(const Ranked& ranked) const;
    void rank(std::vector<Ranked>& candidates, const Request& request) const;
    void keepOnePerDocument(std::vector<Ranked>& candidates) const;

    const std::shared_ptr<Embedder> m_embedder; ///< shared with the store and other namespaces; thread-safe
    const Weights m_weights;
    const EngineOptions m_options;

    std::mutex m_improveMutex; ///< taken before m_mutex: one thread links
    mutable Gate m_mutex;
    Indexes m_indexes;                             ///< guarded by m_mutex
    std::shared_ptr<index::SnapshotPages> m_pages; ///< that parts of m_indexes are in; none once they were changed; guarded by m_mutex
};

} // namespace carma::query
