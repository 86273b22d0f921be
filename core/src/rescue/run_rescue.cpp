// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/counted.h"
#include "log/engine/log.h"
#include "log/tail/tail.h"
#include "rescue/arrange.h"
#include "rescue/rebuild_key_ring.h"
#include "store/store_core.h"

#include <algorithm>
#include <filesystem>
#include <set>

namespace carma {

namespace {

namespace fs = std::filesystem;
using namespace rescue;

constexpr std::size_t kCopyBytes = 1U << 20U;
constexpr const char* kUnfinished = ".unfinished"; // ends the name of the folder that a store is made in
constexpr const char* kMark = "rescue";            // a file in it: what lies there is nobody's only copy

StoreInfo infoOf(const log::Superblock& superblock)
{
    const auto has = [&](log::KeySlotKind kind) {
        return std::ranges::find(superblock.slots, kind, &log::KeySlot::kind) != superblock.slots.end();
    };
    StoreInfo info;
    info.id = superblock.store;
    info.format = superblock.format;
    info.dataShards = superblock.geometry.data;
    info.parityShards = superblock.geometry.parity;
    info.hasKeyFile = has(log::KeySlotKind::KeyFile);
    info.hasPassphrase = has(log::KeySlotKind::Passphrase);
    info.hasRecoveryCode = has(log::KeySlotKind::RecoveryCode);
    return info;
}

/// What the device refuses is left as zeroes, as an erasure that healing knows how to treat.
Result<void> copyPiece(Disk& from, Disk& to, const std::string& path)
{
    CARMA_TRY_ASSIGN(const auto source, from.open(path, OpenMode::Read));
    CARMA_TRY_ASSIGN(const std::uint64_t size, source->size());
    CARMA_TRY_ASSIGN(const auto target, to.open(path, OpenMode::CreateNew));
    Bytes buffer(static_cast<std::size_t>(std::min<std::uint64_t>(size, kCopyBytes)));
    for (std::uint64_t at = 0; at < size; at += buffer.size()) {
        const ByteSpan part = ByteSpan(buffer).first(static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), size - at)));
        if (!source->readAt(at, part).has_value()) {
            for (std::size_t i = 0; i < part.size(); i += log::kSectorBytes) {
                const ByteSpan sector = part.subspan(i, std::min(log::kSectorBytes, part.size() - i));
                if (!source->readAt(at + i, sector).has_value()) {
                    std::ranges::fill(sector, std::byte{0});
                }
            }
        }
        CARMA_TRY(target->writeAt(at, part));
    }
    return target->sync();
}

class Rescue {
public:
    Rescue(const std::vector<std::string>& sources, const RescueOptions& options, const RescueKeys& keys, const Task& task)
        : m_sources(sources), m_options(options), m_keys(keys), m_task(task), m_executor(makeThreadExecutor(1))
    {
    }
    ~Rescue()
    {
        if (m_made) {
            std::error_code ignored;
            fs::remove_all(m_making, ignored);
        }
    }
    Rescue(const Rescue&) = delete;
    Rescue& operator=(const Rescue&) = delete;

