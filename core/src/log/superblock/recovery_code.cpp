// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/superblock/superblock.h"

#include <array>

// 275 bits as 55 characters of Crockford's base 32: 256 of secret, then the first 19 of a SHA-256 over it. A code with
// any error passes with a chance of one in 524,288.
namespace carma::log {

namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kSecretBytes = 32;
constexpr std::size_t kCharacters = 55;
constexpr std::size_t kGroupCharacters = 5;
constexpr unsigned kCheckBits = 19;
static_assert(kCharacters * 5 == kSecretBytes * 8 + kCheckBits);
constexpr std::size_t kCodeBytes = kSecretBytes + 3; // the check's 19 bits, then 5 unused ones

/// Secret and check as 275 bits, the first one highest.
SecretBytes codeBits(ByteView secret)
{
    const crypto::Digest digest = crypto::sha256({asBytes("carma recovery code"), secret});
    SecretBytes bits(kCodeBytes);
    const ByteSpan out = bits.span();
    std::copy(secret.begin(), secret.end(), out.begin());
    out[kSecretBytes] = digest[0];
    out[kSecretBytes + 1] = digest[1];
    out[kSecretBytes + 2] = digest[2] & std::byte{0xE0};
    return bits;
}

std::optional<unsigned> valueOf(char c)
{
    if (c >= 'a' && c <= 'z') {
        c = static_cast<char>(c - 'a' + 'A');
    }
    c = c == 'O' ? '0' : c;
    c = c == 'I' || c == 'L' ? '1' : c;
    const auto at = kAlphabet.find(c);
    return at == std::string_view::npos ? std::nullopt : std::optional(static_cast<unsigned>(at));
}

bool separates(char c) { return c == '-' || c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

} // namespace

std::string formatRecoveryCode(ByteView secret)
{
    CARMA_ASSERT(secret.size() == kSecretBytes);
    const SecretBytes bits = codeBits(secret);
    std::string text;
    text.reserve(kCharacters + kCharacters / kGroupCharacters); // once, so that growing leaves no copy behind
    for (std::size_t i = 0; i < kCharacters; ++i) {
        if (i != 0 && i % kGroupCharacters == 0) {
            text += '-';
        }
        unsigned value = 0;
        for (std::size_t bit = i * 5; bit < i * 5 + 5; ++bit) {
            const unsigned byte = std::to_integer<unsigned>(bits.view()[bit / 8]);
            value = (value << 1U) | ((byte >> (7 - bit % 8)) & 1U);
        }
        text += kAlphabet[value];
    }
    return text;
}

Result<SecretBytes> parseRecoveryCode(std::string_view text)
{
    SecretBytes bits(kCodeBytes);
    std::size_t count = 0;
    for (const char c : text) {
        if (separates(c)) {
            continue;
        }
        const auto value = valueOf(c);
        if (!value) {
            return {ErrorCode::InvalidArgument,
                "character " + std::to_string(count + 1) + " of the recovery code is none that such a code uses"};
        }
        for (std::size_t bit = 0; bit < 5 && count < kCharacters; ++bit) {
            const std::size_t at = count * 5 + bit;
            bits.span()[at / 8] |= static_cast<std::byte>(((*value >> (4 - bit)) & 1U) << (7 - at % 8));
        }
        ++count;
    }
    if (count != kCharacters) {
        return {ErrorCode::InvalidArgument,
            "the recovery code has " + std::to_string(count) + " characters instead of " + std::to_string(kCharacters)};
    }
    SecretBytes secret(bits.view().first(kSecretBytes));
    if (!codeBits(secret.view()).equals(bits.view())) {
        return {ErrorCode::InvalidArgument, "the check of the recovery code does not hold: a character is wrong or two are swapped"};
    }
    return secret;
}

} // namespace carma::log
