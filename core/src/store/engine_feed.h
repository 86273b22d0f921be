// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "query/search_engine.h"
#include "store/store_core.h"

#include <optional>
#include <string>
#include <unordered_map>

namespace carma::store {

/// Brings a search engine up to the catalog: reads the passages of a namespace from the log, in the order of sequences.
class EngineFeed {
public:
    EngineFeed(StoreCore& core, NamespaceId space, query::SearchEngine& engine, Sequence& applied, bool oldVersions = false)
        : m_core(core), m_space(space), m_engine(engine), m_applied(applied), m_readTo(applied), m_oldVersions(oldVersions)
    {
    }

    /// Adds up to `count` passages with sequences from `applied` to before `end`, and moves `applied` past them. Returns how many rows
    /// there were: fewer than `count` at the end.
    Result<std::size_t> step(std::size_t count, Sequence end = kNoSequence);
    /// Adds all there are, `count` at a time: the next are read while the last are added.
    Result<void> run(std::size_t count);
    [[nodiscard]] std::size_t added() const { return m_added; }

private:
    struct Batch;
    Result<Batch> read(std::size_t count, Sequence end);
    Result<void> add(const Batch& batch);
    Result<std::string_view> titleOf(const FragmentId& document);
    void tellLanguages(std::span<query::PassageView> passages);

    StoreCore& m_core;
    const NamespaceId m_space;
    query::SearchEngine& m_engine;
    Sequence& m_applied;
    Sequence m_readTo;
    const bool m_oldVersions;
    std::size_t m_added = 0;
    struct Document {
        std::string title;
        std::optional<index::Language> language; ///< told by the first of its passages that are read
    };
    std::unordered_map<FragmentId, Document> m_documents;
};

/// Whether the newest fragments belong to a document that is still being written: the catalog does not count them yet, and an engine
/// that has passed them would never see them.
bool isMidDocument(StoreCore& core);

} // namespace carma::store
