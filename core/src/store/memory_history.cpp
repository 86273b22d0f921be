// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/memory_impl.h"
#include "store/store_impl.h"

#include <carma/history.h>

#include <algorithm>
#include <utility>

namespace carma {

namespace store {

Result<std::vector<DocumentSummary>> MemoryImpl::versions(const FragmentId& document)
{
    CARMA_TRY(m_core.log->refresh());
    CARMA_TRY_ASSIGN(const auto row, m_core.catalog->document(documentOf(document)));
    if (!row || row->state == catalog::State::Forgotten) {
        return Error{ErrorCode::NotFound, "there is no document " + toString(documentOf(document))};
    }
    const std::string name = row->externalId.empty() ? toString(row->id) : row->externalId;
    CARMA_TRY_ASSIGN(auto rows, m_core.catalog->versions(row->space, row->path, name));
    if (const auto first = parseId<FragmentId>(name); row->path.empty() && first) {
        // A note without a name gave its id to the versions that came later, but has none itself.
        CARMA_TRY_ASSIGN(auto nameless, m_core.catalog->document(*first));
        if (nameless && nameless->space == row->space && nameless->path.empty() && nameless->externalId.empty() &&
            nameless->state != catalog::State::Forgotten) {
            rows.push_back(*std::move(nameless));
        }
    }
    // By time; of the same moment, by place in the log. A record that was put back stands later there than it was made.
    std::ranges::sort(rows, {}, [](const catalog::DocumentRow& each) { return std::pair(each.createdUs, each.sequence); });
    std::vector<DocumentSummary> summaries;
    for (const catalog::DocumentRow& each : rows) {
        summaries.push_back(m_reader.summary(each));
    }
    return summaries;
}

} // namespace store

Result<std::vector<DocumentSummary>> versionsOf(Store& store, const FragmentId& document)
{
    auto* ours = dynamic_cast<store::StoreImpl*>(&store);
    if (ours == nullptr) {
        return Error{ErrorCode::Unsupported, "this kind of store keeps no history"};
    }
    return ours->history(document);
}

Result<DocumentSummary> replaceDocument(
    Store& store, const FragmentId& document, std::string_view bytes, std::vector<std::string> tags, std::uint64_t fileBytesMax)
{
    CARMA_TRY_ASSIGN(const std::vector<DocumentSummary> before, versionsOf(store, document));
    const FragmentId wanted = store::documentOf(document);
    const auto replaced = std::ranges::find(before, wanted, &DocumentSummary::id);
    if (replaced == before.end()) {
        return Error{ErrorCode::NotFound, "there is no document " + toString(wanted)};
    }
    IngestOptions options;
    options.space = replaced->space;
    options.tags = std::move(tags);
    options.replaces = wanted;
    options.fileBytesMax = fileBytesMax;
    CARMA_TRY_ASSIGN(const IngestReport report, store.memory().ingestBytes(replaced->path, bytes, options));
    if (!report.refused.empty()) {
        return Error{ErrorCode::InvalidArgument, report.refused.front().path + ": " + report.refused.front().reason};
    }
    CARMA_TRY_ASSIGN(const std::vector<DocumentSummary> after, versionsOf(store, wanted));
    for (auto each = after.rbegin(); each != after.rend(); ++each) {
        if (std::ranges::find(before, each->id, &DocumentSummary::id) == before.end()) {
            return *each;
        }
    }
    return Error{ErrorCode::NotFound, "the new version of " + toString(wanted) + " was replaced or forgotten meanwhile"};
}

} // namespace carma
