// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "catalog/in_memory.h"
#include "store/store_impl.h"

#include <array>
#include <condition_variable>
#include <thread>

/// Opening: superblock, key, lock, log, catalog, in this order. Nothing is written before the key has proved right.
namespace carma {

namespace {

using namespace store;

constexpr std::string_view kLockFile = "lock";
constexpr std::int64_t kLockRetryMs = 50;

Result<std::unique_ptr<DiskLock>> takeLock(Disk& disk, const OpenOptions& options)
{
    const std::string holder = options.holder.empty() ? "another program" : options.holder;
    std::int64_t waitedMs = 0;
    for (;;) {
        auto lock = disk.lock(kLockFile, holder);
        if (lock.has_value() || lock.error().code != ErrorCode::Busy || waitedMs >= options.waitMs || options.task.cancelled()) {
            return lock;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(kLockRetryMs));
        waitedMs += kLockRetryMs;
    }
}

std::string freshRequestId(Random& random)
{
    std::array<std::byte, 8> bytes{};
    random.fill(bytes);
    return toHex(bytes);
}

catalog::CatalogKeys catalogKeys(const log::MasterKeys& keys)
{
    return {keys.derive("carma catalog seal"), keys.derive("carma catalog index")};
}

/// The catalog of a writer: healed or begun anew, then brought up to the log.
Result<void> openForWriting(StoreCore& core, const OpenOptions& options)
{
    const auto& keys = core.log->keys().master();
    const StoreId& id = core.log->superblock().store;
    CARMA_TRY_ASSIGN(
        catalog::OpenedCatalog opened, catalog::openCatalog(core.world.catalogFolder, id, kNoSequence, catalogKeys(keys), core.readOnly));
    const bool hadOne = opened.condition != catalog::Condition::Good && core.log->end() > kCreationRecords;
    core.catalog = std::move(opened.catalog);
    core.catalogAtOpen = std::move(opened.found);
    if (hadOne && core.onNotice) {
        core.onNotice((opened.reason.empty() ? std::string("the catalog is not usable") : opened.reason) + "; it is rebuilt from the log");
    }
    if (core.catalog->appliedSequence() > core.log->end() && !core.readOnly) {
        // The newest records are gone with all copies of the tail. The catalog still knows what they were: they stay named.
        CARMA_TRY(core.log->skipTo(core.catalog->appliedSequence()));
    }
    return core.follow(options.task);
}

/// The catalog of a reader: as it is on disk if it is good and complete; otherwise put in order under the lock, if the lock
/// is free; otherwise a temporary one in memory.
Result<void> openForReading(StoreCore& core, const OpenOptions& options)
{
    const auto& keys = core.log->keys().master();
    const StoreId& id = core.log->superblock().store;
    const auto open = [&](bool readOnly) {
        return catalog::openCatalog(core.world.catalogFolder, id, kNoSequence, catalogKeys(keys), readOnly);
    };
    CARMA_TRY_ASSIGN(catalog::OpenedCatalog opened, open(true));
    core.catalogAtOpen = std::move(opened.found);
    const bool good = opened.condition == catalog::Condition::Good;
    if (core.world.catalogFolder == catalog::kInMemory) {
        core.catalog = std::move(opened.catalog);
        return core.follow(options.task);
    }
    if (good && opened.catalog->appliedSequence() >= core.log->end()) {
        core.catalog = std::move(opened.catalog);
        return {};
    }
    auto lock = core.world.disk->lock(kLockFile, options.holder.empty() ? "another program" : options.holder);
    if (lock.has_value()) {
        opened.catalog.reset();
        auto writable = open(false);
        if (writable.has_value()) {
            core.catalog = std::move(writable->catalog);
            CARMA_TRY(core.follow(options.task));
            CARMA_TRY(core.catalog->settle());
            if (!good && core.onNotice && core.log->end() > kCreationRecords) {
                core.onNotice((opened.reason.empty() ? std::string("the catalog is not usable") : opened.reason) +
                    "; it has been rebuilt from the log");
            }
            core.catalog.reset();
            CARMA_TRY_ASSIGN(opened, open(true));
            core.catalog = std::move(opened.catalog);
            return {};
        }
        CARMA_TRY_ASSIGN(opened, open(true));
    }
    core.catalog = std::move(opened.catalog);
    return good ? Result<void>{} : core.follow(options.task);
}

} // namespace

Result<std::unique_ptr<Store>> Store::open(
    const std::string& path, const Credentials& credentials, const Environment& environment, OpenOptions options)
{
    auto core = std::make_unique<StoreCore>(makeWorld(path, environment));
    core->path = path;
    core->readOnly = options.readOnly;
    core->onNotice = std::move(options.onNotice);
    core->actor = options.actor.empty() ? options.holder : options.actor;
    core->requestId = options.requestId.empty() ? freshRequestId(*core->world.random) : options.requestId;
    Disk& disk = *core->world.disk;

    auto reading = findSuperblock(disk);
    if (!reading.has_value()) {
        return reading.error().within(path);
    }
    CARMA_TRY_ASSIGN(const log::KeySource source, readCredentials(credentials, reading->superblock.store));
    CARMA_TRY_ASSIGN(log::MasterKeys keys, log::unlock(reading->superblock, source));
    if (!options.readOnly) {
        CARMA_TRY_ASSIGN(core->lock, takeLock(disk, options));
        CARMA_TRY_ASSIGN(reading, findSuperblock(disk)); // another writer may have changed it while we waited
    }
    log::LogOptions logOptions;
    logOptions.readOnly = options.readOnly;
    logOptions.segmentBytes = core->world.segmentBytes;
    CARMA_TRY_ASSIGN(core->log, log::Log::open(core->world.forLog(), reading->superblock, std::move(keys), logOptions));
    if (core->onNotice) {
        for (const std::string& notice : core->log->takeNotices()) {
            core->onNotice(notice);
        }
    }
    if (options.readOnly) {
        CARMA_TRY(openForReading(*core, options));
    } else {
        CARMA_TRY(openForWriting(*core, options));
    }
    CARMA_TRY(core->followEmbedders());
    if (const std::string difference = core->embedders().difference(); !difference.empty() && core->onNotice) {
        core->onNotice(difference);
    }
    core->startMetering();
    auto store = std::make_unique<StoreImpl>(std::move(core));
    if (!options.readOnly) {
        store->resumeErasures();
    }
    return std::unique_ptr<Store>(std::move(store));
}

namespace store {

StoreImpl::StoreImpl(std::unique_ptr<StoreCore> core)
    : m_core(std::move(core)), m_searcher(*m_core), m_memory(*m_core, m_searcher), m_health(*m_core, m_searcher),
      m_hypotheses(*m_core, m_searcher, m_memory), m_access(*m_core), m_audit(*m_core), m_subjects(*m_core, m_searcher, m_keys),
      m_keys(m_core->journal(), m_core->log->keys().master().wrapping(), m_core->log->keys().master().derive("carma user directory"),
          m_core->readOnly),
      m_anomalies(*m_core), m_embedders(*m_core, m_searcher)
{
    m_memory.setGuesser([this](const FragmentId& id) { return m_hypotheses.forQuery(id); });
}

StoreImpl::~StoreImpl()
{
    // A destructor has nobody to tell; callers that want to know call close().
    (void)close().has_value();
}

Result<void> StoreImpl::seal()
{
    if (m_core->readOnly) {
        return m_core->readOnlyError();
    }
    if (m_core->log->counts().tailBytes > 0) {
        journal::AuditNote note;
        note.action = "store.seal";
        CARMA_TRY(m_core->appendAudited({}, note));
    }
    return m_core->log->seal();
}

Result<void> StoreImpl::close()
{
    if (m_closed) {
        return {};
    }
    m_closed = true;
    m_searcher.finish(); // it reads the log's keys
    auto kept = m_keys.flush();
    const auto metered = m_core->metering().flush(); // before the log closes; usage that cannot be recorded is no reason not to close
    (void)metered.has_value();
    auto closed = m_core->log->close();
    if (closed.has_value()) {
        closed = std::move(kept);
    }
    if (!m_core->readOnly) {
        auto followed = m_core->follow(Task{});
        auto settled = m_core->catalog->settle();
        if (closed.has_value()) {
            closed = followed.has_value() ? std::move(settled) : std::move(followed);
        }
    }
    m_core->catalog.reset();
    m_core->log.reset();
    m_core->lock.reset();
    return closed;
}

} // namespace store

} // namespace carma
