// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/ids.h>
#include <carma/progress.h>
#include <carma/result.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace carma {

enum class FaultKind : std::uint8_t {
    MissingFolder, ///< a shard folder is gone
    MissingFile,
    Truncated, ///< a file is too short or too long
    BadSector, ///< 4 KiB whose check does not hold
    ReadError, ///< the device refused
    Stale,     ///< an older or foreign copy stands where a current one belongs
};
std::string_view name(FaultKind kind); ///< "missing folder", ...

enum class FaultOutcome : std::uint8_t {
    Found, ///< seen, not repaired (scrub and verify repair nothing)
    Healed,
    Lost, ///< no redundancy is left for it
};
std::string_view name(FaultOutcome outcome); ///< "found", "healed", "lost"

/// One damaged thing. `sector` and `flippedBits` are meaningful for BadSector.
struct Fault {
    FaultKind kind{};
    FaultOutcome outcome = FaultOutcome::Found;
    std::string file;              ///< relative to the store
    std::uint64_t sector = 0;      ///< from the start of the file
    std::uint32_t flippedBits = 0; ///< how many bits differ from what was written; 0 if not known
    std::int64_t seenUs = 0;       ///< wall time
};

/// A fragment or document that cannot be read.
struct LostItem {
    FragmentId id;
    FragmentId document;
    std::string space;
    std::string title; ///< of the document
    std::string path;
    std::string what; ///< "passage 3 of 12", "document", "piece 1 of the original"
};

struct DamageReport {
    std::vector<Fault> faults;     ///< at most 100,000 are listed
    std::uint64_t faultsCount = 0; ///< all
    std::uint64_t flippedBits = 0; ///< sum where known
    std::uint64_t sectorsChecked = 0;
    std::uint64_t bytesRead = 0;
    std::vector<LostItem> lost;
    std::uint64_t lostRecords = 0; ///< records that cannot be read, named or not
    std::int64_t tookUs = 0;
    bool cancelled = false;
};

/// Where a walk over the store stands. The first one begins at the beginning.
struct ScrubPosition {
    enum class Part : std::uint8_t { Heads, Segments, Tails, Caches };
    Part part = Part::Heads;
    Sequence next = 0; ///< Segments: the first sequence that was not looked at
    bool operator==(const ScrubPosition&) const = default;
};

/// One piece of such a walk: the superblocks and key rings, one segment, the tails, or the caches.
struct ScrubStep {
    DamageReport damage;
    ScrubPosition next;                          ///< the beginning again when the round has ended
    bool roundEnded = false;                     ///< this piece was the last
    std::uint64_t unitsDone = 0, unitsTotal = 0; ///< pieces of this round up to and with this one, and all
};

/// A damaged place as the journal of faults remembers it.
struct RememberedFault {
    Fault fault; ///< as it was seen last
    std::int64_t firstSeenUs = 0, lastSeenUs = 0;
    std::uint64_t times = 0; ///< how often it was seen
};

/// A folder whose damage repeats, and what to do about it.
struct FolderAlert {
    std::string folder; ///< "shards/3"
    std::string reason; ///< "12 sectors could not be read in 3 days"
    std::string advice; ///< "replace the disk under shards/3, then run carma heal"
};

/// `verify` reads everything back: all sectors, every record decrypted, the whole Merkle tree against every signed checkpoint.
struct VerifyReport {
    DamageReport damage;
    std::uint64_t records = 0;
    std::uint64_t purged = 0;          ///< records whose bodies were forgotten; their leaf hashes hold
    std::uint64_t checkpoints = 0;     ///< signatures and roots that hold
    std::string treeRoot;              ///< hexadecimal, over `records`
    std::vector<std::string> problems; ///< history that does not prove: each one sentence
    [[nodiscard]] bool intact() const { return damage.faultsCount == 0 && damage.lostRecords == 0 && problems.empty(); }
};

/// A document that lacks something, and what bytes that lie elsewhere could give it back.
struct RestoredDocument {
    FragmentId document;
    std::string space, path;
    std::string source;         ///< "its kept original", or the file that was read; empty if there was none
    std::uint32_t passages = 0; ///< put back
    std::uint32_t pieces = 0;   ///< of the original, put back
    std::string problem;        ///< why it still lacks something, one sentence; empty if it is whole
};

struct HealReport {
    DamageReport damage;            ///< each fault with its outcome
    std::uint64_t healed = 0;       ///< faults repaired
    std::uint64_t unhealed = 0;     ///< faults with no redundancy left
    std::uint64_t bytesWritten = 0; ///< 0 when nothing was wrong
    bool catalogRebuilt = false;
    std::vector<RestoredDocument> restored; ///< where the log has nothing left, and other bytes were tried
    std::vector<std::string> notes;         ///< what else was done, each one sentence
};

