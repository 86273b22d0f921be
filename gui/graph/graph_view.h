// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "graph/graph_painter.h"

#include <QWidget>

namespace carma::gui {

class MiniMap;

/// A graph to look at. The mouse: wheel zooms, dragging the ground pans, dragging a document moves and pins it, a click picks, a double
/// click zooms in. Keys: arrows pan, + and - zoom, Home shows all, Ctrl with an arrow picks the next node that way, Enter zooms in to what
/// is picked, P pins or lets go, Escape picks nothing.
class GraphView : public QWidget {
    Q_OBJECT

public:
    explicit GraphView(Graph& graph, QWidget* parent = nullptr); ///< `graph` must outlive it

    /// The graph has changed: nodes, places, filter.
    void graphChanged();
    void select(NodeIndex node); ///< kNoNode: none
    [[nodiscard]] NodeIndex selected() const { return m_look.selected; }
    void setSearching(bool searching);
    /// All that is shown fits in; stays so while the layout moves, until the user pans or zooms.
    void fit();
    [[nodiscard]] bool isFitted() const { return m_fitted; }
    /// Puts a node in the middle, large enough to be seen. It stays there while the layout moves.
    void goTo(NodeIndex node);
    /// Puts a place in the middle.
    void lookAt(const QPointF& world);
    void zoom(double factor);
    [[nodiscard]] const Camera& camera() const { return m_camera; }
    [[nodiscard]] const GraphPainter& painter() const { return m_painter; }
    [[nodiscard]] MiniMap& miniMap() { return *m_map; }
    /// What is there at a place of the widget: parts before their document, near ones before far ones.
    [[nodiscard]] NodeIndex pick(const QPointF& at) const;
    /// Documents in sight that are large enough on the screen for their parts to be seen.
    [[nodiscard]] std::vector<NodeIndex> documentsToOpen() const;
    /// Shows parts of those documents, and not of others.
    void openWhatIsNear();

    static constexpr double kOpenScale = 5; ///< screen units for one of the world from which documents open

    QSize sizeHint() const override { return {700, 500}; }
    QSize minimumSizeHint() const override { return {260, 200}; }

signals:
    void picked(carma::gui::NodeIndex node); ///< by the user; kNoNode: nothing
    void pinMoved(carma::gui::NodeIndex document, double x, double y);
    void pinToggled(carma::gui::NodeIndex document);
    void cameraMoved();

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void leaveEvent(QEvent* event) override;
    bool event(QEvent* event) override;

private:
    void moved();
    void follow(NodeIndex node);
    void setHovered(NodeIndex node);
    bool panKey(int key, bool picks);
    bool zoomKey(int key);
    [[nodiscard]] NodeIndex nextTowards(const QPointF& direction) const;
    [[nodiscard]] QString describe(NodeIndex node) const;

    Graph& m_graph;
    Camera m_camera;
    GraphLook m_look;
    GraphPainter m_painter;
    QImage m_picture;
    MiniMap* m_map;
    bool m_fitted = true;
    NodeIndex m_followed = kNoNode; ///< stays where it is on the screen while the layout moves
    QPointF m_followedAt;           ///< its place when it was looked at last
    QPointF m_pressedAt;
    QPointF m_lastAt;
    NodeIndex m_pressed = kNoNode; ///< what is under the pressed mouse
    bool m_isPressed = false;
    bool m_dragging = false;
};

} // namespace carma::gui
