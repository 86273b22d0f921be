// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "json.h"

#include <carma/health.h>
#include <carma/memory.h>

/// The JSON forms of what the store tells. Keys are snake_case and stable: scripts rely on them.
namespace carma::cli {

Json toJson(const DocumentSummary& document);
/// A fragment as `show` and `query` print it.
Json toJson(const FragmentView& fragment);
Json toJson(const QueryHit& hit, bool explain, bool context);
Json toJson(const DocumentTree& tree);
Json toJson(const Fault& fault);
Json toJson(const LostItem& item);
Json toJson(const std::vector<FileProblem>& problems);
/// "damaged", "faults", "lost" and the counts that scrub, verify and heal have in common, appended to `object`.
void appendDamage(Json& object, const DamageReport& damage);

/// A score with the six digits after the point that mean something.
double rounded(float value);

} // namespace carma::cli
