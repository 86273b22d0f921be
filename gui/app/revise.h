// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/memory.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace carma::gui {

/// What is kept of a document is never changed: another text or other tags are a new version. Nothing here waits for the GUI thread.

/// A new version of `document` with these bytes and tags. Returns the version as it is listed. Any thread.
Result<DocumentSummary> revise(Memory& memory, const DocumentSummary& document, std::string_view bytes, std::vector<std::string> tags);
/// The same with the bytes that it has.
Result<DocumentSummary> retag(Memory& memory, const DocumentSummary& document, std::vector<std::string> tags);
/// A new version that has the bytes and the tags of `wanted`, an older version of `current`.
Result<DocumentSummary> restoreVersion(Memory& memory, const DocumentSummary& current, const DocumentSummary& wanted);

/// Whether two summaries are versions of one document: the same path, or the same external id, in one namespace. The versions of a
/// document that has neither bear the id of the first one as external id.
bool areVersions(const DocumentSummary& one, const DocumentSummary& other);
/// All versions that are still kept, the oldest first. Reads the list of the whole namespace; stops early if `isWanted` says no.
Result<std::vector<DocumentSummary>> versionsOf(Memory& memory, const DocumentSummary& document, const std::function<bool()>& isWanted);
/// Versions of any of `documents` that are not among them. Reads the lists of their namespaces.
Result<std::vector<DocumentSummary>> otherVersionsOf(Memory& memory, const std::vector<DocumentSummary>& documents);
/// Of versions, oldest first: the one that held at that time; null before the first.
const DocumentSummary* versionAt(const std::vector<DocumentSummary>& versions, std::int64_t timeUs);

/// Words between commas or lines, without blanks around them and each once.
std::vector<std::string> tagsIn(const std::string& typed);

} // namespace carma::gui
