// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/drill_map.h"

#include "app/text.h"
#include "app/theme.h"

#include <QPainter>

#include <numeric>

namespace carma::gui {

namespace {

constexpr int kBar = 14;
constexpr int kLabel = 76;
constexpr int kGap = 16; ///< between the two pictures

std::uint64_t sum(const std::vector<std::uint32_t>& bins) { return std::accumulate(bins.begin(), bins.end(), std::uint64_t{0}); }

} // namespace

DrillMapView::DrillMapView(QWidget* parent) : QWidget(parent)
{
    setAccessibleName(tr("Sectors of the copy before and after the heal"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void DrillMapView::setMaps(std::vector<DrillMap> maps)
{
    m_maps = std::move(maps);
    QStringList words;
    for (const DrillMap& map : m_maps) {
        words.append(tr("%1: %2 of %3 sectors damaged, %4 lost")
                         .arg(text(map.folder), number(sum(map.damaged)), number(map.sectors), number(sum(map.lost))));
    }
    setAccessibleDescription(words.join("; "));
    updateGeometry();
    update();
}

std::uint64_t DrillMapView::damaged() const
{
    return std::accumulate(m_maps.begin(), m_maps.end(), std::uint64_t{0},
        [](std::uint64_t before, const DrillMap& map) { return before + sum(map.damaged); });
}

std::uint64_t DrillMapView::lost() const
{
    return std::accumulate(
        m_maps.begin(), m_maps.end(), std::uint64_t{0}, [](std::uint64_t before, const DrillMap& map) { return before + sum(map.lost); });
}

QSize DrillMapView::sizeHint() const
{
    const int row = std::max(kBar, fontMetrics().height()) + 4;
    return {620, fontMetrics().height() + 6 + static_cast<int>(m_maps.size()) * row};
}

/// What is sound is a thin line, what was damaged is as high as the bar: the form tells it as well as the colour.
void DrillMapView::paintBar(QPainter& painter, const QRect& bar, const DrillMap& map, bool after) const
{
    const Tones tone = tones();
    painter.fillRect(bar.adjusted(0, kBar / 2 - 2, 0, -kBar / 2 + 2), tone.mapSound);
    const double wide = static_cast<double>(bar.width()) / static_cast<double>(std::max<std::size_t>(1, map.damaged.size()));
    for (std::size_t bin = 0; bin < map.damaged.size(); ++bin) {
        if (map.damaged[bin] == 0) {
            continue;
        }
        const int left = bar.left() + static_cast<int>(wide * static_cast<double>(bin));
        const int right = bar.left() + static_cast<int>(wide * static_cast<double>(bin + 1));
        const QRect part(left, bar.top(), std::max(2, right - left), bar.height());
        const bool gone = map.lost[bin] > 0;
        painter.fillRect(part, !after ? tone.mapFound : gone ? tone.mapLost : tone.mapHealed);
        if (after && gone) { // a dark line through it
            painter.fillRect(QRect(part.left(), bar.center().y(), part.width(), 2), palette().color(QPalette::Text));
        }
    }
}

void DrillMapView::paintEvent(QPaintEvent* /*event*/)
{
    if (m_maps.empty()) {
        return;
    }
    QPainter painter(this);
    const Tones tone = tones();
    const int line = fontMetrics().height();
    const int row = std::max(kBar, line) + 4;
    const int half = (width() - kLabel - kGap) / 2;
    painter.setPen(tone.quiet);
    painter.drawText(QRect(kLabel, 0, half, line), Qt::AlignLeft | Qt::AlignVCenter, tr("After the damage"));
    painter.drawText(QRect(kLabel + half + kGap, 0, half, line), Qt::AlignLeft | Qt::AlignVCenter, tr("After the heal"));
    int y = line + 6;
    for (const DrillMap& map : m_maps) {
        painter.setPen(palette().color(QPalette::Text));
        painter.drawText(QRect(0, y, kLabel, kBar), Qt::AlignLeft | Qt::AlignVCenter | Qt::TextDontClip, text(map.folder));
        paintBar(painter, QRect(kLabel, y, half, kBar), map, false);
        paintBar(painter, QRect(kLabel + half + kGap, y, half, kBar), map, true);
        y += row;
    }
}

} // namespace carma::gui
