// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph/graph_painter.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace carma::gui {

namespace {

constexpr std::size_t kLinesMax = 8000;  // in one picture
constexpr std::size_t kSmoothMax = 1500; // with soft edges, which take longer
constexpr double kLineMin = 4;           // screen units
constexpr std::size_t kLabelsMax = 70;
constexpr double kLabelFrom = 9; // radius of a node that is worth a label
constexpr qsizetype kLabelLetters = 28;
constexpr double kFar = 4000; // ends of lines beyond are of no use

QColor faint(QColor colour, int alpha)
{
    colour.setAlpha(alpha);
    return colour;
}

std::uint32_t scatter(std::uint32_t number) { return (number * 2654435761U) >> 8U; }

} // namespace

double GraphPainter::radiusOf(const GraphNode& node, const Camera& camera)
{
    const double least = node.health >= NodeHealth::Partly ? kHurtMin : kRadiusMin;
    return std::max(static_cast<double>(node.radius) * camera.scale, least);
}

void GraphPainter::project(const Graph& graph, const Camera& camera)
{
    const std::size_t size = graph.size();
    m_places.resize(size);
    m_isShown.resize(size);
    m_visible.clear();
    m_large.clear();
    const double middleX = camera.size.width() / 2 - camera.centre.x() * camera.scale;
    const double middleY = camera.size.height() / 2 - camera.centre.y() * camera.scale;
    for (NodeIndex i = 0; i < size; ++i) {
        m_isShown[i] = graph.isShown(i) ? 1 : 0;
        if (m_isShown[i] == 0) {
            continue;
        }
        const GraphNode& node = graph.node(i);
        const double x = static_cast<double>(graph.xs()[i]) * camera.scale + middleX;
        const double y = static_cast<double>(graph.ys()[i]) * camera.scale + middleY;
        m_places[i] = {x, y};
        const double radius = radiusOf(node, camera);
        if (x + radius < 0 || y + radius < 0 || x - radius > camera.size.width() || y - radius > camera.size.height()) {
            continue;
        }
        const OnScreen seen{i, static_cast<float>(x), static_cast<float>(y), static_cast<float>(radius)};
        (radius > NodeSprites::kRadiusMax || node.open ? m_large : m_visible).push_back(seen);
    }
    m_drawn = m_visible.size() + m_large.size();
}

void GraphPainter::paint(QImage& picture, const Graph& graph, const Camera& camera, const GraphLook& look, Theme theme)
{
    const QPalette palette = paletteOf(theme);
    picture.fill(palette.color(QPalette::Base));
    m_sprites.use(theme, picture.devicePixelRatio());
    project(graph, camera);
    {
        QPainter painter(&picture);
        paintOpenDisks(painter, graph, theme);
        paintEdges(painter, graph, camera, look, theme);
    }
    paintSmall(picture, graph, look, theme);
    QPainter painter(&picture);
    painter.setRenderHint(QPainter::Antialiasing);
    paintLarge(painter, graph, theme);
    paintMarks(painter, graph, camera, look, theme);
    m_labels.clear();
    if (look.labels) {
        paintLabels(painter, graph, camera, look, theme);
    }
}

void GraphPainter::paintOpenDisks(QPainter& painter, const Graph& graph, Theme theme)
{
    painter.setRenderHint(QPainter::Antialiasing);
    const Tones tone = tonesOf(theme);
    for (const OnScreen& seen : m_large) {
        const GraphNode& node = graph.node(seen.node);
        if (node.open) {
            const QColor colour = colourOf(node.health, tone);
            painter.setBrush(faint(colour, theme == Theme::Light ? 16 : 28));
            painter.setPen(QPen(faint(colour, 150), 1.2, node.health == NodeHealth::Exact ? Qt::SolidLine : Qt::DashLine));
            painter.drawEllipse(QPointF(static_cast<double>(seen.x), static_cast<double>(seen.y)), static_cast<double>(seen.radius),
                static_cast<double>(seen.radius));
        }
    }
    painter.setRenderHint(QPainter::Antialiasing, false);
}

