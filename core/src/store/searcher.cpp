// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/searcher.h"

#include "log/sector/framed_object.h"

#include <algorithm>
#include <unordered_map>

namespace carma::store {

namespace {

constexpr std::size_t kPassagesATime = 2000;             // read, embedded and indexed together
constexpr std::size_t kSnapshotFrom = 500;               // below, building anew is as fast as reading
constexpr std::uint64_t kSnapshotBytesMax = 1ULL << 30U; // larger ones are rebuilt instead
constexpr std::string_view kIndexFolder = "indexes";

log::SectorPlace placeOf(const StoreId& store)
{
    log::SectorPlace place;
    place.store = store;
    place.kind = log::SectorKind::IndexSnapshot;
    return place;
}

} // namespace

std::string Searcher::snapshotPath(const NamespaceId& space) { return std::string(kIndexFolder) + "/" + toString(space) + ".index"; }

Result<std::shared_ptr<Embedder>> Searcher::embedder()
{
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

/// A snapshot that is missing, damaged beyond its codes, of another embedder or not ours is simply not there: it is rebuilt.
std::optional<Searcher::Loaded> Searcher::readSnapshot(const NamespaceId& space, const std::shared_ptr<Embedder>& embedder)
{
    const auto file = readWholeFile(*m_core.world.disk, snapshotPath(space), kSnapshotBytesMax);
    if (!file.has_value()) {
        return std::nullopt;
    }
    const auto reading = log::readFramedObject(placeOf(m_core.log->superblock().store), *file);
    if (!reading.complete) {
        return std::nullopt;
    }
    const auto opened = m_core.log->keys().master().snapshots().open(space.view(), reading.payload);
    if (!opened.has_value()) {
        return std::nullopt;
    }
    auto decoded = query::decodeSearchEngine(*opened, embedder, query::Weights{});
    if (!decoded.has_value()) {
        return std::nullopt;
    }
    Loaded loaded;
    loaded.engine = std::move(decoded->engine);
    loaded.applied = decoded->appliedSequence;
    return loaded;
}

void Searcher::writeSnapshot(const NamespaceId& space, const Loaded& loaded)
{
    std::array<std::byte, crypto::kNonceBytes> nonce{};
    m_core.world.random->fill(nonce);
    Bytes sealed;
    m_core.log->keys().master().snapshots().seal(nonce, space.view(), loaded.engine->encode(loaded.applied), sealed);
    Disk& disk = *m_core.world.disk;
    if (disk.makeFolder(kIndexFolder).has_value()) {
        // A cache: when it cannot be written the next program builds it again.
        (void)replaceFile(disk, snapshotPath(space), log::frameObject(placeOf(m_core.log->superblock().store), sealed)).has_value();
    }
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

Result<std::shared_ptr<query::SearchEngine>> Searcher::engine(const NamespaceId& space)
{
    const std::lock_guard guard(m_mutex);
    CARMA_TRY_ASSIGN(const auto model, embedder());
    CARMA_TRY_ASSIGN(const catalog::Counts counts, m_core.catalog->counts(space));
    auto found = m_engines.find(space);
    if (found != m_engines.end() && found->second.forgotten != counts.forgotten) {
        m_engines.erase(found);
        found = m_engines.end();
    }
    if (found == m_engines.end()) {
        Loaded loaded;
        if (auto snapshot = readSnapshot(space, model)) {
            loaded = *std::move(snapshot);
        } else {
            loaded.engine = query::makeSearchEngine(model, query::Weights{});
        }
        loaded.forgotten = counts.forgotten;
        found = m_engines.emplace(space, std::move(loaded)).first;
    }
    Loaded& loaded = found->second;
    const bool wasMidDocument = isMidDocument();
    CARMA_TRY_ASSIGN(const std::size_t added, catchUp(space, loaded));
    const std::shared_ptr<query::SearchEngine> engine = loaded.engine;
    if (wasMidDocument || isMidDocument()) {
        m_engines.erase(found); // good for this query, but it has passed fragments that are still to come
    } else if (added >= kSnapshotFrom) {
        writeSnapshot(space, loaded);
    }
    return engine;
}

void Searcher::forget(const NamespaceId& space)
{
    const std::lock_guard guard(m_mutex);
    m_engines.erase(space);
    Disk& disk = *m_core.world.disk;
    if (disk.remove(snapshotPath(space)).has_value()) {
        (void)disk.syncFolder(kIndexFolder).has_value();
    }
}

} // namespace carma::store
