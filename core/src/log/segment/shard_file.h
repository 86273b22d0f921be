// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "log/segment/shard_format.h"

#include "base/mapped_bytes.h"

#include <map>

/// A shard file, or a range of its rows, as it was read.
namespace carma::log {

/// Everything that is the same for all operations on one segment.
struct SegmentContext {
    Disk& disk;
    Executor& executor;
    ShardFolders folders;
    SegmentInfo info;
    ShardLayout layout;

    [[nodiscard]] std::string fileName() const { return shardFileName(info.segment, info.generation); }
    [[nodiscard]] std::string path(unsigned shard) const { return folders[shard] + "/" + fileName(); }
};

/// What was found in the place of one sector.
enum class CellState : std::uint8_t {
    Absent,    ///< no file, or it ends before
    Unread,    ///< the device refused
    Unchecked, ///< read, but no check of it is known
    Good,      ///< the check holds
    Corrected, ///< the check holds after flipping bits back
    Bad,       ///< the check does not hold
};

struct Cell {
    CellState found = CellState::Absent;
    bool trusted = false;     ///< the buffer holds the right content by now
    unsigned flippedBits = 0; ///< between what was read and the right content, where both are known
};

/// What damaged sectors held before they were healed in memory, by number.
using Originals = std::map<std::uint64_t, Sector>;

/// Presence of a file, as far as opening it tells.
enum class FileState : std::uint8_t { Missing, Unreadable, Present };

struct ShardFile {
    FileState state = FileState::Missing;
    bool foreign = false; ///< its headers belong elsewhere
    std::uint64_t size = 0;
    MappedBytes bytes;       ///< as long as it should be; zero where nothing was read
    std::vector<Cell> cells; ///< one a sector
    Originals originals;
};

/// Rows [first, first + cells.size()) of one shard, in buffers of somebody else.
struct Lane {
    unsigned shard = 0;
    std::uint64_t first = 0;
    ByteSpan bytes;
    std::span<Cell> cells;
    Originals* originals = nullptr; ///< keyed by sector number in the file
};

/// Reads cells.size() sectors from `sector` on. An error is retried once, then narrowed down to single sectors.
/// Cells become Absent, Unread or Unchecked. Returns how many bytes were read.
std::uint64_t readCells(DiskFile& file, std::uint64_t sector, ByteSpan bytes, std::span<Cell> cells);

/// Reads a whole shard file and settles its framed sectors; rows stay Unchecked.
ShardFile loadShardFile(const SegmentContext& context, unsigned shard);

/// Settles the cells of a lane by check and correction code. Without a check a cell stays Unchecked, bits corrected if
/// the code says so.
void checkLane(const SegmentInfo& info, const Lane& lane, const CheckTable& checks, const CodeTable& codes);

/// Puts the right content in place of what was read and counts the difference.
void heal(const Lane& lane, std::uint64_t row, SectorView content);

} // namespace carma::log
