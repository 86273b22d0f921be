// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace carma::anomaly {

/// What is usual of a number: the median, and the median absolute deviation as a standard deviation (times 1.4826). Up to half of the
/// numbers may be wrong without moving either far. F. R. Hampel, "The Influence Curve and its Role in Robust Estimation", JASA 69, 1974.
struct Usual {
    double median = 0;
    double spread = 0;
    /// How many spreads `value` is above the median; `floor` is the least spread that is believed.
    [[nodiscard]] double z(double value, double floor) const { return (value - median) / (spread > floor ? spread : floor); }
};
/// Reorders `values`. Zeroes for none.
Usual usualOf(std::span<float> values);
/// The element that a share of `values` is not above. Reorders them. REQUIRES: values is not empty, 0 <= share <= 1
float quantileOf(std::span<float> values, double share);

/// Usual of the last numbers of a stream.
class RobustLevel {
public:
    /// Looks at the last `size` numbers and computes anew every `every` of them.
    RobustLevel(std::size_t size, std::size_t every) : m_size(size), m_every(every) {}

    void add(double value);
    [[nodiscard]] const Usual& usual() const { return m_usual; }
    [[nodiscard]] std::size_t count() const { return m_last.size(); }

private:
    std::size_t m_size, m_every;
    std::vector<float> m_last; ///< a ring once it is full
    std::size_t m_next = 0;
    std::size_t m_sinceUpdate = 0;
    Usual m_usual;
};

} // namespace carma::anomaly
