// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "catalog/schema.h"

#include <array>

namespace carma::catalog {

namespace {

/// Exactly what sqlite_schema holds in a sound catalog, by name.
///
/// Documents and namespaces have small numbers that stand for their ids in other rows; a number is given out when the
/// id is first seen, be it in a fragment, so a document without `sequence` is one whose record has not been applied yet.
/// A fragment's row is its record's sequence: appending is then always at the end of the tree.
struct Entry {
    const char* name;
    const char* sql;
};
constexpr std::array kEntries{
    Entry{"books", "CREATE TABLE books(type INTEGER NOT NULL, sequence INTEGER NOT NULL, PRIMARY KEY(type, sequence)) WITHOUT ROWID"},
    Entry{"documents",
        "CREATE TABLE documents(number INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, space INTEGER NOT NULL, "
        "sequence INTEGER, state INTEGER NOT NULL, current INTEGER NOT NULL, fragments INTEGER, pieces INTEGER, "
        "replaces BLOB, path_hash BLOB, external_hash BLOB, digest_hash BLOB, sealed BLOB)"},
    Entry{"documents_digest", "CREATE INDEX documents_digest ON documents(digest_hash) WHERE digest_hash IS NOT NULL"},
    Entry{"documents_external", "CREATE INDEX documents_external ON documents(external_hash, sequence) WHERE external_hash IS NOT NULL"},
    Entry{"documents_old", "CREATE INDEX documents_old ON documents(number) WHERE current = 0"},
    Entry{"documents_path", "CREATE INDEX documents_path ON documents(path_hash, sequence) WHERE path_hash IS NOT NULL"},
    Entry{"documents_replaces", "CREATE INDEX documents_replaces ON documents(replaces) WHERE replaces IS NOT NULL"},
    Entry{"documents_sequence", "CREATE INDEX documents_sequence ON documents(sequence) WHERE sequence IS NOT NULL"},
    Entry{"documents_space", "CREATE INDEX documents_space ON documents(space, id)"},
    Entry{"fragments",
        "CREATE TABLE fragments(sequence INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, document INTEGER NOT NULL, "
        "space INTEGER NOT NULL, parent, place INTEGER NOT NULL, number INTEGER NOT NULL, \"offset\" INTEGER NOT NULL, "
        "bytes INTEGER NOT NULL, time INTEGER NOT NULL, state INTEGER NOT NULL, \"check\" INTEGER NOT NULL)"},
    Entry{"fragments_document", "CREATE INDEX fragments_document ON fragments(document, number)"},
    Entry{"fragments_lost", "CREATE INDEX fragments_lost ON fragments(document) WHERE state = 1"},
    Entry{"fragments_space", "CREATE INDEX fragments_space ON fragments(space)"},
    Entry{"meta",
        "CREATE TABLE meta(only INTEGER PRIMARY KEY CHECK(only = 1), store BLOB NOT NULL, applied INTEGER NOT NULL, probe BLOB NOT NULL)"},
    Entry{"namespaces",
        "CREATE TABLE namespaces(number INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, name_hash BLOB, created INTEGER, sealed BLOB)"},
    Entry{"namespaces_name", "CREATE INDEX namespaces_name ON namespaces(name_hash) WHERE name_hash IS NOT NULL"},
    Entry{"pieces",
        "CREATE TABLE pieces(sequence INTEGER NOT NULL, document INTEGER NOT NULL, PRIMARY KEY(sequence, document)) WITHOUT ROWID"},
    Entry{"pieces_document", "CREATE INDEX pieces_document ON pieces(document)"},
};

constexpr std::string_view kProbe = "carma catalog";

Error notOurs(std::string_view what) { return {ErrorCode::Corruption, "the catalog: " + std::string(what)}; }

} // namespace

Result<void> createSchema(Database& database, const StoreId& store, const Seals& seals)
{
    CARMA_TRY_ASSIGN(auto transaction, Transaction::begin(database, true));
    // A table comes before its indexes because names sort that way.
    for (const Entry& entry : kEntries) {
        CARMA_TRY(database.execute(entry.sql));
    }
    CARMA_TRY(database.execute("PRAGMA application_id=" + std::to_string(kApplicationId)));
    CARMA_TRY(database.execute("PRAGMA user_version=" + std::to_string(kSchemaVersion)));
    const Bytes probe = seals.seal(store.view(), asBytes(kProbe));
    CARMA_TRY_ASSIGN(auto insert, database.query("INSERT INTO meta VALUES(1, ?, 0, ?)"));
    CARMA_TRY(insert.add(store).add(ByteView(probe)).run());
    return transaction.commit();
}

Result<void> checkSchema(Database& database, const StoreId& store, const Seals& seals)
{
    CARMA_TRY_ASSIGN(const auto application, database.number("PRAGMA application_id"));
    CARMA_TRY_ASSIGN(const auto version, database.number("PRAGMA user_version"));
    if (application != kApplicationId) {
        return notOurs("the database belongs to another program");
    }
    if (version != kSchemaVersion) {
        return notOurs("the database has version " + std::to_string(version));
    }
    {
        CARMA_TRY_ASSIGN(auto rows, database.query("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name"));
        for (const Entry& entry : kEntries) {
            CARMA_TRY_ASSIGN(const bool found, rows.step());
            if (!found || rows.text(0) != entry.name || rows.text(1) != entry.sql) {
                return notOurs("its tables are not those of a catalog");
            }
        }
        CARMA_TRY_ASSIGN(const bool more, rows.step());
        if (more) {
            return notOurs("it has tables that do not belong to a catalog");
        }
    }
    CARMA_TRY_ASSIGN(auto rows, database.query("SELECT store, probe FROM meta WHERE only = 1"));
    CARMA_TRY_ASSIGN(const bool found, rows.step());
    if (!found || rows.id<StoreId>(0) != store) {
        return notOurs("it belongs to another store");
    }
    const auto probe = seals.open(store.view(), rows.blob(1));
    if (!probe.has_value() || asText(*probe) != kProbe) {
        return notOurs("it is sealed with other keys");
    }
    return {};
}

Result<Sequence> readAppliedSequence(Database& database)
{
    CARMA_TRY_ASSIGN(const auto applied, database.number("SELECT applied FROM meta WHERE only = 1"));
    if (applied < 0) {
        return notOurs("the applied sequence is negative");
    }
    return static_cast<Sequence>(applied);
}

Result<void> writeAppliedSequence(Database& database, Sequence sequence)
{
    CARMA_TRY_ASSIGN(auto update, database.query("UPDATE meta SET applied = ? WHERE only = 1"));
    return update.add(sequence).run();
}

} // namespace carma::catalog
