// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/memory_impl.h"

#include <algorithm>
#include <map>

namespace carma::store {

namespace {

constexpr std::size_t kIdsMax = 10'000;
constexpr std::size_t kNeighboursMax = 100;
constexpr std::size_t kStandIns = 4; // passages that stand for a document
constexpr std::size_t kSpare = 16;   // passages of the same document are near, and so are replaced versions: more are asked for

/// What one call has to look up but once.
class NeighbourSearch {
public:
    NeighbourSearch(StoreCore& core, Searcher& searcher, catalog::Marks marks, std::size_t limit)
        : m_core(core), m_searcher(searcher), m_marks(marks), m_limit(limit)
    {
    }

    /// Appends the neighbours of one passage or document.
    Result<void> look(const FragmentId& id, std::vector<Neighbour>& all)
    {
        const FragmentId document = documentOf(id);
        CARMA_TRY_ASSIGN(const bool lives, isCurrent(document));
        if (!lives) {
            return {};
        }
        std::map<FragmentId, Neighbour> best; // by document
        CARMA_TRY_ASSIGN(const auto passages, passagesOf(id, document));
        for (const catalog::FragmentRow& passage : passages) {
            CARMA_TRY_ASSIGN(const auto hits, nearest(passage));
            for (const query::Hit& hit : hits) {
                const Neighbour found{document, passage.id, hit.document, hit.id, hit.score};
                CARMA_TRY_ASSIGN(const bool counts, isCurrent(hit.document));
                if (hit.document == document || !counts) {
                    continue;
                }
                const auto [at, isNew] = best.try_emplace(hit.document, found);
                if (!isNew && found.similarity > at->second.similarity) {
                    at->second = found;
                }
            }
        }
        std::vector<Neighbour> ranked;
        for (const auto& [to, neighbour] : best) {
            ranked.push_back(neighbour);
        }
        std::ranges::stable_sort(ranked, std::greater{}, &Neighbour::similarity);
        ranked.resize(std::min(ranked.size(), m_limit));
        std::ranges::move(ranked, std::back_inserter(all));
        return {};
    }

private:
    Result<bool> isCurrent(const FragmentId& document)
    {
        const auto known = m_isCurrent.find(document);
        if (known != m_isCurrent.end()) {
            return known->second;
        }
        CARMA_TRY_ASSIGN(const auto row, m_core.catalog->document(document));
        const bool isCurrent = row && row->current && row->state != catalog::State::Forgotten;
        m_isCurrent[document] = isCurrent;
        return isCurrent;
    }

    Result<std::vector<catalog::FragmentRow>> passagesOf(const FragmentId& id, const FragmentId& document)
    {
        std::vector<catalog::FragmentRow> rows;
        if (id == document) {
            CARMA_TRY_ASSIGN(rows, m_core.catalog->fragmentsOf(document));
        } else {
            CARMA_TRY_ASSIGN(const auto row, m_core.catalog->fragment(id));
            if (row) {
                rows.push_back(*row);
            }
        }
        std::erase_if(rows, [](const catalog::FragmentRow& row) { return row.state != catalog::State::Exact; });
        std::vector<catalog::FragmentRow> chosen;
        const std::size_t count = std::min(rows.size(), kStandIns);
        for (std::size_t i = 0; i < count; ++i) {
            chosen.push_back(rows[i * rows.size() / count]);
        }
        return chosen;
    }

    Result<std::shared_ptr<query::SearchEngine>> engineOf(const NamespaceId& space)
    {
        auto& engine = m_engines[space];
        if (engine == nullptr || engine->isDamaged()) {
            CARMA_TRY_ASSIGN(const Searcher::SpaceEngine searched, m_searcher.engine(space, m_marks));
            engine = searched.engine;
        }
        return engine;
    }

    Result<std::vector<query::Hit>> nearest(const catalog::FragmentRow& passage)
    {
        CARMA_TRY_ASSIGN(auto engine, engineOf(passage.space));
        auto hits = engine->nearest(passage.id, m_limit + kSpare);
        if (engine->isDamaged()) { // its snapshot was: it is made anew
            CARMA_TRY_ASSIGN(engine, engineOf(passage.space));
            hits = engine->nearest(passage.id, m_limit + kSpare);
        }
        return hits;
    }

    StoreCore& m_core;
    Searcher& m_searcher;
    const catalog::Marks m_marks;
    const std::size_t m_limit;
    std::map<FragmentId, bool> m_isCurrent;
    std::map<NamespaceId, std::shared_ptr<query::SearchEngine>> m_engines;
};

} // namespace

Result<std::vector<Neighbour>> MemoryImpl::neighbours(const std::vector<FragmentId>& ids, std::size_t limit)
{
    if (limit < 1 || limit > kNeighboursMax || ids.size() > kIdsMax) {
        return Error{ErrorCode::InvalidArgument, "neighbours are asked for 10,000 passages or documents at a time, 1 to 100 of each"};
    }
    CARMA_TRY(m_core.log->refresh());
    CARMA_TRY(m_core.followEmbedders());
    CARMA_TRY_ASSIGN(const catalog::Marks marks, m_core.catalog->marks());
    NeighbourSearch search(m_core, m_searcher, marks, limit);
    std::vector<Neighbour> all;
    for (const FragmentId& id : ids) {
        CARMA_TRY(search.look(id, all));
    }
    return all;
}

} // namespace carma::store
