// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/health_restore.h"

#include "base/byte_io.h"
#include "base/counted.h"
#include "store/hypothesis_records.h"

#include <algorithm>

namespace carma::store {

namespace {

constexpr std::size_t kBatchBytes = 2U << 20U;
constexpr std::size_t kAnchorBytes = 64;   // of the text beside a hole: by them its place in a changed file is found
constexpr std::size_t kCandidatesMax = 16; // places for one hole
constexpr std::size_t kTriesMax = 256;     // ways to fill all holes
constexpr std::size_t kTriedBytesMax = 1U << 30U;

bool hasDigest(std::string_view bytes, const crypto::Digest& digest) { return crypto::sha256(asBytes(bytes)) == digest; }

/// The text as a row of what is there and of holes.
struct Part {
    std::string_view text;
    std::size_t holeBytes = 0;
};

std::vector<Part> partsOf(const DocumentLoss& loss)
{
    std::vector<Part> parts;
    const auto& nodes = loss.tree->nodes;
    for (std::uint32_t i = 0; i < nodes.size(); ++i) {
        if (nodes[i].level != ingest::Level::Passage) {
            continue;
        }
        if (const auto text = loss.texts.find(i); text != loss.texts.end()) {
            parts.push_back({text->second});
        } else if (!parts.empty() && parts.back().holeBytes > 0) {
            parts.back().holeBytes += nodes[i].bytes;
        } else {
            parts.push_back({{}, nodes[i].bytes});
        }
    }
    return parts;
}

/// What stands in `file` where both neighbours of a hole stand at its sides; each text once.
std::vector<std::string_view> candidatesFor(std::span<const Part> parts, std::size_t hole, std::string_view file)
{
    const std::size_t bytes = parts[hole].holeBytes;
    const std::string_view left = hole > 0 ? parts[hole - 1].text : std::string_view();
    const std::string_view right = hole + 1 < parts.size() ? parts[hole + 1].text : std::string_view();
    const std::string_view before = left.substr(left.size() - std::min(left.size(), kAnchorBytes));
    const std::string_view after = right.substr(0, kAnchorBytes);
    std::vector<std::string_view> found;
    if (before.empty() && after.empty()) {
        return found;
    }
    const std::string_view anchor = before.empty() ? after : before;
    for (std::size_t at = file.find(anchor); at != std::string_view::npos && found.size() < kCandidatesMax;
         at = file.find(anchor, at + 1)) {
        const std::size_t begin = before.empty() ? at - std::min(at, bytes) : at + before.size();
        const std::string_view text = file.substr(std::min(begin, file.size()), bytes);
        const std::string_view rest = file.substr(std::min(begin + bytes, file.size()));
        if (text.size() == bytes && rest.starts_with(after) && std::ranges::find(found, text) == found.end()) {
            found.push_back(text);
        }
    }
    return found;
}

bool samePlace(const ingest::Node& a, const ingest::Node& b)
{
    return a.level == b.level && a.parent == b.parent && a.order == b.order && a.offset == b.offset && a.bytes == b.bytes;
}

Bytes pieceBody(const FragmentId& document, std::size_t number, ByteView original)
{
    Bytes body;
    ByteWriter writer(body);
    writer.number(std::uint8_t{1});
    writer.id(document);
    writer.number(static_cast<std::uint32_t>(number));
    writer.raw(original.subspan(number * kPieceBytes, std::min(kPieceBytes, original.size() - number * kPieceBytes)));
    return body;
}

} // namespace

/// Records that are appended a few MiB at a time.
struct Restorer::Batch {
    StoreCore& core;
    NamespaceId space;
    std::vector<std::pair<log::RecordType, Bytes>> records{};
    std::size_t bytes = 0;

    Result<void> add(log::RecordType type, Bytes body)
    {
        bytes += body.size();
        records.emplace_back(type, std::move(body));
        return bytes >= kBatchBytes ? flush() : Result<void>();
    }

