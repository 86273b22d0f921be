// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/record/compression.h"
#include "log/record/record.h"

#include <algorithm>
#include <unordered_map>

namespace carma::log {

namespace {

/// A word that fewer texts share could be one person's secret; three is the least that no single text gives away.
constexpr std::uint32_t kTextsSharingMin = 3;
/// zstd's trainer wants many samples; with fewer the dictionary only repeats them.
constexpr std::size_t kSamplesMin = 16;
/// More text does not make a better 32 KiB dictionary but takes the trainer longer (about a second for each 4 MiB).
constexpr std::size_t kTrainingBytesMax = 4U << 20U;

/// Letters, digits and every byte of a non-ASCII character. Unlike isalnum this does not depend on the locale.
bool isWordByte(char c)
{
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || (byte >= '0' && byte <= '9') || ((byte | 0x20U) >= 'a' && (byte | 0x20U) <= 'z');
}

/// Calls `visit(part, isWord)` for each maximal run of word bytes and of other bytes.
template <typename Visit> void eachPart(std::string_view text, Visit visit)
{
    for (std::size_t at = 0; at < text.size();) {
        const bool word = isWordByte(text[at]);
        std::size_t end = at + 1;
        while (end < text.size() && isWordByte(text[end]) == word) {
            ++end;
        }
        visit(text.substr(at, end - at), word);
        at = end;
    }
}

struct WordUse {
    std::uint32_t texts = 0;
    std::size_t lastText = 0; ///< 1-based
};
using Vocabulary = std::unordered_map<std::string_view, WordUse>;

/// Runs of other bytes (a ruler, a table of dots) are counted like words, so that nothing of a single text is kept.
Vocabulary countTexts(std::span<const std::string_view> texts)
{
    Vocabulary vocabulary;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        eachPart(texts[i], [&](std::string_view part, bool) {
            WordUse& use = vocabulary[part];
            if (use.lastText != i + 1) {
                use.lastText = i + 1;
                ++use.texts;
            }
        });
    }
    return vocabulary;
}

/// Whether a dictionary is worth its keeping: the texts must shrink by a sixteenth more than without it.
bool useful(const Bytes& bytes, std::span<const std::string_view> texts)
{
    const auto dictionary = Dictionary::load(1, bytes);
    if (!dictionary) {
        return false;
    }
    std::size_t with = 0;
    std::size_t without = 0;
    Bytes packed;
    for (const std::string_view text : texts) {
        with += compress(asBytes(text), dictionary->get(), packed) ? packed.size() : text.size();
        without += compress(asBytes(text), nullptr, packed) ? packed.size() : text.size();
    }
    return with + without / 16 < without;
}

} // namespace

Result<Bytes> trainDictionary(std::span<const std::string_view> texts)
{
    const Error none{ErrorCode::NotFound, "the texts give no useful dictionary"};
    std::size_t total = 0;
    std::size_t count = 0;
    while (count < texts.size() && total + texts[count].size() <= kTrainingBytesMax) {
        total += texts[count++].size();
    }
    texts = texts.first(count);
    const Vocabulary vocabulary = countTexts(texts);
    Bytes samples;
    samples.reserve(total);
    std::vector<std::size_t> sizes;
    for (const std::string_view text : texts) {
        const std::size_t before = samples.size();
        eachPart(text, [&](std::string_view part, bool) {
            if (vocabulary.at(part).texts >= kTextsSharingMin) {
                const ByteView bytes = asBytes(part);
                samples.insert(samples.end(), bytes.begin(), bytes.end());
            }
        });
        if (samples.size() > before) {
            sizes.push_back(samples.size() - before);
        }
    }
    if (sizes.size() < kSamplesMin) {
        return none;
    }
    Bytes dictionary = trainOnSamples(samples, sizes, kDictionaryBytesMax);
    if (dictionary.empty() || !useful(dictionary, texts)) {
        return none;
    }
    return dictionary;
}

} // namespace carma::log
