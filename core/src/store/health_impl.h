// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ingest/file_walk.h"
#include "ingest/parser_process.h"
#include "store/health_restore.h"
#include "store/searcher.h"
#include "store/store_core.h"

namespace carma::store {

/// A file in stores that `backup` made: their catalog is not missing, it never was there.
inline constexpr std::string_view kCopyMark = "copy";

class HealthImpl final : public Health {
public:
    HealthImpl(StoreCore& core, Searcher& searcher) : m_core(core), m_searcher(searcher), m_endAtOpen(core.log->end()) {}

    Result<StatusReport> status() override;
    Result<DamageReport> scrub(const Task& task) override;
    Result<VerifyReport> verify(const Task& task) override;
    Result<HealReport> heal(const Task& task) override;
    Result<std::vector<Fault>> faults(std::size_t limit) override;
    Result<HealReport> healFrom(const std::string& folder, const Task& task) override;
    Result<HealReport> healFromFiles(const std::vector<std::string>& paths, const Task& task) override;
    Result<BackupReport> backup(const std::string& folder, bool check, const Task& task) override;
    Result<ScrubStep> scrubSome(const ScrubPosition& from, const Task& task) override;
    Result<std::vector<RememberedFault>> rememberedFaults(std::size_t limit) override;
    Result<std::vector<FolderAlert>> alerts() override;
    Result<void> rememberFaults(const std::vector<Fault>& faults) override;
    Result<std::string> beaconNote() override;
    Result<void> setBeaconNote(std::string_view note) override;
    std::vector<DoctorCheck> doctor() override;

private:
    Result<DamageReport> inspect(bool repair, const Task& task, HealReport* heal);
    [[nodiscard]] bool isCopy() const;
    Result<void> settleCaches(const DamageReport& report);
    void addCatalogFaults(bool repair, DamageReport& report);
    void inspectSnapshots(bool repair, DamageReport& report, HealReport* heal);
    void addEarlierFaults(bool repair, DamageReport& report);
    /// Finds the records that cannot be read, marks them (and those that can again) in the catalog, and names them.
    Result<void> nameLosses(DamageReport& report, const Task& task);
    Result<void> nameLost(const std::vector<Sequence>& sequences, DamageReport& report);
    Result<void> markStates(const std::vector<Sequence>& lost);
    /// Leaves out records in whose place others were written, for everybody who used them.
    Result<void> dropReplaced(std::vector<Sequence>& lost, DamageReport& report);
    /// health_files.cpp
    Result<void> eachDamagedDocument(
        const DamageReport& damage, const Task& task, const std::function<Result<void>(const DocumentLoss&)>& visit);
    Result<void> restoreFromOriginals(HealReport& report, const Task& task);
    Result<void> restoreFromFiles(const std::vector<ingest::SourceFile>& files, HealReport& report, const Task& task);
    Result<void> putBack(const DocumentLoss& loss, std::string_view bytes, RestoredDocument& restored);
    Result<void> renewLosses(HealReport& report, const Task& task);
    void scrubCatalog(DamageReport& report) const;
    Result<void> eachRemembered(const std::function<void(const Fault&)>& visit);

    StoreCore& m_core;
    Searcher& m_searcher;
    const Sequence m_endAtOpen; ///< a store that held nothing when it was opened had no catalog to lose
    ingest::ParserPool m_parsers{ingest::findParserProgram()};
    Restorer m_restorer{m_core, m_parsers};
    DocumentReader m_reader{m_core};
    bool m_catalogFaultsTold = false; ///< damage found at opening is reported once
};

} // namespace carma::store
