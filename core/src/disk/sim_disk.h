// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/hash.h"

#include <carma/disk.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace carma::disk {

/// What a failure or a counter refers to. Not counted and never failing: size, deviceOf, freeBytes, closing.
enum class SimOp : std::uint8_t {
    Read,  ///< readAt, list, info, open of a file that must exist
    Write, ///< writeAt, truncate, open that may create, rename, remove, removeFolder, makeFolder, lock
    Sync,  ///< sync, syncFolder
    Any,   ///< each of these
};

/// Operations that will fail.
struct SimFailure {
    SimOp on = SimOp::Any;
    std::uint64_t after = 0;            ///< so many matching operations succeed first
    bool persistent = false;            ///< every matching one from then on, or that one only
    std::string below = {};             ///< this file, or everything in this folder; empty: the whole disk
    ErrorCode code = ErrorCode::Io;     ///< NoSpace for a full disk
    bool cacheKeepsFailedPages = false; ///< for sync: see SimDisk::failOps
};

enum class SimCrash : std::uint8_t {
    Seeded,       ///< each unsynced change is lost, kept or torn, as the seed says
    LoseUnsynced, ///< exactly what was synced survives
    KeepUnsynced, ///< everything survives
};

/// The contents of a folder, or of one file (under the name ""). Paths are relative to it.
struct SimSnapshot {
    std::map<std::string, Bytes> files;
    std::set<std::string> folders;
    bool operator==(const SimSnapshot&) const = default;
};

/// One flipped bit.
struct SimFlip {
    std::string path;
    std::uint64_t offset = 0;
    unsigned bit = 0; ///< 0 is the lowest
    bool operator==(const SimFlip&) const = default;
};

struct SimState;

/// A disk in memory that misbehaves on demand. The same seed and the same calls give the same bytes.
///
/// Model. Every file has what programs see and what the medium holds; in between lies an ordered list of unsynced
/// changes. sync moves them to the medium. Creations, renames and removals are durable once every folder they touch was
/// synced. crash() decides about the rest: of a file's changes each 512-byte sector holds the state after some number
/// of the changes that touched it, independently of other sectors (so writes are torn and reordered); the size may have
/// grown over zeroes; every unsynced operation on a folder is kept or lost whole. Order is kept where any journal keeps
/// it: of two operations on the same name the later survives only with the earlier, and nothing moves into a lost
/// folder.
///
/// Damage acts on the medium and on what programs see at once; unsynced changes of that file (or, when names change,
/// all unsynced names) reach the medium first. Open handles see the damage.
///
/// Thread-safe. Handles may outlive the disk. A rename onto a folder is refused even if that folder is empty. Files end
/// at 4 GiB (NoSpace).
class SimDisk final : public Disk {
public:
    explicit SimDisk(std::uint64_t seed);
    ~SimDisk() override;
    SimDisk(const SimDisk&) = delete;
    SimDisk& operator=(const SimDisk&) = delete;

    Result<std::unique_ptr<DiskFile>> open(std::string_view path, OpenMode mode) override;
    Result<void> rename(std::string_view from, std::string_view to) override;
    Result<void> remove(std::string_view path) override;
    Result<void> removeFolder(std::string_view path) override;
    Result<void> makeFolder(std::string_view path) override;
    Result<void> syncFolder(std::string_view path) override;
    Result<std::vector<FileInfo>> list(std::string_view path) override;
    Result<std::optional<FileInfo>> info(std::string_view path) override;
    Result<std::unique_ptr<DiskLock>> lock(std::string_view path, std::string_view holder) override;
    std::uint64_t deviceOf(std::string_view path) override; ///< 1, or what setDevice said
    std::optional<std::uint64_t> freeBytes() override;      ///< what is left of the space budget

    // Contents, as programs see them. Not counted as operations, and never failing by injected failures.

