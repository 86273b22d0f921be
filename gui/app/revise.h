// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/history.h>
#include <carma/store.h>

#include <string>
#include <vector>

namespace carma::gui {

/// Changes of documents, each a new version (carma/history.h). Nothing here waits for the GUI thread.

/// A new version with the bytes that it has, and other tags. Any thread.
Result<DocumentSummary> retag(Store& store, const DocumentSummary& document, std::vector<std::string> tags);
/// A new version that has the bytes and the tags of `wanted`, an older version of `current`.
Result<DocumentSummary> restoreVersion(Store& store, const DocumentSummary& current, const DocumentSummary& wanted);
/// Versions of any of `documents` that are not among them.
Result<std::vector<DocumentSummary>> otherVersionsOf(Store& store, const std::vector<DocumentSummary>& documents);
/// Of versions, oldest first: the one that held at that time; null before the first.
const DocumentSummary* versionAt(const std::vector<DocumentSummary>& versions, std::int64_t timeUs);

/// Words between commas or lines, without blanks around them and each once.
std::vector<std::string> tagsIn(const std::string& typed);

} // namespace carma::gui
