// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "catalog/database.h"
#include "catalog/seals.h"

/// The tables, and the row that binds a database to its store. Byte format: core/docs/format/catalog.md
namespace carma::catalog {

/// In the database's head, for `file`: "CRMA".
inline constexpr std::int64_t kApplicationId = 0x43524D41;
/// Raised with every change of a table or of a sealed value; a catalog of another version is begun anew.
inline constexpr std::int64_t kSchemaVersion = 2;

/// Makes all tables in an empty database.
Result<void> createSchema(Database& database, const StoreId& store, const Seals& seals);

/// Whether the database is one of ours, of this version, of this store, sealed with these keys. Corruption if not.
Result<void> checkSchema(Database& database, const StoreId& store, const Seals& seals);

Result<Sequence> readAppliedSequence(Database& database);
Result<void> writeAppliedSequence(Database& database, Sequence sequence);

} // namespace carma::catalog