void GraphPainter::paintEdges(QPainter& painter, const Graph& graph, const Camera& camera, const GraphLook& look, Theme theme)
{
    m_edges.clear();
    const auto edges = graph.edges();
    const double width = camera.size.width();
    const double height = camera.size.height();
    for (std::uint32_t i = 0; i < edges.size(); ++i) {
        if (m_isShown[edges[i].from] == 0 || m_isShown[edges[i].to] == 0) {
            continue;
        }
        const QPointF& from = m_places[edges[i].from];
        const QPointF& to = m_places[edges[i].to];
        const bool outside = std::max(from.x(), to.x()) < 0 || std::min(from.x(), to.x()) > width || std::max(from.y(), to.y()) < 0 ||
            std::min(from.y(), to.y()) > height;
        if (!outside && std::abs(from.x() - to.x()) + std::abs(from.y() - to.y()) >= kLineMin) {
            m_edges.push_back(i);
        }
    }
    std::uint32_t mask = 0; // of many every second, fourth ... is drawn, always the same ones
    while (m_edges.size() / (mask + 1) > kLinesMax) {
        mask = mask * 2 + 1;
    }
    m_treeLines.clear();
    m_nearLines.clear();
    for (const std::uint32_t i : m_edges) {
        const bool chosen = edges[i].from == look.selected || edges[i].to == look.selected;
        const QLineF line(m_places[edges[i].from], m_places[edges[i].to]);
        if ((scatter(i) & mask) == 0 && !chosen && std::abs(line.dx()) + std::abs(line.dy()) < kFar) {
            (edges[i].kind == EdgeKind::Tree ? m_treeLines : m_nearLines).push_back(line);
        }
    }
    const Tones tone = tonesOf(theme);
    m_lines = m_treeLines.size() + m_nearLines.size();
    painter.setRenderHint(QPainter::Antialiasing, m_lines <= kSmoothMax);
    painter.setPen(QPen(faint(tone.quiet, look.searching ? 30 : 60), 0));
    painter.drawLines(m_nearLines.data(), static_cast<int>(m_nearLines.size()));
    painter.setPen(QPen(faint(tone.good, 110), 0));
    painter.drawLines(m_treeLines.data(), static_cast<int>(m_treeLines.size()));
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(paletteOf(theme).color(QPalette::Highlight), 1.6));
    for (const std::uint32_t i : m_edges) {
        if (edges[i].from == look.selected || edges[i].to == look.selected) {
            painter.drawLine(m_places[edges[i].from], m_places[edges[i].to]);
        }
    }
}

/// The worst come last, on top.
void GraphPainter::paintSmall(QImage& picture, const Graph& graph, const GraphLook& look, Theme theme)
{
    const double ratio = picture.devicePixelRatio();
    const auto stamp = [&](const OnScreen& seen) {
        const GraphNode& node = graph.node(seen.node);
        m_sprites.stamp(picture, static_cast<double>(seen.x) * ratio, static_cast<double>(seen.y) * ratio, static_cast<double>(seen.radius),
            node.kind, node.health);
    };
    bool anyHurt = false;
    for (const OnScreen& seen : m_visible) {
        const bool hurt = graph.node(seen.node).health != NodeHealth::Exact;
        anyHurt = anyHurt || hurt;
        if (!hurt) {
            stamp(seen);
        }
    }
    if (look.searching) { // a veil over all that is not looked for
        QPainter painter(&picture);
        QColor veil = paletteOf(theme).color(QPalette::Base);
        veil.setAlpha(120);
        painter.fillRect(QRectF(QPointF(), QSizeF(picture.size()) / ratio), veil);
    }
    for (const OnScreen& seen : m_visible) {
        const GraphNode& node = graph.node(seen.node);
        if ((anyHurt && node.health != NodeHealth::Exact) || (look.searching && node.found)) {
            stamp(seen);
        }
    }
}

void GraphPainter::paintLarge(QPainter& painter, const Graph& graph, Theme theme)
{
    const Tones tone = tonesOf(theme);
    constexpr double kRoot = 3.5;
    for (const OnScreen& seen : m_large) {
        const GraphNode& node = graph.node(seen.node);
        const QPointF at(static_cast<double>(seen.x), static_cast<double>(seen.y));
        if (!node.open) {
            paintNode(painter, at, static_cast<double>(seen.radius), node.kind, node.health, tone);
        } else { // the root of its tree
            painter.setPen(Qt::NoPen);
            painter.setBrush(colourOf(NodeHealth::Exact, tone));
            painter.drawRect(QRectF(at.x() - kRoot, at.y() - kRoot, 2 * kRoot, 2 * kRoot));
        }
    }
}

