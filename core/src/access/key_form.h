// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/key_text.h>

#include <array>
#include <span>
#include <string_view>

/// Writing and taking apart of key texts; the grammar is in carma/key_text.h.
namespace carma::access {

inline constexpr std::string_view kKeyBegin = "carma_";
inline constexpr std::size_t kUserChars = 8;
inline constexpr std::size_t kMetaChars = 6;
/// The longest key that there can be: 10 digits of position and "custom".
inline constexpr std::size_t kKeyFormMax = 6 + 8 + 4 + 10 + 6 + 6 + 6 + 6 + 9 + 43 + 6;

/// A key without its secret; what is the same for all keys of an owner.
struct KeyStem {
    std::array<char, kKeyFormMax> chars{};
    std::size_t size = 0;
    KeyParts parts;
    [[nodiscard]] std::string_view text() const { return {chars.data(), size}; } ///< up to and with "_quantum_"
};
/// Whose key it is, where, and what for.
struct StemFields {
    std::string_view user; ///< 8 of 0-9a-f
    std::uint64_t position = 0;
    KeyPermission permission{};
};
/// REQUIRES: user is 8 of 0-9a-f, position < kSeats
KeyStem makeStem(std::string_view user, std::uint64_t position, KeyPermission permission);
/// The same for many, in a third of the time. REQUIRES: the same of each; stems.size() == fields.size()
void makeStems(std::span<const StemFields> fields, std::span<KeyStem> stems);

/// Writes stem, secret and check; gives the text's size. REQUIRES: secret.size() == 32
std::size_t writeKey(const KeyStem& stem, ByteView secret, std::span<char, kKeyFormMax> out);

/// parseKey without the fingerprint, for those who verify many.
Result<KeyParts> takeApart(std::string_view text);
/// The offline check of a text that was just made of `stem`. InvalidArgument names the place.
Result<void> checkMade(std::string_view text, const KeyStem& stem);
std::uint64_t fingerprintOf(std::string_view text);

} // namespace carma::access
