// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "catalog/applier.h"

#include "catalog/schema.h"

#include <algorithm>
#include <limits>

namespace carma::catalog {

namespace {

constexpr Sequence kSequenceMax = static_cast<Sequence>(std::numeric_limits<std::int64_t>::max());
/// A section's number within its document; every number of nodes fits.
constexpr std::uint64_t kParentOffsetMax = std::uint64_t{1} << 40U;

bool sequencesFit(const Batch& batch)
{
    const auto fits = [](Sequence sequence) { return sequence <= kSequenceMax; };
    return fits(batch.appliedSequence) &&
        std::ranges::all_of(batch.fragments, [&](const FragmentRow& row) { return fits(row.sequence) && fits(row.offset); }) &&
        std::ranges::all_of(batch.books, [&](const auto& book) { return fits(book.second); }) &&
        std::ranges::all_of(
            batch.documents, [&](const DocumentRow& row) { return fits(row.sequence) && std::ranges::all_of(row.pieces, fits); });
}

/// parent - document, if it is small.
std::optional<std::uint64_t> parentOffset(const FragmentRow& row)
{
    std::uint64_t low = 0;
    std::uint64_t base = 0;
    for (std::size_t i = 8; i < 16; ++i) {
        low = (low << 8U) | row.parent.bytes[i];
        base = (base << 8U) | row.document.bytes[i];
    }
    const std::uint64_t offset = low - base;
    return offset <= kParentOffsetMax && row.document.plus(offset) == row.parent ? std::optional(offset) : std::nullopt;
}

bool isExact(State state) { return state == State::Exact; }

#define CARMA_FRAGMENT_VALUES " INTO fragments VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"

} // namespace

Result<void> Applier::apply(const Batch& batch)
{
    m_hasEdited = !batch.states.empty() || !batch.forgottenDocuments.empty() || !batch.forgottenFragments.empty() ||
        !batch.erasedSpaces.empty() || !std::ranges::all_of(batch.documents, isExact, &DocumentRow::state) ||
        !std::ranges::all_of(batch.fragments, isExact, &FragmentRow::state);
    if (!sequencesFit(batch)) {
        return Error{ErrorCode::InvalidArgument, "a sequence is beyond 2^63"};
    }
    for (const NamespaceRow& row : batch.namespaces) {
        CARMA_TRY(applyNamespace(row));
    }
    for (const DocumentRow& row : batch.documents) {
        CARMA_TRY(applyDocument(row));
    }
    for (const FragmentRow& row : batch.fragments) {
        CARMA_TRY(applyFragment(row));
    }
    CARMA_TRY(applyBooks(batch.books));
    for (const auto& [sequence, state] : batch.states) {
        CARMA_TRY(setState(sequence, state));
    }
    for (const FragmentId& id : batch.forgottenDocuments) {
        CARMA_TRY(forgetDocument(id));
    }
    for (const FragmentId& id : batch.forgottenFragments) {
        CARMA_TRY(forgetFragment(id));
    }
    CARMA_TRY(settleCurrent());
    for (const NamespaceId& space : batch.erasedSpaces) {
        CARMA_TRY(eraseSpace(space));
    }
    CARMA_TRY_ASSIGN(const Sequence applied, readAppliedSequence(m_database));
    return writeAppliedSequence(m_database, std::max(applied, batch.appliedSequence));
}

/// The pages' free space is overwritten with zeroes (secure_delete); the write-ahead log keeps old pages until it is folded in.
Result<void> Applier::eraseSpace(const NamespaceId& space)
{
    CARMA_TRY_ASSIGN(const std::int64_t number, spaceNumber(space));
    for (const char* sql : {"DELETE FROM pieces WHERE document IN (SELECT number FROM documents WHERE space = ?)",
             "DELETE FROM fragments WHERE space = ?", "DELETE FROM documents WHERE space = ?", "DELETE FROM namespaces WHERE number = ?"}) {
        CARMA_TRY_ASSIGN(auto erase, m_database.query(sql));
        CARMA_TRY(erase.add(number).run());
    }
    m_spaces.erase(space);
    m_documents.clear();
    return {};
}

Result<std::int64_t> Applier::spaceNumber(const NamespaceId& space)
{
    if (const auto known = m_spaces.find(space); known != m_spaces.end()) {
        return known->second;
    }
    CARMA_TRY_ASSIGN(auto insert, m_database.query("INSERT OR IGNORE INTO namespaces(id) VALUES(?)"));
    CARMA_TRY(insert.add(space).run());
    CARMA_TRY_ASSIGN(auto rows, m_database.query("SELECT number FROM namespaces WHERE id = ?"));
    CARMA_TRY_ASSIGN(const bool found, rows.add(space).step());
    if (!found) {
        return Error{ErrorCode::Corruption, "the catalog: a namespace's row vanished"};
    }
    m_spaces.emplace(space, rows.integer(0));
    return rows.integer(0);
}

Result<Applier::DocumentKey> Applier::documentKey(const FragmentId& document, std::int64_t space)
{
    if (const auto known = m_documents.find(document); known != m_documents.end()) {
        return known->second;
    }
    CARMA_TRY_ASSIGN(auto insert, m_database.query("INSERT OR IGNORE INTO documents(id, space, state, current) VALUES(?, ?, 0, 1)"));
    CARMA_TRY(insert.add(document).add(space).run());
    CARMA_TRY_ASSIGN(auto rows, m_database.query("SELECT number, state, sequence IS NOT NULL FROM documents WHERE id = ?"));
    CARMA_TRY_ASSIGN(const bool found, rows.add(document).step());
    if (!found) {
        return Error{ErrorCode::Corruption, "the catalog: a document's row vanished"};
    }
    const DocumentKey key{.number = rows.integer(0),
        .forgotten = rows.integer(1) == static_cast<std::int64_t>(State::Forgotten),
        .applied = rows.integer(2) != 0};
    m_documents.emplace(document, key);
    return key;
}

Result<void> Applier::applyNamespace(const NamespaceRow& row)
{
    CARMA_TRY_ASSIGN(const std::int64_t number, spaceNumber(row.id));
    const Bytes hash = m_seals.nameHash(row.name);
    const Bytes sealedName = m_seals.sealName(row);
    CARMA_TRY_ASSIGN(auto update, m_database.query("UPDATE namespaces SET name_hash = ?, created = ?, sealed = ? WHERE number = ?"));
    return update.addOrNull(hash).add(row.createdUs).add(ByteView(sealedName)).add(number).run();
}

Result<void> Applier::applyDocument(const DocumentRow& row)
{
    CARMA_TRY_ASSIGN(const std::int64_t space, spaceNumber(row.space));
    CARMA_TRY_ASSIGN(const DocumentKey key, documentKey(row.id, space));
    if (row.state == State::Forgotten || key.forgotten) {
        CARMA_TRY_ASSIGN(auto update, m_database.query("UPDATE documents SET space = ?, sequence = ? WHERE number = ?"));
        CARMA_TRY(update.add(space).add(row.sequence).add(key.number).run());
        return forgetDocument(row.id);
    }
    if (key.applied) {
        CARMA_TRY(noteAffected(key.number)); // what an earlier form of this row stood in the way of
        CARMA_TRY(erasePieces(key.number));
    }
    (key.applied ? m_affected : m_added).insert(key.number);
    CARMA_TRY(writeDocument(key.number, space, row));
    m_documents[row.id].applied = true;
    CARMA_TRY_ASSIGN(auto insert, m_database.query("INSERT OR IGNORE INTO pieces VALUES(?, ?)"));
    for (const Sequence piece : row.pieces) {
        CARMA_TRY(insert.add(piece).add(key.number).run());
    }
    return noteAffected(key.number);
}

Result<void> Applier::writeDocument(std::int64_t number, std::int64_t space, const DocumentRow& row)
{
    const Bytes path = m_seals.pathHash(row.space, row.path);
    const Bytes external = m_seals.externalHash(row.space, row.externalId);
    const Bytes digest = m_seals.digestHash(row.space, row.digest);
    const Bytes sealedRow = m_seals.sealDocument(row);
    const ByteView replaces = row.replaces.isNull() ? ByteView() : row.replaces.view();
    CARMA_TRY_ASSIGN(auto update,
        m_database.query("UPDATE documents SET space = ?, sequence = ?, state = ?, fragments = ?, pieces = ?, replaces = ?, path_hash = ?, "
                         "external_hash = ?, digest_hash = ?, sealed = ? WHERE number = ?"));
    update.add(space).add(row.sequence).add(static_cast<int>(row.state)).add(row.fragments);
    update.add(static_cast<std::uint64_t>(row.pieces.size())).addOrNull(replaces).addOrNull(path).addOrNull(external);
    return update.addOrNull(digest).add(ByteView(sealedRow)).add(number).run();
}

Result<void> Applier::erasePieces(std::int64_t number)
{
    CARMA_TRY_ASSIGN(auto erase, m_database.query("DELETE FROM pieces WHERE document = ?"));
    return erase.add(number).run();
}

Result<bool> Applier::insertFragment(const char* sql, const FragmentRow& row, std::int64_t space, std::int64_t document, State state)
{
    CARMA_TRY_ASSIGN(auto insert, m_database.query(sql));
    insert.add(row.sequence).add(row.id).add(document).add(space);
    if (const auto offset = parentOffset(row); offset.has_value()) {
        insert.add(*offset);
    } else if (row.parent.isNull()) {
        insert.addNull();
    } else {
        insert.add(row.parent);
    }
    insert.add(row.order).add(row.number).add(row.offset).add(row.bytes).add(row.timeUs);
    CARMA_TRY(insert.add(static_cast<int>(state)).add(fragmentCheck(row)).run());
    return m_database.changes() > 0;
}

Result<void> Applier::applyFragment(const FragmentRow& row)
{
    CARMA_TRY_ASSIGN(const std::int64_t space, spaceNumber(row.space));
    CARMA_TRY_ASSIGN(const DocumentKey document, documentKey(row.document, space));
    State state = document.forgotten ? State::Forgotten : row.state;
    CARMA_TRY_ASSIGN(const bool fresh, insertFragment("INSERT OR IGNORE" CARMA_FRAGMENT_VALUES, row, space, document.number, state));
    if (fresh) {
        return {};
    }
    {
        CARMA_TRY_ASSIGN(auto rows, m_database.query("SELECT state FROM fragments WHERE id = ?"));
        CARMA_TRY_ASSIGN(const bool found, rows.add(row.id).step());
        if (found && rows.integer(0) == static_cast<std::int64_t>(State::Forgotten)) {
            state = State::Forgotten;
        }
    }
    m_hasEdited = true;
    CARMA_TRY(insertFragment("INSERT OR REPLACE" CARMA_FRAGMENT_VALUES, row, space, document.number, state));
    return {};
}

Result<void> Applier::forgetDocument(const FragmentId& id)
{
    CARMA_TRY_ASSIGN(auto rows, m_database.query("SELECT number FROM documents WHERE id = ?"));
    CARMA_TRY_ASSIGN(const bool found, rows.add(id).step());
    if (!found) {
        return {}; // not even a fragment of it is known
    }
    const std::int64_t number = rows.integer(0);
    CARMA_TRY(noteAffected(number));
    CARMA_TRY_ASSIGN(auto update,
        m_database.query("UPDATE documents SET state = 2, current = 0, fragments = NULL, pieces = NULL, replaces = NULL, path_hash = NULL, "
                         "external_hash = NULL, digest_hash = NULL, sealed = NULL WHERE number = ?"));
    CARMA_TRY(update.add(number).run());
    CARMA_TRY(erasePieces(number));
    CARMA_TRY_ASSIGN(auto fragments, m_database.query("UPDATE fragments SET state = 2 WHERE document = ?"));
    m_documents[id] = {.number = number, .forgotten = true, .applied = true};
    return fragments.add(number).run();
}

Result<void> Applier::forgetFragment(const FragmentId& id)
{
    CARMA_TRY_ASSIGN(auto update, m_database.query("UPDATE fragments SET state = 2 WHERE id = ?"));
    return update.add(id).run();
}

Result<void> Applier::applyBooks(const std::vector<std::pair<std::uint16_t, Sequence>>& books)
{
    if (books.empty()) {
        return {};
    }
    CARMA_TRY_ASSIGN(auto insert, m_database.query("INSERT OR IGNORE INTO books VALUES(?, ?)"));
    for (const auto& [type, sequence] : books) {
        CARMA_TRY(insert.add(std::int64_t{type}).add(sequence).run());
    }
    return {};
}

Result<void> Applier::setState(Sequence sequence, State state)
{
    CARMA_TRY_ASSIGN(auto fragments, m_database.query("UPDATE fragments SET state = ? WHERE sequence = ? AND state <> 2"));
    CARMA_TRY(fragments.add(static_cast<int>(state)).add(sequence).run());
    if (state == State::Forgotten) {
        CARMA_TRY_ASSIGN(auto rows, m_database.query("SELECT id FROM documents WHERE sequence = ?"));
        CARMA_TRY_ASSIGN(const bool found, rows.add(sequence).step());
        const auto id = found ? rows.id<FragmentId>(0) : std::nullopt;
        return id.has_value() ? forgetDocument(*id) : Result<void>();
    }
    CARMA_TRY_ASSIGN(auto documents, m_database.query("UPDATE documents SET state = ? WHERE sequence = ? AND state <> 2"));
    return documents.add(static_cast<int>(state)).add(sequence).run();
}

Result<void> Applier::noteAffected(std::int64_t number)
{
    m_affected.insert(number);
    CARMA_TRY_ASSIGN(auto rows, m_database.query("SELECT path_hash, external_hash, replaces FROM documents WHERE number = ?"));
    CARMA_TRY_ASSIGN(const bool found, rows.add(number).step());
    return found ? noteAffected(rows.blob(0), rows.blob(1), rows.blob(2)) : Result<void>();
}

Result<void> Applier::noteAffected(ByteView pathHash, ByteView externalHash, ByteView replaces)
{
    // Only the latest of a path is ever current, and it is among the latest two before and after any one change.
    CARMA_TRY_ASSIGN(auto rows,
        m_database.query("SELECT * FROM (SELECT number FROM documents WHERE path_hash = ?1 ORDER BY sequence DESC LIMIT 2) UNION ALL "
                         "SELECT * FROM (SELECT number FROM documents WHERE external_hash = ?2 ORDER BY sequence DESC LIMIT 2) UNION ALL "
                         "SELECT number FROM documents WHERE id = ?3"));
    rows.addOrNull(pathHash).addOrNull(externalHash).addOrNull(replaces);
    for (;;) {
        CARMA_TRY_ASSIGN(const bool found, rows.step());
        if (!found) {
            return {};
        }
        m_affected.insert(rows.integer(0));
    }
}

Result<void> Applier::settleCurrent()
{
    CARMA_TRY_ASSIGN(auto update,
        m_database.query(
            "UPDATE documents SET current = state <> 2 "
            "AND NOT EXISTS(SELECT 1 FROM documents e WHERE e.path_hash = documents.path_hash AND e.sequence > documents.sequence) "
            "AND NOT EXISTS(SELECT 1 FROM documents e WHERE e.external_hash = documents.external_hash AND e.sequence > documents.sequence) "
            "AND NOT EXISTS(SELECT 1 FROM documents e WHERE e.replaces = documents.id AND e.sequence > documents.sequence) "
            "WHERE number = ?"));
    for (const std::int64_t number : m_affected) {
        m_hasEdited = m_hasEdited || !m_added.contains(number);
        CARMA_TRY(update.add(number).run());
    }
    m_affected.clear();
    return {};
}

} // namespace carma::catalog
