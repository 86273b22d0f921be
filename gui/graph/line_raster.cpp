// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph/line_raster.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace carma::gui {

namespace {

constexpr int kFixedBits = 16;
constexpr double kFixedOne = 1 << kFixedBits;

/// Narrows the part [from, to] of a line to where `start + part * way` is within [0, end]. False if nothing is left.
bool narrow(double start, double way, double end, double& from, double& to)
{
    if (way == 0) {
        return start >= 0 && start <= end;
    }
    const double one = -start / way;
    const double other = (end - start) / way;
    from = std::max(from, std::min(one, other));
    to = std::min(to, std::max(one, other));
    return from < to;
}

} // namespace

LineRaster::LineRaster(QImage& picture, const QColor& colour)
    : m_pixels(reinterpret_cast<QRgb*>(picture.bits())), m_stride(picture.bytesPerLine() / static_cast<std::ptrdiff_t>(sizeof(QRgb))),
      m_width(picture.width()), m_height(picture.height()), m_red(static_cast<unsigned>(colour.red())),
      m_green(static_cast<unsigned>(colour.green())), m_blue(static_cast<unsigned>(colour.blue())),
      m_alpha(static_cast<unsigned>(colour.alpha()))
{
}

QLineF LineRaster::clipped(const QLineF& line, const QSizeF& size)
{
    double from = 0;
    double to = 1;
    if (!narrow(line.x1(), line.dx(), size.width(), from, to) || !narrow(line.y1(), line.dy(), size.height(), from, to)) {
        return {};
    }
    return {line.pointAt(from), line.pointAt(to)};
}

void LineRaster::blend(int x, int y, unsigned coverage)
{
    if (x < 0 || y < 0 || x >= m_width || y >= m_height) {
        return;
    }
    const unsigned alpha = m_alpha * coverage >> 8U; // 0..255
    const unsigned rest = 256 - alpha;
    QRgb& pixel = m_pixels[y * m_stride + x];
    const unsigned redBlue = ((pixel & 0x00FF00FFU) * rest + ((m_red << 16U) | m_blue) * alpha) >> 8U & 0x00FF00FFU;
    const unsigned green = ((pixel & 0x0000FF00U) * rest + (m_green << 8U) * alpha) >> 8U & 0x0000FF00U;
    pixel = 0xFF000000U | redBlue | green; // the picture has a ground
}

void LineRaster::disk(const QPointF& centre, double radius)
{
    const int top = std::max(0, static_cast<int>(std::ceil(centre.y() - radius)));
    const int bottom = std::min(m_height - 1, static_cast<int>(std::floor(centre.y() + radius)));
    for (int y = top; y <= bottom; ++y) {
        const double half = std::sqrt(std::max(0.0, radius * radius - (y - centre.y()) * (y - centre.y())));
        const int left = std::max(0, static_cast<int>(std::ceil(centre.x() - half)));
        const int right = std::min(m_width - 1, static_cast<int>(std::floor(centre.x() + half)));
        for (int x = left; x <= right; ++x) {
            blend(x, y, 256);
        }
    }
}

void LineRaster::ring(const QPointF& centre, double radius, bool dashed)
{
    const int parts = std::clamp(static_cast<int>(radius), 12, 120) * 2;
    const auto at = [&](int part) {
        const double angle = 2 * std::numbers::pi * part / parts;
        return centre + QPointF(std::cos(angle), std::sin(angle)) * radius;
    };
    for (int i = 0; i < parts; i += dashed ? 2 : 1) {
        draw(QLineF(at(i), at(i + 1)), true);
    }
}

void LineRaster::draw(const QLineF& line, bool smooth)
{
    const QLineF seen = clipped(line, QSizeF(m_width - 1, m_height - 1));
    const bool steep = std::abs(seen.dy()) > std::abs(seen.dx());
    double along = steep ? seen.y1() : seen.x1();
    double across = steep ? seen.x1() : seen.y1();
    double alongEnd = steep ? seen.y2() : seen.x2();
    double acrossEnd = steep ? seen.x2() : seen.y2();
    if (along > alongEnd) {
        std::swap(along, alongEnd);
        std::swap(across, acrossEnd);
    }
    const double length = alongEnd - along;
    if (length < 0.5) {
        return;
    }
    const double slope = (acrossEnd - across) / length;
    const int first = static_cast<int>(std::ceil(along));
    const int last = static_cast<int>(std::floor(alongEnd));
    auto place = static_cast<std::int64_t>((across + slope * (first - along) + (smooth ? 0 : 0.5)) * kFixedOne);
    const auto step = static_cast<std::int64_t>(slope * kFixedOne);
    for (int i = first; i <= last; ++i, place += step) {
        const int near = static_cast<int>(place >> kFixedBits);
        if (!smooth) {
            steep ? blend(near, i, 256) : blend(i, near, 256);
            continue;
        }
        const auto share = static_cast<unsigned>(place >> (kFixedBits - 8)) & 255U;
        steep ? blend(near, i, 256 - share) : blend(i, near, 256 - share);
        steep ? blend(near + 1, i, share) : blend(i, near + 1, share);
    }
}

} // namespace carma::gui