    Result<RescueReport> run()
    {
        CARMA_TRY(checkTarget());
        CARMA_TRY_ASSIGN(m_findings, scanSources(m_sources, m_task));
        m_report.files = m_findings.files.size();
        m_report.bytes = m_findings.bytes;
        m_report.notes = m_findings.notes;
        m_report.stores = countStores(m_findings);
        if (stopped() || !choose()) {
            listAll();
            return std::move(m_report);
        }
        auto superblocks = readSuperblocks(m_findings, *m_store);
        if (!superblocks.has_value()) {
            if (superblocks.error().code == ErrorCode::Unsupported) {
                return superblocks.error();
            }
            m_report.problem = withoutSuperblock(superblocks.error());
            listAll();
            return std::move(m_report);
        }
        CARMA_TRY(rebuild(*superblocks));
        return std::move(m_report);
    }

private:
    Result<void> checkTarget()
    {
        if (m_sources.empty()) {
            return Error{ErrorCode::InvalidArgument, "a rescue needs at least one file or folder to look through"};
        }
        if (m_options.dryRun) {
            return {};
        }
        std::error_code failed;
        const fs::path into = fs::weakly_canonical(m_options.into, failed);
        if (m_options.into.empty() || failed) {
            return Error{ErrorCode::InvalidArgument, "a rescue needs a folder for the new store"};
        }
        for (const std::string& source : m_sources) {
            const fs::path root = fs::weakly_canonical(source, failed);
            const auto inside = std::mismatch(root.begin(), root.end(), into.begin(), into.end());
            if (inside.first == root.end()) {
                return Error{
                    ErrorCode::InvalidArgument, m_options.into + " lies inside " + source + ", which is only read; choose another folder"};
            }
        }
        if (fs::exists(into, failed) && !fs::is_empty(into, failed)) {
            return Error{ErrorCode::AlreadyExists, m_options.into + " holds something; a rescue needs a new or an empty folder"};
        }
        m_making = (into.has_filename() ? into : into.parent_path()).string() + kUnfinished;
        if (fs::exists(m_making, failed) && !fs::is_empty(m_making, failed) && !fs::exists(m_making / kMark, failed)) {
            return Error{ErrorCode::AlreadyExists, m_making.string() + " is in the way of the store that is to be made; move it away"};
        }
        return {};
    }

    /// An earlier rescue that was killed leaves its folder, under a name that no store has; it is made anew.
    Result<void> beginMaking()
    {
        std::error_code failed;
        fs::remove_all(m_making, failed);
        fs::create_directories(m_making, failed);
        m_made = !failed;
        if (failed) {
            return Error{ErrorCode::Io, m_making.string() + ": " + failed.message()};
        }
        return replaceFile(*openPosixDisk(m_making.string()), kMark, {});
    }

    /// The whole store gets its name at once.
    Result<void> endMaking()
    {
        CARMA_TRY(openPosixDisk(m_making.string())->remove(kMark));
        m_made = false;
        std::error_code failed;
        fs::rename(m_making, m_options.into, failed);
        if (failed) {
            return Error{ErrorCode::Io,
                "the new store is whole but cannot be renamed to " + m_options.into + ": " + failed.message() + "; it is in " +
                    m_making.string()};
        }
        m_report.status.path = m_options.into;
        return openPosixDisk(m_making.parent_path().string())->syncFolder("");
    }

    bool stopped()
    {
        m_report.cancelled = m_report.cancelled || m_task.cancelled();
        return m_report.cancelled;
    }

    /// Which store. False: `problem` says why there is none.
    bool choose()
    {
        std::vector<StoreId> candidates;
        for (const RescueFind& find : m_report.stores) {
            if (m_options.store ? find.id == *m_options.store : find.superblocks > 0) {
                candidates.push_back(find.id);
            }
        }
        const auto listed = [&] {
            std::string ids;
            for (const RescueFind& find : m_report.stores) {
                ids += (ids.empty() ? "" : ", ") + toString(find.id);
            }
            return ids;
        };
        if (candidates.size() > 1) {
            m_report.problem = "pieces of several stores are mixed up; say which one is wanted: " + listed();
        } else if (candidates.empty() && m_options.store) {
            m_report.problem = "no piece of store " + toString(*m_options.store) + " was found" +
                (m_report.stores.empty() ? "" : "; there are pieces of " + listed());
        } else if (candidates.empty() && m_report.stores.empty()) {
            m_report.problem = "no piece of any store was found";
        } else if (candidates.empty()) {
            candidates.push_back(m_report.stores.front().id); // a damaged superblock may still say something
        }
        if (!m_report.problem.empty()) {
            return false;
        }
        m_store = candidates.front();
        std::ranges::find(m_report.stores, *m_store, &RescueFind::id)->chosen = true;
        return true;
    }

