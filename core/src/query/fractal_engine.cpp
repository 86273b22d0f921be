// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/byte_io.h"
#include "query/allowed.h"
#include "query/candidate_score.h"
#include "query/fractal_score.h"
#include "query/gate.h"
#include "query/indexes.h"
#include "query/passage_reader.h"
#include "query/search_engine.h"

#include <carma/assert.h>

#include <algorithm>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <unordered_map>
#include <unordered_set>

namespace carma::query {

namespace {

using index::Slot;

constexpr std::size_t kLimitMax = 10'000;
constexpr std::size_t kPassagesMax = 1U << 30U; // slots are 32-bit numbers

// A snapshot: magic, version u32, the embedder's name, version u32 and dimension u32, the caller's sequence u64, then the indexes as
// Indexes writes them.
constexpr std::uint64_t kSnapshotMagic = 0x3158444E49524143; // "CARINDX1"
constexpr std::uint32_t kSnapshotVersion = 6;                // part of the stored form

constexpr std::size_t kSuggestionsMax = 8; // each reads the whole vocabulary
constexpr std::size_t kExactShare = 8;     // a page that ends beyond such a part of the namespace, or conditions that leave less

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
    [[nodiscard]] std::size_t size() const override;
    [[nodiscard]] std::size_t memoryBytes() const override;
    [[nodiscard]] std::optional<Traces> tracesOf(const FragmentId& id) const override;
    [[nodiscard]] std::vector<Hit> nearest(const FragmentId& id, std::size_t count) const override;
    [[nodiscard]] Bytes encode(Sequence appliedSequence) override;
    [[nodiscard]] bool isDamaged() const override;
    [[nodiscard]] std::optional<TextPlaces> placesOf(const FragmentId& id, std::string_view vocabulary) const override;

private:
    Result<void> leaveSnapshot();
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

Error damagedSnapshot() { return {ErrorCode::Corruption, "the search index is damaged"}; }

bool isBlank(std::string_view text)
{
    return std::ranges::all_of(text, [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); });
}

/// The last passage of each id, in order.
Result<std::vector<const PassageView*>> lastOfEachId(std::span<const PassageView> passages)
{
    std::unordered_map<FragmentId, std::size_t> last;
    for (std::size_t i = 0; i < passages.size(); ++i) {
        if (passages[i].id.isNull()) {
            return {ErrorCode::InvalidArgument, "a passage without an id cannot be indexed"};
        }
        last[passages[i].id] = i;
    }
    std::vector<const PassageView*> kept;
    for (std::size_t i = 0; i < passages.size(); ++i) {
        if (last[passages[i].id] == i) {
            kept.push_back(&passages[i]);
        }
    }
    return kept;
}

/// Leaves `vector` empty for a text without a known token.
Result<void> FractalEngine::embedQuery(std::string_view text, SearchScratch& scratch, index::FixedVector& vector)
{
    const std::size_t dimension = m_embedder->identity().dimension;
    scratch.floats.resize(dimension);
    CARMA_TRY(m_embedder->embed(std::span(&text, 1), scratch.floats));
    vector.resize(dimension);
    if (!index::toFixed(scratch.floats, vector)) {
        return {ErrorCode::PluginFailed, "the embedder " + m_embedder->identity().name + " gave a number that is not finite"};
    }
    if (std::ranges::all_of(vector, [](std::int16_t value) { return value == 0; })) {
        vector.clear();
    }
    return {};
}

Result<void> FractalEngine::add(std::span<const PassageView> passages)
{
    CARMA_TRY_ASSIGN(const auto kept, lastOfEachId(passages));
    Indexes::Batch batch;
    for (const PassageView* passage : kept) {
        batch.rows.push_back({passage->id, passage->document, passage->parent, passage->order, passage->sequence, passage->timeUs});
    }
    CARMA_TRY(readPassages(*m_embedder, m_weights.part > 0, m_options.executor, kept, batch));

    const std::unique_lock<Gate> lock(m_mutex);
    CARMA_TRY(leaveSnapshot());
    if (m_indexes.passages().size() + batch.rows.size() > kPassagesMax) {
        return {ErrorCode::LimitExceeded, "a namespace holds a thousand million passages at most"};
    }
    m_indexes.add(batch);
    if (m_pages != nullptr && m_pages->failed()) {
        return damagedSnapshot();
    }
    m_pages.reset();
    return {};
}

/// What is changed is taken into memory: all is read first. REQUIRES: m_mutex is held alone
Result<void> FractalEngine::leaveSnapshot()
{
    if (m_pages != nullptr) {
        m_pages->touchAll(m_options.executor);
        if (!m_indexes.leaveSnapshot()) {
            m_pages->setFailed();
        }
        if (m_pages->failed()) {
            return damagedSnapshot();
        }
    }
    return {};
}

void FractalEngine::remove(std::span<const FragmentId> ids)
{
    const std::unique_lock<Gate> lock(m_mutex);
    if (leaveSnapshot().has_value()) {
        m_indexes.remove(ids);
    }
}

bool FractalEngine::isDamaged() const
{
    const std::shared_lock<Gate> lock(m_mutex);
    return m_pages != nullptr && m_pages->failed();
}

bool FractalEngine::improve(std::size_t count)
{
    const std::lock_guard one(m_improveMutex);
    {
        const std::shared_lock<Gate> lock(m_mutex);
        const std::size_t size = m_indexes.passages().size();
        if (size < m_options.candidatesFrom) {
            return false;
        }
        if (m_indexes.isPrepared() && (m_indexes.hasGraph() || size < m_options.graphFrom)) {
            if (m_indexes.hasGraph()) {
                thread_local index::HnswScratch scratch;
                m_indexes.link(count, scratch);
            }
            return m_indexes.vectors().unlinked() > 0;
        }
    }
    const std::unique_lock<Gate> lock(m_mutex);
    m_indexes.prepare(m_indexes.passages().size() >= m_options.graphFrom);
    return m_indexes.isPrepared() && m_indexes.vectors().unlinked() > 0;
}

/// Sorts as many as the page needs and drops the rest.
void FractalEngine::rank(std::vector<Ranked>& candidates, const Request& request) const
{
    std::erase_if(candidates, [&](const Ranked& candidate) { return candidate.score < request.minScore; });
    const auto better = [this](const Ranked& a, const Ranked& b) {
        return a.score != b.score ? a.score > b.score : m_indexes.passages().id(a.slot) < m_indexes.passages().id(b.slot);
    };
    if (request.onePerDocument) {
        std::ranges::sort(candidates, better);
        keepOnePerDocument(candidates);
    }
    const std::size_t from = std::min(request.offset, candidates.size());
    const std::size_t to = from + std::min(request.limit, candidates.size() - from);
    if (!request.onePerDocument) {
        std::partial_sort(candidates.begin(), candidates.begin() + static_cast<std::ptrdiff_t>(to), candidates.end(), better);
    }
    candidates.resize(to);
    candidates.erase(candidates.begin(), candidates.begin() + static_cast<std::ptrdiff_t>(from));
}

void FractalEngine::keepOnePerDocument(std::vector<Ranked>& candidates) const
{
    std::unordered_set<FragmentId> seen;
    std::erase_if(candidates, [&](const Ranked& candidate) { return !seen.insert(m_indexes.passages().document(candidate.slot)).second; });
}

std::vector<Suggestion> suggestionsFor(const index::LexicalIndex& lexical, std::span<const std::string> unknown)
{
    std::vector<Suggestion> suggestions;
    for (const std::string& word : unknown.first(std::min(unknown.size(), kSuggestionsMax))) {
        suggestions.push_back({word, lexical.nearestWord(word).value_or("")});
    }
    return suggestions;
}

Result<Answer> FractalEngine::search(const Request& request)
{
    const bool hasPrefixes = request.conditions != nullptr && !request.conditions->prefixes.empty();
    if (isBlank(request.text) && !hasPrefixes) {
        return {ErrorCode::InvalidArgument, "the query is empty"};
    }
    if (request.limit < 1 || request.limit > kLimitMax) {
        return {ErrorCode::InvalidArgument, "the limit of a query is a number from 1 to 10,000"};
    }
    SearchScratch& scratch = searchScratch();
    PreparedQuery query;
    query.vector = std::move(scratch.vector);
    query.vector.clear();
    if (request.mode != Mode::Lexical) {
        CARMA_TRY(embedQuery(request.text, scratch, query.vector));
    }
    const std::shared_lock<Gate> lock(m_mutex);
    if (request.mode != Mode::Semantic) {
        query.words = m_indexes.lexical().lookUp(request.text);
        addPrefixes(m_indexes.lexical(), request, query);
    }
    const Allowed allowed = allowedSlots(m_indexes, request);
    auto best = searchBest(request, query, allowed, scratch);
    Answer answer = best ? std::move(*best) : searchAll(request, query, allowed);
    scratch.vector = std::move(query.vector);
    if (request.suggest) {
        answer.suggestions = suggestionsFor(m_indexes.lexical(), query.words.unknown);
    }
    if (m_pages != nullptr && m_pages->failed()) {
        return damagedSnapshot();
    }
    return answer;
}

std::vector<float> toFloats(std::span<const std::int16_t> vector)
{
    std::vector<float> floats(vector.size());
    std::ranges::transform(vector, floats.begin(), [](std::int16_t v) { return static_cast<float>(v) / index::kFixedOne; });
    return floats;
}

std::optional<Traces> FractalEngine::tracesOf(const FragmentId& id) const
{
    const std::shared_lock<Gate> lock(m_mutex);
    const auto slot = m_indexes.passages().find(id);
    if (!slot) {
        return std::nullopt;
    }
    Traces traces;
    traces.step = 1.0F / index::kFixedOne;
    if (m_indexes.vectors().has(*slot)) {
        traces.whole = toFloats(m_indexes.vectors().at(*slot));
    }
    const std::size_t dimension = m_indexes.vectors().dimension();
    for (auto rows = m_indexes.parts().of(*slot); !rows.empty(); rows = rows.subspan(dimension)) {
        traces.parts.push_back(toFloats(rows.first(dimension)));
    }
    if (m_pages != nullptr && m_pages->failed()) {
        return std::nullopt; // it may be what could not be read
    }
    return traces;
}

std::optional<TextPlaces> FractalEngine::placesOf(const FragmentId& id, std::string_view vocabulary) const
{
    const std::shared_lock<Gate> lock(m_mutex);
    const index::LexicalIndex& lexical = m_indexes.lexical();
    const auto slot = m_indexes.passages().find(id);
    if (!slot) {
        return std::nullopt;
    }
    TextPlaces found;
    for (const index::PartBound& part : lexical.parts(*slot)) {
        found.partBegins.push_back(part.begin);
    }
    index::WordReader reader;
    std::vector<index::PlacedTerm> terms;
    std::uint32_t position = 0;
    for (const index::Language language : lexical.languages()) {
        reader.setLanguage(language);
        reader.read(vocabulary, terms, position);
    }
    for (std::uint32_t term = 0; term < reader.termCount(); ++term) {
        const index::Postings postings = lexical.find(reader.term(term));
        const std::size_t at = postings.seek(0, *slot);
        if (at == postings.size() || postings[at].slot != *slot || postings[at].count == postings[at].inTitle) {
            continue;
        }
        WordPlaces& word = found.words.emplace_back();
        word.forms = reader.forms(term);
        std::size_t seen = 0;
        postings.eachPosition(postings[at], [&](std::uint32_t place) {
            if (seen++ >= postings[at].inTitle) {
                word.positions.push_back(place);
            }
        });
    }
    return found;
}

std::vector<Hit> FractalEngine::nearest(const FragmentId& id, std::size_t count) const
{
    thread_local index::NearScratch scratch;
    thread_local std::vector<index::Near> found;
    const std::shared_lock<Gate> lock(m_mutex);
    const index::VectorIndex& vectors = m_indexes.vectors();
    const auto slot = m_indexes.passages().find(id);
    if (!slot || !vectors.has(*slot)) {
        return {};
    }
    found.clear();
    if (vectors.hasGraph() || vectors.hasCodes()) {
        vectors.nearest(vectors.at(*slot), count + 1, {}, scratch, found);
    } else {
        scratch.dots.resize(vectors.size());
        vectors.dots(vectors.at(*slot), scratch.dots);
        for (Slot other = 0; other < vectors.size(); ++other) {
            if (vectors.has(other)) {
                found.push_back({scratch.dots[other], other});
            }
        }
        const std::size_t kept = std::min(found.size(), count + 1);
        std::partial_sort(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(kept), found.end(),
            [](const index::Near& a, const index::Near& b) { return a.dot != b.dot ? a.dot > b.dot : a.slot < b.slot; });
        found.resize(kept);
    }
    std::vector<Hit> hits;
    for (const index::Near& near : found) {
        if (near.slot != *slot && hits.size() < count) {
            hits.push_back(hitOf({static_cast<float>(near.dot) / index::kFixedDotOne, near.slot}));
        }
    }
    return hits;
}

Hit FractalEngine::hitOf(const Ranked& ranked) const
{
    const index::PassageTable& passages = m_indexes.passages();
    return {passages.id(ranked.slot), passages.document(ranked.slot), passages.sequence(ranked.slot), ranked.score, {}};
}

Answer FractalEngine::searchAll(const Request& request, const PreparedQuery& query, const Allowed& allowed) const
{
    const FractalScore scores(m_indexes, m_weights, query);
    std::vector<Ranked> ranked;
    for (Slot slot = 0; slot < m_indexes.passages().size(); ++slot) {
        if (allowed.has(slot) && scores.considers(slot)) {
            ranked.push_back({scores[slot], slot});
        }
    }
    Answer answer;
    answer.candidates = ranked.size();
    rank(ranked, request);
    for (const Ranked& one : ranked) {
        answer.hits.push_back(hitOf(one));
        if (request.explain) {
            answer.hits.back().terms = scores.explain(one.slot);
        }
    }
    return answer;
}

/// Nothing if only the exact search can tell.
std::optional<Answer> FractalEngine::searchBest(
    const Request& request, const PreparedQuery& query, const Allowed& allowed, SearchScratch& scratch) const
{
    const std::size_t size = m_indexes.passages().size();
    const std::size_t need = std::min(request.offset, size) + std::min(request.limit, size);
    if (size < m_options.candidatesFrom || !m_indexes.isPrepared() || need > size / kExactShare || allowed.count < size / kExactShare) {
        return std::nullopt;
    }
    CandidateScore scores(m_indexes, m_weights, query, allowed.bits, need, scratch);
    std::vector<Ranked>& ranked = scores.ranked();
    Answer answer;
    answer.candidates = ranked.size();
    rank(ranked, request);
    if (request.onePerDocument && ranked.size() < request.limit) {
        return std::nullopt; // others of the same documents took their places
    }
    answer.hits.reserve(ranked.size());
    for (const Ranked& one : ranked) {
        answer.hits.push_back(hitOf(one));
        if (request.explain) {
            answer.hits.back().terms = scores.explain(one.slot);
        }
    }
    return answer;
}

std::size_t FractalEngine::size() const
{
    const std::shared_lock<Gate> lock(m_mutex);
    return m_indexes.passages().size();
}

std::size_t FractalEngine::memoryBytes() const
{
    const std::shared_lock<Gate> lock(m_mutex);
    return m_indexes.memoryBytes();
}

Bytes FractalEngine::encode(Sequence appliedSequence)
{
    const std::lock_guard noneLinks(m_improveMutex); // links lead to slots that are only just being linked
    if (size() >= m_options.candidatesFrom) {
        const std::unique_lock<Gate> lock(m_mutex);
        m_indexes.prepare(false); // a program that reads it for one query has no time for that
    }
    const std::shared_lock<Gate> lock(m_mutex);
    Bytes out;
    ByteWriter writer(out);
    writer.number(kSnapshotMagic);
    writer.number(kSnapshotVersion);
    writer.text(m_embedder->identity().name);
    writer.number(m_embedder->identity().version);
    writer.number(m_embedder->identity().dimension);
    writer.number(appliedSequence);
    m_indexes.encode(out);
    return out;
}

} // namespace

