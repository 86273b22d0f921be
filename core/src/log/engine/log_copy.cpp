// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/engine/log_state.h"

#include <algorithm>

/// A copy of the store elsewhere, written from verified payloads and never from files as they are.
namespace carma::log {

namespace {

constexpr std::string_view kLockFile = "lock";

using Generations = std::map<std::uint16_t, unsigned>;

/// The shard files of a copy: segment -> generation -> how many.
std::map<std::uint64_t, Generations> filesOf(Disk& disk, const ShardFolders& folders)
{
    std::map<std::uint64_t, Generations> found;
    for (const std::string& folder : folders) {
        const auto files = disk.list(folder);
        for (const FileInfo& file : files.has_value() ? *files : std::vector<FileInfo>{}) {
            if (const auto shard = parseShardFileName(file.name)) {
                ++found[shard->segment][shard->generation];
            }
        }
    }
    return found;
}

Result<void> removeOthers(Disk& disk, const ShardFolders& folders, std::uint64_t segment, std::uint16_t keep)
{
    for (const std::string& folder : folders) {
        CARMA_TRY_ASSIGN(const std::vector<FileInfo> files, disk.list(folder));
        bool removed = false;
        for (const FileInfo& file : files) {
            const auto shard = parseShardFileName(file.name);
            if (shard && shard->segment == segment && shard->generation != keep) {
                CARMA_TRY(disk.remove(folder + "/" + file.name));
                removed = true;
            }
        }
        if (removed) {
            CARMA_TRY(disk.syncFolder(folder));
        }
    }
    return {};
}

} // namespace

/// Whether there is a copy already; an error if something is there that must not be written to.
Result<bool> LogState::checkTarget(Disk& target)
{
    const auto reading = readSuperblock(target, m_folders);
    if (!reading.has_value() && reading.error().code != ErrorCode::NotFound) {
        return reading.error().within("the copy");
    }
    if (!reading.has_value()) {
        const auto files = target.list("");
        const bool empty = !files.has_value() || std::ranges::all_of(*files, [](const FileInfo& file) { return file.name == kLockFile; });
        if (!empty) {
            return Error{ErrorCode::AlreadyExists, "the folder for the copy holds something that is no store"};
        }
        return false;
    }
    const Superblock& there = reading->superblock;
    if (there.store != m_store || there.geometry != m_geometry) {
        return Error{ErrorCode::InvalidArgument, "the folder for the copy holds another store (" + toString(there.store) + ")"};
    }
    const auto files = filesOf(target, m_folders);
    const Lock lock(m_mutex);
    if (there.epoch > m_superblock.epoch || (!files.empty() && files.rbegin()->first >= m_nextSegment)) {
        return Error{
            ErrorCode::InvalidArgument, "the copy is newer than this store: it was written to by itself, or this store was put back"};
    }
    for (const std::string& folder : m_folders) {
        const auto names = target.list(folder);
        for (const FileInfo& file : names.has_value() ? *names : std::vector<FileInfo>{}) {
            if (parseTailFileName(file.name)) {
                return Error{ErrorCode::InvalidArgument, "the copy was written to by itself; make a new one in an empty folder"};
            }
        }
    }
    return true;
}

/// Superblock and key ring come first: with them an interrupted copy is known for what it is, and its records can be opened.
Result<void> LogState::copyHeads(Disk& target)
{
    CARMA_TRY_ASSIGN(const SuperblockReading superblock, readSuperblock(m_env.disk, m_folders));
    CARMA_TRY_ASSIGN(const KeyRingReading ring, readKeyRing(m_env.disk, m_folders, m_store, m_keys.master()));
    for (const std::string& folder : m_folders) {
        CARMA_TRY(target.makeFolder(folder));
        CARMA_TRY(replaceFile(target, folder + "/superblock", superblock.file));
        CARMA_TRY(replaceFile(target, folder + "/keyring", ring.file));
    }
    return target.syncFolder("shards");
}

/// All of a segment's payload, proved by its digest.
Result<Bytes> LogState::wholePayload(SegmentEntry& entry)
{
    CARMA_TRY_ASSIGN(const auto segment, openEntry(entry));
    Bytes payload(entry.info.payloadBytes);
    std::vector<ShardDamage> found;
    const auto read = segment->read(0, payload, &found);
    noteDamage(entry, found);
    CARMA_TRY(read);
    if (crypto::sha256(payload) != entry.info.digest) {
        return Error{ErrorCode::Corruption, "the bytes of segment " + std::to_string(entry.info.segment) + " are not those of its digest"};
    }
    return payload;
}

/// Bytes written.
Result<std::uint64_t> LogState::copySegment(Disk& target, SegmentEntry& entry)
{
    CARMA_TRY_ASSIGN(const Bytes payload, wholePayload(entry));
    CARMA_TRY_ASSIGN(const WriteOutcome written, writeSegment(target, m_env.executor, m_folders, entry.info, payload));
    if (written.info != entry.info || !written.missing.empty()) {
        return Error{ErrorCode::Io, "segment " + std::to_string(entry.info.segment) + " could not be written in full"};
    }
    CARMA_TRY(removeOthers(target, m_folders, entry.info.segment, entry.info.generation));
    return payload.size() * m_geometry.total() / m_geometry.data;
}

Result<CopyOutcome> LogState::copyTo(Disk& target, bool check, const Task& task)
{
    if (m_options.readOnly) {
        return Error{ErrorCode::Busy, "the store is open for reading only"};
    }
    CARMA_TRY(seal());
    const std::lock_guard inspection(m_inspection); // no purge or heal meanwhile
    CARMA_TRY(target.makeFolder(""));
    CARMA_TRY_ASSIGN(const auto lock, target.lock(kLockFile, "carma backup"));
    CARMA_TRY(checkTarget(target));
    CARMA_TRY(copyHeads(target));
    std::vector<std::shared_ptr<SegmentEntry>> entries;
    {
        const Lock guard(m_mutex);
        for (const auto& [first, entry] : m_segments) {
            entries.push_back(entry);
        }
    }
    CopyOutcome outcome;
    const auto there = filesOf(target, m_folders);
    for (std::size_t i = 0; i < entries.size(); ++i) {
        task.report({"copying segments", i, entries.size(), "segments"});
        if (task.cancelled()) {
            outcome.cancelled = true;
            return outcome;
        }
        const SegmentInfo& info = entries[i]->info;
        const auto files = there.find(info.segment);
        const bool whole = files != there.end() && files->second.contains(info.generation) && files->second.size() == 1 &&
            files->second.at(info.generation) == m_geometry.total();
        if (whole) {
            const auto copy = openSegment(target, m_env.executor, m_store, m_geometry, m_folders, {info.segment, info.generation});
            if (copy.has_value() && (*copy)->info() == info && (!check || (*copy)->scrub().damage.empty())) {
                ++outcome.segmentsKept;
                continue;
            }
        }
        const auto copied = copySegment(target, *entries[i]);
        if (!copied.has_value() && copied.error().code != ErrorCode::Corruption) {
            return copied.error();
        }
        if (!copied.has_value()) { // what the copy has is better than nothing
            outcome.problems.push_back(copied.error().message);
            continue;
        }
        ++outcome.segmentsWritten;
        outcome.bytesWritten += *copied;
    }
    return outcome;
}

} // namespace carma::log
