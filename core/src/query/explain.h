// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "query/fractal_score.h"

namespace carma::query {

/// What each word of the query added to a passage's BM25 of `whole`.
Term explainWords(
    const Indexes& indexes, const index::QueryWords& words, index::Slot slot, float whole, float weight, const Moments& moments);

/// A neighbour's share: `own` is its own score, `factor` what its distance leaves of it. REQUIRES: both have one parent
Term explainNeighbour(const index::PassageTable& passages, index::Slot slot, index::Slot neighbour, float own, float factor);

} // namespace carma::query
