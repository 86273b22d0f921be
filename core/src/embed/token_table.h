// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace carma::embed {

/// What a linear embedder is made of: the vector of a text is the normalised sum of its tokens' rows. An Embedder that is one implements
/// this, too (dynamic_cast). Thread-safe.
class TokenTable {
public:
    virtual ~TokenTable() = default;
    /// The tokens that count, in order.
    [[nodiscard]] virtual std::vector<std::uint32_t> tokensOf(std::string_view text) const = 0;
    /// Tokens are numbered 0 .. tokenCount() - 1.
    [[nodiscard]] virtual std::uint32_t tokenCount() const = 0;
    /// As in the vocabulary: "##" begins one that continues a word. Valid while this object lives.
    [[nodiscard]] virtual std::string_view token(std::uint32_t number) const = 0;
    /// What embed gives for "title. part" of each part and for "title. " with all of them, each part read once. Without a title the
    /// parts stand alone. REQUIRES: parts begin and end where words do; whole.size() is the embedder's dimension, out that times
    /// parts.size()
    virtual void embedParts(
        std::string_view title, std::span<const std::string_view> parts, std::span<float> whole, std::span<float> out) const = 0;
    /// Adds the token's row. REQUIRES: sum.size() is the embedder's dimension, number < tokenCount()
    virtual void addRow(std::uint32_t number, std::span<float> sum) const = 0;
};

} // namespace carma::embed
