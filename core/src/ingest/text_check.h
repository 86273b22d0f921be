// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/bytes.h>
#include <carma/result.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// What text is, for all readers. Pure functions, thread-safe.
namespace carma::ingest {

struct TextTraits {
    bool ascii = true;          ///< no byte above 0x7F
    std::uint64_t controls = 0; ///< control characters other than tab, line ends, vertical tab, form feed and escape
};

/// Checks strictly that `bytes` are UTF-8 text (https://www.rfc-editor.org/rfc/rfc3629): no overlong forms, no
/// surrogates, nothing above U+10FFFF, no zero bytes, at most one control character in a hundred bytes. InvalidArgument
/// with the offset otherwise.
Result<TextTraits> checkText(ByteView bytes);

/// Where `text` stops being UTF-8, or its size if it never does.
std::size_t validUtf8Prefix(std::string_view text);

/// The largest offset <= `at` that lies between two characters. REQUIRES: `text` is UTF-8, at <= text.size()
std::size_t characterStart(std::string_view text, std::size_t at);

/// At most `bytesMax` bytes of `text`, cut between characters. REQUIRES: `text` is UTF-8
std::string_view clipped(std::string_view text, std::size_t bytesMax);

inline bool isBlank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/// Without blanks at both ends.
std::string_view trimmed(std::string_view text);

/// One line fit for a title: runs of blanks and control characters become one space, cut to `bytesMax`.
std::string oneLine(std::string_view text, std::size_t bytesMax);

/// Where the trailing blanks of text[begin, end) begin; `begin` if there is nothing else.
std::size_t contentEnd(std::string_view text, std::size_t begin, std::size_t end);

/// 1-based number of the line that holds `offset`.
std::size_t lineOf(std::string_view text, std::size_t offset);

/// ASCII letters in lower case, the rest as it is.
std::string lowerAscii(std::string_view text);

inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

} // namespace carma::ingest