/// What `backup` did.
struct BackupReport {
    std::uint64_t segmentsWritten = 0; ///< new ones, and those that were forgotten from
    std::uint64_t segmentsKept = 0;    ///< there already
    std::uint64_t bytesWritten = 0;
    std::vector<std::string> problems; ///< what could not be copied because it cannot be read: one sentence each
    bool cancelled = false;
    std::int64_t tookUs = 0;
};

struct StatusReport {
    std::string path;
    StoreId id;
    std::uint32_t format = 0;
    unsigned dataShards = 0, parityShards = 0;
    unsigned foldersPresent = 0;
    unsigned failureDomains = 0; ///< distinct devices under the shard folders; 0 if unknown
    std::string embedder;        ///< "carma-static-en 1, 256 dimensions"
    std::uint64_t namespaces = 0, documents = 0, fragments = 0, placeholders = 0, forgotten = 0;
    std::uint64_t textBytes = 0;
    std::uint64_t storeBytes = 0; ///< of all its files
    std::uint64_t records = 0, sealedSegments = 0, tailBytes = 0;
    std::int64_t createdUs = 0;
    std::vector<std::string> keySlots; ///< "key file", "passphrase", "recovery code"
    std::string lastHeal;              ///< one line; empty if never
    std::vector<std::string> warnings; ///< what is not as it should be, with advice
};

struct DoctorCheck {
    std::string name;
    bool ok = true;
    std::string detail;
    std::string advice; ///< empty when ok
};

/// Finding, remembering and repairing damage. Obtained from Store; lives as long as it. Thread-safe.
class Health {
public:
    virtual ~Health() = default;
    virtual Result<StatusReport> status() = 0;
    /// One pass over every sector of the store. Changes nothing but the journal of faults.
    virtual Result<DamageReport> scrub(const Task& task) = 0;
    /// The piece of such a pass that stands at `from`: for scrubs that go round and round. At most a segment (24 MiB of files) is read.
    virtual Result<ScrubStep> scrubSome(const ScrubPosition& from, const Task& task) = 0;
    virtual Result<VerifyReport> verify(const Task& task) = 0;
    /// Repairs everything that redundancy allows, and puts passages back that a kept original still has. Verified before and after; a
    /// second heal writes nothing. Busy if the store is open for reading only.
    virtual Result<HealReport> heal(const Task& task) = 0;
    /// The same, and then fills what redundancy could not from another copy of this store (its folder), where the recorded hashes and
    /// signatures prove it. What was forgotten here does not come back. InvalidArgument if the folder holds another store.
    virtual Result<HealReport> healFrom(const std::string& folder, const Task& task) = 0;
    /// The same, and then reads the files again that documents with lost passages were ingested from: `paths` are files and folders as
    /// ingest was given them. A file is found by its recorded path or, moved or renamed, by its recorded digest. Bytes count only if the
    /// recorded digest of the document proves them, alone or together with the passages that are still there. What comes back has its old
    /// id and a new place in the log, so that a question about an earlier time leaves it out. NotFound if none of the paths exists.
    virtual Result<HealReport> healFromFiles(const std::vector<std::string>& paths, const Task& task) = 0;
    /// Makes `folder` (missing or empty) a copy of this store that opens with the same keys, or brings such a copy up to date: only what is
    /// new is written, and what was forgotten and purged here is removed there. `check` reads all of the copy and replaces what is damaged
    /// there. Seals the open segment first. InvalidArgument if the folder holds another store or a newer state of this one; AlreadyExists
    /// if it holds something else; Busy if open for reading only.
    virtual Result<BackupReport> backup(const std::string& folder, bool check, const Task& task) = 0;
    /// Faults remembered from reads, scrubs and heals, newest first, at most `limit`.
    virtual Result<std::vector<Fault>> faults(std::size_t limit) = 0;
    /// The same by place, each with when it was seen first and last, the last seen first.
    virtual Result<std::vector<RememberedFault>> rememberedFaults(std::size_t limit) = 0;
    /// Folders whose device errors or damage repeat.
    virtual Result<std::vector<FolderAlert>> alerts() = 0;
    /// Writes faults into the journal of faults. Busy if the store is open for reading only.
    virtual Result<void> rememberFaults(const std::vector<Fault>& faults) = 0;
    /// A small note of the beacon, kept beside the store; readers may write it. Empty if there is none or it is damaged.
    virtual Result<std::string> beaconNote() = 0;
    virtual Result<void> setBeaconNote(std::string_view note) = 0; ///< at most 4,000 bytes
    virtual std::vector<DoctorCheck> doctor() = 0;
};

} // namespace carma
