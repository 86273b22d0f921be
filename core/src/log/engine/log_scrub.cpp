// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/engine/log_state.h"

#include <algorithm>

/// One piece of a scrub at a time, for those that go round and round.
namespace carma::log {

void LogState::addMissingFolders(bool repair, LogRepair& report)
{
    const std::vector<std::string> present = presentFolders();
    for (const std::string& folder : m_folders) {
        if (std::ranges::find(present, folder) == present.end()) {
            addFault(
                report, {.kind = FaultKind::MissingFolder, .outcome = repair ? FaultOutcome::Healed : FaultOutcome::Found, .file = folder});
        }
    }
}

Result<LogRepair> LogState::scrubHeads()
{
    const std::lock_guard inspection(m_inspection);
    LogRepair report;
    addMissingFolders(false, report);
    CARMA_TRY(inspectSuperblock(false, report));
    CARMA_TRY(inspectKeyRing(false, report));
    return report;
}

Result<LogRepair> LogState::scrubSegment(Sequence& next, std::uint64_t& before)
{
    const std::lock_guard inspection(m_inspection);
    std::shared_ptr<SegmentEntry> entry;
    {
        const Lock lock(m_mutex);
        const auto found = m_segments.lower_bound(next);
        before = static_cast<std::uint64_t>(std::distance(m_segments.begin(), found));
        if (found == m_segments.end()) {
            next = kNoSequence;
            return LogRepair{};
        }
        entry = found->second;
        next = std::next(found) == m_segments.end() ? kNoSequence : found->first + 1;
    }
    LogRepair report;
    addMissingFolders(false, report);
    const std::size_t folders = report.damage.faults.size();
    CARMA_TRY_ASSIGN(const SegmentFinding finding, inspectSegment(*entry, false));
    addSegmentFaults(*entry, finding, false, report);
    // Missing folders belong to the heads: here they only kept their files from being counted.
    report.damage.faults.erase(report.damage.faults.begin(), report.damage.faults.begin() + static_cast<std::ptrdiff_t>(folders));
    report.damage.faultsCount -= folders;
    return report;
}

Result<LogRepair> LogState::scrubTails()
{
    const std::lock_guard inspection(m_inspection);
    LogRepair report;
    addMissingFolders(false, report);
    const std::size_t folders = report.damage.faults.size();
    CARMA_TRY(inspectTails(false, report));
    report.damage.faults.erase(report.damage.faults.begin(), report.damage.faults.begin() + static_cast<std::ptrdiff_t>(folders));
    report.damage.faultsCount -= folders;
    return report;
}

} // namespace carma::log
