// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph/graph_view.h"

#include "app/text.h"
#include "graph/mini_map.h"

#include <QApplication>
#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace carma::gui {

namespace {

constexpr double kFitScaleMax = 14;
constexpr double kGoScale = 9;
constexpr double kZoomStep = 1.25;
constexpr double kPanStep = 60;
constexpr double kReach = 6;        // screen units beside a sign that still pick it
constexpr double kOpenRadius = 12;  // of a document on the screen
constexpr double kCloseShare = 0.8; // of what opens it, so that it does not flicker

} // namespace

GraphView::GraphView(Graph& graph, QWidget* parent) : QWidget(parent), m_graph(graph), m_map(new MiniMap(graph, *this))
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setAccessibleName(tr("Graph of documents"));
    setAccessibleDescription(tr("Arrows pan, plus and minus zoom, Ctrl with an arrow picks the next document."));
}

void GraphView::graphChanged()
{
    if (m_look.selected != kNoNode && (m_look.selected >= m_graph.size() || !m_graph.isShown(m_look.selected))) {
        m_look.selected = m_look.selected < m_graph.size() ? m_graph.node(m_look.selected).owner : kNoNode;
    }
    m_look.hovered = kNoNode;
    if (m_pressed != kNoNode && m_pressed >= m_graph.size()) { // it was emptied while the button was held
        m_pressed = kNoNode;
        m_isPressed = false;
        unsetCursor();
    }
    if (m_fitted) {
        m_camera.fit(m_graph.bounds(), kFitScaleMax);
    } else if (m_followed < m_graph.size()) {
        m_camera.centre += m_graph.place(m_followed) - m_followedAt;
        follow(m_followed);
    }
    openWhatIsNear();
    m_map->graphChanged();
    update();
}

void GraphView::fit()
{
    m_fitted = true;
    follow(kNoNode);
    m_camera.fit(m_graph.bounds(), kFitScaleMax);
    moved();
}

void GraphView::moved()
{
    openWhatIsNear();
    m_map->place();
    m_map->update();
    update();
    emit cameraMoved();
}

void GraphView::goTo(NodeIndex node)
{
    if (node >= m_graph.size()) {
        return;
    }
    const GraphNode& wanted = m_graph.node(node);
    const double room = 0.35 * std::min(m_camera.size.width(), m_camera.size.height());
    const double owner = static_cast<double>(m_graph.node(wanted.owner).radius);
    m_camera.scale = std::clamp(
        std::max(m_camera.scale, std::max(kGoScale, std::min(room / owner, 20.0))), Camera::kScaleMin, Camera::kScaleMax);
    lookAt(m_graph.place(node));
    follow(node);
}

void GraphView::follow(NodeIndex node)
{
    m_followed = node;
    m_followedAt = node < m_graph.size() ? m_graph.place(node) : QPointF();
}

void GraphView::lookAt(const QPointF& world)
{
    m_fitted = false;
    follow(kNoNode);
    m_camera.centre = world;
    moved();
}

void GraphView::zoom(double factor)
{
    m_fitted = false;
    m_camera.zoom(factor, QPointF(width() / 2.0, height() / 2.0));
    moved();
}

void GraphView::select(NodeIndex node)
{
    if (node != m_look.selected) {
        m_look.selected = node;
        setAccessibleDescription(node == kNoNode ? tr("Nothing is picked.") : describe(node));
        update();
    }
}

void GraphView::setSearching(bool searching)
{
    m_look.searching = searching;
    update();
}

void GraphView::setHovered(NodeIndex node)
{
    if (node != m_look.hovered) {
        m_look.hovered = node;
        update();
    }
}

QString GraphView::describe(NodeIndex node) const
{
    const GraphNode& one = m_graph.node(node);
    if (one.kind == NodeKind::Document) {
        return tr("%1: %2, %3 passages").arg(one.title, nameOf(one.health), number(one.passages));
    }
    return tr("%1 %2 of %3: %4").arg(nameOf(one.kind), one.title, m_graph.node(one.owner).title, nameOf(one.health));
}

