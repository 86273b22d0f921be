// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "query/search_engine.h"
#include "store/store_core.h"

#include <map>
#include <shared_mutex>

/// The search engines of the namespaces: loaded from their sealed snapshots, caught up with the catalog, dropped when something they
/// hold is forgotten.
namespace carma::store {

class Searcher {
public:
    explicit Searcher(StoreCore& core) : m_core(core) {}

    /// The engine of a namespace with everything the catalog knows. Thread-safe.
    Result<std::shared_ptr<query::SearchEngine>> engine(const NamespaceId& space);
    /// Drops engine and snapshot of a namespace.
    void forget(const NamespaceId& space);

    /// "indexes/<namespace id>.index"
    static std::string snapshotPath(const NamespaceId& space);

private:
    struct Loaded {
        std::shared_ptr<query::SearchEngine> engine;
        Sequence applied = 0;
        std::uint64_t forgotten = 0; ///< counts of the catalog when it was built: fewer rows mean a rebuild
    };
    Result<std::shared_ptr<Embedder>> embedder();
    std::optional<Loaded> readSnapshot(const NamespaceId& space, const std::shared_ptr<Embedder>& embedder);
    void writeSnapshot(const NamespaceId& space, const Loaded& loaded);
    Result<std::size_t> catchUp(const NamespaceId& space, Loaded& loaded);
    /// Whether the newest fragments belong to a document that is still being written: the catalog does not count them yet, and an engine
    /// that has passed them would never see them.
    bool isMidDocument();

    StoreCore& m_core;
    std::mutex m_mutex; ///< guards the rest; held while an engine is built, so that it is built once
    std::map<NamespaceId, Loaded> m_engines;
    std::shared_ptr<Embedder> m_embedder; ///< the world's, or the built-in one once it is needed
};

} // namespace carma::store
