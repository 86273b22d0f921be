// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "catalog/database.h"
#include "catalog/seals.h"

/// The questions of catalog.h as SQL. The caller holds the connection and a transaction.
namespace carma::catalog {

class Rows {
public:
    Rows(Database& database, const Seals& seals) : m_database(database), m_seals(seals) {}

    Result<std::vector<NamespaceRow>> namespaces();
    Result<std::optional<NamespaceRow>> findNamespace(std::string_view name);
    Result<Counts> counts(const std::optional<NamespaceId>& space);
    Result<std::vector<DocumentRow>> documents(const Catalog::DocumentFilter& filter);
    Result<std::optional<DocumentRow>> document(const FragmentId& id);
    Result<std::optional<DocumentRow>> documentByPath(const NamespaceId& space, std::string_view path);
    Result<std::optional<DocumentRow>> documentByExternalId(const NamespaceId& space, std::string_view externalId);
    Result<std::vector<DocumentRow>> versions(const NamespaceId& space, std::string_view path, std::string_view externalId);
    Result<std::optional<DocumentRow>> documentByDigest(const NamespaceId& space, const crypto::Digest& digest);
    Result<std::optional<FragmentRow>> fragment(const FragmentId& id);
    Result<std::vector<FragmentRow>> fragmentsOf(const FragmentId& document);
    Result<std::vector<FragmentRow>> fragments(const NamespaceId& space, Sequence from, std::size_t limit, bool oldVersions);
    Result<std::vector<FragmentRow>> lostFragments(std::size_t limit);
    Result<std::optional<FragmentRow>> fragmentBySequence(Sequence sequence);
    Result<std::vector<DocumentRow>> documentsTouching(std::span<const Sequence> sequences);
    Result<std::vector<Sequence>> books(std::uint16_t type, Sequence from, std::size_t limit);
    Result<std::optional<FragmentId>> completeId(std::string_view prefix);

private:
    Result<std::optional<std::int64_t>> spaceNumber(const NamespaceId& space);
    Result<NamespaceRow> readNamespace(const Query& row);
    Result<DocumentRow> readDocument(const Query& row);
    Result<std::vector<DocumentRow>> readDocuments(Query& rows);
    Result<std::optional<DocumentRow>> readOneDocument(Query& rows);
    Result<std::vector<FragmentRow>> readFragments(Query& rows);
    Result<std::optional<FragmentRow>> readOneFragment(Query& rows);

    Database& m_database;
    const Seals& m_seals;
};

} // namespace carma::catalog
