// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

namespace carma::test {

/// A model of SentencePiece that is small enough to write by hand: <unk>, <s>, </s> and the words red, boat, old, garden. Message and field
/// numbers are those of sentencepiece_model.proto, wire types those of protocol buffers.
inline std::string tinySentencePiece()
{
    const auto field = [](char at, std::string_view bytes) { // lengths below 128
        return std::string{static_cast<char>(at << 3 | 2), static_cast<char>(bytes.size())}.append(bytes);
    };
    const auto piece = [&](std::string_view text, float score, char kind) {
        const auto bits = std::bit_cast<std::uint32_t>(score);
        std::string bytes = field(1, text) + static_cast<char>(2 << 3 | 5);
        for (unsigned shift = 0; shift < 32; shift += 8) {
            bytes.push_back(static_cast<char>(bits >> shift & 0xFFU));
        }
        return field(1, bytes + std::string{static_cast<char>(3 << 3), kind});
    };
    constexpr char kNormal = 1;
    constexpr char kUnknown = 2;
    constexpr char kControl = 3;
    std::string model = piece("<unk>", 0, kUnknown) + piece("<s>", 0, kControl) + piece("</s>", 0, kControl);
    for (const std::string_view word : std::array<std::string_view, 4>{"red", "boat", "old", "garden"}) {
        model += piece(std::string("\xE2\x96\x81").append(word), -1.0F, kNormal); // U+2581 stands for a space
    }
    return model + field(2, std::string{static_cast<char>(3 << 3), 1}) + field(3, field(1, "identity")); // a unigram model
}

} // namespace carma::test
