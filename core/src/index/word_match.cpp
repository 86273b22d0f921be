// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/word_match.h"

#include "index/unicode_words.h"

#include <algorithm>

namespace carma::index {

namespace {

struct Placed {
    Postings postings;
    std::uint32_t distance = 0; ///< to the first word
};

void set(SlotBits& bits, Slot slot) { bits[slot / 64] |= std::uint64_t{1} << (slot % 64); }

/// Whether the words stand as they should in the passage of words[i].postings[at[i]].
bool standTogether(const std::vector<Placed>& words, const std::vector<std::size_t>& at, bool inTitle)
{
    std::vector<std::uint32_t> begins;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const Posting& posting = words[i].postings[at[i]];
        std::vector<std::uint32_t> places;
        words[i].postings.eachPosition(posting, [&](std::uint32_t position) {
            if (position >= words[i].distance && (!inTitle || places.size() < posting.inTitle)) {
                places.push_back(position - words[i].distance);
            }
        });
        if (i == 0) {
            begins = std::move(places);
        } else {
            std::erase_if(begins, [&](std::uint32_t begin) { return !std::ranges::binary_search(places, begin); });
        }
        if (begins.empty()) {
            return false;
        }
    }
    return true;
}

/// Adds the slots with the words in one language; false if none of the words counts in it.
bool addSlotsWithWords(const LexicalIndex& index, std::string_view words, Language language, bool inTitle, SlotBits& bits)
{
    WordReader reader(WordReader::Purpose::Query);
    reader.setLanguage(language);
    std::vector<PlacedTerm> terms;
    std::uint32_t position = 0;
    reader.read(words, terms, position);
    std::vector<Placed> placed;
    for (const PlacedTerm& term : terms) {
        placed.push_back({index.find(reader.term(term.term)), term.position - terms.front().position});
        if (placed.back().postings.empty()) {
            return true;
        }
    }
    std::vector<std::size_t> at(placed.size(), 0);
    for (const Posting& first : placed.empty() ? Postings() : placed[0].postings) {
        bool everywhere = true;
        for (std::size_t i = 0; i < placed.size() && everywhere; ++i) {
            const Postings& postings = placed[i].postings;
            at[i] = postings.seek(at[i], first.slot);
            everywhere = at[i] < postings.size() && postings[at[i]].slot == first.slot;
        }
        if (everywhere && standTogether(placed, at, inTitle)) {
            set(bits, first.slot);
        }
    }
    return !terms.empty();
}

} // namespace

std::optional<SlotBits> slotsWithWords(const LexicalIndex& index, std::string_view words, bool inTitle)
{
    SlotBits bits((index.size() + 63) / 64);
    bool demandsSomething = false;
    for (const Language language : index.languages()) {
        demandsSomething = addSlotsWithWords(index, words, language, inTitle, bits) || demandsSomething;
    }
    return demandsSomething ? std::optional(std::move(bits)) : std::nullopt;
}

SlotBits slotsWithPrefix(const LexicalIndex& index, std::string_view prefix)
{
    SlotBits bits((index.size() + 63) / 64);
    if (hasPairedScript(prefix)) { // words have no ends there
        return slotsWithWords(index, prefix, false).value_or(bits);
    }
    for (const Posting& posting : postingsWithPrefix(index, prefix)) {
        set(bits, posting.slot);
    }
    return bits;
}

std::vector<Posting> postingsWithPrefix(const LexicalIndex& index, std::string_view prefix)
{
    std::vector<Posting> merged;
    for (const Postings& postings : index.withPrefix(foldWord(prefix))) {
        for (const Posting& posting : postings) {
            std::uint32_t place = 0;
            bool isFirst = true;
            postings.eachPosition(posting, [&](std::uint32_t position) {
                place = isFirst ? position : place;
                isFirst = false;
            });
            merged.push_back({posting.slot, 1, static_cast<std::uint16_t>(posting.inTitle > 0 ? 1 : 0), place});
        }
    }
    std::ranges::stable_sort(merged, {}, &Posting::slot);
    const auto rest = std::ranges::unique(merged, {}, &Posting::slot);
    merged.erase(rest.begin(), rest.end());
    return merged;
}

} // namespace carma::index
