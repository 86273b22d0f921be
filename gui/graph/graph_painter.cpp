// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph/graph_painter.h"

#include "graph/line_raster.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace carma::gui {

namespace {

constexpr double kLengthMax = 500000; // of all lines of a picture together, screen units
constexpr std::size_t kLinesMax = 16000;
constexpr double kSmoothMax = 250000; // with soft edges, which take longer
constexpr double kLineMin = 4;        // screen units
constexpr std::size_t kLabelsMax = 70;
constexpr double kLabelFrom = 9; // radius of a node that is worth a label
constexpr qsizetype kLabelLetters = 28;
constexpr std::size_t kLabelsKept = 600;
constexpr std::size_t kSignsKeptFree = 400; // more of them are too many to look for room between
constexpr double kLabelReach = 0.75;        // of a sign's radius

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
    paintOpenDisks(picture, graph, theme);
    paintEdges(picture, graph, camera, look, theme);
    paintSmall(picture, graph, look, theme);
    QPainter painter(&picture);
    painter.setRenderHint(QPainter::Antialiasing);
    paintPickedEdges(painter, graph, look, theme);
    paintLarge(painter, graph, theme);
    paintMarks(painter, graph, camera, look, theme);
    m_taken.clear();
    m_labels = 0;
    if (look.labels) {
        paintLabels(painter, graph, camera, look, theme);
    }
}

void GraphPainter::paintOpenDisks(QImage& picture, const Graph& graph, Theme theme)
{
    const Tones tone = tonesOf(theme);
    const double ratio = picture.devicePixelRatio();
    for (const OnScreen& seen : m_large) {
        const GraphNode& node = graph.node(seen.node);
        if (node.open) {
            const QColor colour = colourOf(node.health, tone);
            const QPointF centre = QPointF(static_cast<double>(seen.x), static_cast<double>(seen.y)) * ratio;
            const double radius = static_cast<double>(seen.radius) * ratio;
            LineRaster(picture, faint(colour, theme == Theme::Light ? 16 : 28)).disk(centre, radius);
            LineRaster(picture, faint(colour, 190)).ring(centre, radius, node.health != NodeHealth::Exact);
        }
    }
}

void GraphPainter::paintEdges(QImage& picture, const Graph& graph, const Camera& camera, const GraphLook& look, Theme theme)
{
    m_edges.clear();
    const auto edges = graph.edges();
    double length = 0;
    for (std::uint32_t i = 0; i < edges.size(); ++i) {
        if (m_isShown[edges[i].from] == 0 || m_isShown[edges[i].to] == 0) {
            continue;
        }
        const bool isPicked = edges[i].from == look.selected || edges[i].to == look.selected;
        if (edges[i].kind == EdgeKind::Neighbour && !isPicked && (graph.node(edges[i].from).open || graph.node(edges[i].to).open)) {
            continue; // its passages tell it
        }
        const QLineF line(m_places[edges[i].from], m_places[edges[i].to]);
        if (std::abs(line.dx()) + std::abs(line.dy()) < kLineMin) {
            continue;
        }
        const QLineF seen = LineRaster::clipped(line, camera.size);
        if (!seen.isNull()) {
            m_edges.push_back(i);
            length += std::max(std::abs(seen.dx()), std::abs(seen.dy()));
        }
    }
    std::uint32_t mask = 0; // of many every second, fourth ... is drawn, always the same ones
    while (length / (mask + 1) > kLengthMax || m_edges.size() / (mask + 1) > kLinesMax) {
        mask = mask * 2 + 1;
    }
    const Tones tone = tonesOf(theme);
    const double ratio = picture.devicePixelRatio();
    const bool smooth = length <= kSmoothMax;
    const int alpha = theme == Theme::Contrast ? 150 : 64;
    LineRaster near(picture, faint(tone.quiet, look.searching ? alpha / 2 : alpha));
    LineRaster tree(picture, faint(tone.good, theme == Theme::Contrast ? 190 : 110));
    m_lines = 0;
    for (const std::uint32_t i : m_edges) {
        if ((scatter(i) & mask) == 0) {
            const QLineF line(m_places[edges[i].from] * ratio, m_places[edges[i].to] * ratio);
            (edges[i].kind == EdgeKind::Tree ? tree : near).draw(line, smooth);
            ++m_lines;
        }
    }
}

