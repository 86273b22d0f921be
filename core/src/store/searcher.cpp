// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/searcher.h"

#include "base/byte_io.h"
#include "log/sector/framed_object.h"

#include <algorithm>
#include <unistd.h>
#include <unordered_map>

namespace carma::store {

namespace {

constexpr std::size_t kPassagesATime = 2000; // read, embedded and indexed together
constexpr std::size_t kSnapshotFrom = 64;    // below, building anew is as fast as reading; what is lost later can be guessed from it
constexpr std::uint64_t kSnapshotBytesMax = 1ULL << 30U; // larger ones are rebuilt instead
constexpr std::size_t kGrownShare = 8;                   // a snapshot is written anew when so large a part of the passages is not in it
constexpr std::size_t kQueriesBefore = 4;                // a program that asks less often gains nothing from a graph
constexpr std::size_t kLinksATime = 256;                 // a slice of work in the background: some milliseconds
constexpr std::uint64_t kMemoryShare = 4;
constexpr std::string_view kIndexFolder = "indexes";

log::SectorPlace placeOf(const StoreId& store)
{
    log::SectorPlace place;
    place.store = store;
    place.kind = log::SectorKind::IndexSnapshot;
    return place;
}

} // namespace

Searcher::Searcher(StoreCore& core)
    : m_core(core), m_memoryMax(static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) *
                        static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)) / kMemoryShare)
{
}

Searcher::~Searcher()
{
    m_stopped->store(true);
    m_core.world.executor->drain();
}

std::size_t Searcher::loadedCount() const
{
    const std::lock_guard guard(m_mutex);
    return m_spaces.size();
}

std::string Searcher::snapshotPath(const NamespaceId& space) { return std::string(kIndexFolder) + "/" + toString(space) + ".index"; }

Result<std::shared_ptr<Embedder>> Searcher::embedder()
{
    const std::lock_guard guard(m_embedderMutex);
    if (m_embedder == nullptr) {
        m_embedder = m_core.world.embedder;
    }
    if (m_embedder == nullptr) {
        const std::string resources = resourceFolder();
        if (resources.empty()) {
            return Error{
                ErrorCode::NotFound, "the built-in embedding model is not found; set CARMA_RESOURCES to the folder that holds models/"};
        }
        CARMA_TRY_ASSIGN(m_embedder, loadStaticEmbedder(resources + "/models/static-en-256"));
    }
    return m_embedder;
}

/// A snapshot that is missing is simply not there; one that was written before something was forgotten goes; one that is damaged beyond its
/// codes, of another embedder or not ours is told of.
bool Searcher::readSnapshot(const NamespaceId& space, const std::shared_ptr<Embedder>& embedder, Loaded& loaded)
{
    const auto file = readWholeFile(*m_core.world.disk, snapshotPath(space), kSnapshotBytesMax);
    if (!file.has_value()) {
        return false;
    }
    const auto useless = [&](std::string_view why) {
        if (m_core.onNotice) {
            m_core.onNotice("the search index " + snapshotPath(space) + " is not used (" + std::string(why) + "); it is built again");
        }
        return false;
    };
    const auto reading = log::readFramedObject(placeOf(m_core.log->superblock().store), *file);
    if (!reading.complete) {
        return useless("it is damaged or of another store");
    }
    const auto opened = m_core.log->keys().master().snapshots().open(space.view(), reading.payload);
    if (!opened.has_value()) {
        return useless("it is damaged or of another store");
    }
    ByteReader reader(*opened);
    if (reader.number<std::uint64_t>() != loaded.forgotten) {
        removeSnapshot(space);
        return false;
    }
    auto decoded = query::decodeSearchEngine(reader.rest(), embedder, query::Weights{});
    if (!decoded.has_value()) {
        return useless(decoded.error().message);
    }
    loaded.engine = std::move(decoded->engine);
    loaded.applied = decoded->appliedSequence;
    loaded.snapshotSize = loaded.engine->size();
    return true;
}

void Searcher::writeSnapshot(const NamespaceId& space, Loaded& loaded)
{
    std::array<std::byte, crypto::kNonceBytes> nonce{};
    m_core.world.random->fill(nonce);
    Bytes plain;
    ByteWriter writer(plain);
    writer.number(loaded.forgotten);
    writer.raw(loaded.engine->encode(loaded.applied));
    Bytes sealed;
    m_core.log->keys().master().snapshots().seal(nonce, space.view(), plain, sealed);
    Disk& disk = *m_core.world.disk;
    if (disk.makeFolder(kIndexFolder).has_value()) {
        // A cache: when it cannot be written the next program builds it again.
        (void)replaceFile(disk, snapshotPath(space), log::frameObject(placeOf(m_core.log->superblock().store), sealed)).has_value();
    }
    loaded.snapshotSize = loaded.engine->size();
}

