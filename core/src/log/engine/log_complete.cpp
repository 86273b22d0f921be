// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/engine/log_state.h"

#include <algorithm>

/// What opening completes: a sealing that was interrupted; and, for writing, superblock, key ring and the open tail.
///
/// The newest state of the first two counts even if only one copy has it, and so does the last batch of the tail: writing them may have
/// been interrupted. From then on the log builds on it, so it must be able to survive the loss of m folders, like what was acknowledged.
namespace carma::log {

namespace {

/// Whether the copy is the newest state, as it is or by its sectors' codes.
bool holds(const CopyState& copy)
{
    return !copy.missing && !copy.stale &&
        std::ranges::all_of(copy.damage, [](const SectorDamage& damage) { return damage.state == SectorState::Corrected; });
}

} // namespace

/// Whether a segment that is there in part says more than what is left of its tail. Sealing ends when enough shards are written; a copy of
/// the tail whose removal failed is then no copy in m + 1 folders any more, and what rots in it is lost in it alone.
bool LogState::sealedFormCounts(SegmentEntry& entry, const TailState& tail)
{
    if (tail.endSequence() < entry.endSequence()) {
        return true;
    }
    if (std::ranges::find(tail.offsets, kNoOffset) == tail.offsets.end()) {
        return false;
    }
    const auto handle = openEntry(entry);
    return handle.has_value() && (*handle)->scrub().lost.empty();
}

/// Whether fewer folders hold the newest state than an acknowledged change leaves, though there are folders to hold it.
bool LogState::isThin(const std::vector<CopyState>& copies)
{
    const std::size_t wanted = std::min<std::size_t>(m_geometry.parity + 1U, presentFolders().size());
    return static_cast<std::size_t>(std::ranges::count_if(copies, holds)) < wanted;
}

/// The copies without those of missing folders: making folders anew is left to heal.
std::vector<CopyState> LogState::inPresentFolders(std::vector<CopyState> copies)
{
    const std::vector<std::string> present = presentFolders();
    for (CopyState& copy : copies) {
        if (std::ranges::find(present, m_folders[copy.shard]) == present.end()) {
            copy = {.shard = copy.shard, .damage = {}, .sectors = copy.sectors};
        }
    }
    return copies;
}

void LogState::noteCopyFaults(const std::vector<CopyState>& copies, std::string_view file)
{
    LogRepair report;
    addCopyFaults(copies, file, true, report);
    for (Fault& fault : report.damage.faults) {
        if (fault.kind != FaultKind::Stale) { // an interrupted change is no damage
            noteFault(std::move(fault));
        }
    }
}

Result<void> LogState::completeSuperblock()
{
    CARMA_TRY_ASSIGN(SuperblockReading reading, readSuperblock(m_env.disk, m_folders));
    if (isThin(reading.copies)) {
        reading.copies = inPresentFolders(std::move(reading.copies));
        CARMA_TRY(repairSuperblock(m_env.disk, m_folders, reading, std::string(kQuarantine)));
        noteCopyFaults(reading.copies, "superblock");
    }
    return {};
}

Result<void> LogState::completeKeyRing()
{
    CARMA_TRY_ASSIGN(KeyRingReading reading, readKeyRing(m_env.disk, m_folders, m_store, m_keys.master()));
    if (isThin(reading.copies)) {
        reading.copies = inPresentFolders(std::move(reading.copies));
        CARMA_TRY(repairKeyRing(m_env.disk, m_folders, reading, std::string(kQuarantine)));
        noteCopyFaults(reading.copies, "keyring");
    }
    return {};
}

/// What fails here is tried again before the next append, which needs it.
Result<void> LogState::completeHeads()
{
    m_headsIncomplete = true;
    CARMA_TRY(completeSuperblock());
    CARMA_TRY(completeKeyRing());
    m_headsIncomplete = false;
    return {};
}

/// A batch that was being written when the program died may be whole in a few copies only. It counts from now on, so it must be able to
/// survive what every batch survives. What is missing or flipped for another reason is left to heal.
void LogState::completeCopies()
{
    if (openTail() == nullptr) {
        return;
    }
    TailState& tail = *openTail();
    bool interrupted = tail.contents->tornSectors > 0;
    std::vector<std::string> folders;
    for (const TailCopy& copy : tail.contents->copies) {
        if (!copy.missing) {
            const auto beyondItsCode = [](unsigned bits) { return bits == 0 || bits > kCorrectableBits; };
            interrupted = interrupted || copy.sectorsMissing > 0 || std::ranges::any_of(copy.flippedBits, beyondItsCode);
            folders.push_back(copy.folder);
        }
    }
    if (!interrupted || !repairTail(m_env.disk, *tail.contents, folders, std::string(kQuarantine)).has_value()) {
        return; // tried again before the first append, which fails if it cannot be done
    }
    LogRepair report;
    addTailFaults(tail, FaultOutcome::Healed, report);
    for (Fault& fault : report.damage.faults) {
        noteFault(std::move(fault));
    }
    if (auto contents = readTail(m_env.disk, m_store, tail.header.segment, tail.folders); contents.has_value()) {
        tail.contents = *std::move(contents);
    }
}

} // namespace carma::log
