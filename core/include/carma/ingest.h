// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/ids.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace carma {

struct IngestOptions {
    std::string space = "default";
    bool keepOriginals = true; ///< files whose text is not the file itself keep their bytes as well
    std::uint64_t fileBytesMax = 100U << 20U;
    bool hidden = false; ///< names that begin with a dot, too
    std::vector<std::string> tags;
    bool ignoreFiles = true;             ///< what .gitignore and .carmaignore in the folders name is left out
    std::optional<std::int64_t> sinceUs; ///< only files that were modified then (microseconds since 1970) or later
    bool dryRun = false;                 ///< reads and parses everything, writes nothing
    /// For Memory::ingestBytes: the bytes become a new version of this document, whatever path is given and also if they are the same.
    /// Its tags are `tags` alone; it keeps the external id. A document that has neither path nor external id gets the id of its first
    /// version as external id, so that its versions can be told. InvalidArgument if it is not of the namespace, or was replaced; NotFound.
    std::optional<FragmentId> replaces;
};

struct FileProblem {
    std::string path;
    std::string reason;
};

struct IngestReport {
    std::uint64_t files = 0;     ///< ingested now
    std::uint64_t unchanged = 0; ///< skipped: the same bytes under the same path are there
    std::uint64_t updated = 0;   ///< of `files`, new versions of known paths
    std::uint64_t passages = 0;
    std::uint64_t bytes = 0;
    std::uint64_t ignored = 0;        ///< files and folders that an ignore file names
    std::uint64_t older = 0;          ///< files modified before IngestOptions::sinceUs
    std::vector<FileProblem> refused; ///< named, with the reason; the rest went on
    std::vector<FileProblem> skipped; ///< reached before under another name, or a link back: no failure
    bool cancelled = false;
    std::int64_t tookUs = 0;
};

} // namespace carma
