// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "faults/fault_book.h"
#include "log/sector/framed_object.h"
#include "store/health_impl.h"

#include <algorithm>

/// Scrubbing in pieces, and what is remembered of damage.
namespace carma::store {

namespace {

constexpr std::string_view kBeaconFile = "beacon";
constexpr std::size_t kBeaconNoteMax = 4000;
constexpr std::uint64_t kBeaconFileMax = 8 * log::kSectorBytes;
constexpr std::size_t kFaultsARecord = 5000;

using Part = ScrubPosition::Part;

log::SectorPlace beaconPlace(const StoreId& store)
{
    log::SectorPlace place;
    place.store = store;
    place.kind = log::SectorKind::BeaconNote;
    return place;
}

Fault cacheFault(const char* file, const catalog::PageDamage& page, std::int64_t now)
{
    return {.kind = FaultKind::BadSector,
        .outcome = FaultOutcome::Found,
        .file = file,
        .sector = page.page,
        .flippedBits = page.flippedBits,
        .seenUs = now};
}

} // namespace

/// The catalog's file as it is now: a process that has it open does not notice what happens to pages that it does not read.
void HealthImpl::scrubCatalog(DamageReport& report) const
{
    if (m_core.world.catalogFolder != m_core.path) {
        return;
    }
    const std::int64_t now = m_core.world.clock->wallTimeUs();
    const catalog::CatalogCheck check = catalog::checkCatalog(m_core.world.catalogFolder, m_core.log->superblock().store);
    if (!check.settled) {
        return; // it is being written to: SQLite's own checks count, and those of the next round
    }
    for (const catalog::PageDamage& page : check.damage) {
        report.faults.push_back(cacheFault("catalog.sqlite", page, now));
        report.flippedBits += page.flippedBits;
    }
    for (const catalog::PageDamage& page : check.sumsDamage) {
        report.faults.push_back(cacheFault("catalog.sums", page, now));
        report.flippedBits += page.flippedBits;
    }
    report.faultsCount = report.faults.size();
}

Result<ScrubStep> HealthImpl::scrubSome(const ScrubPosition& from, const Task& task)
{
    const std::int64_t started = m_core.world.clock->monotonicUs();
    CARMA_TRY(m_core.log->refresh());
    const std::uint64_t segments = m_core.log->counts().sealedSegments;
    ScrubStep step;
    step.next = from;
    step.unitsTotal = segments + 3;
    if (task.cancelled()) {
        step.damage.cancelled = true;
        return step;
    }
    log::LogRepair found;
    switch (from.part) {
    case Part::Heads: {
        CARMA_TRY_ASSIGN(found, m_core.log->scrubHeads());
        step.next = {segments > 0 ? Part::Segments : Part::Tails, 0};
        step.unitsDone = 1;
        break;
    }
    case Part::Segments: {
        std::uint64_t before = 0;
        CARMA_TRY_ASSIGN(found, m_core.log->scrubSegment(step.next.next, before));
        if (step.next.next == kNoSequence) {
            step.next = {Part::Tails, 0};
        }
        step.unitsDone = std::min(before + 2, segments + 1);
        break;
    }
    case Part::Tails: {
        CARMA_TRY_ASSIGN(found, m_core.log->scrubTails());
        step.next = {Part::Caches, 0};
        step.unitsDone = segments + 2;
        break;
    }
    case Part::Caches:
        scrubCatalog(found.damage);
        inspectSnapshots(false, found.damage, nullptr);
        step.next = {};
        step.roundEnded = true;
        step.unitsDone = segments + 3;
        break;
    }
    step.damage = std::move(found.damage);
    step.damage.tookUs = m_core.world.clock->monotonicUs() - started;
    task.report({"checking", step.unitsDone, step.unitsTotal, "parts"});
    return step;
}

Result<void> HealthImpl::rememberFaults(const std::vector<Fault>& faults)
{
    if (m_core.readOnly) {
        return m_core.readOnlyError();
    }
    for (std::size_t at = 0; at < faults.size(); at += kFaultsARecord) {
        const Bytes body = encodeFaults(std::span(faults).subspan(at, std::min(kFaultsARecord, faults.size() - at)));
        const log::NewRecord record{log::RecordType::Fault, NamespaceId{}, body};
        CARMA_TRY(m_core.append(std::span(&record, 1)));
    }
    return {};
}

/// Calls `visit` for each fault that the log remembers, the oldest first.
Result<void> HealthImpl::eachRemembered(const std::function<void(const Fault&)>& visit)
{
    CARMA_TRY(m_core.journal().refresh());
    return m_core.journal().read(log::RecordType::Fault, 0, [&](const journal::Entry& entry) -> Result<bool> {
        if (const auto some = decodeFaults(entry.body); some.has_value()) {
            std::ranges::for_each(*some, visit);
        }
        return true;
    });
}

Result<std::vector<Fault>> HealthImpl::faults(std::size_t limit)
{
    std::vector<Fault> all;
    CARMA_TRY(eachRemembered([&](const Fault& fault) { all.push_back(fault); }));
    std::ranges::reverse(all);
    all.resize(std::min(all.size(), limit));
    return all;
}

Result<std::vector<RememberedFault>> HealthImpl::rememberedFaults(std::size_t limit)
{
    faults::FaultBook book;
    CARMA_TRY(eachRemembered([&](const Fault& fault) { book.add(fault); }));
    return book.list(limit);
}

Result<std::vector<FolderAlert>> HealthImpl::alerts()
{
    faults::FaultBook book;
    CARMA_TRY(eachRemembered([&](const Fault& fault) { book.add(fault); }));
    return book.alerts(m_core.world.clock->wallTimeUs());
}

Result<std::string> HealthImpl::beaconNote()
{
    const auto file = readWholeFile(*m_core.world.disk, kBeaconFile, kBeaconFileMax);
    if (!file.has_value()) {
        return std::string();
    }
    const auto reading = log::readFramedObject(beaconPlace(m_core.log->superblock().store), *file);
    return reading.complete ? toString(reading.payload) : std::string();
}

Result<void> HealthImpl::setBeaconNote(std::string_view note)
{
    if (note.size() > kBeaconNoteMax) {
        return Error{ErrorCode::InvalidArgument, "a note of the beacon has 4,000 bytes at most"};
    }
    return replaceFile(*m_core.world.disk, kBeaconFile, log::frameObject(beaconPlace(m_core.log->superblock().store), asBytes(note)));
}

} // namespace carma::store
