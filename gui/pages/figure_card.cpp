// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/figure_card.h"

#include "app/theme.h"
#include "frame/icons.h"

#include <QPainter>
#include <QStyle>

namespace carma::gui {

namespace {

QFont large(QFont font)
{
    font.setPointSize(font.pointSize() + 11);
    font.setWeight(QFont::DemiBold);
    return font;
}

} // namespace

FigureCard::FigureCard(const QString& title, QWidget* parent) : QAbstractButton(parent)
{
    setText(title);
    setAccessibleName(title);
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAttribute(Qt::WA_Hover);
}

void FigureCard::setFigure(const QString& figure, const QString& detail, Mood mood)
{
    m_figure = figure;
    m_detail = detail;
    m_mood = mood;
    setAccessibleName(QString("%1: %2").arg(text(), figure));
    setAccessibleDescription(detail);
    setToolTip(detail);
    update();
}

QSize FigureCard::sizeHint() const
{
    const QFontMetrics plain(font());
    return {190, 40 + plain.height() * 2 + QFontMetrics(large(font())).height()};
}

void FigureCard::paintEvent(QPaintEvent* /*event*/)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Tones tone = tones();
    const bool marked = hasFocus() || underMouse();
    painter.setPen(QPen(marked ? palette().color(QPalette::Highlight) : tone.line, hasFocus() ? 2 : 1));
    painter.setBrush(palette().color(QPalette::Base));
    painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 6, 6);
    const QRect area = rect().adjusted(16, 14, -16, -14);
    const int height = fontMetrics().height();
    painter.setPen(tone.quiet);
    painter.drawText(QRect(area.left(), area.top(), area.width(), height), Qt::AlignLeft | Qt::AlignVCenter, text());
    if (m_mood == Mood::Warn || m_mood == Mood::Bad || m_mood == Mood::Good) { // a symbol beside the colour
        const Symbol symbol = m_mood == Mood::Good ? Symbol::Good : m_mood == Mood::Warn ? Symbol::Warning : Symbol::Bad;
        const QColor colour = m_mood == Mood::Good ? tone.good : m_mood == Mood::Warn ? tone.warn : tone.bad;
        symbolIcon(symbol, colour).paint(&painter, QRect(area.right() - height, area.top(), height, height));
    }
    painter.setPen(palette().color(QPalette::Text));
    const QFont figureFont = large(font());
    painter.setFont(figureFont);
    const QFontMetrics figureMetrics(figureFont);
    painter.drawText(QRect(area.left(), area.top() + height + 2, area.width(), figureMetrics.height()), Qt::AlignLeft | Qt::AlignVCenter,
        figureMetrics.elidedText(m_figure, Qt::ElideRight, area.width()));
    painter.setFont(font());
    painter.setPen(tone.quiet);
    painter.drawText(QRect(area.left(), area.bottom() - height, area.width(), height), Qt::AlignLeft | Qt::AlignVCenter,
        fontMetrics().elidedText(m_detail, Qt::ElideRight, area.width()));
}

} // namespace carma::gui
