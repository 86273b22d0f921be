// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "catalog/database.h"
#include "catalog/in_memory.h"
#include "catalog/page_sums.h"

namespace carma::catalog {

namespace {

/// SQLite's own check of a database that nobody vouches for page by page.
bool integrityHolds(const std::string& folder, std::uint64_t bytes)
{
    const auto log = fileStamp(folder, kLogName);
    const bool atRest = !fileStamp(folder, kSharedMemoryName).has_value() && (!log.has_value() || log->size == 0);
    auto database = Database::open(folder + "/" + std::string(kDatabaseName), atRest ? Access::Immutable : Access::Read);
    return database.has_value() && database->checkIntegrity(bytes <= kWholeCheckBytesMax).has_value();
}

} // namespace

CatalogCheck checkCatalog(const std::string& folder, const StoreId& store)
{
    CatalogCheck check;
    if (folder == kInMemory) {
        return check;
    }
    const auto disk = openPosixDisk(folder);
    const auto stamp = fileStamp(folder, kDatabaseName);
    const auto info = disk->info(kDatabaseName);
    check.present = stamp.has_value() || !info.has_value() || info->has_value();
    if (!check.present) {
        return check;
    }
    if (!stamp.has_value()) {
        check.logicalDamage = true; // something else lies under that name
        return check;
    }
    auto reading = readSettled(*disk, folder, store, false);
    if (!reading.has_value()) {
        check.logicalDamage = true;
        return check;
    }
    if (!reading->settled) {
        check.logicalDamage = !integrityHolds(folder, stamp->size);
        return check;
    }
    check.settled = true;
    check.damage = std::move(reading->damage);
    check.sumsDamage = std::move(reading->sums.damage);
    check.logicalDamage = !reading->sums.complete || !reading->wholeSize || !reading->noJournal;
    if (reading->sums.complete) {
        for (std::uint64_t page = stamp->size / kPageBytes; page < reading->sums.sums.pages.size(); ++page) {
            check.damage.push_back({.page = page, .flippedBits = 0});
        }
    }
    return check;
}

} // namespace carma::catalog
