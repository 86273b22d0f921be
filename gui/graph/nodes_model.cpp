// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph/nodes_model.h"

#include "app/theme.h"
#include "graph/node_sprites.h"

#include <QIcon>
#include <QPainter>
#include <QPixmap>

#include <algorithm>
#include <map>

namespace carma::gui {

namespace {
constexpr int kIcon = 16;

QIcon iconOf(NodeKind kind, NodeHealth health)
{
    QPixmap image(2 * kIcon, 2 * kIcon); // sharp at 200 %
    image.setDevicePixelRatio(2);
    image.fill(Qt::transparent);
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    paintNode(painter, {kIcon / 2.0, kIcon / 2.0}, kIcon / 2.0 - 1.5, kind, health, tones());
    return image;
}

} // namespace

NodesModel::NodesModel(const Graph& graph, QObject* parent) : QAbstractListModel(parent), m_graph(graph) {}

void NodesModel::setNodes(std::vector<NodeIndex> nodes)
{
    beginResetModel();
    m_nodes = std::move(nodes);
    endResetModel();
}

int NodesModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(m_nodes.size()); }

QVariant NodesModel::data(const QModelIndex& index, int role) const
{
    const NodeIndex at = index.isValid() ? node(index.row()) : kNoNode;
    if (at >= m_graph.size()) {
        return {};
    }
    const GraphNode& one = m_graph.node(at);
    const bool isPart = one.kind != NodeKind::Document;
    const QString owner = m_graph.node(one.owner).title;
    switch (role) {
    case Qt::DisplayRole: return isPart ? QString("%1 %2, %3").arg(nameOf(one.kind), one.title, owner) : one.title;
    case Qt::ToolTipRole: return one.path.isEmpty() ? one.title : one.path;
    case Qt::AccessibleTextRole: return QString("%1, %2, %3").arg(isPart ? owner : one.title, nameOf(one.kind), nameOf(one.health));
    case Qt::DecorationRole: return iconOf(one.kind, one.health);
    default: return {};
    }
}

std::vector<NodeIndex> nodesWith(const Graph& graph, const QString& words, std::size_t limit)
{
    std::vector<NodeIndex> found;
    const QString wanted = words.trimmed();
    if (wanted.isEmpty()) {
        return found;
    }
    for (const bool parts : {false, true}) {
        for (NodeIndex i = 0; i < graph.size() && found.size() < limit; ++i) {
            const GraphNode& node = graph.node(i);
            if ((node.kind != NodeKind::Document) != parts || (parts && node.kind == NodeKind::Passage) || !graph.node(node.owner).passes) {
                continue; // passages have no titles
            }
            if (node.title.contains(wanted, Qt::CaseInsensitive) || (!parts && node.path.contains(wanted, Qt::CaseInsensitive))) {
                found.push_back(i);
            }
        }
    }
    return found;
}

std::vector<NodeIndex> neighboursOf(const Graph& graph, NodeIndex node)
{
    std::map<NodeIndex, float> best;
    const bool isDocument = graph.node(node).kind == NodeKind::Document;
    for (const GraphEdge& edge : graph.edges()) {
        if (edge.kind != EdgeKind::Neighbour) {
            continue;
        }
        const auto isOurs = [&](NodeIndex end) { return isDocument ? graph.node(end).owner == node : end == node; };
        if (isOurs(edge.from) == isOurs(edge.to)) {
            continue;
        }
        const NodeIndex end = isOurs(edge.from) ? edge.to : edge.from;
        float& weight = best[isDocument ? graph.node(end).owner : end];
        weight = std::max(weight, edge.weight);
    }
    std::vector<NodeIndex> nodes;
    for (const auto& [other, weight] : best) {
        if (graph.node(graph.node(other).owner).passes) {
            nodes.push_back(other);
        }
    }
    std::ranges::stable_sort(nodes, [&best](NodeIndex a, NodeIndex b) { return best.at(a) > best.at(b); });
    return nodes;
}

} // namespace carma::gui
