// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "log/tail/tail_format.h"

#include <algorithm>
#include <map>
#include <optional>

/// The copies of a tail as they are on the disk, and their sectors merged into one.
namespace carma::log {

/// One file as it was read.
struct TailFile {
    std::string folder;
    bool missing = false;
    bool readError = false;
    std::uint64_t fileBytes = 0;           ///< as the file system says
    Bytes bytes;                           ///< at most kTailBytesMax; unreadable sectors are zero
    std::vector<std::uint64_t> unreadable; ///< sectors, ascending

    [[nodiscard]] std::uint64_t wholeSectors() const { return bytes.size() / kSectorBytes; }
    [[nodiscard]] bool isUnreadable(std::uint64_t index) const { return std::ranges::binary_search(unreadable, index); }
    /// REQUIRES: index < wholeSectors()
    [[nodiscard]] std::span<const std::byte, kSectorBytes> sector(std::uint64_t index) const
    {
        return std::span<const std::byte, kSectorBytes>(bytes.data() + index * kSectorBytes, kSectorBytes);
    }
};

/// Never fails: what could not be read is noted in the file.
TailFile readTailFile(Disk& disk, const std::string& folder, std::uint64_t segment);

/// The sectors of all copies, each taken from wherever it is good.
class TailSectors {
public:
    TailSectors(const StoreId& store, std::uint64_t segment, std::vector<TailFile> files);

    [[nodiscard]] const std::vector<TailFile>& files() const { return m_files; }
    [[nodiscard]] std::uint64_t count() const { return m_good.size(); }
    /// Whether the sector's content is known. A sector marked as lost by an earlier repair is not good.
    [[nodiscard]] bool good(std::uint64_t index) const { return m_good[index] && !marked(index); }
    [[nodiscard]] bool marked(std::uint64_t index) const;
    [[nodiscard]] FrameHead head(std::uint64_t index) const { return frameHead(sector(index)); }
    [[nodiscard]] ByteView payload(std::uint64_t index) const { return framePayload(sector(index)); }
    [[nodiscard]] std::span<const std::byte, kSectorBytes> sector(std::uint64_t index) const
    {
        return std::span<const std::byte, kSectorBytes>(m_merged.data() + index * kSectorBytes, kSectorBytes);
    }

    /// Whether copies hold different sectors here that are all valid (one of them was away while the others went on).
    [[nodiscard]] bool contested(std::uint64_t first, std::uint64_t end) const;
    /// Takes the contested sectors of that range from one copy, where it has them, or from what most copies hold.
    void prefer(std::size_t file, std::uint64_t first, std::uint64_t end);
    void preferMost(std::uint64_t first, std::uint64_t end);
    /// Of the sectors from `first` to `last` - 1 keeps what stands in a copy that has sector `last` as it is here; the others are not
    /// known any more.
    void keepThoseWith(std::uint64_t first, std::uint64_t last);
    /// Whether any valid version of the sector has the flag.
    [[nodiscard]] bool mayHaveFlag(std::uint64_t index, std::uint16_t flag) const;

    /// Whether most copies that reach sector `first` hold something in every sector from `first` to `end` - 1: no part of
    /// the sector that is in use is missing (zero). What a crash leaves unwritten reads as zeroes or lies past the end.
    [[nodiscard]] bool writtenInMost(std::uint64_t first, std::uint64_t end) const;
    /// The length in sectors that most copies which reach `first` have at least.
    [[nodiscard]] std::uint64_t lengthOfMost(std::uint64_t first) const;

    /// Puts header sectors that are bad everywhere back, and a mark in place of every other lost sector before `end`.
    void restoreHeader(const TailHeader& header);
    void markLost(std::uint64_t end);
    [[nodiscard]] Bytes takeMerged(std::uint64_t end);

private:
    void mergeSector(std::uint64_t index);
    bool mergeByMajority(std::uint64_t index, const std::vector<std::size_t>& holders);
    /// The sector as that copy has it, corrected; nothing if it is bad there or marked as lost.
    [[nodiscard]] std::optional<Sector> contentIn(const TailFile& file, std::uint64_t index) const;
    [[nodiscard]] std::span<std::byte, kSectorBytes> slot(std::uint64_t index)
    {
        return std::span<std::byte, kSectorBytes>(m_merged.data() + index * kSectorBytes, kSectorBytes);
    }
    [[nodiscard]] std::vector<const TailFile*> reaching(std::uint64_t first) const;

    const StoreId m_store;
    const std::uint64_t m_segment;
    std::vector<TailFile> m_files;
    Bytes m_merged;
    std::vector<bool> m_good; ///< marked sectors included
    struct Version {
        std::size_t file;
        Sector sector;
    };
    std::map<std::uint64_t, std::vector<Version>> m_contested; ///< what most copies hold comes first
};

} // namespace carma::log
