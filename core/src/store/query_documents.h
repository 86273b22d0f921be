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

struct FoundDocuments {
    std::vector<FragmentId> ids; ///< rising
    std::uint64_t passages = 0;  ///< of them
};

/// The documents whose passages a query may find: those with the tags and paths that it asks for, in the versions of the time `asOfUs`
/// (microseconds since 1970) or, without, of now. Nothing if that leaves all.
Result<std::optional<FoundDocuments>> documentsFor(
    catalog::Catalog& catalog, const NamespaceId& space, const query::ParsedQuery& parsed, std::optional<std::int64_t> asOfUs);

/// Whether the passage has lines of the speakers that the query asks for and none of those it excludes. Lines begin as `ingest` writes
/// them: "Name: ".
bool speakersMatch(std::string_view text, const query::ParsedQuery& parsed);

} // namespace carma::store
