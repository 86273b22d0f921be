// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/store_session.h"

#include <QObject>

#include <deque>
#include <vector>

namespace carma::gui {

/// Reads from the store what the graph is made of, a piece at a time and off the GUI thread: the list of documents, the parts of documents
/// that are looked at, and neighbours of all documents one after the other in the background. Lives in the GUI thread.
class GraphSource : public QObject {
    Q_OBJECT

public:
    explicit GraphSource(StoreSession& session, QObject* parent = nullptr); ///< `session` must outlive it

    /// Lists all documents from the beginning; an older listing is given up.
    void load();
    void wantTrees(const std::vector<FragmentId>& documents);
    /// Asks for the neighbours of documents, after those that were wanted before.
    void wantNeighbours(const std::vector<FragmentId>& ids);
    /// Asks for those of passages that are looked at, now.
    void wantPassageNeighbours(const std::vector<FragmentId>& passages);
    /// Neighbours wait while paused.
    void pause(bool paused);
    /// Another store: nothing that was asked for is answered any more.
    void reset();
    [[nodiscard]] std::size_t waiting() const { return m_wanted.size() + (m_asking ? 1U : 0U); } ///< for neighbours

    static constexpr std::size_t kNeighboursEach = 3;
    static constexpr std::size_t kPassageNeighboursEach = 1;

signals:
    void documents(const std::vector<carma::DocumentSummary>& page, bool last);
    void tree(const carma::DocumentTree& tree);
    void neighbours(const std::vector<carma::Neighbour>& found);
    void passageNeighbours(const std::vector<carma::Neighbour>& found);
    void neighboursFailed(const carma::Error& error);
    void failed(const carma::Error& error);

private:
    void loadPage(const FragmentId& after, std::size_t limit);
    void askNext();

    StoreSession& m_session;
    std::deque<FragmentId> m_wanted;
    std::size_t m_batch;
    std::uint64_t m_generation = 0; ///< of listings
    std::uint64_t m_epoch = 0;      ///< of stores
    bool m_asking = false;
    bool m_paused = false;
};

} // namespace carma::gui
