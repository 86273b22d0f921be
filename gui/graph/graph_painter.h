// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "graph/camera.h"
#include "graph/graph.h"
#include "graph/node_sprites.h"

#include <QFont>
#include <QImage>
#include <QPalette>

#include <unordered_map>
#include <vector>

class QPainter;

namespace carma::gui {

/// What of a graph is drawn in another way than the rest.
struct GraphLook {
    NodeIndex selected = kNoNode;
    NodeIndex hovered = kNoNode;
    bool searching = false; ///< what was not found steps back
    bool labels = true;
    bool focused = false;
};

/// Draws a graph with as much detail as there is room for: small signs are copied, large ones drawn; edges shorter than a few pixels are
/// left out, and of too many only a part is drawn; labels stand where no other label does, those of large documents first.
/// GUI thread. Keeps its buffers from picture to picture.
class GraphPainter {
public:
    /// REQUIRES: camera.size * picture.devicePixelRatio() is the size of the picture in pixels; premultiplied ARGB
    void paint(QImage& picture, const Graph& graph, const Camera& camera, const GraphLook& look, Theme theme);
    /// Of the last picture.
    [[nodiscard]] std::size_t nodesDrawn() const { return m_drawn; }
    [[nodiscard]] std::size_t edgesDrawn() const { return m_lines; }
    [[nodiscard]] std::size_t labelsDrawn() const { return m_labels; }

    static constexpr double kRadiusMin = 1.1; ///< screen units: nothing is drawn smaller
    static constexpr double kHurtMin = 4;     ///< damage is seen from far away
    [[nodiscard]] static double radiusOf(const GraphNode& node, const Camera& camera);

private:
    void project(const Graph& graph, const Camera& camera);
    void paintOpenDisks(QImage& picture, const Graph& graph, Theme theme);
    void paintEdges(QImage& picture, const Graph& graph, const Camera& camera, const GraphLook& look, Theme theme);
    void paintPickedEdges(QPainter& painter, const Graph& graph, const GraphLook& look, Theme theme);
    void paintSmall(QImage& picture, const Graph& graph, const GraphLook& look, Theme theme);
    void paintLarge(QPainter& painter, const Graph& graph, Theme theme);
    void paintMarks(QPainter& painter, const Graph& graph, const Camera& camera, const GraphLook& look, Theme theme);
    void paintLabels(QPainter& painter, const Graph& graph, const Camera& camera, const GraphLook& look, Theme theme);
    const QImage& labelOf(const GraphNode& node, NodeIndex index, const QPainter& painter, Theme theme);
    bool paintLabel(QPainter& painter, const Graph& graph, NodeIndex index, double radius, Theme theme);

    struct OnScreen {
        NodeIndex node = 0;
        float x = 0, y = 0, radius = 0;
    };
    struct Label {
        QString title; ///< that was drawn
        QImage image;
    };
    NodeSprites m_sprites;
    std::unordered_map<NodeIndex, Label> m_labelCache;
    Theme m_labelTheme = Theme::Light;
    double m_labelRatio = 0;
    std::vector<OnScreen> m_visible;
    std::vector<OnScreen> m_large;
    std::vector<QPointF> m_places;       ///< of all shown nodes, seen or not
    std::vector<std::uint8_t> m_isShown; ///< by node
    std::vector<std::uint32_t> m_edges;  ///< that may be drawn
    std::vector<QRectF> m_taken;         ///< areas where no label can stand
    std::size_t m_labels = 0;
    std::size_t m_drawn = 0;
    std::size_t m_lines = 0;
};

} // namespace carma::gui