void GraphPainter::paintPickedEdges(QPainter& painter, const Graph& graph, const GraphLook& look, Theme theme)
{
    if (look.selected == kNoNode) {
        return;
    }
    painter.setPen(QPen(paletteOf(theme).color(QPalette::Highlight), 1.6));
    const auto edges = graph.edges();
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
    const bool few = m_visible.size() <= kSignsKeptFree;
    for (const OnScreen& seen : few ? m_visible : wanted) { // labels leave the signs free
        const double reach = kLabelReach * static_cast<double>(seen.radius);
        if (!graph.node(seen.node).open && reach > kLabelReach * kHurtMin) {
            m_taken.emplace_back(static_cast<double>(seen.x) - reach, static_cast<double>(seen.y) - reach, 2 * reach, 2 * reach);
        }
    }
    const std::size_t kept = std::min(wanted.size(), 4 * kLabelsMax);
    std::partial_sort(wanted.begin(), wanted.begin() + static_cast<std::ptrdiff_t>(kept), wanted.end(),
        [&rank](const OnScreen& a, const OnScreen& b) { return rank(a) != rank(b) ? rank(a) > rank(b) : a.node < b.node; });
    wanted.resize(kept);
    for (const OnScreen& seen : wanted) {
        if (m_labels >= kLabelsMax) {
            break;
        }
        (void)paintLabel(painter, graph, seen.node, static_cast<double>(seen.radius), theme);
    }
}

/// Below the sign, or above an open document; false if there is no room.
bool GraphPainter::paintLabel(QPainter& painter, const Graph& graph, NodeIndex index, double radius, Theme theme)
{
    const GraphNode& node = graph.node(index);
    const QImage& label = labelOf(node, index, painter, theme);
    const QSizeF size = QSizeF(label.size()) / label.devicePixelRatio();
    const QPointF at = m_places[index];
    const QRectF above(QPointF(at.x() - size.width() / 2, at.y() - radius - size.height() - 2), size);
    const QRectF below(QPointF(above.x(), at.y() + radius + 2), size);
    const auto isFree = [this](const QRectF& wanted) {
        return std::ranges::none_of(m_taken, [&wanted](const QRectF& taken) { return taken.intersects(wanted); });
    };
    const QRectF area = node.open || !isFree(below) ? above : below;
    if (!isFree(area)) {
        return false;
    }
    m_taken.push_back(area);
    ++m_labels;
    painter.drawImage(area.topLeft(), label);
    return true;
}

/// Laying out a text takes longer than all else of a picture: each label is drawn once.
const QImage& GraphPainter::labelOf(const GraphNode& node, NodeIndex index, const QPainter& painter, Theme theme)
{
    const double ratio = painter.device()->devicePixelRatioF();
    if (m_labelTheme != theme || m_labelRatio != ratio || m_labelCache.size() > kLabelsKept) {
        m_labelCache.clear();
        m_labelTheme = theme;
        m_labelRatio = ratio;
    }
    Label& label = m_labelCache[index];
    if (label.title == node.title && !label.image.isNull()) {
        return label.image;
    }
    label.title = node.title;
    const QString shown = node.title.size() <= kLabelLetters ? node.title : node.title.left(kLabelLetters - 1).trimmed() + QChar(0x2026);
    const QFontMetricsF metrics(painter.font());
    const QSizeF size(metrics.horizontalAdvance(shown) + 6, metrics.height());
    label.image = QImage((size * ratio).toSize(), QImage::Format_ARGB32_Premultiplied);
    label.image.setDevicePixelRatio(ratio);
    label.image.fill(faint(paletteOf(theme).color(QPalette::Base), 200));
    QPainter inner(&label.image);
    inner.setFont(painter.font());
    inner.setPen(paletteOf(theme).color(QPalette::Text));
    inner.drawText(QRectF(QPointF(), size), Qt::AlignCenter | Qt::TextSingleLine, shown);
    return label.image;
}

} // namespace carma::gui
