// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "crypto/crypto.h"

#include <carma/ids.h>
#include <carma/progress.h>
#include <carma/result.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

/// The SQLite database that indexes the log. Disposable: everything in it comes out of the log and is rebuilt from it.
/// Titles, paths, tags, names and external ids are sealed with the catalog key; look-ups by them use keyed hashes.
namespace carma::catalog {

/// Part of the stored format, do not renumber.
enum class State : std::uint8_t { Exact = 0, Lost = 1, Forgotten = 2 };

struct NamespaceRow {
    NamespaceId id;
    std::string name;
    std::int64_t createdUs = 0;
    std::uint64_t documents = 0, fragments = 0, textBytes = 0; ///< filled in by queries
};

struct DocumentRow {
    FragmentId id;
    NamespaceId space;
    Sequence sequence = 0; ///< of the record that describes it (for a lone note: of its fragment)
    std::string path;      ///< relative to what was ingested; empty for notes
    std::string title;
    std::string mediaType;
    std::string externalId; ///< empty if none; unique in its namespace
    std::vector<std::string> tags;
    crypto::Digest digest{}; ///< SHA-256 of the original bytes
    std::uint64_t originalBytes = 0;
    std::int64_t createdUs = 0;
    std::int64_t modifiedUs = 0; ///< of the source file
    std::uint32_t fragments = 0; ///< passages
    std::uint32_t lost = 0;      ///< passages not readable; filled in by queries
    State state = State::Exact;
    std::vector<Sequence> pieces; ///< records of the original, in order; empty when the passages are the original
    FragmentId replaces;          ///< the previous version; null if none
    bool current = true;          ///< no newer version exists
};

/// A passage: the only level with a record of its own. Sections and sentence groups are in the document's record.
struct FragmentRow {
    FragmentId id;
    FragmentId document;
    NamespaceId space;
    Sequence sequence = 0;
    FragmentId parent;        ///< its section
    std::uint32_t order = 0;  ///< within the section
    std::uint32_t number = 0; ///< within the document, from 0
    std::uint64_t offset = 0; ///< in the document's text
    std::uint32_t bytes = 0;
    std::int64_t timeUs = 0;
    State state = State::Exact;
};

/// Everything one stretch of log means for the catalog; applied in one transaction together with `appliedSequence`.
struct Batch {
    std::vector<NamespaceRow> namespaces;
    std::vector<DocumentRow> documents;
    std::vector<FragmentRow> fragments;
    std::vector<FragmentId> forgottenDocuments; ///< and all their fragments
    std::vector<FragmentId> forgottenFragments;
    std::vector<NamespaceId> erasedSpaces;                 ///< all rows of them go
    std::vector<std::pair<std::uint16_t, Sequence>> books; ///< records that are no memory: their type, as in the log, and sequence
    std::vector<std::pair<Sequence, State>> states;        ///< of the fragment or document whose record has that sequence
    Sequence appliedSequence = 0;                          ///< first sequence not applied
};

struct Counts {
    std::uint64_t namespaces = 0, documents = 0, fragments = 0, lost = 0, forgotten = 0, textBytes = 0;
};

/// Equal ones say that nothing came between.
struct Marks {
    std::uint64_t changes = 0; ///< another number after each batch
    std::uint64_t edits = 0;   ///< another number when what was there may have changed: states, current versions, what was forgotten
    bool operator==(const Marks&) const = default;
};

/// One finding about the catalog's own file.
struct PageDamage {
    std::uint64_t page = 0;
    unsigned flippedBits = 0;
};

/// One process writes, any number read. Methods may be called from any thread; each call is one transaction.
class Catalog {
public:
    virtual ~Catalog() = default;
    [[nodiscard]] virtual Sequence appliedSequence() = 0;
    virtual Result<void> apply(const Batch& batch) = 0;
    /// For caches. Cheap: no table is read. Of the changes of another process both numbers tell alike.
    virtual Result<Marks> marks() = 0;

    virtual Result<std::vector<NamespaceRow>> namespaces() = 0;
    virtual Result<std::optional<NamespaceRow>> findNamespace(std::string_view name) = 0;
    virtual Result<Counts> counts(const std::optional<NamespaceId>& space) = 0;

