// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/bytes.h>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

/// Numbers in the 62 characters 0-9A-Za-z, at fixed lengths: 43 characters for 256 bits (62^43 > 2^256), 6 for 32 bits (62^6 > 2^32).
/// A number has one form, so two texts are the same number only if they are the same text.
namespace carma::access {

inline constexpr std::size_t kSecretChars = 43;
inline constexpr std::size_t kCheckChars = 6;

bool isBase62(char c);

/// Highest digit first. REQUIRES: secret.size() == 32
void writeBase62(ByteView secret, std::span<char, kSecretChars> out);
/// No value for characters outside the alphabet and for 2^256 and more. REQUIRES: text.size() == kSecretChars
bool readBase62(std::string_view text, std::span<std::byte, 32> secret);

/// Lowest digit first.
std::array<char, kCheckChars> checkChars(std::uint32_t check);
/// No value for characters outside the alphabet and for 2^32 and more.
std::optional<std::uint32_t> readCheckChars(std::string_view text);

} // namespace carma::access
