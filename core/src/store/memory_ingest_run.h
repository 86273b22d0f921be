// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ingest/extracted.h"
#include "ingest/file_walk.h"
#include "ingest/reader.h"
#include "store/document_writer.h"
#include "store/store_core.h"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace carma::store {

/// One call of ingest. Files are read and parsed in batches on the store's executor and written in the order of their
/// names, so that the result does not depend on which was parsed first. Memory is that of one batch.
class IngestRun {
public:
    /// `space` is empty in a dry run into a namespace that does not exist.
    IngestRun(StoreCore& core, std::optional<NamespaceId> space, ingest::Extractor& extractor, const IngestOptions& options);

    struct Incoming {
        std::string path; ///< in the store
        std::string name; ///< for messages
        ByteView bytes;
        std::int64_t modifiedUs = 0;
    };
    Result<void> add(const Incoming& file);
    /// Stops between batches when the task is cancelled.
    Result<void> addAll(std::span<const ingest::SourceFile> files, const Task& task);
    /// Writes what is queued. The report is whole only then.
    Result<void> finish();

    IngestReport report;

    static constexpr std::size_t kBatchFiles = 64;
    static constexpr std::uint64_t kBatchBytes = 32U << 20U; ///< a larger file is a batch of its own

private:
    struct Item {
        const ingest::SourceFile* source = nullptr;
        Incoming file;
        Bytes bytes;
        crypto::Digest digest{};
        std::optional<catalog::DocumentRow> known;
        std::optional<Error> problem;
        std::optional<ingest::Draft> draft;
        bool unchanged = false;
    };

    Result<void> addBatch(std::span<const ingest::SourceFile> files, const Task& task);
    /// Runs `work` for each item, in parallel.
    void forAll(std::vector<Item>& items, const std::function<void(Item&)>& work);
    Result<void> lookUp(Item& item);
    Result<void> lookUpReplaced(Item& item);
    void parse(Item& item, const std::stop_token& stop);
    Result<void> write(Item& item);
    void tell(const Task& task, std::uint64_t total);

    StoreCore& m_core;
    const std::optional<NamespaceId> m_space;
    ingest::Extractor& m_extractor;
    const IngestOptions& m_options;
    std::optional<DocumentWriter> m_writer; ///< none in a dry run
    const std::int64_t m_startedUs;
    std::uint64_t m_done = 0;
    std::uint64_t m_total = 0;
    std::uint64_t m_bytesRead = 0;
};

/// Meters what was kept in a namespace.
void countAdded(billing::Metering& metering, std::string_view space, std::uint64_t passages, std::uint64_t bytes);

} // namespace carma::store
