// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "query/fractal_score.h"

#include <cstdint>
#include <vector>

namespace carma::query {

/// The passages that a request lets in.
struct Allowed {
    std::vector<std::uint64_t> bits; ///< a bit a slot; empty if all are
    std::size_t count = 0;

    [[nodiscard]] bool has(index::Slot slot) const { return bits.empty() || (bits[slot / 64] >> (slot % 64) & 1U) != 0; }
};

Allowed allowedSlots(const Indexes& indexes, const Request& request);

/// Lets the request's prefixes count as words of the query.
void addPrefixes(const index::LexicalIndex& lexical, const Request& request, PreparedQuery& query);

} // namespace carma::query
