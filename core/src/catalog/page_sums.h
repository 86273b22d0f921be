// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "catalog/catalog.h"
#include "log/sector/sector.h"

#include <carma/disk.h>

#include <optional>
#include <utility>

/// "catalog.sums": what the catalog's file must be, page by page, so that rot is seen and undone without the log.
/// SQLite itself notices next to nothing of it. Changes go to the write-ahead log, which has checks of its own, and the database's
/// file stays what the sums say until that log is folded in: before it the sums go, durably, and after it they come back, written
/// aside and renamed. Byte format: core/docs/format/catalog.md
namespace carma::catalog {

/// SQLite's whole check reads everything several times: so many bytes take about a second. Larger databases get the quick one.
inline constexpr std::uint64_t kWholeCheckBytesMax = std::uint64_t{32} << 20U;
inline constexpr std::size_t kPageBytes = log::kSectorBytes;

struct PageSum {
    Hash128 check;
    log::SectorCode code{};
    bool operator==(const PageSum&) const = default;
};

struct PageSums {
    Sequence appliedSequence = 0;
    std::vector<PageSum> pages;
};

/// The file's bytes: a framed object.
Bytes encodeSums(const StoreId& store, const PageSums& sums);

struct SumsReading {
    PageSums sums;
    bool complete = false;          ///< every sector good or corrected, and the content has meaning
    std::vector<PageDamage> damage; ///< of sectors of the sums file
    Bytes corrected;                ///< the whole file as it should be, when complete and damaged
};
SumsReading decodeSums(const StoreId& store, ByteView file);

/// The sum of a page; `known` is one that may still hold (its code is taken over if its check does).
PageSum sumOf(const StoreId& store, std::uint64_t page, ByteView bytes, const PageSum* known);

/// Checks a page, correcting it in place where possible.
log::SectorReading readPage(const StoreId& store, std::uint64_t page, ByteSpan bytes, PageSum sum);

/// Database and sums, compared.
struct SettledReading {
    bool settled = false;   ///< there are sums; nothing below is filled in without
    bool noJournal = false; ///< no rollback journal with content beside the database
    SumsReading sums;
    bool wholeSize = false;                                 ///< the database has exactly the pages of the sums
    std::vector<PageDamage> damage;                         ///< of pages; no bits counted: beyond correction
    std::vector<std::pair<std::uint64_t, Bytes>> corrected; ///< pages as they should be
    bool uncorrected = false;
    /// Nothing wrong, or all of it can be put right from what is here.
    [[nodiscard]] bool sound() const { return settled && sums.complete && wholeSize && noJournal && !uncorrected; }
};
/// Reads the files of a folder; a writer may be at work in another process. `stopEarly`: at the first page beyond correction.
Result<SettledReading> readSettled(Disk& disk, const std::string& folder, const StoreId& store, bool stopEarly);

/// Sums of the database file as it is. Before, bytes that no row owns are overwritten with zeroes: SQLite leaves stale
/// copies of rows in the gaps of pages that it splits, also of rows that are deleted later.
/// REQUIRES: an empty write-ahead log, and no writer at work.
Result<PageSums> makeSums(DiskFile& database, const StoreId& store, const PageSums& known);

/// File names, relative to the catalog's folder.
inline constexpr std::string_view kDatabaseName = "catalog.sqlite";
inline constexpr std::string_view kLogName = "catalog.sqlite-wal";
inline constexpr std::string_view kJournalName = "catalog.sqlite-journal"; ///< of the moment before the log is switched on
inline constexpr std::string_view kSharedMemoryName = "catalog.sqlite-shm";
inline constexpr std::string_view kSumsName = "catalog.sums";
inline constexpr std::string_view kSumsTemporaryName = "catalog.sums.tmp";

/// What tells two states of a file apart. No value unless it is a regular file.
struct FileStamp {
    std::uint64_t device = 0, inode = 0, size = 0;
    std::int64_t modifiedNs = 0, changedNs = 0;
    bool operator==(const FileStamp&) const = default;
};
std::optional<FileStamp> fileStamp(const std::string& folder, std::string_view name);

} // namespace carma::catalog
