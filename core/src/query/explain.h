// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "query/fractal_score.h"

namespace carma::query {

/// What each word of the query added to a passage's BM25 of `whole`.
Term explainWords(
    const Indexes& indexes, const index::QueryWords& words, index::Slot slot, float whole, float weight, const Moments& moments);

/// A neighbour's share: `own` is its own score, `weight` what its side and distance leave of it. REQUIRES: both have one parent
Term explainNeighbour(const index::PassageTable& passages, index::Slot slot, index::Slot neighbour, float own, float weight);

} // namespace carma::query