    [[nodiscard]] std::string withoutSuperblock(const Error& error) const
    {
        const auto& find = *std::ranges::find(m_report.stores, *m_store, &RescueFind::id);
        return "nothing of store " + toString(*m_store) + " (" + counted(find.segments, "segment", "segments") + ", " +
            counted(find.tails, "tail", "tails") + ") can be decrypted: " +
            (error.code == ErrorCode::NotFound ? std::string("no copy of its superblock is here") : error.message) +
            ". The superblock alone holds the master key, locked by the key file, the passphrase or the recovery code; none of these "
            "replaces it. Add a copy to the sources: the file \"superblock\" of any shard folder, of a backup, or of an image of a lost "
            "disk";
    }

    void listAll()
    {
        for (const SourceFile& file : m_findings.files) {
            addRest({file.path, file.hasPieces ? "pieces of a store that was not made" : file.guess});
        }
    }

    void addRest(RescueRest rest)
    {
        ++m_report.restCount;
        if (m_report.rest.size() < kRescueRestMax) {
            m_report.rest.push_back(std::move(rest));
        }
    }

    Result<void> rebuild(const log::SuperblockReading& reading)
    {
        const log::Superblock& superblock = reading.superblock;
        m_report.dataShards = superblock.geometry.data;
        m_report.parityShards = superblock.geometry.parity;
        CARMA_TRY_ASSIGN(const Credentials credentials, m_keys(infoOf(superblock)));
        CARMA_TRY_ASSIGN(const log::KeySource source, store::readCredentials(credentials, superblock.store));
        CARMA_TRY_ASSIGN(const log::MasterKeys keys, log::unlock(superblock, source));
        Arrangement arrangement = arrange(m_findings, superblock, *m_executor);
        m_report.piecesUsed = arrangement.piecesUsed;
        m_report.piecesMerged = arrangement.piecesMerged;
        for (RescueRest& rest : arrangement.rest) {
            addRest(std::move(rest));
        }
        PieceDisk& pieces = *arrangement.disk;
        CARMA_TRY(completeHeads(pieces, reading, keys));
        if (stopped()) {
            return {};
        }
        noteHoles(pieces, superblock);
        return m_options.dryRun ? preview(pieces, credentials) : make(pieces, credentials);
    }

    /// A superblock and a key ring in every folder, so that the log can be opened.
    Result<void> completeHeads(PieceDisk& pieces, const log::SuperblockReading& reading, const log::MasterKeys& keys)
    {
        const log::Superblock& superblock = reading.superblock;
        const log::ShardFolders folders = log::shardFolders(superblock.geometry);
        for (const std::string& folder : folders) {
            pieces.place(folder + "/superblock", reading.file);
        }
        const auto ring = readKeyRings(m_findings, superblock.store, keys);
        if (ring.has_value()) {
            for (const std::string& folder : folders) {
                pieces.place(folder + "/keyring", ring->file);
            }
            return {};
        }
        if (ring.error().code == ErrorCode::Unsupported) {
            return ring.error();
        }
        RebuiltKeyRing rebuilt = rebuildKeyRing(pieces, superblock, keys, *m_executor, systemRandom(), m_task);
        m_report.keyRingRebuilt = true;
        m_report.notes.push_back("no copy of the key ring can be used; the keys of " +
            counted(rebuilt.ring.entries.size(), "namespace was", "namespaces were") + " taken from the log");
        std::ranges::move(rebuilt.missing, std::back_inserter(m_report.notes));
        return log::writeKeyRing(pieces, folders, superblock.geometry, rebuilt.ring, keys);
    }

