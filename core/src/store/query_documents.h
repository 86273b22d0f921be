// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "catalog/catalog.h"
#include "query/language/query_language.h"

#include <carma/ids.h>

#include <optional>
#include <string_view>
#include <vector>

namespace carma::store {

/// The documents whose passages a query may find, rising: those with the tags and paths that it asks for.
/// Nothing if that leaves all.
Result<std::optional<std::vector<FragmentId>>> documentsFor(
    catalog::Catalog& catalog, const NamespaceId& space, const query::ParsedQuery& parsed);

/// Whether the passage has lines of the speakers that the query asks for and none of those it excludes. Lines begin as `ingest` writes
/// them: "Name: ".
bool speakersMatch(std::string_view text, const query::ParsedQuery& parsed);

} // namespace carma::store
