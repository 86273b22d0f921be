// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "access/base62.h"

#include <carma/assert.h>

#include <algorithm>

namespace carma::access {

namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::uint32_t kBase = 62;
constexpr std::uint32_t kFiveDigits = 62U * 62U * 62U * 62U * 62U; // the most that stay below 2^32
constexpr std::size_t kDigitsAChunk = 5;
constexpr std::size_t kChunks = (kSecretChars + kDigitsAChunk - 1) / kDigitsAChunk;
constexpr std::size_t kLimbs = 8; // of 32 bits, highest first
constexpr std::uint8_t kNone = 255;

constexpr std::array<std::uint8_t, 256> makeValues()
{
    std::array<std::uint8_t, 256> values{};
    values.fill(kNone);
    for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
        values[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
    }
    return values;
}
constexpr std::array<std::uint8_t, 256> kValues = makeValues();

std::uint8_t valueOf(char c) { return kValues[static_cast<unsigned char>(c)]; }

} // namespace

bool isBase62(char c) { return valueOf(c) != kNone; }

void writeBase62(ByteView secret, std::span<char, kSecretChars> out)
{
    CARMA_ASSERT(secret.size() == kLimbs * 4);
    std::array<std::uint32_t, kLimbs> limbs{};
    for (std::size_t i = 0; i < secret.size(); ++i) {
        limbs.at(i / 4) = limbs.at(i / 4) << 8U | std::to_integer<std::uint32_t>(secret[i]);
    }
    std::size_t at = kSecretChars;
    std::size_t first = 0; // limbs before it are zero
    for (std::size_t chunk = 0; chunk < kChunks; ++chunk) {
        std::uint64_t rest = 0;
        for (std::size_t i = first; i < kLimbs; ++i) {
            rest = rest << 32U | limbs[i];
            limbs[i] = static_cast<std::uint32_t>(rest / kFiveDigits);
            rest %= kFiveDigits;
        }
        while (first < kLimbs && limbs[first] == 0) {
            ++first;
        }
        for (std::size_t digit = 0; digit < kDigitsAChunk && at > 0; ++digit) {
            out[--at] = kAlphabet[rest % kBase];
            rest /= kBase;
        }
    }
}

bool readBase62(std::string_view text, std::span<std::byte, 32> secret)
{
    CARMA_ASSERT(text.size() == kSecretChars);
    std::array<std::uint32_t, kLimbs> limbs{};
    for (std::size_t at = 0; at < kSecretChars;) {
        const std::size_t digits = at == 0 ? kSecretChars % kDigitsAChunk : kDigitsAChunk;
        std::uint64_t chunk = 0;
        std::uint64_t scale = 1;
        for (const char c : text.substr(at, digits)) {
            if (!isBase62(c)) {
                return false;
            }
            chunk = chunk * kBase + valueOf(c);
            scale *= kBase;
        }
        for (std::size_t i = kLimbs; i-- > 0;) {
            chunk += limbs.at(i) * scale;
            limbs.at(i) = static_cast<std::uint32_t>(chunk);
            chunk >>= 32U;
        }
        if (chunk != 0) {
            return false;
        }
        at += digits;
    }
    for (std::size_t i = 0; i < secret.size(); ++i) {
        secret[i] = static_cast<std::byte>(limbs.at(i / 4) >> (24U - 8U * (i % 4)));
    }
    return true;
}

std::array<char, kCheckChars> checkChars(std::uint32_t check)
{
    std::array<char, kCheckChars> chars{};
    for (char& c : chars) {
        c = kAlphabet[check % kBase];
        check /= kBase;
    }
    return chars;
}

std::optional<std::uint32_t> readCheckChars(std::string_view text)
{
    if (text.size() != kCheckChars || !std::ranges::all_of(text, isBase62)) {
        return std::nullopt;
    }
    std::uint64_t value = 0;
    for (std::size_t i = kCheckChars; i-- > 0;) {
        value = value * kBase + valueOf(text[i]);
    }
    return value >> 32U != 0 ? std::nullopt : std::optional(static_cast<std::uint32_t>(value));
}

} // namespace carma::access
