// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/random.h>

#include <cstddef>
#include <cstdint>
#include <mutex>

namespace carma::test {

/// SplitMix64 (https://prng.di.unimi.it/splitmix64.c): the same bytes for the same seed on every machine. Thread-safe.
class SeededRandom final : public Random {
public:
    explicit SeededRandom(std::uint64_t seed) : m_state(seed) {}

    void fill(ByteSpan out) override
    {
        const std::scoped_lock lock(m_mutex);
        std::uint64_t word = 0;
        for (std::size_t i = 0; i < out.size(); ++i) {
            word = i % 8 == 0 ? step() : word >> 8U;
            out[i] = static_cast<std::byte>(word);
        }
    }

    /// Goes on as if it had been made with this seed.
    void restart(std::uint64_t seed)
    {
        const std::scoped_lock lock(m_mutex);
        m_state = seed;
    }
    /// What restart() goes on from.
    [[nodiscard]] std::uint64_t state()
    {
        const std::scoped_lock lock(m_mutex);
        return m_state;
    }
    std::uint64_t next()
    {
        const std::scoped_lock lock(m_mutex);
        return step();
    }
    /// 0 <= result < limit. REQUIRES: limit > 0
    std::uint64_t below(std::uint64_t limit) { return next() % limit; }

    Bytes bytes(std::size_t size)
    {
        Bytes result(size);
        fill(result);
        return result;
    }

private:
    std::uint64_t step()
    {
        m_state += 0x9E3779B97F4A7C15ULL;
        std::uint64_t z = m_state;
        z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
        return z ^ (z >> 31U);
    }

    std::mutex m_mutex;
    std::uint64_t m_state; // guarded by m_mutex
};

} // namespace carma::test
