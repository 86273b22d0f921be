// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/bytes.h>
#include <carma/result.h>

#include <cstdint>
#include <string>
#include <vector>

/// Finds and reads the files a user named. Uses the operating system directly: the source tree is not the store.
namespace carma::ingest {

struct SourceFile {
    std::string path;     ///< as it can be opened
    std::string relative; ///< relative to the folder that was given, '/'-separated; the file's name if a file was given
    std::uint64_t size = 0;
    std::int64_t modifiedUs = 0;
};

/// Something that will not be ingested, and why ("is empty", "Permission denied", "is a socket", "a link back to ...").
struct SkippedFile {
    std::string path;
    Error reason;
};

struct WalkOptions {
    std::uint64_t fileBytesMax = 256U << 20U; ///< larger files are skipped with the reason
    bool hidden = false;                      ///< also names that begin with a dot
    bool ignoreFiles = false;                 ///< obey .gitignore and .carmaignore in the folders (see ignore_rules.h)
    std::string avoid;                        ///< a folder never entered: the store itself
};

struct WalkResult {
    std::vector<SourceFile> files; ///< sorted by relative path, each file once
    std::vector<SkippedFile> skipped;
    std::uint64_t ignored = 0;        ///< names left out by an ignore file
    std::vector<std::string> folders; ///< entered, as they can be opened
};

/// Walks the given files and folders. Symbolic links are followed; loops and files reached twice are cut off by device and inode.
/// NotFound only if nothing at all exists of what was named; everything else is in `skipped`.
Result<WalkResult> walkSources(const std::vector<std::string>& paths, const WalkOptions& options);

/// Reads a file whole; Io, NotFound, LimitExceeded (grew beyond the bound while being read) or InvalidArgument (not a regular file).
Result<Bytes> readSource(const SourceFile& file, std::uint64_t fileBytesMax);

} // namespace carma::ingest
