// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/sim_world.h"

#include "log/engine/log.h"
#include "log/segment/segment.h"
#include "log/tail/tail.h"

#include <algorithm>

namespace carma::sim {

namespace {

constexpr std::uint64_t kSector = 4096;

std::string describe(const DamageReport& report)
{
    return std::to_string(report.faultsCount) + " faults, " + std::to_string(report.flippedBits) + " flips, " +
        std::to_string(report.lost.size()) + " lost, " + std::to_string(report.lostRecords) + " records lost";
}

std::string describe(const Fault& fault)
{
    return std::string(name(fault.kind)) + " " + fault.file + " sector " + std::to_string(fault.sector) + " " +
        std::string(name(fault.outcome)) + ", " + std::to_string(fault.flippedBits) + " flips";
}

/// The first file that is not the same in both, empty if all are.
std::string firstDifference(const std::map<std::string, Bytes>& before, const std::map<std::string, Bytes>& after)
{
    for (const auto& [path, bytes] : after) {
        const auto old = before.find(path);
        if (old == before.end()) {
            return path + " is new";
        }
        if (old->second != bytes) {
            return path + " changed";
        }
    }
    for (const auto& [path, bytes] : before) {
        if (!after.contains(path)) {
            return path + " is gone";
        }
    }
    return {};
}

/// Numbers of all segments that have shard files.
std::set<std::uint64_t> segmentsOf(const Faults& faults)
{
    std::set<std::uint64_t> numbers;
    for (const auto& [path, size] : faults.files("shards")) {
        if (const auto id = log::parseShardFileName(path.substr(path.rfind('/') + 1))) {
            numbers.insert(id->segment);
        }
    }
    return numbers;
}

} // namespace

Result<void> World::scrubNow()
{
    const auto report = m_store->health().scrub(Task{});
    CARMA_TRY(expectDone("scrub", report));
    if (report.has_value()) {
        note("  " + describe(*report));
        if (strictness() == Strictness::Exact && !report->lost.empty()) {
            return violation(
                "I2: a scrub names a loss within the budget: " + report->lost.front().what + " of " + report->lost.front().title);
        }
    }
    return {};
}

/// A heal while operations may fail: it may give up, and it must not do harm.
Result<void> World::healTroubled()
{
    const auto report = m_store->health().heal(Task{});
    CARMA_TRY(expectDone("heal", report));
    if (report.has_value()) {
        note("  " + describe(report->damage));
    }
    return {};
}

/// Nothing fails any more: one heal must put everything right, and a second one must find nothing to do.
Result<void> World::repair()
{
    calm();
    const auto first = m_store->health().heal(Task{});
    CARMA_TRY(expectDone("repair", first));
    note("  " + describe(first->damage) + ", wrote " + std::to_string(first->bytesWritten));
    if (first->unhealed != 0 || !first->damage.lost.empty() || first->damage.lostRecords != 0) {
        const auto lost = std::ranges::find(first->damage.faults, FaultOutcome::Lost, &Fault::outcome);
        return violation("I2: a heal within the budget is not complete: " + describe(first->damage) +
            (lost == first->damage.faults.end() ? "" : "; " + describe(*lost)));
    }
    const auto before = m_disk.files();
    const auto second = m_store->health().heal(Task{});
    CARMA_TRY(expectDone("repair again", second));
    const std::string changed = firstDifference(before, m_disk.files());
    if (second->bytesWritten != 0 || second->damage.faultsCount != 0 || !changed.empty()) {
        return violation("I4: a second heal found or wrote something: " + describe(second->damage) + ", wrote " +
            std::to_string(second->bytesWritten) + (changed.empty() ? "" : ", " + changed) +
            (second->damage.faults.empty() ? "" : "; " + describe(second->damage.faults.front())));
    }
    m_faults.repaired();
    CARMA_TRY(m_model.checkAll(m_store->memory(), Strictness::Exact));
    CARMA_TRY(m_model.settle(m_store->memory()));
    if (below(4) == 0) {
        const auto verified = m_store->health().verify(Task{});
        CARMA_TRY(expectDone("verify", verified));
        if (!verified->intact()) {
            return violation("I9: the history does not prove after a heal: " +
                (verified->problems.empty() ? describe(verified->damage) : verified->problems.front()));
        }
    }
    return {};
}

/// I7: what a scrub reports after flips is exactly what was flipped.
Result<void> World::flipsAreCounted()
{
    CARMA_TRY(repair());
    const auto flips = m_faults.flipBits(1 + below(40));
    std::map<std::pair<std::string, std::uint64_t>, unsigned> sectors;
    for (const disk::SimFlip& flip : flips) {
        ++sectors[{flip.path, flip.offset / kSector}];
    }
    const auto report = m_store->health().scrub(Task{});
    CARMA_TRY(expectDone("scrub of " + std::to_string(flips.size()) + " flips", report));
    for (const Fault& fault : report->faults) {
        const auto sector = sectors.find({fault.file, fault.sector});
        if (sector == sectors.end() || fault.kind != FaultKind::BadSector || fault.flippedBits != sector->second) {
            return violation("I7: reported but not injected: " + describe(fault) +
                (sector == sectors.end() ? "" : "; injected " + std::to_string(sector->second)));
        }
        sectors.erase(sector);
    }
    if (!sectors.empty()) {
        return violation("I7: injected but not reported: " + sectors.begin()->first.first + " sector " +
            std::to_string(sectors.begin()->first.second) + ", " + std::to_string(sectors.begin()->second) + " flips");
    }
    if (report->flippedBits != flips.size() || report->faultsCount != report->faults.size()) {
        return violation("I7: the sums of a scrub are wrong: " + describe(*report));
    }
    CARMA_TRY(m_model.checkAll(m_store->memory(), Strictness::Exact));
    return repair();
}

/// Documents that are shown in full by records outside of `range`; none without a range.
Result<std::set<FragmentId>> World::shownOutside(const std::pair<Sequence, Sequence>& range)
{
    std::set<FragmentId> certain;
    for (const unsigned number : m_model.kept()) {
        const FragmentId id = *m_model.documents()[number].id;
        CARMA_TRY_ASSIGN(const DocumentTree tree, m_store->memory().tree(id));
        bool outside = range.second != kNoSequence && m_model.documents()[number].textIsShown;
        for (const TreeNode& node : tree.nodes) {
            if (node.level == TreeLevel::Passage) {
                CARMA_TRY_ASSIGN(const FragmentView view, m_store->memory().show(node.id));
                outside = outside && (view.sequence < range.first || view.sequence >= range.second);
            }
        }
        if (outside) {
            certain.insert(id);
        }
    }
    return certain;
}

/// Deletes the files whose names begin with `target`, tails everywhere and others in `folders`; without a target the folders themselves.
void World::destroy(const std::string& target, const std::vector<unsigned>& folders)
{
    for (const auto& entry : m_faults.files("shards")) {
        const std::string& path = entry.first;
        const std::string file = path.substr(path.rfind('/') + 1);
        const bool chosen = std::ranges::any_of(folders, [&](unsigned folder) { return path.starts_with(m_faults.folder(folder) + "/"); });
        if (!target.empty() && file.starts_with(target) && (chosen || target == "tail-")) {
            note("deleted: " + path);
            (void)m_disk.deletePath(path);
        }
    }
    for (std::size_t i = 0; target.empty() && i < folders.size(); ++i) {
        note("deleted: " + m_faults.folder(folders[i]));
        (void)m_disk.deletePath(m_faults.folder(folders[i]));
    }
}

/// One step past the budget, with the catalog kept: what is lost must be named, and nothing else may be.
Result<void> World::goBeyond()
{
    CARMA_TRY(repair());
    CARMA_TRY(closeStore());
    std::vector<unsigned> folders;
    for (unsigned i = 0; i < m_data + m_parity; ++i) {
        folders.push_back(i);
    }
    for (std::size_t i = folders.size(); i > 1; --i) {
        std::swap(folders[i - 1], folders[below(i)]);
    }
    folders.resize(m_parity + 1);
    std::pair<Sequence, Sequence> range{0, kNoSequence}; // sequences that may be lost
    const std::set<std::uint64_t> segments = segmentsOf(m_faults);
    const std::uint64_t kind = below(m_data > 1 ? 3 : 2);
    std::string target = "tail-";
    if (kind == 0 && !segments.empty()) {
        auto segment = segments.begin();
        std::advance(segment, static_cast<std::ptrdiff_t>(below(segments.size())));
        target = log::shardFileName(*segment, 0).substr(0, log::shardFileName(*segment, 0).rfind('-') + 1);
    } else if (kind == 2) {
        target.clear();
    }
    CARMA_TRY(openStore());
    StoreId store{};
    if (const auto info = Store::probe("store", m_environment); info.has_value()) {
        store = info->id;
    }
    for (const auto& [path, size] : m_faults.files("shards")) {
        const std::string file = path.substr(path.rfind('/') + 1);
        if (target.empty() || !file.starts_with(target)) {
            continue;
        }
        if (const auto id = log::parseShardFileName(file)) {
            log::Geometry geometry;
            geometry.data = static_cast<std::uint8_t>(m_data);
            geometry.parity = static_cast<std::uint8_t>(m_parity);
            CARMA_TRY_ASSIGN(const auto segment, log::openSegment(m_disk, *m_executor, store, geometry, log::shardFolders(geometry), *id));
            range = {segment->info().firstSequence, segment->info().firstSequence + segment->info().recordCount};
        }
    }
    CARMA_TRY_ASSIGN(const std::set<FragmentId> certain, shownOutside(range));
    CARMA_TRY(closeStore());
    destroy(target, folders);
    m_hopeless = true;
    return checkLoss(certain);
}

Result<void> World::checkLoss(const std::set<FragmentId>& certain)
{
    auto opened = tryOpen(false);
    note("open: " + (opened.has_value() ? std::string("done") : opened.error().message));
    if (!opened.has_value()) {
        return violation("I6: a store beyond its budget does not open: " + opened.error().message);
    }
    m_store = *std::move(opened);
    const auto healed = m_store->health().heal(Task{});
    if (!healed.has_value()) {
        return violation("I6: a store beyond its budget cannot be healed as far as it goes: " + healed.error().message);
    }
    note("  " + describe(healed->damage));
    std::set<FragmentId> named;
    for (const LostItem& item : healed->damage.lost) {
        named.insert(item.document);
    }
    for (const unsigned number : m_model.kept()) {
        const Document& document = m_model.documents()[number];
        CARMA_TRY_ASSIGN(const auto seen, Model::look(m_store->memory(), document));
        if (seen != Model::Seen::Exact && !named.contains(*document.id)) {
            const auto original = m_store->memory().original(*document.id);
            return violation("I2: document " + std::to_string(number) + " is lost and not named" +
                (original.has_value() ? "" : " (" + original.error().message + ")"));
        }
        if (seen == Model::Seen::NotThere || seen == Model::Seen::Forgotten) {
            return violation("I2: document " + std::to_string(number) + " is lost without a placeholder");
        }
        const auto view = m_store->memory().show(*document.id);
        if (certain.contains(*document.id) && (!view.has_value() || view->state != FragmentState::Exact)) {
            return violation("I2: document " + std::to_string(number) + " is not exact, but nothing of it was damaged");
        }
    }
    // Life goes on: new memories are kept, and a second heal finds nothing to write.
    CARMA_TRY_ASSIGN(const auto again, m_store->health().heal(Task{}));
    if (again.bytesWritten != 0) {
        return violation("I4: the second heal of a store beyond its budget wrote " + std::to_string(again.bytesWritten) + " bytes");
    }
    if (again.damage.lost.size() != healed->damage.lost.size()) {
        return violation("I2: the first heal names " + std::to_string(healed->damage.lost.size()) + " losses and the second " +
            std::to_string(again.damage.lost.size()));
    }
    const unsigned fresh = m_model.nextNumber();
    for (int i = 0; i < 3; ++i) {
        CARMA_TRY(rememberSome());
    }
    for (unsigned number = fresh; number < m_model.nextNumber(); ++number) {
        CARMA_TRY(m_model.checkOne(m_store->memory(), m_model.documents()[number], Strictness::Exact));
    }
    CARMA_TRY(closeStore());
    opened = tryOpen(false);
    if (!opened.has_value()) {
        return violation("I6: a store beyond its budget does not open again: " + opened.error().message);
    }
    m_store = *std::move(opened);
    for (unsigned number = fresh; number < m_model.nextNumber(); ++number) {
        if (m_model.documents()[number].state != DocumentState::Kept) {
            return violation("I3: a store beyond its budget takes no new memories");
        }
        CARMA_TRY(m_model.checkOne(m_store->memory(), m_model.documents()[number], Strictness::Exact));
    }
    return m_model.checkAll(m_store->memory(), Strictness::NoLies);
}

/// I6: after any damage whatsoever nothing crashes and nothing lies.
Result<void> World::damageAnything()
{
    if (below(2) == 0) {
        (void)closeStore();
        m_store.reset();
    }
    m_hopeless = true;
    note("wild: " + m_faults.damageWildly());
    if (m_store == nullptr) {
        auto opened = tryOpen(false);
        note("open: " + (opened.has_value() ? std::string("done") : opened.error().message));
        if (!opened.has_value()) {
            return {};
        }
        m_store = *std::move(opened);
    }
    CARMA_TRY(m_model.checkAll(m_store->memory(), Strictness::NoLies));
    CARMA_TRY(scrubNow());
    CARMA_TRY(healTroubled());
    CARMA_TRY(expectDone("verify", m_store->health().verify(Task{})));
    CARMA_TRY(rememberSome());
    CARMA_TRY(sealNow());
    CARMA_TRY(m_model.checkAll(m_store->memory(), Strictness::NoLies));
    (void)m_store->close();
    m_store.reset();
    auto opened = tryOpen(false);
    note("open: " + (opened.has_value() ? std::string("done") : opened.error().message));
    return opened.has_value() ? m_model.checkAll((*opened)->memory(), Strictness::NoLies) : Result<void>{};
}

} // namespace carma::sim
