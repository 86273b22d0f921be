// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/memory_impl.h"
#include "store/query_documents.h"

#include <algorithm>

namespace carma::store {

namespace {

constexpr std::size_t kHitsMax = 10'000;
constexpr std::size_t kContextMax = 16;

query::Mode modeOf(QueryMode mode)
{
    switch (mode) {
    case QueryMode::Semantic: return query::Mode::Semantic;
    case QueryMode::Lexical: return query::Mode::Lexical;
    case QueryMode::Hybrid: break;
    }
    return query::Mode::Hybrid;
}

} // namespace

Result<std::shared_ptr<const FragmentView>> MemoryImpl::cachedView(const FragmentId& id, std::uint64_t edits)
{
    if (auto found = m_views.find(id, edits)) {
        return found;
    }
    CARMA_TRY_ASSIGN(FragmentView view, this->view(id));
    auto shared = std::make_shared<const FragmentView>(std::move(view));
    if (shared->state == FragmentState::Exact) { // what cannot be read now may be readable the next time
        m_views.keep(shared, edits);
    }
    return std::shared_ptr<const FragmentView>(std::move(shared));
}

Result<void> MemoryImpl::searchSpace(
    const NamespaceId& space, const query::ParsedQuery& parsed, const QueryOptions& options, QueryAnswer& answer)
{
    CARMA_TRY_ASSIGN(const catalog::Marks marks, m_core.catalog->marks());
    CARMA_TRY_ASSIGN(const Searcher::SpaceEngine searched, m_searcher.engine(space, marks));
    const auto& engine = searched.engine;
    answer.passages += engine->size();
    answer.placeholders += searched.lost;
    CARMA_TRY_ASSIGN(const auto documents, documentsFor(*m_core.catalog, space, parsed));
    query::Request request;
    request.text = parsed.text;
    request.conditions = parsed.isPlain() ? nullptr : &parsed;
    request.documents = documents ? &*documents : nullptr;
    request.mode = modeOf(options.mode);
    request.onePerDocument = options.onePerDocument;
    request.explain = options.explain;
    request.minScore = options.minScore.value_or(request.minScore);
    // Passages of replaced versions are still in the engine, and speakers are told by the text: more are asked for until enough are left.
    for (std::size_t limit = options.limit;; limit = std::min(kHitsMax, limit * 4)) {
        request.limit = limit;
        CARMA_TRY_ASSIGN(const query::Answer found, engine->search(request));
        std::vector<QueryHit> hits;
        for (const query::Hit& hit : found.hits) {
            if (hits.size() == options.limit) {
                break;
            }
            const auto view = cachedView(hit.id, marks.edits);
            const bool lives = view.has_value() && (*view)->document.current && (*view)->state != FragmentState::Forgotten &&
                speakersMatch((*view)->text, parsed);
            if (!lives) {
                continue;
            }
            QueryHit shown;
            shown.fragment = **view;
            shown.score = hit.score;
            for (const query::Term& term : hit.terms) {
                shown.terms.push_back({term.name, term.raw, term.added});
            }
            hits.push_back(std::move(shown));
        }
        if (hits.size() == options.limit || found.hits.size() < limit || limit == kHitsMax) {
            std::ranges::move(hits, std::back_inserter(answer.hits));
            return {};
        }
    }
}

Result<void> MemoryImpl::addContext(QueryHit& hit, std::size_t count)
{
    CARMA_TRY_ASSIGN(const auto rows, m_core.catalog->fragmentsOf(hit.fragment.document.id));
    const auto self = std::ranges::find(rows, hit.fragment.id, &catalog::FragmentRow::id);
    if (self == rows.end()) {
        return {};
    }
    const auto at = static_cast<std::size_t>(self - rows.begin());
    for (std::size_t i = at - std::min(at, count); i < std::min(rows.size(), at + count + 1); ++i) {
        if (i != at) {
            CARMA_TRY_ASSIGN(FragmentView view, this->view(rows[i].id));
            (i < at ? hit.before : hit.after).push_back(std::move(view));
        }
    }
    return {};
}

/// Without the embedder there is no search by meaning; what needs words as well goes by words.
Result<void> MemoryImpl::checkEmbedder(const QueryOptions& options, QueryAnswer& answer)
{
    CARMA_TRY(m_core.followEmbedders());
    const std::string missing = options.mode == QueryMode::Lexical ? std::string() : m_searcher.missingEmbedder();
    if (missing.empty()) {
        return {};
    }
    if (options.mode == QueryMode::Semantic) {
        return Error{ErrorCode::Unsupported, "there is no search by meaning alone: " + missing + "; search by words instead"};
    }
    answer.warnings.push_back("searched by words only: " + missing);
    return {};
}

Result<QueryAnswer> MemoryImpl::query(std::string_view text, const QueryOptions& options)
{
    if (options.limit < 1 || options.limit > kHitsMax || options.context > kContextMax) {
        return Error{ErrorCode::InvalidArgument, "a query gives 1 to 10,000 hits with at most 16 passages of context"};
    }
    CARMA_TRY_ASSIGN(const query::ParsedQuery parsed, query::parseQuery(text, m_core.world.clock->wallTimeUs()));
    const std::int64_t started = m_core.world.clock->monotonicUs();
    CARMA_TRY(m_core.log->refresh());
    billing::Metering& metering = m_core.metering();
    if (!options.allSpaces) {
        CARMA_TRY(metering.admit(options.space, billing::Measure::Queries));
    }
    CARMA_TRY(auditQuery(text, options));
    QueryAnswer answer;
    CARMA_TRY(checkEmbedder(options, answer));
    if (options.allSpaces) {
        for (const auto& keys : m_core.log->keys().all()) {
            CARMA_TRY(metering.admit(keys->name, billing::Measure::Queries));
            CARMA_TRY(searchSpace(keys->id, parsed, options, answer));
            metering.count(keys->name, billing::Measure::Queries, 1);
        }
    } else if (const auto keys = m_core.log->keys().findByName(options.space)) {
        CARMA_TRY(searchSpace(keys->id, parsed, options, answer));
        metering.count(options.space, billing::Measure::Queries, 1);
    } else if (options.space != QueryOptions{}.space) {
        return m_core.space(options.space).error();
    }
    // Scores are deviations from each namespace's own mean, so hits of several namespaces can be compared.
    std::ranges::stable_sort(answer.hits, std::greater{}, &QueryHit::score);
    if (answer.hits.size() > options.limit) {
        answer.hits.resize(options.limit);
    }
    for (QueryHit& hit : answer.hits) {
        if (options.context > 0) {
            CARMA_TRY(addContext(hit, options.context));
        }
    }
    answer.tookUs = m_core.world.clock->monotonicUs() - started;
    return answer;
}

} // namespace carma::store
