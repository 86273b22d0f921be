// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/document_writer.h"

#include "base/byte_io.h"

#include <algorithm>

namespace carma::store {

namespace {

constexpr std::size_t kFlushBytes = 2U << 20U; // bodies appended at once: far past where a sync costs anything
constexpr std::size_t kFlushRecords = 8192;
constexpr std::size_t kTrainingBytes = 1U << 20U; // text before a dictionary is trained, and what it is trained on
constexpr std::size_t kTrainingTexts = 4000;

} // namespace

Result<void> DocumentWriter::queue(log::RecordType type, Bytes body)
{
    m_queuedBytes += body.size();
    m_queue.emplace_back(type, std::move(body));
    if (m_queuedBytes >= kFlushBytes || m_queue.size() >= kFlushRecords) {
        return flush();
    }
    return {};
}

/// The record that makes a document visible, with its audit entry in the same batch.
Result<void> DocumentWriter::queueAudited(log::RecordType type, Bytes body, const journal::AuditNote& note)
{
    CARMA_TRY_ASSIGN(Bytes entry, m_core.auditBody(note));
    m_queuedBytes += entry.size();
    m_queue.emplace_back(log::RecordType::Audit, std::move(entry));
    return queue(type, std::move(body));
}

journal::AuditNote DocumentWriter::noteOf(const FragmentId& document, std::string detail, const FragmentId& replaces) const
{
    journal::AuditNote note;
    note.action = replaces.isNull() ? "memory.add" : "memory.update";
    note.object = toString(document);
    note.space = m_space;
    note.detail = std::move(detail);
    return note;
}

Result<void> DocumentWriter::flush()
{
    if (m_queue.empty()) {
        return {};
    }
    std::vector<log::NewRecord> records;
    records.reserve(m_queue.size());
    for (const auto& [type, body] : m_queue) {
        records.push_back({type, type == log::RecordType::Audit ? NamespaceId{} : m_space, body});
        m_textBytes += type == log::RecordType::Fragment ? body.size() : 0;
    }
    const auto appended = m_core.append(records);
    m_queue.clear();
    m_queuedBytes = 0;
    if (!appended.has_value()) {
        return appended.error();
    }
    return m_textBytes >= kTrainingBytes && !m_dictionaryTried ? trainDictionary() : Result<void>{};
}

/// Appends records whose sequences are needed at once.
Result<std::vector<Sequence>> DocumentWriter::appendNow(log::RecordType type, const std::vector<Bytes>& bodies)
{
    std::vector<Sequence> sequences;
    for (const Bytes& body : bodies) {
        const log::NewRecord record{type, m_space, body};
        CARMA_TRY_ASSIGN(const Sequence first, m_core.append(std::span(&record, 1)));
        sequences.push_back(first);
    }
    return sequences;
}

Result<void> DocumentWriter::addPassages(const FragmentId& id, const ingest::Draft& draft)
{
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < draft.nodes.size(); ++i) {
        const ingest::Node& node = draft.nodes[i];
        if (node.level != ingest::Level::Passage) {
            continue;
        }
        FragmentBody body;
        body.document = id;
        body.node = static_cast<std::uint32_t>(i);
        body.parent = node.parent;
        body.order = node.order;
        body.number = number++;
        body.offset = node.offset;
        body.timeUs = node.timeUs;
        body.text = draft.text.substr(node.offset, node.bytes);
        CARMA_TRY(queue(log::RecordType::Fragment, encodeFragment(body)));
    }
    return {};
}

Result<std::vector<Sequence>> DocumentWriter::addPieces(const FragmentId& id, ByteView original)
{
    std::vector<Sequence> sequences;
    for (std::size_t at = 0; at < original.size(); at += kPieceBytes) {
        Bytes body;
        ByteWriter writer(body);
        writer.number(std::uint8_t{1});
        writer.id(id);
        writer.number(static_cast<std::uint32_t>(at / kPieceBytes));
        writer.raw(original.subspan(at, std::min(kPieceBytes, original.size() - at)));
        std::vector<Bytes> one;
        one.push_back(std::move(body));
        CARMA_TRY_ASSIGN(const auto sequence, appendNow(log::RecordType::OriginalPiece, one));
        sequences.push_back(sequence.front());
    }
    return sequences;
}

