// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "catalog/stored_catalog.h"

#include "catalog/applier.h"
#include "catalog/schema.h"

namespace carma::catalog {

/// Whether someone has opened or changed a file that was taken for one at rest, or put another one in its place.
bool StoredCatalog::disturbed() const
{
    if (m_parts.form != Form::Reader && m_parts.form != Form::Immutable) {
        return false;
    }
    const auto now = fileStamp(m_parts.folder, kDatabaseName);
    if (m_parts.form == Form::Reader) {
        return now.has_value() && m_parts.stamp.has_value() && (now->inode != m_parts.stamp->inode || now->device != m_parts.stamp->device);
    }
    return now != m_parts.stamp || fileStamp(m_parts.folder, kSharedMemoryName).has_value();
}

/// A reader that is opened while a batch is in the log and not yet in the file goes on in memory. When the writer has caught up, it comes
/// back: in memory it would never see anything new.
void StoredCatalog::returnToFile()
{
    const std::unique_lock<std::mutex> applying(m_writeMutex, std::try_to_lock);
    const Left now{fileStamp(m_parts.folder, kDatabaseName), fileStamp(m_parts.folder, kLogName)};
    if (!applying.owns_lock() || now == *m_left) {
        return;
    }
    m_left = now;
    const bool inUse = fileStamp(m_parts.folder, kSharedMemoryName).has_value();
    auto reader = Database::open(m_parts.folder + "/" + std::string(kDatabaseName), inUse ? Access::Read : Access::Immutable);
    if (!now.database.has_value() || !reader.has_value() || !checkSchema(*reader, m_parts.store, m_parts.seals).has_value()) {
        return;
    }
    const auto applied = readAppliedSequence(*reader);
    if (applied.has_value() && *applied >= m_parts.applied) {
        m_parts.reader = std::move(*reader);
        m_parts.applied = *applied;
        m_parts.stamp = now.database;
        m_parts.form = inUse ? Form::Reader : Form::Immutable;
        m_left.reset();
        ++m_connections;
    }
}

Result<void> StoredCatalog::reopenIfDisturbed()
{
    if (m_left.has_value()) {
        returnToFile();
    }
    if (!disturbed()) {
        return {};
    }
    const bool inUse = fileStamp(m_parts.folder, kSharedMemoryName).has_value();
    const auto stamp = fileStamp(m_parts.folder, kDatabaseName);
    auto reader = Database::open(m_parts.folder + "/" + std::string(kDatabaseName), inUse ? Access::Read : Access::Immutable);
    if (!reader.has_value() || !checkSchema(*reader, m_parts.store, m_parts.seals).has_value()) {
        return Error{ErrorCode::Busy, "the catalog: another process is making it anew"};
    }
    m_parts.reader = std::move(*reader);
    ++m_connections;
    m_parts.stamp = stamp;
    m_parts.form = inUse ? Form::Reader : Form::Immutable;
    return {};
}

/// Each question is one transaction. On a file taken for one at rest it counts only if nobody came meanwhile.
template <typename Ask> auto StoredCatalog::read(Ask ask) -> decltype(ask(std::declval<Rows&>()))
{
    constexpr int kAttempts = 8;
    const std::lock_guard lock(m_readMutex);
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
        CARMA_TRY(reopenIfDisturbed());
        CARMA_TRY_ASSIGN(auto transaction, Transaction::begin(m_parts.reader, false));
        Rows rows(m_parts.reader, m_parts.seals);
        auto answer = ask(rows);
        if (disturbed()) {
            continue;
        }
        if (answer.has_value()) {
            CARMA_TRY(transaction.commit());
        }
        return answer;
    }
    return Error{ErrorCode::Busy, "the catalog: another process keeps opening and closing it"};
}

Sequence StoredCatalog::appliedSequence()
{
    const std::lock_guard lock(m_readMutex);
    if (m_parts.form == Form::Reader || m_parts.form == Form::Immutable || m_left.has_value()) {
        if (reopenIfDisturbed().has_value()) {
            const auto applied = readAppliedSequence(m_parts.reader);
            m_parts.applied = applied.value_or(m_parts.applied);
        }
    }
    return m_parts.applied;
}

