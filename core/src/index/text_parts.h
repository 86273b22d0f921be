// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace carma::index {

inline constexpr std::size_t kPartBytes = 240; ///< about 40 words of English, 80 characters of Chinese
inline constexpr std::size_t kPartsMax = 255;  ///< of one text; what follows belongs to the last

/// Groups of whole sentences of kPartBytes or a little more, in order; together they are the text but for the white space between them.
/// A short rest joins the group before it. Lines end a sentence, as do . ! ? before white space and their wide forms; where none comes
/// for long, a space does. Empty for a text that is one group.
std::vector<std::string_view> textParts(std::string_view text);

} // namespace carma::index
