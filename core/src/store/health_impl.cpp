// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/health_impl.h"

#include "base/counted.h"

#include "catalog/in_memory.h"
#include "log/engine/log_verify.h"
#include "log/sector/framed_object.h"
#include "store/hypothesis_records.h"

#include <algorithm>
#include <set>

namespace carma {

std::string_view name(FaultKind kind)
{
    switch (kind) {
    case FaultKind::MissingFolder: return "missing folder";
    case FaultKind::MissingFile: return "missing file";
    case FaultKind::Truncated: return "wrong length";
    case FaultKind::BadSector: return "bad sector";
    case FaultKind::ReadError: return "read error";
    case FaultKind::Stale: return "stale or foreign file";
    }
    return "unknown";
}

std::string_view name(FaultOutcome outcome)
{
    switch (outcome) {
    case FaultOutcome::Found: return "found";
    case FaultOutcome::Healed: return "healed";
    case FaultOutcome::Lost: return "lost";
    }
    return "unknown";
}

namespace store {

namespace {

constexpr std::size_t kLostNamedMax = 100'000;
constexpr std::uint64_t kSnapshotBytesMax = 1ULL << 30U;

void addFault(DamageReport& report, Fault fault, Clock& clock)
{
    ++report.faultsCount;
    report.flippedBits += fault.flippedBits;
    if (fault.seenUs == 0) {
        fault.seenUs = clock.wallTimeUs();
    }
    report.faults.push_back(std::move(fault));
}

} // namespace

bool HealthImpl::isCopy() const
{
    const auto mark = m_core.world.disk->info(kCopyMark);
    return mark.has_value() && mark->has_value();
}

/// The catalog's file was checked, and where possible corrected, when the store was opened; here it is only told.
void HealthImpl::addCatalogFaults(bool repair, DamageReport& report)
{
    if (m_catalogFaultsTold) {
        return;
    }
    m_catalogFaultsTold = true;
    const FaultOutcome outcome = repair ? FaultOutcome::Healed : FaultOutcome::Found;
    const auto add = [&](const char* file, const std::vector<catalog::PageDamage>& damage) {
        for (const catalog::PageDamage& page : damage) {
            addFault(report,
                {.kind = FaultKind::BadSector, .outcome = outcome, .file = file, .sector = page.page, .flippedBits = page.flippedBits},
                *m_core.world.clock);
        }
    };
    add("catalog.sqlite", m_core.catalogAtOpen.damage);
    add("catalog.sums", m_core.catalogAtOpen.sumsDamage);
    if (m_core.catalogAtOpen.logicalDamage && m_core.catalogAtOpen.damage.empty()) {
        addFault(report, {.kind = FaultKind::BadSector, .outcome = outcome, .file = "catalog.sqlite"}, *m_core.world.clock);
    }
    if (!m_core.catalogAtOpen.present && m_endAtOpen > kCreationRecords && m_core.world.catalogFolder == m_core.path && !isCopy()) {
        addFault(report, {.kind = FaultKind::MissingFile, .outcome = outcome, .file = "catalog.sqlite"}, *m_core.world.clock);
    }
}

/// Index snapshots are caches: a damaged one is corrected where its codes can, and otherwise deleted and built again later.
void HealthImpl::inspectSnapshots(bool repair, DamageReport& report, HealReport* heal)
{
    Disk& disk = *m_core.world.disk;
    const auto files = disk.list("indexes");
    if (!files.has_value()) {
        return;
    }
    log::SectorPlace place;
    place.store = m_core.log->superblock().store;
    place.kind = log::SectorKind::IndexSnapshot;
    for (const FileInfo& info : *files) {
        const std::string path = "indexes/" + info.name;
        const auto file = readWholeFile(disk, path, kSnapshotBytesMax);
        if (!file.has_value()) {
            continue;
        }
        const auto reading = log::readFramedObject(place, *file);
        report.sectorsChecked += file->size() / log::kSectorBytes;
        report.bytesRead += file->size();
        for (const log::SectorDamage& damage : reading.damage) {
            addFault(report,
                {.kind = FaultKind::BadSector,
                    .outcome = repair ? FaultOutcome::Healed : FaultOutcome::Found,
                    .file = path,
                    .sector = damage.index,
                    .flippedBits = damage.flippedBits},
                *m_core.world.clock);
        }
        const bool misshapen = reading.damage.empty() && !reading.complete;
        if (misshapen) {
            addFault(report, {.kind = FaultKind::Truncated, .outcome = repair ? FaultOutcome::Healed : FaultOutcome::Found, .file = path},
                *m_core.world.clock);
        }
        if (!repair || (reading.damage.empty() && !misshapen)) {
            continue;
        }
        if (reading.complete && replaceFile(disk, path, reading.corrected).has_value()) {
            heal->bytesWritten += reading.corrected.size();
        } else if (disk.remove(path).has_value()) {
            heal->notes.push_back(path + " was damaged and deleted; it is built again by the next query");
        }
    }
}

/// What reads and opening met and repaired before: told by the next inspection, so that no damage goes unreported.
void HealthImpl::addEarlierFaults(bool repair, DamageReport& report)
{
    for (Fault& fault : m_core.log->takeFaults()) {
        const bool known = std::ranges::any_of(report.faults,
            [&](const Fault& other) { return other.file == fault.file && other.kind == fault.kind && other.sector == fault.sector; });
        const bool folderKnown = std::ranges::any_of(report.faults,
            [&](const Fault& other) { return other.kind == FaultKind::MissingFolder && fault.file.starts_with(other.file + "/"); });
        if (!known && !folderKnown && (fault.outcome == FaultOutcome::Healed || !repair)) {
            addFault(report, std::move(fault), *m_core.world.clock);
        }
    }
}

Result<DamageReport> HealthImpl::inspect(bool repair, const Task& task, HealReport* heal)
{
    const std::int64_t started = m_core.world.clock->monotonicUs();
    CARMA_TRY(m_core.log->refresh());
    CARMA_TRY_ASSIGN(log::LogRepair found, repair ? m_core.log->heal(task) : m_core.log->scrub(task));
    DamageReport report = std::move(found.damage);
    if (heal != nullptr) {
        heal->bytesWritten += found.bytesWritten;
        heal->notes = std::move(found.notes);
    }
    addEarlierFaults(repair, report);
    addCatalogFaults(repair, report);
    inspectSnapshots(repair, report, heal);
    if (repair && !report.cancelled) {
        CARMA_TRY(m_core.follow(task, true)); // what could not be read at opening may be readable now
    }
    if (!report.cancelled) {
        CARMA_TRY(nameLosses(report, task));
    }
    report.tookUs = m_core.world.clock->monotonicUs() - started;
    return report;
}

Result<void> HealthImpl::nameLosses(DamageReport& report, const Task& task)
{
    CARMA_TRY_ASSIGN(const catalog::Counts counts, m_core.catalog->counts(std::nullopt));
    const bool suspicious = counts.lost > 0 || m_core.catalog->appliedSequence() > m_core.log->end() ||
        std::ranges::any_of(report.faults, [](const Fault& fault) {
            return fault.outcome == FaultOutcome::Lost || fault.kind == FaultKind::MissingFolder || fault.kind == FaultKind::MissingFile ||
                fault.kind == FaultKind::Truncated || fault.kind == FaultKind::BadSector;
        });
    // The log is read back as a whole only if something was wrong: a clean scrub has checked every sector already.
    if (!suspicious && !m_core.log->hasGaps()) {
        return {};
    }
    std::vector<Sequence> lost;
    const auto add = [&](Sequence first, std::uint64_t count) {
        report.lostRecords += count;
        for (std::uint64_t i = 0; i < count && lost.size() < kLostNamedMax; ++i) {
            lost.push_back(first + i);
        }
    };
    CARMA_TRY(m_core.log->scan(
        0, kNoSequence,
        [&](const log::ScanItem& item) -> Result<bool> {
            if (item.lostCount > 0) {
                add(item.sequence, item.lostCount);
            }
            return true;
        },
        task));
    const Sequence end = m_core.log->end();
    if (m_core.catalog->appliedSequence() > end) {
        add(end, m_core.catalog->appliedSequence() - end);
    }
    CARMA_TRY(markStates(lost));
    CARMA_TRY(dropReplaced(lost, report));
    return nameLost(lost, report);
}

Result<void> HealthImpl::dropReplaced(std::vector<Sequence>& lost, DamageReport& report)
{
    if (lost.empty()) {
        return {};
    }
    std::set<Sequence> replaced;
    CARMA_TRY_ASSIGN(const GuessHistories histories, readGuesses(m_core));
    for (const auto& [id, history] : histories) {
        replaced.insert(history.replaced.begin(), history.replaced.end());
    }
    std::vector<Sequence> left;
    for (const Sequence sequence : lost) {
        if (replaced.contains(sequence)) {
            CARMA_TRY_ASSIGN(const auto users, m_core.catalog->documentsTouching(std::span(&sequence, 1)));
            if (users.empty()) {
                --report.lostRecords;
                continue;
            }
        }
        left.push_back(sequence);
    }
    lost = std::move(left);
    return {};
}

Result<void> HealthImpl::markStates(const std::vector<Sequence>& lost)
{
    if (m_core.readOnly) {
        return {};
    }
    const std::set<Sequence> now(lost.begin(), lost.end());
    catalog::Batch batch;
    batch.appliedSequence = m_core.catalog->appliedSequence();
    CARMA_TRY_ASSIGN(const auto before, m_core.catalog->lostFragments(kLostNamedMax));
    for (const catalog::FragmentRow& row : before) {
        if (!now.contains(row.sequence)) {
            batch.states.emplace_back(row.sequence, catalog::State::Exact);
        }
    }
    for (const Sequence sequence : lost) {
        batch.states.emplace_back(sequence, catalog::State::Lost);
    }
    return batch.states.empty() ? Result<void>{} : m_core.catalog->apply(batch);
}

Result<void> HealthImpl::nameLost(const std::vector<Sequence>& sequences, DamageReport& report)
{
    for (const Sequence sequence : sequences) {
        LostItem item;
        const std::span one(&sequence, 1);
        CARMA_TRY_ASSIGN(const auto row, m_core.catalog->fragmentBySequence(sequence));
        if (row && row->state == catalog::State::Forgotten) {
            continue;
        }
        CARMA_TRY_ASSIGN(const auto documents, m_core.catalog->documentsTouching(one));
        if (documents.empty()) {
            continue; // a checkpoint or another record of the store itself: counted, but nobody's memory
        }
        const catalog::DocumentRow& document = documents.front();
        if (document.state == catalog::State::Forgotten) {
            continue;
        }
        const auto keys = m_core.log->keys().find(document.space);
        item.id = row ? row->id : document.id;
        item.document = document.id;
        item.space = keys.has_value() ? (*keys)->name : std::string();
        item.title = document.title;
        item.path = document.path;
        const auto piece = std::ranges::find(document.pieces, sequence);
        if (row) {
            item.what = "passage " + std::to_string(row->number + 1) + " of " + std::to_string(document.fragments);
        } else if (piece != document.pieces.end()) {
            item.what = "piece " + std::to_string(piece - document.pieces.begin() + 1) + " of the original";
        } else {
            item.what = "the document's tree";
        }
        report.lost.push_back(std::move(item));
    }
    return {};
}

Result<DamageReport> HealthImpl::scrub(const Task& task) { return inspect(false, task, nullptr); }

Result<VerifyReport> HealthImpl::verify(const Task& task)
{
    VerifyReport report;
    CARMA_TRY_ASSIGN(report.damage, inspect(false, task, nullptr));
    CARMA_TRY_ASSIGN(log::History history, log::verifyHistory(*m_core.log, task));
    report.records = history.records;
    report.purged = history.purged;
    report.checkpoints = history.checkpoints;
    report.treeRoot = toHex(history.root);
    report.problems = std::move(history.problems);
    report.damage.lostRecords = std::max(report.damage.lostRecords, history.lost);
    return report;
}

/// Catalog and index snapshots are put right when the store is opened, perhaps by another program than the one that told of them: what is
/// remembered as found there, and is not found any more by a heal, has been healed.
Result<void> HealthImpl::settleCaches(const DamageReport& report)
{
    constexpr std::size_t kRememberedMax = 100'000;
    CARMA_TRY_ASSIGN(const std::vector<RememberedFault> remembered, rememberedFaults(kRememberedMax));
    std::vector<Fault> settled;
    for (const RememberedFault& each : remembered) {
        const bool isOfCache = each.fault.file.starts_with("catalog.") || each.fault.file.starts_with("indexes/");
        const bool isTold = std::ranges::any_of(report.faults, [&](const Fault& told) { return told.file == each.fault.file; });
        if (isOfCache && !isTold && each.fault.outcome == FaultOutcome::Found) {
            settled.push_back(each.fault);
            settled.back().outcome = FaultOutcome::Healed;
        }
    }
    return settled.empty() ? Result<void>{} : rememberFaults(settled);
}

Result<HealReport> HealthImpl::heal(const Task& task)
{
    if (m_core.readOnly) {
        return m_core.readOnlyError();
    }
    HealReport report;
    CARMA_TRY_ASSIGN(report.damage, inspect(true, task, &report));
    for (const Fault& fault : report.damage.faults) {
        ++(fault.outcome == FaultOutcome::Lost ? report.unhealed : report.healed);
    }
    report.healed += report.damage.faultsCount - report.damage.faults.size();
    report.catalogRebuilt = !m_core.catalogAtOpen.present && m_endAtOpen > kCreationRecords &&
        m_core.world.catalogFolder != catalog::kInMemory;
    const bool anyNews = std::ranges::any_of(
        report.damage.faults, [](const Fault& fault) { return fault.outcome == FaultOutcome::Healed; });
    if (anyNews && !report.damage.cancelled) {
        journal::AuditNote note;
        note.action = "store.heal";
        note.detail = std::to_string(report.healed) + " faults healed, " + std::to_string(report.unhealed) + " not";
        CARMA_TRY(m_core.appendAudited({}, note));
        CARMA_TRY(rememberFaults(report.damage.faults));
        m_core.metering().count("(store)", billing::Measure::Heals, 1);
        m_core.metering().settle();
    }
    if (!report.damage.cancelled) {
        CARMA_TRY(settleCaches(report.damage));
        CARMA_TRY(restoreFromOriginals(report, task));
        CARMA_TRY_ASSIGN(const std::uint64_t scored, scoreReturned(m_core));
        if (scored > 0) {
            report.notes.push_back(counted(scored, "passage", "passages") + " that had been guessed at came back; see hypotheses stats");
        }
    }
    return report;
}

} // namespace store

} // namespace carma
