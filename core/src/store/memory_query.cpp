// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/memory_impl.h"
#include "store/page_cursor.h"
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

ScoreTerm publicTerm(const query::Term& term)
{
    ScoreTerm shown{term.name, term.raw, term.added};
    for (const query::Term& part : term.parts) {
        shown.parts.push_back(publicTerm(part));
    }
    return shown;
}

/// Keeps the words that no namespace has.
void mergeSuggestions(const std::vector<query::Suggestion>& found, bool isFirst, std::vector<SpellingSuggestion>& all)
{
    if (isFirst) {
        for (const query::Suggestion& suggestion : found) {
            all.push_back({suggestion.word, suggestion.instead});
        }
        return;
    }
    std::erase_if(all, [&](SpellingSuggestion& known) {
        const auto same = std::ranges::find(found, known.word, &query::Suggestion::word);
        if (same != found.end() && known.instead.empty()) {
            known.instead = same->instead;
        }
        return same == found.end();
    });
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

std::optional<QueryHit> MemoryImpl::shownHit(const query::Hit& hit, const Search& search, std::uint64_t edits)
{
    const auto view = cachedView(hit.id, edits);
    if (!view.has_value() || (*view)->state == FragmentState::Forgotten || (!search.asOfUs && !(*view)->document.current) ||
        !speakersMatch((*view)->text, search.parsed)) {
        return std::nullopt;
    }
    QueryHit shown;
    shown.fragment = **view;
    shown.score = hit.score;
    for (const query::Term& term : hit.terms) {
        shown.terms.push_back(publicTerm(term));
    }
    return shown;
}

Result<void> MemoryImpl::searchSpace(const NamespaceId& space, const Search& search, bool isFirst, QueryAnswer& answer)
{
    const QueryOptions& options = search.options;
    CARMA_TRY_ASSIGN(const catalog::Marks marks, m_core.catalog->marks());
    const Searcher::Versions versions = search.asOfUs ? Searcher::Versions::All : Searcher::Versions::Current;
    CARMA_TRY_ASSIGN(Searcher::SpaceEngine searched, m_searcher.engine(space, marks, versions));
    CARMA_TRY_ASSIGN(const auto documents, documentsFor(*m_core.catalog, space, search.parsed, search.asOfUs));
    answer.passages += search.asOfUs ? documents->passages : searched.engine->size();
    answer.placeholders += searched.lost;
    query::Request request;
    request.text = search.parsed.text;
    request.conditions = search.parsed.isPlain() ? nullptr : &search.parsed;
    request.documents = documents ? &documents->ids : nullptr;
    request.mode = modeOf(options.mode);
    request.onePerDocument = options.onePerDocument;
    request.explain = options.explain;
    request.suggest = options.suggest;
    request.asOf = search.end;
    request.minScore = options.minScore.value_or(request.minScore);
    // Passages of replaced versions are still in the engine, and speakers are told by the text: more are asked for until enough are left.
    for (std::size_t limit = search.wanted;; limit = std::min(kHitsMax, limit * 4)) {
        request.limit = limit;
        auto ranked = searched.engine->search(request);
        if (!ranked.has_value() && searched.engine->isDamaged()) { // its snapshot was: it is made anew
            CARMA_TRY_ASSIGN(searched, m_searcher.engine(space, marks, versions));
            ranked = searched.engine->search(request);
        }
        CARMA_TRY_ASSIGN(const query::Answer found, std::move(ranked));
        std::vector<QueryHit> hits;
        for (std::size_t i = 0; i < found.hits.size() && hits.size() < search.wanted; ++i) {
            if (auto shown = shownHit(found.hits[i], search, marks.edits)) {
                hits.push_back(std::move(*shown));
            }
        }
        if (hits.size() == search.wanted || found.hits.size() < limit || limit == kHitsMax) {
            std::ranges::move(hits, std::back_inserter(answer.hits));
            mergeSuggestions(found.suggestions, isFirst, answer.suggestions);
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

Result<void> MemoryImpl::searchSpaces(const Search& search, QueryAnswer& answer)
{
    const QueryOptions& options = search.options;
    billing::Metering& metering = m_core.metering();
    if (options.allSpaces) {
        bool isFirst = true;
        for (const auto& keys : m_core.log->keys().all()) {
            CARMA_TRY(metering.admit(keys->name, billing::Measure::Queries));
            CARMA_TRY(searchSpace(keys->id, search, isFirst, answer));
            metering.count(keys->name, billing::Measure::Queries, 1);
            isFirst = false;
        }
        return {};
    }
    if (const auto keys = m_core.log->keys().findByName(options.space)) {
        CARMA_TRY(searchSpace(keys->id, search, true, answer));
        metering.count(options.space, billing::Measure::Queries, 1);
    } else if (options.space != QueryOptions{}.space) {
        return m_core.space(options.space).error();
    }
    return {};
}

Result<QueryAnswer> MemoryImpl::query(std::string_view text, const QueryOptions& options)
{
    if (options.limit < 1 || options.limit > kHitsMax || options.context > kContextMax) {
        return Error{ErrorCode::InvalidArgument, "a query gives 1 to 10,000 hits with at most 16 passages of context"};
    }
    CARMA_TRY_ASSIGN(const query::ParsedQuery parsed, query::parseQuery(text, m_core.world.clock->wallTimeUs()));
    CARMA_TRY_ASSIGN(PageCursor page, parseCursor(options.cursor, text, options));
    if (page.offset > kHitsMax - options.limit) {
        return Error{ErrorCode::InvalidArgument, "the pages of a query end after 10,000 hits; ask for less with more words"};
    }
    const std::int64_t started = m_core.world.clock->monotonicUs();
    CARMA_TRY(m_core.log->refresh());
    if (!options.allSpaces) {
        CARMA_TRY(m_core.metering().admit(options.space, billing::Measure::Queries));
    }
    const Sequence end = std::min(page.end, m_core.catalog->appliedSequence());
    CARMA_TRY(auditQuery(text, options));
    QueryAnswer answer;
    CARMA_TRY(checkEmbedder(options, answer));
    CARMA_TRY(searchSpaces({parsed, options, page.offset + options.limit, page.end, page.asOfUs}, answer));
    std::erase_if(answer.suggestions, [](const SpellingSuggestion& suggestion) { return suggestion.instead.empty(); });
    // Scores are deviations from each namespace's own mean, so hits of several namespaces can be compared.
    std::ranges::stable_sort(answer.hits, std::greater{}, &QueryHit::score);
    answer.hits.resize(std::min(answer.hits.size(), page.offset + options.limit));
    answer.hits.erase(answer.hits.begin(), answer.hits.begin() + static_cast<std::ptrdiff_t>(std::min(answer.hits.size(), page.offset)));
    if (answer.hits.size() == options.limit && page.offset + options.limit < kHitsMax) {
        answer.cursor = toText({page.offset + options.limit, end, page.asOfUs}, text, options);
    }
    for (QueryHit& hit : answer.hits) {
        if (options.context > 0) {
            CARMA_TRY(addContext(hit, options.context));
        }
        if (options.includeHypotheses && m_guesser && hit.fragment.state == FragmentState::Placeholder) {
            hit.hypothesis = m_guesser(hit.fragment.id);
        }
    }
    answer.tookUs = m_core.world.clock->monotonicUs() - started;
    return answer;
}

} // namespace carma::store
