// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "query/search_engine.h"
#include "store/store_core.h"

#include <atomic>
#include <map>
#include <mutex>

/// The search engines of the namespaces: loaded from their sealed snapshots when a query first asks, caught up with the catalog, dropped
/// when something they hold is forgotten or when they take too much memory together.
namespace carma::store {

class Searcher {
public:
    explicit Searcher(StoreCore& core);
    Searcher(const Searcher&) = delete;
    Searcher& operator=(const Searcher&) = delete;
    ~Searcher();

    struct SpaceEngine {
        std::shared_ptr<query::SearchEngine> engine;
        std::uint64_t lost = 0; ///< passages that cannot be searched
    };
    /// The engine of a namespace with everything the catalog knows; `marks` are the catalog's, read before. Thread-safe; while one
    /// namespace is loaded or built, the others answer.
    Result<SpaceEngine> engine(const NamespaceId& space, const catalog::Marks& marks);
    /// The world's, or the built-in one, which is loaded when it is first needed.
    Result<std::shared_ptr<Embedder>> embedder();
    /// Drops engine and snapshot of a namespace.
    void forget(const NamespaceId& space);

    /// The engines that were used longest ago are dropped when all together hold more; the one in use stays. Default: a quarter of the
    /// machine's memory.
    void setMemoryMax(std::uint64_t bytes) { m_memoryMax = bytes; }
    [[nodiscard]] std::size_t loadedCount() const;

    /// "indexes/<namespace id>.index"
    static std::string snapshotPath(const NamespaceId& space);

private:
    struct Loaded {
        std::shared_ptr<query::SearchEngine> engine;
        Sequence applied = 0;
        std::optional<catalog::Marks> marks; ///< none: it has not everything the catalog knows
        std::uint64_t lost = 0;
        std::uint64_t forgotten = 0;  ///< counts of the catalog when it was built: fewer rows mean a rebuild
        std::size_t snapshotSize = 0; ///< passages in the snapshot on the disk
    };
    /// One namespace. `mutex` is held while its engine is loaded, built or caught up, so that this happens once.
    struct Space {
        std::mutex mutex;
        Loaded loaded;           ///< guarded by mutex
        std::size_t queries = 0; ///< guarded by mutex: since it was loaded
        std::atomic<bool> isImproving = false;
        std::atomic<bool> isImproved = false; ///< there is nothing to improve until something is added
        std::atomic<std::size_t> memory = 0;
        std::uint64_t lastUse = 0; ///< guarded by m_mutex
    };
    Result<void> load(const NamespaceId& space, Loaded& loaded);
    bool readSnapshot(const NamespaceId& space, const std::shared_ptr<Embedder>& embedder, Loaded& loaded);
    void writeSnapshot(const NamespaceId& space, Loaded& loaded);
    void removeSnapshot(const NamespaceId& space);
    Result<std::size_t> catchUp(const NamespaceId& space, Loaded& loaded);
    /// Whether the newest fragments belong to a document that is still being written: the catalog does not count them yet, and an engine
    /// that has passed them would never see them.
    bool isMidDocument();
    std::shared_ptr<Space> use(const NamespaceId& space);
    void dropOthers(const NamespaceId& inUse);
    void improveIfAsked(const std::shared_ptr<Space>& entry);
    /// One slice after the other in the background, so that what else waits there gets its turn.
    void improveLater(std::shared_ptr<Space> space, std::shared_ptr<query::SearchEngine> engine);

    StoreCore& m_core;
    std::atomic<std::uint64_t> m_memoryMax;
    const std::shared_ptr<std::atomic<bool>> m_stopped = std::make_shared<std::atomic<bool>>(false); ///< outlives what was posted
    mutable std::mutex m_mutex; ///< guards the rest; never held while waiting for a namespace
    std::map<NamespaceId, std::shared_ptr<Space>> m_spaces;
    std::uint64_t m_uses = 0;
    std::mutex m_embedderMutex;
    std::shared_ptr<Embedder> m_embedder; ///< guarded by m_embedderMutex: the world's, or the built-in one once it is needed
};

} // namespace carma::store
