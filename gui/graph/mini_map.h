// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "graph/graph.h"

#include <QElapsedTimer>
#include <QImage>
#include <QWidget>

namespace carma::gui {

class GraphView;

/// The whole graph in a corner of its view, with a frame around what the view shows. A click or a drag goes there.
class MiniMap : public QWidget {
    Q_OBJECT

public:
    MiniMap(const Graph& graph, GraphView& view);
    void graphChanged();
    void place(); ///< in the corner of the view; out of the way while that shows everything
    /// The place of the world under a place of the map.
    [[nodiscard]] QPointF toWorld(const QPointF& at) const;

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;

private:
    void draw();
    [[nodiscard]] QPointF toMap(const QPointF& world) const;

    const Graph& m_graph;
    GraphView& m_view;
    QImage m_picture;
    QRectF m_bounds; ///< of the world in m_picture
    double m_scale = 1;
    bool m_isOld = true;
    int m_theme = -1;
    QElapsedTimer m_drawn;
};

} // namespace carma::gui
