// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "index/lexical_index.h"

#include <optional>
#include <string_view>
#include <vector>

/// Which passages hold words in a certain way.
namespace carma::index {

/// A bit for each slot.
using SlotBits = std::vector<std::uint64_t>;

/// The slots whose passage has the words of `words` in this order, with as many words between them as there; in the title only if
/// `inTitle`. Words that the index leaves out (stop words) match anything: nothing for a text without others.
std::optional<SlotBits> slotsWithWords(const LexicalIndex& index, std::string_view words, bool inTitle);
/// Those with a word that begins with `prefix`.
SlotBits slotsWithPrefix(const LexicalIndex& index, std::string_view prefix);
/// One posting for each passage that has a word beginning with `prefix`, counted once.
std::vector<Posting> postingsWithPrefix(const LexicalIndex& index, std::string_view prefix);

} // namespace carma::index
