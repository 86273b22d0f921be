// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/health_impl.h"

#include <algorithm>

/// Copies of the store elsewhere, and what comes back from them.
namespace carma::store {

Result<BackupReport> HealthImpl::backup(const std::string& folder, bool check, const Task& task)
{
    if (m_core.readOnly) {
        return m_core.readOnlyError();
    }
    const std::int64_t started = m_core.world.clock->monotonicUs();
    const auto target = openPosixDisk(folder);
    CARMA_TRY_ASSIGN(log::CopyOutcome copied, m_core.log->copyTo(*target, check, task));
    const std::string mark = "a copy of store " + toString(m_core.log->superblock().store) + "\n";
    CARMA_TRY(replaceFile(*target, kCopyMark, asBytes(mark)));
    BackupReport report;
    report.segmentsWritten = copied.segmentsWritten;
    report.segmentsKept = copied.segmentsKept;
    report.bytesWritten = copied.bytesWritten;
    report.problems = std::move(copied.problems);
    report.cancelled = copied.cancelled;
    report.tookUs = m_core.world.clock->monotonicUs() - started;
    return report;
}

Result<HealReport> HealthImpl::healFrom(const std::string& folder, const Task& task)
{
    const auto other = openPosixDisk(folder);
    CARMA_TRY_ASSIGN(HealReport report, heal(task));
    if (report.damage.cancelled) {
        return report;
    }
    CARMA_TRY_ASSIGN(log::AdoptOutcome adopted, m_core.log->adoptFrom(*other, task));
    std::ranges::move(adopted.notes, std::back_inserter(report.notes));
    report.damage.cancelled = adopted.cancelled;
    if (adopted.segments == 0) {
        return report;
    }
    // What is whole again is looked at again: only what this second look cannot read is lost.
    const std::uint64_t healedBefore = report.healed;
    std::vector<Fault> faults = std::move(report.damage.faults);
    for (Fault& fault : faults) {
        report.healed += fault.outcome == FaultOutcome::Lost ? 1 : 0;
        fault.outcome = FaultOutcome::Healed;
    }
    const std::uint64_t bytesWritten = report.bytesWritten + adopted.bytesWritten;
    std::vector<std::string> notes = std::move(report.notes);
    const std::uint64_t faultsCount = report.damage.faultsCount;
    const std::uint64_t flippedBits = report.damage.flippedBits;
    CARMA_TRY_ASSIGN(HealReport again, heal(task));
    again.healed += std::max(report.healed, healedBefore);
    again.bytesWritten += bytesWritten;
    std::ranges::move(notes, std::inserter(again.notes, again.notes.begin()));
    again.damage.faults.insert(again.damage.faults.begin(), faults.begin(), faults.end());
    again.damage.faultsCount += faultsCount;
    again.damage.flippedBits += flippedBits;
    again.catalogRebuilt = again.catalogRebuilt || report.catalogRebuilt;
    return again;
}

} // namespace carma::store
