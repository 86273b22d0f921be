// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/result.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Text for people: escaping, widths, wrapping, numbers. Pure functions; those that measure need LC_CTYPE to be set.
namespace carma::cli {

/// One character of UTF-8 text. Bytes that are no UTF-8 give U+FFFD, one at a time.
struct Character {
    char32_t code = 0;
    std::size_t bytes = 0;
};
Character characterAt(std::string_view text, std::size_t at);
void appendUtf8(std::string& out, char32_t code);

/// Text that can neither move the cursor nor change colours nor reorder what is shown: control characters become
/// \x1b or \u202e, invalid UTF-8 becomes U+FFFD. Line breaks and tabs are kept.
std::string escapeBlock(std::string_view text);
/// The same for a single line: white space of any kind becomes one space.
std::string escapeLine(std::string_view text);

/// Columns that the text takes in a terminal. Escape sequences must not be in it.
std::size_t columns(std::string_view text);
/// The text, cut to `width` columns with an ellipsis at the end if it is longer.
std::string cut(std::string_view text, std::size_t width);
/// Lines of at most `width` columns, broken at spaces; words longer than a line are broken anywhere.
std::vector<std::string> wrap(std::string_view text, std::size_t width);
std::string padRight(std::string_view text, std::size_t width);
std::string padLeft(std::string_view text, std::size_t width);

std::string grouped(std::uint64_t number);   ///< 1,234,567
std::string humanBytes(std::uint64_t bytes); ///< 512 B, 1.5 KiB, 20 MiB
std::string humanDuration(std::int64_t us);  ///< 850 us, 12 ms, 3.4 s, 2 min 5 s
std::string localTime(std::int64_t us);      ///< 2024-05-03 17:20:11; "-" for 0
/// "1 file", "2 files", "3 copies".
std::string counted(std::uint64_t number, std::string_view one, std::string_view many = {});

/// "300", "64K", "256M", "1.5GiB": powers of 1024. InvalidArgument otherwise.
Result<std::uint64_t> parseBytes(std::string_view text);

/// How many insertions, removals, changes and swaps of neighbours lead from one word to the other.
std::size_t editDistance(std::string_view a, std::string_view b);

} // namespace carma::cli
