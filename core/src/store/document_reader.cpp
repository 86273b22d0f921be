// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/document_reader.h"

#include <algorithm>

namespace carma::store {

namespace {

constexpr std::size_t kPieceHeadBytes = 1 + 16 + 4; // version, document, number

FragmentState stateOf(catalog::State state)
{
    switch (state) {
    case catalog::State::Exact: return FragmentState::Exact;
    case catalog::State::Lost: return FragmentState::Placeholder;
    case catalog::State::Forgotten: return FragmentState::Forgotten;
    }
    return FragmentState::Placeholder;
}

} // namespace

/// What is known of a tree whose record is damaged: one section, and the passages with their places.
LoadedTree DocumentReader::treeOfPassages(const catalog::DocumentRow& row)
{
    LoadedTree tree;
    tree.row = row;
    tree.treeIsComplete = false;
    const auto rows = m_core.catalog->fragmentsOf(row.id);
    std::uint32_t last = kNotePassage;
    if (rows.has_value()) {
        for (const catalog::FragmentRow& passage : *rows) {
            last = std::max(last, nodeNumber(passage.id));
        }
    }
    tree.nodes.resize(std::size_t{last} + 1);
    std::uint64_t end = 0;
    for (std::size_t i = 1; i < tree.nodes.size(); ++i) {
        tree.nodes[i].level = ingest::Level::Section;
    }
    if (rows.has_value()) {
        for (const catalog::FragmentRow& passage : *rows) {
            ingest::Node& node = tree.nodes[nodeNumber(passage.id)];
            node = {ingest::Level::Passage, nodeNumber(passage.parent), passage.order, passage.offset, passage.bytes, {}, passage.timeUs};
            end = std::max(end, passage.offset + passage.bytes);
        }
    }
    for (std::size_t i = 0; i < tree.nodes.size(); ++i) {
        if (tree.nodes[i].level != ingest::Level::Passage) {
            tree.nodes[i].bytes = i == 0 ? end : 0;
        }
    }
    return tree;
}

Result<std::shared_ptr<LoadedTree>> DocumentReader::loadTree(const catalog::DocumentRow& row)
{
    const auto record = m_core.log->read(row.sequence);
    if (!record.has_value()) {
        return std::make_shared<LoadedTree>(treeOfPassages(row));
    }
    auto tree = std::make_shared<LoadedTree>();
    tree->row = row;
    if (record->header.type == log::RecordType::Fragment) {
        CARMA_TRY_ASSIGN(const FragmentBody note, decodeFragment(record->body));
        tree->textIsOriginal = true;
        tree->nodes.resize(kNotePassage + 1);
        for (std::uint32_t i = 0; i <= kNotePassage; ++i) {
            tree->nodes[i].level = static_cast<ingest::Level>(i);
            tree->nodes[i].parent = i == 0 ? 0 : i - 1;
            tree->nodes[i].bytes = note.text.size();
        }
        return tree;
    }
    CARMA_TRY_ASSIGN(DocumentBody body, decodeDocument(record->body));
    tree->textIsOriginal = body.textIsOriginal;
    tree->nodes = std::move(body.nodes);
    for (const Sequence part : body.nodeParts) {
        const auto more = m_core.log->read(part);
        if (!more.has_value()) {
            return std::make_shared<LoadedTree>(treeOfPassages(row));
        }
        CARMA_TRY_ASSIGN(const auto nodes, decodeNodePart(more->body, row.id));
        tree->nodes.insert(tree->nodes.end(), nodes.begin(), nodes.end());
    }
    for (std::size_t i = 0; i < tree->nodes.size(); ++i) {
        if (tree->nodes[i].parent > i) {
            return Error{ErrorCode::Corruption, "the tree of document " + toString(row.id) + " is not in order"};
        }
    }
    return tree;
}

Result<std::shared_ptr<const LoadedTree>> DocumentReader::tree(const FragmentId& document)
{
    CARMA_TRY_ASSIGN(const auto row, m_core.catalog->document(document));
    if (!row) {
        return Error{ErrorCode::NotFound, "there is no document " + toString(document)};
    }
    {
        const std::lock_guard guard(m_mutex);
        if (m_last != nullptr && m_last->row.id == document && m_last->row.sequence == row->sequence && m_last->treeIsComplete &&
            m_last->row.state == row->state && m_last->row.lost == row->lost && m_last->row.current == row->current) {
            return m_last;
        }
    }
    CARMA_TRY_ASSIGN(std::shared_ptr<const LoadedTree> loaded, loadTree(*row));
    const std::lock_guard guard(m_mutex);
    m_last = loaded;
    return loaded;
}

Result<std::string> DocumentReader::passageText(const catalog::FragmentRow& row)
{
    CARMA_TRY_ASSIGN(const log::LogRecord record, m_core.log->read(row.sequence));
    CARMA_TRY_ASSIGN(FragmentBody body, decodeFragment(record.body));
    if (record.header.type != log::RecordType::Fragment || body.document.plus(body.node) != row.id) {
        return Error{ErrorCode::Corruption, "the catalog and the log disagree about fragment " + toString(row.id)};
    }
    return std::move(body.text);
}

Result<DocumentReader::RangeText> DocumentReader::rangeText(const FragmentId& document, std::uint64_t offset, std::uint64_t bytes)
{
    CARMA_TRY_ASSIGN(const auto rows, m_core.catalog->fragmentsOf(document));
    RangeText range;
    for (const catalog::FragmentRow& row : rows) {
        if (row.offset >= offset + bytes || row.offset + row.bytes <= offset) {
            continue;
        }
        const auto text = passageText(row);
        if (!text.has_value()) {
            ++range.missing;
            continue;
        }
        const std::uint64_t from = std::max(offset, row.offset) - row.offset;
        const std::uint64_t to = std::min(offset + bytes, row.offset + row.bytes) - row.offset;
        range.text += std::string_view(*text).substr(from, to - from);
    }
    return range;
}

Result<std::string> DocumentReader::joinPieces(const catalog::DocumentRow& row)
{
    std::string bytes;
    bytes.reserve(row.originalBytes);
    for (std::size_t i = 0; i < row.pieces.size(); ++i) {
        const auto record = m_core.log->read(row.pieces[i]);
        if (!record.has_value()) {
            return Error{record.error().code,
                "piece " + std::to_string(i + 1) + " of " + std::to_string(row.pieces.size()) + " of the original cannot be read"};
        }
        if (record->header.type != log::RecordType::OriginalPiece || record->body.size() < kPieceHeadBytes) {
            return Error{ErrorCode::Corruption, "the catalog and the log disagree about the original of " + toString(row.id)};
        }
        bytes += asText(ByteView(record->body).subspan(kPieceHeadBytes));
    }
    return bytes;
}

Result<std::string> DocumentReader::original(const FragmentId& document)
{
    CARMA_TRY_ASSIGN(const auto loaded, tree(document));
    const catalog::DocumentRow& row = loaded->row;
    std::string bytes;
    if (!row.pieces.empty()) {
        CARMA_TRY_ASSIGN(bytes, joinPieces(row));
    } else if (loaded->textIsOriginal || !loaded->treeIsComplete) {
        CARMA_TRY_ASSIGN(RangeText range, rangeText(document, 0, ~std::uint64_t{0} >> 1U));
        if (range.missing > 0) {
            return Error{
                ErrorCode::Corruption, std::to_string(range.missing) + " of " + std::to_string(row.fragments) + " passages cannot be read"};
        }
        bytes = std::move(range.text);
    } else {
        return Error{ErrorCode::NotFound, "its original was not kept (--no-originals)"};
    }
    if (crypto::sha256(asBytes(bytes)) != row.digest) {
        return Error{ErrorCode::Corruption, "its bytes do not match the recorded digest"};
    }
    return bytes;
}

DocumentSummary DocumentReader::summary(const catalog::DocumentRow& row)
{
    DocumentSummary summary;
    summary.id = row.id;
    const auto keys = m_core.log->keys().find(row.space);
    summary.space = keys.has_value() ? (*keys)->name : std::string();
    summary.path = row.path;
    summary.title = row.title;
    summary.mediaType = row.mediaType;
    summary.externalId = row.externalId;
    summary.tags = row.tags;
    summary.bytes = row.originalBytes;
    summary.createdUs = row.createdUs;
    summary.modifiedUs = row.modifiedUs;
    summary.passages = row.fragments;
    summary.placeholders = row.lost;
    summary.current = row.current;
    summary.state = stateOf(row.state);
    return summary;
}

std::string DocumentReader::place(const LoadedTree& tree, std::uint32_t node, std::uint32_t number) const
{
    std::string place;
    std::string last = tree.row.title;
    for (std::uint32_t at = node; at != 0 && at < tree.nodes.size(); at = tree.nodes[at].parent) {
        const std::string& title = tree.nodes[at].title;
        if (!title.empty() && title != last) {
            place = place.empty() ? title : title + ", " + place;
            last = title;
        }
    }
    const std::string passage = "passage " + std::to_string(number + 1) + " of " + std::to_string(tree.row.fragments);
    return place.empty() ? passage : place + ", " + passage;
}

} // namespace carma::store
