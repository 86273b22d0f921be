// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/health.h>

#include <QWidget>

#include <array>
#include <vector>

namespace carma::gui {

/// What was found, healed and lost on each of the last days, as stacked bars that differ by colour and by pattern.
class CyclesChart : public QWidget {
    Q_OBJECT

public:
    static constexpr int kDays = 30;
    struct Day {
        std::uint64_t healed = 0, found = 0, lost = 0;
        [[nodiscard]] std::uint64_t all() const { return healed + found + lost; }
    };

    explicit CyclesChart(QWidget* parent = nullptr);
    void setFaults(const std::vector<RememberedFault>& faults, std::int64_t nowUs);
    [[nodiscard]] const std::array<Day, kDays>& days() const { return m_days; } ///< the last is today
    QSize sizeHint() const override { return {360, 130}; }
    QSize minimumSizeHint() const override { return {240, 90}; }

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

private:
    [[nodiscard]] QRect area() const;
    [[nodiscard]] QString wordsOf(int day) const;

    std::array<Day, kDays> m_days{};
    std::int64_t m_nowUs = 0;
};

} // namespace carma::gui
