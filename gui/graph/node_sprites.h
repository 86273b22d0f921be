// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/theme.h"
#include "graph/graph.h"

#include <QColor>
#include <QImage>

#include <array>
#include <vector>

class QPainter;

namespace carma::gui {

/// Draws the sign of a node: its health is told by shape as well as by colour. Large and small signs are the same drawing.
void paintNode(QPainter& painter, const QPointF& centre, double radius, NodeKind kind, NodeHealth health, const Tones& tone);

/// The colour that stands for a health.
QColor colourOf(NodeHealth health, const Tones& tone);
QString nameOf(NodeHealth health);
QString nameOf(NodeKind kind);

/// Signs drawn once for each size, and copied onto a picture by hand, which is quicker than QPainter for many thousands of them.
class NodeSprites {
public:
    static constexpr double kRadiusMax = 40; ///< larger ones are drawn by paintNode

    /// Forgets what was drawn if theme or scale are others.
    void use(Theme theme, double pixelsPerUnit);
    /// Puts a sign onto `picture` (premultiplied ARGB), its centre at `x`, `y` in pixels. What is beyond the edges is cut off.
    void stamp(QImage& picture, double x, double y, double radius, NodeKind kind, NodeHealth health);

private:
    struct Sprite {
        int size = 0; ///< pixels of an edge; 0: not drawn yet
        std::vector<QRgb> pixels;
    };
    static constexpr int kSteps = 160; ///< radii, four for each unit
    const Sprite& sprite(int step, NodeKind kind, NodeHealth health);

    Theme m_theme = Theme::Light;
    double m_pixelsPerUnit = 0;
    std::array<std::array<std::array<Sprite, kSteps + 1>, kNodeHealths>, kNodeKinds> m_sprites;
};

} // namespace carma::gui
