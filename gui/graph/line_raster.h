// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QImage>
#include <QLineF>

namespace carma::gui {

/// Thin lines and plain disks of one colour onto a picture, several times quicker than QPainter draws translucent ones. Smooth lines share
/// each step between two pixels as X. Wu describes in "An Efficient Antialiasing Technique", Computer Graphics 25 (SIGGRAPH 1991).
class LineRaster {
public:
    /// `picture` (premultiplied ARGB) must outlive it and must not be copied meanwhile.
    LineRaster(QImage& picture, const QColor& colour);
    /// Pixels, not units of the screen. Cut off at the edges.
    void draw(const QLineF& line, bool smooth);
    /// A filled circle with hard edges.
    void disk(const QPointF& centre, double radius);
    /// The edge of a circle, smooth; broken if `dashed`.
    void ring(const QPointF& centre, double radius, bool dashed);
    /// The part of `line` within a picture of that size; null if none is.
    static QLineF clipped(const QLineF& line, const QSizeF& size);

private:
    void blend(int x, int y, unsigned coverage);

    QRgb* m_pixels;
    std::ptrdiff_t m_stride;
    int m_width, m_height;
    unsigned m_red, m_green, m_blue, m_alpha;
};

} // namespace carma::gui
