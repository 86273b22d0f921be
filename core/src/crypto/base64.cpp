// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "crypto/crypto.h"

namespace carma::crypto {

namespace {
constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
} // namespace

std::string base64(ByteView bytes)
{
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        const std::size_t count = std::min<std::size_t>(3, bytes.size() - at);
        std::uint32_t group = 0;
        for (std::size_t i = 0; i < 3; ++i) {
            group = (group << 8U) | (i < count ? std::to_integer<std::uint32_t>(bytes[at + i]) : 0U);
        }
        for (std::size_t i = 0; i < 4; ++i) {
            text += i <= count ? kAlphabet[(group >> (18 - 6 * i)) & 63U] : '=';
        }
    }
    return text;
}

Result<Bytes> parseBase64(std::string_view text)
{
    // The message does not quote the text: it may be a key.
    const Error invalid{ErrorCode::InvalidArgument, "text is not base64"};
    if (text.size() % 4 != 0) {
        return invalid;
    }
    std::size_t padding = 0;
    while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') {
        ++padding;
    }
    Bytes bytes;
    bytes.reserve(text.size() / 4 * 3); // once, so that growing leaves no copy of a key behind
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool padded = i >= text.size() - padding;
        const auto value = padded ? 0 : kAlphabet.find(text[i]);
        if (value == std::string_view::npos) {
            return invalid;
        }
        group = (group << 6U) | static_cast<std::uint32_t>(value);
        if (i % 4 == 3) {
            const std::size_t count = i + 1 == text.size() ? 3 - padding : 3;
            for (std::size_t j = 0; j < count; ++j) {
                bytes.push_back(static_cast<std::byte>((group >> (16 - 8 * j)) & 255U));
            }
            if ((group & ((1U << (8 * (3 - count))) - 1U)) != 0) {
                return invalid; // bits that no byte carries: two texts would mean the same bytes
            }
            group = 0;
        }
    }
    return bytes;
}

} // namespace carma::crypto
