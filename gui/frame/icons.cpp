// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "frame/icons.h"

#include <QApplication>
#include <QIconEngine>
#include <QPainter>
#include <QPainterPath>
#include <QPalette>

#include <optional>

namespace carma::gui {

namespace {

/// Strokes on a grid of 24 by 24.
QPainterPath navigationPath(Symbol symbol)
{
    QPainterPath path;
    switch (symbol) {
    case Symbol::Overview:
        path.arcMoveTo(QRectF(3, 5, 18, 18), 0);
        path.arcTo(QRectF(3, 5, 18, 18), 0, 180);
        path.moveTo(12, 14);
        path.lineTo(16, 9);
        path.moveTo(7, 19);
        path.lineTo(17, 19);
        break;
    case Symbol::Memory:
        path.addRoundedRect(QRectF(5, 3, 14, 18), 2, 2);
        for (const double y : {8.0, 12.0, 16.0}) {
            path.moveTo(8.5, y);
            path.lineTo(y > 15 ? 13 : 15.5, y);
        }
        break;
    case Symbol::Graph:
        path.moveTo(8, 8.5);
        path.lineTo(15, 15.5);
        path.moveTo(8.5, 6.5);
        path.lineTo(16.5, 6);
        path.addEllipse(QPointF(6, 7), 2.6, 2.6);
        path.addEllipse(QPointF(18.5, 6), 2, 2);
        path.addEllipse(QPointF(17, 17.5), 3, 3);
        break;
    case Symbol::Healing:
        path.addEllipse(QPointF(12, 12), 9, 9);
        path.moveTo(12, 8);
        path.lineTo(12, 16);
        path.moveTo(8, 12);
        path.lineTo(16, 12);
        break;
    case Symbol::Keys:
        path.addEllipse(QPointF(8, 12), 4.5, 4.5);
        path.moveTo(12.5, 12);
        path.lineTo(21, 12);
        path.lineTo(21, 15.5);
        path.moveTo(17, 12);
        path.lineTo(17, 14.5);
        break;
    case Symbol::Billing:
        path.addPolygon(QPolygonF({{5, 3}, {19, 3}, {19, 21}, {16.7, 19}, {14.3, 21}, {12, 19}, {9.7, 21}, {7.3, 19}, {5, 21}, {5, 3}}));
        for (const double y : {8.0, 12.0}) {
            path.moveTo(8.5, y);
            path.lineTo(15.5, y);
        }
        break;
    case Symbol::Audit:
        path.addRoundedRect(QRectF(4, 3, 13, 18), 2, 2);
        path.moveTo(7.5, 8);
        path.lineTo(13.5, 8);
        path.moveTo(7.5, 12);
        path.lineTo(11, 12);
        path.moveTo(12, 16);
        path.lineTo(15, 19);
        path.lineTo(21, 12);
        break;
    case Symbol::Settings:
        for (int i = 0; i < 3; ++i) {
            const double y = 6 + 6.0 * i;
            const double knob = i == 1 ? 15 : 9;
            path.moveTo(4, y);
            path.lineTo(knob - 2, y);
            path.moveTo(knob + 2, y);
            path.lineTo(20, y);
            path.addEllipse(QPointF(knob, y), 2, 2);
        }
        break;
    case Symbol::Keyboard:
        path.addRoundedRect(QRectF(3, 6, 18, 12), 2, 2);
        path.moveTo(8, 15);
        path.lineTo(16, 15);
        for (const double x : {7.0, 10.4, 13.8, 17.0}) {
            path.moveTo(x, 10);
            path.lineTo(x + 0.2, 10);
        }
        break;
    default: break;
    }
    return path;
}

QPainterPath actionPath(Symbol symbol)
{
    QPainterPath path;
    switch (symbol) {
    case Symbol::Lock:
        path.addRoundedRect(QRectF(5, 11, 14, 10), 2, 2);
        path.moveTo(8, 11);
        path.lineTo(8, 8);
        path.arcTo(QRectF(8, 4, 8, 8), 180, -180);
        path.lineTo(16, 11);
        break;
    case Symbol::Folder: path.addPolygon(QPolygonF({{3, 19}, {3, 5}, {9, 5}, {11, 8}, {21, 8}, {21, 19}, {3, 19}})); break;
    case Symbol::Plus:
        path.moveTo(12, 5);
        path.lineTo(12, 19);
        path.moveTo(5, 12);
        path.lineTo(19, 12);
        break;
    case Symbol::Search:
        path.addEllipse(QPointF(10.5, 10.5), 6.5, 6.5);
        path.moveTo(15.5, 15.5);
        path.lineTo(21, 21);
        break;
    case Symbol::Good:
        path.addEllipse(QPointF(12, 12), 9, 9);
        path.moveTo(8, 12.5);
        path.lineTo(11, 15.5);
        path.lineTo(16, 9);
        break;
    case Symbol::Warning:
        path.addPolygon(QPolygonF({{12, 3}, {22, 20}, {2, 20}, {12, 3}}));
        path.moveTo(12, 9);
        path.lineTo(12, 14);
        path.moveTo(12, 17);
        path.lineTo(12, 17.2);
        break;
    case Symbol::Bad:
        path.addEllipse(QPointF(12, 12), 9, 9);
        path.moveTo(8.5, 8.5);
        path.lineTo(15.5, 15.5);
        path.moveTo(15.5, 8.5);
        path.lineTo(8.5, 15.5);
        break;
    default: path = navigationPath(symbol);
    }
    return path;
}

class SymbolEngine final : public QIconEngine {
public:
    SymbolEngine(Symbol symbol, std::optional<QColor> colour) : m_symbol(symbol), m_colour(colour) {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State /*state*/) override
    {
        const QPalette palette = QApplication::palette();
        const QColor own = m_colour.value_or(palette.color(QPalette::WindowText));
        const QColor colour = mode == QIcon::Disabled ? palette.color(QPalette::Disabled, QPalette::WindowText)
            : mode == QIcon::Selected                 ? palette.color(QPalette::HighlightedText)
                                                      : own;
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->translate(rect.topLeft());
        painter->scale(rect.width() / 24.0, rect.height() / 24.0);
        painter->setPen(QPen(colour, 1.8, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter->drawPath(actionPath(m_symbol));
        painter->restore();
    }
    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override
    {
        QPixmap image(size);
        image.fill(Qt::transparent);
        QPainter painter(&image);
        paint(&painter, QRect(QPoint(), size), mode, state);
        return image;
    }
    QIconEngine* clone() const override { return new SymbolEngine(m_symbol, m_colour); }

private:
    Symbol m_symbol;
    std::optional<QColor> m_colour;
};

} // namespace

QIcon symbolIcon(Symbol symbol) { return QIcon(new SymbolEngine(symbol, std::nullopt)); }
QIcon symbolIcon(Symbol symbol, const QColor& colour) { return QIcon(new SymbolEngine(symbol, colour)); }

} // namespace carma::gui
