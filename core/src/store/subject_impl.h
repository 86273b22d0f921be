// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "access/key_keeper.h"
#include "store/document_reader.h"
#include "store/searcher.h"
#include "store/store_core.h"

#include <filesystem>
#include <mutex>

namespace carma::store {

/// Erasing and exporting what a namespace holds; split over erase.cpp and subject_export.cpp.
class SubjectsImpl final : public Subjects {
public:
    /// `keys` need not be there yet.
    SubjectsImpl(StoreCore& core, Searcher& searcher, access::KeyKeeper& keys)
        : m_core(core), m_searcher(searcher), m_keys(keys), m_reader(core)
    {
    }

    Result<ErasePlan> plan(std::string_view space) override;
    Result<EraseReport> erase(std::string_view space, const Task& task) override;
    Result<SubjectExport> exportTo(std::string_view space, const std::string& folder, const Task& task) override;
    /// Goes on with erasures that are not done; what fails is told and tried again at the next opening.
    void resume();

private:
    struct ExportedFile {
        std::string name;
        std::uint64_t bytes = 0;
        crypto::Digest digest{};
    };
    using Write = std::function<Result<void>(std::string_view)>;
    Result<void> exportDocuments(const NamespaceId& space, const std::filesystem::path& root, std::vector<ExportedFile>& files,
        SubjectExport& report, const Task& task);
    Result<std::string> exportOriginal(
        const catalog::DocumentRow& row, const std::filesystem::path& root, std::vector<ExportedFile>& files, SubjectExport& report);
    Result<void> exportFragments(const catalog::DocumentRow& row, const Write& write, SubjectExport& report);
    class OutputFile;
    Result<std::vector<Sequence>> entriesAbout(const std::string& subject);
    Result<void> begin(const log::SpaceKeys& keys, const billing::Engine::Traces& bills);
    Result<EraseReport> finish(const NamespaceId& space, const std::vector<std::string>& invoices, const Task& task);
    Result<std::vector<Sequence>> recordsOf(const NamespaceId& space, const Task& task);
    Result<void> dropIndex(const NamespaceId& space);

    StoreCore& m_core;
    Searcher& m_searcher;
    access::KeyKeeper& m_keys;
    DocumentReader m_reader;
    std::mutex m_erasing; ///< one erasure at a time
};

} // namespace carma::store
