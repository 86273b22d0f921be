// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "frame/page.h"
#include "graph/graph.h"
#include "graph/layout_runner.h"

#include <carma/health.h>

#include <QTimer>

#include <map>
#include <tuple>
#include <unordered_set>

class QComboBox;
class QLabel;
class QLineEdit;
class QListView;
class QPushButton;

namespace carma::gui {

class GraphSource;
class GraphView;
class NodeDetails;
class NodesModel;

/// The store as a graph: documents, their parts once they are near, and what is alike in meaning.
class GraphPage : public Page {
    Q_OBJECT

public:
    explicit GraphPage(Shell& shell);
    void refresh() override;
    void open(const QString& detail) override; ///< the id of a document, which is picked and shown
    void reset() override;

    [[nodiscard]] const Graph& graph() const { return m_graph; }
    [[nodiscard]] GraphView& view() { return *m_view; }
    /// All documents have arrived, their neighbours are known, and nothing moves.
    [[nodiscard]] bool isAtRest();
    /// Writes a picture or a list in the background, as the ending of `path` says.
    void exportTo(const QString& path);
    void pick(NodeIndex node);

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    QWidget* buildBar();
    QWidget* buildView();
    QWidget* buildSide();
    void buildCommands();
    void connectSource();
    void connectView();
    void takeDocuments(const std::vector<DocumentSummary>& page, bool last);
    void takeNeighbours(const std::vector<Neighbour>& found);
    void takeTree(const DocumentTree& tree);
    void takePlaces();
    void wantParts();
    void filterChanged();
    void fillSpaces();
    void search();
    void showFound(std::vector<NodeIndex> found);
    void togglePin(NodeIndex document);
    void setPaused(bool paused);
    void applyPause();
    void askExport();
    void tellState();

    using Signature = std::tuple<std::uint64_t, std::uint64_t, std::uint64_t>; ///< of what is in a store: changes when that does

    Shell& m_shell;
    Graph m_graph;
    LayoutRunner m_layout;
    GraphSource* m_source;
    GraphView* m_view = nullptr;
    NodeDetails* m_details = nullptr;
    NodesModel* m_found;
    QLineEdit* m_search = nullptr;
    QComboBox* m_space = nullptr;
    QComboBox* m_health = nullptr;
    QComboBox* m_time = nullptr;
    QPushButton* m_pause = nullptr;
    QLabel* m_state = nullptr;
    QLabel* m_foundLabel = nullptr;
    QListView* m_foundList = nullptr;
    QTimer m_poll;
    QTimer m_typing;
    Signature m_signature{};
    std::unordered_set<FragmentId> m_alive; ///< of the listing that is under way
    std::vector<FragmentId> m_fresh;        ///< documents that have come with it
    std::unordered_set<FragmentId> m_treesAsked;
    std::map<NodeIndex, QPointF> m_pins;
    QString m_wanted;           ///< by open(), until it is there
    std::string m_noNeighbours; ///< why there are none
    std::uint64_t m_asked = 0;  ///< searches
    bool m_paused = false;      ///< by the user
    bool m_loading = false;
    bool m_again = false; ///< the store changed while it was listed
};

} // namespace carma::gui