NodeIndex GraphView::pick(const QPointF& at) const
{
    NodeIndex best = kNoNode;
    double least = 0;
    for (NodeIndex i = 0; i < m_graph.size(); ++i) {
        if (!m_graph.isShown(i)) {
            continue;
        }
        const GraphNode& node = m_graph.node(i);
        const QPointF place = m_camera.toScreen(m_graph.place(i));
        const double radius = GraphPainter::radiusOf(node, m_camera);
        const double distance = std::hypot(place.x() - at.x(), place.y() - at.y());
        if (distance > (node.open ? radius : std::max(radius, kReach))) {
            continue;
        }
        const double far = distance + (node.open ? 1e6 : 0); // what stands within comes first
        if (best == kNoNode || far < least) {
            best = i;
            least = far;
        }
    }
    return best;
}

std::vector<NodeIndex> GraphView::documentsToOpen() const
{
    std::vector<NodeIndex> wanted;
    const QRectF seen = m_camera.seen();
    for (const NodeIndex i : m_graph.documents()) {
        const GraphNode& node = m_graph.node(i);
        const double share = node.open ? kCloseShare : 1;
        const double radius = static_cast<double>(node.radius);
        if (m_camera.scale < kOpenScale * share || radius * m_camera.scale < kOpenRadius * share) {
            continue;
        }
        if (m_graph.isShown(i) && seen.adjusted(-radius, -radius, radius, radius).contains(m_graph.place(i))) {
            wanted.push_back(i);
        }
    }
    return wanted;
}

void GraphView::openWhatIsNear()
{
    const std::vector<NodeIndex> wanted = documentsToOpen(); // in the order of documents()
    auto next = wanted.begin();
    for (const NodeIndex i : m_graph.documents()) {
        const bool open = next != wanted.end() && *next == i;
        next += open ? 1 : 0;
        m_graph.setOpen(i, open);
    }
}

void GraphView::paintEvent(QPaintEvent* /*event*/)
{
    const double ratio = devicePixelRatioF();
    const QSize pixels = (QSizeF(size()) * ratio).toSize();
    if (m_picture.size() != pixels) {
        m_picture = QImage(pixels, QImage::Format_ARGB32_Premultiplied);
    }
    m_picture.setDevicePixelRatio(ratio);
    m_look.focused = hasFocus();
    m_painter.paint(m_picture, m_graph, m_camera, m_look, currentTheme());
    QPainter painter(this);
    painter.setCompositionMode(QPainter::CompositionMode_Source);
    painter.drawImage(QPoint(), m_picture);
}

void GraphView::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    m_camera.size = QSizeF(size());
    m_map->place();
    if (m_fitted) {
        fit();
    }
}

void GraphView::wheelEvent(QWheelEvent* event)
{
    constexpr double kNotch = 120;
    m_fitted = false;
    m_camera.zoom(std::pow(kZoomStep, event->angleDelta().y() / kNotch), event->position());
    moved();
    event->accept();
}

void GraphView::mousePressEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton) {
        return;
    }
    setFocus(Qt::MouseFocusReason);
    m_isPressed = true;
    m_dragging = false;
    m_pressedAt = m_lastAt = event->position();
    m_pressed = pick(event->position());
}

void GraphView::mouseMoveEvent(QMouseEvent* event)
{
    if (!m_isPressed) {
        setHovered(pick(event->position()));
        return;
    }
    m_dragging = m_dragging || (event->position() - m_pressedAt).manhattanLength() >= QApplication::startDragDistance();
    if (!m_dragging) {
        return;
    }
    const QPointF step = event->position() - m_lastAt;
    m_lastAt = event->position();
    const bool ground = m_pressed == kNoNode || (m_graph.node(m_pressed).open && m_pressed == m_graph.node(m_pressed).owner);
    if (ground) {
        setCursor(Qt::ClosedHandCursor);
        m_fitted = false;
        m_camera.pan(step);
        moved();
        return;
    }
    const NodeIndex document = m_graph.node(m_pressed).owner;
    const QPointF place = m_graph.place(document) + step / m_camera.scale;
    m_graph.moveDocument(document, place.x(), place.y());
    m_graph.setPinned(document, true);
    emit pinMoved(document, place.x(), place.y());
    update();
}

