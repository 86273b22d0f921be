// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/drill.h>

#include <QWidget>

#include <vector>

namespace carma::gui {

/// The sectors of a copy's shard folders twice: as the damage left them, and as they were after the heal.
class DrillMapView : public QWidget {
    Q_OBJECT

public:
    explicit DrillMapView(QWidget* parent = nullptr);
    void setMaps(std::vector<DrillMap> maps);
    [[nodiscard]] std::uint64_t damaged() const; ///< sectors
    [[nodiscard]] std::uint64_t lost() const;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {360, sizeHint().height()}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void paintBar(QPainter& painter, const QRect& bar, const DrillMap& map, bool after) const;

    std::vector<DrillMap> m_maps;
};

} // namespace carma::gui
