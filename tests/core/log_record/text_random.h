// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/random.h>

#include <string>

namespace carma::test {

/// SplitMix64 (G. L. Steele, D. Lea, C. H. Flood 2014): the same seed gives the same bytes everywhere.
class TextRandom final : public Random {
public:
    explicit TextRandom(std::uint64_t seed) : m_state(seed) {}

    std::uint64_t next()
    {
        std::uint64_t z = (m_state += 0x9E3779B97F4A7C15ULL);
        z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
        return z ^ (z >> 31U);
    }
    std::uint64_t below(std::uint64_t bound) { return next() % bound; }
    void fill(ByteSpan out) override
    {
        for (std::byte& byte : out) {
            byte = static_cast<std::byte>(next() >> 56U);
        }
    }
    Bytes bytes(std::size_t size)
    {
        Bytes result(size);
        fill(result);
        return result;
    }
    /// Words with the frequencies of a small vocabulary: compressible, never twice the same.
    std::string text(std::size_t size)
    {
        static constexpr std::string_view words[] = {"the", "river", "was", "high", "after", "rain", "and", "Mara", "wrote", "a", "letter",
            "to", "her", "brother", "about", "garden", "kitchen", "boat", "in", "evening", "with", "bread", "of", "market"};
        std::string result;
        while (result.size() < size) {
            result += words[below(std::size(words))];
            result += below(9) == 0 ? ". " : " ";
        }
        result.resize(size);
        return result;
    }

private:
    std::uint64_t m_state;
};

} // namespace carma::test
