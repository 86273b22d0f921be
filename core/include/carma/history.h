// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/ids.h>
#include <carma/memory.h>
#include <carma/result.h>

#include <vector>

/// What is kept is never changed in place: another text or other tags are a new version (IngestOptions::replaces, the same path, the same
/// external id), and the ones before stay until they are forgotten.
namespace carma {

class Store;

/// Every version of the document that is still kept, the oldest first; at most one of them is current. `document` is any version, or a
/// part of one. Versions have one namespace and path or, without a path, one external id; what has neither is known by the id of its
/// first version. Found by an index: the time grows with the number of versions, not of documents. Reads no text and is not audited.
/// Thread-safe. NotFound for what is not there or forgotten; Unsupported if `store` did not come from Store::open.
Result<std::vector<DocumentSummary>> versionsOf(Store& store, const FragmentId& document);

/// A new version of a document, any of whose parts may be named: `bytes` instead of what it said, read as its path says, with `tags` and
/// no others. Returns it as it is listed. Durable on return. Thread-safe.
/// InvalidArgument if there is a newer version already, or the bytes cannot be read as that kind of file; else as Memory::ingestBytes.
Result<DocumentSummary> replaceDocument(Store& store, const FragmentId& document, std::string_view bytes, std::vector<std::string> tags,
    std::uint64_t fileBytesMax = std::uint64_t{256} << 20U);

} // namespace carma
