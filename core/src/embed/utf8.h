// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string_view>
#include <unicode/utf8.h>

namespace carma::embed {

// ICU's macros narrow int to their own types, which is harmless and not ours to change.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"

/// The code point at `at`, which moves behind it; negative for bytes that are no UTF-8. REQUIRES: at < text.size()
inline UChar32 nextCodePoint(std::string_view text, std::size_t& at)
{
    UChar32 c = 0;
    U8_NEXT(text.data(), at, text.size(), c);
    return c;
}

/// Whether `byte` is the second or a later one of a character.
inline bool isTrailByte(char byte) { return U8_IS_TRAIL(byte); }
inline bool isAscii(char byte) { return U8_IS_SINGLE(byte); }

#pragma GCC diagnostic pop

} // namespace carma::embed
