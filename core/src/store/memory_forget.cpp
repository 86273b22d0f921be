// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/hypothesis_records.h"
#include "store/memory_impl.h"

#include <algorithm>
#include <set>

/// Forgetting: a record says what is forgotten, the catalog and the engines drop it, and with `now` (or at the next purge) the bytes
/// leave every file. Deriving data go first, so that a crash never leaves an index of something forgotten.
namespace carma::store {

namespace {

constexpr std::size_t kIdsARecord = 10'000;
constexpr std::size_t kEntriesMax = 1000; // of the audit, an id each; beyond, one entry tells of all

journal::AuditNote noteOf(std::string action, std::string detail)
{
    journal::AuditNote note;
    note.action = std::move(action);
    note.detail = std::move(detail);
    return note;
}

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

/// A guess at a lost passage says what the passage said.
Result<void> MemoryImpl::collectGuesses(ForgetBody& body)
{
    CARMA_TRY_ASSIGN(const GuessHistories histories, readGuesses(m_core));
    for (const auto& [id, history] : histories) {
        const bool goes = std::ranges::find(body.fragments, id) != body.fragments.end() ||
            std::ranges::find(body.documents, documentOf(id)) != body.documents.end();
        if (goes) {
            body.sequences.insert(body.sequences.end(), history.sequences.begin(), history.sequences.end());
        }
    }
    return {};
}

/// InvalidArgument, with the reason, if one of the documents is held.
Result<void> MemoryImpl::checkHolds(const std::vector<FragmentId>& ids)
{
    CARMA_TRY(m_core.compliance.follow(m_core.journal()));
    if (m_core.compliance.holds().empty()) {
        return {};
    }
    for (const FragmentId& id : ids) {
        CARMA_TRY_ASSIGN(const auto row, m_core.catalog->document(documentOf(id)));
        const std::string reason = row ? m_core.compliance.heldBecause(row->space, row->id) : std::string();
        if (!reason.empty()) {
            journal::AuditNote note = noteOf("memory.forget", row->path);
            note.object = toString(id);
            note.space = row->space;
            return m_core.refuse(std::move(note),
                {ErrorCode::InvalidArgument, (row->path.empty() ? toString(id) : row->path) + " is under a legal hold: " + reason});
        }
    }
    return {};
}

/// The entries about what is forgotten.
Result<std::vector<Bytes>> MemoryImpl::forgetEntries(const std::vector<FragmentId>& ids, std::size_t records)
{
    std::vector<Bytes> entries;
    if (ids.size() > kEntriesMax) {
        CARMA_TRY_ASSIGN(Bytes one,
            m_core.auditBody(
                noteOf("memory.forget", std::to_string(ids.size()) + " documents and passages, " + std::to_string(records) + " records")));
        entries.push_back(std::move(one));
        return entries;
    }
    for (const FragmentId& id : ids) {
        CARMA_TRY_ASSIGN(const auto row, m_core.catalog->document(documentOf(id)));
        journal::AuditNote note = noteOf("memory.forget", {});
        note.object = toString(id);
        if (row) {
            note.space = row->space;
            note.detail = row->path.empty() ? row->title : row->path;
            note.before = row->digest;
        }
        CARMA_TRY_ASSIGN(Bytes entry, m_core.auditBody(note));
        entries.push_back(std::move(entry));
    }
    return entries;
}

/// Everything that was ever forgotten and still has its bytes in the log.
Result<std::vector<Sequence>> MemoryImpl::unpurged(const Task& task)
{
    std::set<NamespaceId> held; // whole namespaces: what was forgotten in them before the hold stays
    for (const LegalHold& hold : m_core.compliance.holds()) {
        if (hold.document.isNull()) {
            held.insert(hold.space);
        }
    }
    std::vector<Sequence> forgotten;
    std::set<Sequence> kept;
    std::set<Sequence> purged;
    CARMA_TRY(m_core.log->scan(
        0, kNoSequence,
        [&](const log::ScanItem& item) -> Result<bool> {
            if (item.header != nullptr && item.header->purged()) {
                purged.insert(item.sequence);
            } else if (item.header != nullptr && held.contains(item.header->space)) {
                kept.insert(item.sequence);
            } else if (item.header != nullptr && item.header->type == log::RecordType::Forget) {
                CARMA_TRY_ASSIGN(const ForgetBody body, decodeForget(item.body));
                forgotten.insert(forgotten.end(), body.sequences.begin(), body.sequences.end());
            }
            return true;
        },
        task));
    std::erase_if(forgotten, [&](Sequence sequence) { return purged.contains(sequence); });
    if (std::ranges::any_of(forgotten, [&](Sequence sequence) { return kept.contains(sequence); })) {
        return m_core.refuse(noteOf("memory.purge", {}),
            {ErrorCode::InvalidArgument, "some of what was forgotten is under a legal hold (carma audit holds); nothing was purged"});
    }
    return forgotten;
}

Result<ForgetReport> MemoryImpl::purgeForgotten(ForgetReport report, const Task& task)
{
    CARMA_TRY(m_core.compliance.follow(m_core.journal()));
    CARMA_TRY_ASSIGN(std::vector<Sequence> sequences, unpurged(task));
    if (!sequences.empty()) {
        // Before the first byte goes: without the entry nothing is purged.
        CARMA_TRY(m_core.appendAudited({}, noteOf("memory.purge", std::to_string(sequences.size()) + " records")));
    }
    if (!m_searcher.cache().clear()) {
        return Error{ErrorCode::Io, "the cache of embeddings cannot be deleted: " + std::string(EmbeddingCache::kPath)};
    }
    CARMA_TRY_ASSIGN(const log::PurgeOutcome purged, m_core.log->purge(std::move(sequences), task));
    CARMA_TRY(m_core.follow(Task{}));
    report.recordsPurged = purged.records;
    report.segmentsRewritten = purged.segments;
    return report;
}

void MemoryImpl::countForgotten(const std::map<NamespaceId, std::uint64_t>& forgotten)
{
    for (const auto& [space, count] : forgotten) {
        if (const auto keys = m_core.log->keys().find(space); keys.has_value()) {
            m_core.metering().count((*keys)->name, billing::Measure::Forgotten, count);
            m_core.metering().changed((*keys)->name);
        }
    }
    m_core.metering().settle();
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
    CARMA_TRY(checkHolds(ids));
    ForgetBody all;
    std::vector<NamespaceId> spaces;
    std::map<NamespaceId, std::uint64_t> forgotten; // passages, for the meter
    for (const FragmentId& id : ids) {
        const std::size_t documents = all.documents.size();
        const std::size_t single = all.fragments.size();
        CARMA_TRY(collectForgotten(id, all, spaces));
        std::uint64_t& count = forgotten[spaces.back()];
        count += all.fragments.size() - single;
        for (std::size_t i = documents; i < all.documents.size(); ++i) {
            CARMA_TRY_ASSIGN(const auto passages, m_core.catalog->fragmentsOf(all.documents[i]));
            count += passages.size();
        }
    }
    CARMA_TRY(collectGuesses(all));
    ForgetReport report;
    report.documents = all.documents.size();
    for (const auto& [space, count] : forgotten) {
        report.fragments += count;
    }
    m_views.clear();
    for (const NamespaceId& space : std::set<NamespaceId>(spaces.begin(), spaces.end())) {
        m_searcher.forget(space);
    }
    CARMA_TRY_ASSIGN(std::vector<Bytes> entries, forgetEntries(ids, all.sequences.size()));
    ForgetBody part;
    const auto write = [&]() -> Result<void> {
        const Bytes bytes = encodeForget(part);
        std::vector<log::NewRecord> records{{log::RecordType::Forget, NamespaceId{}, bytes}};
        for (const Bytes& entry : entries) {
            records.push_back({log::RecordType::Audit, NamespaceId{}, entry});
        }
        part = {};
        CARMA_TRY(m_core.append(records));
        entries.clear();
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
    for (const NamespaceId& space : std::set<NamespaceId>(spaces.begin(), spaces.end())) {
        m_searcher.forget(space); // a query, or a change of the embedder, may have read it meanwhile
    }
    countForgotten(forgotten);
    if (!options.now) {
        report.pending = all.sequences.size();
        return report;
    }
    return purgeForgotten(report, task);
}

} // namespace carma::store
