// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph/graph.h"

#include "app/text.h"
#include "graph/tree_places.h"

#include <algorithm>
#include <cmath>

namespace carma::gui {

namespace {

constexpr float kNearMin = 0.2F; // less alike is no neighbour
constexpr float kNearPassageMin = 0.4F;
constexpr qsizetype kTitleLetters = 120;

QString titleOf(const DocumentSummary& document)
{
    if (!document.title.empty()) {
        return oneLine(text(document.title), kTitleLetters);
    }
    const QString path = text(document.path);
    return path.isEmpty() ? text(toString(document.id)) : oneLine(path.section('/', -1), kTitleLetters);
}

NodeHealth healthOf(const TreeNode& part) { return part.state == FragmentState::Placeholder ? NodeHealth::Placeholder : NodeHealth::Exact; }

std::uint64_t pairOf(NodeIndex one, NodeIndex other)
{
    return (static_cast<std::uint64_t>(std::min(one, other)) << 32U) | std::max(one, other);
}

} // namespace

NodeHealth healthOf(const DocumentSummary& document)
{
    const bool nothingLeft = document.passages > 0 && document.placeholders >= document.passages;
    if (document.state == FragmentState::Placeholder || nothingLeft) {
        return NodeHealth::Placeholder;
    }
    if (document.placeholders > 0) {
        return NodeHealth::Partly;
    }
    const auto has = [&document](const char* tag) { return std::ranges::find(document.tags, tag) != document.tags.end(); };
    return has("hypothesis") ? NodeHealth::Hypothesis : has("recovered") ? NodeHealth::Recovered : NodeHealth::Exact;
}

float radiusOf(std::uint32_t passages) { return 0.5F + 1.1F * std::sqrt(static_cast<float>(std::max(passages, 1U))); }

NodeIndex Graph::append(GraphNode node)
{
    const auto index = static_cast<NodeIndex>(m_nodes.size());
    m_byId.emplace(node.id, index);
    m_nodes.push_back(std::move(node));
    m_x.push_back(0);
    m_y.push_back(0);
    return index;
}

NodeIndex Graph::find(const FragmentId& id) const
{
    const auto found = m_byId.find(id);
    return found == m_byId.end() ? kNoNode : found->second;
}

bool Graph::passes(const GraphNode& document) const
{
    return (m_filter.space.isEmpty() || document.space == m_filter.space) &&
        (!m_filter.damagedOnly || document.health >= NodeHealth::Hypothesis) && document.timeUs >= m_filter.sinceUs;
}

NodeIndex Graph::add(const DocumentSummary& document, bool& isNew)
{
    NodeIndex index = find(document.id);
    isNew = index == kNoNode;
    if (isNew) {
        GraphNode made;
        made.id = document.id;
        index = append(std::move(made));
        m_nodes[index].owner = index;
        m_nodes[index].body = static_cast<std::uint32_t>(m_documents.size());
        m_documents.push_back(index);
    }
    GraphNode& node = m_nodes[index];
    node.title = titleOf(document);
    node.path = text(document.path);
    node.space = text(document.space);
    node.health = healthOf(document);
    node.passages = document.passages;
    node.damaged = document.placeholders;
    node.radius = radiusOf(document.passages);
    node.timeUs = document.modifiedUs != 0 ? document.modifiedUs : document.createdUs;
    node.bytes = document.bytes;
    node.passes = passes(node);
    return index;
}

void Graph::add(const DocumentTree& tree)
{
    const NodeIndex document = find(tree.document.id);
    if (document == kNoNode) {
        return;
    }
    if (m_nodes[document].hasTree) {
        updateParts(tree);
        return;
    }
    m_nodes[document].hasTree = true;
    const std::vector<PartPlace> places = partPlaces(tree, m_nodes[document].radius);
    std::vector<NodeIndex> indexes(tree.nodes.size(), kNoNode);
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < tree.nodes.size(); ++i) {
        const TreeNode& part = tree.nodes[i];
        if (part.level == TreeLevel::Document || part.level == TreeLevel::Sentences || part.state == FragmentState::Forgotten) {
            indexes[i] = part.level == TreeLevel::Document ? document : kNoNode;
            continue;
        }
        GraphNode node;
        node.id = part.id;
        node.kind = part.level == TreeLevel::Section ? NodeKind::Section : NodeKind::Passage;
        node.health = healthOf(part);
        number += node.kind == NodeKind::Passage ? 1U : 0U;
        node.title = !part.title.empty() ? oneLine(text(part.title), kTitleLetters) : QString::number(number);
        node.path = m_nodes[document].path;
        node.space = m_nodes[document].space;
        node.owner = document;
        node.parent = part.parent < i ? indexes[part.parent] : document;
        node.radius = places[i].radius;
        node.dx = places[i].x;
        node.dy = places[i].y;
        node.timeUs = part.timeUs;
        node.bytes = part.bytes;
        const NodeIndex parent = node.parent == kNoNode ? document : node.parent;
        indexes[i] = append(std::move(node));
        m_x.back() = m_x[document] + m_nodes.back().dx;
        m_y.back() = m_y[document] + m_nodes.back().dy;
        m_edges.push_back({parent, indexes[i], EdgeKind::Tree, 1});
    }
}

