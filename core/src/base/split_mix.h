// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace carma {

/// SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014): the same draws for the same start on
/// every machine, which the standard library's distributions do not promise. Not for secrets.
class SplitMix {
public:
    static constexpr std::uint64_t kStep = 0x9E3779B97F4A7C15ULL;

    explicit SplitMix(std::uint64_t start) : m_state(start) {}

    std::uint64_t next()
    {
        m_state += kStep;
        std::uint64_t z = m_state;
        z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
        return z ^ (z >> 31U);
    }
    std::uint64_t below(std::uint64_t limit) { return next() % limit; } ///< REQUIRES: limit > 0
    /// 0 <= result < 1
    double unit() { return static_cast<double>(next() >> 11U) * 0x1.0p-53; }
    bool coin() { return (next() & 1U) != 0; }

private:
    std::uint64_t m_state;
};

/// Draw number `number` of the generator that starts at 0.
inline std::uint64_t splitMixAt(std::uint64_t number) { return SplitMix(number * SplitMix::kStep).next(); }

} // namespace carma