    Result<void> flush()
    {
        std::vector<log::NewRecord> fresh;
        for (const auto& [type, body] : records) {
            fresh.push_back({type, type == log::RecordType::Audit ? NamespaceId{} : space, body});
        }
        if (!fresh.empty()) {
            CARMA_TRY(core.append(fresh));
        }
        records.clear();
        bytes = 0;
        return {};
    }
};

Result<DocumentLoss> Restorer::lossOf(const catalog::DocumentRow& row)
{
    DocumentLoss loss;
    CARMA_TRY_ASSIGN(loss.tree, m_reader.tree(row.id));
    CARMA_TRY_ASSIGN(const auto rows, m_core.catalog->fragmentsOf(row.id));
    for (const catalog::FragmentRow& passage : rows) {
        const std::uint32_t node = nodeNumber(passage.id);
        loss.rows.emplace(node, passage);
        auto text = m_reader.passageText(passage);
        if (text.has_value()) {
            loss.texts.emplace(node, *std::move(text));
        } else if (passage.state != catalog::State::Forgotten) {
            loss.lost.insert(node);
        }
    }
    for (std::size_t i = 0; i < loss.row().pieces.size(); ++i) {
        if (!m_core.log->read(loss.row().pieces[i]).has_value()) {
            loss.lostPieces.push_back(i);
        }
    }
    return loss;
}

std::optional<std::string> Restorer::keptOriginal(const DocumentLoss& loss)
{
    if (loss.row().pieces.empty() || !loss.lostPieces.empty()) {
        return std::nullopt;
    }
    auto original = m_reader.original(loss.row().id);
    return original.has_value() ? std::optional(*std::move(original)) : std::nullopt;
}

std::optional<std::string> Restorer::proved(const DocumentLoss& loss, std::string_view file)
{
    if (hasDigest(file, loss.row().digest)) {
        return std::string(file);
    }
    if (!loss.tree->treeIsComplete || !loss.tree->textIsOriginal) {
        return std::nullopt;
    }
    const std::vector<Part> parts = partsOf(loss);
    std::vector<std::vector<std::string_view>> candidates(parts.size());
    for (std::size_t i = 0; i < parts.size(); ++i) {
        candidates[i] = parts[i].holeBytes > 0 ? candidatesFor(parts, i, file) : std::vector{parts[i].text};
        if (candidates[i].empty()) {
            return std::nullopt;
        }
    }
    std::vector<std::size_t> chosen(parts.size());
    const std::size_t triesMax = std::clamp<std::size_t>(kTriedBytesMax / std::max<std::size_t>(1, loss.row().originalBytes), 1, kTriesMax);
    for (std::size_t tries = 0; tries < triesMax; ++tries) {
        std::string whole;
        for (std::size_t i = 0; i < parts.size(); ++i) {
            whole += candidates[i][chosen[i]];
        }
        if (hasDigest(whole, loss.row().digest)) {
            return whole;
        }
        std::size_t place = 0;
        while (place < parts.size() && ++chosen[place] == candidates[place].size()) {
            chosen[place++] = 0;
        }
        if (place == parts.size()) {
            break;
        }
    }
    return std::nullopt;
}

/// The draft that ingest made of these bytes. A newer version of a parser may make another one of them.
Result<ingest::Draft> Restorer::readAgain(const DocumentLoss& loss, std::string_view bytes)
{
    CARMA_TRY_ASSIGN(ingest::Draft draft, ingest::readDocument(loss.row().path, asBytes(bytes), &m_parsers));
    const Error other{ErrorCode::InvalidArgument, "its file is read otherwise by this version of the program than when it was ingested"};
    const auto passages = std::ranges::count(draft.nodes, ingest::Level::Passage, &ingest::Node::level);
    if (passages != static_cast<std::ptrdiff_t>(loss.row().fragments) ||
        (loss.tree->treeIsComplete && !std::ranges::equal(draft.nodes, loss.tree->nodes, samePlace))) {
        return other;
    }
    for (const auto& [number, row] : loss.rows) {
        if (number >= draft.nodes.size()) {
            return other;
        }
        const ingest::Node& node = draft.nodes[number];
        const auto text = loss.texts.find(number);
        if (node.level != ingest::Level::Passage || node.offset != row.offset || node.bytes != row.bytes || node.order != row.order ||
            node.parent != nodeNumber(row.parent) ||
            (text != loss.texts.end() && draft.text.compare(node.offset, node.bytes, text->second) != 0)) {
            return other;
        }
    }
    return draft;
}

Result<void> Restorer::addPassages(const DocumentLoss& loss, const ingest::Draft& draft, Batch& batch)
{
    for (const std::uint32_t number : loss.lost) {
        const ingest::Node& node = draft.nodes[number];
        const catalog::FragmentRow& row = loss.rows.at(number);
        FragmentBody body;
        body.document = row.document;
        body.node = number;
        body.parent = node.parent;
        body.order = node.order;
        body.number = row.number;
        body.offset = node.offset;
        body.timeUs = row.timeUs;
        body.text = draft.text.substr(node.offset, node.bytes);
        CARMA_TRY(batch.add(log::RecordType::HealCycle, encodeRestoration(row.id, {row.sequence})));
        CARMA_TRY(batch.add(log::RecordType::Fragment, encodeFragment(body)));
    }
    return {};
}

/// The pieces that are lost, as records of their own at once: the document's record has to name their sequences.
Result<void> Restorer::addPieces(const DocumentLoss& loss, std::string_view bytes, std::vector<Sequence>& pieces)
{
    for (const std::size_t number : loss.lostPieces) {
        if (number * kPieceBytes >= bytes.size()) {
            return Error{ErrorCode::Corruption, "the original of " + toString(loss.row().id) + " has more pieces than bytes"};
        }
        const Bytes body = pieceBody(loss.row().id, number, asBytes(bytes));
        const log::NewRecord record{log::RecordType::OriginalPiece, loss.row().space, body};
        CARMA_TRY_ASSIGN(pieces[number], m_core.append(std::span(&record, 1)));
    }
    return {};
}

Result<void> Restorer::addDocument(const DocumentLoss& loss, const ingest::Draft& draft, std::vector<Sequence> pieces, Batch& batch)
{
    const catalog::DocumentRow& row = loss.row();
    DocumentBody body;
    if (loss.tree->treeIsComplete) {
        CARMA_TRY_ASSIGN(const log::LogRecord record, m_core.log->read(row.sequence));
        CARMA_TRY_ASSIGN(body, decodeDocument(record.body));
    } else {
        body.id = row.id;
        body.path = row.path;
        body.title = row.title;
        body.mediaType = row.mediaType;
        body.externalId = row.externalId;
        body.tags = row.tags;
        body.metadata = draft.metadata;
        body.digest = row.digest;
        body.originalBytes = row.originalBytes;
        body.modifiedUs = row.modifiedUs;
        body.replaces = row.replaces;
        body.textIsOriginal = draft.textIsOriginal;
        body.passages = row.fragments;
        const std::size_t first = std::min(draft.nodes.size(), kNodesARecord);
        body.nodes.assign(draft.nodes.begin(), draft.nodes.begin() + static_cast<std::ptrdiff_t>(first));
        for (std::size_t at = first; at < draft.nodes.size(); at += kNodesARecord) {
            const auto part = std::span(draft.nodes).subspan(at, std::min(kNodesARecord, draft.nodes.size() - at));
            const Bytes bytes = encodeNodePart(row.id, part);
            const log::NewRecord record{log::RecordType::Document, row.space, bytes};
            CARMA_TRY_ASSIGN(const Sequence sequence, m_core.append(std::span(&record, 1)));
            body.nodeParts.push_back(sequence);
        }
    }
    body.pieces = std::move(pieces);
    std::vector<Sequence> replaced{row.sequence};
    for (const std::size_t number : loss.lostPieces) {
        replaced.push_back(row.pieces[number]);
    }
    CARMA_TRY(batch.add(log::RecordType::HealCycle, encodeRestoration(row.id, replaced)));
    return batch.add(log::RecordType::Document, encodeDocument(body));
}

Result<Restorer::Restored> Restorer::restore(const DocumentLoss& loss, std::string_view bytes, const std::string& source)
{
    CARMA_TRY_ASSIGN(const ingest::Draft draft, readAgain(loss, bytes));
    Restored restored;
    Batch batch{m_core, loss.row().space};
    CARMA_TRY(addPassages(loss, draft, batch));
    restored.passages = static_cast<std::uint32_t>(loss.lost.size());
    const bool piecesGo = !loss.lostPieces.empty() && loss.row().current;
    if (piecesGo || loss.recordIsLost()) {
        std::vector<Sequence> pieces = loss.row().pieces;
        if (piecesGo) {
            CARMA_TRY(addPieces(loss, bytes, pieces));
            restored.pieces = static_cast<std::uint32_t>(loss.lostPieces.size());
        }
        CARMA_TRY(addDocument(loss, draft, std::move(pieces), batch));
        restored.record = loss.recordIsLost();
    }
    journal::AuditNote note;
    note.action = "memory.restore";
    note.object = toString(loss.row().id);
    note.space = loss.row().space;
    note.after = loss.row().digest;
    note.detail = counted(restored.passages, "passage", "passages") + " from " + source;
    CARMA_TRY_ASSIGN(Bytes entry, m_core.auditBody(note));
    CARMA_TRY(batch.add(log::RecordType::Audit, std::move(entry)));
    CARMA_TRY(batch.flush());
    return restored;
}

} // namespace carma::store
