// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ingest/file_walk.h"
#include "ingest/parser_process.h"
#include "ingest/reader.h"
#include "store/document_reader.h"
#include "store/document_writer.h"
#include "store/searcher.h"
#include "store/store_core.h"
#include "store/view_cache.h"

#include <functional>
#include <map>

namespace carma::store {

/// Memory over log, catalog and search engines; split over memory_ingest, memory_watch, memory_query, memory_neighbours, memory_read,
/// memory_history, memory_forget and memory_export.
class MemoryImpl final : public Memory {
public:
    MemoryImpl(StoreCore& core, Searcher& searcher) : m_core(core), m_searcher(searcher), m_reader(core) {}

    Result<std::vector<FragmentId>> remember(std::string_view space, const std::vector<NewMemory>& memories) override;
    Result<IngestReport> ingest(const std::vector<std::string>& paths, const IngestOptions& options, const Task& task) override;
    Result<void> watch(const std::vector<std::string>& paths, const IngestOptions& options,
        const std::function<void(const IngestReport&)>& onRound, const Task& task) override;
    Result<IngestReport> ingestBytes(std::string_view path, std::string_view bytes, const IngestOptions& options) override;
    Result<QueryAnswer> query(std::string_view text, const QueryOptions& options) override;
    Result<std::vector<Neighbour>> neighbours(const std::vector<FragmentId>& ids, std::size_t limit) override;
    Result<std::vector<DocumentSummary>> list(const ListOptions& options) override;
    Result<FragmentId> resolve(std::string_view id) override;
    Result<FragmentView> show(const FragmentId& id) override;
    Result<DocumentTree> tree(const FragmentId& document) override;
    Result<std::string> original(const FragmentId& document) override;
    Result<ForgetReport> forget(const std::vector<FragmentId>& ids, const ForgetOptions& options, const Task& task) override;
    Result<ExportReport> exportTo(const std::string& folder, const ExportOptions& options, const Task& task) override;
    Result<std::vector<NamespaceSummary>> namespaces() override;
    Result<NamespaceId> createNamespace(std::string_view space) override;
    /// remember() with more in the same batch: `also` is told the new document's id and may queue records.
    using AlsoQueue = std::function<Result<void>(DocumentWriter&, const FragmentId&)>;
    Result<std::vector<FragmentId>> rememberWith(std::string_view space, const std::vector<NewMemory>& memories, const AlsoQueue& also);
    /// Who says what may have stood in a lost passage. Set once, before any query.
    using Guesser = std::function<std::optional<PassageGuess>(const FragmentId&)>;
    void setGuesser(Guesser guesser) { m_guesser = std::move(guesser); }
    /// What versionsOf (carma/history.h) says.
    Result<std::vector<DocumentSummary>> versions(const FragmentId& document);
    /// show() without its audit entry.
    Result<FragmentView> view(const FragmentId& id);

private:
    /// The namespace to write to; none in a dry run if there is none yet.
    Result<std::optional<NamespaceId>> ingestSpace(const IngestOptions& options);
    Result<ingest::WalkResult> walk(const std::vector<std::string>& paths, const IngestOptions& options) const;
    Result<IngestReport> ingestFound(ingest::WalkResult found, const IngestOptions& options, const Task& task);
    void countForgotten(const std::map<NamespaceId, std::uint64_t>& forgotten);
    Result<void> admitChange(std::string_view space);
    journal::AuditNote noteOfRead(std::string_view action, const FragmentId& id);
    Result<void> checkHolds(const std::vector<FragmentId>& ids);
    Result<std::vector<Bytes>> forgetEntries(const std::vector<FragmentId>& ids, std::size_t records);
    struct Search {
        const query::ParsedQuery& parsed;
        const QueryOptions& options;
        std::size_t wanted = 0;     ///< hits of the page and of those before
        Sequence end = kNoSequence; ///< passages from this on are left out
        std::optional<std::int64_t> asOfUs{};
    };
    Result<void> searchSpace(const NamespaceId& space, const Search& search, bool isFirst, QueryAnswer& answer);
    /// Nothing for a hit that is not to be shown.
    std::optional<QueryHit> shownHit(const query::Hit& hit, const Search& search, std::uint64_t edits);
    Result<void> searchSpaces(const Search& search, QueryAnswer& answer);
    Result<void> checkEmbedder(const QueryOptions& options, QueryAnswer& answer);
    /// What view() says, from the cache if it is there.
    Result<std::shared_ptr<const FragmentView>> cachedView(const FragmentId& id, std::uint64_t edits);
    Result<void> auditQuery(std::string_view text, const QueryOptions& options);
    Result<void> addContext(QueryHit& hit, std::size_t count);
    Result<std::vector<Sequence>> unpurged(const Task& task);
    Result<ForgetReport> purgeForgotten(ForgetReport report, const Task& task);
    Result<void> collectForgotten(const FragmentId& id, ForgetBody& body, std::vector<NamespaceId>& spaces);
    Result<void> collectGuesses(ForgetBody& body);
    Result<void> collectDocument(const catalog::DocumentRow& row, ForgetBody& body);
    Result<void> exportOne(const std::string& folder, const catalog::DocumentRow& row, const ExportOptions& options, ExportReport& report);

    StoreCore& m_core;
    Searcher& m_searcher;
    DocumentReader m_reader;
    Guesser m_guesser;
    static constexpr std::size_t kViewBytesMax = std::size_t{16} << 20U;
    ViewCache m_views{kViewBytesMax};
    ingest::ParserPool m_parsers{ingest::findParserProgram()};
};

} // namespace carma::store