void GraphPainter::paintMarks(QPainter& painter, const Graph& graph, const Camera& camera, const GraphLook& look, Theme theme)
{
    const QPalette palette = paletteOf(theme);
    const auto ring = [&](const OnScreen& seen, double more, const QPen& pen) {
        painter.setPen(pen);
        painter.setBrush(Qt::NoBrush);
        const double radius = static_cast<double>(seen.radius) + more;
        painter.drawEllipse(QPointF(static_cast<double>(seen.x), static_cast<double>(seen.y)), radius, radius);
    };
    for (const std::vector<OnScreen>* list : {&m_visible, &m_large}) {
        for (const OnScreen& seen : *list) {
            const GraphNode& node = graph.node(seen.node);
            if (look.searching && node.found) {
                ring(seen, 3, QPen(palette.color(QPalette::Highlight), 2));
            }
            if (node.pinned) { // the head of a pin
                painter.setPen(Qt::NoPen);
                painter.setBrush(palette.color(QPalette::Text));
                const double radius = static_cast<double>(seen.radius) * 0.7071;
                painter.drawEllipse(QPointF(static_cast<double>(seen.x) + radius, static_cast<double>(seen.y) - radius), 3, 3);
            }
            if (seen.node == look.hovered && seen.node != look.selected) {
                ring(seen, 2, QPen(palette.color(QPalette::Text), 1.2));
            }
            if (seen.node == look.selected) {
                ring(seen, 3, QPen(palette.color(QPalette::Highlight), 3));
                ring(seen, 5.5, QPen(palette.color(QPalette::Text), 1));
            }
        }
    }
    if (look.focused) {
        painter.setPen(QPen(palette.color(QPalette::Highlight), 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(QRectF(1, 1, camera.size.width() - 2, camera.size.height() - 2));
    }
}

void GraphPainter::paintLabels(QPainter& painter, const Graph& graph, const Camera& camera, const GraphLook& look, Theme theme)
{
    QFont font = painter.font();
    font.setPointSizeF(std::max(font.pointSizeF() - 1, 7.0));
    painter.setFont(font);
    painter.setPen(paletteOf(theme).color(QPalette::Text));
    std::vector<OnScreen> wanted;
    for (const std::vector<OnScreen>* list : {&m_visible, &m_large}) {
        for (const OnScreen& seen : *list) {
            const GraphNode& node = graph.node(seen.node);
            const bool named = node.kind != NodeKind::Passage || camera.scale > 22;
            const bool hit = look.searching && node.found;
            if (seen.node == look.selected || seen.node == look.hovered || hit ||
                (named && static_cast<double>(seen.radius) >= kLabelFrom)) {
                wanted.push_back(seen);
            }
        }
    }
    const auto rank = [&](const OnScreen& seen) {
        const bool first = seen.node == look.selected || seen.node == look.hovered;
        return (first ? 1e6F : look.searching && graph.node(seen.node).found ? 1e5F : 0) + seen.radius;
    };
    const std::size_t kept = std::min(wanted.size(), 4 * kLabelsMax);
    std::partial_sort(wanted.begin(), wanted.begin() + static_cast<std::ptrdiff_t>(kept), wanted.end(),
        [&rank](const OnScreen& a, const OnScreen& b) { return rank(a) != rank(b) ? rank(a) > rank(b) : a.node < b.node; });
    wanted.resize(kept);
    for (const OnScreen& seen : wanted) {
        if (m_labels.size() >= kLabelsMax) {
            break;
        }
        (void)paintLabel(painter, graph, seen.node, static_cast<double>(seen.radius), theme);
    }
}

/// Below the sign, or above an open document; false if there is no room.
bool GraphPainter::paintLabel(QPainter& painter, const Graph& graph, NodeIndex index, double radius, Theme theme)
{
    const GraphNode& node = graph.node(index);
    QString label = node.title;
    if (label.size() > kLabelLetters) {
        label = label.left(kLabelLetters - 1).trimmed() + QChar(0x2026);
    }
    const QFontMetricsF metrics(painter.font());
    const QSizeF size(metrics.horizontalAdvance(label) + 6, metrics.height());
    const QPointF at = m_places[index];
    const double y = node.open ? at.y() - radius - size.height() - 2 : at.y() + radius + 2;
    const QRectF area(QPointF(at.x() - size.width() / 2, y), size);
    if (std::ranges::any_of(m_labels, [&area](const QRectF& taken) { return taken.intersects(area); })) {
        return false;
    }
    m_labels.push_back(area);
    painter.fillRect(area, faint(paletteOf(theme).color(QPalette::Base), 200));
    painter.drawText(area, Qt::AlignCenter | Qt::TextSingleLine, label);
    return true;
}

} // namespace carma::gui