/// Adds what the catalog has beyond loaded.applied. Returns how many passages that were.
Result<std::size_t> Searcher::catchUp(const NamespaceId& space, Loaded& loaded)
{
    std::size_t added = 0;
    std::unordered_map<FragmentId, std::string> titles;
    for (;;) {
        CARMA_TRY_ASSIGN(const auto rows, m_core.catalog->fragments(space, loaded.applied, kPassagesATime));
        if (rows.empty()) {
            return added;
        }
        std::vector<FragmentBody> bodies(rows.size());
        std::vector<query::PassageView> passages;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const auto record = m_core.log->read(rows[i].sequence);
            if (!record.has_value()) {
                continue; // a placeholder: it cannot be searched, and the answer says how many there are
            }
            CARMA_TRY_ASSIGN(bodies[i], decodeFragment(record->body));
            if (!titles.contains(rows[i].document)) {
                CARMA_TRY_ASSIGN(const auto document, m_core.catalog->document(rows[i].document));
                titles[rows[i].document] = document ? document->title : std::string();
            }
            query::PassageView passage;
            passage.id = rows[i].id;
            passage.document = rows[i].document;
            passage.parent = rows[i].parent;
            passage.order = rows[i].order;
            passage.sequence = rows[i].sequence;
            passage.timeUs = rows[i].timeUs;
            passage.title = titles[rows[i].document];
            passage.text = bodies[i].text;
            passages.push_back(passage);
        }
        CARMA_TRY(loaded.engine->add(passages));
        added += passages.size();
        loaded.applied = rows.back().sequence + 1;
        if (rows.size() < kPassagesATime) {
            return added;
        }
    }
}

bool Searcher::isMidDocument()
{
    constexpr Sequence kRecordsBetween = 16; // checkpoints, a dictionary, pieces: what may follow the last fragment
    const Sequence applied = m_core.catalog->appliedSequence();
    for (Sequence back = 1; back <= std::min(applied, kRecordsBetween); ++back) {
        const auto row = m_core.catalog->fragmentBySequence(applied - back);
        if (!row.has_value() || !*row) {
            continue;
        }
        const auto document = m_core.catalog->document((*row)->document);
        return !document.has_value() || !*document;
    }
    return false;
}

std::shared_ptr<Searcher::Space> Searcher::use(const NamespaceId& space)
{
    const std::lock_guard guard(m_mutex);
    std::shared_ptr<Space>& entry = m_spaces[space];
    if (entry == nullptr) {
        entry = std::make_shared<Space>();
    }
    entry->lastUse = ++m_uses;
    return entry;
}

/// Brings the engine up to the catalog; makes one if there is none or if something it holds was forgotten.
Result<void> Searcher::load(const NamespaceId& space, Loaded& loaded)
{
    CARMA_TRY_ASSIGN(const auto model, embedder());
    CARMA_TRY_ASSIGN(const catalog::Counts counts, m_core.catalog->counts(space));
    if (loaded.engine != nullptr && loaded.forgotten != counts.forgotten) {
        loaded = {};
    }
    loaded.forgotten = counts.forgotten;
    loaded.lost = counts.lost;
    if (loaded.engine == nullptr && !readSnapshot(space, model, loaded)) {
        loaded.engine = query::makeSearchEngine(model, query::Weights{});
    }
    return {};
}

Result<Searcher::SpaceEngine> Searcher::engine(const NamespaceId& space, const catalog::Marks& marks)
{
    const std::shared_ptr<Space> entry = use(space);
    SpaceEngine answer;
    {
        const std::lock_guard guard(entry->mutex);
        Loaded& loaded = entry->loaded;
        if (loaded.engine != nullptr && loaded.marks == marks) {
            improveIfAsked(entry);
            return SpaceEngine{loaded.engine, loaded.lost};
        }
        loaded.marks.reset();
        CARMA_TRY(load(space, loaded));
        const bool wasMidDocument = isMidDocument();
        CARMA_TRY_ASSIGN(const std::size_t added, catchUp(space, loaded));
        std::shared_ptr<query::SearchEngine> engine = loaded.engine;
        answer = {engine, loaded.lost};
        if (added > 0 || entry->memory == 0) {
            entry->memory = engine->memoryBytes(); // counts every word, hence not for each query
        }
        const std::size_t fresh = engine->size() - std::min(engine->size(), loaded.snapshotSize);
        if (wasMidDocument || isMidDocument()) {
            loaded = {}; // good for this query, but it has passed fragments that are still to come
        } else {
            loaded.marks = marks;
            if (fresh >= std::max(kSnapshotFrom, loaded.snapshotSize / kGrownShare)) {
                writeSnapshot(space, loaded);
            }
        }
        entry->isImproved = entry->isImproved && added == 0;
        improveIfAsked(entry);
    }
    dropOthers(space);
    return answer;
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

void Searcher::dropOthers(const NamespaceId& inUse)
{
    const std::lock_guard guard(m_mutex);
    std::uint64_t held = 0;
    for (const auto& [id, entry] : m_spaces) {
        held += entry->memory;
    }
    while (held > m_memoryMax && m_spaces.size() > 1) {
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
    const std::shared_ptr<Space> entry = use(space);
    const std::lock_guard guard(entry->mutex); // nobody writes a snapshot now
    entry->loaded = {};
    entry->memory = 0;
    removeSnapshot(space);
}

void Searcher::removeSnapshot(const NamespaceId& space)
{
    Disk& disk = *m_core.world.disk;
    if (disk.remove(snapshotPath(space)).has_value()) {
        (void)disk.syncFolder(kIndexFolder).has_value();
    }
}

} // namespace carma::store
