// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/hash.h"
#include "support/seeded_random.h"

#include <carma/assert.h>
#include <carma/embedder.h>

#include <cmath>
#include <string>

namespace carma::sim {

/// The word that only document `number` has. The letters around the number keep "1" from being a part of "11".
inline std::string tokenOf(unsigned number) { return "tok" + std::to_string(number) + "x"; }

/// Words of a small vocabulary, with the document's own token first, so that a text found on the disk names its document.
inline std::string makeText(test::SeededRandom& random, unsigned number, std::size_t bytes)
{
    std::string text = tokenOf(number);
    while (text.size() < bytes) {
        const std::uint64_t word = random.next();
        text += word % 11 == 0 ? ". " : " ";
        for (std::uint64_t letters = word >> 8U, i = 0; i < 3 + word % 7; ++i, letters /= 26) {
            text += static_cast<char>('a' + letters % 26);
        }
    }
    return text;
}

/// Each word has a direction of its own, made of its hash; a text has the sum of its words' directions.
class WordEmbedder final : public Embedder {
public:
    [[nodiscard]] const EmbedderIdentity& identity() const override { return m_identity; }

    Result<void> embed(std::span<const std::string_view> texts, std::span<float> out) override
    {
        CARMA_ASSERT(out.size() == texts.size() * kDimension);
        for (std::size_t i = 0; i < texts.size(); ++i) {
            embedOne(texts[i], out.subspan(i * kDimension, kDimension));
        }
        return {};
    }

private:
    static constexpr std::uint32_t kDimension = 32;

    static void embedOne(std::string_view text, std::span<float> out)
    {
        std::fill(out.begin(), out.end(), 0.0F);
        for (std::size_t begin = 0; begin < text.size();) {
            const std::size_t end = std::min(text.find(' ', begin), text.size());
            const std::uint64_t bits = hash64(asBytes(text.substr(begin, end - begin)), 0);
            for (std::size_t i = 0; i < out.size(); ++i) {
                out[i] += ((bits >> i) & 1U) != 0 ? 1.0F : -1.0F;
            }
            begin = end + 1;
        }
        float squares = 0;
        for (const float value : out) {
            squares += value * value;
        }
        for (float& value : out) {
            value = squares > 0 ? value / std::sqrt(squares) : value;
        }
    }

    EmbedderIdentity m_identity{"words", 1, kDimension};
};

} // namespace carma::sim