    /// Every file by its path. Folders without files do not show; snapshot() has them.
    [[nodiscard]] std::map<std::string, Bytes> files() const;
    /// A hash of all names and bytes below `path`; equal trees have equal ones. A missing path hashes as empty.
    [[nodiscard]] Hash128 fingerprint(std::string_view path = {}) const;
    /// NotFound if missing.
    [[nodiscard]] Result<SimSnapshot> snapshot(std::string_view path = {}) const;
    /// Puts `old` in the place of what is at `path` (or of nothing), durably: an older file or folder comes back. Files
    /// that exist keep their handles and change in place; those that `old` lacks are deleted.
    Result<void> restore(std::string_view path, const SimSnapshot& old);
    /// The whole disk becomes this, durably; handles die. REQUIRES: normal relative paths
    void load(const std::map<std::string, Bytes>& files);
    void load(const SimSnapshot& snapshot);

    // Crashes. All handles opened before die: each of their operations fails with Io. Locks are released.

    /// Power is lost and comes back. Unsynced changes fare as `how` says; pending cutPowerAfter is forgotten.
    void crash(SimCrash how = SimCrash::Seeded);
    /// kill -9: the process is gone, its unsynced changes are still in the cache. The lock file keeps its stale text.
    void killProcess();
    /// After `ops` more operations (of any kind) the power goes: that one and all later ones fail with Io until
    /// crash(). The operation that is hit may have had its effect, unsynced.
    void cutPowerAfter(std::uint64_t ops);
    [[nodiscard]] bool powerIsOff() const;

    // Damage. NotFound if the path is missing, InvalidArgument if the place is outside the file.

    Result<void> flipBit(std::string_view path, std::uint64_t offset, unsigned bit);
    /// `count` different bits, as the seed says, spread evenly over all bytes at or below `path`. Fewer if there are
    /// fewer.
    std::vector<SimFlip> flipRandomBits(std::size_t count, std::string_view path = {});
    Result<void> overwrite(std::string_view path, std::uint64_t offset, ByteView data); ///< within the file
    Result<void> zeroRange(std::string_view path, std::uint64_t offset, std::uint64_t size);
    Result<void> truncateFile(std::string_view path, std::uint64_t size); ///< shorter or equal only
    Result<void> deletePath(std::string_view path);                       ///< a file, or a folder with all it holds
    /// A misdirected write: sector `to` now holds what sector `from` holds. Both count from 0 and lie whole in the
    /// file.
    Result<void> copySector(std::string_view path, std::uint64_t from, std::uint64_t to, std::uint64_t sectorSize = 512);
    /// Reads that touch this range fail with Io until it is written over (512-byte sectors).
    Result<void> makeUnreadable(std::string_view path, std::uint64_t offset, std::uint64_t size);

    // Writes that go wrong without a word. `path` is a file, or a folder for the next write to any file in it.

    /// The next writeAt there is acknowledged and dropped. The file grows as if written, over zeroes.
    void loseNextWrite(std::string_view path);
    /// The next writeAt there lands in `toPath` at `toOffset` instead (clipped to that file's size; lost if there is
    /// none).
    void misdirectNextWrite(std::string_view path, std::string_view toPath, std::uint64_t toOffset);

    // Failures that are told.

    /// A failed write may have written a part of its range, as the seed says. A failed truncate, rename, removal or
    /// creation had no effect. A failed sync of a file drops its unsynced changes (some reach the medium, as in a
    /// crash) and marks them clean: a later sync by another handle succeeds and brings nothing back. Reads then show
    /// the medium, or still the lost bytes with `cacheKeepsFailedPages`. The handle that failed refuses sync, writes
    /// and truncate. A failed syncFolder leaves the folder's operations unsynced. Matched against the path that a file
    /// was opened by. Several failures may wait; each counts for itself.
    void failOps(SimFailure failure);
    /// Forgets all failures, lost and misdirected writes that have not happened yet. Damage stays.
    void clearFailures();
    /// NoSpace once all files together would exceed so many bytes; a write that reaches the limit is done in part.
    /// No value: no limit.
    void setSpaceBudget(std::optional<std::uint64_t> bytes);
    /// deviceOf for `path` and all below it.
    void setDevice(std::string_view path, std::uint64_t number);

    /// Operations of this kind so far, failed ones included.
    [[nodiscard]] std::uint64_t opCount(SimOp kind = SimOp::Any) const;

private:
    std::shared_ptr<SimState> m_state; // shared with the handles, which may outlive the disk
};

} // namespace carma::disk
