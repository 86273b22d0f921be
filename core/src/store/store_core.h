// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "audit/compliance_book.h"
#include "audit/entry_body.h"
#include "billing/metering.h"
#include "catalog/catalog.h"
#include "log/engine/log.h"
#include "query/search_engine.h"
#include "store/embedder_host.h"
#include "store/record_bodies.h"
#include "store/store_journal.h"
#include "store/usage_spool.h"

#include <carma/clock.h>
#include <carma/disk.h>
#include <carma/embedder.h>
#include <carma/executor.h>
#include <carma/random.h>
#include <carma/store.h>

#include <functional>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>

/// What the parts of an open store share: the log, the catalog that follows it, and the outside world.
namespace carma::store {

/// The outside world with every default filled in.
struct World {
    std::unique_ptr<Disk> ownDisk;
    std::unique_ptr<Executor> ownExecutor;
    Disk* disk = nullptr;
    Clock* clock = nullptr;
    Random* random = nullptr;
    Executor* executor = nullptr;
    std::shared_ptr<Embedder> embedder; ///< null for the built-in one
    EmbedderFactory embedderFactory;
    std::uint64_t searchMemoryBytes = 0;
    std::string catalogFolder;
    std::uint32_t segmentBytes = 0;

    [[nodiscard]] log::LogEnvironment forLog() const { return {*disk, *clock, *random, *executor}; }
    [[nodiscard]] query::EngineOptions forEngine() const
    {
        query::EngineOptions options;
        options.executor = executor;
        return options;
    }
};
World makeWorld(const std::string& path, const Environment& environment);

/// Records that a new store begins with: the audit entry of its making, and the checkpoint after it. Without a catalog it lacks nothing.
inline constexpr Sequence kCreationRecords = 2;

/// Thread-safe.
class StoreCore {
public:
    explicit StoreCore(World outside);

    std::string path;
    World world;
    bool readOnly = false;
    std::unique_ptr<DiskLock> lock;
    std::unique_ptr<log::Log> log;
    std::unique_ptr<catalog::Catalog> catalog;
    catalog::CatalogCheck catalogAtOpen; ///< what was wrong with its file before it was opened
    std::function<void(std::string_view)> onNotice;
    std::string actor;     ///< for the audit: on whose behalf the store is open
    std::string requestId; ///< for the audit: what belongs to one opening
    audit::ComplianceBook compliance;

    [[nodiscard]] Error readOnlyError() const;
    Result<std::shared_ptr<const log::SpaceKeys>> space(std::string_view name);         ///< NotFound names the namespace
    Result<std::shared_ptr<const log::SpaceKeys>> spaceOrCreate(std::string_view name); ///< writers only

    /// Appends records and brings the catalog up to them: on return both are done. Returns the first sequence.
    Result<Sequence> append(std::span<const log::NewRecord> records);
    /// The door of the audit: the same, with the entry of `note` in the same batch. `records` may be empty: the entry alone.
    Result<Sequence> appendAudited(std::span<const log::NewRecord> records, const journal::AuditNote& note);
    /// The body of the audit record of a note, for those who make their batches themselves.
    Result<Bytes> auditBody(const journal::AuditNote& note);
    /// Writes the entry of a read, if the policy wants reads of its action audited. Busy if it does and the store is open for reading.
    Result<void> auditRead(const journal::AuditNote& note);
    /// Notes that something was refused and why. Returns the error.
    Error refuse(journal::AuditNote note, Error error);
    /// Appends the records that end a namespace. From then on, in this process, nothing is sealed or opened with its key.
    Result<Sequence> endSpace(std::span<const log::NewRecord> records, const NamespaceId& space);
    /// Applies everything the log has and the catalog has not.
    /// A record that cannot be read may be readable later (a device that refused for a moment), so the catalog's own number stays at
    /// the first such record, and the next opening reads on from there. `acceptLosses`: what cannot be read now counts as lost for good.
    Result<void> follow(const Task& task, bool acceptLosses = false);
    /// Keys, audit, usage, anomalies: the records that are no memory.
    [[nodiscard]] journal::Journal& journal() { return m_journal; }
    [[nodiscard]] billing::Engine& billing() { return m_billing; }
    [[nodiscard]] billing::Metering& metering() { return m_metering; }
    [[nodiscard]] EmbedderHost& embedders() { return m_embedders; }
    /// Takes in what the log says about the embedder.
    Result<void> followEmbedders() { return m_embedders.follow(catalog->appliedSequence()); }
    /// Begins to meter, once log and catalog are open.
    void startMetering();
    /// A new document id: 48 bits of time, 56 of randomness, 24 zero bits for its nodes.
    FragmentId newDocumentId();

private:
    Result<Sequence> appendNow(std::span<const log::NewRecord> records);

    StoreJournal m_journal{*this};
    billing::Engine m_billing{m_journal};
    billing::Metering m_metering{m_billing, m_journal};
    std::unique_ptr<UsageSpool> m_spool; ///< once log and catalog are open
    EmbedderHost m_embedders;
    std::shared_mutex m_ending; ///< held, not alone, by each append; alone while a namespace ends
    std::mutex m_spacesMutex;   ///< held while a namespace is made
    std::mutex m_followMutex;
    // Guarded by m_followMutex.
    Sequence m_followed = 0;         ///< first record not applied in this session; at or past the catalog's own number
    Sequence m_unread = kNoSequence; ///< first record that could not be read while following
};

/// What one record means for the catalog. `body` is its opened body.
Result<void> addToBatch(catalog::Batch& batch, Sequence sequence, const log::RecordHeader& header, ByteView body);

/// Reads and opens the credentials. NotFound if the key file is missing; InvalidArgument if it is none, or of another store.
Result<log::KeySource> readCredentials(const Credentials& credentials, const StoreId& store);
/// Writes a key file, mode 0600, with its folders. AlreadyExists if there is one.
Result<void> writeKeyFileAt(const std::string& path, const StoreId& store, ByteView secret);

/// The superblock of the store on `disk`: finds the shard folders first, because their number is in it.
Result<log::SuperblockReading> findSuperblock(Disk& disk);

} // namespace carma::store
