// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph/graph_page.h"

#include "app/files.h"
#include "app/store_session.h"
#include "app/text.h"
#include "frame/widgets.h"
#include "graph/graph_export.h"
#include "graph/graph_source.h"
#include "graph/graph_view.h"
#include "graph/node_details.h"
#include "graph/nodes_model.h"

#include <QComboBox>
#include <QDateTime>
#include <QLineEdit>
#include <QListView>
#include <QSplitter>
#include <QVBoxLayout>

namespace carma::gui {

namespace {

constexpr int kPollMs = 90;
constexpr int kTypingMs = 250;
constexpr std::size_t kFoundMax = 200;
constexpr std::size_t kHitsMax = 50;
constexpr std::size_t kTreesAtOnce = 64;
constexpr std::size_t kPartsAsked = 64; // of a document, for their neighbours
constexpr std::int64_t kDayUs = 86400000000;

} // namespace

GraphPage::GraphPage(Shell& shell)
    : m_shell(shell), m_source(new GraphSource(shell.session(), this)), m_found(new NodesModel(m_graph, this))
{
    auto* split = new QSplitter;
    split->setChildrenCollapsible(false);
    split->addWidget(buildView());
    split->addWidget(buildSide());
    split->setStretchFactor(0, 1);
    split->setSizes({720, 280});
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
    layout->setSpacing(kGap);
    layout->addWidget(buildBar());
    layout->addWidget(split, 1);
    buildCommands();
    connectSource();
    connectView();
    m_poll.setInterval(kPollMs);
    m_typing.setSingleShot(true);
    m_typing.setInterval(kTypingMs);
    connect(&m_poll, &QTimer::timeout, this, &GraphPage::takePlaces);
    connect(&m_typing, &QTimer::timeout, this, &GraphPage::search);
    tellState();
}

void GraphPage::refresh()
{
    m_shell.session().askStatus(this, [this](const Result<StatusReport>& status) {
        if (!status) {
            return; // the frame tells what is wrong with the store
        }
        const Signature now{status->records, status->documents, status->placeholders};
        if (now == m_signature) {
            return;
        }
        m_signature = now;
        if (m_loading) {
            m_again = true;
            return;
        }
        m_loading = true;
        m_alive.clear();
        m_source->load();
    });
}

void GraphPage::reset()
{
    m_typing.stop();
    m_source->reset();
    m_layout.clear();
    m_graph.clear();
    m_pins.clear();
    m_alive.clear();
    m_fresh.clear();
    m_treesAsked.clear();
    m_signature = {};
    m_loading = m_again = false;
    m_noNeighbours.clear();
    m_wanted.clear();
    {
        const QSignalBlocker blocker(m_search);
        m_search->clear();
    }
    showFound({});
    pick(kNoNode);
    fillSpaces();
    m_view->fit();
    m_view->graphChanged();
    tellState();
}

void GraphPage::open(const QString& detail)
{
    m_wanted = detail;
    const auto id = parseId<FragmentId>(bytesOf(detail));
    const NodeIndex node = id ? m_graph.find(*id) : kNoNode;
    if (node != kNoNode && m_graph.isShown(node)) {
        m_wanted.clear();
        pick(node);
        m_view->goTo(node);
    }
}

void GraphPage::takeDocuments(const std::vector<DocumentSummary>& page, bool last)
{
    std::vector<double> radii;
    std::vector<FragmentId> stale;
    for (const DocumentSummary& document : page) {
        const NodeIndex before = m_graph.find(document.id);
        const float radius = before == kNoNode ? 0 : m_graph.node(before).radius;
        const std::uint32_t damaged = before == kNoNode ? 0 : m_graph.node(before).damaged;
        bool isNew = false;
        const NodeIndex index = m_graph.add(document, isNew);
        const GraphNode& node = m_graph.node(index);
        m_alive.insert(document.id);
        if (isNew) {
            radii.push_back(static_cast<double>(node.radius));
            m_fresh.push_back(document.id);
        } else if (node.radius != radius) {
            m_layout.resize(node.body, static_cast<double>(node.radius));
        }
        if (!isNew && node.hasTree && node.damaged != damaged) {
            stale.push_back(document.id);
        }
    }
    if (!radii.empty()) {
        m_layout.add(std::move(radii));
    }
    m_source->wantTrees(stale);
    if (last) {
        m_loading = false;
        m_graph.keepOnly(m_alive);
        m_source->wantNeighbours(std::exchange(m_fresh, {}));
        fillSpaces();
        if (std::exchange(m_again, false)) {
            m_signature = {};
            refresh();
        }
    }
    m_view->graphChanged();
    m_details->refresh();
    tellState();
}

void GraphPage::takeNeighbours(const std::vector<Neighbour>& found)
{
    std::vector<Spring> springs;
    for (const GraphEdge& edge : m_graph.addNeighbours(found)) {
        springs.push_back({m_graph.node(edge.from).body, m_graph.node(edge.to).body, edge.weight});
    }
    if (!springs.empty()) {
        m_layout.connect(std::move(springs));
        m_details->refresh();
        m_view->update();
    }
    tellState();
}

void GraphPage::takeTree(const DocumentTree& tree)
{
    m_graph.add(tree);
    std::vector<FragmentId> passages;
    for (const TreeNode& part : tree.nodes) {
        if (part.level == TreeLevel::Passage && part.state == FragmentState::Exact && passages.size() < kPartsAsked) {
            passages.push_back(part.id);
        }
    }
    if (m_noNeighbours.empty()) {
        m_source->wantPassageNeighbours(passages);
    }
    m_view->graphChanged();
}

void GraphPage::takePlaces()
{
    if (const auto places = m_layout.changedPlaces()) {
        m_graph.setPlaces(*places);
        for (const auto& [document, place] : m_pins) {
            m_graph.moveDocument(document, place.x(), place.y()); // where the user put it, whatever the layout knows of that
        }
        m_view->graphChanged();
        wantParts();
        tellState();
        if (!m_wanted.isEmpty()) {
            open(m_wanted);
        }
    }
}

/// Parts of documents that have come near and are not there yet.
void GraphPage::wantParts()
{
    std::vector<FragmentId> wanted;
    for (const NodeIndex document : m_view->documentsToOpen()) {
        const GraphNode& node = m_graph.node(document);
        if (!node.hasTree && wanted.size() < kTreesAtOnce && m_treesAsked.insert(node.id).second) {
            wanted.push_back(node.id);
        }
    }
    m_source->wantTrees(wanted);
}

void GraphPage::filterChanged()
{
    GraphFilter filter;
    filter.space = m_space->currentIndex() > 0 ? m_space->currentData().toString() : QString();
    filter.damagedOnly = m_health->currentIndex() == 1;
    const int days = m_time->currentData().toInt();
    filter.sinceUs = days == 0 ? 0 : QDateTime::currentMSecsSinceEpoch() * 1000 - days * kDayUs;
    m_graph.setFilter(filter);
    m_view->graphChanged();
    if (m_view->isFitted()) {
        m_view->fit();
    }
    tellState();
}

void GraphPage::search()
{
    m_typing.stop();
    const QString words = m_search->text().trimmed();
    const std::uint64_t asked = ++m_asked;
    showFound(nodesWith(m_graph, words, kFoundMax));
    if (words.isEmpty() || !m_shell.session().isOpen()) {
        return;
    }
    QueryOptions options;
    options.limit = kHitsMax;
    options.allSpaces = m_graph.filter().space.isEmpty();
    options.space = options.allSpaces ? options.space : bytesOf(m_graph.filter().space);
    m_shell.session().ask(
        this, [options, question = bytesOf(words)](Store& store) { return store.memory().query(question, options); },
        [this, asked, words](const Result<QueryAnswer>& answer) {
            if (asked != m_asked || !answer) {
                return; // titles were found by themselves
            }
            std::vector<NodeIndex> found = nodesWith(m_graph, words, kFoundMax);
            std::unordered_set<NodeIndex> known(found.begin(), found.end());
            for (const QueryHit& hit : answer->hits) {
                const NodeIndex part = m_graph.find(hit.fragment.id);
                const NodeIndex node = part != kNoNode ? part : m_graph.find(hit.fragment.document.id);
                if (node != kNoNode && m_graph.node(m_graph.node(node).owner).passes && known.insert(node).second) {
                    found.push_back(node);
                }
            }
            showFound(std::move(found));
        });
}

void GraphPage::showFound(std::vector<NodeIndex> found)
{
    const bool searching = !m_search->text().trimmed().isEmpty();
    for (NodeIndex i = 0; i < m_graph.size(); ++i) {
        m_graph.setFound(i, false);
    }
    for (const NodeIndex i : found) {
        m_graph.setFound(i, true);
        m_graph.setFound(m_graph.node(i).owner, true); // seen while it is closed
    }
    m_foundLabel->setVisible(searching);
    m_foundList->setVisible(searching && !found.empty());
    m_foundLabel->setText(found.empty() ? tr("Nothing was found.") : tr("%1 found").arg(number(found.size())));
    m_found->setNodes(std::move(found));
    m_view->setSearching(searching);
}

void GraphPage::pick(NodeIndex node)
{
    m_view->select(node);
    m_details->show(node);
    if (node == kNoNode || m_graph.node(node).kind != NodeKind::Passage) {
        return;
    }
    const FragmentId id = m_graph.node(node).id;
    m_shell.session().ask(
        this, [id](Store& store) { return store.memory().show(id); },
        [this, id](const Result<FragmentView>& view) {
            const bool lost = view && view->state != FragmentState::Exact;
            m_details->setText(id,
                !view      ? text(view.error().message)
                    : lost ? tr("Its bytes cannot be read.")
                           : text(view->text).trimmed());
        });
}

void GraphPage::togglePin(NodeIndex document)
{
    const GraphNode& node = m_graph.node(document);
    if (node.pinned) {
        m_pins.erase(document);
        m_layout.unpin(node.body);
    } else {
        const QPointF place = m_graph.place(document);
        m_pins[document] = place;
        m_layout.pin(node.body, place.x(), place.y());
    }
    m_graph.setPinned(document, !node.pinned);
    m_view->update();
    m_details->refresh();
}

void GraphPage::setPaused(bool paused)
{
    m_paused = paused;
    applyPause();
    m_pause->setText(paused ? tr("Resume") : tr("Pause"));
    m_pause->setAccessibleName(paused ? tr("Resume the layout") : tr("Pause the layout"));
    tellState();
}

/// What nobody looks at costs nothing.
void GraphPage::applyPause()
{
    m_layout.pause(m_paused || !isVisible());
    m_source->pause(m_paused || !isVisible());
}

void GraphPage::exportTo(const QString& path)
{
    m_shell.session().start(
        this, tr("Export the graph"),
        [path, graph = m_graph, camera = m_view->camera(), theme = currentTheme()](
            Store&, const Task&) { return exportGraph(path, graph, camera, theme); },
        [this, path](const Result<void>& written) {
            if (!written) {
                m_shell.tell(explain(written.error(), Intent::Work), [this, path] { exportTo(path); });
                return QString();
            }
            m_shell.tell(tr("The graph was written to %1").arg(path));
            return path;
        });
}

void GraphPage::askExport()
{
    if (!m_shell.session().isOpen()) {
        return;
    }
    const QStringList kinds{tr("Picture of vectors (*.svg)"), tr("Picture of pixels (*.png)"), tr("Graph for other programs (*.graphml)")};
    chooseSaveFile(
        this, tr("Export the graph"), "graph.svg",
        [this](const QString& path) { exportTo(path.section('/', -1).contains('.') ? path : path + ".svg"); }, kinds.join(";;"));
}

bool GraphPage::isAtRest()
{
    const bool rests = m_layout.isAtRest();
    takePlaces(); // the last ones
    return rests && !m_loading && m_signature != Signature{} && m_source->waiting() == 0;
}

void GraphPage::tellState()
{
    if (m_graph.documents().empty()) {
        m_state->setText(m_loading || !m_shell.session().isOpen() ? QString() : tr("Nothing is kept here yet."));
        return;
    }
    QString line = tr("%1 documents").arg(number(m_graph.documents().size()));
    if (m_paused) {
        line += ". " + tr("Paused.");
    } else if (!m_noNeighbours.empty()) {
        line += ". " + tr("No neighbours: %1").arg(text(m_noNeighbours));
    } else if (m_source->waiting() > 0) {
        line += ". " + tr("Looking for neighbours of %1 more").arg(number(m_source->waiting()));
    }
    m_state->setText(line);
}

} // namespace carma::gui
