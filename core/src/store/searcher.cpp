// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/searcher.h"

#include "store/engine_feed.h"

#include <algorithm>

namespace carma::store {

namespace {

constexpr std::size_t kPassagesATime = 8000; // read, embedded and indexed together: each word is stemmed once for all of them
constexpr std::size_t kSnapshotFrom = 64;    // below, building anew is as fast as reading; what is lost later can be guessed from it
constexpr unsigned kSnapshotsWaiting = 2;    // to be written in the background
constexpr std::size_t kGrownShare = 8;       // a snapshot is written anew when so large a part of the passages is not in it
constexpr std::size_t kQueriesBefore = 4;    // a program that asks less often gains nothing from a graph
constexpr std::size_t kLinksATime = 256;     // a slice of work in the background: some milliseconds

} // namespace

Searcher::Searcher(StoreCore& core) : m_core(core), m_files(core), m_cache(core) {}

SnapshotKind Searcher::kindOf(const Key& key, const Loaded& loaded)
{
    if (key.second == Versions::All) {
        return SnapshotKind::History;
    }
    return loaded.embedder == wordsOnlyEmbedder() ? SnapshotKind::WordsOnly : SnapshotKind::Current;
}

Searcher::~Searcher() { finish(); }

void Searcher::finish()
{
    m_stopped->store(true);
    m_core.world.executor->drain();
}

Searcher::Held Searcher::held() const
{
    const std::lock_guard guard(m_mutex);
    Held held;
    for (const auto& [id, entry] : m_spaces) {
        held.spaces += entry->memory > 0 ? 1 : 0;
        held.bytes += entry->memory;
    }
    return held;
}

/// Adds what the catalog has beyond loaded.applied. Returns how many passages that were.
Result<std::size_t> Searcher::catchUp(const Key& key, Loaded& loaded)
{
    EngineFeed feed(m_core, key.first, *loaded.engine, loaded.applied, key.second == Versions::All);
    CARMA_TRY(feed.run(kPassagesATime));
    return feed.added();
}

std::shared_ptr<Searcher::Space> Searcher::use(const Key& key)
{
    const std::lock_guard guard(m_mutex);
    std::shared_ptr<Space>& entry = m_spaces[key];
    if (entry == nullptr) {
        entry = std::make_shared<Space>();
    }
    entry->lastUse = ++m_uses;
    return entry;
}

/// Brings the engine up to the catalog; makes one if there is none or if something it holds was forgotten.
Result<void> Searcher::load(const Key& key, Loaded& loaded)
{
    const NamespaceId& space = key.first;
    const EmbedderHost::Use use = m_core.embedders().use();
    const auto embedder = use.embedder != nullptr ? m_cache.wrap(use.embedder) : wordsOnlyEmbedder();
    CARMA_TRY_ASSIGN(const catalog::Counts counts, m_core.catalog->counts(space));
    if (loaded.engine != nullptr && (loaded.forgotten != counts.forgotten || loaded.embedder != embedder)) {
        loaded = {};
    }
    loaded.forgotten = counts.forgotten;
    loaded.lost = counts.lost;
    loaded.embedder = embedder;
    query::Weights weights;
    weights.semantic = use.semanticWeight;
    if (loaded.engine != nullptr) {
        return {};
    }
    if (use.embedder != nullptr && !m_core.embedders().wanted()) {
        promote(space); // a change of the embedder is done, and this namespace was not asked since
    }
    if (auto read = m_files.read({space, counts.forgotten, embedder, weights}, kindOf(key, loaded))) {
        loaded.engine = std::move(read->engine);
        loaded.applied = read->appliedSequence;
        loaded.snapshotSize = loaded.engine->size();
    } else {
        loaded.engine = query::makeSearchEngine(embedder, weights, m_core.world.forEngine());
    }
    return {};
}

/// REQUIRES: the namespace's mutex is held.
void Searcher::dropIfDamaged(const Key& key, Loaded& loaded)
{
    if (loaded.engine != nullptr && loaded.engine->isDamaged()) {
        m_files.removeDamaged(key.first, kindOf(key, loaded));
        loaded = {};
    }
}

/// The engine with all that the catalog knows; how many passages were added to what there was.
Result<std::size_t> Searcher::loadWhole(const Key& key, Loaded& loaded)
{
    dropIfDamaged(key, loaded);
    CARMA_TRY(load(key, loaded));
    auto added = catchUp(key, loaded);
    if (!added.has_value() && loaded.engine->isDamaged()) {
        dropIfDamaged(key, loaded);
        CARMA_TRY(load(key, loaded));
        added = catchUp(key, loaded);
    }
    return added;
}

Result<Searcher::SpaceEngine> Searcher::engine(const NamespaceId& space, const catalog::Marks& marks, Versions versions)
{
    const Key key{space, versions};
    const std::shared_ptr<Space> entry = use(key);
    SpaceEngine answer;
    bool isToBeKept = false;
    {
        const std::lock_guard guard(entry->mutex);
        Loaded& loaded = entry->loaded;
        if (loaded.engine != nullptr && loaded.marks == marks && !loaded.engine->isDamaged()) {
            improveIfAsked(entry);
            return SpaceEngine{loaded.engine, loaded.lost};
        }
        loaded.marks.reset();
        const auto before = loaded.engine;
        const bool wasMidDocument = isMidDocument(m_core);
        CARMA_TRY_ASSIGN(const std::size_t added, loadWhole(key, loaded));
        std::shared_ptr<query::SearchEngine> engine = loaded.engine;
        answer = {engine, loaded.lost};
        if (added > 0 || entry->memory == 0) {
            entry->memory = engine->memoryBytes(); // counts every word, hence not for each query
        }
        if (wasMidDocument || isMidDocument(m_core)) {
            loaded = {}; // good for this query, but it has passed fragments that are still to come
        } else {
            loaded.marks = marks;
            if (hasGrown(loaded)) {
                engine->prepare(); // or the next program would answer otherwise
                isToBeKept = !entry->isKeeping.exchange(true);
            }
        }
        entry->isImproved = entry->isImproved && added == 0 && before == loaded.engine;
        improveIfAsked(entry);
    }
    if (isToBeKept) {
        keepSnapshot(key, entry);
    }
    m_cache.save();
    dropOthers(key);
    return answer;
}

/// Whether enough is not in the snapshot. REQUIRES: the namespace's mutex is held.
bool Searcher::hasGrown(const Loaded& loaded)
{
    const std::size_t size = loaded.engine->size();
    const std::size_t fresh = size - std::min(size, loaded.snapshotSize);
    return fresh >= std::max(kSnapshotFrom, loaded.snapshotSize / kGrownShare);
}

/// Writes a snapshot when the answer is out; closing the store waits for it. Engines that wait for that cannot be dropped, so there are
/// few of them.
void Searcher::keepSnapshot(const Key& key, std::shared_ptr<Space> entry)
{
    if (m_waitingSnapshots >= kSnapshotsWaiting) {
        writeSnapshot(key, *entry);
        return;
    }
    ++m_waitingSnapshots;
    m_core.world.executor->post([this, key, entry = std::move(entry)] {
        writeSnapshot(key, *entry);
        --m_waitingSnapshots;
    });
}

/// What the engine gets while it is encoded may be in the snapshot though `applied` does not say so: it is added once more, in its own
/// place.
void Searcher::writeSnapshot(const Key& key, Space& entry)
{
    Loaded kept;
    std::uint64_t generation = 0;
    {
        const std::lock_guard guard(entry.mutex); // forget() takes it as well: what it drops afterwards is of a later generation
        kept = entry.loaded;
        generation = m_forgets;
    }
    const std::size_t size = kept.engine != nullptr && kept.marks ? kept.engine->size() : 0;
    if (size > 0) {
        (void)write(key.first, kindOf(key, kept), generation, kept.forgotten, *kept.engine, kept.applied);
        const std::lock_guard guard(entry.mutex);
        if (entry.loaded.engine == kept.engine && generation == m_forgets) {
            entry.loaded.snapshotSize = size; // tried: a disk that takes nothing is not tried again for every passage
        }
    }
    entry.isKeeping = false;
}

/// REQUIRES: the namespace's mutex is held.
void Searcher::improveIfAsked(const std::shared_ptr<Space>& entry)
{
    const auto& engine = entry->loaded.engine;
    if (++entry->queries >= kQueriesBefore && engine != nullptr && !entry->isImproved && !entry->isImproving.exchange(true)) {
        improveLater(entry, engine);
    }
}

void Searcher::improveLater(std::shared_ptr<Space> space, std::shared_ptr<query::SearchEngine> engine)
{
    m_core.world.executor->post([this, stopped = m_stopped, space = std::move(space), engine = std::move(engine)]() mutable {
        // Held by nobody else it was dropped, perhaps because something in it was forgotten.
        if (!stopped->load() && engine.use_count() > 1 && engine->improve(kLinksATime)) {
            improveLater(std::move(space), std::move(engine));
        } else {
            space->memory = engine->memoryBytes();
            space->isImproved = true;
            space->isImproving = false;
        }
    });
}

void Searcher::dropOthers(const Key& inUse)
{
    const std::lock_guard guard(m_mutex);
    std::uint64_t held = 0;
    for (const auto& [id, entry] : m_spaces) {
        held += entry->memory;
    }
    while (held > m_core.world.searchMemoryBytes && m_spaces.size() > 1) {
        auto oldest = m_spaces.end();
        for (auto at = m_spaces.begin(); at != m_spaces.end(); ++at) {
            // One that is in use could still write a snapshot that forget() would not see.
            if (at->first != inUse && at->second.use_count() == 1 &&
                (oldest == m_spaces.end() || at->second->lastUse < oldest->second->lastUse)) {
                oldest = at;
            }
        }
        if (oldest == m_spaces.end()) {
            return;
        }
        held -= std::min<std::uint64_t>(held, oldest->second->memory);
        m_spaces.erase(oldest); // queries that have its engine keep it until they end
    }
}

void Searcher::forget(const NamespaceId& space)
{
    const std::shared_ptr<Space> current = use({space, Versions::Current});
    const std::shared_ptr<Space> all = use({space, Versions::All});
    const std::scoped_lock guard(current->mutex, all->mutex);
    for (Space* entry : {current.get(), all.get()}) {
        entry->loaded = {};
        entry->memory = 0;
    }
    const std::lock_guard files(m_filesMutex);
    ++m_forgets;
    for (const SnapshotKind kind : kSnapshotKinds) {
        m_files.remove(space, kind);
    }
}

bool Searcher::write(const NamespaceId& space, SnapshotKind kind, std::uint64_t generation, std::uint64_t forgotten,
    query::SearchEngine& engine, Sequence applied)
{
    const std::lock_guard guard(m_filesMutex);
    return generation == m_forgets && m_files.write(space, kind, forgotten, engine, applied);
}

void Searcher::promote(const NamespaceId& space)
{
    if (m_files.has(space, SnapshotKind::Next)) { // looked up first: what is being written may take seconds
        const std::lock_guard guard(m_filesMutex);
        if (m_files.promote(space)) {
            ++m_forgets; // whoever is about to write over it has the old embedder's vectors
        }
    }
}

} // namespace carma::store
