// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph/graph_source.h"

#include <QElapsedTimer>

#include <algorithm>

namespace carma::gui {

namespace {

constexpr std::size_t kFirstPage = 2000; // is on the screen at once
constexpr std::size_t kPage = 5000;      // is taken in without holding the window up
constexpr std::size_t kBatchMin = 4;
constexpr std::size_t kBatchMax = 512;
constexpr qint64 kBatchMs = 60; // others ask the store, too

struct Trees {
    std::vector<DocumentTree> trees;
    std::optional<Error> error;
};

struct Found {
    Result<std::vector<Neighbour>> neighbours;
    qint64 tookMs = 0;
};

} // namespace

GraphSource::GraphSource(StoreSession& session, QObject* parent) : QObject(parent), m_session(session), m_batch(kBatchMin) {}

void GraphSource::load()
{
    ++m_generation;
    loadPage({}, kFirstPage);
}

void GraphSource::loadPage(const FragmentId& after, std::size_t limit)
{
    ListOptions options;
    options.after = after;
    options.limit = limit;
    m_session.ask(
        this, [options](Store& store) { return store.memory().list(options); },
        [this, limit, generation = m_generation](const Result<std::vector<DocumentSummary>>& page) {
            if (generation != m_generation) {
                return;
            }
            if (!page) {
                emit failed(page.error());
                return;
            }
            const bool last = page->size() < limit;
            emit documents(*page, last);
            if (!last && generation == m_generation) {
                loadPage(page->back().id, kPage);
            }
        });
}

void GraphSource::wantTrees(const std::vector<FragmentId>& documents)
{
    if (documents.empty()) {
        return;
    }
    m_session.ask(
        this,
        [documents](Store& store) {
            Trees answer;
            for (const FragmentId& id : documents) {
                auto tree = store.memory().tree(id);
                if (tree) {
                    answer.trees.push_back(std::move(*tree));
                } else if (tree.error().code != ErrorCode::NotFound) { // forgotten meanwhile
                    answer.error = tree.error();
                }
            }
            return answer;
        },
        [this](const Trees& answer) {
            for (const DocumentTree& each : answer.trees) {
                emit tree(each);
            }
            if (answer.error) {
                emit failed(*answer.error);
            }
        });
}

void GraphSource::wantNeighbours(const std::vector<FragmentId>& ids)
{
    m_wanted.insert(m_wanted.end(), ids.begin(), ids.end());
    askNext();
}

void GraphSource::wantPassageNeighbours(const std::vector<FragmentId>& passages)
{
    if (passages.empty()) {
        return;
    }
    m_session.ask(
        this, [passages](Store& store) { return store.memory().neighbours(passages, kPassageNeighboursEach); },
        [this, epoch = m_epoch](const Result<std::vector<Neighbour>>& found) {
            if (epoch == m_epoch && found) {
                emit passageNeighbours(*found);
            }
        });
}

void GraphSource::pause(bool paused)
{
    m_paused = paused;
    askNext();
}

void GraphSource::reset()
{
    ++m_generation;
    ++m_epoch;
    m_wanted.clear();
    m_asking = false;
    m_batch = kBatchMin;
}

/// One batch at a time, as large as takes a short while.
void GraphSource::askNext()
{
    if (m_asking || m_paused || m_wanted.empty() || !m_session.isOpen()) {
        return;
    }
    m_asking = true;
    const std::size_t count = std::min(m_batch, m_wanted.size());
    const std::vector<FragmentId> ids(m_wanted.begin(), m_wanted.begin() + static_cast<std::ptrdiff_t>(count));
    m_wanted.erase(m_wanted.begin(), m_wanted.begin() + static_cast<std::ptrdiff_t>(count));
    m_session.ask(
        this,
        [ids](Store& store) {
            QElapsedTimer clock;
            clock.start();
            auto neighbours = store.memory().neighbours(ids, kNeighboursEach);
            return Found{std::move(neighbours), clock.elapsed()};
        },
        [this, epoch = m_epoch](const Found& found) {
            if (epoch != m_epoch) {
                return;
            }
            m_asking = false;
            if (!found.neighbours) {
                m_wanted.clear(); // the next would fail as well
                emit neighboursFailed(found.neighbours.error());
                return;
            }
            m_batch = std::clamp(found.tookMs < kBatchMs ? m_batch * 2 : m_batch / 2, kBatchMin, kBatchMax);
            emit neighbours(*found.neighbours);
            askNext();
        });
}

} // namespace carma::gui
