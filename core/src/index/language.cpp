// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/language.h"

#include "embed/utf8.h"

#include <algorithm>
#include <array>
#include <cstdio> // compact_lang_det.h needs it and does not say so
#include <utility>

#include <cld2/public/compact_lang_det.h>
#include <cld2/public/encodings.h>

namespace carma::index {

namespace {

constexpr std::size_t kSampleBytes = 1024;

struct Named {
    std::string_view name;
    std::string_view code; ///< ISO 639-1 as the detector gives it
};
constexpr std::array<Named, kLanguages> kNames{{{"english", "en"}, {"arabic", "ar"}, {"armenian", "hy"}, {"basque", "eu"},
    {"catalan", "ca"}, {"danish", "da"}, {"dutch", "nl"}, {"finnish", "fi"}, {"french", "fr"}, {"german", "de"}, {"greek", "el"},
    {"hindi", "hi"}, {"hungarian", "hu"}, {"indonesian", "id"}, {"irish", "ga"}, {"italian", "it"}, {"lithuanian", "lt"}, {"nepali", "ne"},
    {"norwegian", "no"}, {"portuguese", "pt"}, {"romanian", "ro"}, {"russian", "ru"}, {"serbian", "sr"}, {"spanish", "es"},
    {"swedish", "sv"}, {"tamil", "ta"}, {"turkish", "tr"}, {"yiddish", "yi"}}};

std::string_view sampleOf(std::string_view text)
{
    std::size_t size = std::min(text.size(), kSampleBytes);
    while (size < text.size() && size > 0 && embed::isTrailByte(text[size])) {
        --size;
    }
    return text.substr(0, size);
}

} // namespace

std::string_view name(Language language) { return kNames[static_cast<std::size_t>(language)].name; }

Language detectLanguage(std::string_view text)
{
    const std::string_view sample = sampleOf(text);
    std::array<CLD2::Language, 3> languages{};
    std::array<int, 3> shares{};
    std::array<double, 3> scores{};
    const CLD2::CLDHints hints{nullptr, nullptr, CLD2::UNKNOWN_ENCODING, CLD2::UNKNOWN_LANGUAGE};
    int textBytes = 0;
    bool isReliable = false;
    int validBytes = 0;
    const CLD2::Language found = CLD2::ExtDetectLanguageSummaryCheckUTF8(sample.data(), static_cast<int>(sample.size()), true, &hints, 0,
        languages.data(), shares.data(), scores.data(), nullptr, &textBytes, &isReliable, &validBytes);
    if (!isReliable) {
        return Language::English;
    }
    const std::string_view code = CLD2::LanguageCode(found);
    const auto* const known = std::ranges::find(kNames, code, &Named::code);
    return known == kNames.end() ? Language::English : static_cast<Language>(known - kNames.begin());
}

} // namespace carma::index
