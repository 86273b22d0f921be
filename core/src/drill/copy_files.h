// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/progress.h>
#include <carma/result.h>

#include <cstdint>
#include <string>

namespace carma::drill {

/// Copies the files of a store (shards/ and the catalog, no quarantine, no indexes) into `to`, sharing blocks where the file system can
/// (FICLONE). Returns the bytes. NotFound: a file went while it was copied; call it again.
Result<std::uint64_t> copyStoreFiles(const std::string& from, const std::string& to, const Task& task);

/// Deletes a folder with all it holds. REQUIRES: it was made by copyStoreFiles
void removeCopy(const std::string& folder);

} // namespace carma::drill
