// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph/node_sprites.h"

#include <QCoreApplication>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace carma::gui {

namespace {

constexpr double kStepsPerUnit = 4;
constexpr double kMarkFrom = 3.5; // a mark within a smaller sign is a blot

QPen outline(const QColor& colour, double radius)
{
    return {colour, std::clamp(radius * 0.14, 0.8, 2.0), Qt::SolidLine, Qt::RoundCap, Qt::MiterJoin};
}

void paintCross(QPainter& painter, const QPointF& centre, double reach)
{
    painter.drawLine(centre + QPointF(-reach, -reach), centre + QPointF(reach, reach));
    painter.drawLine(centre + QPointF(-reach, reach), centre + QPointF(reach, -reach));
}

QColor fillOf(NodeKind kind, NodeHealth health, const Tones& tone)
{
    if (health == NodeHealth::Recovered) {
        return tone.mapHealed;
    }
    return kind == NodeKind::Passage ? tone.good : tone.mapSound;
}

} // namespace

QColor colourOf(NodeHealth health, const Tones& tone)
{
    switch (health) {
    case NodeHealth::Recovered: return tone.mapHealed;
    case NodeHealth::Hypothesis: return tone.warn;
    case NodeHealth::Partly:
    case NodeHealth::Placeholder: return tone.bad;
    case NodeHealth::Exact: break;
    }
    return tone.good;
}

QString nameOf(NodeHealth health)
{
    switch (health) {
    case NodeHealth::Recovered: return QCoreApplication::translate("Graph", "recovered");
    case NodeHealth::Hypothesis: return QCoreApplication::translate("Graph", "hypothesis");
    case NodeHealth::Partly: return QCoreApplication::translate("Graph", "partly lost");
    case NodeHealth::Placeholder: return QCoreApplication::translate("Graph", "lost");
    case NodeHealth::Exact: break;
    }
    return QCoreApplication::translate("Graph", "exact");
}

QString nameOf(NodeKind kind)
{
    switch (kind) {
    case NodeKind::Section: return QCoreApplication::translate("Graph", "section");
    case NodeKind::Passage: return QCoreApplication::translate("Graph", "passage");
    case NodeKind::Document: break;
    }
    return QCoreApplication::translate("Graph", "document");
}

void paintNode(QPainter& painter, const QPointF& centre, double radius, NodeKind kind, NodeHealth health, const Tones& tone)
{
    const QColor colour = colourOf(health, tone);
    const QPen pen = outline(colour, radius);
    const double inner = radius - pen.widthF() / 2;
    painter.setPen(pen);
    if (kind == NodeKind::Section) { // a small square on its tip
        painter.setBrush(Qt::NoBrush);
        painter.drawPolygon(
            QPolygonF({centre + QPointF(0, -inner), centre + QPointF(inner, 0), centre + QPointF(0, inner), centre + QPointF(-inner, 0)}));
        return;
    }
    if (health == NodeHealth::Placeholder) { // an empty ring that is crossed out
        painter.setPen(QPen(colour, std::clamp(radius * 0.2, 1.2, 3.0), Qt::SolidLine, Qt::RoundCap));
        painter.setBrush(Qt::NoBrush);
        if (radius >= kMarkFrom) {
            painter.drawEllipse(centre, inner, inner);
        }
        paintCross(painter, centre, radius >= kMarkFrom ? inner * 0.5 : radius);
        return;
    }
    if (health == NodeHealth::Hypothesis) { // a broken ring
        QPen dashes = pen;
        dashes.setWidthF(std::clamp(radius * 0.2, 1.0, 2.5));
        dashes.setDashPattern({2, 2});
        dashes.setCapStyle(Qt::FlatCap);
        painter.setPen(dashes);
        painter.setBrush(Qt::NoBrush);
        painter.drawEllipse(centre, inner, inner);
        return;
    }
    painter.setBrush(fillOf(kind, health, tone));
    if (health == NodeHealth::Partly) { // a piece is out
        painter.setPen(outline(tone.bad, radius));
        painter.drawPie(QRectF(centre.x() - inner, centre.y() - inner, 2 * inner, 2 * inner), 80 * 16, 290 * 16);
        return;
    }
    painter.drawEllipse(centre, inner, inner);
    if (health == NodeHealth::Recovered && radius >= kMarkFrom) {
        painter.setPen(QPen(contrast(tone.mapHealed, Qt::white) >= 3 ? Qt::white : Qt::black, std::clamp(radius * 0.2, 1.0, 2.5)));
        painter.drawLine(centre + QPointF(-inner * 0.5, 0), centre + QPointF(inner * 0.5, 0));
        painter.drawLine(centre + QPointF(0, -inner * 0.5), centre + QPointF(0, inner * 0.5));
    }
}

