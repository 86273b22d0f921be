// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/cycles_chart.h"

#include "app/text.h"
#include "app/theme.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>

namespace carma::gui {

namespace {
constexpr std::int64_t kDayUs = 24LL * 3600 * 1000000;
}

CyclesChart::CyclesChart(QWidget* parent) : QWidget(parent)
{
    setAccessibleName(tr("Heals of the last days"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
}

void CyclesChart::setFaults(const std::vector<RememberedFault>& faults, std::int64_t nowUs)
{
    m_days = {};
    m_nowUs = nowUs;
    for (const RememberedFault& each : faults) {
        const std::int64_t ago = (nowUs - each.lastSeenUs) / kDayUs;
        if (ago >= 0 && ago < kDays) {
            Day& day = m_days[static_cast<std::size_t>(kDays - 1 - ago)];
            const FaultOutcome outcome = each.fault.outcome;
            ++(outcome == FaultOutcome::Healed ? day.healed : outcome == FaultOutcome::Lost ? day.lost : day.found);
        }
    }
    QStringList words;
    for (int day = 0; day < kDays; ++day) {
        if (m_days[static_cast<std::size_t>(day)].all() > 0) {
            words.append(wordsOf(day));
        }
    }
    setAccessibleDescription(words.isEmpty() ? tr("nothing was found in %1 days").arg(kDays) : words.join("; "));
    update();
}

QString CyclesChart::wordsOf(int day) const
{
    const Day& one = m_days[static_cast<std::size_t>(day)];
    return tr("%1: %2 healed, %3 damaged, %4 lost")
        .arg(date(m_nowUs - (kDays - 1 - day) * kDayUs), number(one.healed), number(one.found), number(one.lost));
}

QRect CyclesChart::area() const
{
    const int line = fontMetrics().height();
    return rect().adjusted(fontMetrics().horizontalAdvance("00,000") + 8, line / 2, -4, -line - 6);
}

void CyclesChart::paintEvent(QPaintEvent* /*event*/)
{
    QPainter painter(this);
    const Tones tone = tones();
    const QRect plot = area();
    std::uint64_t most = 0;
    for (const Day& day : m_days) {
        most = std::max(most, day.all());
    }
    painter.setPen(tone.line);
    painter.drawLine(plot.bottomLeft(), plot.bottomRight());
    painter.setPen(tone.quiet);
    painter.drawText(QRect(0, plot.bottom() + 4, width() - 4, fontMetrics().height()), Qt::AlignRight, tr("today"));
    painter.drawText(QRect(plot.left(), plot.bottom() + 4, plot.width(), fontMetrics().height()), Qt::AlignLeft | Qt::TextDontClip,
        tr("%1 days ago").arg(kDays - 1));
    if (most == 0) {
        painter.drawText(plot, Qt::AlignCenter | Qt::TextWordWrap, tr("Nothing was found in %1 days").arg(kDays));
        return;
    }
    painter.drawText(
        QRect(0, plot.top() - fontMetrics().height() / 2, plot.left() - 8, fontMetrics().height()), Qt::AlignRight, number(most));
    const double wide = static_cast<double>(plot.width()) / kDays;
    for (int i = 0; i < kDays; ++i) {
        const Day& day = m_days[static_cast<std::size_t>(i)];
        const int left = plot.left() + static_cast<int>(wide * i);
        int bottom = plot.bottom();
        const auto stack = [&](std::uint64_t count, const QColor& colour, Qt::BrushStyle pattern) {
            if (count > 0) {
                const auto high = std::max(2, static_cast<int>(static_cast<double>(count) * plot.height() / static_cast<double>(most)));
                const QRect bar(left + 1, bottom - high, std::max(2, static_cast<int>(wide) - 2), high);
                painter.fillRect(bar, colour);
                painter.fillRect(bar, QBrush(palette().color(QPalette::Base), pattern));
                bottom -= high;
            }
        };
        stack(day.healed, tone.mapHealed, Qt::NoBrush);
        stack(day.found, tone.mapFound, Qt::BDiagPattern);
        stack(day.lost, tone.mapLost, Qt::DiagCrossPattern);
    }
}

bool CyclesChart::event(QEvent* event)
{
    if (event->type() != QEvent::ToolTip) {
        return QWidget::event(event);
    }
    const auto* help = static_cast<QHelpEvent*>(event);
    const QRect plot = area();
    const int day = (help->x() - plot.left()) * kDays / std::max(1, plot.width());
    plot.contains(help->pos()) && day < kDays ? QToolTip::showText(help->globalPos(), wordsOf(day), this) : QToolTip::hideText();
    return true;
}

} // namespace carma::gui
