// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/health_impl.h"

#include <algorithm>

namespace carma::store {

namespace {

std::string_view slotName(log::KeySlotKind kind)
{
    switch (kind) {
    case log::KeySlotKind::KeyFile: return "key file";
    case log::KeySlotKind::Passphrase: return "passphrase";
    case log::KeySlotKind::RecoveryCode: return "recovery code";
    }
    return "unknown";
}

std::uint64_t bytesBelow(Disk& disk, const std::string& folder, int depth)
{
    const auto files = disk.list(folder);
    if (!files.has_value()) {
        return 0;
    }
    std::uint64_t bytes = 0;
    for (const FileInfo& file : *files) {
        const std::string path = folder.empty() ? file.name : folder + "/" + file.name;
        if (!file.isDirectory) {
            bytes += file.size;
        } else if (depth > 0) {
            bytes += bytesBelow(disk, path, depth - 1);
        }
    }
    return bytes;
}

void addWarnings(StatusReport& report)
{
    const unsigned total = report.dataShards + report.parityShards;
    if (report.foldersPresent < total) {
        report.warnings.push_back(std::to_string(total - report.foldersPresent) + " of " + std::to_string(total) +
            " shard folders are missing: check their disks, or run 'carma heal' to rebuild them");
    }
    if (report.placeholders > 0) {
        report.warnings.push_back(std::to_string(report.placeholders) + " passages cannot be read");
    }
    if (report.failureDomains == 1 && report.parityShards > 0) {
        report.warnings.emplace_back(
            "all shard folders are on one device: a store outlives the loss of a disk only if they are on several");
    }
}

} // namespace

Result<StatusReport> HealthImpl::status()
{
    CARMA_TRY(m_core.log->refresh());
    CARMA_TRY_ASSIGN(const catalog::Counts counts, m_core.catalog->counts(std::nullopt));
    const log::Superblock superblock = m_core.log->superblock();
    const log::LogCounts logCounts = m_core.log->counts();
    StatusReport report;
    report.path = m_core.path;
    report.id = superblock.store;
    report.format = superblock.format;
    report.dataShards = superblock.geometry.data;
    report.parityShards = superblock.geometry.parity;
    report.createdUs = superblock.createdUs;
    for (const log::KeySlot& slot : superblock.slots) {
        report.keySlots.emplace_back(slotName(slot.kind));
    }
    report.foldersPresent = logCounts.foldersPresent;
    report.failureDomains = logCounts.failureDomains;
    report.records = logCounts.records;
    report.sealedSegments = logCounts.sealedSegments;
    report.tailBytes = logCounts.tailBytes;
    report.namespaces = counts.namespaces;
    report.documents = counts.documents;
    report.fragments = counts.fragments;
    report.placeholders = counts.lost;
    report.forgotten = counts.forgotten;
    report.textBytes = counts.textBytes;
    report.storeBytes = bytesBelow(*m_core.world.disk, "", 3);
    const EmbedderRecord embedder = m_core.embedders().inUse();
    report.embedder = embedder.identity.name.empty() ? embedder.source + " (not found)" : describe(embedder.identity);
    addWarnings(report);
    return report;
}

std::vector<DoctorCheck> HealthImpl::doctor()
{
    std::vector<DoctorCheck> checks;
    const auto add = [&](std::string name, bool ok, std::string detail, std::string advice) {
        checks.push_back({std::move(name), ok, std::move(detail), ok ? std::string() : std::move(advice)});
    };
    const auto tested = selfTest();
    add("cryptography", tested.has_value(), tested.has_value() ? "all known answers match" : tested.error().message,
        "this machine's OpenSSL computes wrongly: do not use it for this store");
    add("SQLite", true, catalog::sqliteVersion(), "");
    const std::string resources = resourceFolder();
    add("resources", !resources.empty(), resources.empty() ? "not found" : resources,
        "set CARMA_RESOURCES to the folder that holds models/");
    const EmbedderHost::Use embedder = m_core.embedders().use();
    add("embedder", embedder.embedder != nullptr, embedder.embedder != nullptr ? describe(embedder.embedder->identity()) : embedder.problem,
        "queries go by words only: install the program's resources or the plugin again, or choose another with 'carma embedder set'");
    const auto state = status();
    if (state.has_value()) {
        const unsigned total = state->dataShards + state->parityShards;
        add("shard folders", state->foldersPresent == total,
            std::to_string(state->foldersPresent) + " of " + std::to_string(total) + " are there",
            "mount the missing disks, or run 'carma heal'");
        add("failure domains", state->failureDomains != 1 || state->parityShards == 0,
            state->failureDomains == 0 ? "unknown"
                                       : std::to_string(state->failureDomains) + (state->failureDomains == 1 ? " device" : " devices"),
            "put shard folders on several disks (they may be symbolic links)");
        add("placeholders", state->placeholders == 0, std::to_string(state->placeholders) + " passages cannot be read", "run 'carma heal'");
        const bool recovery = std::ranges::find(state->keySlots, "recovery code") != state->keySlots.end();
        add("recovery code", recovery, recovery ? "there is one" : "there is none", "run 'carma recovery-code'");
    }
    const auto free = m_core.world.disk->freeBytes();
    constexpr std::uint64_t kFreeMin = 256U << 20U;
    add("free space", !free || *free >= kFreeMin, free ? std::to_string(*free >> 20U) + " MiB" : "unknown",
        "make room: appends and repairs need space");
    return checks;
}

} // namespace carma::store
