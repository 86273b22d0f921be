// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "catalog/page_sums.h"
#include "catalog/rows.h"

#include <atomic>
#include <mutex>

/// The Catalog of a folder, or of memory only.
namespace carma::catalog {

class StoredCatalog final : public Catalog {
public:
    /// How the connections are used.
    enum class Form : std::uint8_t {
        Writer,    ///< one connection writes, another reads
        Reader,    ///< a file that another process may write
        Immutable, ///< a file at rest that nobody has open; watched, and opened anew when that ends
        Memory,    ///< one connection for all; nothing reaches the disk
    };
    struct Parts {
        std::string folder;
        StoreId store;
        Seals seals;
        Form form = Form::Memory;
        std::optional<Database> writer; ///< Writer only
        Database reader;                ///< the only connection otherwise
        Sequence applied = 0;
        std::optional<PageSums> sums;   ///< of the last time it was settled; their codes are used again
        std::optional<FileStamp> stamp; ///< Reader, Immutable: of the database when it was opened
    };
    StoredCatalog(Parts parts, std::unique_ptr<Disk> disk) : m_parts(std::move(parts)), m_disk(std::move(disk)) {}

    /// After opening: a writer's database that has no sums gets them, so that it is vouched for from the start.
    void begin();

    Sequence appliedSequence() override;
    Result<void> apply(const Batch& batch) override;
    Result<Marks> marks() override;
    Result<std::vector<NamespaceRow>> namespaces() override;
    Result<std::optional<NamespaceRow>> findNamespace(std::string_view name) override;
    Result<Counts> counts(const std::optional<NamespaceId>& space) override;
    Result<std::vector<DocumentRow>> documents(const DocumentFilter& filter) override;
    Result<std::optional<DocumentRow>> document(const FragmentId& id) override;
    Result<std::optional<DocumentRow>> documentByPath(const NamespaceId& space, std::string_view path) override;
    Result<std::optional<DocumentRow>> documentByExternalId(const NamespaceId& space, std::string_view externalId) override;
    Result<std::vector<DocumentRow>> versions(const NamespaceId& space, std::string_view path, std::string_view externalId) override;
    Result<std::optional<DocumentRow>> documentByDigest(const NamespaceId& space, const crypto::Digest& digest) override;
    Result<std::optional<FragmentRow>> fragment(const FragmentId& id) override;
    Result<std::vector<FragmentRow>> fragmentsOf(const FragmentId& document) override;
    Result<std::vector<FragmentRow>> fragments(const NamespaceId& space, Sequence from, std::size_t limit, bool oldVersions) override;
    Result<std::vector<FragmentRow>> lostFragments(std::size_t limit) override;
    Result<std::optional<FragmentRow>> fragmentBySequence(Sequence sequence) override;
    Result<std::vector<DocumentRow>> documentsTouching(std::span<const Sequence> sequences) override;
    Result<std::vector<Sequence>> books(std::uint16_t type, Sequence from, std::size_t limit) override;
    Result<std::optional<FragmentId>> completeId(std::string_view prefix) override;
    Result<void> settle() override;

private:
    template <typename Ask> auto read(Ask ask) -> decltype(ask(std::declval<Rows&>()));
    Result<void> settleNow();
    Result<void> removeSums();
    void foldLongLog();
    [[nodiscard]] bool isSettled() const;
    Result<void> becomeMemory();
    Result<void> reopenIfDisturbed();
    void returnToFile();
    bool disturbed() const;
    Database& writing() { return m_parts.writer.has_value() ? *m_parts.writer : m_parts.reader; }

    std::mutex m_writeMutex; ///< taken before m_readMutex, or tried; guards writer, sums and m_foldAtBytes
    std::mutex m_readMutex;  ///< guards reader, form, stamp, applied
    /// What a reader's file was like when it was left for memory.
    struct Left {
        std::optional<FileStamp> database;
        std::optional<FileStamp> log;
        bool operator==(const Left&) const = default;
    };
    std::optional<Left> m_left; ///< guarded by m_readMutex; nothing if it was not left
    Parts m_parts;              ///< folder, store, seals and whether there is a writer are constant
    std::unique_ptr<Disk> m_disk;
    std::atomic<std::uint64_t> m_changes = 0; ///< batches applied here
    std::atomic<std::uint64_t> m_edits = 0;
    std::uint64_t m_connections = 0; ///< guarded by m_readMutex: of those that only read, how many were given up
    static constexpr std::uint64_t kFoldBytes = std::uint64_t{16} << 20U;
    std::uint64_t m_foldAtBytes = kFoldBytes; ///< size of the write-ahead log at which it is folded in
};

} // namespace carma::catalog