    /// Numbers of segments that no file has.
    void noteHoles(PieceDisk& pieces, const log::Superblock& superblock)
    {
        std::set<std::uint64_t> seen;
        for (const std::string& folder : log::shardFolders(superblock.geometry)) {
            const auto files = pieces.list(folder);
            for (const FileInfo& file : files.has_value() ? *files : std::vector<FileInfo>()) {
                if (const auto shard = log::parseShardFileName(file.name)) {
                    seen.insert(shard->segment);
                } else if (const auto tail = log::parseTailFileName(file.name)) {
                    seen.insert(*tail);
                }
            }
        }
        std::uint64_t next = 0;
        for (const std::uint64_t segment : seen) {
            if (segment > next) {
                m_report.notes.push_back(
                    "of segments " + std::to_string(next) + " to " + std::to_string(segment - 1) + " nothing was found");
            }
            next = segment + 1;
        }
        if (seen.empty()) {
            m_report.notes.emplace_back("no segment and no tail was found: the new store is empty");
        }
    }

    Result<void> preview(PieceDisk& pieces, const Credentials& credentials)
    {
        Environment environment;
        environment.disk = &pieces;
        environment.catalogFolder = ":memory:";
        OpenOptions open;
        open.readOnly = true;
        open.holder = "carma rescue";
        open.task = m_task;
        CARMA_TRY_ASSIGN(const auto store, Store::open("pieces", credentials, environment, std::move(open)));
        return describe(*store);
    }

    Result<void> make(PieceDisk& pieces, const Credentials& credentials)
    {
        CARMA_TRY(beginMaking());
        const auto target = openPosixDisk(m_making.string());
        const std::vector<std::string> files = pieces.files();
        for (std::size_t i = 0; i < files.size() && !stopped(); ++i) {
            m_task.report({"putting pieces in place", i, files.size(), "files"});
            const std::string folder = files[i].substr(0, files[i].rfind('/'));
            CARMA_TRY(target->makeFolder(folder));
            CARMA_TRY(copyPiece(pieces, *target, files[i]));
            CARMA_TRY(target->syncFolder(folder));
        }
        if (stopped()) {
            return {};
        }
        CARMA_TRY(target->syncFolder("shards"));
        OpenOptions open;
        open.holder = "carma rescue";
        open.task = m_task;
        CARMA_TRY_ASSIGN(const auto store, Store::open(m_making.string(), credentials, {}, std::move(open)));
        CARMA_TRY_ASSIGN(m_report.heal, store->health().heal(m_task));
        CARMA_TRY(describe(*store));
        CARMA_TRY(store->close());
        return stopped() ? Result<void>() : endMaking();
    }

    Result<void> describe(Store& store)
    {
        CARMA_TRY_ASSIGN(m_report.verify, store.health().verify(m_task));
        CARMA_TRY_ASSIGN(m_report.status, store.health().status());
        m_report.cancelled = m_report.cancelled || m_report.verify.damage.cancelled || m_report.heal.damage.cancelled;
        std::set<FragmentId> broken;
        for (const LostItem& item : m_report.verify.damage.lost) {
            broken.insert(item.document);
        }
        m_report.brokenDocuments = broken.size();
        ListOptions list;
        list.oldVersions = true;
        for (;;) {
            CARMA_TRY_ASSIGN(const std::vector<DocumentSummary> page, store.memory().list(list));
            if (page.empty()) {
                return {};
            }
            list.after = page.back().id;
            m_report.wholeDocuments += static_cast<std::uint64_t>(
                std::ranges::count_if(page, [&](const DocumentSummary& document) { return !broken.contains(document.id); }));
        }
    }

    const std::vector<std::string>& m_sources;
    const RescueOptions& m_options;
    const RescueKeys& m_keys;
    const Task& m_task;
    std::unique_ptr<Executor> m_executor;
    Findings m_findings;
    std::optional<StoreId> m_store;
    RescueReport m_report;
    fs::path m_making;   ///< beside the folder of the new store
    bool m_made = false; ///< something of the new store is there and is to go again
};

} // namespace

Result<RescueReport> runRescue(
    const std::vector<std::string>& sources, const RescueOptions& options, const RescueKeys& keys, const Task& task)
{
    return Rescue(sources, options, keys, task).run();
}

} // namespace carma
