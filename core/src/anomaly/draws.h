// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace carma::anomaly {

/// SplitMix64 (https://prng.di.unimi.it/splitmix64.c): the same draws for the same start on every machine, which the standard library's
/// distributions do not promise. Not for secrets.
class Draws {
public:
    explicit Draws(std::uint64_t start) : m_state(start) {}

    std::uint64_t next()
    {
        m_state += 0x9E3779B97F4A7C15ULL;
        std::uint64_t z = m_state;
        z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
        return z ^ (z >> 31U);
    }
    /// 0 <= result < limit. REQUIRES: limit > 0
    std::uint64_t below(std::uint64_t limit) { return next() % limit; }
    /// 0 <= result < 1
    double unit() { return static_cast<double>(next() >> 11U) * 0x1.0p-53; }

private:
    std::uint64_t m_state;
};

} // namespace carma::anomaly
