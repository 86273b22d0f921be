// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace carma::cli {

/// The words of a query by which its hits are marked: lower case, without quotation marks and other signs.
std::vector<std::string> queryWords(std::string_view query);

/// Positions (begin, end) in `text` of words that a query word matches: the same word, or one with the same beginning
/// but for an ending of up to three letters (garden, gardens, gardening: marking is a hint, not the search).
std::vector<std::pair<std::size_t, std::size_t>> matches(std::string_view text, const std::vector<std::string>& words);

/// At most `lines` lines of `width` columns from `text`, chosen so that the first match is in them. Control characters are
/// escaped. Ellipses show what is left out.
std::vector<std::string> excerpt(std::string_view text, const std::vector<std::string>& words, std::size_t width, std::size_t lines);

} // namespace carma::cli
