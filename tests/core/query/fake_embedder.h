// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/hash.h"

#include <carma/assert.h>
#include <carma/embedder.h>
#include <carma/ids.h>

#include <cmath>
#include <limits>
#include <string>

namespace carma::test {

/// Ids that say what they are of: passages, documents and sections have kinds of their own.
inline FragmentId id(std::uint8_t kind, std::size_t number)
{
    FragmentId value;
    value.bytes[0] = kind;
    return value.plus(number);
}

/// Each word of lower-case letters but "void" has a direction of its own, made of its hash; a text has the sum of its
/// words' directions. "poison" makes a number that is none, "refuse" an error.
class FakeEmbedder final : public Embedder {
public:
    static constexpr std::uint32_t kDimension = 8;

    explicit FakeEmbedder(std::uint32_t version = 1) : m_identity{"fake", version, kDimension} {}

    [[nodiscard]] const EmbedderIdentity& identity() const override { return m_identity; }

    Result<void> embed(std::span<const std::string_view> texts, std::span<float> out) override
    {
        CARMA_ASSERT(out.size() == texts.size() * kDimension);
        for (std::size_t i = 0; i < texts.size(); ++i) {
            if (texts[i].find("refuse") != std::string_view::npos) {
                return {ErrorCode::PluginFailed, "the embedder refused"};
            }
            embedOne(texts[i], out.subspan(i * kDimension, kDimension));
        }
        return {};
    }

private:
    static void embedOne(std::string_view text, std::span<float> out)
    {
        std::fill(out.begin(), out.end(), 0.0F);
        for (std::size_t begin = 0; begin < text.size();) {
            std::size_t end = begin;
            while (end < text.size() && text[end] >= 'a' && text[end] <= 'z') {
                ++end;
            }
            if (end > begin) {
                addWord(text.substr(begin, end - begin), out);
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

    static void addWord(std::string_view word, std::span<float> out)
    {
        if (word == "void") {
            return;
        }
        for (std::size_t i = 0; i < out.size(); ++i) {
            out[i] += static_cast<float>(hash64(asBytes(word), i) % 2000) / 1000.0F - 1.0F;
        }
        if (word == "poison") {
            out[0] = std::numeric_limits<float>::quiet_NaN();
        }
    }

    EmbedderIdentity m_identity;
};

} // namespace carma::test
