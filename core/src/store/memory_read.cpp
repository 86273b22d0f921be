// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/memory_impl.h"

#include <algorithm>

namespace carma {

std::string_view name(TreeLevel level)
{
    switch (level) {
    case TreeLevel::Document: return "document";
    case TreeLevel::Section: return "section";
    case TreeLevel::Passage: return "passage";
    case TreeLevel::Sentences: return "sentences";
    }
    return "unknown";
}

std::string_view name(FragmentState state)
{
    switch (state) {
    case FragmentState::Exact: return "exact";
    case FragmentState::Placeholder: return "placeholder";
    case FragmentState::Forgotten: return "forgotten";
    }
    return "unknown";
}

namespace store {

namespace {

constexpr std::size_t kListMax = 100'000;
constexpr std::size_t kIdCharacters = 26;

TreeLevel levelOf(ingest::Level level) { return static_cast<TreeLevel>(level); }

} // namespace

Result<std::vector<DocumentSummary>> MemoryImpl::list(const ListOptions& options)
{
    if (options.limit < 1 || options.limit > kListMax) {
        return Error{ErrorCode::InvalidArgument, "a list has 1 to 100,000 entries at a time"};
    }
    CARMA_TRY(m_core.log->refresh());
    catalog::Catalog::DocumentFilter filter;
    filter.oldVersions = options.oldVersions;
    filter.after = options.after;
    filter.limit = options.limit;
    if (options.space) {
        CARMA_TRY_ASSIGN(const auto keys, m_core.space(*options.space));
        filter.space = keys->id;
    }
    CARMA_TRY_ASSIGN(const auto rows, m_core.catalog->documents(filter));
    std::vector<DocumentSummary> summaries;
    for (const catalog::DocumentRow& row : rows) {
        summaries.push_back(m_reader.summary(row));
    }
    return summaries;
}

Result<FragmentId> MemoryImpl::resolve(std::string_view id)
{
    if (id.size() == kIdCharacters) {
        const auto whole = parseId<FragmentId>(id);
        if (whole.has_value()) {
            CARMA_TRY_ASSIGN(const auto document, m_core.catalog->document(documentOf(*whole)));
            if (document) {
                return *whole;
            }
        }
    }
    for (const auto& keys : m_core.log->keys().all()) {
        CARMA_TRY_ASSIGN(const auto byPath, m_core.catalog->documentByPath(keys->id, id));
        if (byPath) {
            return byPath->id;
        }
        CARMA_TRY_ASSIGN(const auto byExternalId, m_core.catalog->documentByExternalId(keys->id, id));
        if (byExternalId) {
            return byExternalId->id;
        }
    }
    constexpr std::size_t kPrefixMin = 6;
    if (id.size() >= kPrefixMin && id.size() < kIdCharacters) {
        const auto completed = m_core.catalog->completeId(id);
        if (completed.has_value() && *completed) {
            return **completed;
        }
        if (!completed.has_value() && completed.error().message.find("ambiguous") != std::string::npos) {
            return completed.error();
        }
    }
    return Error{ErrorCode::NotFound, "nothing here has the id, path or external id '" + std::string(id.substr(0, 200)) + "'"};
}

journal::AuditNote MemoryImpl::noteOfRead(std::string_view action, const FragmentId& id)
{
    journal::AuditNote note;
    note.action = action;
    note.object = toString(id);
    const auto row = m_core.catalog->document(documentOf(id));
    if (row.has_value() && *row && m_core.log->keys().find((*row)->space).has_value()) {
        note.space = (*row)->space;
        note.detail = (*row)->path.empty() ? (*row)->title : (*row)->path;
    }
    return note;
}

Result<void> MemoryImpl::auditQuery(std::string_view text, const QueryOptions& options)
{
    journal::AuditNote note;
    note.action = "memory.query";
    note.detail = text;
    note.subject = options.allSpaces ? std::string() : options.space;
    return m_core.auditRead(note);
}

Result<FragmentView> MemoryImpl::show(const FragmentId& id)
{
    CARMA_TRY(m_core.auditRead(noteOfRead("memory.show", id)));
    return view(id);
}

Result<FragmentView> MemoryImpl::view(const FragmentId& id)
{
    CARMA_TRY_ASSIGN(const auto tree, m_reader.tree(documentOf(id)));
    const std::uint32_t number = nodeNumber(id);
    if (number >= tree->nodes.size()) {
        return Error{ErrorCode::NotFound, "document " + toString(documentOf(id)) + " has no part " + std::to_string(number)};
    }
    const ingest::Node& node = tree->nodes[number];
    FragmentView view;
    view.id = id;
    view.level = levelOf(node.level);
    view.offset = node.offset;
    view.bytes = node.bytes;
    view.timeUs = node.timeUs;
    view.document = m_reader.summary(tree->row);
    view.parent = documentOf(id).plus(node.parent);
    if (tree->row.state == catalog::State::Forgotten) {
        view.state = FragmentState::Forgotten;
        return view;
    }
    if (node.level == ingest::Level::Passage) {
        CARMA_TRY_ASSIGN(const auto row, m_core.catalog->fragment(id));
        if (!row) {
            return Error{ErrorCode::NotFound, "there is no fragment " + toString(id)};
        }
        view.sequence = row->sequence;
        view.place = m_reader.place(*tree, number, row->number);
        if (row->state == catalog::State::Forgotten) {
            view.state = FragmentState::Forgotten;
            return view;
        }
        auto text = m_reader.passageText(*row);
        view.state = text.has_value() ? FragmentState::Exact : FragmentState::Placeholder;
        view.missingPassages = text.has_value() ? 0 : 1;
        view.text = text.has_value() ? *std::move(text) : std::string();
        return view;
    }
    CARMA_TRY_ASSIGN(auto range, m_reader.rangeText(documentOf(id), node.offset, node.bytes));
    view.missingPassages = range.missing;
    view.state = range.missing == 0 ? FragmentState::Exact : FragmentState::Placeholder;
    view.text = std::move(range.text);
    view.place = node.title;
    return view;
}

Result<DocumentTree> MemoryImpl::tree(const FragmentId& document)
{
    CARMA_TRY(m_core.auditRead(noteOfRead("memory.show", document)));
    CARMA_TRY_ASSIGN(const auto loaded, m_reader.tree(documentOf(document)));
    CARMA_TRY_ASSIGN(const auto rows, m_core.catalog->fragmentsOf(documentOf(document)));
    DocumentTree tree;
    tree.document = m_reader.summary(loaded->row);
    const FragmentState whole = tree.document.state;
    for (std::size_t i = 0; i < loaded->nodes.size(); ++i) {
        const ingest::Node& node = loaded->nodes[i];
        tree.nodes.push_back({loaded->row.id.plus(i), levelOf(node.level), node.parent, node.order, node.offset, node.bytes, node.title,
            node.timeUs, whole});
    }
    for (const catalog::FragmentRow& row : rows) {
        const std::uint32_t number = nodeNumber(row.id);
        if (number < tree.nodes.size() && row.state != catalog::State::Exact) {
            tree.nodes[number].state = row.state == catalog::State::Lost ? FragmentState::Placeholder : FragmentState::Forgotten;
        }
    }
    return tree;
}

Result<std::string> MemoryImpl::original(const FragmentId& document)
{
    CARMA_TRY(m_core.auditRead(noteOfRead("memory.show", document)));
    return m_reader.original(documentOf(document));
}

Result<std::vector<NamespaceSummary>> MemoryImpl::namespaces()
{
    CARMA_TRY_ASSIGN(const auto rows, m_core.catalog->namespaces());
    std::vector<NamespaceSummary> summaries;
    for (const catalog::NamespaceRow& row : rows) {
        summaries.push_back({row.id, row.name, row.createdUs, row.documents, row.fragments, row.textBytes});
    }
    return summaries;
}

Result<NamespaceId> MemoryImpl::createNamespace(std::string_view space)
{
    if (m_core.readOnly) {
        return m_core.readOnlyError();
    }
    if (m_core.log->keys().findByName(space) != nullptr) {
        return Error{ErrorCode::AlreadyExists, "the namespace '" + std::string(space) + "' exists already"};
    }
    CARMA_TRY_ASSIGN(const auto created, m_core.spaceOrCreate(space));
    return created->id;
}

} // namespace store

} // namespace carma
