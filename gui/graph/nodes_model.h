// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "graph/graph.h"

#include <QAbstractListModel>

#include <vector>

namespace carma::gui {

/// Some nodes of a graph as a list: what a search found, or the neighbours of what is picked.
class NodesModel : public QAbstractListModel {
    Q_OBJECT

public:
    explicit NodesModel(const Graph& graph, QObject* parent = nullptr); ///< `graph` must outlive it
    void setNodes(std::vector<NodeIndex> nodes);
    [[nodiscard]] NodeIndex node(int row) const { return row >= 0 && row < rowCount() ? m_nodes[static_cast<std::size_t>(row)] : kNoNode; }

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

private:
    const Graph& m_graph;
    std::vector<NodeIndex> m_nodes;
};

/// Shown documents, then parts, whose title or path has `words`; at most `limit`. None for no words.
std::vector<NodeIndex> nodesWith(const Graph& graph, const QString& words, std::size_t limit);
/// Both ends of edges of neighbours that lead to `node`, or to parts of it if it is a document; the most alike first.
std::vector<NodeIndex> neighboursOf(const Graph& graph, NodeIndex node);

} // namespace carma::gui