std::unique_ptr<SearchEngine> makeSearchEngine(std::shared_ptr<Embedder> embedder, const Weights& weights, const EngineOptions& options)
{
    CARMA_ASSERT(embedder != nullptr && embedder->identity().dimension > 0);
    Indexes indexes(embedder->identity().dimension);
    return std::make_unique<FractalEngine>(std::move(embedder), weights, options, std::move(indexes));
}

Result<DecodedEngine> decodeSearchEngine(
    std::shared_ptr<index::SnapshotPages> pages, std::shared_ptr<Embedder> embedder, const Weights& weights, const EngineOptions& options)
{
    CARMA_ASSERT(embedder != nullptr && embedder->identity().dimension > 0);
    index::SnapshotReader reader(pages);
    if (reader.number<std::uint64_t>() != kSnapshotMagic) {
        return {ErrorCode::Corruption, "the bytes are no snapshot of a search engine"};
    }
    if (reader.number<std::uint32_t>() != kSnapshotVersion) {
        return {ErrorCode::Unsupported, "the snapshot has a version that this program does not read"};
    }
    EmbedderIdentity identity;
    identity.name = reader.text();
    identity.version = reader.number<std::uint32_t>();
    identity.dimension = reader.number<std::uint32_t>();
    const auto appliedSequence = reader.number<Sequence>();
    if (reader.failed()) {
        return {ErrorCode::Corruption, "the snapshot ends within its head"};
    }
    if (identity != embedder->identity()) {
        return {ErrorCode::Unsupported, "the snapshot's vectors come from another embedder"};
    }
    CARMA_TRY_ASSIGN(auto indexes, Indexes::decode(reader, identity.dimension));
    if (!reader.atEnd()) {
        return {ErrorCode::Corruption, "the snapshot is followed by other bytes"};
    }
    return DecodedEngine{
        std::make_unique<FractalEngine>(std::move(embedder), weights, options, std::move(indexes), std::move(pages)), appliedSequence};
}

Result<DecodedEngine> decodeSearchEngine(
    ByteView bytes, std::shared_ptr<Embedder> embedder, const Weights& weights, const EngineOptions& options)
{
    return decodeSearchEngine(std::make_shared<index::SnapshotPages>(bytes), std::move(embedder), weights, options);
}

} // namespace carma::query
