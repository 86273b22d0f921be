// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/memory.h>

#include <QPointF>
#include <QRectF>
#include <QString>

#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace carma::gui {

using NodeIndex = std::uint32_t;
inline constexpr NodeIndex kNoNode = ~NodeIndex{0};

enum class NodeKind : std::uint8_t { Document, Section, Passage };
inline constexpr std::size_t kNodeKinds = 3;

/// From the best to the worst, which are drawn last.
enum class NodeHealth : std::uint8_t {
    Exact,
    Recovered,  ///< a document that says what a lost passage held, proven by a digest
    Hypothesis, ///< the same, but a guess
    Partly,     ///< some passages cannot be read
    Placeholder ///< it cannot be read, or nothing of it
};
inline constexpr std::size_t kNodeHealths = 5;

struct GraphNode {
    FragmentId id;
    QString title; ///< for people; never empty
    QString path, space;
    NodeKind kind = NodeKind::Document;
    NodeHealth health = NodeHealth::Exact;
    NodeIndex owner = kNoNode;  ///< its document; a document's is itself
    NodeIndex parent = kNoNode; ///< the level above; none for documents
    std::uint32_t passages = 1, damaged = 0;
    std::uint32_t body = 0; ///< of documents: their number among documents
    float radius = 1;       ///< world units
    float dx = 0, dy = 0;   ///< from the middle of the document
    std::int64_t timeUs = 0;
    std::uint64_t bytes = 0;
    bool hasTree = false; ///< of documents: their parts are nodes
    bool open = false;    ///< of documents: their parts are shown
    bool pinned = false;
    bool found = false; ///< by the search
    bool passes = true; ///< the filter, and it is still in the store
};

enum class EdgeKind : std::uint8_t { Tree, Neighbour };

struct GraphEdge {
    NodeIndex from = 0, to = 0;
    EdgeKind kind = EdgeKind::Tree;
    float weight = 1; ///< similarity of neighbours, 0..1
};

struct GraphFilter {
    QString space; ///< all if empty
    bool damagedOnly = false;
    std::int64_t sinceUs = 0; ///< changed then or later
};

/// The documents of a store, the parts of those that were opened, and what leads from one to another. Nodes are never taken away until
/// clear(), so that their numbers hold; what is not in the store any more is not shown. Used from one thread.
class Graph {
public:
    /// Adds a document, or brings it up to date. Returns its node; `isNew` tells which.
    NodeIndex add(const DocumentSummary& document, bool& isNew);
    /// The parts of a document that was added, or how those that are there are now.
    void add(const DocumentTree& tree);
    /// Documents that are alike, as far as they are there. Returns the pairs that were no neighbours before.
    std::vector<GraphEdge> addNeighbours(std::span<const Neighbour> found);
    /// Passages that are alike. A passage that is not there is stood for by its document.
    void addPassageNeighbours(std::span<const Neighbour> found);
    void clear();
    /// Hides documents that are not among `alive`, as nothing else tells that they were forgotten.
    void keepOnly(const std::unordered_set<FragmentId>& alive);

    void setFilter(const GraphFilter& filter);
    [[nodiscard]] const GraphFilter& filter() const { return m_filter; }
    void setOpen(NodeIndex document, bool open) { m_nodes[document].open = open && m_nodes[document].hasTree; }
    void setPinned(NodeIndex document, bool pinned) { m_nodes[document].pinned = pinned; }
    void setFound(NodeIndex node, bool found) { m_nodes[node].found = found; }
    /// Places of documents by their numbers; parts move with them. Fewer than there are documents leave the rest unplaced.
    template <typename Places> void setPlaces(const Places& places)
    {
        for (std::size_t i = 0; i < places.size() && i < m_documents.size(); ++i) {
            place(m_documents[i], places[i].x, places[i].y);
        }
        m_placed = std::max(m_placed, std::min(places.size(), m_documents.size()));
        placeParts();
    }
    void moveDocument(NodeIndex document, double x, double y);

    [[nodiscard]] std::size_t size() const { return m_nodes.size(); }
    [[nodiscard]] const GraphNode& node(NodeIndex index) const { return m_nodes[index]; }
    [[nodiscard]] std::span<const GraphNode> nodes() const { return m_nodes; }
    [[nodiscard]] std::span<const GraphEdge> edges() const { return m_edges; }
    [[nodiscard]] std::span<const NodeIndex> documents() const { return m_documents; }
    [[nodiscard]] QPointF place(NodeIndex index) const { return {static_cast<double>(m_x[index]), static_cast<double>(m_y[index])}; }
    [[nodiscard]] std::span<const float> xs() const { return m_x; }
    [[nodiscard]] std::span<const float> ys() const { return m_y; }
    [[nodiscard]] NodeIndex find(const FragmentId& id) const;
    /// It has a place, passes the filter, and its document is open if it is a part.
    [[nodiscard]] bool isShown(NodeIndex index) const;
    /// Around all documents that are shown; null if there is none.
    [[nodiscard]] QRectF bounds() const;
    [[nodiscard]] std::vector<NodeIndex> partsOf(NodeIndex document) const;

private:
    void place(NodeIndex node, float x, float y)
    {
        m_x[node] = x;
        m_y[node] = y;
    }
    void placeParts();
    void updateParts(const DocumentTree& tree);
    [[nodiscard]] bool passes(const GraphNode& document) const;
    NodeIndex append(GraphNode node);
    NodeIndex standIn(const FragmentId& part, const FragmentId& document) const;

    std::vector<GraphNode> m_nodes;
    std::vector<GraphEdge> m_edges;
    std::vector<NodeIndex> m_documents; ///< in the order in which they came
    std::vector<float> m_x, m_y;
    std::unordered_map<FragmentId, NodeIndex> m_byId;
    std::unordered_set<std::uint64_t> m_pairs; ///< of neighbours, the smaller number first
    std::size_t m_placed = 0;                  ///< documents that have a place
    GraphFilter m_filter;
};

NodeHealth healthOf(const DocumentSummary& document);
/// Of a document's disk: its area grows with its passages.
float radiusOf(std::uint32_t passages);

} // namespace carma::gui
