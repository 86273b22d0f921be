// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "anomaly/robust_level.h"

#include <algorithm>
#include <cmath>

namespace carma::anomaly {

namespace {

constexpr double kNormal = 1.4826; // of a normal distribution: standard deviation over median absolute deviation
constexpr std::size_t kFirst = 8;  // numbers after which the level is computed for the first time

} // namespace

float quantileOf(std::span<float> values, double share)
{
    const auto at = static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), values.begin() + at, values.end());
    return values[static_cast<std::size_t>(at)];
}

Usual usualOf(std::span<float> values)
{
    if (values.empty()) {
        return {};
    }
    constexpr double kMiddle = 0.5;
    const float median = quantileOf(values, kMiddle);
    for (float& value : values) {
        value = std::abs(value - median);
    }
    return {median, kNormal * quantileOf(values, kMiddle)};
}

void RobustLevel::add(double value)
{
    if (m_last.size() < m_size) {
        m_last.push_back(static_cast<float>(value));
    } else {
        m_last[m_next] = static_cast<float>(value);
        m_next = (m_next + 1) % m_size;
    }
    if (++m_sinceUpdate >= m_every || m_last.size() <= kFirst) {
        m_sinceUpdate = 0;
        std::vector<float> copy = m_last;
        m_usual = usualOf(copy);
    }
}

} // namespace carma::anomaly
