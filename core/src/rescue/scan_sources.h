// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "log/segment/segment.h"
#include "rescue/piece_disk.h"

#include <carma/progress.h>

#include <string>
#include <vector>

namespace carma::rescue {

enum class PieceKind : std::uint8_t { Superblock, KeyRing, Shard, Tail };

/// Something of a store, told by its content alone.
struct Piece {
    PieceKind kind{};
    Extent extent;
    StoreId store;             ///< null if the content does not say: a damaged superblock or key ring, told by its file's name
    bool sound = false;        ///< superblocks and key rings: every sector holds. A key ring's MAC is not looked at
    log::SegmentInfo info;     ///< of a shard
    unsigned shard = 0;        ///< of a shard: its number
    std::uint64_t segment = 0; ///< of a tail
    std::size_t source = 0;    ///< index in Findings::files
};

struct SourceFile {
    std::string path; ///< absolute
    std::uint64_t size = 0;
    bool hasPieces = false;
    std::string guess; ///< what a file without pieces seems to be, for people
};

struct Findings {
    std::vector<SourceFile> files;
    std::vector<Piece> pieces;
    std::uint64_t bytes = 0;
    std::vector<std::string> notes; ///< what could not be read, a sentence each
    bool cancelled = false;
};

/// Looks through files and folders (links inside are not followed) for sectors that say what they are. A piece may lie anywhere in a
/// file, at a multiple of 4 KiB, as in the image of a disk, but in one stretch. NotFound if a source is missing.
Result<Findings> scanSources(const std::vector<std::string>& sources, const Task& task);

} // namespace carma::rescue
