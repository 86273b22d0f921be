// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "query/search_engine.h"
#include "store/embedding_cache.h"
#include "store/snapshot_files.h"

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
    enum class Versions : std::uint8_t { Current, All };
    /// The engine of a namespace with everything the catalog knows, or with old versions as well; `marks` are the catalog's, read before.
    /// Thread-safe; while one namespace is loaded or built, the others answer. An engine that turns out to be damaged is asked for again.
    Result<SpaceEngine> engine(const NamespaceId& space, const catalog::Marks& marks, Versions versions = Versions::Current);
    /// Waits for the snapshots that are still to be written. Nothing is asked any more. Idempotent.
    void finish();
    /// Drops engine and snapshots of a namespace.
    void forget(const NamespaceId& space);
    /// Why engines know words only: the embedder cannot be had. Empty if they know meaning, too.
    [[nodiscard]] std::string missingEmbedder() { return m_core.embedders().use().problem; }

    /// The namespaces whose engines are held, and what those take together. They are dropped by last use when that is more than
    /// the environment allows; the one in use stays.
    struct Held {
        std::size_t spaces = 0;
        std::uint64_t bytes = 0;
    };
    [[nodiscard]] Held held() const;

    /// Writes a snapshot, unless something was forgotten since forgets() gave `generation`, or a change of the embedder has ended: then it
    /// may hold what must not come back. False if it was not written.
    bool write(const NamespaceId& space, SnapshotKind kind, std::uint64_t generation, std::uint64_t forgotten, query::SearchEngine& engine,
        Sequence applied);
    [[nodiscard]] std::uint64_t forgets() const { return m_forgets; }
    [[nodiscard]] SnapshotFiles& files() { return m_files; }
    [[nodiscard]] EmbeddingCache& cache() { return m_cache; }

private:
    struct Loaded {
        std::shared_ptr<query::SearchEngine> engine;
        std::shared_ptr<Embedder> embedder; ///< the engine's
        Sequence applied = 0;
        std::optional<catalog::Marks> marks; ///< none: it has not everything the catalog knows
        std::uint64_t lost = 0;
        std::uint64_t forgotten = 0;  ///< counts of the catalog when it was built: fewer rows mean a rebuild
        std::size_t snapshotSize = 0; ///< passages in the snapshot on the disk
    };
    /// One namespace, or one with its old versions. `mutex` is held while its engine is loaded, built or caught up, so that this happens
    /// once.
    struct Space {
        std::mutex mutex;
        Loaded loaded;           ///< guarded by mutex
        std::size_t queries = 0; ///< guarded by mutex: since it was loaded
        std::atomic<bool> isImproving = false;
        std::atomic<bool> isImproved = false; ///< there is nothing to improve until something is added
        std::atomic<bool> isKeeping = false;  ///< a snapshot of it is to be written
        std::atomic<std::size_t> memory = 0;
        std::uint64_t lastUse = 0; ///< guarded by m_mutex
    };
    using Key = std::pair<NamespaceId, Versions>;
    Result<void> load(const Key& key, Loaded& loaded);
    Result<std::size_t> loadWhole(const Key& key, Loaded& loaded);
    void dropIfDamaged(const Key& key, Loaded& loaded);
    static bool hasGrown(const Loaded& loaded);
    void keepSnapshot(const Key& key, std::shared_ptr<Space> entry);
    void writeSnapshot(const Key& key, Space& entry);
    void promote(const NamespaceId& space);
    static SnapshotKind kindOf(const Key& key, const Loaded& loaded);
    Result<std::size_t> catchUp(const Key& key, Loaded& loaded);
    std::shared_ptr<Space> use(const Key& key);
    void dropOthers(const Key& inUse);
    void improveIfAsked(const std::shared_ptr<Space>& entry);
    /// One slice after the other in the background, so that what else waits there gets its turn.
    void improveLater(std::shared_ptr<Space> space, std::shared_ptr<query::SearchEngine> engine);

    StoreCore& m_core;
    SnapshotFiles m_files;
    EmbeddingCache m_cache;
    const std::shared_ptr<std::atomic<bool>> m_stopped = std::make_shared<std::atomic<bool>>(false); ///< outlives what was posted
    mutable std::mutex m_mutex; ///< guards the rest; never held while waiting for a namespace
    std::map<Key, std::shared_ptr<Space>> m_spaces;
    std::uint64_t m_uses = 0;
    std::atomic<unsigned> m_waitingSnapshots = 0;
    std::mutex m_filesMutex; ///< held while snapshots are written, and while they are removed; taken after a namespace's mutex
    std::atomic<std::uint64_t> m_forgets = 0; ///< changed while m_filesMutex is held
};

} // namespace carma::store