void GraphView::mouseReleaseEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton || !m_isPressed) {
        return;
    }
    m_isPressed = false;
    unsetCursor();
    if (!m_dragging) {
        select(m_pressed);
        emit picked(m_pressed);
    }
}

void GraphView::mouseDoubleClickEvent(QMouseEvent* event)
{
    const NodeIndex node = pick(event->position());
    if (node != kNoNode) {
        goTo(node);
    } else {
        m_fitted = false;
        m_camera.zoom(kZoomStep * kZoomStep, event->position());
        moved();
    }
}

/// The picked node's nearest that lies that way; from the middle of the widget if none is picked.
NodeIndex GraphView::nextTowards(const QPointF& direction) const
{
    const bool any = m_look.selected != kNoNode && m_graph.isShown(m_look.selected);
    const QPointF from = any ? m_graph.place(m_look.selected) : m_camera.centre;
    const bool parts = any && m_graph.node(m_look.selected).kind != NodeKind::Document;
    NodeIndex best = kNoNode;
    double least = 0;
    for (NodeIndex i = 0; i < m_graph.size(); ++i) {
        if (i == m_look.selected || !m_graph.isShown(i) || (m_graph.node(i).kind != NodeKind::Document) != parts) {
            continue;
        }
        const QPointF way = m_graph.place(i) - from;
        const double along = QPointF::dotProduct(way, direction);
        const double across = std::abs(way.x() * direction.y() - way.y() * direction.x());
        const double cost = along + 2.5 * across;
        if (any && (along <= 0 || across > 1.5 * along)) {
            continue;
        }
        if (best == kNoNode || (any ? cost : std::hypot(way.x(), way.y())) < least) {
            best = i;
            least = any ? cost : std::hypot(way.x(), way.y());
        }
    }
    return best;
}

bool GraphView::panKey(int key, bool picks)
{
    const QPointF direction = key == Qt::Key_Left ? QPointF(-1, 0)
        : key == Qt::Key_Right                    ? QPointF(1, 0)
        : key == Qt::Key_Up                       ? QPointF(0, -1)
        : key == Qt::Key_Down                     ? QPointF(0, 1)
                                                  : QPointF();
    if (direction.isNull()) {
        return false;
    }
    if (picks) {
        const NodeIndex next = nextTowards(direction);
        if (next != kNoNode) {
            select(next);
            emit picked(next);
            const QPointF at = m_camera.toScreen(m_graph.place(next));
            if (!QRectF(rect()).adjusted(kPanStep, kPanStep, -kPanStep, -kPanStep).contains(at)) {
                lookAt(m_graph.place(next));
            }
        }
        return true;
    }
    m_fitted = false;
    m_camera.pan(-direction * kPanStep);
    moved();
    return true;
}

bool GraphView::zoomKey(int key)
{
    switch (key) {
    case Qt::Key_Plus:
    case Qt::Key_Equal: zoom(kZoomStep); return true;
    case Qt::Key_Minus: zoom(1 / kZoomStep); return true;
    case Qt::Key_Home:
    case Qt::Key_0: fit(); return true;
    default: return false;
    }
}

void GraphView::keyPressEvent(QKeyEvent* event)
{
    if (panKey(event->key(), (event->modifiers() & Qt::ControlModifier) != 0) || zoomKey(event->key())) {
        return;
    }
    const bool any = m_look.selected != kNoNode;
    if (any && (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)) {
        goTo(m_look.selected);
    } else if (any && event->key() == Qt::Key_P) {
        emit pinToggled(m_graph.node(m_look.selected).owner);
    } else if (any && event->key() == Qt::Key_Escape) {
        select(kNoNode);
        emit picked(kNoNode);
    } else {
        QWidget::keyPressEvent(event);
    }
}

void GraphView::leaveEvent(QEvent* event)
{
    setHovered(kNoNode);
    QWidget::leaveEvent(event);
}

bool GraphView::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const NodeIndex node = pick(help->pos());
        if (node == kNoNode) {
            QToolTip::hideText();
        } else {
            QToolTip::showText(help->globalPos(), describe(node), this);
        }
        return true;
    }
    if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut) {
        update();
    }
    return QWidget::event(event);
}

} // namespace carma::gui
