// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/allowed.h"

#include "index/word_match.h"

#include <algorithm>
#include <bit>

namespace carma::query {

using index::Slot;

namespace {

/// Keeps the slots for which `isKept` holds.
template <typename IsKept> void keep(index::SlotBits& bits, std::size_t size, IsKept isKept)
{
    for (Slot slot = 0; slot < size; ++slot) {
        if (!isKept(slot)) {
            bits[slot / 64] &= ~(std::uint64_t{1} << (slot % 64));
        }
    }
}

void apply(const index::LexicalIndex& lexical, const WordCondition& condition, index::SlotBits& bits)
{
    const auto found = condition.kind == WordCondition::Kind::Prefix
        ? std::optional(index::slotsWithPrefix(lexical, condition.text))
        : index::slotsWithWords(lexical, condition.text, condition.kind == WordCondition::Kind::Title);
    for (std::size_t i = 0; i < bits.size() && found; ++i) {
        bits[i] &= condition.negated ? ~(*found)[i] : (*found)[i];
    }
}

} // namespace

Allowed allowedSlots(const Indexes& indexes, const Request& request)
{
    const index::PassageTable& passages = indexes.passages();
    Allowed allowed;
    allowed.count = passages.size();
    const ParsedQuery* conditions = request.conditions;
    const bool hasConditions = conditions != nullptr && (!conditions->words.empty() || conditions->fromUs || conditions->toUs);
    if (passages.size() == 0 || (!hasConditions && request.documents == nullptr && request.asOf == kNoSequence)) {
        return allowed;
    }
    allowed.bits.assign((passages.size() + 63) / 64, ~std::uint64_t{0});
    if (const std::size_t last = passages.size() % 64; last != 0) {
        allowed.bits.back() = (std::uint64_t{1} << last) - 1;
    }
    if (request.asOf != kNoSequence) {
        keep(allowed.bits, passages.size(), [&](Slot slot) { return passages.sequence(slot) < request.asOf; });
    }
    if (request.documents != nullptr) {
        keep(allowed.bits, passages.size(),
            [&](Slot slot) { return std::ranges::binary_search(*request.documents, passages.document(slot)); });
    }
    if (conditions != nullptr && (conditions->fromUs || conditions->toUs)) {
        keep(allowed.bits, passages.size(), [&](Slot slot) {
            const std::int64_t time = passages.timeUs(slot);
            return (!conditions->fromUs || time >= *conditions->fromUs) && (!conditions->toUs || time < *conditions->toUs);
        });
    }
    if (conditions != nullptr) {
        for (const WordCondition& condition : conditions->words) {
            apply(indexes.lexical(), condition, allowed.bits);
        }
    }
    allowed.count = 0;
    for (const std::uint64_t word : allowed.bits) {
        allowed.count += static_cast<std::size_t>(std::popcount(word));
    }
    return allowed;
}

void addPrefixes(const index::LexicalIndex& lexical, const Request& request, PreparedQuery& query)
{
    if (request.conditions == nullptr) {
        return;
    }
    for (const std::string& prefix : request.conditions->prefixes) {
        auto postings = index::postingsWithPrefix(lexical, prefix);
        if (!postings.empty()) {
            query.prefixes.push_back(std::move(postings));
            query.words.terms.emplace_back(query.prefixes.back(), ByteView{}); // the list stays where it is when its owner moves
            query.words.words.push_back(prefix + "*");
            query.words.word.push_back(query.words.word.empty() ? 0 : query.words.word.back() + 1);
        }
    }
}

} // namespace carma::query
