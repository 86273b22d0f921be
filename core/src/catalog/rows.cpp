// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "catalog/rows.h"

#include <algorithm>
#include <limits>
#include <set>

namespace carma::catalog {

namespace {

// Names and left joins, so that a row whose document or namespace is missing is an error and not silently left out.
#define CARMA_DOCUMENT_COLUMNS                                                                                                             \
    "SELECT d.id, n.id, d.sequence, d.state, d.current, d.fragments, d.replaces, d.sealed, "                                               \
    "(SELECT count(*) FROM fragments f WHERE f.document = d.number AND f.state = 1) "                                                      \
    "FROM documents d LEFT JOIN namespaces n ON n.number = d.space "
#define CARMA_FRAGMENT_COLUMNS                                                                                                             \
    "SELECT f.id, d.id, n.id, f.sequence, f.parent, f.place, f.number, f.\"offset\", f.bytes, f.time, f.state, f.\"check\" "               \
    "FROM fragments f LEFT JOIN documents d ON d.number = f.document LEFT JOIN namespaces n ON n.number = f.space "

constexpr std::size_t kPrefixMin = 6;
constexpr std::size_t kIdCharacters = 26;

Error damagedRow(std::string_view what) { return {ErrorCode::Corruption, "the catalog: " + std::string(what)}; }

Result<State> stateOf(std::int64_t value)
{
    if (value < 0 || value > static_cast<std::int64_t>(State::Forgotten)) {
        return damagedRow("a row has an unknown state");
    }
    return static_cast<State>(value);
}

std::int64_t limitOf(std::size_t limit) { return static_cast<std::int64_t>(std::min<std::size_t>(limit, std::size_t{1} << 62U)); }

Result<FragmentRow> readFragment(const Query& row)
{
    const auto id = row.id<FragmentId>(0);
    const auto document = row.id<FragmentId>(1);
    const auto space = row.id<NamespaceId>(2);
    if (!id || !document || !space) {
        return damagedRow("a fragment's row has lost its document or namespace");
    }
    FragmentRow fragment;
    fragment.id = *id;
    fragment.document = *document;
    fragment.space = *space;
    fragment.sequence = row.natural(3);
    // Sections are numbered from their document's id, so the difference says it all; others are stored whole.
    fragment.parent = row.isBlob(4) ? row.id<FragmentId>(4).value_or(FragmentId{})
        : row.isNull(4)             ? FragmentId{}
                                    : document->plus(row.natural(4));
    fragment.order = static_cast<std::uint32_t>(row.natural(5));
    fragment.number = static_cast<std::uint32_t>(row.natural(6));
    fragment.offset = row.natural(7);
    fragment.bytes = static_cast<std::uint32_t>(row.natural(8));
    fragment.timeUs = row.integer(9);
    CARMA_TRY_ASSIGN(fragment.state, stateOf(row.integer(10)));
    if (row.natural(11) != fragmentCheck(fragment)) {
        return damagedRow("the row of fragment " + toString(fragment.id) + " contradicts its check");
    }
    return fragment;
}

} // namespace

Result<std::optional<std::int64_t>> Rows::spaceNumber(const NamespaceId& space)
{
    CARMA_TRY_ASSIGN(auto rows, m_database.query("SELECT number FROM namespaces WHERE id = ?"));
    CARMA_TRY_ASSIGN(const bool found, rows.add(space).step());
    return found ? std::optional(rows.integer(0)) : std::nullopt;
}

Result<NamespaceRow> Rows::readNamespace(const Query& row)
{
    const auto id = row.id<NamespaceId>(0);
    if (!id) {
        return damagedRow("a namespace's row has no id");
    }
    NamespaceRow space{.id = *id, .name = {}, .createdUs = row.integer(1)};
    CARMA_TRY(m_seals.openName(row.blob(2), space));
    CARMA_TRY_ASSIGN(const Counts sums, counts(space.id));
    space.documents = sums.documents;
    space.fragments = sums.fragments;
    space.textBytes = sums.textBytes;
    return space;
}

Result<std::vector<NamespaceRow>> Rows::namespaces()
{
    std::vector<NamespaceRow> all;
    CARMA_TRY_ASSIGN(auto rows, m_database.query("SELECT id, created, sealed FROM namespaces WHERE sealed IS NOT NULL ORDER BY id"));
    for (;;) {
        CARMA_TRY_ASSIGN(const bool found, rows.step());
        if (!found) {
            return all;
        }
        CARMA_TRY_ASSIGN(NamespaceRow row, readNamespace(rows));
        all.push_back(std::move(row));
    }
}

Result<std::optional<NamespaceRow>> Rows::findNamespace(std::string_view name)
{
    const Bytes hash = m_seals.nameHash(name);
    CARMA_TRY_ASSIGN(auto rows, m_database.query("SELECT id, created, sealed FROM namespaces WHERE name_hash = ? ORDER BY id LIMIT 1"));
    CARMA_TRY_ASSIGN(const bool found, rows.add(ByteView(hash)).step());
    if (!found) {
        return std::optional<NamespaceRow>();
    }
    CARMA_TRY_ASSIGN(NamespaceRow row, readNamespace(rows));
    return std::optional(std::move(row));
}

Result<Counts> Rows::counts(const std::optional<NamespaceId>& space)
{
    Counts counts;
    std::int64_t number = -1;
    if (space.has_value()) {
        CARMA_TRY_ASSIGN(const auto known, spaceNumber(*space));
        if (!known.has_value()) {
            return counts;
        }
        number = *known;
    }
    CARMA_TRY_ASSIGN(auto spaces, m_database.query("SELECT count(*) FROM namespaces WHERE sealed IS NOT NULL AND (?1 < 0 OR number = ?1)"));
    CARMA_TRY(spaces.add(number).step());
    counts.namespaces = spaces.natural(0);
    CARMA_TRY_ASSIGN(auto documents,
        m_database.query(space.has_value() ? "SELECT count(*) FROM documents WHERE space = ? AND current AND sequence IS NOT NULL"
                                           : "SELECT count(*) FROM documents WHERE current AND sequence IS NOT NULL"));
    CARMA_TRY((space.has_value() ? documents.add(number) : documents).step());
    counts.documents = documents.natural(0);
    // All fragments in one pass, less those of the few documents that newer versions have replaced.
    CARMA_TRY_ASSIGN(auto all,
        m_database.query(space.has_value()
                ? "SELECT sum(state <> 2), sum(bytes * (state <> 2)), sum(state = 1), sum(state = 2) FROM fragments WHERE space = ?"
                : "SELECT sum(state <> 2), sum(bytes * (state <> 2)), sum(state = 1), sum(state = 2) FROM fragments"));
    CARMA_TRY((space.has_value() ? all.add(number) : all).step());
    CARMA_TRY_ASSIGN(auto replaced,
        m_database.query("SELECT count(*), sum(f.bytes), sum(f.state = 1) FROM documents d CROSS JOIN fragments f ON f.document = d.number "
                         "WHERE d.current = 0 AND f.state <> 2 AND (?1 < 0 OR f.space = ?1)"));
    CARMA_TRY(replaced.add(number).step());
    counts.fragments = all.natural(0) - replaced.natural(0);
    counts.textBytes = all.natural(1) - replaced.natural(1);
    counts.lost = all.natural(2) - replaced.natural(2);
    counts.forgotten = all.natural(3);
    return counts;
}

Result<DocumentRow> Rows::readDocument(const Query& row)
{
    const auto id = row.id<FragmentId>(0);
    const auto space = row.id<NamespaceId>(1);
    if (!id || !space) {
        return damagedRow("a document's row has lost its id or namespace");
    }
    DocumentRow document;
    document.id = *id;
    document.space = *space;
    document.sequence = row.natural(2);
    CARMA_TRY_ASSIGN(document.state, stateOf(row.integer(3)));
    document.current = row.integer(4) != 0;
    document.fragments = static_cast<std::uint32_t>(row.natural(5));
    document.replaces = row.id<FragmentId>(6).value_or(FragmentId{});
    document.lost = static_cast<std::uint32_t>(row.natural(8));
    if (document.state != State::Forgotten) {
        CARMA_TRY(m_seals.openDocument(row.blob(7), document));
    }
    return document;
}

Result<std::vector<DocumentRow>> Rows::readDocuments(Query& rows)
{
    std::vector<DocumentRow> all;
    for (;;) {
        CARMA_TRY_ASSIGN(const bool found, rows.step());
        if (!found) {
            return all;
        }
        CARMA_TRY_ASSIGN(DocumentRow row, readDocument(rows));
        all.push_back(std::move(row));
    }
}

Result<std::optional<DocumentRow>> Rows::readOneDocument(Query& rows)
{
    CARMA_TRY_ASSIGN(const bool found, rows.step());
    if (!found) {
        return std::optional<DocumentRow>();
    }
    CARMA_TRY_ASSIGN(DocumentRow row, readDocument(rows));
    return std::optional(std::move(row));
}

Result<std::vector<DocumentRow>> Rows::documents(const Catalog::DocumentFilter& filter)
{
    constexpr auto kAll = CARMA_DOCUMENT_COLUMNS
        "WHERE d.id > ?1 AND d.sequence IS NOT NULL AND (?2 OR d.current OR d.state = 2) AND (?3 OR d.state <> 2) "
        "ORDER BY d.id LIMIT ?4";
    constexpr auto kOfSpace = CARMA_DOCUMENT_COLUMNS
        "WHERE d.id > ?1 AND d.sequence IS NOT NULL AND (?2 OR d.current OR d.state = 2) AND (?3 OR d.state <> 2) "
        "AND d.space = ?5 ORDER BY d.id LIMIT ?4";
    std::optional<std::int64_t> number;
    if (filter.space.has_value()) {
        CARMA_TRY_ASSIGN(number, spaceNumber(*filter.space));
        if (!number.has_value()) {
            return std::vector<DocumentRow>();
        }
    }
    CARMA_TRY_ASSIGN(auto rows, m_database.query(number.has_value() ? kOfSpace : kAll));
    rows.add(filter.after).add(filter.oldVersions).add(filter.forgotten).add(limitOf(filter.limit));
    if (number.has_value()) {
        rows.add(*number);
    }
    return readDocuments(rows);
}

Result<std::optional<DocumentRow>> Rows::document(const FragmentId& id)
{
    CARMA_TRY_ASSIGN(auto rows, m_database.query(CARMA_DOCUMENT_COLUMNS "WHERE d.id = ? AND d.sequence IS NOT NULL"));
    return readOneDocument(rows.add(id));
}

Result<std::optional<DocumentRow>> Rows::documentByPath(const NamespaceId& space, std::string_view path)
{
    const Bytes hash = m_seals.pathHash(space, path);
    CARMA_TRY_ASSIGN(auto rows, m_database.query(CARMA_DOCUMENT_COLUMNS "WHERE d.path_hash = ? AND d.current"));
    return readOneDocument(rows.addOrNull(hash));
}

Result<std::optional<DocumentRow>> Rows::documentByExternalId(const NamespaceId& space, std::string_view externalId)
{
    const Bytes hash = m_seals.externalHash(space, externalId);
    CARMA_TRY_ASSIGN(auto rows, m_database.query(CARMA_DOCUMENT_COLUMNS "WHERE d.external_hash = ? AND d.current"));
    return readOneDocument(rows.addOrNull(hash));
}

Result<std::vector<DocumentRow>> Rows::versions(const NamespaceId& space, std::string_view path, std::string_view externalId)
{
    constexpr auto kByPath = CARMA_DOCUMENT_COLUMNS "WHERE d.path_hash = ? AND d.state <> 2 ORDER BY d.id";
    constexpr auto kByExternalId = CARMA_DOCUMENT_COLUMNS
        "WHERE d.external_hash = ? AND d.path_hash IS NULL AND d.state <> 2 ORDER BY d.id";
    const Bytes hash = path.empty() ? m_seals.externalHash(space, externalId) : m_seals.pathHash(space, path);
    CARMA_TRY_ASSIGN(auto rows, m_database.query(path.empty() ? kByExternalId : kByPath));
    return readDocuments(rows.addOrNull(hash));
}

Result<std::optional<DocumentRow>> Rows::documentByDigest(const NamespaceId& space, const crypto::Digest& digest)
{
    // Readable ones first, then those whose original has records of its own, then the newest.
    const Bytes hash = m_seals.digestHash(space, digest);
    CARMA_TRY_ASSIGN(auto rows,
        m_database.query(CARMA_DOCUMENT_COLUMNS "WHERE d.digest_hash = ? ORDER BY d.state, d.pieces > 0 DESC, d.sequence DESC LIMIT 1"));
    return readOneDocument(rows.addOrNull(hash));
}

Result<std::vector<FragmentRow>> Rows::readFragments(Query& rows)
{
    std::vector<FragmentRow> all;
    for (;;) {
        CARMA_TRY_ASSIGN(const bool found, rows.step());
        if (!found) {
            return all;
        }
        CARMA_TRY_ASSIGN(const FragmentRow row, readFragment(rows));
        all.push_back(row);
    }
}

Result<std::optional<FragmentRow>> Rows::readOneFragment(Query& rows)
{
    CARMA_TRY_ASSIGN(const bool found, rows.step());
    if (!found) {
        return std::optional<FragmentRow>();
    }
    CARMA_TRY_ASSIGN(const FragmentRow row, readFragment(rows));
    return std::optional(row);
}

Result<std::optional<FragmentRow>> Rows::fragment(const FragmentId& id)
{
    CARMA_TRY_ASSIGN(auto rows, m_database.query(CARMA_FRAGMENT_COLUMNS "WHERE f.id = ?"));
    return readOneFragment(rows.add(id));
}

Result<std::vector<FragmentRow>> Rows::fragmentsOf(const FragmentId& document)
{
    CARMA_TRY_ASSIGN(auto rows,
        m_database.query(
            CARMA_FRAGMENT_COLUMNS "WHERE f.document = (SELECT number FROM documents WHERE id = ?) ORDER BY f.number, f.sequence"));
    return readFragments(rows.add(document));
}

Result<std::vector<FragmentRow>> Rows::fragments(const NamespaceId& space, Sequence from, std::size_t limit, bool oldVersions)
{
    CARMA_TRY_ASSIGN(const auto number, spaceNumber(space));
    if (!number.has_value() || from > static_cast<Sequence>(std::numeric_limits<std::int64_t>::max())) {
        return std::vector<FragmentRow>();
    }
    CARMA_TRY_ASSIGN(auto rows,
        m_database.query(CARMA_FRAGMENT_COLUMNS
            "WHERE f.space = ? AND f.sequence >= ? AND f.state <> 2 AND (d.current OR ?) ORDER BY f.sequence LIMIT ?"));
    return readFragments(rows.add(*number).add(from).add(oldVersions ? 1 : 0).add(limitOf(limit)));
}

Result<std::vector<FragmentRow>> Rows::lostFragments(std::size_t limit)
{
    CARMA_TRY_ASSIGN(auto rows, m_database.query(CARMA_FRAGMENT_COLUMNS "WHERE f.state = 1 ORDER BY f.sequence LIMIT ?"));
    return readFragments(rows.add(limitOf(limit)));
}

Result<std::vector<Sequence>> Rows::books(std::uint16_t type, Sequence from, std::size_t limit)
{
    std::vector<Sequence> found;
    if (from > static_cast<Sequence>(std::numeric_limits<std::int64_t>::max())) {
        return found;
    }
    CARMA_TRY_ASSIGN(auto rows, m_database.query("SELECT sequence FROM books WHERE type = ? AND sequence >= ? ORDER BY sequence LIMIT ?"));
    rows.add(std::int64_t{type}).add(from).add(limitOf(limit));
    for (;;) {
        CARMA_TRY_ASSIGN(const bool more, rows.step());
        if (!more) {
            return found;
        }
        found.push_back(rows.natural(0));
    }
}

Result<std::optional<FragmentRow>> Rows::fragmentBySequence(Sequence sequence)
{
    CARMA_TRY_ASSIGN(auto rows, m_database.query(CARMA_FRAGMENT_COLUMNS "WHERE f.sequence = ?"));
    return readOneFragment(rows.add(sequence));
}

Result<std::vector<DocumentRow>> Rows::documentsTouching(std::span<const Sequence> sequences)
{
    std::set<std::int64_t> numbers;
    CARMA_TRY_ASSIGN(auto rows,
        m_database.query("SELECT number FROM documents WHERE sequence = ?1 UNION ALL SELECT document FROM fragments WHERE sequence = ?1 "
                         "UNION ALL SELECT document FROM pieces WHERE sequence = ?1"));
    for (const Sequence sequence : sequences) {
        rows.add(sequence);
        for (;;) {
            CARMA_TRY_ASSIGN(const bool found, rows.step());
            if (!found) {
                break;
            }
            numbers.insert(rows.integer(0));
        }
        rows.restart();
    }
    std::vector<DocumentRow> all;
    CARMA_TRY_ASSIGN(auto byNumber, m_database.query(CARMA_DOCUMENT_COLUMNS "WHERE d.number = ? AND d.sequence IS NOT NULL"));
    for (const std::int64_t number : numbers) {
        CARMA_TRY_ASSIGN(auto document, readOneDocument(byNumber.add(number)));
        if (document.has_value()) {
            all.push_back(std::move(*document));
        }
        byNumber.restart();
    }
    std::ranges::sort(all, {}, &DocumentRow::id);
    return all;
}

Result<std::optional<FragmentId>> Rows::completeId(std::string_view prefix)
{
    if (prefix.size() < kPrefixMin || prefix.size() > kIdCharacters) {
        return Error{ErrorCode::InvalidArgument, "give 6 to 26 characters of an id"};
    }
    const std::string rest(kIdCharacters - prefix.size(), '0');
    const auto low = parseId<FragmentId>(std::string(prefix) + rest);
    const auto high = parseId<FragmentId>(std::string(prefix) + std::string(rest.size(), 'Z'));
    if (!low.has_value() || !high.has_value()) {
        return Error{ErrorCode::InvalidArgument, "'" + std::string(prefix) + "' is not the beginning of an id"};
    }
    CARMA_TRY_ASSIGN(auto rows,
        m_database.query("SELECT id FROM (SELECT id FROM documents WHERE id BETWEEN ?1 AND ?2 AND sequence IS NOT NULL LIMIT 2) UNION "
                         "SELECT id FROM (SELECT id FROM fragments WHERE id BETWEEN ?1 AND ?2 LIMIT 2)"));
    CARMA_TRY_ASSIGN(const bool found, rows.add(*low).add(*high).step());
    if (!found) {
        return std::optional<FragmentId>();
    }
    const auto id = rows.id<FragmentId>(0);
    if (!id) {
        return damagedRow("a row has no id");
    }
    CARMA_TRY_ASSIGN(const bool second, rows.step());
    if (second) {
        return Error{ErrorCode::InvalidArgument, "several ids begin with '" + std::string(prefix) + "'"};
    }
    return id;
}

} // namespace carma::catalog