/// A reader that has to know more than the file says goes on in memory.
Result<void> StoredCatalog::becomeMemory()
{
    const std::lock_guard lock(m_readMutex);
    if (m_parts.form != Form::Reader && m_parts.form != Form::Immutable) {
        return {};
    }
    CARMA_TRY(reopenIfDisturbed());
    const Left left{fileStamp(m_parts.folder, kDatabaseName), fileStamp(m_parts.folder, kLogName)};
    CARMA_TRY_ASSIGN(Database copy, m_parts.reader.copyToMemory());
    CARMA_TRY(checkSchema(copy, m_parts.store, m_parts.seals));
    m_parts.reader = std::move(copy);
    ++m_connections;
    m_left = left;
    m_parts.form = Form::Memory;
    return {};
}

/// The sums speak of the database's file: they go, durably, before it changes.
Result<void> StoredCatalog::removeSums()
{
    if (!fileStamp(m_parts.folder, kSumsName).has_value()) {
        return {};
    }
    CARMA_TRY(m_disk->remove(kSumsName));
    return m_disk->syncFolder("");
}

bool StoredCatalog::isSettled() const
{
    const auto log = fileStamp(m_parts.folder, kLogName);
    const bool logIsEmpty = !log.has_value() || log->size == 0;
    return logIsEmpty && m_parts.sums.has_value() && fileStamp(m_parts.folder, kSumsName).has_value();
}

/// A long write-ahead log makes reading slow. Where it cannot be folded in, because another process reads from it or there is no room, it
/// grows on: what was applied is committed all the same.
void StoredCatalog::foldLongLog()
{
    const auto log = m_parts.writer.has_value() ? fileStamp(m_parts.folder, kLogName) : std::nullopt;
    if (!log.has_value() || log->size < m_foldAtBytes) {
        return;
    }
    m_foldAtBytes = settleNow().has_value() ? kFoldBytes : log->size + kFoldBytes;
}

Result<void> StoredCatalog::apply(const Batch& batch)
{
    const std::lock_guard lock(m_writeMutex);
    CARMA_TRY(becomeMemory());
    if (m_parts.writer.has_value()) {
        m_parts.writer->keepLogOnClose(true);
    }
    std::unique_lock<std::mutex> readLock(m_readMutex, std::defer_lock);
    if (!m_parts.writer.has_value()) {
        readLock.lock(); // one connection for all
    }
    Database& database = writing();
    CARMA_TRY_ASSIGN(auto transaction, Transaction::begin(database, true));
    Applier applier(database, m_parts.seals);
    CARMA_TRY(applier.apply(batch));
    CARMA_TRY_ASSIGN(const Sequence applied, readAppliedSequence(database));
    CARMA_TRY(transaction.commit());
    if (!readLock.owns_lock()) {
        readLock.lock();
    }
    m_parts.applied = applied;
    if (applier.hasEdited()) {
        ++m_edits;
    }
    ++m_changes;
    readLock.unlock();
    foldLongLog();
    return {};
}

/// SQLite counts the changes that others made to the file, for each connection from a number of its own.
Result<Marks> StoredCatalog::marks()
{
    if (m_parts.writer.has_value()) {
        return Marks{.changes = m_changes, .edits = m_edits};
    }
    constexpr unsigned kConnectionShift = 40;
    const std::lock_guard lock(m_readMutex);
    CARMA_TRY(reopenIfDisturbed());
    const std::uint64_t connection = m_connections << kConnectionShift;
    if (m_parts.form == Form::Memory) {
        return Marks{.changes = connection + m_changes, .edits = connection + m_edits};
    }
    CARMA_TRY_ASSIGN(const auto version, m_parts.reader.number("PRAGMA data_version"));
    const std::uint64_t seen = connection + static_cast<std::uint64_t>(version);
    return Marks{.changes = seen, .edits = seen};
}

void StoredCatalog::begin()
{
    const std::lock_guard lock(m_writeMutex);
    if (!m_parts.writer.has_value()) {
        return;
    }
    if (isSettled()) {
        m_parts.writer->keepLogOnClose(false);
    } else if (!fileStamp(m_parts.folder, kSumsName).has_value()) {
        (void)settleNow().has_value(); // without sums it serves as well: a full disk must not keep a store shut
    }
}

