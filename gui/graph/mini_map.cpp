// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph/mini_map.h"

#include "app/theme.h"
#include "graph/graph_view.h"

#include <QMouseEvent>
#include <QPainter>
#include <QTimer>

#include <algorithm>

namespace carma::gui {

namespace {
constexpr QSize kSize{150, 110};
constexpr int kMargin = 10;
constexpr int kBorder = 5;
constexpr int kDotMax = 8;           // pixels
constexpr qint64 kDrawEveryMs = 400; // while the layout moves
} // namespace

MiniMap::MiniMap(const Graph& graph, GraphView& view) : QWidget(&view), m_graph(graph), m_view(view)
{
    setFixedSize(kSize);
    setAccessibleName(tr("The whole graph"));
    setCursor(Qt::CrossCursor);
}

void MiniMap::place()
{
    move(m_view.width() - width() - kMargin, m_view.height() - height() - kMargin);
    setVisible(!m_view.isFitted() && m_view.width() > 3 * width() && m_view.height() > 2 * height());
}

void MiniMap::graphChanged()
{
    m_isOld = true;
    update();
}

QPointF MiniMap::toMap(const QPointF& world) const
{
    return (world - m_bounds.center()) * m_scale + QPointF(width() / 2.0, height() / 2.0);
}

QPointF MiniMap::toWorld(const QPointF& at) const { return (at - QPointF(width() / 2.0, height() / 2.0)) / m_scale + m_bounds.center(); }

void MiniMap::draw()
{
    const double ratio = devicePixelRatioF();
    m_picture = QImage((QSizeF(size()) * ratio).toSize(), QImage::Format_ARGB32_Premultiplied);
    m_picture.setDevicePixelRatio(ratio);
    m_picture.fill(tones().panel);
    m_bounds = m_graph.bounds();
    if (!m_bounds.isEmpty()) {
        m_scale = std::min((width() - 2.0 * kBorder) / m_bounds.width(), (height() - 2.0 * kBorder) / m_bounds.height());
        const Tones tone = tones();
        const QRgb sound = tone.good.rgb();
        const auto dot = [&](const QPointF& at, QRgb colour, int reach) {
            const QPoint pixel = (at * ratio).toPoint();
            for (int y = -reach; y <= reach; ++y) {
                for (int x = -reach; x <= reach; ++x) {
                    if (x * x + y * y <= reach * reach + 1 && m_picture.rect().contains(pixel + QPoint(x, y))) {
                        m_picture.setPixel(pixel + QPoint(x, y), colour);
                    }
                }
            }
        };
        for (const NodeIndex i : m_graph.documents()) {
            if (m_graph.isShown(i)) {
                const double radius = static_cast<double>(m_graph.node(i).radius) * m_scale * ratio;
                dot(toMap(m_graph.place(i)), sound, std::min(static_cast<int>(radius * 0.8), kDotMax));
            }
        }
        for (const NodeIndex i : m_graph.documents()) { // damage on top, and larger
            if (m_graph.isShown(i) && m_graph.node(i).health >= NodeHealth::Partly) {
                dot(toMap(m_graph.place(i)), tone.bad.rgb(), 2);
            }
        }
    }
    m_isOld = false;
    m_theme = static_cast<int>(currentTheme());
    m_drawn.start();
}

void MiniMap::paintEvent(QPaintEvent* /*event*/)
{
    const bool late = !m_drawn.isValid() || m_drawn.elapsed() > kDrawEveryMs;
    if (m_theme != static_cast<int>(currentTheme()) || (m_isOld && late)) {
        draw();
    } else if (m_isOld) {
        QTimer::singleShot(static_cast<int>(kDrawEveryMs), this, qOverload<>(&QWidget::update));
    }
    QPainter painter(this);
    painter.drawImage(QPoint(), m_picture);
    const QRectF seen = m_view.camera().seen();
    const QRectF frame = QRectF(toMap(seen.topLeft()), toMap(seen.bottomRight())).intersected(QRectF(rect()).adjusted(1, 1, -2, -2));
    painter.setPen(QPen(palette().color(QPalette::Highlight), 1.5));
    painter.drawRect(frame);
    painter.setPen(tones().line);
    painter.drawRect(rect().adjusted(0, 0, -1, -1));
}

void MiniMap::mousePressEvent(QMouseEvent* event) { m_view.lookAt(toWorld(event->position())); }

void MiniMap::mouseMoveEvent(QMouseEvent* event)
{
    if ((event->buttons() & Qt::LeftButton) != 0) {
        m_view.lookAt(toWorld(event->position()));
    }
}

} // namespace carma::gui
