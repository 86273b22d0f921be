// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/fractal_engine.h"

#include "query/fractal_score.h"
#include "query/passage_reader.h"

#include <carma/assert.h>

#include <algorithm>
#include <shared_mutex>
#include <unordered_map>
#include <unordered_set>

namespace carma::query {

using index::Slot;

namespace {

constexpr std::size_t kLimitMax = 10'000;
constexpr std::size_t kPassagesMax = 1U << 30U; // slots are 32-bit numbers
constexpr std::size_t kSuggestionsMax = 8;      // each reads the whole vocabulary
constexpr std::size_t kExactShare = 8;          // a page that ends beyond such a part of the namespace, or conditions that leave less

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

std::vector<Suggestion> suggestionsFor(const index::LexicalIndex& lexical, std::span<const std::string> unknown)
{
    std::vector<Suggestion> suggestions;
    for (const std::string& word : unknown.first(std::min(unknown.size(), kSuggestionsMax))) {
        suggestions.push_back({word, lexical.nearestWord(word).value_or("")});
    }
    return suggestions;
}

} // namespace

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
    if (hasFailed()) {
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

void FractalEngine::prepare()
{
    if (size() >= m_options.candidatesFrom) {
        const std::unique_lock<Gate> lock(m_mutex);
        m_indexes.prepare(false);
    }
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
    if (hasFailed()) {
        return damagedSnapshot();
    }
    return answer;
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
    CandidateScore scores(m_indexes, m_weights, query, allowed.bits, need, request.onePerDocument, scratch);
    std::vector<Ranked>& ranked = scores.ranked();
    Answer answer;
    answer.candidates = scores.candidates();
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

std::unique_ptr<SearchEngine> makeSearchEngine(std::shared_ptr<Embedder> embedder, const Weights& weights, const EngineOptions& options)
{
    CARMA_ASSERT(embedder != nullptr && embedder->identity().dimension > 0);
    Indexes indexes(embedder->identity().dimension);
    return std::make_unique<FractalEngine>(std::move(embedder), weights, options, std::move(indexes));
}

} // namespace carma::query