Result<void> StoredCatalog::settle()
{
    const std::lock_guard lock(m_writeMutex);
    return settleNow();
}

/// REQUIRES: m_writeMutex is held.
Result<void> StoredCatalog::settleNow()
{
    if (!m_parts.writer.has_value() || isSettled()) {
        return {};
    }
    const std::lock_guard readLock(m_readMutex);
    CARMA_TRY(removeSums());
    CARMA_TRY(m_parts.writer->checkpoint());
    CARMA_TRY_ASSIGN(const auto file, m_parts.writer->file());
    CARMA_TRY_ASSIGN(PageSums sums, makeSums(*file, m_parts.store, m_parts.sums.value_or(PageSums{})));
    sums.appliedSequence = m_parts.applied;
    CARMA_TRY(replaceFile(*m_disk, kSumsName, encodeSums(m_parts.store, sums)));
    m_parts.sums = std::move(sums);
    m_parts.writer->keepLogOnClose(false);
    return {};
}

Result<std::vector<NamespaceRow>> StoredCatalog::namespaces()
{
    return read([](Rows& rows) { return rows.namespaces(); });
}

Result<std::optional<NamespaceRow>> StoredCatalog::findNamespace(std::string_view name)
{
    return read([&](Rows& rows) { return rows.findNamespace(name); });
}

Result<Counts> StoredCatalog::counts(const std::optional<NamespaceId>& space)
{
    return read([&](Rows& rows) { return rows.counts(space); });
}

Result<std::vector<DocumentRow>> StoredCatalog::documents(const DocumentFilter& filter)
{
    return read([&](Rows& rows) { return rows.documents(filter); });
}

Result<std::optional<DocumentRow>> StoredCatalog::document(const FragmentId& id)
{
    return read([&](Rows& rows) { return rows.document(id); });
}

Result<std::optional<DocumentRow>> StoredCatalog::documentByPath(const NamespaceId& space, std::string_view path)
{
    return read([&](Rows& rows) { return rows.documentByPath(space, path); });
}

Result<std::optional<DocumentRow>> StoredCatalog::documentByExternalId(const NamespaceId& space, std::string_view externalId)
{
    return read([&](Rows& rows) { return rows.documentByExternalId(space, externalId); });
}

Result<std::vector<DocumentRow>> StoredCatalog::versions(const NamespaceId& space, std::string_view path, std::string_view externalId)
{
    return read([&](Rows& rows) { return rows.versions(space, path, externalId); });
}

Result<std::optional<DocumentRow>> StoredCatalog::documentByDigest(const NamespaceId& space, const crypto::Digest& digest)
{
    return read([&](Rows& rows) { return rows.documentByDigest(space, digest); });
}

Result<std::optional<FragmentRow>> StoredCatalog::fragment(const FragmentId& id)
{
    return read([&](Rows& rows) { return rows.fragment(id); });
}

Result<std::vector<FragmentRow>> StoredCatalog::fragmentsOf(const FragmentId& document)
{
    return read([&](Rows& rows) { return rows.fragmentsOf(document); });
}

Result<std::vector<FragmentRow>> StoredCatalog::fragments(const NamespaceId& space, Sequence from, std::size_t limit, bool oldVersions)
{
    return read([&](Rows& rows) { return rows.fragments(space, from, limit, oldVersions); });
}

Result<std::vector<FragmentRow>> StoredCatalog::lostFragments(std::size_t limit)
{
    return read([&](Rows& rows) { return rows.lostFragments(limit); });
}

Result<std::optional<FragmentRow>> StoredCatalog::fragmentBySequence(Sequence sequence)
{
    return read([&](Rows& rows) { return rows.fragmentBySequence(sequence); });
}

Result<std::vector<DocumentRow>> StoredCatalog::documentsTouching(std::span<const Sequence> sequences)
{
    return read([&](Rows& rows) { return rows.documentsTouching(sequences); });
}

Result<std::vector<Sequence>> StoredCatalog::books(std::uint16_t type, Sequence from, std::size_t limit)
{
    return read([&](Rows& rows) { return rows.books(type, from, limit); });
}

Result<std::optional<FragmentId>> StoredCatalog::completeId(std::string_view prefix)
{
    return read([&](Rows& rows) { return rows.completeId(prefix); });
}

} // namespace carma::catalog
