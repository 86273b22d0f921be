// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/magic_square_view.h"

#include "app/text.h"
#include "app/theme.h"

#include <QFontDatabase>
#include <QPainter>

#include <algorithm>

namespace carma::gui {

namespace {

constexpr int kSide = 3;
constexpr int kCellMin = 64;

QColor mix(const QColor& one, const QColor& other, double part)
{
    return QColor::fromRgbF(static_cast<float>(one.redF() + (other.redF() - one.redF()) * part),
        static_cast<float>(one.greenF() + (other.greenF() - one.greenF()) * part),
        static_cast<float>(one.blueF() + (other.blueF() - one.blueF()) * part));
}

} // namespace

MagicSquareView::MagicSquareView(QWidget* parent) : QWidget(parent)
{
    setAccessibleName(tr("Fingerprint as a magic square"));
    QFont fixed = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    fixed.setPointSize(font().pointSize());
    setFont(fixed);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void MagicSquareView::setFingerprint(std::optional<std::uint64_t> fingerprint)
{
    m_square = fingerprint ? std::optional(squareOf(*fingerprint)) : std::nullopt;
    setAccessibleDescription(m_square ? text(squareText(*m_square)) : QString());
    if (m_square) {
        const auto& cells = m_square->cells;
        setToolTip(tr("Every row, column and diagonal comes to %1").arg(number(std::uint64_t{cells[0]} + cells[1] + cells[2])));
    } else {
        setToolTip({});
    }
    update();
}

QSize MagicSquareView::sizeHint() const
{
    const int cell = std::max(kCellMin, fontMetrics().horizontalAdvance("0000000") + 12);
    return {cell * kSide + 2, cell * kSide * 3 / 4 + 2};
}

void MagicSquareView::paintEvent(QPaintEvent* /*event*/)
{
    QPainter painter(this);
    const QColor base = palette().color(QPalette::Base);
    const QColor line = tones().line;
    std::uint32_t least = 0;
    double range = 1;
    if (m_square) {
        const auto [low, high] = std::minmax_element(m_square->cells.begin(), m_square->cells.end());
        least = *low;
        range = std::max(1.0, static_cast<double>(*high) - least);
    }
    for (int i = 0; i < kSide * kSide; ++i) {
        const int x = i % kSide * (width() - 1) / kSide;
        const int y = i / kSide * (height() - 1) / kSide;
        const QRect cell(x, y, (i % kSide + 1) * (width() - 1) / kSide - x, (i / kSide + 1) * (height() - 1) / kSide - y);
        QColor fill = base;
        if (m_square) {
            const std::uint32_t value = m_square->cells.at(static_cast<std::size_t>(i));
            fill = mix(base, palette().color(QPalette::Highlight), 0.06 + 0.74 * (value - least) / range);
        }
        painter.fillRect(cell, fill);
        painter.setPen(line);
        painter.drawRect(cell);
        if (m_square) {
            painter.setPen(contrast(fill, Qt::black) >= contrast(fill, Qt::white) ? Qt::black : Qt::white);
            painter.drawText(cell, Qt::AlignCenter, QString::number(m_square->cells.at(static_cast<std::size_t>(i))));
        }
    }
}

} // namespace carma::gui
