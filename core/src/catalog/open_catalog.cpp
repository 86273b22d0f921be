// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "catalog/in_memory.h"
#include "catalog/schema.h"
#include "catalog/stored_catalog.h"

#include <array>
#include <numeric>

namespace carma::catalog {

namespace {

struct Opening {
    std::string folder;
    StoreId store;
    Sequence logEnd = 0;
    bool readOnly = false;
    Disk& disk;
    const Seals& seals;

    [[nodiscard]] std::string database() const { return folder + "/" + std::string(kDatabaseName); }
};

/// What the files of the folder are good for.
struct Finding {
    Condition condition = Condition::Good;
    std::string reason;
    StoredCatalog::Form form = StoredCatalog::Form::Memory;
    std::optional<Database> database; ///< when Good
    Sequence applied = 0;
    std::optional<PageSums> sums;
    std::optional<FileStamp> stamp;
    std::optional<CatalogCheck> found; ///< none: it takes a look of its own, at a file that is of no use
};

Finding unusable(Condition condition, std::string reason)
{
    Finding finding;
    finding.condition = condition;
    finding.reason = std::move(reason);
    return finding;
}

/// Errors that say nothing about the file: they go to the caller, and nothing is deleted.
bool aboutTheMoment(ErrorCode code) { return code == ErrorCode::Busy || code == ErrorCode::NoSpace || code == ErrorCode::Internal; }

std::string describe(const SettledReading& reading)
{
    if (!reading.sums.complete) {
        return "the catalog's page sums cannot be read";
    }
    if (!reading.noJournal) {
        return "the catalog was settled, yet a journal lies beside it";
    }
    if (!reading.wholeSize) {
        return "the catalog does not have the size it was settled with";
    }
    return std::to_string(reading.damage.size()) + " pages of the catalog are damaged, some beyond correction";
}

std::string describeCorrection(const SettledReading& reading)
{
    const auto add = [](unsigned sum, const PageDamage& page) { return sum + page.flippedBits; };
    const unsigned bits = std::accumulate(reading.damage.begin(), reading.damage.end(), 0U, add) +
        std::accumulate(reading.sums.damage.begin(), reading.sums.damage.end(), 0U, add);
    return std::to_string(bits) + " flipped bits of the catalog were put right";
}

Result<void> writeBack(Disk& disk, const SettledReading& reading)
{
    if (!reading.corrected.empty()) {
        CARMA_TRY_ASSIGN(const auto file, disk.open(kDatabaseName, OpenMode::ReadWrite));
        for (const auto& [page, bytes] : reading.corrected) {
            CARMA_TRY(file->writeAt(page * kPageBytes, bytes));
        }
        CARMA_TRY(file->sync());
    }
    return reading.sums.corrected.empty() ? Result<void>() : replaceFile(disk, kSumsName, reading.sums.corrected);
}

/// The whole file with the corrected pages, in memory.
Result<Database> correctedCopy(Disk& disk, const SettledReading& reading)
{
    CARMA_TRY_ASSIGN(Bytes file, readWholeFile(disk, kDatabaseName, reading.sums.sums.pages.size() * kPageBytes));
    for (const auto& [page, bytes] : reading.corrected) {
        if ((page + 1) * kPageBytes <= file.size()) {
            std::ranges::copy(bytes, file.begin() + static_cast<std::ptrdiff_t>(page * kPageBytes));
        }
    }
    return Database::fromBytes(file);
}

Result<void> openConnection(const Opening& opening, const SettledReading& reading, Finding& finding)
{
    if (!opening.readOnly) {
        CARMA_TRY(writeBack(opening.disk, reading));
        CARMA_TRY_ASSIGN(finding.database, Database::open(opening.database(), Access::ReadWrite));
        finding.form = StoredCatalog::Form::Writer;
        return {};
    }
    if (!reading.corrected.empty()) {
        CARMA_TRY_ASSIGN(finding.database, correctedCopy(opening.disk, reading));
        finding.form = StoredCatalog::Form::Memory;
        return {};
    }
    // Without shared memory nobody has the file open; without a log its content is whole. Then nothing need be made beside it.
    const auto log = fileStamp(opening.folder, kLogName);
    const bool atRest = !fileStamp(opening.folder, kSharedMemoryName).has_value() && (!log.has_value() || log->size == 0);
    CARMA_TRY_ASSIGN(finding.database, Database::open(opening.database(), atRest ? Access::Immutable : Access::Read));
    finding.form = atRest ? StoredCatalog::Form::Immutable : StoredCatalog::Form::Reader;
    return {};
}

/// Condition Good or RolledBack in the finding; an error if the file is of no use.
Result<void> examineContent(const Opening& opening, const SettledReading& reading, Finding& finding)
{
    CARMA_TRY(openConnection(opening, reading, finding));
    Database& database = *finding.database;
    if (!reading.settled) {
        CARMA_TRY(database.checkIntegrity(finding.stamp->size <= kWholeCheckBytesMax));
    }
    CARMA_TRY(checkSchema(database, opening.store, opening.seals));
    CARMA_TRY_ASSIGN(finding.applied, readAppliedSequence(database));
    // A write-ahead log from before the last settling would bring old pages back; it ends earlier than the sums say.
    if (reading.settled && finding.form != StoredCatalog::Form::Memory && finding.applied < reading.sums.sums.appliedSequence) {
        return Error{ErrorCode::Corruption, "the catalog and its page sums are of different times"};
    }
    if (finding.applied > opening.logEnd) {
        finding.condition = Condition::RolledBack;
        finding.reason = "the catalog is ahead of the log: it knows record " + std::to_string(finding.applied - 1) +
            " and the log ends before record " + std::to_string(opening.logEnd);
        finding.database.reset();
    }
    return {};
}

Result<Finding> examine(const Opening& opening)
{
    Finding finding;
    finding.stamp = fileStamp(opening.folder, kDatabaseName);
    if (!finding.stamp.has_value()) {
        const auto info = opening.disk.info(kDatabaseName);
        const bool missing = info.has_value() && !info->has_value();
        return missing ? unusable(Condition::Missing, "the catalog is missing") : unusable(Condition::Damaged, "the catalog is not a file");
    }
    const auto reading = readSettled(opening.disk, opening.folder, opening.store, true);
    if (!reading.has_value()) {
        return aboutTheMoment(reading.error().code) ? Result<Finding>(reading.error())
                                                    : unusable(Condition::Damaged, reading.error().message);
    }
    if (reading->settled && !reading->sound()) {
        return unusable(Condition::Damaged, describe(*reading));
    }
    // SQLite reads a torn last page as if zeroes followed. Only a checkpoint makes one, and then the log has the page.
    const auto log = fileStamp(opening.folder, kLogName);
    const bool noLog = reading->noJournal && (!log.has_value() || log->size == 0);
    if (!reading->settled && noLog && finding.stamp->size % kPageBytes != 0) {
        return unusable(Condition::Damaged, "the catalog is cut off");
    }
    const auto content = examineContent(opening, *reading, finding);
    if (!content.has_value()) {
        return aboutTheMoment(content.error().code) ? Result<Finding>(content.error())
                                                    : unusable(Condition::Damaged, content.error().message);
    }
    if (finding.condition == Condition::Good && reading->settled) {
        finding.sums = reading->sums.sums;
        if (!reading->damage.empty() || !reading->sums.damage.empty()) {
            finding.reason = describeCorrection(*reading);
        }
    }
    if (finding.condition == Condition::Good) {
        finding.found = CatalogCheck{.present = true,
            .settled = reading->settled,
            .damage = reading->damage,
            .sumsDamage = reading->sums.damage,
            .logicalDamage = false};
    }
    return finding;
}

Result<Database> makeInMemory(const Opening& opening)
{
    CARMA_TRY_ASSIGN(Database database, Database::inMemory());
    CARMA_TRY(createSchema(database, opening.store, opening.seals));
    return database;
}

/// An empty catalog in the file. The file is made first, with its mode: SQLite gives log and shared memory the same.
Result<Database> makeInFile(const Opening& opening)
{
    CARMA_TRY(removeCatalog(opening.folder));
    CARMA_TRY(opening.disk.open(kDatabaseName, OpenMode::CreateNew));
    CARMA_TRY(opening.disk.syncFolder(""));
    CARMA_TRY_ASSIGN(Database database, Database::open(opening.database(), Access::ReadWrite));
    CARMA_TRY(createSchema(database, opening.store, opening.seals));
    return database;
}

} // namespace

Result<void> removeCatalog(const std::string& folder)
{
    // The database first: what is left without it is never believed.
    const auto disk = openPosixDisk(folder);
    for (const std::string_view name : {kDatabaseName, kLogName, kSharedMemoryName, kJournalName, kSumsName, kSumsTemporaryName}) {
        auto removed = disk->remove(name);
        if (!removed.has_value() && removed.error().code != ErrorCode::NotFound) {
            return removed;
        }
    }
    return disk->syncFolder("");
}

Result<OpenedCatalog> openCatalog(const std::string& folder, const StoreId& store, Sequence logEnd, CatalogKeys keys, bool readOnly)
{
    if (keys.seal.size() != crypto::kKeyBytes || keys.index.size() != crypto::kKeyBytes) {
        return Error{ErrorCode::InvalidArgument, "the catalog's keys have 32 bytes each"};
    }
    const bool inMemory = folder == kInMemory;
    auto disk = openPosixDisk(folder); // of a catalog in memory: never used
    Seals seals(std::move(keys));
    const Opening opening{.folder = folder, .store = store, .logEnd = logEnd, .readOnly = readOnly, .disk = *disk, .seals = seals};
    CARMA_TRY_ASSIGN(Finding finding, inMemory ? Result<Finding>(Finding{}) : examine(opening));
    CatalogCheck found = finding.found ? *std::move(finding.found) : checkCatalog(folder, store);
    if (inMemory) {
        CARMA_TRY_ASSIGN(finding.database, makeInMemory(opening));
    }
    if (!finding.database.has_value()) {
        CARMA_TRY_ASSIGN(finding.database, readOnly ? makeInMemory(opening) : makeInFile(opening));
        finding.form = readOnly ? StoredCatalog::Form::Memory : StoredCatalog::Form::Writer;
        finding.applied = 0;
    }
    std::optional<Database> writer;
    if (finding.form == StoredCatalog::Form::Writer) {
        writer = std::move(finding.database);
        CARMA_TRY_ASSIGN(finding.database, Database::open(opening.database(), Access::Read));
    }
    OpenedCatalog opened{
        .catalog = nullptr, .condition = finding.condition, .reason = std::move(finding.reason), .found = std::move(found)};
    auto catalog = std::make_unique<StoredCatalog>(StoredCatalog::Parts{.folder = folder,
                                                       .store = store,
                                                       .seals = std::move(seals),
                                                       .form = finding.form,
                                                       .writer = std::move(writer),
                                                       .reader = std::move(*finding.database),
                                                       .applied = finding.applied,
                                                       .sums = std::move(finding.sums),
                                                       .stamp = finding.stamp},
        std::move(disk));
    catalog->begin();
    opened.catalog = std::move(catalog);
    return opened;
}

} // namespace carma::catalog