void NodeSprites::use(Theme theme, double pixelsPerUnit)
{
    if (theme == m_theme && pixelsPerUnit == m_pixelsPerUnit) {
        return;
    }
    m_theme = theme;
    m_pixelsPerUnit = pixelsPerUnit;
    m_sprites = {};
}

const NodeSprites::Sprite& NodeSprites::sprite(int step, NodeKind kind, NodeHealth health)
{
    Sprite& made = m_sprites[static_cast<std::size_t>(kind)][static_cast<std::size_t>(health)][static_cast<std::size_t>(step)];
    if (made.size == 0) {
        const double radius = std::max(step, 1) / kStepsPerUnit;
        made.size = static_cast<int>(std::ceil(2 * radius * m_pixelsPerUnit)) + 2;
        QImage image(made.size, made.size, QImage::Format_ARGB32_Premultiplied);
        image.fill(Qt::transparent);
        QPainter painter(&image);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.scale(m_pixelsPerUnit, m_pixelsPerUnit);
        const double middle = made.size / 2.0 / m_pixelsPerUnit;
        paintNode(painter, {middle, middle}, radius, kind, health, tonesOf(m_theme));
        painter.end();
        made.pixels.reserve(static_cast<std::size_t>(made.size) * static_cast<std::size_t>(made.size));
        for (int y = 0; y < made.size; ++y) {
            const auto* line = reinterpret_cast<const QRgb*>(image.constScanLine(y));
            made.pixels.insert(made.pixels.end(), line, line + made.size);
        }
    }
    return made;
}

void NodeSprites::stamp(QImage& picture, double x, double y, double radius, NodeKind kind, NodeHealth health)
{
    const int step = std::clamp(static_cast<int>(std::lround(radius * kStepsPerUnit)), 1, kSteps);
    const Sprite& sign = sprite(step, kind, health);
    const int left = static_cast<int>(std::lround(x - sign.size / 2.0));
    const int top = static_cast<int>(std::lround(y - sign.size / 2.0));
    const int fromX = std::max(0, -left);
    const int toX = std::min(sign.size, picture.width() - left);
    const int fromY = std::max(0, -top);
    const int toY = std::min(sign.size, picture.height() - top);
    if (fromX >= toX) {
        return;
    }
    const auto stride = static_cast<std::size_t>(picture.bytesPerLine()) / sizeof(QRgb);
    auto* pixels = reinterpret_cast<QRgb*>(picture.bits());
    for (int row = fromY; row < toY; ++row) {
        const QRgb* from = sign.pixels.data() + static_cast<std::size_t>(row) * static_cast<std::size_t>(sign.size);
        QRgb* to = pixels + static_cast<std::size_t>(top + row) * stride + left;
        for (int column = fromX; column < toX; ++column) {
            const QRgb over = from[column];
            const auto alpha = static_cast<unsigned>(qAlpha(over));
            if (alpha == 255) {
                to[column] = over;
            } else if (alpha != 0) {
                const QRgb under = to[column];
                const unsigned rest = 256 - alpha; // the error is below one step of 256
                to[column] = over + (((under & 0x00FF00FFU) * rest >> 8U) & 0x00FF00FFU) +
                    (((under >> 8U) & 0x00FF00FFU) * rest & 0xFF00FF00U);
            }
        }
    }
}

} // namespace carma::gui
