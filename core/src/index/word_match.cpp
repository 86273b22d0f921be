// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/word_match.h"

#include "embed/utf8.h"

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

/// As a word of the index begins. Its stem, too, ends where the prefix may not reach.
std::string folded(std::string_view prefix)
{
    std::string text(prefix);
    if (std::ranges::all_of(text, embed::isAscii)) {
        std::ranges::transform(text, text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
        return text;
    }
    WordReader reader;
    std::vector<PlacedTerm> terms;
    std::uint32_t position = 0;
    reader.read(text, terms, position);
    return terms.empty() ? std::string() : std::string(reader.term(terms.front().term));
}

} // namespace

std::optional<SlotBits> slotsWithWords(const LexicalIndex& index, std::string_view words, bool inTitle)
{
    WordReader reader;
    std::vector<PlacedTerm> terms;
    std::uint32_t position = 0;
    reader.read(words, terms, position);
    if (terms.empty()) {
        return std::nullopt;
    }
    SlotBits bits((index.size() + 63) / 64);
    std::vector<Placed> placed;
    for (const PlacedTerm& term : terms) {
        placed.push_back({index.find(reader.term(term.term)), term.position - terms.front().position});
        if (placed.back().postings.empty()) {
            return bits;
        }
    }
    std::vector<std::size_t> at(placed.size(), 0);
    for (const Posting& first : placed[0].postings) {
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
    return bits;
}

SlotBits slotsWithPrefix(const LexicalIndex& index, std::string_view prefix)
{
    SlotBits bits((index.size() + 63) / 64);
    for (const Postings& postings : index.withPrefix(folded(prefix))) {
        for (const Posting& posting : postings) {
            set(bits, posting.slot);
        }
    }
    return bits;
}

std::vector<Posting> postingsWithPrefix(const LexicalIndex& index, std::string_view prefix)
{
    std::vector<Posting> merged;
    for (const Postings& postings : index.withPrefix(folded(prefix))) {
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
