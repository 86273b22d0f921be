// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "graph/graph.h"

#include <QWidget>

class QLabel;
class QListView;
class QPlainTextEdit;
class QPushButton;

namespace carma::gui {

class NodesModel;

/// What is known of the picked node, what is near it, and what can be done with it.
class NodeDetails : public QWidget {
    Q_OBJECT

public:
    explicit NodeDetails(const Graph& graph, QWidget* parent = nullptr); ///< `graph` must outlive it
    void show(NodeIndex node);                                           ///< kNoNode: nothing is picked
    void setText(const FragmentId& id, const QString& text);             ///< ignored if another node is shown
    /// Neighbours or health may have changed.
    void refresh();
    [[nodiscard]] NodeIndex node() const { return m_node; }

signals:
    void openWanted(carma::gui::NodeIndex node); ///< in the page Memory
    void zoomWanted(carma::gui::NodeIndex node);
    void pinWanted(carma::gui::NodeIndex document);
    void nodeChosen(carma::gui::NodeIndex node); ///< a neighbour

private:
    [[nodiscard]] QString facts(const GraphNode& node) const;

    const Graph& m_graph;
    NodeIndex m_node = kNoNode;
    NodesModel* m_near;
    QLabel* m_title;
    QLabel* m_facts;
    QWidget* m_body;
    QLabel* m_nearLabel;
    QListView* m_list;
    QPlainTextEdit* m_text;
    QPushButton* m_open;
    QPushButton* m_zoom;
    QPushButton* m_pin;
};

/// The signs of the graph and what they mean.
class GraphLegend : public QWidget {
    Q_OBJECT

public:
    explicit GraphLegend(QWidget* parent = nullptr);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;
};

} // namespace carma::gui