Result<std::vector<Sequence>> DocumentWriter::addNodeParts(const FragmentId& id, const std::vector<ingest::Node>& nodes)
{
    std::vector<Bytes> parts;
    for (std::size_t at = kNodesARecord; at < nodes.size(); at += kNodesARecord) {
        parts.push_back(encodeNodePart(id, std::span(nodes).subspan(at, std::min(kNodesARecord, nodes.size() - at))));
    }
    return appendNow(log::RecordType::Document, parts);
}

Result<FragmentId> DocumentWriter::add(const ingest::Draft& draft, const Source& source)
{
    DocumentBody body;
    body.id = m_core.newDocumentId();
    body.path = source.path;
    body.title = source.title.empty() ? draft.title : source.title;
    body.mediaType = draft.mediaType;
    body.externalId = source.externalId;
    body.tags = draft.tags;
    body.tags.insert(body.tags.end(), source.tags.begin(), source.tags.end());
    body.metadata = draft.metadata;
    body.digest = crypto::sha256(source.original);
    body.originalBytes = source.original.size();
    body.modifiedUs = source.modifiedUs;
    body.replaces = source.replaces;
    body.textIsOriginal = draft.textIsOriginal;
    body.passages = static_cast<std::uint32_t>(
        std::ranges::count_if(draft.nodes, [](const ingest::Node& node) { return node.level == ingest::Level::Passage; }));
    CARMA_TRY(addPassages(body.id, draft));
    if (!draft.textIsOriginal && source.keepOriginal) {
        body.pieces = source.sharedPieces;
        if (body.pieces.empty()) {
            CARMA_TRY(flush());
            CARMA_TRY_ASSIGN(body.pieces, addPieces(body.id, source.original));
        }
    }
    if (draft.nodes.size() > kNodesARecord) {
        CARMA_TRY(flush());
        CARMA_TRY_ASSIGN(body.nodeParts, addNodeParts(body.id, draft.nodes));
    }
    body.nodes.assign(draft.nodes.begin(), draft.nodes.begin() + static_cast<std::ptrdiff_t>(std::min(draft.nodes.size(), kNodesARecord)));
    journal::AuditNote audit = noteOf(body.id, body.path.empty() ? body.title : body.path, body.replaces);
    audit.after = body.digest;
    CARMA_TRY(queueAudited(log::RecordType::Document, encodeDocument(body), audit));
    return body.id;
}

Result<FragmentId> DocumentWriter::addNote(FragmentBody note)
{
    note.document = m_core.newDocumentId();
    note.node = kNotePassage;
    note.parent = kNoteSection;
    note.lone = true;
    journal::AuditNote audit = noteOf(note.document, note.title, note.replaces);
    audit.after = crypto::sha256(asBytes(note.text));
    CARMA_TRY(queueAudited(log::RecordType::Fragment, encodeFragment(note), audit));
    return note.document;
}

/// Trains the namespace's dictionary on its first texts, once there is enough of them.
Result<void> DocumentWriter::trainDictionary()
{
    m_dictionaryTried = true;
    CARMA_TRY_ASSIGN(const auto keys, m_core.log->keys().find(m_space));
    if (keys->newest() != nullptr) {
        return {};
    }
    CARMA_TRY_ASSIGN(const auto rows, m_core.catalog->fragments(m_space, 0, kTrainingTexts));
    std::vector<std::string> texts;
    std::size_t bytes = 0;
    for (const catalog::FragmentRow& row : rows) {
        const auto record = m_core.log->read(row.sequence);
        if (!record.has_value() || bytes >= kTrainingBytes) {
            continue;
        }
        CARMA_TRY_ASSIGN(FragmentBody body, decodeFragment(record->body));
        bytes += body.text.size();
        texts.push_back(std::move(body.text));
    }
    const std::vector<std::string_view> views(texts.begin(), texts.end());
    const auto trained = log::trainDictionary(views);
    if (!trained.has_value()) {
        return {}; // texts without anything in common: records are compressed on their own
    }
    CARMA_TRY_ASSIGN(const std::uint32_t number, m_core.log->keys().addDictionary(m_space, *trained));
    Bytes body;
    ByteWriter writer(body);
    writer.number(std::uint8_t{1});
    writer.number(number);
    writer.blob(*trained);
    const log::NewRecord record{log::RecordType::Dictionary, m_space, body};
    CARMA_TRY(m_core.append(std::span(&record, 1)));
    return {};
}

} // namespace carma::store
