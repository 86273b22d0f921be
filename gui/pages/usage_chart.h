// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <vector>

namespace carma::gui {

/// A bar for each day of a month.
class UsageChart : public QWidget {
    Q_OBJECT

public:
    explicit UsageChart(QWidget* parent = nullptr);
    /// `unit` is what the bars count.
    void setDays(std::vector<double> days, const QString& unit);
    [[nodiscard]] const std::vector<double>& days() const { return m_days; }
    QSize sizeHint() const override { return {600, 170}; }
    QSize minimumSizeHint() const override { return {260, 120}; }

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

private:
    [[nodiscard]] QRect area() const;
    [[nodiscard]] QRect barOf(std::size_t day, double most) const;

    std::vector<double> m_days;
    QString m_unit;
};

} // namespace carma::gui
