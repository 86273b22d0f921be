// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace carma::index {

/// The languages whose words have stems. English also stands for texts whose language has no stemmer or cannot be told.
/// Part of the stored form of snapshots: do not renumber, at most 31.
enum class Language : std::uint8_t {
    English,
    Arabic,
    Armenian,
    Basque,
    Catalan,
    Danish,
    Dutch,
    Finnish,
    French,
    German,
    Greek,
    Hindi,
    Hungarian,
    Indonesian,
    Irish,
    Italian,
    Lithuanian,
    Nepali,
    Norwegian,
    Portuguese,
    Romanian,
    Russian,
    Serbian,
    Spanish,
    Swedish,
    Tamil,
    Turkish,
    Yiddish,
};
inline constexpr std::size_t kLanguages = 28;

/// As libstemmer calls it: "english", "german".
std::string_view name(Language language);

/// The language of a text by its first 1,024 bytes: a few words are enough where they are typical. Thread-safe.
Language detectLanguage(std::string_view text);

/// Function words match nearly every passage and tell passages apart by chance only. `word` is case-folded; with its accents, but for
/// English.
bool isStopWord(Language language, std::string_view word);

} // namespace carma::index