void Graph::updateParts(const DocumentTree& tree)
{
    for (const TreeNode& part : tree.nodes) {
        const NodeIndex index = find(part.id);
        if (index != kNoNode && m_nodes[index].kind != NodeKind::Document) {
            m_nodes[index].health = healthOf(part);
        }
    }
}

NodeIndex Graph::standIn(const FragmentId& part, const FragmentId& document) const
{
    const NodeIndex index = find(part);
    return index != kNoNode ? index : find(document);
}

void Graph::addPassageNeighbours(std::span<const Neighbour> found)
{
    for (const Neighbour& each : found) {
        const NodeIndex from = standIn(each.from, each.fromDocument);
        const NodeIndex to = standIn(each.to, each.toDocument);
        if (from == kNoNode || to == kNoNode || from == m_nodes[from].owner || each.similarity < kNearPassageMin) {
            continue;
        }
        if (m_pairs.insert(pairOf(from, to)).second) {
            m_edges.push_back({from, to, EdgeKind::Neighbour, std::min(each.similarity, 1.0F)});
        }
    }
}

std::vector<GraphEdge> Graph::addNeighbours(std::span<const Neighbour> found)
{
    std::vector<GraphEdge> fresh;
    for (const Neighbour& each : found) {
        const NodeIndex from = find(each.fromDocument);
        const NodeIndex to = find(each.toDocument);
        if (from == kNoNode || to == kNoNode || from == to || each.similarity < kNearMin) {
            continue;
        }
        if (m_pairs.insert(pairOf(from, to)).second) {
            fresh.push_back({from, to, EdgeKind::Neighbour, std::min(each.similarity, 1.0F)});
            m_edges.push_back(fresh.back());
        }
    }
    return fresh;
}

void Graph::clear()
{
    const GraphFilter filter = m_filter;
    *this = {};
    m_filter = filter;
}

void Graph::keepOnly(const std::unordered_set<FragmentId>& alive)
{
    for (const NodeIndex index : m_documents) {
        GraphNode& node = m_nodes[index];
        node.passes = passes(node) && alive.contains(node.id);
        node.open = node.open && node.passes;
    }
}

void Graph::setFilter(const GraphFilter& filter)
{
    m_filter = filter;
    for (const NodeIndex index : m_documents) {
        m_nodes[index].passes = passes(m_nodes[index]);
    }
}

void Graph::placeParts()
{
    for (std::size_t i = 0; i < m_nodes.size(); ++i) {
        const GraphNode& node = m_nodes[i];
        if (node.kind != NodeKind::Document) {
            m_x[i] = m_x[node.owner] + node.dx;
            m_y[i] = m_y[node.owner] + node.dy;
        }
    }
}

void Graph::moveDocument(NodeIndex document, double x, double y)
{
    place(document, static_cast<float>(x), static_cast<float>(y));
    placeParts();
}

bool Graph::isShown(NodeIndex index) const
{
    const GraphNode& node = m_nodes[index];
    const GraphNode& owner = m_nodes[node.owner];
    return owner.passes && owner.body < m_placed && (node.kind == NodeKind::Document || owner.open);
}

QRectF Graph::bounds() const
{
    QRectF all;
    for (const NodeIndex index : m_documents) {
        if (isShown(index)) {
            const double radius = static_cast<double>(m_nodes[index].radius);
            const QPointF at = place(index);
            all |= QRectF(at.x() - radius, at.y() - radius, 2 * radius, 2 * radius);
        }
    }
    return all;
}

std::vector<NodeIndex> Graph::partsOf(NodeIndex document) const
{
    std::vector<NodeIndex> parts;
    for (NodeIndex i = 0; i < m_nodes.size(); ++i) {
        if (m_nodes[i].owner == document && i != document) {
            parts.push_back(i);
        }
    }
    return parts;
}

} // namespace carma::gui
