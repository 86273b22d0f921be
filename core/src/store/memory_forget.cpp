// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/memory_impl.h"

#include <algorithm>
#include <set>

/// Forgetting: a record says what is forgotten, the catalog and the engines drop it, and with `now` (or at the next purge) the bytes
/// leave every file. Deriving data go first, so that a crash never leaves an index of something forgotten.
namespace carma::store {

namespace {

constexpr std::size_t kIdsARecord = 10'000;

} // namespace

/// All records of one document: main record, node parts, passages, and pieces that no other document uses.
Result<void> MemoryImpl::collectDocument(const catalog::DocumentRow& row, ForgetBody& body)
{
    body.documents.push_back(row.id);
    body.sequences.push_back(row.sequence);
    const auto record = m_core.log->read(row.sequence);
    if (record.has_value() && record->header.type == log::RecordType::Document) {
        const auto main = decodeDocument(record->body);
        if (main.has_value()) {
            body.sequences.insert(body.sequences.end(), main->nodeParts.begin(), main->nodeParts.end());
        }
    }
    CARMA_TRY_ASSIGN(const auto passages, m_core.catalog->fragmentsOf(row.id));
    for (const catalog::FragmentRow& passage : passages) {
        body.sequences.push_back(passage.sequence);
    }
    if (!row.pieces.empty()) {
        CARMA_TRY_ASSIGN(const auto users, m_core.catalog->documentsTouching(row.pieces));
        const bool shared = std::ranges::any_of(users, [&](const catalog::DocumentRow& user) {
            return user.id != row.id && user.state != catalog::State::Forgotten &&
                std::ranges::find(body.documents, user.id) == body.documents.end();
        });
        if (!shared) {
            body.sequences.insert(body.sequences.end(), row.pieces.begin(), row.pieces.end());
        }
    }
    return {};
}

Result<void> MemoryImpl::collectForgotten(const FragmentId& id, ForgetBody& body, std::vector<NamespaceId>& spaces)
{
    CARMA_TRY_ASSIGN(const auto tree, m_reader.tree(documentOf(id)));
    if (tree->row.state == catalog::State::Forgotten) {
        return Error{ErrorCode::NotFound, toString(id) + " is forgotten already"};
    }
    spaces.push_back(tree->row.space);
    const std::uint32_t number = nodeNumber(id);
    if (number == 0) {
        // With a document go its earlier versions: they say what it said before.
        std::optional<catalog::DocumentRow> version = tree->row;
        while (version && std::ranges::find(body.documents, version->id) == body.documents.end()) {
            CARMA_TRY(collectDocument(*version, body));
            const FragmentId earlier = version->replaces;
            if (earlier.isNull()) {
                break;
            }
            CARMA_TRY_ASSIGN(version, m_core.catalog->document(earlier));
            if (version && version->state == catalog::State::Forgotten) {
                break;
            }
        }
        return {};
    }
    if (number >= tree->nodes.size()) {
        return Error{ErrorCode::NotFound, "there is no fragment " + toString(id)};
    }
    const ingest::Node& node = tree->nodes[number];
    if (node.level == ingest::Level::Sentences) {
        return Error{ErrorCode::InvalidArgument, "sentences cannot be forgotten on their own: forget the passage they are in"};
    }
    if (!tree->row.pieces.empty()) {
        return Error{ErrorCode::InvalidArgument,
            "a part of " + (tree->row.path.empty() ? toString(tree->row.id) : tree->row.path) +
                " cannot be forgotten while its original file is kept: forget the document"};
    }
    CARMA_TRY_ASSIGN(const auto passages, m_core.catalog->fragmentsOf(tree->row.id));
    for (const catalog::FragmentRow& passage : passages) {
        if (passage.id == id || (passage.offset >= node.offset && passage.offset + passage.bytes <= node.offset + node.bytes)) {
            if (passage.sequence == tree->row.sequence) {
                return collectDocument(tree->row, body); // a lone note is its passage
            }
            body.fragments.push_back(passage.id);
            body.sequences.push_back(passage.sequence);
        }
    }
    return {};
}

/// Everything that was ever forgotten and still has its bytes in the log.
Result<std::vector<Sequence>> MemoryImpl::unpurged(const Task& task)
{
    std::vector<Sequence> forgotten;
    std::set<Sequence> purged;
    CARMA_TRY(m_core.log->scan(
        0, kNoSequence,
        [&](const log::ScanItem& item) -> Result<bool> {
            if (item.header != nullptr && item.header->purged()) {
                purged.insert(item.sequence);
            } else if (item.header != nullptr && item.header->type == log::RecordType::Forget) {
                CARMA_TRY_ASSIGN(const ForgetBody body, decodeForget(item.body));
                forgotten.insert(forgotten.end(), body.sequences.begin(), body.sequences.end());
            }
            return true;
        },
        task));
    std::erase_if(forgotten, [&](Sequence sequence) { return purged.contains(sequence); });
    return forgotten;
}

Result<ForgetReport> MemoryImpl::purgeForgotten(ForgetReport report, const Task& task)
{
    CARMA_TRY_ASSIGN(std::vector<Sequence> sequences, unpurged(task));
    CARMA_TRY_ASSIGN(const log::PurgeOutcome purged, m_core.log->purge(std::move(sequences), task));
    CARMA_TRY(m_core.follow(Task{}));
    report.recordsPurged = purged.records;
    report.segmentsRewritten = purged.segments;
    return report;
}

Result<ForgetReport> MemoryImpl::forget(const std::vector<FragmentId>& ids, const ForgetOptions& options, const Task& task)
{
    if (m_core.readOnly) {
        return m_core.readOnlyError();
    }
    if (ids.empty() && options.now) {
        return purgeForgotten({}, task);
    }
    if (ids.empty()) {
        return Error{ErrorCode::InvalidArgument, "nothing was named to forget"};
    }
    ForgetBody all;
    std::vector<NamespaceId> spaces;
    for (const FragmentId& id : ids) {
        CARMA_TRY(collectForgotten(id, all, spaces));
    }
    ForgetReport report;
    report.documents = all.documents.size();
    for (const FragmentId& document : all.documents) {
        CARMA_TRY_ASSIGN(const auto passages, m_core.catalog->fragmentsOf(document));
        report.fragments += passages.size();
    }
    report.fragments += all.fragments.size();
    for (const NamespaceId& space : std::set<NamespaceId>(spaces.begin(), spaces.end())) {
        m_searcher.forget(space);
    }
    ForgetBody part;
    const auto write = [&]() -> Result<void> {
        const Bytes bytes = encodeForget(part);
        const log::NewRecord record{log::RecordType::Forget, NamespaceId{}, bytes};
        part = {};
        CARMA_TRY(m_core.append(std::span(&record, 1)));
        return {};
    };
    // The ids go into one record where they fit, so that the forgetting happens as a whole or not at all.
    part.documents = all.documents;
    part.fragments = all.fragments;
    part.sequences.assign(
        all.sequences.begin(), all.sequences.begin() + static_cast<std::ptrdiff_t>(std::min(all.sequences.size(), kIdsARecord)));
    CARMA_TRY(write());
    for (std::size_t at = kIdsARecord; at < all.sequences.size(); at += kIdsARecord) {
        part.sequences.assign(all.sequences.begin() + static_cast<std::ptrdiff_t>(at),
            all.sequences.begin() + static_cast<std::ptrdiff_t>(std::min(all.sequences.size(), at + kIdsARecord)));
        CARMA_TRY(write());
    }
    if (!options.now) {
        report.pending = all.sequences.size();
        return report;
    }
    return purgeForgotten(report, task);
}

} // namespace carma::store
