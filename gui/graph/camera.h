// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointF>
#include <QRectF>
#include <QSizeF>

#include <algorithm>

namespace carma::gui {

/// What part of the world is seen, and how large. Screen units are Qt's, which are larger than pixels on dense displays.
struct Camera {
    static constexpr double kScaleMin = 1e-3;
    static constexpr double kScaleMax = 60;

    QPointF centre;   ///< world
    double scale = 4; ///< screen units for one of the world
    QSizeF size{1, 1};

    [[nodiscard]] QPointF toScreen(const QPointF& world) const
    {
        return {(world.x() - centre.x()) * scale + size.width() / 2, (world.y() - centre.y()) * scale + size.height() / 2};
    }
    [[nodiscard]] QPointF toWorld(const QPointF& screen) const
    {
        return {(screen.x() - size.width() / 2) / scale + centre.x(), (screen.y() - size.height() / 2) / scale + centre.y()};
    }
    [[nodiscard]] QRectF seen() const { return {toWorld({0, 0}), size / scale}; }
    void pan(const QPointF& screen) { centre -= screen / scale; }
    /// Keeps what is under `screen` there.
    void zoom(double factor, const QPointF& screen)
    {
        const QPointF before = toWorld(screen);
        scale = std::clamp(scale * factor, kScaleMin, kScaleMax);
        centre += before - toWorld(screen);
    }
    /// All of `world` with a margin, but no larger than `scaleMax`.
    void fit(const QRectF& world, double scaleMax)
    {
        constexpr double kShare = 0.92;
        if (world.isEmpty()) {
            return;
        }
        centre = world.center();
        const double wanted = kShare * std::min(size.width() / world.width(), size.height() / world.height());
        scale = std::clamp(std::min(wanted, scaleMax), kScaleMin, kScaleMax);
    }
};

} // namespace carma::gui
