// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <carma/ids.h>

namespace carma {

namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kCharacters = 26; // 26 * 5 = 130 bits: the first character carries only 3

int valueOf(char c)
{
    if (c >= 'a' && c <= 'z') {
        c = static_cast<char>(c - 'a' + 'A');
    }
    if (c == 'O') {
        c = '0';
    } else if (c == 'I' || c == 'L') {
        c = '1';
    }
    const auto at = kAlphabet.find(c);
    return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

} // namespace

std::string crockford(const std::array<std::uint8_t, 16>& bytes)
{
    std::string text(kCharacters, '0');
    unsigned buffer = 0;
    unsigned bits = 2; // two leading zero bits
    std::size_t at = 0;
    for (const std::uint8_t byte : bytes) {
        buffer = ((buffer << 8U) | byte) & 0xFFFFU;
        bits += 8;
        while (bits >= 5) {
            bits -= 5;
            text[at++] = kAlphabet[(buffer >> bits) & 31U];
        }
    }
    return text;
}

Result<std::array<std::uint8_t, 16>> parseCrockford(std::string_view text)
{
    const Error invalid{ErrorCode::InvalidArgument, "'" + std::string(text.substr(0, 64)) + "' is not an id of 26 characters"};
    if (text.size() != kCharacters || valueOf(text[0]) > 7) {
        return invalid;
    }
    std::array<std::uint8_t, 16> bytes{};
    unsigned buffer = 0;
    unsigned bits = 0;
    std::size_t at = 0;
    for (std::size_t i = 0; i < kCharacters; ++i) {
        const int value = valueOf(text[i]);
        if (value < 0) {
            return invalid;
        }
        buffer = (buffer << 5U) | static_cast<unsigned>(value);
        bits += i == 0 ? 3 : 5;
        if (bits >= 8) {
            bits -= 8;
            bytes[at++] = static_cast<std::uint8_t>(buffer >> bits);
            buffer &= (1U << bits) - 1U;
        }
    }
    return bytes;
}

} // namespace carma
