// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/usage_chart.h"

#include "app/theme.h"

#include <QHelpEvent>
#include <QLocale>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace carma::gui {

namespace {

constexpr int kTicks = 4;

/// The least of 1, 2 or 5 times a power of ten that kTicks steps reach `most` with.
double stepFor(double most)
{
    const double rough = std::max(most, 1e-9) / kTicks;
    const double power = std::pow(10.0, std::floor(std::log10(rough)));
    for (const double times : {1.0, 2.0, 5.0}) {
        if (times * power * kTicks >= most) {
            return times * power;
        }
    }
    return 10 * power;
}

QString shown(double value) { return QLocale().toString(value, 'g', 6); }

} // namespace

UsageChart::UsageChart(QWidget* parent) : QWidget(parent)
{
    setAccessibleName(tr("Usage by day"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

void UsageChart::setDays(std::vector<double> days, const QString& unit)
{
    m_days = std::move(days);
    m_unit = unit;
    QStringList words;
    for (std::size_t i = 0; i < m_days.size(); ++i) {
        words.append(tr("%1: %2").arg(i + 1).arg(shown(m_days[i])));
    }
    setAccessibleDescription(words.join(", "));
    update();
}

QRect UsageChart::area() const
{
    const int line = fontMetrics().height();
    return rect().adjusted(fontMetrics().horizontalAdvance("000,000") + 8, line / 2, -4, -line - 6);
}

QRect UsageChart::barOf(std::size_t day, double most) const
{
    const QRect plot = area();
    const double wide = static_cast<double>(plot.width()) / static_cast<double>(std::max<std::size_t>(m_days.size(), 1));
    const int left = plot.left() + static_cast<int>(wide * static_cast<double>(day));
    const int high = static_cast<int>(std::round(std::max(0.0, m_days[day]) / most * plot.height()));
    return {left + 1, plot.bottom() + 1 - high, std::max(2, static_cast<int>(wide) - 3), high};
}

void UsageChart::paintEvent(QPaintEvent* /*event*/)
{
    QPainter painter(this);
    const Tones tone = tones();
    const QRect plot = area();
    const double largest = m_days.empty() ? 0 : *std::ranges::max_element(m_days);
    const double step = stepFor(largest);
    const double most = step * kTicks;
    for (int tick = 0; tick <= kTicks; ++tick) {
        const int y = plot.bottom() + 1 - plot.height() * tick / kTicks;
        painter.setPen(tone.line);
        painter.drawLine(plot.left(), y, plot.right(), y);
        painter.setPen(tone.quiet);
        const QRect label(0, y - fontMetrics().height() / 2, plot.left() - 8, fontMetrics().height());
        if (largest > 0 || tick == 0) {
            painter.drawText(label, Qt::AlignRight | Qt::AlignVCenter, shown(step * tick));
        }
    }
    for (std::size_t day = 0; day < m_days.size(); ++day) {
        const QRect bar = barOf(day, most);
        painter.fillRect(bar, palette().color(QPalette::Highlight));
        if (day == 0 || (day + 1) % 5 == 0) {
            painter.setPen(tone.quiet);
            painter.drawText(
                QRect(bar.center().x() - 20, plot.bottom() + 5, 40, fontMetrics().height()), Qt::AlignCenter, QString::number(day + 1));
        }
    }
    if (largest <= 0) {
        painter.setPen(tone.quiet);
        painter.drawText(plot, Qt::AlignCenter, tr("Nothing was used"));
    }
}

bool UsageChart::event(QEvent* event)
{
    if (event->type() != QEvent::ToolTip || m_days.empty()) {
        return QWidget::event(event);
    }
    const auto* help = static_cast<QHelpEvent*>(event);
    const QRect plot = area();
    const int at = (help->x() - plot.left()) * static_cast<int>(m_days.size()) / std::max(1, plot.width());
    if (plot.contains(help->pos()) && at < static_cast<int>(m_days.size())) {
        const auto day = static_cast<std::size_t>(at);
        QToolTip::showText(help->globalPos(), tr("Day %1: %2 %3").arg(day + 1).arg(shown(m_days[day]), m_unit), this);
    } else {
        QToolTip::hideText();
    }
    return true;
}

} // namespace carma::gui