    struct DocumentFilter {
        std::optional<NamespaceId> space;
        bool oldVersions = false;
        bool forgotten = false;
        FragmentId after; ///< for paging: ids greater than this
        std::size_t limit = 1000;
    };
    virtual Result<std::vector<DocumentRow>> documents(const DocumentFilter& filter) = 0; ///< by id, that is by time
    virtual Result<std::optional<DocumentRow>> document(const FragmentId& id) = 0;
    virtual Result<std::optional<DocumentRow>> documentByPath(const NamespaceId& space, std::string_view path) = 0; ///< the current version
    virtual Result<std::optional<DocumentRow>> documentByExternalId(const NamespaceId& space, std::string_view externalId) = 0;
    /// Every version of what has that path or, if that is empty, of what has that external id and no path. Not the forgotten; by id.
    virtual Result<std::vector<DocumentRow>> versions(const NamespaceId& space, std::string_view path, std::string_view externalId) = 0;
    virtual Result<std::optional<DocumentRow>> documentByDigest(
        const NamespaceId& space, const crypto::Digest& digest) = 0; ///< any version whose original is kept
    virtual Result<std::optional<FragmentRow>> fragment(const FragmentId& id) = 0;
    virtual Result<std::vector<FragmentRow>> fragmentsOf(const FragmentId& document) = 0; ///< by number
    virtual Result<std::vector<FragmentRow>> fragments(
        const NamespaceId& space, Sequence from, std::size_t limit, bool oldVersions = false) = 0; ///< not forgotten, by sequence
    virtual Result<std::vector<FragmentRow>> lostFragments(std::size_t limit) = 0;
    virtual Result<std::optional<FragmentRow>> fragmentBySequence(Sequence sequence) = 0;
    virtual Result<std::vector<DocumentRow>> documentsTouching(
        std::span<const Sequence> sequences) = 0; ///< whose document record, fragments or pieces have these sequences
    virtual Result<std::vector<Sequence>> books(std::uint16_t type, Sequence from, std::size_t limit) = 0; ///< rising, from `from` on
    virtual Result<std::optional<FragmentId>> completeId(
        std::string_view prefix) = 0; ///< a document or fragment by >= 6 characters of its id; InvalidArgument if ambiguous

    /// Folds the write-ahead log in and writes the page sums beside the database; after it the file is vouched for bit by bit.
    virtual Result<void> settle() = 0;
};

struct CatalogKeys {
    SecretBytes seal;  ///< 32 bytes: sealed columns
    SecretBytes index; ///< 32 bytes: keyed hashes of names and paths
};

/// How the file was found.
enum class Condition : std::uint8_t { Good, Missing, Damaged, RolledBack };

/// What is wrong with the files. `damage` has exact bits where the correction code could tell.
struct CatalogCheck {
    bool present = false;
    bool settled = false;
    std::vector<PageDamage> damage;
    std::vector<PageDamage> sumsDamage;
    bool logicalDamage = false;
};

struct OpenedCatalog {
    std::unique_ptr<Catalog> catalog;
    Condition condition = Condition::Good; ///< of the file before it was opened; anything but Good means it is new and empty now
    std::string reason;                    ///< one line for the user when not Good, or when flipped bits were put right
    CatalogCheck found;                    ///< the files before anything was put right
};

/// Opens "<folder>/catalog.sqlite" (a path of the operating system). `store` and `logEnd` (first sequence not in the log) guard against
/// a catalog of another store and one that is ahead of the log (RolledBack log or foreign file). Damaged files are corrected from the
/// page sums where possible, otherwise deleted and begun anew; `readOnly` never changes anything and gives a temporary in-memory
/// catalog instead. Error only if no catalog can be had at all (no space, no permission).
Result<OpenedCatalog> openCatalog(const std::string& folder, const StoreId& store, Sequence logEnd, CatalogKeys keys, bool readOnly);

/// Deletes the catalog's files, for instance after a method returned Corruption; openCatalog then begins anew.
/// REQUIRES: no Catalog of this folder is open in this process, and this process is the store's writer.
Result<void> removeCatalog(const std::string& folder);

/// Checks database and sums against each other without opening it.
CatalogCheck checkCatalog(const std::string& folder, const StoreId& store);

/// SQLite's version and whether it is one with a known defect, for `doctor`.
std::string sqliteVersion();

} // namespace carma::catalog
