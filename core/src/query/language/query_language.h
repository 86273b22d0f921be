// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/result.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The language of queries: plain words, and a few signs that demand something of a passage. The grammar is in core/docs/query.md.
namespace carma::query {

inline constexpr std::size_t kQueryBytesMax = 64U << 10U;

/// What the words of a passage must, or must not, hold.
struct WordCondition {
    enum class Kind : std::uint8_t {
        Words,  ///< the words side by side, in title or text
        Title,  ///< the words side by side in the title
        Prefix, ///< a word that begins so
    };
    Kind kind = Kind::Words;
    bool negated = false;
    std::string text;
};

/// What the document (or for a speaker the passage) must, or must not, be.
struct FieldCondition {
    enum class Field : std::uint8_t { Tag, Speaker, Path };
    Field field{};
    bool negated = false;
    std::string value; ///< never empty
};

struct ParsedQuery {
    std::string text; ///< what is looked for: all words but those of conditions that are negated or on a field
    std::vector<WordCondition> words;
    std::vector<FieldCondition> fields;
    std::vector<std::string> prefixes;  ///< that count as words without being demanded
    std::optional<std::int64_t> fromUs; ///< the passage's time: this or later
    std::optional<std::int64_t> toUs;   ///< before this

    [[nodiscard]] bool isPlain() const { return words.empty() && fields.empty() && prefixes.empty() && !fromUs && !toUs; }
};

/// InvalidArgument for quotes that are not closed, fields without a value, times that are none, more than kQueryBytesMax and queries
/// without a word to look for; the message names the column: characters from 1. Any other text is a query; bytes that are no UTF-8
/// separate words. `nowUs` is what durations count back from.
Result<ParsedQuery> parseQuery(std::string_view text, std::int64_t nowUs);

} // namespace carma::query
