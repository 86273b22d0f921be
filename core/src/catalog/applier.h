// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "catalog/database.h"
#include "catalog/seals.h"

#include <set>
#include <unordered_map>

/// Puts a batch into the tables. The caller holds the writing transaction.
///
/// What the tables say is a function of the records applied, not of the order or the portions in which they came:
///  - a document is current if it is not forgotten and no later one that is not forgotten has its path or its external
///    id, or names it as the one it replaces;
///  - what is forgotten stays so, whatever comes after.
namespace carma::catalog {

class Applier {
public:
    Applier(Database& database, const Seals& seals) : m_database(database), m_seals(seals) {}
    Result<void> apply(const Batch& batch);
    /// Whether apply() did more than to add what was not there.
    [[nodiscard]] bool hasEdited() const { return m_hasEdited; }

private:
    struct DocumentKey {
        std::int64_t number = 0;
        bool forgotten = false;
        bool applied = false; ///< its own record was seen before, not only fragments of it
    };

    Result<void> eraseSpace(const NamespaceId& space);
    Result<std::int64_t> spaceNumber(const NamespaceId& space);
    Result<DocumentKey> documentKey(const FragmentId& document, std::int64_t space);
    Result<void> applyNamespace(const NamespaceRow& row);
    Result<void> applyDocument(const DocumentRow& row);
    Result<void> writeDocument(std::int64_t number, std::int64_t space, const DocumentRow& row);
    Result<void> erasePieces(std::int64_t number);
    Result<void> applyFragment(const FragmentRow& row);
    Result<bool> insertFragment(const char* sql, const FragmentRow& row, std::int64_t space, std::int64_t document, State state);
    Result<void> forgetDocument(const FragmentId& id);
    Result<void> forgetFragment(const FragmentId& id);
    Result<void> applyBooks(const std::vector<std::pair<std::uint16_t, Sequence>>& books);
    Result<void> setState(Sequence sequence, State state);
    Result<void> noteAffected(std::int64_t number);
    Result<void> noteAffected(ByteView pathHash, ByteView externalHash, ByteView replaces);
    Result<void> settleCurrent();

    Database& m_database;
    const Seals& m_seals;
    std::unordered_map<NamespaceId, std::int64_t> m_spaces;
    std::unordered_map<FragmentId, DocumentKey> m_documents;
    std::set<std::int64_t> m_affected; ///< documents whose `current` may have changed
    std::set<std::int64_t> m_added;    ///< documents that were not there before
    bool m_hasEdited = false;
};

} // namespace carma::catalog
